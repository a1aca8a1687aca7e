"""Ten documents of mixed formats, from the chat and from the folder, with the real models: cited, then removed and not answered from."""

import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import docx
import pytest
from fpdf import FPDF

from bot.sandbox import Chat
from index.assembly import Library, open_library
from index.settings import IndexSettings
from tests.documents import epub
from tests.support import Scene, scene

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Paper:
    """A document, a question that it alone answers, the answer, and how its place is called."""

    name: str
    content: bytes
    question: str
    answer: str
    place: str


def pdf(*pages: str) -> bytes:
    file = FPDF()
    for page in pages:
        file.add_page()
        file.set_font("helvetica", size=11)
        file.multi_cell(0, 6, page)
    return bytes(file.output())


def word(*sections: tuple[str, str]) -> bytes:
    file, stream = docx.Document(), io.BytesIO()
    for heading, text in sections:
        file.add_heading(heading, 1)
        file.add_paragraph(text)
    file.save(stream)
    return stream.getvalue()


def chat_export(*texts: str) -> bytes:
    messages = [
        {"id": number, "type": "message", "date": "2025-03-04T10:00:00", "from": "Mira", "from_id": "user1", "text": text}
        for number, text in enumerate(texts, 1)
    ]
    return json.dumps({"name": "Garden team", "type": "private_supergroup", "id": 1234567, "messages": messages}).encode()


HTML = (
    b"<html><head><title>Visitors</title></head><body><main><h1>Visitors</h1><h2>Parking</h2>"
    b"<p>Visitors park their cars behind the brewery on Mill Lane.</p></main></body></html>"
)
FROM_CHAT = (
    Paper(
        "Lease.pdf",
        pdf("This is the lease of the workshop.", "The rent of the workshop is 1,250 euros a month."),
        "What is the rent of the workshop?",
        "1,250 euros",
        "p. 2",
    ),
    Paper(
        "Safety.docx",
        word(("Fire", "In case of fire, everybody meets at the old oak."), ("Tools", "Saws are kept locked.")),
        "Where does everybody meet in case of fire?",
        "the old oak",
        "Fire",
    ),
    Paper("visitors.html", HTML, "Where do visitors park their cars?", "behind the brewery", "Parking"),
    Paper(
        "guide.epub",
        epub([("Bees", "<p>The bees were brought by Professor Lindqvist.</p>")]),
        "Who brought the bees?",
        "Professor Lindqvist",
        "Bees",
    ),
    Paper(
        "phones.csv",
        b"Name,Phone,Office\nAda Lovelace,5550123,London\nAlan Turing,5550199,Manchester\n",
        "What is the phone of Alan Turing?",
        "5550199",
        "phones",
    ),
    Paper(
        "result.json",
        chat_export("The greenhouse was built in October 2021.", "It leaks."),
        "When was the greenhouse built?",
        "October 2021",
        "Garden team",
    ),
    Paper("club.txt", b"The club was founded in 1987 by three gardeners.", "When was the club founded?", "1987", "club"),
)
FROM_FOLDER = (
    Paper(
        "minutes.md",
        b"# Minutes\n\n## Treasurer\n\nThe members elected Olga Petrova as treasurer.\n",
        "Who was elected as treasurer?",
        "Olga Petrova",
        "Treasurer",
    ),
    Paper(
        "Statutes.pdf",
        pdf("Statutes of the club.", "A general meeting is called by the secretary.", "The club is dissolved by a majority of two thirds."),
        "Who calls a general meeting?",
        "the secretary",
        "p. 2",
    ),
)
NOTE = Paper("", b"The code of the gate is 4711.", "What is the code of the gate?", "4711", "The code of the gate")


@pytest.fixture
def library(data: Path, tmp_path: Path) -> Library:
    shutil.copytree(data / "models", tmp_path / "data" / "models")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for paper in FROM_FOLDER:
        (corpus / paper.name).write_bytes(paper.content)
    return open_library(IndexSettings.model_validate({"corpus": corpus, "data": tmp_path / "data"}))


async def test_ten_documents_are_asked_about_cited_and_removed(library: Library, tmp_path: Path) -> None:
    async with scene(tmp_path / "data", library) as here:
        for paper in FROM_CHAT:
            here.world.upload(here.chat, here.ann, paper.name, paper.content)
        here.world.say(here.chat, here.ann, f"/add {NOTE.content.decode()}")
        receipts = [await here.server.edited(here.chat) for _ in range(len(FROM_CHAT) + 1)]
        assert all(receipt.text.startswith("✓ I have") for receipt in receipts), [receipt.text for receipt in receipts]
        assert any("When was the greenhouse built?" in receipt.text for receipt in receipts)
        await settled(here)

        for paper in (*FROM_CHAT, *FROM_FOLDER, NOTE):
            answer = await asked(here, here.chat, paper)
            assert paper.answer in answer
            assert paper.place in answer

        await remove_all(here, here.chat)
        for paper in FROM_FOLDER:
            (tmp_path / "corpus" / paper.name).unlink()
        (tmp_path / "corpus" / "other.txt").write_text("Nothing of note.")
        library.keeper.refresh()

        for paper in (*FROM_CHAT, *FROM_FOLDER, NOTE):
            assert paper.answer not in await asked(here, here.chat, paper)


async def settled(here: Scene) -> None:
    """Looks at what was posted meanwhile."""
    for _ in range(len(FROM_CHAT) + 1):
        await here.server.sent(here.chat)


async def asked(here: Scene, chat: Chat, paper: Paper) -> str:
    here.world.say(chat, here.ann, paper.question)
    return (await here.server.sent(chat)).text


async def remove_all(here: Scene, chat: Chat) -> None:
    for _ in range(len(FROM_CHAT) + 1):
        here.world.say(chat, here.ann, "/sources")
        card = await here.press(await here.server.sent(chat), "1")
        await here.press(await here.press(card, "Remove"), "Yes, remove it")
