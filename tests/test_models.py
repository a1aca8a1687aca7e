"""Models are known by their weights."""

from pathlib import Path

import pytest

from index.errors import ModelError
from index.models import PACKAGED_SHA256, packaged_model, sha256_of, weights_sha256


def test_the_packaged_model_is_the_one_this_was_made_with() -> None:
    assert weights_sha256(packaged_model()) == PACKAGED_SHA256


def test_hashes_are_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")

    assert sha256_of(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin"])
def test_a_model_keeps_its_name_wherever_it_lies(tmp_path: Path, name: str) -> None:
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(b"weights")

    assert weights_sha256(tmp_path / "here") == weights_sha256(tmp_path / "there") == sha256_of(tmp_path / "here" / name)


@pytest.mark.parametrize("folder", [".", "missing"])
def test_a_folder_without_weights_is_refused_with_the_cure(tmp_path: Path, folder: str) -> None:
    with pytest.raises(ModelError, match="holds no weights; set CITEBOT_MODEL"):
        weights_sha256(tmp_path / folder)
