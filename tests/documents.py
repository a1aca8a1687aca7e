"""One annual report in every format, made with the libraries that people's programs are made with."""

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsmap, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph
from fpdf import FPDF
from fpdf.enums import VAlign
from PIL import Image

TITLE = "Annual report"
HARBOUR = "The council decided on the development of the harbour in April 2016."
BUDGET = [["", "2024", "2025"], ["Budget", "12,000", "13,500"], ["Travel", "800", "950"]]
ROWS = "Budget 2024: 12,000; Budget 2025: 13,500.\nTravel 2024: 800; Travel 2025: 950."
PEOPLE = [["Name", "Office", "Phone"], ["Ada Lovelace", "London", "12 34"], ["Bob; Bo", "Rome", ""]]

HTML = f"""<!doctype html><html><head><title>{TITLE} | The town</title><meta name="author" content="Ann">
<link rel="canonical" href="https://example.org/report"><style>p {{}}</style></head><body>
<header>The town's site</header><nav><a href=/>Home</a> <a href=/news>News</a></nav>
<div class="cookie-banner">We use cookies.</div>
<main><h1>{TITLE}</h1><h2>Harbour</h2><p>The council decided on the <b>develop</b>ment of the
harbour in <i>April 2016</i>.</p><ul><li>quays</li><li><p>cranes</p></li></ul>
<h2>Budget</h2><table><tr><th></th><th>2024</th><th>2025</th></tr><tr><td>Budget</td><td>12,000</td><td>13,500</td></tr>
<tr><td>Travel</td><td>800</td><td>950</td></tr></table><p hidden>Secret</p></main>
<aside class="related">Other pages</aside><footer>Imprint</footer><script>alert("never")</script></body></html>"""

_CONTAINER = "urn:oasis:names:tc:opendocument:xmlns:container"
_OPF = "http://www.idpf.org/2007/opf"
_DC = "http://purl.org/dc/elements/1.1/"


def pdf(pages: int = 4, outline: bool = True, password: str | None = None) -> bytes:
    """A report with running header and footer, a word broken at the end of a line, and a chapter a page; the first is the title's."""
    file = FPDF()
    file.set_title(TITLE)
    file.set_creation_date(datetime(2024, 3, 1, tzinfo=UTC))  # so that it is the same each time
    if password:
        file.set_encryption(owner_password=password, user_password=password)
    for number in range(1, pages + 1):
        file.add_page()
        file.set_font("helvetica", size=8)
        file.text(20, 10, f"{TITLE} - confidential - {2020 + number}")
        file.text(100, 288, f"Page {number} of {pages}")
        file.set_y(25)
        if outline:
            file.start_section(f"Chapter {number}")
        file.set_font("helvetica", size=18)
        file.cell(0, 10, f"Chapter {number}", new_x="LMARGIN", new_y="NEXT")
        file.set_font("helvetica", size=11)
        file.multi_cell(0, 6, "The council decided on the develop-\nment of the harbour in April 2016. " + "It was a long day. " * 20)
        file.ln(6)
        file.multi_cell(0, 6, f"Paragraph two of chapter {number} tells of well-known quays. " + "And it ends so. " * 15 + "The sentence")
        file.add_page()
        file.set_font("helvetica", size=11)
        file.set_y(25)
        file.multi_cell(0, 6, f"goes on over the page of chapter {number}. " + "Then comes the end. " * 15)
    return bytes(file.output())


def letter(pages: int) -> bytes:
    """Each page with the same line above it, and its number below."""
    file = FPDF()
    for number in range(1, pages + 1):
        file.add_page()
        file.set_font("helvetica", size=8)
        file.text(20, 10, "Acme travel policy")
        file.text(20, 288, f"Confidential, page {number}/{pages}")
        file.set_font("helvetica", size=11)
        file.set_y(25)
        file.multi_cell(0, 6, f"Rule {number} is about trains. " + "Employees book them first. " * 20)
    return bytes(file.output())


