"""Answer → blocks of styled runs, the same for Telegram and the terminal. Pure.

A page of an answer reads, from the top: what was understood, a heading, the quote with the answer bold, its source, the
passage around it (folded), and what other passages say instead. `View` says which citation is shown and how much of its
surroundings; buttons only change that.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import chain
from urllib.parse import quote as percent_encode
from urllib.parse import urlsplit

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.text import Text

from index.chunking import paragraph_offsets
from index.domain import Answer, Candidate, Citation, Decision, Document, Place
from index.understanding.language import LANGUAGES

MAX_TITLE = 120
MAX_ALTERNATIVE = 120
MAX_UNDERSTOOD = 300
MAX_CONTEXT = 3000
"""Characters of a widened quote; with heading and source it stays within one Telegram message of 4096."""
MAX_FRAGMENT = 80
"""Characters of a quote that go into a link whole; of a longer one only its first and last words do."""

# What Markdown writes and a page doesn't show: marks that begin a line, addresses of links, emphasis.
_LINE_MARK = re.compile(r"^\s*(?:(?:#{1,6}|[-*+>]|\d{1,3}[.)])\s+)*")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_EMPHASIS = re.compile(r"`+|(?<!\s)\*{1,3}|\*{1,3}(?!\s)|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)")


class BlockKind(Enum):
    """How a block stands in the message. A folded quote shows a few lines until it is tapped."""

    PLAIN = "plain"
    QUOTE = "quote"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Runs that stand together; blocks are separated by a line break, `spaced` ones by a blank line."""

    runs: tuple[Run, ...]
    kind: BlockKind = BlockKind.PLAIN
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What of an answer is on the screen.

    `citation`: number of the page, from 0; None while the passages are still behind a button.
    `breadth`: 0 for the quote, 1 for its paragraph, 2 for one paragraph more on both sides, and so on.
    """

    citation: int | None = 0
    breadth: int = 0


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words that an answer is shown with; English by default, other languages bring their own."""

    understood: str = "I read this as: {question}"
    perhaps: str = "The nearest passage, perhaps not an answer:"
    near: str = "A near passage:"
    none: str = "My documents don't say. I'd rather say “not in my documents” than guess."
    empty: str = "My documents don't say: there is nothing in them yet."
    otherwise: str = "Other passages say:"
    source: str = "{title}, ¶ {paragraph}"
    leaf: str = "p. {page}"
    page: str = "{page} of {pages}"
    found: str = "The passages nearest to “{words}”:"
    found_nothing: str = "No passage comes near “{words}”."


ENGLISH = Phrases()


@dataclass(frozen=True, slots=True)
class Page:
    """One view of an answer, and which views the buttons lead to; None where there is no such step."""

    blocks: tuple[Block, ...]
    previous: View | None = None
    next: View | None = None
    wider: View | None = None
    narrower: View | None = None


@dataclass(frozen=True, slots=True)
class _Context:
    """Text around a citation's quote, and where the answer begins and ends in it."""

    text: str
    answer: tuple[int, int] | None


def first_view(answer: Answer) -> View:
    """The view that an answer opens with: an abstaining one keeps its passages behind a button."""
    return View(citation=None) if answer.decision is Decision.NONE else View()


def cited_pages(answer: Answer) -> tuple[Citation, ...]:
    """The citations in the order of their pages: the one with the answer, then the other passages."""
    if answer.best is None or answer.decision is Decision.NONE:
        return answer.citations
    first = answer.best.citation
    return first, *(citation for citation in answer.citations if _passage_key(citation) != _passage_key(first))


