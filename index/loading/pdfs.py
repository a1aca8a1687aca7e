"""`.pdf`: lines with their places and sizes → paragraphs under headings, page by page.

pdfium gives the lines of each column together and mends hyphenation; headings are those of the outline, or lines in larger type.
"""

import ctypes
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from index.errors import Damaged, NoText, Protected, TooLarge
from index.loading.draft import LINE, PARAGRAPH, SPACE, Draft, joint, one_line, sensible_title
from index.loading.parsed import Limits, Parsed
from index.loading.rows import in_document

_DAMAGED = "this PDF is damaged; open it and save (or print) it anew as PDF"
_HYPHEN = "\x02"
"""pdfium's mark where a word was broken at the end of a line: for a hyphen of the word's own as well."""
_ALWAYS_HYPHENATED = re.compile(r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty|self|\w|\w*\d\w*", re.IGNORECASE)
"""E-mail and 5-year too: no word is broken behind its first letter."""
_ADDRESS = re.compile(r"@|://|\w\.\w")
_BULLET = re.compile(r"[•‣▪◦●○·–*-]\s+\S|\(?\d{1,2}[.)]\s+\S")
_STOP = (".", "!", "?", ":", "…", "。", "”", '"')
_MARGIN = 2
"""Lines that a running header or footer has at most."""
_ROW = 3
"""So many times the size of the type between two words makes a row of a table."""
_CELL = 1
"""So many times the size of the type divides its cells."""
_ROW_HEIGHT = 3
"""So many times the size of the type at most is between two rows of one table."""
_ROW_RISE = 2.5
"""So many lines a cell may begin above the one before it: half of one of six lines, beside whose middle another stands."""
_LEADER = re.compile(r"(?: ?\.){6,}")
"""Dots that lead to a number, as in a table of contents."""
_APART = 1.4
"""So many times the usual distance of two lines keeps apart what they belong to."""
_LARGER = 1.15
"""Type of so many times the usual size is a heading's."""
_RAISED = 0.15
"""So many times the size of the type is the least by which a superscript is raised."""
_FONT_NAME = 128
"""Bytes of it that are read."""
_HEADING_WORDS = 16
_LEVELS = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """Words that stand together. `left`, `right`: in points from the left of the page."""

    text: str
    left: float
    right: float

    def distance(self, other: "Cell") -> float:
        """0 where one stands above the other."""
        return max(0.0, self.left - other.right, other.left - self.right)


@dataclass(frozen=True, slots=True)
class Line:
    """`cells`: one, but in a row of a table. `base`: where it stands, in points from the bottom of the page. `size`: of the type, in
    points. `font`: its name, where the line ends. `text`: of all cells, mended.
    """

    text: str
    cells: tuple[Cell, ...]
    base: float
    size: float
    font: str

    @property
    def left(self) -> float:
        return self.cells[0].left

    @property
    def right(self) -> float:
        return self.cells[-1].right

    @property
    def is_row(self) -> bool:
        """As in a table; now and then it is a line of a narrow column that was stretched to its width."""
        gaps = (after.left - before.right for before, after in pairwise(self.cells))
        return max(gaps, default=0.0) > _ROW * self.size or _LEADER.search(self.text) is not None


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline. `page`: from 0."""

    level: int
    title: str
    page: int


def parse(name: str, content: bytes, limits: Limits) -> Parsed:
    pdf = _opened(content, limits)
    pages: list[list[Line]] = []
    scanned, broken = [], []
    for number in range(len(pdf)):
        lines, is_picture = _read(pdf, number)
        pages.append(lines or [])
        if lines is None:
            broken.append(number + 1)
        elif is_picture:
            scanned.append(number + 1)
    if len(broken) == len(pages) > 0:
        raise Damaged(_DAMAGED)
    if not any(pages):
        raise NoText(
            "its pages are pictures without text (a scan); run text recognition (OCR) over it first"
            if scanned
            else "empty: it holds no text; put some in, or remove it"
        )
    draft, own, said = Draft(limits), _mended(_without_margins(pages)), pdf.get_metadata_dict()
    _write(own, list(_outline(pdf)), draft)
    document = draft.finish(name, sensible_title(said.get("Title", "")) or _title(own), said.get("Author"))
    return Parsed(document, len(pdf), tuple(scanned), tuple(broken))


def _opened(content: bytes, limits: Limits) -> pdfium.PdfDocument:
    try:
        pdf = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise Protected("this PDF asks for a password; save it without one") from error
        raise Damaged(_DAMAGED) from error
    if len(pdf) > limits.pages:
        raise TooLarge(f"more than {limits.pages} pages; split it")
    return pdf


def _read(pdf: pdfium.PdfDocument, number: int) -> tuple[list[Line] | None, bool]:
    """The lines of a page, None if it can't be read; and whether it is a picture without text."""
    try:
        page = pdf[number]
        lines = list(_lines(page.get_textpage()))
        is_picture = not lines and any(page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
        page.close()
    except pdfium.PdfiumError:
        return None, False
    return lines, is_picture


def _lines(page: pdfium.PdfTextPage) -> Iterator[Line]:
    codes = [raw.FPDFText_GetUnicode(page, place) for place in range(page.count_chars())]
    text = "".join(chr(code) if code <= 0x10FFFF else " " for code in codes)
    for found in re.finditer(r"[^\r\n]+", text):
        words = found[0].strip()
        first = found.start() + len(found[0]) - len(found[0].lstrip())
        if words.strip("\0 " + _HYPHEN):
            letter = re.search(r"[^\W\d_]", words)  # a bullet may be smaller, or larger
            size = round(_size(page, first + (letter.start() if letter else 0)), 1)
            cells = tuple(_cells(page, words, first, size))
            yield Line(_with_joints(page, words, first, size), cells, _base(page, first), size, _font(page, first + len(words) - 1))


def _cells(page: pdfium.PdfTextPage, words: str, first: int, size: float) -> Iterator[Cell]:
    """The words of a line, divided where they stand apart. `first`: place of the line on the page."""
    start, left = 0, _edges(page, first)[0]
    for gap in re.finditer(" +", words):
        ends, begins = _edges(page, first + gap.start() - 1)[1], _edges(page, first + gap.end())[0]
        if begins - ends > _CELL * size:
            yield Cell(_with_joints(page, words[start : gap.start()], first + start, size), left, ends)
            start, left = gap.end(), begins
    yield Cell(_with_joints(page, words[start:], first + start, size), left, _edges(page, first + len(words) - 1)[1])


def _with_joints(page: pdfium.PdfTextPage, words: str, first: int, size: float) -> str:
    """Numbers stay apart of which one is raised: 10 and 6 are not 106, and the mark of a note is no part of a year."""

    def apart(digit: re.Match[str]) -> str:
        place = first + digit.start()
        rise = 0.0 if _is_turned(page, place) else _base(page, place + 1) - _base(page, place)
        return digit[0] + (joint("0", "0", is_raised=rise > 0) if abs(rise) > _RAISED * size else "")

    return re.sub(r"\d(?=\d)", apart, words)


def _base(page: pdfium.PdfTextPage, place: int) -> float:
    """Where a character stands."""
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(page, place, x, y)
    return y.value


def _is_turned(page: pdfium.PdfTextPage, place: int) -> bool:
    """Whether a character stands in a line that isn't level."""
    return bool(raw.FPDFText_GetCharAngle(page, place))


def _edges(page: pdfium.PdfTextPage, place: int) -> tuple[float, float]:
    """Where a character begins and ends."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(page, place, left, right, bottom, top)
    return left.value, right.value


def _size(page: pdfium.PdfTextPage, place: int) -> float:
    """Of the type, as it is on the page: a font of 1 point may be scaled to 12."""
    matrix = raw.FS_MATRIX()
    scale = abs(matrix.d) if raw.FPDFText_GetMatrix(page, place, matrix) and matrix.d else 1.0
    return float(raw.FPDFText_GetFontSize(page, place)) * scale


def _font(page: pdfium.PdfTextPage, place: int) -> str:
    """Its name, such as "Helvetica-Bold"; empty if it has none."""
    buffer = ctypes.create_string_buffer(_FONT_NAME)
    raw.FPDFText_GetFontInfo(page, place, buffer, _FONT_NAME, None)
    return buffer.value.decode(errors="replace")


def _outline(pdf: pdfium.PdfDocument) -> Iterator[Bookmark]:
    for entry in pdf.get_toc():
        target = entry.get_dest()
        page = target.get_index() if target else None
        if page is not None and (title := one_line(entry.get_title())):
            yield Bookmark(entry.level + 1, title, page)


def _without_margins(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """Without what stands apart at the top or at the bottom of many pages: the same but for its numbers, or with the number of its page.
    In type of a heading it must be quite the same, or the number alone.
    """
    headings = _heading_sizes(pages)
    margins = [[*_margin(lines, top=True), *_margin(lines, top=False)] for lines in pages]
    signs = [{line: _signs(line, number, line.size in headings) for line in margin} for number, margin in enumerate(margins)]
    counts = Counter(sign for page in signs for sign in set().union(*page.values()))
    both = {sign for sign, count in counts.items() if count == len(pages) == 2 and isinstance(sign[0], str)}  # headings may count too
    often = both | {sign for sign, count in counts.items() if count >= max(3, 0.4 * len(pages))}
    return [[line for line in lines if not page.get(line, set()) & often] for lines, page in zip(pages, signs, strict=True)]


def _signs(line: Line, page: int, is_heading: bool) -> set[tuple[object, float]]:
    """What a running line has in common with those of other pages: its words and the size of its type; a number that counts with them."""
    words = line.text.casefold()
    if not is_heading:
        words = re.sub(r"\d+|\b[ivxlc]+\b", "#", words)
    numbers = re.findall(r"^\d{1,4}$" if is_heading else r"^\d{1,4}\b|\b\d{1,4}$", line.text)
    return {(words, line.size), *((int(number) - page, line.size) for number in numbers)}


def _margin(lines: Sequence[Line], top: bool) -> list[Line]:
    """The first lines, or the last, that are apart from all others."""
    ordered = sorted(lines, key=lambda line: line.base, reverse=top)
    pitch = _pitch(ordered)
    for count in range(1, min(_MARGIN, len(ordered) - 1) + 1):
        if abs(ordered[count - 1].base - ordered[count].base) > _APART * pitch:
            return ordered[:count]
    return []


def _pitch(lines: Sequence[Line]) -> float:
    """The usual distance of two lines."""
    return median([fall for fall in (abs(before.base - line.base) for before, line in pairwise(lines)) if fall > 1] or [0])


def _mended(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """Words broken at the ends of lines, columns and pages are whole again, where they begin. The hyphen stays where the text has it inside
    a line too.
    """
    hyphenated = {word.casefold() for lines in pages for line in lines for word in re.findall(r"\w+-\w+", line.text)}

    def whole(broken: re.Match[str]) -> str:
        left, right = broken.groups()
        is_meant = f"{left}-{right}".casefold() in hyphenated or _is_hyphenated(broken)
        return f"{left}-{right}" if is_meant else left + right

    texts = _rejoined([line.text for lines in pages for line in lines])
    mended = iter([re.sub(rf"(\w+){_HYPHEN}\s*(\w+)", whole, text).replace(_HYPHEN, "-") for text in texts])
    return [[line for line in (replace(line, text=next(mended)) for line in lines) if line.text] for lines in pages]


def _is_hyphenated(broken: re.Match[str]) -> bool:
    """Whether the hyphen at the break is a part of the word, or of the address that it stands in."""
    (left, right), text = broken.groups(), broken.string
    run = text[: broken.start()].rpartition(" ")[2] + broken[0] + text[broken.end() :].partition(" ")[0]
    return not right[0].islower() or bool(_ALWAYS_HYPHENATED.fullmatch(left) or _ADDRESS.search(run))


def _rejoined(texts: list[str]) -> list[str]:
    """The second half of a word that goes on in the next line, or in the one on the next page, is moved to the first, behind `_HYPHEN`."""
    for number, text in enumerate(texts[1:], 1):
        begun, rest = re.fullmatch(r"(.*\w)[-‐]", texts[number - 1]), re.fullmatch(r"(\w\S*)\s*(.*)", text)
        if begun and rest:
            texts[number - 1 : number + 1] = [f"{begun[1]}{_HYPHEN}{rest[1]}", rest[2]]
    return texts


def _write(pages: Sequence[list[Line]], outline: Sequence[Bookmark], draft: Draft) -> None:
    sizes = [] if outline else _heading_sizes(pages)
    sentence = ""  # the end of the paragraph that may go on over the page
    for number, lines in enumerate(pages):
        draft.page = number + 1
        bookmarks = [entry for entry in outline if entry.page == number]
        for entry in bookmarks:
            if not any(_says(line, entry) for line in lines):
                draft.section(entry.level, entry.title)
        for stretch in _stretches(lines, bookmarks):
            text = _joined(stretch)
            if level := _level(stretch, bookmarks, sizes):
                draft.heading(level, text)
                sentence = ""
            else:
                draft.add(text, SPACE if _goes_on(sentence, text) else PARAGRAPH)
                sentence = text


def _stretches(lines: Sequence[Line], bookmarks: Iterable[Bookmark] = ()) -> Iterator[list[Line]]:
    """Lines that make a paragraph, or a heading of the outline."""
    pitch = _pitch(lines)
    edges = {edge for entry in bookmarks for edge in _heading_edges(lines, entry)}
    stretch = list(lines[:1])
    for number, line in enumerate(lines[1:], 1):
        if number in edges or _begins_paragraph(stretch, line, pitch):
            yield stretch
            stretch = []
        stretch.append(line)
    if stretch:
        yield stretch


def _heading_edges(lines: Sequence[Line], entry: Bookmark) -> Iterator[int]:
    """Where the heading that the outline leads to begins, and where it has ended: numbers of lines."""
    for first in (number for number, line in enumerate(lines) if _says(line, entry)):
        wanted, end = _letters(entry.title), first
        while end < len(lines) and (said := _letters(lines[end].text)) and wanted.startswith(said):
            wanted, end = wanted.removeprefix(said), end + 1
        yield from (first, end)


def _begins_paragraph(stretch: Sequence[Line], line: Line, pitch: float) -> bool:
    before = stretch[-1]
    fall = before.base - line.base
    if abs(fall) < line.size / 2:
        return False  # beside it, in the same row
    if before.is_row and line.is_row and 0 < fall < _ROW_HEIGHT * line.size:
        return False
    if abs(line.size - before.size) > 1 or fall > _APART * pitch:
        return True
    if fall < 0:
        return not (_is_next_cell(stretch, line, pitch) or _goes_on(before.text, line.text))
    return line.left > before.left + 0.8 * line.size and before.text.endswith(_STOP) and not _BULLET.match(before.text)


def _is_next_cell(stretch: Sequence[Line], line: Line, pitch: float) -> bool:
    """Whether it rises to the next cell of a row, rather than to the next column, or to a table beside this one."""
    before = stretch[-1]
    is_table = before.is_row and line.is_row
    return not is_table and line.left > before.right and line.base < stretch[0].base + _ROW_RISE * pitch


def _goes_on(before: str, text: str) -> bool:
    """Whether a sentence does, from one column or page to the next."""
    return bool(before) and not before.endswith(_STOP) and text[:1].islower()


def _joined(stretch: Sequence[Line]) -> str:
    if rows := _table(stretch):
        return LINE.join(in_document(rows, is_marked=_is_marked(stretch)))
    lines, edge = list(pairwise(stretch)), max(line.right for line in stretch)
    is_table = any(before.is_row and line.is_row for before, line in lines)
    others = ((LINE if _stands_alone(line, before, is_table, edge) else SPACE) + line.text for before, line in lines)
    return _LEADER.sub(" …", stretch[0].text + "".join(others))


def _table(lines: Sequence[Line]) -> list[list[str]]:
    """Its rows, each cell in the column below which cell of the first row it stands; none if the lines are no table, or none of which one
    can tell what its columns are called.
    """
    head = lines[0].cells
    if len(lines) < 2 or len(head) < 2 or not all(line.is_row and _is_as_read(line) for line in lines):
        return []
    if len(head) > 2 and not _is_marked(lines):
        return []
    rows = [_in_columns(line.cells, head) for line in lines]
    return rows if all(rows) else []


def _in_columns(cells: Sequence[Cell], head: Sequence[Cell]) -> list[str]:
    """A text for each column, empty where nothing stands below its head; none if a cell stands below two of them, or two below one."""
    texts: dict[int, str] = {}
    for cell in cells:
        (nearest, column), (next_one, _) = sorted((above.distance(cell), column) for column, above in enumerate(head))[:2]
        if nearest == next_one or column in texts:
            return []
        texts[column] = cell.text
    return [texts.get(column, "") for column in range(len(head))]


def _is_as_read(line: Line) -> bool:
    """Whether nothing of it was or is to be mended."""
    return line.text.split() == [word for cell in line.cells for word in cell.text.split()] and not _LEADER.search(line.text)


def _is_marked(rows: Sequence[Line]) -> bool:
    """Whether the first row is in type of its own, as names of columns are."""
    return len({row.font for row in rows[1:]}) == 1 and rows[0].font != rows[1].font


def _stands_alone(line: Line, before: Line, is_table: bool, edge: float) -> bool:
    """Whether it is a line of its own, as in a list or a table, rather than the next of a paragraph, whose lines go up to `edge`."""
    if line.text[0].islower() or before.base - line.base < line.size / 2:
        return False
    first_word = len(line.text.split()[0]) + 2  # with the space before it, and a letter more to be sure
    has_room = before.right + first_word * (line.right - line.left) / len(line.text) < edge
    return is_table or has_room or _BULLET.match(line.text) is not None


def _level(stretch: Sequence[Line], bookmarks: Iterable[Bookmark], sizes: Sequence[float]) -> int | None:
    """Of a heading, 1 or more: as the outline has it, or by the size of its type."""
    named = next((entry.level for entry in bookmarks if _says(stretch[0], entry)), None)
    text = _joined(stretch)
    if named or stretch[0].size not in sizes or len(text.split()) > _HEADING_WORDS or text.endswith("."):
        return named
    return 1 + min(sizes.index(stretch[0].size), _LEVELS - 1)


def _title(pages: Sequence[list[Line]]) -> str | None:
    """What stands on the first page in the largest type, if that is larger than most."""
    largest = max((line.size for line in pages[0]), default=0.0)
    if largest not in _heading_sizes(pages):
        return None
    stretch = next((stretch for stretch in _stretches(pages[0]) if stretch[0].size == largest), None)
    return _joined(stretch) if stretch and _level(stretch, (), [largest]) else None


def _heading_sizes(pages: Iterable[list[Line]]) -> list[float]:
    """Sizes of type that are larger than the usual one, the largest first."""
    characters: Counter[float] = Counter()
    for line in (line for lines in pages for line in lines):
        characters[line.size] += len(line.text)
    usual = characters.most_common(1)[0][0]
    return sorted((size for size in characters if size > _LARGER * usual), reverse=True)


def _says(line: Line, entry: Bookmark) -> bool:
    """Whether the line is the heading that the outline leads to, or begins it. Outlines often leave out its number, or have it alone."""
    said, wanted = _letters(line.text), _letters(entry.title)
    return bool(said) and (said == wanted or (len(said) > 10 and wanted.startswith(said)))


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text).casefold()