def manual() -> bytes:
    """As it comes from a typesetter: named in large type only, with chapter and page above each other page, contents, lists and a table."""
    file = FPDF()
    for number in range(1, 7):
        file.add_page()
        file.set_font("helvetica", size=9)
        file.text(20, 12, f"Chapter {'One Two Three'.split()[(number - 1) // 2]}: quays {file.page_no() + 3}")
        file.set_y(30)
        if number == 1:
            file.set_font("helvetica", size=24)
            file.cell(0, 10, "Harbour manual", new_x="LMARGIN", new_y="NEXT")
        file.set_font("helvetica", size=11)
        file.set_y(50)
        file.set_font("helvetica", style="B", size=11)
        file.multi_cell(0, 6, "Quays " + ". " * 60 + "4", align="L", new_x="LMARGIN", new_y="NEXT")
        file.set_font("helvetica", size=11)
        file.multi_cell(0, 6, "Cranes " + ". " * 60 + "5", align="L")
        file.ln(12)
        file.multi_cell(
            0, 6, "The harbour has twenty-\nthree quays and a well-\nknown crane. It is a well-known one. " + "So it is. " * 20, align="L"
        )
        file.ln(12)
        file.multi_cell(
            0,
            6,
            "Harbour master: Ann Berg\nPilot: Bob Lund, whose boat is the one that lies at the outermost quay of all quays that\nthere are",
            align="L",
        )
        file.ln(12)
        for row in (("Item", "2024"), ("Cranes", "12"), ("Quays", "23")):
            file.cell(60, 6, row[0])
            file.cell(60, 6, row[1], new_x="LMARGIN", new_y="NEXT")
        file.ln(12)
        file.set_font("helvetica", size=8)
        file.write(6, "- ")
        file.set_font("helvetica", size=11)
        file.multi_cell(
            0, 6, "Ropes are kept in the\nHarbour office. " + "They are long. " * 8 + f"Page {number} ends with the con-", align="L"
        )
        file.add_page()
        file.set_y(30)
        file.multi_cell(0, 6, f"struction of ship {number}. " + "Then comes the end. " * 15, align="L")
    return bytes(file.output())


def lines(*sized: tuple[str, float], outline: dict[int, str] | None = None) -> bytes:
    """A page of lines one right below the other, each with the size of its type. `outline`: entries by the line that they lead to."""
    file = FPDF()
    file.add_page()
    for number, (text, size) in enumerate(sized):
        if outline and number in outline:
            file.start_section(outline[number])
        file.set_font("helvetica", size=size)
        file.cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
    return bytes(file.output())


def budgets() -> bytes:
    """A year a page, each under a heading in large type, with the mark of a note and a power of ten."""
    file = FPDF()
    for year in (2021, 2022, 2023):
        file.add_page()
        file.set_font("helvetica", size=20)
        file.cell(0, 30, f"Budget {year}", new_x="LMARGIN", new_y="NEXT")
        file.set_font("helvetica", size=11)
        for words in (
            f"The council agreed on it in {year}",
            "^1",
            ", in a long meeting, for 10",
            "^6",
            f" people and {year - 1} houses.\n",
        ):
            file.char_vpos = "SUP" if words.startswith("^") else "LINE"
            file.write(6, words.removeprefix("^"))
        for number in range(4):
            file.write(6, f"Item {number} of this year was much discussed by all.\n\n")
    return bytes(file.output())


def contacts(is_marked: bool) -> bytes:
    """A page with a table in lines, some of its cells empty. `is_marked`: whether the names of its columns are in bold type."""
    file = FPDF()
    file.add_page()
    file.set_font("helvetica", style="B" if is_marked else "", size=11)
    for row in (("Role", "Name", "Phone"), ("Harbour master", "Ann Berg", "555 12"), ("Pilot", "", "555 31"), ("Cook", "Bob Lund", "")):
        for cell in row:
            file.cell(60, 12, cell, border=1)
        file.ln(12)
        file.set_font("helvetica", size=11)
    return bytes(file.output())


def plans(alignment: VAlign) -> bytes:
    """A page with a table whose cells have up to three lines; `alignment`: of the others in their row."""
    file = FPDF()
    file.add_page()
    file.set_font("helvetica", size=10)
    hours = "Single members who only use the gym on weekdays before 5 pm and never on weekends"
    rows = [
        ("Plan", "For whom", "Price"),
        ("Basic", hours, "20 euros"),
        ("Family", "Two adults, and all children at the same address", "45 euros"),
    ]
    with file.table(rows, v_align=alignment):
        pass  # it is made at the end of the block
    return bytes(file.output())


