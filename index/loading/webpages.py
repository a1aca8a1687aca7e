"""`.html`: the words of a web page with headings, lists and tables, without what surrounds them."""

import codecs
import re
from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from index.loading.draft import LINE, PARAGRAPH, Draft, one_line
from index.loading.parsed import Limits, Parsed
from index.loading.rows import Cell, in_document, spread

_ENCODINGS = "utf-8 utf-16 cp1250 cp1251 cp1252 cp1253 cp1254 iso8859-1 iso8859-2 koi8-r shift_jis euc_jp euc_kr cp949 gb18030 big5".split()
_CODECS = {codecs.lookup(name).name for name in _ENCODINGS}  # looked up now: later, no more files may be opened
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)

_UNSEEN = "script, style, noscript, template, svg, math, iframe, object, canvas, dialog, select, button, [hidden], [aria-hidden=true], nav"
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
_SPAN = re.compile(r"[1-9]\d{0,4}", re.ASCII)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i img input ins kbd label mark meter output q rp rt ruby s samp small "
    "span strike strong sub sup time tt u var wbr".split()
)


def parse(name: str, content: bytes, limits: Limits) -> Parsed:
    page = LexborHTMLParser(_decoded(content))
    title, author, url, date = _title(page), _meta(page, "author"), _address(page), _meta(page, "article:published_time")
    draft = Draft(limits)
    if page.body:
        write(_content(page.body), draft)
    return Parsed(draft.finish(name, title, author, url, date))


def write(root: LexborNode, draft: Draft) -> None:
    """Adds what is below `root` to the draft: headings, paragraphs, lists and rows of tables."""
    words: list[str] = []
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
        elif tag not in _INLINE:
            end_paragraph()
            if begins and tag in _HEADINGS:
                draft.heading(_HEADINGS[tag], node.text())
            elif begins and _is_leaf(node):
                draft.add("\n".join(_rows(node)) if tag == "table" else node.text())
            elif tag == "li":
                marker = "- " if begins else ""
            elif tag in ("ul", "ol"):
                is_in_list = is_in_list and not begins
            elif tag in _TERMS:
                is_term = not begins  # what it means follows
    end_paragraph()


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """All nodes below `root` in order, with True where they begin; elements again where they end.

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
        yield node, True
        if node.is_element_node and not _is_leaf(node):
            path.append(node)
            node = node.child
        else:
            node = node.next


def _is_leaf(node: LexborNode) -> bool:
    """Whether it is taken as a whole. Tables that lay out a page are not."""
    if node.tag == "table":
        return node.css_first("table table, h1, h2, h3, li") is None and node.css_first("td + td, th + td") is not None
    return node.tag in _HEADINGS or node.tag == "pre"


def _rows(table: LexborNode) -> Iterator[str]:
    rows = [row.css("td, th") for row in table.css("tr")]
    rows = [row for row in rows if row]
    is_header = len(rows) > 1 and all(cell.tag == "th" for cell in rows[0][1:])
    yield from filter(None, (one_line(caption.text(separator=" ")) for caption in table.css("caption")))
    yield from in_document(spread([[_cell(cell) for cell in row] for row in rows]), is_header)


def _cell(node: LexborNode) -> Cell:
    columns, rows = (_SPAN.fullmatch((node.attributes.get(name) or "").strip()) for name in ("colspan", "rowspan"))
    return Cell(node.text(separator=" "), int(columns[0]) if columns else 1, int(rows[0]) if rows else 1)


def _content(body: LexborNode) -> LexborNode:
    """The part of the page that is its own, without what it shares with others of its site."""
    _remove(body.css(_UNSEEN))
    size = len(body.text())
    mains = body.css("main, [role=main]") or body.css("article")
    if len(mains) == 1 and len(mains[0].text()) > _MOST_AROUND * size:
        body = mains[0]
    else:
        _remove(node for node in body.css(_AROUND) if len(node.text()) < _MOST_AROUND * size)
        _remove(node for node in body.css("ul, ol") if _leads_elsewhere(node))
    _remove(node for node in body.css("[class], [id]") if _is_named_so(node) and len(node.text()) < _MOST_AROUND * size)
    return body


def _is_named_so(node: LexborNode) -> bool:
    names = f"{node.attributes.get('class')} {node.attributes.get('id')}"
    return node.tag not in ("body", "main", "article") and _AROUND_NAMED.search(names) is not None


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
            if codecs.lookup(encoding).name in _CODECS:
                return content.decode(encoding)
        except (LookupError, OSError, UnicodeError):
            continue
    return content.decode("cp1252", "replace")