def answer_page(answer: Answer, view: View, document: Document | None = None, phrases: Phrases = ENGLISH) -> Page:
    """One page of an answer. A view beyond the last page shows the last.

    `document`: the one that the page's citation quotes, to widen the quote with; None if it is gone.
    """
    pages = cited_pages(answer)
    if answer.unread:
        return Page((_plain(Run(LANGUAGES[answer.unread].notice)),))
    if not pages:
        return Page((*_understood(answer, phrases), _plain(Run(phrases.empty))))
    if view.citation is None:
        return Page((*_understood(answer, phrases), _plain(Run(phrases.none))), wider=View())
    number = min(view.citation, len(pages) - 1)
    citation = pages[number]
    contexts = _contexts(citation, document)
    breadth = min(view.breadth, len(contexts) - 1)
    return Page(
        blocks=(
            *_understood(answer, phrases),
            *_heading(answer, number, phrases),
            _quote(contexts[breadth]),
            _source_line(citation, number, len(pages), phrases),
            *(_folded_passage(citation) if breadth == 0 else ()),
            *(_alternatives(answer, phrases) if number == 0 else ()),
        ),
        previous=View(number - 1) if number > 0 else None,
        next=View(number + 1) if number + 1 < len(pages) else None,
        wider=View(number, breadth + 1) if breadth + 1 < len(contexts) else None,
        narrower=View(number) if breadth > 0 else None,
    )


def found_passages(words: str, citations: Sequence[Citation], phrases: Phrases = ENGLISH) -> tuple[Block, ...]:
    """The list that a search comes to: each passage's quote and source, best first."""
    words = shorten(words, MAX_UNDERSTOOD)
    if not citations:
        return (_plain(Run(phrases.found_nothing.format(words=words))),)
    listed = ((replace(_quote(_contexts(citation, None)[0]), spaced=True), _plain(source_run(citation, phrases))) for citation in citations)
    return _plain(Run(phrases.found.format(words=words))), *chain.from_iterable(listed)


def source_run(citation: Citation, phrases: Phrases = ENGLISH) -> Run:
    """Document and place, linked as far as there are addresses."""
    return Run(source_name(citation, phrases), link=source_link(citation))


def source_name(citation: Citation, phrases: Phrases = ENGLISH) -> str:
    """Document with headings and page, "Annual report › Budget › p. 12", or where it has neither with the paragraph's number."""
    title = shorten(citation.title, MAX_TITLE)
    where = place_name(citation.place, citation.title, phrases)
    return f"{title} › {where}" if where else phrases.source.format(title=title, paragraph=paragraph_of(citation))


def source_link(citation: Citation) -> str | None:
    """The place's own address, else the very sentence at the document's."""
    own = citation.place.url if citation.place else None
    return own if own and is_web_address(own) else deep_link(citation.url, citation.quote)


def place_name(place: Place | None, title: str, phrases: Phrases = ENGLISH) -> str:
    """Headings and page, as far as there are any; a heading that is the document's title isn't said again, nor are outer ones said for
    which there is no room.
    """
    if place is None:
        return ""
    headings = place.headings[place.headings[:1] == (title,) :]
    while len(headings) > 1 and len(" › ".join(headings)) > MAX_TITLE:
        headings = headings[1:]
    names = [shorten(" › ".join(headings), MAX_TITLE)] if headings else []
    return " › ".join([*names, *([phrases.leaf.format(page=place.page)] if place.page else [])])


def paragraph_of(citation: Citation) -> int:
    """Number of the paragraph that the quote begins in, from 1: its passage may have begun in an earlier one."""
    passage = citation.passage
    earlier = [end for _, end in paragraph_offsets(passage.text) if end <= citation.start - passage.start]
    return passage.paragraph + len(earlier)


def deep_link(url: str | None, quote: str) -> str | None:
    """`url` with a text fragment that makes a browser scroll to `quote` and mark it; None for what is no web address.

    https://wicg.github.io/scroll-to-text-fragment/: `-`, `,` and `&` mean something there and are percent-encoded.
    """
    if url is None or not is_web_address(url):
        return None
    lines = [shown.split() for line in quote.splitlines() for shown in _as_shown(line)]
    if not lines:
        return url
    text = " ".join(lines[0])  # of several, each is looked for in a block of its own
    ends = [text] if len(lines) == 1 and len(text) <= MAX_FRAGMENT else [" ".join(lines[0][:4]), " ".join(lines[-1][-4:])]
    fragment = ",".join(_encode(end) for end in (ends[0][:MAX_FRAGMENT], *(end[-MAX_FRAGMENT:] for end in ends[1:])))
    return f"{url}{'' if '#' in url else '#'}:~:text={fragment}"


