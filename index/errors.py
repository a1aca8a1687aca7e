"""What can go wrong, each with its cure in the message.

CitebotError
├── SettingsError          a setting is wrong, or its name unknown
├── CorpusError            the corpus folder is missing or holds nothing to index
├── Unreadable             a file that can't become a document
│   ├── UnknownFormat      of none of the formats that are read
│   ├── UnknownEncoding    text in none of the encodings that are read
│   ├── TooLarge           more bytes, pages, text or memory than a document may have
│   ├── TooSlow            takes longer than reading a document may
│   ├── Protected          asks for a password, or is copy-protected
│   ├── Damaged            not what its format should be
│   └── NoText             empty, or pictures only
├── FetchError             a link that leads to no document
│   ├── LinkForbidden      may not be followed
│   ├── LinkDead           can't be reached, or not in time
│   ├── LinkTooLarge       leads to more bytes than are fetched
│   └── LinkUnknown        leads to a file of none of the formats that are read
├── QuestionError          a question that can't be asked
│   ├── NoQuestion         nothing is asked
│   ├── QuestionTooLong    longer than a question may be
│   └── Courtesy           thanks or a nod
│       ├── Greeting       hello
│       ├── Disagreement   a no to an answer
│       └── AboutTheBot    asks what the bot is and does, of which documents know nothing
├── ModelError             a model is missing, damaged or not what it should be
└── SnapshotError          the index can't be used
    ├── SnapshotMissing    nothing was ever published
    ├── SnapshotMismatch   built with another model, or in another format
    └── SnapshotDamaged    a file isn't what the manifest says
"""


class CitebotError(Exception):
    """The root: one line, for the user, that names the cure."""


class SettingsError(CitebotError): ...


class CorpusError(CitebotError): ...


class Unreadable(CitebotError): ...


class UnknownFormat(Unreadable): ...


class UnknownEncoding(Unreadable): ...


class TooLarge(Unreadable): ...


class TooSlow(Unreadable): ...


class Protected(Unreadable): ...


class Damaged(Unreadable): ...


class NoText(Unreadable): ...


class FetchError(CitebotError): ...


class LinkForbidden(FetchError): ...


class LinkDead(FetchError): ...


class LinkTooLarge(FetchError): ...


class LinkUnknown(FetchError): ...


class QuestionError(CitebotError): ...


class NoQuestion(QuestionError):
    def __init__(self) -> None:
        super().__init__("there is no question; ask in a few words, such as: when was the office opened?")


class QuestionTooLong(QuestionError):
    """`most`: characters."""

    def __init__(self, most: int) -> None:
        super().__init__(f"the question is longer than {most} characters; ask it in a sentence or two")
        self.most = most


class Courtesy(QuestionError):
    def __init__(self, reply: str = "that is kind, and no question") -> None:
        super().__init__(f"{reply}; ask in a few words, such as: when was the office opened?")


class Greeting(Courtesy):
    def __init__(self) -> None:
        super().__init__("hello")


class Disagreement(Courtesy):
    def __init__(self) -> None:
        super().__init__("if the question was misread, other words may help")


class AboutTheBot(Courtesy):
    def __init__(self) -> None:
        super().__init__("this is Citebot, which answers from your documents (`citebot --help` tells the rest)")


class ModelError(CitebotError): ...


class SnapshotError(CitebotError): ...


class SnapshotMissing(SnapshotError): ...


class SnapshotMismatch(SnapshotError): ...


class SnapshotDamaged(SnapshotError): ...
