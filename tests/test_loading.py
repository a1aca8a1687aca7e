"""Files become documents; what can't is named with its reason, and never stops the others."""

import os
import re
import socket
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given

from index.domain import Document
from index.errors import CorpusError
from index.loading.corpus import Corpus, Skipped, load, load_corpus
from index.loading.parsed import Limits
from index.loading.texts import normalised
from tests.fakes import written_texts

GOOD = "The second round was held in Seoul.\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder with one good document, `good.txt`."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD)
    return folder


@contextmanager
def unprivileged() -> Iterator[None]:
    """root may read everything; here it is nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def document(content: str | bytes, folder: Path, name: str = "a.txt") -> Document:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return load(folder / name, name).document


def reasons(corpus: Corpus) -> dict[str, str]:
    return {skipped.path: skipped.reason for skipped in corpus.skipped}


def ids(corpus: Corpus) -> list[str]:
    return [document.id for document in corpus.documents]


@given(written_texts())
@example("\ufeffword")
@example("a\r\r\n\nb")
def test_only_line_endings_and_unicode_form_change(text: str) -> None:
    unix = text.replace("\r\n", "\n").replace("\r", "\n")

    assert normalised(text) == unicodedata.normalize("NFC", unix)
    assert normalised(normalised(text)) == normalised(text)


def test_a_file_is_kept_character_by_character(tmp_path: Path) -> None:
    text = " \n\tPrices:  5 €…\u00a0\u200b\n\n\nשלום 🚀 \v\f\u2028e\u0301\n "

    assert document(text, tmp_path).text == text.replace("e\u0301", "é")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_that_name_themselves_are_read(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""

    assert document((mark + "Über 5 €").encode(encoding), tmp_path).text == "Über 5 €"


def test_front_matter_says_what_the_text_does_not(tmp_path: Path) -> None:
    front = "---\r\ntitle: 'Space: a report'\r\nurl: https://example.org/a\r\ndate: 2022-05-23\r\nauthor: Ann\r\nlayout: post\r\n---\r\n"

    loaded = document(f"{front}\r\nText.\r\n---\r\nMore.", tmp_path)

    assert loaded == Document("a.txt", "Space: a report", "\nText.\n---\nMore.", "https://example.org/a", "2022-05-23", "Ann")


@pytest.mark.parametrize("value", ["1984", "No", "2022-05-23", "2022-13-45", "007", "1e3", "0x", "~", "null"])
def test_front_matter_is_taken_as_it_is_written(tmp_path: Path, value: str) -> None:
    """Read as YAML's types, the novel became a number, Norway's report false, and a date of 13 months an exception."""
    loaded = document(f"---\ntitle: {value}\ndate: {value}\n---\nText", tmp_path)

    assert (loaded.title, loaded.date) == (value, value)


@pytest.mark.parametrize(
    ("value", "title"),
    [
        ("Travel: hotels and trains", "Travel: hotels and trains"),
        ("[Draft] Travel policy", "[Draft] Travel policy"),
        ("'Bob's guide'", "Bob's guide"),
        ('The "big": one', 'The "big": one'),
        ("@home rules", "@home rules"),
        ("*Important* rules", "*Important* rules"),
        ("'open", "'open"),
        ("\a", "a"),
        ("[a, b]", "a"),
        ("\n  a: b", "a"),
    ],
)
def test_a_title_that_is_no_yaml_is_taken_word_for_word_and_no_title_is_none(tmp_path: Path, value: str, title: str) -> None:
    loaded = document(f"---\ntitle: {value}\ndate: [2024]\nauthor: 'Ann: Bo'\n---\nText", tmp_path)

    assert (loaded.title, loaded.date, loaded.author, loaded.text) == (title, None, "Ann: Bo", "Text")


@pytest.mark.parametrize(
    ("front", "author"),
    [
        ("author: [Ann, Bo Li]", "Ann, Bo Li"),
        ("author:\n  name: Ann", "Ann"),
        ("author:\n- name: Ann\n  affiliation: X\n- Bo", "Ann, Bo"),
        ("author: [[Ann]]", None),
        ("author: " + "[Ann, " * 30 + "]" * 30, "Ann"),
    ],
)
def test_authors_are_named_in_many_ways(tmp_path: Path, front: str, author: str | None) -> None:
    assert document(f"---\n{front}\n---\nText", tmp_path).author == author


def test_aliases_that_stand_for_gigabytes_are_not_written_out(tmp_path: Path) -> None:
    doubled = "a0: &a0\n- x\n- x\n" + "".join(f"a{n + 1}: &a{n + 1}\n- *a{n}\n- *a{n}\n" for n in range(40))

    assert document(f"---\n{doubled}author: *a40\n---\nText", tmp_path).author is None


@pytest.mark.parametrize(
    "front", ["url: /posts/a/", "url: posts/travel.html", "url: [https://a.example]", "up: [[A]], [[B]]", "created: {{date}}"]
)
def test_front_matter_of_other_programs_costs_no_document(tmp_path: Path, front: str) -> None:
    loaded = document(f"---\ntitle: Travel\n{front}\ntags: [x]\n---\nText", tmp_path)

    assert (loaded.title, loaded.url, loaded.text) == ("Travel", None, "Text")


@pytest.mark.parametrize("front", ["---\n---\n", "---\n\n---\n", "---\n# nothing\n---  \n", "---\ntitle:\nurl: ''\n---\n"])
def test_empty_front_matter_says_nothing(tmp_path: Path, front: str) -> None:
    assert document(f"{front}Text", tmp_path, "the-report_2.txt") == Document("the-report_2.txt", "the report 2", "Text")


@pytest.mark.parametrize(
    "text",
    [
        "---\nA rule, and text below it",
        "---\nMinutes of 3 May\n---\nText",
        "---\n- an item\n---\nText",
        "---\nMinutes of 3 May\n\nPresent: Ada, Bob\n---\nText",
        "---\nPresent: Ada, Bob\n\nWe met in the hall.\n---\nText",
        "---\nPresent: Ada, Bob\n\n- the hall\n---\nText",
        "---\n" + "We met in the hall.\n" * 1000 + "---\nText",
        "---\ntitle: not closed\n\nText\n--- \x20and on",
        "----\ntitle: x\n----\n",
    ],
)
def test_a_rule_that_no_other_ends_is_text(tmp_path: Path, text: str) -> None:
    assert document(text, tmp_path).text == text


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.md", "Intro\n\n## The Report\n", "The Report"),
        ("a.MD", "#\n# Second\n", "Second"),
        ("plan-b_final.md", "No heading", "plan b final"),
        ("a.txt", "# no heading in plain text", "a"),
        ("below/-.txt", "Text", "below/-.txt"),
    ],
)
def test_a_title_is_found_where_none_is_given(tmp_path: Path, name: str, text: str, title: str) -> None:
    (tmp_path / "below").mkdir()

    assert document(text, tmp_path, name).title == title


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x7fELF\0\0\0", "binary"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "a picture; run text recognition"),
        (b"", "empty"),
        (b" \n\t\r\n", "empty"),
        (b"---\ntitle: x\n---\n", "empty"),
        (b"---\ntitle: x\n---", "empty"),
        ("Größe".encode("latin-1"), r"not in UTF-8 \(byte 2\); save it as UTF-8"),
        ("\ufeffx".encode("utf-16-le")[:-1], "not in UTF-8"),
        (b"---\ntitle: " + b"[" * 5000 + b"\n---\nText", "front matter is no YAML"),
        (b"---\ntitle: " + b"x" * 10_000 + b"\n---\nText", "front matter is longer than 10,000 characters; shorten it"),
        (b"---\nurl: javascript:alert(1)\n---\nText", "url: should begin with https"),
        (b"---\nurl: www.example.org\n---\nText", "url: should begin with https"),
    ],
)
def test_a_bad_file_is_skipped_with_its_reason(corpus: Path, content: bytes, reason: str) -> None:
    (corpus / "bad.txt").write_bytes(content)

    loaded = load_corpus(corpus)

    assert ids(loaded) == ["good.txt"]
    assert re.search(reason, reasons(loaded)["bad.txt"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bad.txt", "a" + 60 * "\u0315" + 60 * "\u0316"),
        ("bad.txt", "a" + 100 * "\u0f73"),
        ("bad.md", "# a" + 10 * (20 * "\u0315" + "\u00ad")),
    ],
)
def test_accents_piled_up_without_end_are_refused(corpus: Path, name: str, text: str) -> None:
    """Unicode's normal form takes time by the square of their number: 80 kB stopped everything for 7 s, a megabyte for minutes."""
    (corpus / name).write_text(text)

    assert reasons(load_corpus(corpus)) == {name: "it piles 50 accents or more on one letter, as no language does; take them off"}


