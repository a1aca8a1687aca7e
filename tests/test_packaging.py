"""What users meet before our code runs: the package, the make targets, and the image as far as it can be read without an engine."""

import ast
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import entry_points, packages_distributions, version
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from bot.settings import BotSettings
from index.loading.corpus import load_corpus
from index.settings import IndexSettings

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "index")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
SETTINGS = {field.alias for kind in (IndexSettings, BotSettings) for field in kind.model_fields.values()}

ARTICLE_SHA256 = "537a1997a4d77371a0454ca30625b553d8773bb98f69ca3585a41e9b20b7c3d0"
NEEDED_BY_LIBRARIES = {
    "onnx",  # onnxruntime's quantiser imports it, and torch's exporter
}


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def load_yaml(path: str) -> Any:
    return yaml.safe_load(read(path))


def requirements(lines: list[str]) -> dict[str, Requirement]:
    return {canonicalize_name(one.name): one for one in map(Requirement, lines)}


def constraints() -> dict[str, Requirement]:
    return requirements([line for line in read("constraints.txt").splitlines() if not line.startswith("#")])


def make_targets() -> set[str]:
    """The documented ones."""
    return set(re.findall(r"^([a-z]+):.* ## ", read("Makefile"), re.MULTILINE))


def make_calls(script: str) -> set[str]:
    return {target for targets in re.findall(r"\bmake((?: [a-z]+)+)", script) for target in targets.split()}


class TestDependencies:
    def test_each_is_pinned_to_a_version_that_it_allows(self) -> None:
        direct = requirements([line for lines in (PROJECT["dependencies"], *EXTRAS.values()) for line in lines])
        del direct["citebot"]  # an extra that includes another
        pins = constraints()

        assert direct.keys() <= pins.keys()
        for name, requirement in direct.items():
            (pin,) = pins[name].specifier
            assert requirement.specifier.contains(pin.version), name

    def test_constraints_hold_plain_versions_only(self) -> None:
        """No address, no path, and no build's tag such as +cpu, which would exclude other builds."""
        for name, pin in constraints().items():
            assert re.fullmatch(r"==[\w.]+", str(pin.specifier)), name
            assert pin.url is None

    def test_what_is_imported_is_declared_and_the_other_way_round(self) -> None:
        providers = packages_distributions()
        imported = {canonicalize_name(name) for module in third_party_imports() for name in providers.get(module, [module])}

        assert imported | NEEDED_BY_LIBRARIES == requirements(PROJECT["dependencies"]).keys()


