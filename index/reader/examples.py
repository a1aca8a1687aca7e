"""Questions → groups of training examples: one passage that answers, beside others that resemble and don't.

Negatives come from four sides: passages that retrieval ranks high (`mine`), questions that the file has no answer to in the same paragraph,
minimal pairs (`contrast`) and made-up texts (`synthetic`).
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, compress
from random import Random

import numpy as np

from index.chunking import ChunkingRecipe, Offsets, chunk, sentence_offsets
from index.domain import Document
from index.fusion import normalised_sum
from index.lexical import LexicalIndex
from index.protocols import Embedder, Progress
from index.reader.contrast import Pool, exchange, paraphrase, pool_of
from index.reader.squad import Paragraph, Question, paragraphs_of
from index.reader.synthetic import made_up

_RECIPES = tuple(ChunkingRecipe(max_words=words) for words in (60, 90, 130))  # a reader must not depend on one
LOSS = 0.01
"""Of a worn text's characters."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question on a text. `answers`: offsets into `text`, one an annotator; none: it isn't answered here."""

    question: str
    text: str
    answers: tuple[Offsets, ...] = ()


@dataclass(frozen=True, slots=True)
class Negatives:
    """Passages that resemble a question and don't hold its answer, most alike first; `beside`: of the article that does."""

    beside: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rates:
    """How often a group has what; the shares of questions or groups, 0..1.

    `negatives`: at most so many of a kind in a group: passages of the same article, which the one that answers competes with, and
    unanswerable questions. `contrast`: of questions on a paragraph that comes without such. `beside`, `elsewhere`: of groups with
    passages of the same article, with one of another.
    """

    negatives: int = 2
    beside: float = 0.9
    elsewhere: float = 0.5
    contrast: float = 0.4
    synthetic: float = 0.14
    rephrased: float = 0.3
    noisy: float = 0.25
    worn: float = 0.15


class Sampler:
    """Draws groups of examples, ever different: views of the gold passage, negatives and wordings are drawn anew."""

    def __init__(
        self,
        questions: Sequence[Question],
        negatives: Sequence[Negatives],
        rates: Rates = Rates(),
        shares: Mapping[str, float] = {},
    ) -> None:
        """`negatives`: one for each question. `shares`: of a source's questions, how many an epoch draws; of sources not named, all."""
        self._questions, self._negatives, self._rates, self._shares = questions, negatives, rates, shares
        paragraphs = paragraphs_of(questions)
        self._views = {paragraph: _views(paragraph) for paragraph in paragraphs}
        self._sentences = [text[start:end] for text in (p.text for p in paragraphs) for start, end in sentence_offsets(text)]
        by_article: dict[tuple[str, int], list[str]] = defaultdict(list)
        for question in questions:
            by_article[question.paragraph.source, question.paragraph.article].append(question.text)
        self._pools: dict[tuple[str, int], Pool] = {article: pool_of(texts) for article, texts in by_article.items()}
        self._untold: dict[Paragraph, list[str]] = defaultdict(list)
        for question in questions:
            if not question.answers:
                self._untold[question.paragraph].append(question.text)

    def epoch(self, random: Random) -> list[tuple[Example, ...]]:
        """A group for each question drawn, and made-up ones between them, shuffled. The first of a group answers."""
        drawn = [number for number, question in enumerate(self._questions) if self._is_drawn(question, random)]
        groups = [self._group(number, random) for number in drawn]
        share = self._rates.synthetic / (1 - self._rates.synthetic)
        groups += [self._synthetic(random) for _ in range(int(len(groups) * share))]
        random.shuffle(groups)
        return [group for group in groups if group and group[0].answers]

    def _is_drawn(self, question: Question, random: Random) -> bool:
        return random.random() < self._shares.get(question.paragraph.source, 1)

    def _group(self, number: int, random: Random) -> tuple[Example, ...]:
        question, rates = self._questions[number], self._rates
        if not question.answers:
            return ()
        gold = _gold(question, self._views[question.paragraph], random)
        wording = question.text
        if random.random() < rates.rephrased:
            wording = paraphrase(wording, random) or wording
        wording = _noisy(wording, random) if random.random() < rates.noisy else wording
        group = [Example(wording, gold.text, gold.answers)]
        negatives = self._negatives[number]
        if random.random() < rates.beside:
            group += [Example(wording, text) for text in _mostly_first(negatives.beside, rates.negatives, random)]
        if random.random() < rates.elsewhere:
            group += [Example(wording, text) for text in _mostly_first(negatives.elsewhere, 1, random)]
        group += [Example(near_miss, gold.text) for near_miss in self._near_misses(question, random)]
        return self._perhaps_worn(group, random)

    def _near_misses(self, question: Question, random: Random) -> list[str]:
        """Questions that the paragraph nearly answers: the file's own where it has such, else sometimes this one with a word exchanged."""
        paragraph, rates = question.paragraph, self._rates
        if untold := self._untold.get(paragraph):
            chosen = random.sample(untold, min(rates.negatives, len(untold)))
            return [_noisy(one, random) if random.random() < rates.noisy else one for one in chosen]
        if random.random() >= rates.contrast:
            return []
        exchanged = exchange(question.text, paragraph.text, self._pools[paragraph.source, paragraph.article], random)
        return [exchanged] if exchanged else []

    def _synthetic(self, random: Random) -> tuple[Example, ...]:
        made = made_up(random)
        before, after = (" ".join(random.sample(self._sentences, random.randint(0, 3))) for _ in range(2))
        text = f"{before} {made[0].text} {after}".strip()
        examples = [Example(one.question, text, places(text, one.answer)) for one in made]
        kept = [examples[0], *random.sample(examples[1:], min(2, len(examples) - 1))]
        return self._perhaps_worn(kept, random)

    def _perhaps_worn(self, group: Sequence[Example], random: Random) -> tuple[Example, ...]:
        """All texts of a group or none, so that wear tells nothing about which of them answers."""
        return tuple(_worn(one, random) for one in group) if random.random() < self._rates.worn else tuple(group)