def scan(with_text: bool = False) -> bytes:
    """Pages that are pictures; the first one may have words too."""
    file = FPDF()
    for number in range(2):
        file.add_page()
        if with_text and number == 0:
            file.set_font("helvetica", size=11)
            file.multi_cell(0, 6, HARBOUR)
        else:
            file.image(_picture(), 10, 10, 100)
    return bytes(file.output())


def _picture() -> io.BytesIO:
    stream = io.BytesIO()
    Image.effect_noise((40, 40), 50).save(stream, "PNG")
    stream.seek(0)
    return stream


def columns() -> bytes:
    """A page in two columns, and a sentence that goes on from the first to the second."""
    file = FPDF()
    file.add_page()
    file.set_font("helvetica", size=10)
    with file.text_columns(ncols=2, gutter=10) as text:
        text.write("The left column says this. " * 20 + "And the sentence then")
        text.new_column()
        text.write("goes on at the right. " + "The right column says that. " * 20)
    return bytes(file.output())


def word() -> bytes:
    file = docx.Document()
    file.core_properties.title, file.core_properties.author = TITLE, "Ann"
    file.add_heading(TITLE, 0)
    file.add_heading("Harbour", 1)
    file.add_paragraph("The council decided on the ").add_run("development").bold = True
    file.paragraphs[-1].add_run(" of the harbour in April 2016.")
    for item in ("quays", "cranes"):
        file.add_paragraph(item, style="List Bullet")
    file.add_heading("Money", 1)
    file.add_heading("Budget", 2)
    _add_table(file, BUDGET)
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def form() -> bytes:
    """A Word document with a table of labels, one with cells that cover others, one in a content control, and a footnote."""
    file = docx.Document()
    _add_table(file, [["Contact", "Ann Berg"], ["Phone", "12 34"]])
    days = _add_table(file, [["Grade", "Days", "Notice"], ["Junior", "25", "a month"], ["Senior", "", "a year"]])
    days.cell(1, 1).merge(days.cell(2, 1))
    days.add_row().cells[0].merge(days.rows[3].cells[1]).text = "Both"
    days.rows[3].cells[2].text = "a day"
    _wrap(days.rows[1].cells[0]._tc, "w:sdtContent", "w:sdt")  # noqa: SLF001  # python-docx makes no content controls
    said = file.add_paragraph("The rent rose")
    _add_footnote(file, said, "By 12 per cent in May 2023.")
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def superscripts() -> bytes:
    """A Word document with a power, in two runs as Word cuts them, an ordinal number, and the number of a note that was typed by hand."""
    file = docx.Document()
    paragraph = file.add_paragraph()
    for text in ("It cost 10", "^1", "^2", " won on the 2", "^nd", " of May 2016", "^1", "."):
        paragraph.add_run(text.removeprefix("^")).font.superscript = text.startswith("^")
    note = file.add_paragraph()
    note.add_run("1").font.superscript = True
    note.add_run("2016 prices.")
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def boxes() -> bytes:
    """A Word document with a text box in the middle of a sentence, as Word writes it for itself and for its earlier versions."""
    box = "<w:txbxContent><w:p><w:r><w:t>Closed in May</w:t></w:r></w:p></w:txbxContent>"
    anchored = f"<mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    spaces = f"xmlns:w='{nsmap['w']}' xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
    file = docx.Document()
    paragraph = file.add_paragraph("It opens ")
    paragraph._p.append(parse_xml(f"<w:r {spaces}>{anchored}</w:r>"))  # noqa: SLF001  # python-docx makes no text boxes
    paragraph.add_run("at nine.")
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def struck() -> bytes:
    """A Word document with a price that is struck out and one that isn't any more, a hidden word, and a formula."""
    sums = (
        "<m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e>"
    )
    formula = f"<m:oMath xmlns:m='{nsmap['m']}'>{sums}<m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>"
    file = docx.Document()
    paragraph = file.add_paragraph("The fee is ")
    paragraph.add_run("100 ").font.strike = True
    paragraph.add_run("120 euros").font.double_strike = False
    paragraph.add_run(" (secret)").font.hidden = True
    paragraph.add_run(", or ")
    paragraph._p.append(parse_xml(formula))  # noqa: SLF001  # nor formulas
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def _add_table(file: WordDocument, rows: Sequence[Sequence[str]]) -> Any:  # python-docx types tables by half
    table = file.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    return table


