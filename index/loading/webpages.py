"""`.html`: the words of a web page with headings, lists and tables, without what surrounds them."""

import codecs
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import takewhile

from selectolax.lexbor import LexborHTMLParser, LexborNode

from index.loading.draft import LINE, PARAGRAPH, Draft, joint, one_line
from index.loading.parsed import Limits, Parsed
from index.loading.rows import Cell, column_names, in_document, spread

_ENCODINGS = "utf-8 cp1250 cp1251 cp1252 cp1253 cp1254 iso8859-2 koi8-r cp932 euc_jp cp949 gb18030 big5".split()
_SMALLER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
"""Encodings that pages name, with the larger ones that browsers read them as (WHATWG, Encoding Standard, "Names and labels")."""
_CODECS = {codecs.lookup(name).name: _SMALLER.get(name, name) for name in (*_ENCODINGS, *_SMALLER)}
"""By what a page names. Looked up now: later, no more files may be opened."""
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)

_SELF_CLOSED = re.compile(r"<(?!br\b)([a-z][\w:.-]*)((?:\s[^<>]*)?)/>", re.IGNORECASE)
"""An element of XHTML. To a parser of HTML it only begins: a title or script would go on to the end of the page. An end that HTML doesn't
know does no harm, but for that of `br`, which is a line more.
"""
_REFERENCE = 10
"""Characters of a reference to a note at most: "[12]", "note 3"."""

_UNSEEN = (
    "script, style, noscript, template, svg, math, iframe, object, canvas, dialog, select, del, s, strike, [aria-hidden=true], nav, "
    "[hidden]:not([role=region], [role=tabpanel])"  # those are what an accordion or a tab shows when it is clicked
)
_MARKS = ".headerlink, .hash-link, .mw-editsection"
"""Beside headings: "¶" that links to them (Sphinx, MkDocs, Docusaurus), "[edit]" (MediaWiki)."""
_AROUND = (
    "body > header, body > footer, aside, form, [role=navigation], [role=banner], [role=contentinfo], [role=complementary], [role=search]"
)
_AROUND_NAMED = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|breadcrumbs?|sidebar|share|sharing|social|related|newsletter|subscribe|comments?|advert\w*|ads?|promo\w*"
    r"|navbar|navigation|nav|menu|masthead|footer|popup|skip-?link)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MOST_AROUND = 1 / 3
"""What holds more than this part of a page's text is no surrounding, whatever it is called."""
_LINKS = 0.7
"""A list of which more than this part is links leads elsewhere."""
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_TERMS = ("dt", "summary")
_NEVER_AROUND = ("body", "main", "article", "td", "th", "tr")
"""A cell less would move those after it under the names of other columns."""
_CODE = ("pre", "code")
"""In which "comment" is the class of a colour."""
_NUMBER = re.compile(r"\d{1,5}", re.ASCII)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i img input ins kbd label mark meter nobr output picture q rp rt ruby "
    "s samp small span strike strong sub sup time tt u var wbr".split()
)


def parse(name: str, content: bytes, limits: Limits) -> Parsed:
    page = page_of(content, is_xml=name.lower().endswith(".xhtml"))
    title, author, url, date = _title(page), _meta(page, "author"), _address(page), _meta(page, "article:published_time")
    draft = Draft(limits)
    if page.body:
        write(_content(page.body), draft)
    return Parsed(draft.finish(name, title, author, url, date))


def page_of(content: bytes, is_xml: bool = False) -> LexborHTMLParser:
    """The page as a tree, in which superscripts are text. `is_xml`: whether it is XHTML though it may not say so."""
    text = _decoded(content)
    if is_xml or text.lstrip().startswith("<?xml"):
        text = _SELF_CLOSED.sub(r"<\1\2></\1>", text)
    page = LexborHTMLParser(text)
    _remove(page.css(_MARKS))
    _set_superscripts(page)
    return page