def test_accents_that_people_write_are_read(tmp_path: Path) -> None:
    """Thai, pointed Hebrew, and letters that are piled up for fun."""
    text = "ก็ที่" + "בְּרֵאשִׁ֖ית" + "Z" + 40 * "\u0321" + "alg" + 40 * "\u0321" + "o"

    assert document(100 * text, tmp_path).text == normalised(100 * text)


def test_a_long_run_of_backticks_takes_no_time(tmp_path: Path) -> None:
    begun = time.process_time()

    document("`" * 1_000_000 + "x`", tmp_path, "a.md")

    assert time.process_time() - begun < 5  # two minutes before, 0.1 s now


def test_a_huge_file_is_not_even_opened(corpus: Path) -> None:
    with (corpus / "huge.txt").open("wb") as stream:
        stream.truncate(Limits().size + 1)

    assert reasons(load_corpus(corpus)) == {"huge.txt": "larger than 20 MB; split it"}


def test_unknown_formats_are_named(corpus: Path) -> None:
    for name in ("slides.pptx", "Makefile"):
        (corpus / name).write_text("text")

    assert reasons(load_corpus(corpus)) == {
        "Makefile": "a file without a suffix is not read; known are .txt, .md, .html, .pdf, .docx, .epub, .csv, .json",
        "slides.pptx": ".pptx is not read; known are .txt, .md, .html, .pdf, .docx, .epub, .csv, .json",
    }