def _as_shown(line: str) -> Iterator[str]:
    """What a page shows of a line of Markdown, a stretch for each cell of a table."""
    cells = line.strip().strip("|").split("|") if line.lstrip().startswith("|") else [line]
    for cell in cells:
        shown = _EMPHASIS.sub("", _LINK.sub(r"\1", _LINE_MARK.sub("", cell))).strip()
        if any(map(str.isalnum, shown)):
            yield shown


def is_web_address(url: str) -> bool:
    """Whether a reader can be sent there: http or https, a host with a dot, no white space, as Telegram asks."""
    try:
        parts = urlsplit(url)
    except ValueError:  # such as unbalanced brackets around an IPv6 address
        return False
    labels = (parts.hostname or "").split(".")
    has_space = any(character.isspace() for character in url)
    return parts.scheme in {"http", "https"} and len(labels) > 1 and all(labels) and not has_space


def shorten(text: str, most: int) -> str:
    """`text` on one line, within `most` characters, cut between words where it has any."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    at_word = cut.rsplit(" ", 1)[0] if " " in cut else cut
    return f"{at_word}…"


@dataclass(frozen=True, slots=True)
class Terminal:
    """The blocks for a rich console: quotes indented, the folded passage dimmed, the answer bold.

    Where there is no bold, in a pipe or a file, it stands between asterisks.
    """

    blocks: Sequence[Block]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for block in self.blocks:
            yield from _terminal_block(block, "" if console.is_terminal else "**")


def _terminal_block(block: Block, marker: str) -> Iterator[Text | Padding]:
    text = Text.assemble(*(_terminal_run(run, marker) for run in block.runs))
    if block.spaced:
        yield Text()
    match block.kind:
        case BlockKind.PLAIN:
            yield text
        case BlockKind.QUOTE:
            yield Padding(text, (0, 0, 0, 2))
        case BlockKind.FOLDED:
            yield Padding(text, (0, 0, 0, 4), style="dim")


def _terminal_run(run: Run, marker: str) -> tuple[str, str]:
    styles = ["bold"] * run.bold + ["italic"] * run.italic + ([f"link {run.link}"] if run.link else [])
    return f"{marker}{run.text}{marker}" if run.bold else run.text, " ".join(styles)


def _understood(answer: Answer, phrases: Phrases) -> Iterator[Block]:
    if answer.understood:
        question = shorten(answer.understood, MAX_UNDERSTOOD)
        yield _plain(Run(phrases.understood.format(question=question), italic=True))


def _heading(answer: Answer, number: int, phrases: Phrases) -> Iterator[Block]:
    """Whatever is not the answer says so above the quote."""
    if number > 0 or answer.decision is Decision.NONE:
        yield _plain(Run(phrases.near))
    elif answer.decision is Decision.PERHAPS:
        yield _plain(Run(phrases.perhaps))


def _quote(context: _Context) -> Block:
    start, end = context.answer or (len(context.text), len(context.text))
    before, marked, after = context.text[:start], context.text[start:end], context.text[end:]
    return Block(_runs(Run(before), Run(marked, bold=True), Run(after)), BlockKind.QUOTE)


def _source_line(citation: Citation, number: int, pages: int, phrases: Phrases) -> Block:
    page = phrases.page.format(page=number + 1, pages=pages)
    return _plain(source_run(citation, phrases), *([Run(f" · {page}")] if pages > 1 else []))


def _folded_passage(citation: Citation) -> Iterator[Block]:
    """The passage, where it says more than the quote does."""
    if citation.passage.text.strip() != citation.quote.strip():
        yield Block((Run(citation.passage.text.strip()),), BlockKind.FOLDED)


def _alternatives(answer: Answer, phrases: Phrases) -> Iterator[Block]:
    """Answers of other passages that disagree with this one. With none to disagree with, they are noise."""
    said = (answer.text or "").casefold()
    if not said:
        return
    disagreeing = [candidate for candidate in answer.alternatives if candidate.text.casefold() != said]
    if disagreeing:
        yield Block((Run(phrases.otherwise),), spaced=True)
        yield from (_alternative(candidate, phrases) for candidate in disagreeing)


def _alternative(candidate: Candidate, phrases: Phrases) -> Block:
    text = shorten(candidate.text, MAX_ALTERNATIVE)
    return _plain(Run("• "), Run(text, bold=True), Run(" — "), source_run(candidate.citation, phrases))


def _contexts(citation: Citation, document: Document | None) -> list[_Context]:
    """The quote, then ever wider stretches around it, each saying more than the one before."""
    quote = _Context(citation.quote, _answer_within(citation, citation.start, citation.end))
    if document is None or document.text[citation.start : citation.end] != citation.quote:
        # The document changed or is gone: what was kept with the citation is all that is left.
        passage = citation.passage
        kept = _Context(passage.text, _answer_within(citation, passage.start, passage.end))
        return [quote, kept] if len(passage.text) > len(citation.quote) else [quote]
    contexts, widest = [quote], (citation.start, citation.end)
    for start, end in _ever_wider(document.text, citation):
        if (start, end) != widest:
            contexts.append(_Context(document.text[start:end], _answer_within(citation, start, end)))
            widest = start, end
    return contexts


def _ever_wider(text: str, citation: Citation) -> Iterator[tuple[int, int]]:
    """The paragraph of a quote, then one more on both sides at a time, as far as a message holds."""
    paragraphs = paragraph_offsets(text)
    first = max(0, sum(start <= citation.start for start, _ in paragraphs) - 1)
    last = max(first, sum(start < citation.end for start, _ in paragraphs) - 1)
    for step in range(len(paragraphs)):
        start, end = paragraphs[max(0, first - step)][0], paragraphs[min(len(paragraphs) - 1, last + step)][1]
        clipped = _clip(text, min(start, citation.start), max(end, citation.end), citation)
        yield clipped
        if clipped != (start, end):
            return


def _clip(text: str, start: int, end: int, citation: Citation) -> tuple[int, int]:
    """`start`, `end` drawn in, between words, until about MAX_CONTEXT characters are left; the quote stays whole."""
    spare = max(0, MAX_CONTEXT - (citation.end - citation.start)) // 2
    if end - start <= MAX_CONTEXT:
        return start, end
    if citation.start - start > spare:
        space = text.find(" ", citation.start - spare, citation.start)
        start = space + 1 if space >= 0 else citation.start
    if end - citation.end > spare:
        space = text.rfind(" ", citation.end, citation.end + spare)
        end = space if space >= 0 else citation.end
    return start, end


def _answer_within(citation: Citation, start: int, end: int) -> tuple[int, int] | None:
    """The answer's place in `document.text[start:end]`; None if there is none, or not in there."""
    if citation.answer_start is None or citation.answer_end is None:
        return None
    if not start <= citation.answer_start <= citation.answer_end <= end:
        return None
    return citation.answer_start - start, citation.answer_end - start


def _passage_key(citation: Citation) -> tuple[str, str, int, int]:
    """What tells a citation's passage from all others."""
    passage = citation.passage
    return citation.collection, citation.document_id, passage.start, passage.end


def _plain(*runs: Run) -> Block:
    return Block(_runs(*runs))


def _runs(*runs: Run) -> tuple[Run, ...]:
    return tuple(run for run in runs if run.text)


def _encode(text: str) -> str:
    return percent_encode(text, safe="").replace("-", "%2D")