def mine(questions: Sequence[Question], embedder: Embedder, recipe: ChunkingRecipe, k: int, progress: Progress) -> list[Negatives]:
    """For each question the passages of all questions' paragraphs that retrieval ranks highest and that don't hold an answer of it.

    At most k of the question's own article, and k of others.
    """
    cuts = [(text, (paragraph.source, paragraph.article)) for paragraph in paragraphs_of(questions) for text, _ in _cut(paragraph, recipe)]
    texts = [text for text, _ in cuts]
    lowered = [text.lower() for text in texts]
    vectors, lexical = embedder.embed_passages(texts), LexicalIndex.build(texts)
    queries = embedder.embed_passages([question.text for question in questions])  # in batches; the same thing in a symmetric model
    mined: list[Negatives] = []
    for question, query in zip(questions, queries, strict=True):
        own = (question.paragraph.source, question.paragraph.article)
        answers = {answer.lower() for answer in question.answer_texts}
        scores = normalised_sum(vectors @ query, lexical.scores(question.text))
        ranked = (int(place) for place in np.argsort(-scores)[: 10 * k])
        wrong = [cuts[place] for place in ranked if not any(answer in lowered[place] for answer in answers)]
        beside, elsewhere = ([text for text, article in wrong if (article == own) is same][:k] for same in (True, False))
        mined.append(Negatives(tuple(beside), tuple(elsewhere)))
        progress(len(mined), len(questions))
    return mined


def _mostly_first(texts: Sequence[str], n: int, random: Random) -> list[str]:
    """At most n different ones, mostly of the first."""
    return [texts[place] for place in dict.fromkeys(int(len(texts) * random.random() ** 2) for _ in range(n if texts else 0))]


@dataclass(frozen=True, slots=True)
class _View:
    start: int
    text: str


def _views(paragraph: Paragraph) -> list[_View]:
    whole = [_View(0, paragraph.text)] if len(paragraph.text.split()) <= 170 else []
    cuts = [_View(start, text) for recipe in _RECIPES for text, start in _cut(paragraph, recipe)]
    return list(dict.fromkeys(whole * 2 + cuts))


def _cut(paragraph: Paragraph, recipe: ChunkingRecipe) -> list[tuple[str, int]]:
    return [(passage.text, passage.start) for passage in chunk(Document("", "", paragraph.text), recipe)]


def _gold(question: Question, views: list[_View], random: Random) -> Example:
    """A view that holds an annotator's answer whole, with all answers that lie in it."""
    start, end = random.choice(question.answers)
    holding = [view for view in views if view.start <= start and end <= view.start + len(view.text)]
    if not holding:
        return Example(question.text, "")
    view = random.choice(holding)
    inside = [(s - view.start, e - view.start) for s, e in question.answers]
    return Example(question.text, view.text, tuple((s, e) for s, e in inside if s >= 0 and e <= len(view.text)))


def places(text: str, answer: str | None) -> tuple[Offsets, ...]:
    """Where the text has the answer, as whole words."""
    return tuple((match.start(), match.end()) for match in re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", text)) if answer else ()


def _noisy(question: str, random: Random) -> str:
    """As people type: no question mark, a slip of the finger, or only the words that matter."""
    way = random.random()
    if way < 0.5:
        return question.rstrip(" ?.")
    if way < 0.85:
        return _slip(question, random)
    return (
        re.sub(r"^(?:what|when|where|who|which|how)\b(?: (?:is|was|are|were|did|does|do))?\s*", "", question, flags=re.IGNORECASE)
        or question
    )


def _worn(example: Example, random: Random) -> Example:
    """As scans, transcripts and machine translations leave texts: letters, blanks and full stops are lost, though not at the answer."""
    marked = {place for start, end in example.answers for place in range(start - 1, end + 1)}
    kept = [place in marked or random.random() >= LOSS for place in range(len(example.text))]
    before = [0, *accumulate(kept)]  # how many characters are kept before each place
    return replace(
        example,
        text="".join(compress(example.text, kept)),
        answers=tuple((before[start], before[end]) for start, end in example.answers),
    )


def _slip(question: str, random: Random) -> str:
    """Two letters swapped, or one lost, in a word of five letters or more."""
    places = [match.start() for match in re.finditer(r"(?<=\w\w)\w(?=\w\w)", question)]
    if not places:
        return question
    place = random.choice(places)
    if random.random() < 0.5:
        return question[:place] + question[place + 1 :]
    return question[:place] + question[place + 1] + question[place] + question[place + 2 :]