def write(root: LexborNode, draft: Draft) -> None:
    """Adds what is below `root` to the draft: headings, paragraphs, lists and rows of tables."""
    words: list[str] = []
    numbers: list[int | None] = []  # of the next item, for each list around
    marker, is_in_list, is_term = "", False, False

    def end_paragraph() -> None:
        nonlocal marker, is_in_list, is_term
        if text := "".join(words).strip():
            draft.add(marker + text, LINE if is_term or (marker and is_in_list) else PARAGRAPH)
            marker, is_in_list, is_term = "", bool(marker), False
        words.clear()

    for node, begins in _walk(root):
        tag = node.tag or ""
        if node.is_text_node:
            words.append(" ".join(f".{node.text_content}.".split())[1:-1])  # line breaks in the source are spaces; outer spaces stay
        elif tag == "br":
            words.append("\n")
        elif not _is_inline(tag):
            end_paragraph()
            if begins and tag in _HEADINGS:
                draft.heading(_HEADINGS[tag], _flat(node))
            elif begins and _is_leaf(node):
                draft.add("\n".join(_rows(node)) if tag == "table" else node.text())
            elif tag == "li":
                marker = _marker(node, numbers) if begins else ""
            elif tag in ("ul", "ol"):
                is_in_list = is_in_list and not begins
                if begins:
                    numbers.append(_first_number(node))
                else:
                    numbers.pop()
            elif tag in _TERMS:
                is_term = not begins  # what it means follows
    end_paragraph()


def _first_number(items: LexborNode) -> int | None:
    """None where a list isn't numbered, or not in figures that rise."""
    is_numbered = items.tag == "ol" and items.attributes.get("type") in (None, "1") and "reversed" not in items.attributes
    return _number(items, "start", 1) if is_numbered else None


def _marker(item: LexborNode, numbers: list[int | None]) -> str:
    """What stands before an item; `numbers` is counted on."""
    if not numbers or numbers[-1] is None:
        return "- "
    number = _number(item, "value", numbers[-1])
    numbers[-1] = number + 1
    return f"{number}. "


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """All elements and texts below `root` in order, with True where they begin; elements again where they end.

    No recursion: pages may be nested deeper than a stack is.
    """
    path, node = [root], root.child
    while path:
        if node is None:
            node = path.pop()
            if path:
                yield node, False
                node = node.next
            continue
        if node.is_element_node or node.is_text_node:
            yield node, True
        if node.is_element_node and not _is_leaf(node):
            path.append(node)
            node = node.child
        else:
            node = node.next


def _is_leaf(node: LexborNode) -> bool:
    """Whether it is taken as a whole. Tables that lay out a page are not."""
    if node.tag == "table":
        lays_out = "table table, h1, h2, h3" if node.css_first("th") else "table table, h1, h2, h3, li"
        return node.css_first(lays_out) is None and node.css_first("td + td, th + td") is not None
    return node.tag in _HEADINGS or node.tag == "pre"


def _rows(table: LexborNode) -> Iterator[str]:
    rows = [row.css("td, th") for row in table.css("tr")]
    rows = [row for row in rows if row]
    cells, (first, end) = [[_cell(cell) for cell in row] for row in rows], _headers(rows)
    texts = spread(cells)
    if first < end:
        texts[first:end] = [column_names(cells[first:end])]
    yield from filter(None, (one_line(_flat(caption)) for caption in table.css("caption")))
    yield from in_document(texts, first < end)


def _headers(rows: Sequence[Sequence[LexborNode]]) -> tuple[int, int]:
    """Where the rows that name the columns begin, below captions, and end. Only the first of them may itself begin with another cell."""
    first = next((number for number, row in enumerate(rows) if len(row) > 1), 0)
    if len(rows) < 2 or len(rows[first]) < 2 or not _is_header(rows[first][1:]):
        return 0, 0
    end = first + 1 + sum(1 for _ in takewhile(lambda row: len(row) > 1 and _is_header(row), rows[first + 1 :]))
    return first, end if end < len(rows) else first + 1


def _is_header(cells: Iterable[LexborNode]) -> bool:
    return all(cell.tag == "th" for cell in cells)


def _cell(node: LexborNode) -> Cell:
    return Cell(_flat(node), max(1, _number(node, "colspan", 1)), max(1, _number(node, "rowspan", 1)))


def _number(node: LexborNode, name: str, default: int) -> int:
    """That an attribute says."""
    found = _NUMBER.fullmatch((node.attributes.get(name) or "").strip())
    return int(found[0]) if found else default


def _flat(root: LexborNode) -> str:
    """Its text, with blanks where lines and blocks begin and end, and none within a word of which a part is bold."""
    return "".join(_words_of(node) for node, _ in _walk(root))


