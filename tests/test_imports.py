"""Imports go one way, and what answers is light."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
IMPLEMENTATIONS = {f"index.{module}" for module in "dense embedding lexical loading onnx reader stores twin".split()}


def modules(package: str) -> dict[str, Path]:
    """All modules of one of our packages, by name."""
    files = (ROOT / package).rglob("*.py")
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def imports(file: Path) -> Iterator[str]:
    """Full names of what a file imports, anywhere in it but for type checkers alone."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for_types = {id(inner) for node in ast.walk(tree) if _is_for_types(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def is_in(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def ours(file: Path) -> set[str]:
    return {name for name in imports(file) if is_in(name, {"bot", "index", "tests"})}


@pytest.mark.parametrize("module", modules("index"))
def test_the_index_knows_nothing_of_the_bot_or_of_telegram(module: str) -> None:
    assert not [name for name in imports(modules("index")[module]) if is_in(name, {"bot", "tests", "telegram"})]


@pytest.mark.parametrize("module", modules("bot"))
def test_the_bot_does_not_need_its_tests(module: str) -> None:
    assert not [name for name in imports(modules("bot")[module]) if is_in(name, {"tests"})]


@pytest.mark.parametrize("module", ["domain", "errors"])
def test_nouns_and_errors_import_nothing_of_ours(module: str) -> None:
    assert ours(ROOT / "index" / f"{module}.py") == set()


def test_protocols_know_only_the_nouns() -> None:
    assert all(is_in(name, {"index.domain"}) for name in ours(ROOT / "index" / "protocols.py"))


ANSWERING = ["index.answering", "index.retrieval", "index.citing", "index.terms", *modules("index/understanding")]


@pytest.mark.parametrize("module", ANSWERING)
def test_answering_knows_protocols_never_implementations(module: str) -> None:
    assert not [name for name in ours(modules("index")[module]) if is_in(name, IMPLEMENTATIONS)]


def test_only_assembly_knows_every_implementation() -> None:
    knowing = {
        module
        for module, file in modules("index").items()
        if {"index.stores.local.LocalStore", "index.embedding.OnnxEmbedder", "index.reader.span.open_reader"} <= ours(file)
    }

    assert knowing == {"index.assembly"}


@pytest.mark.parametrize("module", modules("bot"))
def test_the_bot_takes_what_assembly_gives_it(module: str) -> None:
    assert not [name for name in ours(modules("bot")[module]) if is_in(name, IMPLEMENTATIONS - {"index.loading"})]


def test_every_library_that_is_imported_is_asked_for() -> None:
    """What only comes along with another library goes when that does."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {re.split(r"[\[<>=!;~ ]", line)[0].lower() for line in project["dependencies"]}
    distributions = packages_distributions()
    imported = {name.split(".")[0] for package in ("bot", "index") for file in modules(package).values() for name in imports(file)}
    libraries = imported - sys.stdlib_module_names - {"bot", "index"}

    missing = {library for library in libraries if not asked & {name.lower() for name in distributions[library]}}

    assert missing == set()


def test_answering_never_imports_torch(data: Path) -> None:
    """It takes 5 s and 400 MB that a small machine doesn't have."""
    script = (
        "import sys; from index.cli import app; app(['ask', '--json', 'what does KPS stand for?'], standalone_mode=False); "
        "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    environment = os.environ | {"CITEBOT_DATA": str(data), "CITEBOT_CORPUS": str(ROOT / "corpus")}

    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)

    assert json.loads(result.stdout)["citations"]
    loaded = set(result.stderr.split())
    assert {"onnxruntime", "faiss", "bm25s"} <= loaded
    assert not loaded & {"torch", "transformers", "sentence_transformers", "telegram", "sqlalchemy"}
