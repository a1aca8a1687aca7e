"""What a snapshot says about itself, and how a folder of files is proved to be it."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from index.chunking import ChunkingRecipe
from index.errors import SnapshotDamaged, SnapshotMismatch
from index.models import sha256_of

FORMAT = 1
MANIFEST = "manifest.json"


class Identity(BaseModel):
    """What must agree for vectors of two generations to meet. `embedder`: as `Embedder.name`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    embedder: str
    dimension: int
    chunking: ChunkingRecipe


class Manifest(BaseModel):
    """`files`: SHA-256 of each file, by its path relative to the snapshot."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    identity: Identity
    documents: int
    passages: int
    files: dict[str, str]


def files_of(folder: Path) -> dict[str, str]:
    """SHA-256 of each file below `folder`, by relative path, but for the manifest's own."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != MANIFEST)
    return {file.relative_to(folder).as_posix(): sha256_of(file) for file in files}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Raises SnapshotMismatch for another format, SnapshotDamaged when it can't be read or a file isn't what it says."""
    try:
        content = (folder / MANIFEST).read_bytes()
        manifest = Manifest.model_validate_json(content)
    except (OSError, ValidationError) as error:
        raise SnapshotDamaged(f"{folder / MANIFEST} can't be read; run `citebot index` to build the index anew") from error
    if manifest.identity.format != FORMAT:
        raise SnapshotMismatch("the index was built by another version of Citebot; run `citebot index`")
    if damaged := _differing(folder, manifest.files.items()):
        raise SnapshotDamaged(f"{folder / damaged} is damaged; run `citebot index` to build the index anew")
    return manifest


def _differing(folder: Path, files: Iterable[tuple[str, str]]) -> str | None:
    for name, sha256 in files:
        file = folder / name
        if not file.is_file() or sha256_of(file) != sha256:
            return name
    return None
