"""Hostile and broken files, made from a seed: none may crash us, outlive its limits or pass without a word.

    python -m tests.hostile_files 1000

Each file is parsed as an upload is. It may become a document; else it has to be refused with a message.
"""

import io
import json
import os
import random
import sys
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from index.chunking import chunk
from index.domain import Answer, Decision
from index.errors import Unreadable
from index.loading.files import FORMATS, parse
from index.loading.parsed import Limits
from index.loading.texts import normalised
from index.suggesting import suggestions
from tests import documents

LIMITS = Limits(seconds=4, memory=256 * 2**20)
"""Tighter than those of uploads, so that a thousand files take minutes."""
SLACK = 2
"""Seconds more than the limit: to start a process, to end it, and for a machine that does other things as well."""
LONG = 200_000
"""Characters of a text that isn't cut into passages here; that has tests of its own."""

Made = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file. `error`: the class of the refusal, or nothing. `seconds`: from the call to its end."""

    number: int
    kind: str
    name: str
    error: str
    message: str
    seconds: float

    @property
    def is_fair(self) -> bool:
        return self.seconds < LIMITS.seconds + SLACK and (not self.error or 10 < len(self.message) < 300)


def tried(number: int, seed: int = 1) -> Outcome:
    """Makes the file of that number and parses it. Whatever is raised that isn't Unreadable ends the trial: it is there to find that."""
    make = KINDS[number % len(KINDS)]
    name, content = make(random.Random(f"{seed} {number}"))
    started = time.perf_counter()
    error = message = ""
    try:
        document = parse(name, content, LIMITS).document
    except Unreadable as refusal:
        error, message = type(refusal).__name__, str(refusal)
    else:
        assert document.text == normalised(document.text)
        assert document.text.encode()
        assert len(document.text) > LONG or chunk(document)
        suggestions([document], _untold)
    return Outcome(number, make.__name__.strip("_"), name, error, message, time.perf_counter() - started)


def _untold(question: str) -> Answer:
    return Answer(question, None, Decision.NONE, None, (), (), {}, 0.0)


def _truncated(chance: random.Random) -> Made:
    name, content = _good(chance)
    return name, content[: chance.randrange(len(content))]