def _wrap(element: BaseOxmlElement, *tags: str) -> None:
    """Puts elements around this one, the innermost first."""
    for tag in tags:
        outer = OxmlElement(tag)
        element.addprevious(outer)
        outer.append(element)
        element = outer


def _add_footnote(file: WordDocument, paragraph: Paragraph, text: str) -> None:
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), "2")
    paragraph.add_run()._r.append(reference)  # noqa: SLF001  # nor footnotes
    note = f'<w:footnotes xmlns:w="{nsmap["w"]}"><w:footnote w:id="2"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, note.encode(), file.part.package)
    file.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def epub(chapters: Sequence[tuple[str, str]] = (), extra: Iterable[tuple[str, bytes | str]] = (), nav: str | None = None) -> bytes:
    """A book of (title, XHTML body) whose files are in another order than its chapters. `nav`: in place of its table of contents."""
    chapters = chapters or (("Harbour", f"<h1>Harbour</h1><p>{HARBOUR}</p>"), ("Budget", "<p>It rose to 13,500.</p>"))
    names = [f"text/{len(chapters) - number}.xhtml" for number in range(len(chapters))]
    items = "".join(f'<item id="c{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in sorted(names))
    spine = "".join(f'<itemref idref="c{name}"/>' for name in names)
    points = "".join(f'<li><a href="{name}">{title}</a></li>' for name, (title, _) in zip(names, chapters, strict=True))
    pages = [f"<html><head><title/></head><body>{body}</body></html>" for _, body in chapters]
    container = f'<container xmlns="{_CONTAINER}"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    said = f'<metadata xmlns:dc="{_DC}"><dc:title>{TITLE}</dc:title><dc:creator>Ann</dc:creator></metadata>'
    contents = '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    package = f'<package xmlns="{_OPF}">{said}<manifest>{contents}{items}</manifest><spine>{spine}</spine></package>'
    files = [
        ("META-INF/container.xml", container),
        ("OEBPS/book.opf", package),
        ("OEBPS/nav.xhtml", f"<html><body>{nav or f'<nav><ol>{points}</ol></nav>'}</body></html>"),
        *zip((f"OEBPS/{name}" for name in names), pages, strict=True),
        *extra,
    ]
    return archive([("mimetype", "application/epub+zip"), *files])


def archive(files: Iterable[tuple[str, bytes | str]]) -> bytes:
    """A ZIP file; the first entry is stored as it is, as an EPUB's must be."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for number, (name, content) in enumerate(files):
            target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED if number else zipfile.ZIP_STORED)
    return stream.getvalue()


def chat(kind: str = "private_supergroup") -> bytes:
    """A group's export: two messages of one conversation, one of the next day, and what isn't a message of anybody."""
    plain = {"type": "message", "date": "2024-03-01T10:00:00", "from": "Ann", "from_id": "user1"}
    messages = [
        {"id": 1, "type": "service", "date": "2024-03-01T09:00:00", "actor": "Ann", "action": "create_group", "text": ""},
        {"id": 2, **plain, "text": "When did the council decide?"},
        {
            "id": 3,
            **plain,
            "date": "2024-03-01T10:05:00",
            "from": "Bob",
            "text": ["It decided in ", {"type": "bold", "text": "April 2016"}, "."],
        },
        {"id": 4, **plain, "date": "2024-03-02T09:00:00", "from": None, "text": "Thanks"},
        {"id": 5, **plain, "text": "", "photo": "(File not included)"},
    ]
    return json.dumps({"name": "Harbour team", "type": kind, "id": 1234567890, "messages": messages}).encode()
