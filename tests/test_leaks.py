"""What a chat is answered is the same, byte for byte, whatever other chats have."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from index.answering import Answerer
from index.assembly import build_library
from index.domain import SHARED, Answer, Citation, Document
from index.errors import CitebotError
from index.keeping import Keeper
from index.models import packaged_model
from index.retrieval import Retriever
from index.settings import IndexSettings
from index.stores.local import LocalStore
from index.understanding.spelling import English
from tests.conftest import CORPUS
from tests.fakes import VOCABULARY, HashingEmbedder, SentenceReader, document, libraries

MINE = (SHARED, "mine")
ENGLISH = English.of_wordpiece(packaged_model() / "vocab.txt")

_answer, _citations, _documents = TypeAdapter(Answer), TypeAdapter(list[Citation]), TypeAdapter(list[Document])

SECRETS = [
    document("The zorblat was repaired in 1999 by Harriet Quennell.\n\nThe bridge is secret.", "0.txt", "Zorblat"),
    document("The satellite was sold in Seoul in April 2031.", "b/1.txt", "Secret satellite"),
]
ASKED = ["who repaired the zorblat?", "who repaird the zorblatt?", "when was the sattelite sold?", "bridge", "und wann war das im April?"]


@st.composite
def questions(draw: st.DrawFn) -> str:
    """In the words of the documents, some misspelt, or about what only the others have."""
    words = draw(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=5))
    place = draw(st.integers(0, 20))
    asked = " ".join(["when was the", *words])
    misspelt = asked[:place] + asked[place + 1 :]
    return draw(st.sampled_from([asked, misspelt, *ASKED]))


class Place:
    """A data directory with its keeper, and what is asked there."""

    def __init__(self, folder: Path, most_open: int = 2) -> None:
        self.store = LocalStore(folder, HashingEmbedder(), most_open=most_open)
        self.keeper = Keeper(self.store, folder / "corpus")
        self.answers = Answerer(Retriever(HashingEmbedder(), self.store), SentenceReader(), ENGLISH)

    def fill(self, collections: Mapping[str, Sequence[Document]]) -> None:
        for name, documents in collections.items():
            self.keeper.put(name, *documents)

    def said(self, asked: Sequence[str], collections: Sequence[str] = MINE) -> list[bytes]:
        """All that comes of these questions, one after another, and of a look around; in bytes."""
        return everything(self.answers, asked, collections)


def everything(answers: Answerer, asked: Sequence[str], collections: Sequence[str]) -> list[bytes]:
    said, previous = [], None
    for question in asked:
        previous = replace(answers.ask(question, collections=collections, previous=previous), elapsed=0.0)
        said.append(_answer.dump_json(previous))
        said.append(_citations.dump_json(answers.search(question, collections=collections, k=50)))
    for collection in collections:
        said.append(_documents.dump_json(list(answers.documents(collection))))
        said += [repr(answers.document(collection, name)).encode() for name in ("0.txt", "b/1.txt", "other/0.txt")]
    said += [error_of(answers, name).encode() for name in ("nobody", "no name")]
    return said


def error_of(answers: Answerer, collection: str) -> str:
    try:
        answers.ask("who?", collections=[collection])
    except (CitebotError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


@settings(max_examples=15)  # each writes to the disk
@given(
    st.fixed_dictionaries({name: libraries() for name in MINE}),
    st.dictionaries(st.sampled_from(["a", "other", "zzz"]), libraries() | st.just(SECRETS), min_size=1),
    st.lists(questions(), min_size=1, max_size=4),
    st.sampled_from([1, 50]),
)
def test_others_documents_change_nothing(
    mine: Mapping[str, list[Document]], others: Mapping[str, list[Document]], asked: Sequence[str], most_open: int
) -> None:
    """Whether the others' collections are open beside one's own, or had to be closed for them."""
    with TemporaryDirectory() as one, TemporaryDirectory() as another:
        alone, beside = Place(Path(one)), Place(Path(another), most_open)
        alone.fill(mine)
        expected = [line.replace(one.encode(), b"") for line in alone.said(asked)]

        beside.fill(others)
        beside.fill(mine)
        for name, documents in others.items():
            beside.said(asked, [SHARED, name])  # whatever stays of it in a cache
            beside.keeper.remove(name, documents[0].id)

        assert [line.replace(another.encode(), b"") for line in beside.said(asked)] == expected

        for name in others:
            shutil.rmtree(Path(another) / "collections" / name)
        assert [line.replace(another.encode(), b"") for line in beside.said(asked)] == expected, "nothing of theirs was read"


def test_what_would_leak_is_noticed(tmp_path: Path) -> None:
    """The same look around tells two chats apart, so that it is worth something that it can't."""
    place = Place(tmp_path)
    place.fill({SHARED: [document("The bridge.")], "mine": [document("The river.")], "other": SECRETS})

    mine, other = place.said(ASKED), place.said(ASKED, [SHARED, "other"])

    assert len(mine) == len(other)
    assert not any(b"zorblat was" in line.lower() or b"Quennell" in line or b"2031" in line for line in mine)
    assert sum(b"zorblat was" in line.lower() or b"Quennell" in line for line in other) > 4


@pytest.mark.parametrize("reopened", [False, True])
def test_the_real_models_tell_nothing_either(data: Path, tmp_path: Path, reopened: bool) -> None:
    shutil.copytree(data, tmp_path / "data")
    settings = IndexSettings.model_validate({"data": tmp_path / "data", "corpus": CORPUS})
    library = build_library(settings)
    library.keeper.put("mine", document("The second round of the dialogue was moved to Busan in May 2016.", title="Note"))
    asked = ["when was the second civil space dialogue?", "who repaird the zorblatt?", "where was the second round moved to?"]
    before = everything(library.answerer, asked, MINE)

    library.keeper.put("other", *SECRETS, document("The second civil space dialogue was in the year 1999.", "c.txt"))
    everything(library.answerer, asked, [SHARED, "other"])

    assert everything((build_library(settings) if reopened else library).answerer, asked, MINE) == before