def _with_flipped_bits(chance: random.Random) -> Made:
    name, content = _good(chance)
    changed = bytearray(content)
    for _ in range(chance.choice((1, 3, 10, 100, 1000))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return name, bytes(changed)


def _with_a_stretch_missing(chance: random.Random) -> Made:
    name, content = _good(chance)
    start, end = sorted(chance.randrange(len(content)) for _ in range(2))
    return name, content[:start] + content[end:]


def _with_a_stretch_of_noise(chance: random.Random) -> Made:
    name, content = _good(chance)
    start = chance.randrange(len(content))
    return name, content[:start] + chance.randbytes(chance.randrange(1, 2000)) + content[start:]


def _spliced(chance: random.Random) -> Made:
    """The beginning of one format, the end of another."""
    (name, head), (_, tail) = _good(chance), _good(chance)
    return name, head[: chance.randrange(len(head))] + tail[chance.randrange(len(tail)) :]


def _wrongly_named(chance: random.Random) -> Made:
    _, content = _good(chance)
    return f"file{chance.choice((*FORMATS, '.exe', '', '.PDF'))}", content


def _noise(chance: random.Random) -> Made:
    head = chance.choice((b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html>", b"{", b"\xff\xfe", b"---\n"))
    return f"noise{chance.choice(FORMATS)}", head + chance.randbytes(chance.randrange(10_000))


def _empty(chance: random.Random) -> Made:
    return f"empty{chance.choice(FORMATS)}", chance.choice((b"", b" \n", b"\0" * 100, b"\xef\xbb\xbf"))


def _zip_bomb(chance: random.Random) -> Made:
    """A few hundred kilobytes that are a few hundred megabytes."""
    zeros = bytes(chance.randrange(100, 300) * 1_000_000)
    kind, entry = chance.choice(((".docx", "word/document.xml"), (".epub", "META-INF/container.xml")))
    return f"bomb{kind}", documents.archive([("mimetype", b""), (entry, zeros)])


def _zip_bomb_that_lies(chance: random.Random) -> Made:
    """It says that it unpacks to ten bytes."""
    name, content = _zip_bomb(chance)
    size = 10
    place = content.rindex(b"PK\x01\x02")
    return name, content[: place + 24] + size.to_bytes(4, "little") + content[place + 28 :]


def _zip_of_overlapping_entries(chance: random.Random) -> Made:
    """Thousands of entries that are all the same megabytes: none is large, all together are."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = body.compress(bytes(1_000_000)) + body.flush()
    name, count = b"word/document.xml", chance.randrange(1_000, 4_000)
    sizes = zlib.crc32(bytes(1_000_000)).to_bytes(4, "little") + len(packed).to_bytes(4, "little") + (1_000_000).to_bytes(4, "little")
    local = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0" + sizes + len(name).to_bytes(2, "little") + b"\0\0" + name + packed
    entry = b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0" + sizes + len(name).to_bytes(2, "little") + bytes(16) + name
    places = (count * len(entry)).to_bytes(4, "little") + len(local).to_bytes(4, "little")
    return "overlapping.docx", local + count * entry + b"PK\x05\x06\0\0\0\0" + 2 * count.to_bytes(2, "little") + places + b"\0\0"


def _zip_of_many_entries(chance: random.Random) -> Made:
    others = ((str(number), b"") for number in range(chance.randrange(6_000, 9_000)))
    return "many.docx", documents.archive([("word/document.xml", b"<x/>"), *others])


def _zip_in_a_zip(chance: random.Random) -> Made:
    content = documents.word()
    for _ in range(chance.randrange(2, 20)):
        content = documents.archive([("word/document.xml", content), ("[Content_Types].xml", b"<Types/>")])
    return "nested.docx", content


def _entities(chance: random.Random) -> Made:
    """A billion laughs: entities of entities of entities."""
    depth = chance.randrange(5, 12)
    entities = "".join(f'<!ENTITY e{level + 1} "{10 * f"&e{level};"}">' for level in range(depth))
    xml = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>'
    if chance.random() < 0.5:
        container = f"{xml}<x>&e{depth};</x>"
        return "laughs.epub", documents.archive([("mimetype", "application/epub+zip"), ("META-INF/container.xml", container)])
    return "laughs.docx", _word_with(f"<w:p><w:r><w:t>&e{depth};</w:t></w:r></w:p>".encode(), xml.encode())


def _foreign_entity(chance: random.Random) -> Made:
    """It asks for a file of the machine, or for an address."""
    place = chance.choice(("file:///etc/passwd", "file:///proc/self/environ", "http://127.0.0.1:1/x"))
    xml = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{place}">]>'
    return "foreign.epub", documents.archive([("mimetype", "application/epub+zip"), ("META-INF/container.xml", f"{xml}<x>&e;</x>")])


def _deep_page(chance: random.Random) -> Made:
    tag = chance.choice(("div", "b", "table><tr><td", "ul><li", "svg", "a", "h1", "pre", "sup"))
    return "deep.html", b"<html>" + f"<{tag}>".encode() * chance.choice((1_000, 10_000, 100_000, 1_000_000)) + b"words"


def _deep_json(chance: random.Random) -> Made:
    depth = chance.choice((1_000, 100_000, 5_000_000))
    return "deep.json", chance.choice((b"[", b'{"messages":')) * depth


def _strange_chat(chance: random.Random) -> Made:
    """An export with values of every kind where others belong."""
    values: list[object] = [None, -1, 1e308, 10**400, True, [], {}, [[[]]], "\ud800", "x" * 100_000, {"text": {"text": []}}]
    message = {key: chance.choice(values) for key in ("id", "from", "text", "poll", "reply_to_message_id")}
    fixed = {"type": "message", "date": chance.choice(["2024-03-01T10:00:00", "9999-12-31T23:59:59", "0001-01-01", "yesterday", 5])}
    chat = {"name": chance.choice(values), "type": "private_supergroup", "id": chance.choice(values)}
    return "strange.json", json.dumps(chat | {"messages": [message | fixed, *values] * 3}).encode()


def _deep_word(chance: random.Random) -> Made:
    depth = chance.choice((50, 5_000, 200_000))
    return "deep.docx", _word_with(b"<w:tbl><w:tr><w:tc>" * depth + b"<w:p/>" + b"</w:tc></w:tr></w:tbl>" * depth)


def _long_word(chance: random.Random) -> Made:
    return "long.docx", _word_with(b"<w:p><w:r><w:t>word</w:t></w:r></w:p>" * chance.choice((1_000, 500_000)))


def _covering_cells(chance: random.Random) -> Made:
    """Each cell of a table says that it covers the whole of it, and more."""
    rows, much = chance.choice((10, 1_000, 30_000)), chance.choice((b"1000", b"65534", b"9" * 40))
    if chance.random() < 0.5:
        cell = b"<w:tc><w:tcPr><w:gridSpan w:val='%s'/><w:vMerge/></w:tcPr><w:p><w:r><w:t>word</w:t></w:r></w:p></w:tc>" % much
        return "covering.docx", _word_with(b"<w:tbl>" + (b"<w:tr>" + cell * 3 + b"</w:tr>") * rows + b"</w:tbl>")
    return "covering.html", b"<html><table>" + (b"<tr>" + b"<td rowspan=%s colspan=%s>word" % (much, much) * 3) * rows


def _endless_quote(chance: random.Random) -> Made:
    return "quote.csv", b'a,b\n"' + b"never closed, \n" * chance.choice((100, 100_000, 1_200_000))


def _wide_table(chance: random.Random) -> Made:
    return "wide.csv", b"," * chance.choice((1_000, 10_000_000)) + b"\n" + b"a,b\n" * 100


def _yaml(chance: random.Random) -> Made:
    """Aliases of aliases, and brackets without end."""
    laughs = "a0: &a0 [x]\n" + "".join(f"a{level + 1}: &a{level + 1} [{', '.join(10 * [f'*a{level}'])}]\n" for level in range(12))
    python = "!!python/object/apply:os.system [true]\n"
    front = chance.choice((laughs, laughs + "title: *a12\n", "[" * 100_000, "? " * 50_000, "a: " * 10_000, python))
    return chance.choice(("a.md", "a.txt")), f"---\n{front}\n---\nText".encode()


def _markdown(chance: random.Random) -> Made:
    """What regular expressions stumble over."""
    pieces = ("# " * 50, "[", "[a](", "![", "`", "\n\n---\n", "a\n===\n", " " * 100 + "\n", "* " * 40, "_", ". ", "...", "\n", "Aa ", "A-")
    piece = chance.choice(pieces)
    return "tricky.md", f"# {piece * 1000}\n{piece * chance.choice((1_000, 100_000))}x`".encode()


def _piled_accents(chance: random.Random) -> Made:
    """On one letter, in an order that Unicode's normal form changes."""
    count = chance.choice((60, 40_000, 4_000_000))
    return f"piled{chance.choice(('.txt', '.md', '.html', '.csv'))}", ("# a" + count * "\u0315" + count * "\u0316").encode()


def _pdf_stream_bomb(chance: random.Random) -> Made:
    """A page whose content unpacks to hundreds of megabytes, in one step or in two."""
    operators = b"0 0 m\n" * (chance.choice((1, 20, 50)) * 1_000_000)
    once = zlib.compress(operators, 9)
    twice = chance.random() < 0.5
    filters = b"[/FlateDecode /FlateDecode]" if twice else b"/FlateDecode"
    return "stream.pdf", _pdf_with(zlib.compress(once, 9) if twice else once, filters)


def _pdf_words_bomb(chance: random.Random) -> Made:
    """A small page with millions of words."""
    words = b"BT /F 9 Tf " + b"(many words) Tj 0 1 Td " * chance.choice((10_000, 1_000_000)) + b"ET"
    return "words.pdf", _pdf_with(zlib.compress(words, 9), b"/FlateDecode")


def _pdf_in_circles(chance: random.Random) -> Made:
    """Pages that are their own parents, forms that draw themselves, an outline without end."""
    page = b"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>> endobj "
    pages = b"1 0 obj <</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>> endobj 2 0 obj <</Type/Pages/Kids[%s]/Count %d>> endobj "
    circles = (
        pages % (b"2 0 R 2 0 R", 99_999_999),
        pages % (b"3 0 R", 1) + page + b"4 0 obj <</First 4 0 R/Next 4 0 R/Title(x)/Dest[3 0 R/Fit]>> endobj",
        pages % (b"3 0 R " * 100_000, 100_000) + page,
        b"1 0 obj " + b"[" * chance.choice((100, 1_000_000)) + b" endobj",
    )
    return "circles.pdf", b"%PDF-1.7\n" + chance.choice(circles) + b"\ntrailer <</Root 1 0 R>>\n%%EOF"


def _encrypted(chance: random.Random) -> Made:
    return "secret.pdf", documents.pdf(pages=1, password=str(chance.random()))


def _good(chance: random.Random) -> Made:
    return chance.choice(list(GOOD.items()))


def _word_with(body: bytes, head: bytes = b"") -> bytes:
    """A Word file with another body."""
    begin, end = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>', b"</w:body></w:document>"
    with zipfile.ZipFile(io.BytesIO(documents.word())) as archive:
        files = [(name, archive.read(name)) for name in archive.namelist()]
    return documents.archive([(name, head + begin + body + end if name == "word/document.xml" else content) for name, content in files])


def _pdf_with(stream: bytes, filters: bytes) -> bytes:
    """A PDF of one page with this content; its table of objects is missing, as readers put up with."""
    resources = b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R" + resources + b">>",
        b"<</Length %d/Filter %s>>\nstream\n%s\nendstream" % (len(stream), filters, stream),
    )
    numbered = b"\n".join(b"%d 0 obj %s endobj" % (number, body) for number, body in enumerate(objects, 1))
    return b"%PDF-1.7\n" + numbered + b"\ntrailer <</Root 1 0 R>>\n%%EOF"


GOOD = {
    "good.txt": documents.HARBOUR.encode(),
    "good.md": f"---\ntitle: x\n---\n# {documents.TITLE}\n\n{documents.HARBOUR}".encode(),
    "good.html": documents.HTML.encode(),
    "good.pdf": documents.pdf(),
    "scan.pdf": documents.scan(),
    "good.docx": documents.word(),
    "good.epub": documents.epub(),
    "good.csv": "\n".join(",".join(row) for row in documents.PEOPLE).encode(),
    "good.json": documents.chat(),
}
KINDS: tuple[Callable[[random.Random], Made], ...] = (
    _truncated,
    _with_flipped_bits,
    _with_a_stretch_missing,
    _with_a_stretch_of_noise,
    _spliced,
    _wrongly_named,
    _noise,
    _empty,
    _zip_bomb,
    _zip_bomb_that_lies,
    _zip_of_overlapping_entries,
    _zip_of_many_entries,
    _zip_in_a_zip,
    _entities,
    _foreign_entity,
    _deep_page,
    _deep_json,
    _strange_chat,
    _deep_word,
    _long_word,
    _covering_cells,
    _endless_quote,
    _wide_table,
    _yaml,
    _markdown,
    _piled_accents,
    _pdf_stream_bomb,
    _pdf_words_bomb,
    _pdf_in_circles,
    _encrypted,
)


def main(count: int, seed: int = 1) -> None:
    outcomes, ended, largest = [], Event(), [0]
    watching = Thread(target=_watch, args=(ended, largest))
    watching.start()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for outcome in pool.map(lambda number: tried(number, seed), range(count)):
            outcomes.append(outcome)
            if not outcome.is_fair:
                print(outcome, flush=True)
    ended.set()
    watching.join()
    slowest = max(outcomes, key=lambda outcome: outcome.seconds)
    print(f"{count} files, {sum(not outcome.is_fair for outcome in outcomes)} not as they should be")
    print(f"slowest {slowest.seconds:.1f} s ({slowest.kind}; limit {LIMITS.seconds:.0f} s)")
    print(f"largest process {largest[0] / 1024:.0f} MB (limit {LIMITS.memory / 2**20:.0f} MB of address space)")
    for error, times in Counter(outcome.error or "read" for outcome in outcomes).most_common():
        print(f"{times:5} {error}")


def _watch(ended: Event, largest: list[int]) -> None:
    """The most memory that a parsing process has had, in kB, as Linux tells."""
    while not ended.wait(0.05):
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if b"index.loading.worker" in (process / "cmdline").read_bytes():
                    status = (process / "status").read_text()
                    largest[0] = max(largest[0], int(status.partition("VmHWM:")[2].split()[0]))
            except (OSError, IndexError):
                continue  # it has ended since


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(int, sys.argv[2:]))
