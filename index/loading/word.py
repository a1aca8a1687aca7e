"""`.docx`: headings, paragraphs, lists and tables, in the order of the document."""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import groupby

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tbl
from docx.oxml.text.paragraph import CT_P
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.styles.style import BaseStyle

from index.errors import Damaged
from index.loading.archives import opened
from index.loading.draft import LINE, PARAGRAPH, Draft, joint, sensible_title
from index.loading.parsed import Limits, Parsed
from index.loading.rows import MOST_COLUMNS, in_document

_PARAGRAPH, _TABLE, _ROW, _CELL, _TEXT = (qn(name) for name in ("w:p", "w:tbl", "w:tr", "w:tc", "w:t"))
_BOX = qn("w:txbxContent")
"""What a text box holds, inside of the paragraph that it is anchored in."""
_FORMULA_TEXT = qn("m:t")
_SIGNS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-", qn("m:sup"): "^", qn("m:den"): "/"}
"""What stands for an element, or before what it holds: in formulas an exponent, and the lower part of a fraction."""
_NUMBERED, _HEADER_ROW, _VALUE = qn("w:numPr"), qn("w:tblHeader"), qn("w:val")
_ACROSS, _DOWN = f"{qn('w:tcPr')}/{qn('w:gridSpan')}", f"{qn('w:tcPr')}/{qn('w:vMerge')}"
_RAISED = f"{qn('w:rPr')}/{qn('w:vertAlign')}[@{qn('w:val')}='superscript']"
_REMOVED = qn("w:del"), qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""What was taken out, or is said a second time for earlier versions of Word."""
_STRUCK = [f"{qn('w:rPr')}/{qn(name)}" for name in ("w:strike", "w:dstrike", "w:vanish")]
_NOTE_PARTS = RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES
_NOTES, _ID = (qn("w:footnoteReference"), qn("w:endnoteReference")), qn("w:id")
_HEADING = re.compile(r"Heading ([1-9])")


def parse(name: str, content: bytes, limits: Limits) -> Parsed:
    opened(content, limits)
    try:
        document = docx.Document(BytesIO(content))
    except (KeyError, ValueError) as error:
        raise Damaged("no Word document; open it and save it anew as .docx") from error
    draft, styles, notes = Draft(limits), _styles(document), _notes(document)
    title, is_in_list = sensible_title(document.core_properties.title), False
    for block in _blocks(document.element.body):
        style = styles.get(block.style or "", ()) if isinstance(block, CT_P) else ()
        is_item = block.find(f".//{_NUMBERED}") is not None or any(one.startswith("List") for one in style)
        if isinstance(block, CT_Tbl):
            draft.add("\n".join(_rows(block)))
        elif level := _level(style):
            draft.heading(level, _text(block))
        elif "Title" in style:
            title = title or _text(block)
            draft.heading(0, _text(block))
        elif text := _text(block).strip():
            draft.add(f"- {text}" if is_item else text, LINE if is_item and is_in_list else PARAGRAPH)
        for reference in block.iter(*_NOTES):
            draft.add(notes.get((reference.tag, reference.get(_ID)), ""))
        is_in_list = is_item
    return Parsed(draft.finish(name, title, document.core_properties.author))


def _notes(document: WordDocument) -> dict[tuple[str, str | None], str]:
    """Footnotes and endnotes by what refers to them: its tag, and the number that it gives."""
    parts = [(_NOTES[_NOTE_PARTS.index(one.reltype)], one.target_part) for one in document.part.rels.values() if one.reltype in _NOTE_PARTS]
    return {(tag, note.get(_ID)): _text(note).strip() for tag, part in parts for note in parse_xml(part.blob).iterchildren()}


def _styles(document: WordDocument) -> dict[str, tuple[str, ...]]:
    """By their ids, the names of each style and those that it is based on."""
    return {style.style_id: tuple(_names(style)) for style in document.styles}


def _names(style: BaseStyle | None) -> Iterator[str]:
    for _ in range(10):  # a style may be based on itself, over others
        if style is None:
            return
        yield style.name or ""
        style = getattr(style, "base_style", None)


def _level(names: tuple[str, ...]) -> int | None:
    found = next(filter(None, map(_HEADING.fullmatch, names)), None)
    return int(found[1]) if found else None


def _blocks(body: BaseOxmlElement) -> Iterator[CT_P | CT_Tbl]:
    """Outermost paragraphs and tables of the body and of each text box, also those that content controls and insertions wrap."""
    for block in body.iterdescendants(_PARAGRAPH, _TABLE):
        outer = next(block.iterancestors(_PARAGRAPH, _TABLE, _BOX), None)
        if outer is None or outer.tag == _BOX:
            yield block


def _rows(table: CT_Tbl) -> Iterator[str]:
    rows = list(_inside(table, _ROW))
    is_header = bool(rows) and rows[0].find(f".//{_HEADER_ROW}") is not None
    texts: list[list[str]] = []
    for row in rows:
        texts.append(_cells(row, texts[-1] if texts else []))
    return in_document(texts, is_header)


def _cells(row: BaseOxmlElement, above: Sequence[str]) -> list[str]:
    """A text for each place. What covers several rows is said in each, what covers several columns in the first."""
    line: list[str] = []
    for cell in _inside(row, _CELL):
        down, across = cell.find(_DOWN), cell.find(_ACROSS)
        is_from_above = down is not None and down.get(_VALUE) != "restart" and len(line) < len(above)
        columns = min(int(across.get(_VALUE, "1")), MOST_COLUMNS) if across is not None else 1
        line += [above[len(line)] if is_from_above else _text(cell), *[""] * (columns - 1)]
    return line


def _inside(parent: BaseOxmlElement, tag: str) -> Iterator[BaseOxmlElement]:
    """Rows of a table, or cells of a row, also those that content controls wrap; not those of tables inside."""
    return (child for child in parent.iterdescendants(tag) if next(child.iterancestors(parent.tag)) is parent)


def _text(element: BaseOxmlElement) -> str:
    """What it says now: with what was inserted, without what was removed (Word keeps that until it is accepted) or struck out, and without
    text boxes.
    """
    own = (node for node in element.iter(_TEXT, _FORMULA_TEXT, _PARAGRAPH, *_SIGNS) if _box(node) is _box(element))
    said = (node for node in own if next(node.iterancestors(*_REMOVED), None) is None and not _is_struck(node))
    parts = [""]
    for is_raised, nodes in groupby(said, _is_raised):
        text = "".join(map(_words, nodes))
        parts += joint(parts[-1], text, is_raised), text
    return "".join(parts)


def _box(node: BaseOxmlElement) -> BaseOxmlElement | None:
    """The innermost that it stands in."""
    return next(node.iterancestors(_BOX), None)


def _words(node: BaseOxmlElement) -> str:
    return (node.text or "") if node.tag in (_TEXT, _FORMULA_TEXT) else _SIGNS.get(node.tag, "\n")


def _is_struck(node: BaseOxmlElement) -> bool:
    """Whether the run says so, or that it is hidden."""
    return any(mark.get(_VALUE, "1") not in ("0", "false", "off") for path in _STRUCK for mark in node.getparent().iterfind(path))


def _is_raised(node: BaseOxmlElement) -> bool:
    return node.tag == _TEXT and node.getparent().find(_RAISED) is not None