def third_party_imports() -> set[str]:
    """Top-level modules that `bot` and `index` import, wherever in the code."""
    sources = [file.read_text(encoding="utf-8") for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    modules = {name.partition(".")[0] for source in sources for name in imported_names(ast.parse(source))}
    return modules - sys.stdlib_module_names - {*PACKAGES, "__future__"}


def imported_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


class TestPackage:
    def test_the_console_script_is_declared(self) -> None:
        (script,) = entry_points(group="console_scripts", name="citebot")

        assert script.value == PROJECT["scripts"]["citebot"]
        assert callable(script.load())

    def test_the_version_stands_in_one_place(self) -> None:
        assert version("citebot") == PROJECT["version"]

    def test_the_wheel_holds_both_packages_whole_and_the_licence(self, tmp_path: Path) -> None:
        """Weights, tokenizers and pages too, not only modules; and nothing else."""
        build = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
        subprocess.run([*build, "--wheel-dir", str(tmp_path), str(ROOT)], check=True)
        (wheel,) = tmp_path.glob("citebot-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            names = {PurePosixPath(name) for name in archive.namelist()}

        metadata = f"citebot-{PROJECT['version']}.dist-info"
        assert {name for name in names if name.parts[0] != metadata} == package_files()
        assert {PurePosixPath(metadata, "licenses", name) for name in PROJECT["license-files"]} <= names


def package_files() -> set[PurePosixPath]:
    files = [file.relative_to(ROOT) for package in PACKAGES for file in (ROOT / package).rglob("*") if file.is_file()]
    return {PurePosixPath(file.as_posix()) for file in files if "__pycache__" not in file.parts}


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make, and without it none is needed")
class TestMake:
    def test_alone_it_lists_every_target(self) -> None:
        listed = make().splitlines()

        assert {line.split()[1] for line in listed} == make_targets()
        assert {"run", "test", "lint"} <= make_targets()

    @pytest.mark.parametrize(
        ("target", "command"),
        [("run", ".venv/bin/citebot run"), ("test", ".venv/bin/python -m pytest"), ("lint", ".venv/bin/mypy")],
    )
    def test_a_target_sets_up_and_ends_with_its_command(self, target: str, command: str) -> None:
        lines = make("--dry-run", "--always-make", target).splitlines()

        assert any("--constraint constraints.txt --editable" in line for line in lines)
        assert lines[-1] == command

    def test_pytorch_comes_from_another_index_only_when_asked(self) -> None:
        plain, other = (make("--dry-run", "--always-make", "run", *more) for more in ([], ["TORCH_INDEX=https://example.org/cpu"]))

        assert "index-url" not in plain
        assert re.findall(r".*--extra-index-url https://example.org/cpu (.*)", other) == ["torch"]

    def test_an_old_python_is_refused_with_the_cure(self) -> None:
        """`false` as Python: whatever it is asked, the answer is no."""
        refused = subprocess.run(["make", "constraints", "PYTHON=false"], cwd=ROOT, capture_output=True, text=True, check=False)

        assert refused.returncode != 0
        assert "needs Python 3.11 or newer" in refused.stderr
        assert "make PYTHON=" in refused.stderr


def make(*arguments: str) -> str:
    """What `make` prints, with none of the variables of the make that runs the tests."""
    plain = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHON", "TORCH_INDEX"}}
    return subprocess.run(["make", *arguments], cwd=ROOT, capture_output=True, text=True, check=True, env=plain).stdout


class TestImage:
    def test_everything_that_is_copied_exists_and_is_sent_to_the_engine(self) -> None:
        sent = {line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")}
        copied = {
            path for instruction, words in dockerfile() if instruction == "COPY" and "--from=build" not in words for path in words[:-1]
        }

        assert copied == sent
        assert all((ROOT / path).exists() for path in copied)

    def test_it_serves_as_nobody_in_particular_from_one_writable_volume(self) -> None:
        build, serve = stages()

        assert not [words for instruction, words in build if instruction == "USER"]
        assert [words for instruction, words in serve if instruction == "USER"] == [["10001:10001"]]
        assert [words for instruction, words in serve if instruction == "VOLUME"] == [["/data"]]
        assert not [words for instruction, words in serve if instruction == "RUN" and {"pip", "apt-get"} & set(words)]

    def test_its_python_is_one_that_ci_tests(self) -> None:
        (python,) = re.findall(r"^ARG PYTHON=(.+)$", read("Dockerfile"), re.MULTILINE)

        assert python in workflow_pythons()

    def test_it_runs_commands_that_exist(self) -> None:
        from bot.cli import app

        serve = dict(stages()[1])
        check = "".join(serve["HEALTHCHECK"]).partition("CMD")[2]
        called = [*json.loads("".join(serve["ENTRYPOINT"])), *json.loads("".join(serve["CMD"])), *json.loads(check)]

        assert set(called) - {"citebot"} <= {command.callback.__name__ for command in app.registered_commands if command.callback}

    def test_compose_takes_every_privilege_away(self) -> None:
        service = load_yaml("compose.yaml")["services"]["citebot"]

        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert [volume for volume in service["volumes"] if not volume.endswith(":ro")] == ["data:/data"]

    def test_settings_are_known_ones(self) -> None:
        """An unknown name would end the bot at its start."""
        compose = load_yaml("compose.yaml")["services"]["citebot"]["environment"]
        image = set(re.findall(r"\b((?:CITEBOT|TELEGRAM)_\w+)=", read("Dockerfile")))

        assert image | compose.keys() <= SETTINGS


def dockerfile() -> list[tuple[str, list[str]]]:
    """Instructions and their words, in order."""
    text = re.sub(r"^#.*\n", "", read("Dockerfile"), flags=re.MULTILINE).replace("\\\n", " ")
    parsed = [line.partition(" ") for line in text.splitlines() if line]
    return [(instruction, words.split() if "[" in words else shlex.split(words)) for instruction, _, words in parsed]


def stages() -> list[list[tuple[str, list[str]]]]:
    instructions = dockerfile()
    starts = [number for number, (instruction, _) in enumerate(instructions) if instruction == "FROM"]
    return [instructions[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


class TestChecks:
    def test_ci_and_workflow_call_make_targets_that_exist(self) -> None:
        runs = "\n".join(step.get("run", "") for job in load_yaml(".github/workflows/ci.yml")["jobs"].values() for step in job["steps"])

        assert make_calls(runs) == make_calls(read(".ci/run")) == {"lint", "test"}
        assert make_targets() >= {"lint", "test"}
        assert os.access(ROOT / ".ci/run", os.X_OK)

    def test_the_workflow_tests_the_pythons_that_are_declared(self) -> None:
        declared = {found[1] for line in PROJECT["classifiers"] if (found := re.fullmatch(r".*:: (3\.\d+)", line))}

        assert workflow_pythons() == declared
        assert all(SpecifierSet(PROJECT["requires-python"]).contains(python) for python in declared)

    def test_hooks_run_what_lint_runs(self) -> None:
        (repository,) = load_yaml(".pre-commit-config.yaml")["repos"]
        lint = set(re.findall(r"\$\(BIN\)/(\w+(?: \w+)?)", read("Makefile").partition("\nlint:")[2].partition("\n\n")[0]))

        assert {hook["entry"].removeprefix(".venv/bin/").removesuffix(" --fix") for hook in repository["hooks"]} == lint


def workflow_pythons() -> set[str]:
    return set(load_yaml(".github/workflows/ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"])


class TestFilesToStartFrom:
    def test_the_example_of_an_env_file_names_known_settings_and_sets_none(self) -> None:
        lines = re.findall(r"^#?([A-Z_]+)=(.*)$", read(".env.example"), re.MULTILINE)

        assert {name for name, _ in lines} <= SETTINGS
        assert "TELEGRAM_BOT_TOKEN" in dict(lines)
        assert not re.search(r"^[A-Z_]+=.+$", read(".env.example"), re.MULTILINE)

    def test_the_article_is_as_it_was_received(self) -> None:
        corpus = load_corpus(ROOT / "corpus")
        (article,) = corpus.documents

        assert hashlib.sha256(article.text.encode()).hexdigest() == ARTICLE_SHA256
        assert article.title == article.text.splitlines()[0]
        assert article.url is None
        assert not corpus.skipped