def test_what_is_no_file_is_skipped(corpus: Path) -> None:
    """Opening a pipe would wait for ever."""
    os.mkfifo(corpus / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(corpus / "socket.txt"))

        assert reasons(load_corpus(corpus)) == {"pipe.txt": "not a regular file; remove it", "socket.txt": "not a regular file; remove it"}


def test_links_are_followed_inside_the_corpus_only(corpus: Path) -> None:
    """Whoever may put documents in must not be able to show everybody the server's secrets."""
    (corpus.parent / "secret.txt").write_text("the token")
    (corpus / "inside.txt").symlink_to("good.txt")
    (corpus / "outside.txt").symlink_to("../secret.txt")
    (corpus / "folder").symlink_to("..")
    (corpus / "self").symlink_to(".")
    (corpus / "dangling.txt").symlink_to("gone.txt")
    (corpus / "loop.txt").symlink_to("loop.txt")

    loaded = load_corpus(corpus)

    assert ids(loaded) == ["good.txt", "inside.txt"]
    assert reasons(loaded) == {
        "dangling.txt": "a link to a file that isn't there; remove it, or put the file back",
        "folder": "a link that leads out of the corpus; copy here what it leads to",
        "loop.txt": "a link to a file that isn't there; remove it, or put the file back",
        "outside.txt": "a link that leads out of the corpus; copy here what it leads to",
        "self": "a link to a folder; copy the folder here",
    }


def test_the_corpus_itself_may_be_a_link(corpus: Path) -> None:
    (corpus.parent / "link").symlink_to(corpus)

    assert ids(load_corpus(corpus.parent / "link")) == ["good.txt"]


def test_a_folder_may_be_named_like_a_file(corpus: Path) -> None:
    (corpus / "x.txt").mkdir()
    (corpus / "x.txt" / "y.md").write_text("Text")

    assert ids(load_corpus(corpus)) == ["good.txt", "x.txt/y.md"]


@pytest.mark.parametrize("mode", [0o000, 0o400, 0o100])
def test_what_may_not_be_read_is_named(mode: int) -> None:
    """An unreadable folder must not look as if its documents had been removed."""
    with TemporaryDirectory() as name:  # pytest's own are closed to nobody
        corpus = Path(name)
        (corpus / "folder").mkdir()
        for file in ("folder/a.txt", "b.txt", "good.txt"):
            (corpus / file).write_text("Text")
        (corpus / "b.txt").chmod(0)
        (corpus / "folder").chmod(mode)
        corpus.chmod(0o755)
        with unprivileged():
            loaded = load_corpus(corpus)
        (corpus / "folder").chmod(0o700)

    assert ids(loaded) == ["good.txt"]
    assert "check its permissions" in reasons(loaded)["b.txt"]
    assert "check its permissions" in reasons(loaded)["folder"]


def test_names_that_cannot_be_shown_are_skipped(corpus: Path) -> None:
    """A name in Latin-1 can be written neither into the index nor onto a terminal."""
    for name in (b"caf\xe9.txt", b"two\nlines.txt"):
        Path(os.fsdecode(bytes(corpus) + b"/" + name)).write_text("Text")
    (corpus / "資料　1.txt").write_text("Text")

    loaded = load_corpus(corpus)

    assert ids(loaded) == ["good.txt", "資料　1.txt"]
    assert set(reasons(loaded)) == {r"caf\udce9.txt", r"two\nlines.txt"}


def test_hidden_files_what_editors_leave_and_the_readme_are_left_alone(corpus: Path) -> None:
    for name in (".git/config.txt", "below/.draft.txt", "below/notes.txt~", "~$report.docx", "README.md", "below/README.md"):
        (corpus / name).parent.mkdir(exist_ok=True)
        (corpus / name).write_text("Text")

    loaded = load_corpus(corpus)

    assert ids(loaded) == ["below/README.md", "good.txt"]
    assert loaded.skipped == ()


def test_documents_are_in_the_order_of_their_ids(corpus: Path) -> None:
    for name in ("b/c.txt", "b.txt", "b-c.txt", "ä.txt", "B.txt"):
        (corpus / name).parent.mkdir(exist_ok=True)
        (corpus / name).write_text("Text")

    assert ids(load_corpus(corpus)) == sorted(["B.txt", "b-c.txt", "b.txt", "b/c.txt", "good.txt", "ä.txt"])


@pytest.mark.parametrize("name", ["missing", "good.txt"])
def test_without_a_folder_the_cure_is_named(corpus: Path, name: str) -> None:
    with pytest.raises(CorpusError, match="create it and put documents in, or set CITEBOT_CORPUS"):
        load_corpus(corpus / name)


def test_a_folder_that_is_skipped_holds_the_documents_in_it() -> None:
    assert Skipped("folder", "").holds("folder/a.txt")
    assert Skipped("a.txt", "").holds("a.txt")
    assert not Skipped("folder", "").holds("folder2/a.txt")
