"""Files of every format become text with places; what can't be read says why, and does no harm."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from fpdf.enums import VAlign

from index.chunking import chunk
from index.domain import SHARED, Document, Place
from index.errors import Damaged, NoText, Protected, TooLarge, TooSlow, UnknownFormat, Unreadable
from index.keeping import Keeper
from index.loading import confined
from index.loading.corpus import is_made_of, load_corpus
from index.loading.draft import sensible_title
from index.loading.files import FORMATS, format_of, parse
from index.loading.parsed import Limits
from index.loading.rows import sentences
from index.loading.texts import normalised
from index.stores.local import LocalStore
from tests import documents
from tests.fakes import HashingEmbedder

EVERY = {
    "report.txt": documents.HARBOUR.encode(),
    "report.md": f"# {documents.TITLE}\n\n{documents.HARBOUR}".encode(),
    "report.html": documents.HTML.encode(),
    "report.pdf": documents.pdf(),
    "report.docx": documents.word(),
    "report.epub": documents.epub(),
    "report.csv": b"What,When\nThe council decided on the development of the harbour,April 2016\n",
    "report.json": documents.chat(),
}


def where(document: Document, words: str) -> tuple[tuple[str, ...], int | None]:
    """Headings and page of these words."""
    place = document.place(document.text.index(words))
    return (place.headings, place.page) if place else ((), None)


@pytest.mark.parametrize("name", EVERY)
def test_every_format_becomes_a_normalised_text_whose_passages_are_cut_out_of_it(name: str) -> None:
    document = parse(name, EVERY[name]).document

    assert "April 2016" in document.text
    assert document.text == normalised(document.text).strip()
    assert all(document.text[passage.start : passage.end] == passage.text for passage in chunk(document))
    assert [place.start for place in document.places] == sorted({place.start for place in document.places})
    assert all(0 <= place.start < len(document.text) for place in document.places)


def test_every_format_that_is_named_is_tried_here() -> None:
    assert {Path(name).suffix for name in EVERY} == set(FORMATS)


@pytest.mark.parametrize("name", ["report.html", "report.pdf", "report.docx", "report.epub", "report.md"])
def test_the_title_is_the_documents_own(name: str) -> None:
    assert parse(name, EVERY[name]).document.title == documents.TITLE


class TestPdf:
    def test_chapters_of_the_outline_are_headings_and_pages_are_counted(self) -> None:
        parsed = parse("report.pdf", EVERY["report.pdf"])

        assert parsed.pages == 8
        assert where(parsed.document, "chapter 2 tells") == (("Chapter 2",), 3)
        assert where(parsed.document, "goes on over the page of chapter 2") == (("Chapter 2",), 4)

    def test_headings_of_the_outline_need_neither_a_gap_nor_larger_type(self) -> None:
        texts = (documents.HARBOUR, "1 Quays and cranes", "of the harbour", "They are old.", "2 Ships", "They are new.")
        content = documents.lines(*((text, 11) for text in texts), outline={1: "Quays and cranes of the harbour", 4: "Ships"})

        document = parse("report.pdf", content).document

        assert where(document, "They are old") == (("1 Quays and cranes of the harbour",), 1)
        assert where(document, "They are new") == (("2 Ships",), 1)

    def test_without_an_outline_large_type_tells_headings(self) -> None:
        document = parse("report.pdf", documents.pdf(outline=False)).document

        assert where(document, "chapter 3 tells") == (("Chapter 3",), 5)

    def test_running_headers_and_footers_are_left_out(self) -> None:
        text = parse("report.pdf", EVERY["report.pdf"]).document.text

        assert "confidential" not in text
        assert "Page 1" not in text

    def test_two_pages_have_running_headers_too_and_one_has_none(self) -> None:
        letter = parse("letter.pdf", documents.letter(pages=2)).document.text
        alone = parse("letter.pdf", documents.letter(pages=1)).document.text

        assert "Acme travel policy" not in letter
        assert "Acme travel policy" in alone

    def test_broken_words_are_whole_again_and_sentences_go_on_over_the_page(self) -> None:
        text = parse("report.pdf", EVERY["report.pdf"]).document.text

        assert "the development of the harbour" in text
        assert "well-known quays" in text
        assert "The sentence goes on over the page" in text

    def test_paragraphs_are_kept_apart(self) -> None:
        assert "\n\nParagraph two of chapter 1" in parse("report.pdf", EVERY["report.pdf"]).document.text

    def test_columns_are_read_one_after_the_other(self) -> None:
        text = parse("columns.pdf", documents.columns()).document.text

        assert "And the sentence then goes on at the right." in text
        assert text.rindex("left column") < text.index("right column")

    def test_hyphens_stay_where_they_belong_to_the_word(self) -> None:
        text = parse("manual.pdf", documents.manual()).document.text

        assert "The harbour has twenty-three quays and a well-known crane." in text

    @pytest.mark.parametrize(
        "broken",
        ["ann-⏎marie@example.org", "https://example.org/travel-⏎expenses.html", "e-⏎mail", "X-⏎ray", "2.0-⏎beta", "5-⏎year", "non-⏎EU"],
    )
    def test_hyphens_stay_in_addresses_and_behind_letters_and_numbers(self, broken: str) -> None:
        words = f"Of a develop-⏎ment and/or har-⏎bour, {broken} said."

        text = parse("a.pdf", documents.lines(*((line, 11) for line in words.split("⏎")))).document.text

        assert text.replace("\n", " ") == words.replace("develop-⏎", "develop").replace("har-⏎", "har").replace("⏎", "")

    def test_a_word_is_whole_on_the_page_where_it_begins(self) -> None:
        document = parse("manual.pdf", documents.manual()).document

        assert "Page 2 ends with the construction of ship 2." in document.text
        assert where(document, "construction of ship 2") == (("Harbour manual",), 3)
        assert where(document, "of ship 2") == (("Harbour manual",), 4)

    def test_running_heads_of_changing_chapters_are_left_out_and_the_same_words_in_the_text_stay(self) -> None:
        text = parse("manual.pdf", documents.manual()).document.text

        assert "Chapter" not in text
        assert text.startswith("Harbour manual\n\n")

    def test_a_document_that_does_not_name_itself_is_called_by_what_is_largest_on_its_first_page(self) -> None:
        assert parse("manual.pdf", documents.manual()).document.title == "Harbour manual"

    def test_what_is_largest_may_be_the_second_line_of_a_heading(self) -> None:
        content = documents.lines(("Harbour", 16), ("Manual", 16.8), *[(documents.HARBOUR, 11)] * 4)

        assert parse("manual.pdf", content).document.title == "Harbour Manual"

    def test_lines_of_lists_tables_and_contents_stand_alone(self) -> None:
        text = parse("manual.pdf", documents.manual()).document.text

        assert "Quays … 4\nCranes … 5" in text
        assert "Harbour master: Ann Berg\nPilot: Bob Lund, whose boat" in text
        assert "all quays that there are" in text
        assert "Item: 2024.\nCranes: 12.\nQuays: 23." in text

    def test_rows_of_a_table_name_their_columns_where_these_are_in_type_of_their_own(self) -> None:
        marked, unmarked = (parse("contacts.pdf", documents.contacts(is_marked)).document.text for is_marked in (True, False))

        assert marked == "Role: Harbour master; Name: Ann Berg; Phone: 555 12.\nRole: Pilot; Phone: 555 31.\nRole: Cook; Name: Bob Lund."
        assert unmarked == "Role Name Phone\nHarbour master Ann Berg 555 12\nPilot 555 31\nCook Bob Lund"

    @pytest.mark.parametrize("alignment", [VAlign.T, VAlign.M, VAlign.B])
    def test_cells_of_several_lines_stay_in_their_row(self, alignment: VAlign) -> None:
        rows = parse("plans.pdf", documents.plans(alignment)).document.text.replace("\n\n", "\n").split("\n")

        assert rows == [
            "Plan For whom Price",
            "Basic Single members who only use the gym on weekdays before 5 pm and never on weekends 20 euros",
            "Family Two adults, and all children at the same address 45 euros",
        ]

    def test_a_bullet_in_other_type_does_not_end_its_paragraph(self) -> None:
        assert "- Ropes are kept in the Harbour office." in parse("manual.pdf", documents.manual()).document.text.replace("\n", " ")

    def test_a_heading_that_counts_with_the_pages_stays(self) -> None:
        document = parse("budgets.pdf", documents.budgets()).document

        assert where(document, "in 2022^1") == (("Budget 2022",), 2)

    def test_raised_numbers_are_no_part_of_those_before_them(self) -> None:
        text = parse("budgets.pdf", documents.budgets()).document.text.replace("\n", " ")

        assert "The council agreed on it in 2023^1" in text
        assert "for 10^6 people and 2022 houses." in text

    def test_a_scan_is_told_from_an_empty_file(self) -> None:
        with pytest.raises(NoText, match=r"a scan.*OCR"):
            parse("scan.pdf", documents.scan())

    def test_a_file_without_a_page_that_can_be_read_is_damaged_rather_than_empty(self) -> None:
        with pytest.raises(Damaged, match="open it and save"):
            parse("broken.pdf", EVERY["report.pdf"].replace(b"/Type /Page\n", b"/Type /Rage\n"))

    def test_pages_without_text_are_named(self) -> None:
        assert parse("scan.pdf", documents.scan(with_text=True)).scanned == (2,)

    def test_a_password_is_asked_to_be_taken_off(self) -> None:
        with pytest.raises(Protected, match="this PDF asks for a password; save it without one"):
            parse("secret.pdf", documents.pdf(pages=1, password="secret"))


class TestPages:
    def test_only_the_pages_own_words_are_kept(self) -> None:
        document = parse("report.html", EVERY["report.html"]).document

        assert document.text == "\n\n".join(
            [documents.TITLE, "Harbour", documents.HARBOUR, "- quays\n- cranes", "Budget", documents.ROWS],
        )
        assert (document.author, document.url) == ("Ann", "https://example.org/report")
        assert where(document, "Travel")[0] == (documents.TITLE, "Budget")

    def test_without_a_main_part_the_surroundings_are_left_out(self) -> None:
        page = "<body><header>The site</header><ul><li><a>Home</a><li><a>News</a><li><a>Us</a></ul><div id=sidebar>Ads</div><p>Words.</p>"
        words = "<p>" + "The harbour is deep and the quays are long. " * 5

        text = parse("a.html", f"{page}{words}<footer>Imprint</footer>".encode()).document.text

        assert text == "Words.\n\n" + ("The harbour is deep and the quays are long. " * 5).strip()

    def test_what_an_accordion_folds_away_and_comments_in_code_are_words_of_the_page(self) -> None:
        page = (
            "<html><main><h2><button>How many days of leave?</button></h2><div role=region hidden>You have 30.</div>"
            "<button>Buy</button><p hidden>Secret</p><pre><span class='token comment'># 8080 by default</span></pre></main>"
        )

        assert parse("a.html", page.encode()).document.text == "How many days of leave?\n\nYou have 30.\n\n# 8080 by default"

    def test_comments_of_the_source_end_nothing(self) -> None:
        page = "<html><h1>Room 3<!-- -->A</h1><p>The price is <!-- -->5<!-- --> euros for the 3<!-- -->rd room.</p>"

        assert parse("a.html", page.encode()).document.text == "Room 3A\n\nThe price is 5 euros for the 3rd room."

    def test_cells_of_several_rows_or_columns_move_no_others(self) -> None:
        table = (
            "<table><caption>Branches</caption><tr><th>Branch<th>Opens<th>Closes<tr><td>Hill<td rowspan=2>10:00<td>18:00"
            "<tr><td>Park<td>19:00<tr><td colspan=2>Harbour<td>17:00</table>"
        )

        assert parse("a.html", f"<html>{table}".encode()).document.text.split("\n") == [
            "Branches",
            "Branch: Hill; Opens: 10:00; Closes: 18:00.",
            "Branch: Park; Opens: 10:00; Closes: 19:00.",
            "Branch: Harbour; Closes: 17:00.",
        ]

    def test_a_word_is_one_where_a_part_is_bold_and_lines_are_two(self) -> None:
        page = (
            "<html><h2>Fees<br>of <b>S</b>eptember</h2><table><caption>To <i>pay</i>ers</caption>"
            "<tr><td>Up to 10<b>th</b><br>or later<td><p>10 <b>€</b></p><p>or <h4>more</h4></table>"
        )

        assert parse("a.html", page.encode()).document.text == "Fees of September\n\nTo payers\nUp to 10th or later: 10 € or more."

    def test_a_cell_is_no_surrounding_whatever_its_class(self) -> None:
        table = "<table><tr><th>Item<th class=comment>Comment<th>Price<tr class=promo><td>Pen<td class=comment>blue<td>2</table>"

        assert parse("a.html", f"<html>{table}<p>{documents.HARBOUR}".encode()).document.text.startswith(
            "Item: Pen; Comment: blue; Price: 2."
        )

    def test_what_is_struck_out_is_not_said(self) -> None:
        page = "<html><p>The fee is <s>100</s> <del>110 <s>or</s></del> 120 euros.<p><strike>In May.</strike>"

        assert parse("a.html", page.encode()).document.text == "The fee is 120 euros."

    def test_a_caption_in_the_first_row_takes_no_columns_name(self) -> None:
        table = "<table><tr><td colspan=3>Prices 2024<tr><th>Plan<th>Month<th>Year<tr><td>Basic<td>10<td>100</table>"

        assert parse("a.html", f"<html>{table}".encode()).document.text == "Prices 2024.\nPlan: Basic; Month: 10; Year: 100."

    def test_a_column_is_named_by_all_that_stands_above_it(self) -> None:
        head = "<tr><th rowspan=2>Plan<th colspan=2>Price<th>Seats<tr><th>Month<th>Year<th>in all"

        text = parse("a.html", f"<html><table>{head}<tr><td>Basic<td>10<td>100<td>3</table>".encode()).document.text

        assert text == "Plan: Basic; Price Month: 10; Price Year: 100; Seats in all: 3."

    def test_items_keep_their_numbers(self) -> None:
        page = "<html><ol start=3><li>Open it.<li><p>Turn<ul><li>left</ul><li value=7>Close it.</ol><ol type=a><li>One</ol><li>Two"

        assert parse("a.html", page.encode()).document.text.split() == "3. Open it. 4. Turn - left 7. Close it. - One - Two".split()

    def test_lists_in_cells_stay_with_their_rows(self) -> None:
        duties = "<ul><li>pays bills</li><li>keeps books</li></ul>"
        table = f"<table><tr><th>Role<th>Duties<tr><td>Treasurer<td>{duties}<tr><td>Chair<td>leads</table>"

        assert parse("a.html", f"<html>{table}".encode()).document.text.split("\n") == [
            "Role: Treasurer; Duties: pays bills keeps books.",
            "Role: Chair; Duties: leads.",
        ]

    @pytest.mark.parametrize("mark", ["<a class=headerlink>¶</a>", "<span class=mw-editsection>[edit]</span>"])
    def test_what_stands_beside_headings_is_no_part_of_them(self, mark: str) -> None:
        document = parse("a.html", f"<html><title>Installing — Tool 1.0</title><h1>Installing{mark}</h1><p>Words.".encode()).document

        assert (document.title, document.text) == ("Installing", "Installing\n\nWords.")

    def test_elements_that_nobody_knows_end_no_sentence(self) -> None:
        page = "<p>The limit is <mjx-container>5</mjx-container> kg in <st1:City>London</st1:City> from <nobr>May 2020</nobr> on.</p>"

        assert parse("a.html", f"<html>{page}".encode()).document.text == "The limit is 5 kg in London from May 2020 on."

    def test_a_term_and_what_it_means_stand_together(self) -> None:
        page = "<html><dl><dt>Fine<dd>20 cents<dt>Card<dd>12 euros</dl><details><summary>Lost?</summary><p>Pay 30 euros.</p></details>"

        assert parse("a.html", page.encode()).document.text == "Fine\n20 cents\n\nCard\n12 euros\n\nLost?\nPay 30 euros."

    @pytest.mark.parametrize("within", ["body", "main"])
    def test_what_is_called_like_a_surrounding_stays_where_it_is_the_subject(self, within: str) -> None:
        """Sphinx, pandoc and wikis give sections and headings their titles as ids."""
        page = (
            '<section id="cookies"><h2>Cookies</h2><p>It expires after 30 days.</p></section><h2 id="comments">Comments</h2><p>Be kind.</p>'
            '<h3><span id="share">Share</span></h3><dl><dt id="menu">Menu<dd>At the top.</dl><div id="menu"><h3>Soups</h3>Onion.</div>'
            '<p class="share">Tell your friends</p><div id="sidebar">Ads</div><div class="related"><h3>Related</h3>Other pages</div>'
        )

        text = parse("a.html", f"<html><{within}><h1>Guide</h1>{page}</{within}>".encode()).document.text

        assert text.split("\n\n") == [
            *("Guide", "Cookies", "It expires after 30 days.", "Comments", "Be kind.", "Share", "Menu\nAt the top.", "Soups", "Onion."),
        ]

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("10<sup>6</sup> and 10<sup>-9</sup> people", "10^6 and 10^-9 people"),
            ("In April 2016<sup>1</sup><sup>2</sup>.", "In April 2016^1^2."),
            ("<sup>1</sup>2016 prices", "1 2016 prices"),
            ("2016<sup><a href=#1>[1]</a></sup>, 2017<a href=#2><sup>2</sup></a> and 2018<sup>[note 3]</sup>.", "2016, 2017 and 2018."),
            ("25 m<sup>2</sup> on the 1<sup>st</sup>", "25 m2 on the 1st"),
            ("<a href=/area>25 km<sup>2</sup></a>", "25 km2"),
            ("2<sup>See all <a href=/>other pages</a>", "2See all other pages"),
        ],
    )
    @pytest.mark.parametrize("around", ["<p>{}", "<h2>{}</h2>", "<pre>{}</pre>", "<table><tr><td>a<td>{}</table>"])
    def test_raised_numbers_change_no_others(self, written: str, read: str, around: str) -> None:
        text = parse("a.html", f"<html>{around.format(written)}".encode()).document.text

        assert text.removeprefix("a: ").removesuffix(".") == read.removesuffix(".")

    def test_a_power_is_one_in_other_type_too(self) -> None:
        assert parse("a.html", b"<html><p><b>10</b><sup><i>6</i></sup> people").document.text == "10^6 people"

    @pytest.mark.parametrize(("name", "head"), [("a.html", "<?xml version='1.0'?>"), ("a.XHTML", "")])
    def test_an_element_that_closes_itself_swallows_nothing(self, name: str, head: str) -> None:
        page = (
            "<html><head><title/><script src='a.js'/><style type='text/css' /></head><body><h2 id='top'/><p>One<br/>two.</p>"
            "<iframe src='b'/><div hidden='hidden'/><p>Three.</p></body></html>"
        )

        assert parse(name, (head + page).encode()).document.text == "One\ntwo.\n\nThree."

    @pytest.mark.parametrize(
        ("encoding", "content", "words"),
        [
            ("iso-8859-1", b"The company\x92s fee was \x8050 in 2014\x962016", "The company’s fee was €50 in 2014–2016"),
            ("latin1", b"\x93So\x94 \x81", "“So” \ufffd"),
            ("us-ascii", b"\xa350", "£50"),
            ("gb2312", "朱镕基".encode("gbk"), "朱镕基"),
            ("utf-16", "Größe 5".encode(), "Größe 5"),
        ],
    )
    def test_encodings_are_read_as_browsers_read_them(self, encoding: str, content: bytes, words: str) -> None:
        assert parse("a.html", b"<html><meta charset=%s><p>%s" % (encoding.encode(), content)).document.text == words

    @pytest.mark.parametrize(
        ("head", "encoding"),
        [
            ("<meta charset=windows-1252>", "cp1252"),
            ('<meta http-equiv=x content="text/html; charset=euc-kr">', "euc_kr"),
            ("", "utf-16"),
            ("", "utf-8"),
        ],
    )
    def test_encodings_are_as_the_page_names_them(self, head: str, encoding: str) -> None:
        words = "한국어 문장입니다" if encoding == "euc_kr" else "Größe 5 m"

        assert parse("a.html", f"<html><head>{head}</head><p>{words}".encode(encoding)).document.text == words


class TestWord:
    def test_headings_lists_and_tables_are_in_their_order(self) -> None:
        document = parse("report.docx", EVERY["report.docx"]).document

        assert document.text == "\n\n".join(
            [documents.TITLE, "Harbour", documents.HARBOUR, "- quays\n- cranes", "Money", "Budget", documents.ROWS],
        )
        assert where(document, "Travel")[0] == (documents.TITLE, "Money", "Budget")
        assert document.author == "Ann"

    def test_cells_keep_their_columns_whatever_covers_or_wraps_them_and_notes_follow_what_they_explain(self) -> None:
        text = parse("form.docx", documents.form()).document.text

        assert text.split("\n\n") == [
            "Contact: Ann Berg.\nPhone: 12 34.",
            "Grade: Junior; Days: 25; Notice: a month.\nGrade: Senior; Days: 25; Notice: a year.\nGrade: Both; Notice: a day.",
            "The rent rose",
            "By 12 per cent in May 2023.",
        ]

    def test_raised_numbers_change_no_others(self) -> None:
        text = parse("a.docx", documents.superscripts()).document.text

        assert text == "It cost 10^12 won on the 2nd of May 2016^1.\n\n1 2016 prices."

    def test_what_is_struck_out_or_hidden_is_not_said_and_formulas_are(self) -> None:
        assert parse("a.docx", documents.struck()).document.text == "The fee is 120 euros, or 1/2x^2"

    def test_a_text_box_is_no_part_of_the_sentence_that_it_stands_in(self) -> None:
        assert parse("a.docx", documents.boxes()).document.text == "It opens at nine.\n\nClosed in May"


class TestBooks:
    def test_chapters_are_in_the_order_of_the_book_under_their_titles(self) -> None:
        document = parse("report.epub", EVERY["report.epub"]).document

        assert document.text == f"Harbour\n\n{documents.HARBOUR}\n\nIt rose to 13,500."
        assert where(document, "April")[0] == ("Harbour",)
        assert where(document, "rose")[0] == ("Budget",)
        assert document.author == "Ann"

    def test_an_element_that_closes_itself_swallows_nothing(self) -> None:
        body = "<script src='a.js'/><a id='p1'/><p>It rose to 10<sup>6</sup>.</p><textarea/><p>And fell.</p>"

        document = parse("a.epub", documents.epub([("Budget", body)])).document

        assert document.text == "It rose to 10^6.\n\nAnd fell."

    def test_lists_of_pages_name_no_chapters(self) -> None:
        nav = (
            "<nav epub:type='toc'><a href='text/2.xhtml'>Harbour</a></nav><nav epub:type='page-list'><a href='text/1.xhtml'>12</a></nav>"
            "<nav epub:type='landmarks'><a href='text/1.xhtml'>Begin Reading</a></nav>"
        )

        document = parse("a.epub", documents.epub([("", "<p>One.</p>"), ("", "<p>Two.</p>")], nav=nav)).document

        assert (where(document, "One")[0], where(document, "Two")[0]) == (("Harbour",), ("Harbour",))

    def test_copy_protection_is_named(self) -> None:
        lock = '<encryption><CipherReference URI="OEBPS/text/1.xhtml"/></encryption>'

        with pytest.raises(Protected, match="copy-protected"):
            parse("a.epub", documents.epub(extra=[("META-INF/encryption.xml", lock)]))


class TestTables:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_rows_are_sentences_with_the_names_of_columns(self, delimiter: str) -> None:
        lines = [delimiter.join(f'"{cell}"' for cell in row) for row in documents.PEOPLE]

        text = parse("people.csv", "\r\n".join(lines).encode("utf-8-sig")).document.text

        assert text == "Name: Ada Lovelace; Office: London; Phone: 12 34.\n\nName: Bob; Bo; Office: Rome."

    @pytest.mark.parametrize(
        ("rows", "expected"),
        [
            (documents.BUDGET, documents.ROWS.split("\n")),
            ([["Phone", "12 34"], ["Office", "London"]], ["Phone: 12 34.", "Office: London."]),
            ([["Phone:", "12 34"], ["Office:", "London"]], ["Phone: 12 34.", "Office: London."]),
            ([["Only one"], ["column!"]], ["Only one.", "column!"]),
            ([["A", "B"], ["", ""], ["1", "", "3"]], ["A: 1; 3."]),
            ([["Region", "Q1", "Q2"], ["North", "10", "20"]], ["Region: North; Q1: 10; Q2: 20."]),
            ([["Name", "Address 1", "City", ""], ["Ada", "Hill 3", "Rome", ""]], ["Name: Ada; Address 1: Hill 3; City: Rome."]),
            ([["Ada", "Room 12"], ["Bob", "Room 13"]], ["Ada: Room 12.", "Bob: Room 13."]),
            ([["Ada", "A12", "Rome"], ["Bob", "B7", "Oslo"]], ["Ada: A12, Rome.", "Bob: B7, Oslo."]),
            ([["Phones of 2025", ""], ["Name", "Phone"], ["Ada", "12"]], ["Phones of 2025.", "Name: Ada; Phone: 12."]),
            ([["Phones", ""], ["As of May", ""], ["Name", "Phone"], ["Ada", "12"]], ["Phones.", "As of May.", "Name: Ada; Phone: 12."]),
            ([["Who is it?", "Ann."], ["How can I pay?", "In cash."]], ["Who is it?: Ann.", "How can I pay?: In cash."]),
            ([["Name", "Who told you of us?"], ["Ada", "Bob"]], ["Name: Ada; Who told you of us?: Bob."]),
            (
                [["Ada", "yes", "Rome"], ["Bob", "no", "Oslo"], ["Cy", "yes", "Bonn"]],
                ["Ada: yes, Rome.", "Bob: no, Oslo.", "Cy: yes, Bonn."],
            ),
            (
                [["Name", "Tea", "Milk"], ["Ada", "Tea", ""], ["Bob", "Tea", "Milk"]],
                ["Name: Ada; Tea: Tea.", "Name: Bob; Tea: Tea; Milk: Milk."],
            ),
            (
                [["Name", "Day"], ["Ada", "Monday"], ["Name", "Day"], ["Bob", "Friday"]],
                ["Name: Ada; Day: Monday.", "Name: Bob; Day: Friday."],
            ),
            ([["Room", "1 night", "2 nights"], ["Single", "50", "90"]], ["Room: Single; 1 night: 50; 2 nights: 90."]),
            ([["", "9am", "10am"], ["Monday", "Yoga", "Judo"]], ["Monday 9am: Yoga; Monday 10am: Judo."]),
            ([["Ada", "3 May 2020"], ["Bob", "12 June 2021"]], ["Ada: 3 May 2020.", "Bob: 12 June 2021."]),
            (
                [["Name", "Place", ""], ["Ada", "Bonn", "new"], ["Bob", "Cologne", ""]],
                ["Name: Ada; Place: Bonn; new.", "Name: Bob; Place: Cologne."],
            ),
            ([], []),
        ],
    )
    def test_tables_are_read_as_people_read_them(self, rows: list[list[str]], expected: list[str]) -> None:
        assert list(sentences(rows)) == expected

    def test_excels_word_for_the_delimiter_is_heeded(self) -> None:
        assert (
            parse("a.csv", b"sep=;\r\nName;Sum\r\nAda;1,5\r\nBob;2,5\r\n").document.text == "Name: Ada; Sum: 1,5.\n\nName: Bob; Sum: 2,5."
        )

    def test_only_line_breaks_end_a_row(self) -> None:
        table = "Name;Note\nAda;first\u2028second\nBob;x\n"

        assert parse("a.csv", table.encode()).document.text == "Name: Ada; Note: first second.\n\nName: Bob; Note: x."


class TestChats:
    def test_messages_have_author_date_and_link(self) -> None:
        document = parse("result.json", EVERY["report.json"]).document

        assert document.title == "Harbour team"
        assert document.text == (
            "Ann (1 March 2024): When did the council decide?\nBob (1 March 2024): It decided in April 2016.\n\n"
            "Deleted account (2 March 2024): Thanks"
        )
        assert document.place(document.text.index("April")) == Place(document.text.index("Bob"), url="https://t.me/c/1234567890/3")

    def test_a_reply_in_another_conversation_says_what_it_answers_and_a_forward_whose_it_is(self) -> None:
        plain = {"type": "message", "date": "2024-03-01T10:00:00", "from": "Ann"}
        link = {"type": "text_link", "text": "here", "href": "https://lake.example"}
        messages = [
            {**plain, "id": 1, "text": "When is the regatta?"},
            {**plain, "id": 2, "from": "Cy", "text": "Not in March", "reply_to_message_id": 1},
            {**plain, "id": 3, "from": "Bob", "date": "2024-03-01T14:00:00", "text": "On 5 May", "reply_to_message_id": 1},
            {
                **plain,
                "id": 4,
                "date": "2024-03-02T14:00:00",
                "text": ["Shut, see ", link],
                "forwarded_from": "News",
                "reply_to_message_id": [1],
            },
        ]

        assert parse("result.json", json.dumps({"messages": messages}).encode()).document.text.splitlines() == [
            "Ann (1 March 2024): When is the regatta?",
            "Cy (1 March 2024): Not in March",
            "",
            "Bob (1 March 2024, to Ann: “When is the regatta?”): On 5 May",
            "",
            "News, forwarded by Ann (2 March 2024): Shut, see here (https://lake.example)",
        ]

    def test_a_poll_is_read_with_its_votes(self) -> None:
        poll = {"question": "Which day suits?", "answers": [{"text": "Monday", "voters": 3}, {"text": [{"text": "Tuesday"}], "voters": 1}]}
        entry = {"id": 1, "type": "message", "date": "2024-03-01T10:00:00", "from": "Ann", "text": "", "poll": poll}

        document = parse("result.json", json.dumps({"messages": [entry]}).encode()).document

        assert document.text == "Ann (1 March 2024): Which day suits? Monday: 3. Tuesday: 1."

    @pytest.mark.parametrize("poll", [{"question": "Which day?"}, {"question": "Which day?", "answers": [None, 5]}])
    def test_a_poll_without_options_is_its_question(self, poll: dict[str, object]) -> None:
        entry = {"id": 1, "type": "message", "date": "2024-03-01T10:00:00", "from": "Ann", "text": "", "poll": poll}

        assert parse("result.json", json.dumps({"messages": [entry]}).encode()).document.text == "Ann (1 March 2024): Which day?"

    @pytest.mark.parametrize("kind", ["personal_chat", "private_group", "saved_messages"])
    def test_where_messages_have_no_address_there_is_none(self, kind: str) -> None:
        assert parse("result.json", documents.chat(kind)).document.places == ()

    @pytest.mark.parametrize(
        ("content", "reason"),
        [(b'{"chats": {"list": []}}', "export the one chat"), (b'{"a": 1}', "only Telegram's chat exports"), (b"[1, 2", "no JSON")],
    )
    def test_other_json_is_refused(self, content: bytes, reason: str) -> None:
        with pytest.raises(Unreadable, match=reason):
            parse("a.json", content)


class TestMarkdown:
    def test_headings_are_places_and_the_text_stays_as_it_is(self) -> None:
        body = "# Report\n\nWords.\n\n## The *big* [budget](x) ##\nMoney.\n\n```\n# no heading\n```\n\nOther\n-----\n\nMore."

        document = parse("a.md", body.encode()).document

        assert document.text == body
        assert where(document, "Words") == (("Report",), None)
        assert where(document, "Money") == (("Report", "The big budget"), None)
        assert where(document, "no heading") == (("Report", "The big budget"), None)
        assert where(document, "More") == (("Report", "Other"), None)

    def test_a_heading_may_be_html(self) -> None:
        document = parse("README.md", b'<h1 align="center"><b>Acme</b> tool</h1>\n\nIt is small.\n\n## Set-up\n\nNone.').document

        assert document.title == "Acme tool"
        assert where(document, "None") == (("Acme tool", "Set-up"), None)

    @pytest.mark.parametrize("heading", ["## Settings {#config}", "## Settings {#config .x} ##", "Settings {: .x}\n---"])
    def test_ids_are_no_part_of_headings(self, heading: str) -> None:
        assert where(parse("a.md", f"{heading}\n\nWords of {{braces}}.".encode()).document, "Words") == (("Settings",), None)

    def test_code_within_a_line_opens_no_block_and_a_block_may_be_an_item(self) -> None:
        body = "# A\n\n```npm install```\n\n## B\n\n- ```sh\n  # comment\n  ```\n\n## C\n\nText."

        assert [place.headings for place in parse("a.md", body.encode()).document.places] == [("A",), ("A", "B"), ("A", "C")]

    def test_a_heading_without_end_is_not_repeated_for_all_that_stands_below_it(self) -> None:
        document = parse("a.md", b"# " + b"word " * 5_000 + b"\n\n" + b"## b\n\nText.\n\n" * 100).document

        assert len(document.places) == 101
        assert max(len(heading) for place in document.places for heading in place.headings) <= 200


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Word Document", None),
        ("PowerPoint Presentation", None),
        ("Microsoft PowerPoint - Q3.pptx", None),
        ("Q3 report.docx", None),
        ("Document1", None),
        ("Documents of 2024", "Documents of 2024"),
        ("Word for beginners", "Word for beginners"),
    ],
)
def test_what_a_program_wrote_in_place_of_a_title_is_none(title: str, wanted: str | None) -> None:
    assert sensible_title(title) == wanted


class TestWhatItIs:
    """A name may lie; the content is asked first."""

    @pytest.mark.parametrize(
        ("name", "content", "kind"),
        [
            ("a.txt", b"%PDF-1.7\n", ".pdf"),
            ("a.pdf", b"\n<!DOCTYPE html><p>x", ".html"),
            ("a", documents.epub(), ".epub"),
            ("a.zip", documents.word(), ".docx"),
            ("a.docx", documents.archive([("word/document2.xml", "")]), ".docx"),
            ("a.htm", b"<p>x", ".html"),
            ("A.MARKDOWN", b"x", ".md"),
            ("a.tsv", b"Name\tPhone\nAda\t12\n", ".csv"),
        ],
    )
    def test_a_wrong_name_does_not_mislead(self, name: str, content: bytes, kind: str) -> None:
        assert format_of(name, content) == kind

    @pytest.mark.parametrize(
        ("name", "content", "error", "cure"),
        [
            ("a.pptx", documents.archive([("x", ""), ("ppt/slides/1.xml", "")]), UnknownFormat, "save them as PDF"),
            ("a.xlsx", documents.archive([("x", ""), ("xl/workbook.xml", "")]), UnknownFormat, r"save it as \.csv"),
            ("a.odt", documents.archive([("mimetype", "application/vnd.oasis.opendocument.text")]), UnknownFormat, r"save it as \.docx"),
            ("a.zip", documents.archive([("a.txt", "x")]), UnknownFormat, "unpack it"),
            ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", UnknownFormat, r"save it as \.docx"),
            ("a.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), Protected, "save it without one"),
            ("a.pdf", b"only words", Damaged, "called .pdf, but it isn't one"),
            ("a.exe", b"MZ", UnknownFormat, r"known are \.txt, \.md"),
        ],
    )
    def test_what_is_not_read_names_the_cure(self, name: str, content: bytes, error: type[Unreadable], cure: str) -> None:
        with pytest.raises(error, match=cure):
            parse(name, content)


class TestLimits:
    """What goes beyond them is refused with a message, and the process that parses ends."""

    @pytest.mark.parametrize(
        ("name", "content", "limits", "reason"),
        [
            ("a.txt", b"x" * 101, {"size": 100}, "larger than"),
            ("a.txt", b"x" * 101, {"characters": 100}, "characters of text; split it"),
            ("a.csv", b"x" * 101, {"characters": 100}, "characters of text; split it"),
            ("a.md", b"# A\n# B\n# C", {"places": 2}, "more than 2 headings or messages; split it"),
            ("a.html", b"<html><h1>A</h1><h1>B</h1><h1>C</h1>", {"places": 2}, "more than 2 headings or messages; split it"),
            ("a.pdf", documents.pdf(), {"pages": 3}, "more than 3 pages; split it"),
            ("a.epub", documents.epub([("Zeros", "0" * 2_000_000)]), {"unpacked": 1_000_000}, "unpacks to more than 1 MB"),
            ("a.docx", documents.word(), {"entries": 3}, "more than 3 parts"),
            ("a.csv", b"a,b\n" * 2_000_000, {"memory": 64 * 2**20}, "needs more than 64 MB of memory"),
        ],
    )
    def test_size(self, name: str, content: bytes, limits: dict[str, Any], reason: str) -> None:
        with pytest.raises(TooLarge, match=reason):
            parse(name, content, Limits(**limits))

    def test_time(self) -> None:
        """Half a second of a page that is nested so deep that its parser needs minutes."""
        with pytest.raises(TooSlow, match="split it, or save it as plain text"):
            parse("deep.html", b"<html>" + b"<div>" * 200_000, Limits(seconds=0.7))

    def test_what_takes_too_long_is_never_called_damaged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Though on a busy machine the thread that stops it comes to nothing else for a while."""

        class PutOff(Timer):
            def run(self) -> None:
                self.function(*self.args)
                self.finished.wait(1)

        monkeypatch.setattr(confined, "_START", "import time; time.sleep(60)")
        monkeypatch.setattr(confined, "Timer", PutOff)

        with pytest.raises(TooSlow):
            parse("a.csv", b"a,b")

    def test_a_process_that_crashes_leaves_a_message(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(confined, "_START", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")

        with pytest.raises(Damaged, match="open it and save it anew"):
            parse("a.csv", b"a,b")

    @pytest.mark.parametrize("said", ["nonsense", '{"refused": "SystemExit", "reason": "x"}', '{"document": {"id": 5}}', "[" * 10_000])
    def test_a_process_that_was_taken_over_is_not_believed(self, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
        monkeypatch.setattr(confined, "_START", f"print({said!r})")

        with pytest.raises(Damaged):
            parse("a.csv", b"a,b")


_SPY = """
import os, socket, subprocess, sys, types
os.close(2)  # what is closed leaves a number free
sys.path.insert(0, sys.argv[1])
from index.domain import Document
from index.loading import worker
from index.loading.parsed import Parsed

def attempt(deed):
    try:
        deed()
    except OSError:
        return "refused"
    return "done"

def parse(name, content, limits):
    deeds = (lambda: open("/etc/hostname"), lambda: open("new", "w"), socket.socket, lambda: subprocess.run(["true"]))
    return Parsed(Document(name, f"{os.getcwd()} {sorted(os.environ)}", " ".join(map(attempt, deeds))))

spy = types.ModuleType("spy")
spy.parse = parse
sys.modules["index.loading.tables"] = spy
worker.main(sys.argv[2])
"""
"""A parser that does what one may do that a file took over."""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_parser_can_open_nothing_and_knows_nothing_of_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123:secret")
    monkeypatch.setattr(confined, "_START", _SPY)

    document = parse("a.csv", b"a,b").document

    assert document.text == "refused refused refused refused"
    assert "TOKEN" not in document.title
    assert str(Path.cwd()) not in document.title


class TestCorpus:
    """The folder, and what was made of it before."""

    def test_a_file_is_parsed_once_as_long_as_it_stays_the_same(self, tmp_path: Path) -> None:
        file = tmp_path / "people.csv"
        file.write_text("Name,Office\nAda,London\n")
        (document,) = load_corpus(tmp_path).documents

        assert is_made_of(document, file)
        file.write_text("Name,Office\nAda,Rome\n")
        assert not is_made_of(document, file)

    def test_missing_pages_are_told(self, tmp_path: Path) -> None:
        (tmp_path / "scan.pdf").write_bytes(documents.scan(with_text=True))

        (part,) = load_corpus(tmp_path).partly

        assert part.path == "scan.pdf"
        assert part.reason == "pictures without text on page 2; run text recognition (OCR) over the file"

    def test_places_survive_the_store(self, tmp_path: Path) -> None:
        (tmp_path / "corpus").mkdir()
        (tmp_path / "corpus" / "report.pdf").write_bytes(EVERY["report.pdf"])
        store = LocalStore(tmp_path, HashingEmbedder())
        keeper = Keeper(store, tmp_path / "corpus")
        keeper.refresh()

        (stored,) = store.documents(SHARED)

        assert stored == parse_again(stored)
        assert keeper.refresh().unchanged == 1


def parse_again(document: Document) -> Document:
    return replace(parse(document.id, EVERY["report.pdf"]).document, meta=document.meta)