def _words_of(node: LexborNode) -> str:
    if node.is_text_node:
        return node.text()
    if _is_leaf(node):
        return f" {node.text()} "
    return "" if _is_inline(node.tag or "") and node.tag != "br" else " "


def _is_inline(tag: str) -> bool:
    """Also elements that pages make up (`g-emoji`) and Word's smart tags (`st1:city`), as in browsers."""
    return tag in _INLINE or "-" in tag or ":" in tag


def _set_superscripts(page: LexborHTMLParser) -> None:
    """Takes out references to notes, as they are in Word files, and keeps raised numbers apart from those beside them."""
    for node in reversed(page.css("sup")):  # the innermost first: what was removed with another may not be touched
        if _is_reference(node):
            node.decompose()
            continue
        before, text, after = (one.text() if one else "" for one in (node.prev, node, node.next))
        node.insert_before(joint(before, text, is_raised=True))
        node.insert_after(joint(text, after, is_raised=False))
        node.unwrap()
    if page.body:
        page.body.merge_text_nodes()


def _is_reference(node: LexborNode) -> bool:
    """Whether the superscript is a link, is in one of its own, or is in brackets."""
    text, parent = node.text().strip(), node.parent
    is_in_link = parent is not None and parent.tag == "a" and node.prev is None and node.next is None
    return len(text) <= _REFERENCE and (is_in_link or text.startswith("[") or node.css_first("a[href]") is not None)


def _content(body: LexborNode) -> LexborNode:
    """The part of the page that is its own, without what it shares with others of its site."""
    _remove(body.css(_UNSEEN))
    _remove(node for node in body.css("button") if not _is_inside(node, (*_HEADINGS, *_TERMS)))  # there it is what opens an accordion
    size = len(body.text())
    mains = body.css("main, [role=main]") or body.css("article")
    if len(mains) == 1 and len(mains[0].text()) > _MOST_AROUND * size:
        body = mains[0]
    else:
        _remove(node for node in body.css(_AROUND) if len(node.text()) < _MOST_AROUND * size)
        _remove(node for node in body.css("ul, ol") if _leads_elsewhere(node))
    named = (node for node in body.css("[class], [id]") if _is_named_so(node) and not _is_inside(node, _CODE))
    _remove(node for node in named if len(node.text()) < _MOST_AROUND * size)
    return body


def _is_named_so(node: LexborNode) -> bool:
    """By class; by id only a `div` without a heading: sections, headings and terms have their titles as ids, and may be about cookies."""
    if node.tag in _NEVER_AROUND:
        return False
    by_class = _AROUND_NAMED.search(node.attributes.get("class") or "")
    by_id = node.tag == "div" and _AROUND_NAMED.search(node.attributes.get("id") or "")
    return bool(by_class or (by_id and node.css_first(", ".join(_HEADINGS)) is None))


def _is_inside(node: LexborNode, tags: Collection[str]) -> bool:
    while (parent := node.parent) is not None and parent.tag not in tags:
        node = parent
    return parent is not None


def _leads_elsewhere(items: LexborNode) -> bool:
    links = items.css("a")
    return len(links) > 2 and sum(len(link.text()) for link in links) > _LINKS * len(items.text())


def _remove(nodes: Iterable[LexborNode]) -> None:
    for node in list(nodes):
        node.decompose()


def _title(page: LexborHTMLParser) -> str | None:
    """The heading, if the title is that with the site's name; else the title."""
    heading, title = (one_line(node.text()) if node else "" for node in (page.css_first("h1"), page.css_first("title")))
    return heading if heading and heading in title else title or heading


def _meta(page: LexborHTMLParser, name: str) -> str | None:
    node = page.css_first(f'meta[name="{name}"], meta[property="{name}"]')
    return one_line(node.attributes.get("content") or "") or None if node else None


def _address(page: LexborHTMLParser) -> str | None:
    """Where the page says that it can be read."""
    node = page.css_first('link[rel="canonical"]')
    url = (node.attributes.get("href") if node else _meta(page, "og:url")) or ""
    return url if url.startswith(("https://", "http://")) else None


def _decoded(content: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    named = _CHARSET.search(content[:2000])
    for encoding in (named[1].decode("ascii", "replace") if named else "utf-8", "utf-8"):
        try:
            return content.decode(_CODECS[codecs.lookup(encoding).name])
        except (LookupError, OSError, UnicodeError):
            continue
    return content.decode("cp1252", "replace")
