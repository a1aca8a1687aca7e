"""What can go wrong, each with its cure in the message.

CitebotError
├── SettingsError          a setting is wrong, or its name unknown
├── CorpusError            the corpus folder is missing or holds nothing to index
├── QuestionError          a question that can't be asked: empty, or far too long
├── ModelError             a model is missing, damaged or not what it should be
└── SnapshotError          the index can't be used
    ├── SnapshotMissing    nothing was ever published
    ├── SnapshotMismatch   built with another model, recipe or format
    └── SnapshotDamaged    a file isn't what the manifest says
"""


class CitebotError(Exception):
    """The root: one line, for the user, that names the cure."""


class SettingsError(CitebotError): ...


class CorpusError(CitebotError): ...


class QuestionError(CitebotError): ...


class ModelError(CitebotError): ...


class SnapshotError(CitebotError): ...


class SnapshotMissing(SnapshotError): ...


class SnapshotMismatch(SnapshotError): ...


class SnapshotDamaged(SnapshotError): ...
