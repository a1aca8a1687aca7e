"""The README runs: its commands print what it shows, its targets exist, its settings are the settings."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from bot.settings import BotSettings
from index.settings import IndexSettings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def console_sessions() -> Iterator[tuple[str, str]]:
    """Each `$ command` of the README with the output that it shows."""
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for session in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = session.partition("\n")
            yield command, output


@pytest.mark.parametrize(("command", "output"), list(console_sessions()))
def test_a_command_prints_what_the_readme_shows(command: str, output: str, data: Path) -> None:
    """In a pipe of 80 columns, with the index already built; white space at line ends doesn't show."""
    environment = {**os.environ, "CITEBOT_DATA": str(data), "COLUMNS": "80"}
    program = [str(Path(sys.executable).with_name("citebot")), *shlex.split(command)[1:]]

    printed = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout

    assert [line.rstrip() for line in printed.splitlines()] == output.splitlines()


def test_its_pictures_were_taken_at_the_end_of_the_conversation_that_it_shows() -> None:
    """Each carries the transcript that it was taken with; `python -m tests.screenshots` takes them anew."""
    transcript = next(output for command, output in console_sessions() if "--script" in command)
    pictures = [ROOT / path for path in re.findall(r'(?:src|srcset)="([^"]+)"', README)]

    assert len(pictures) == 4
    for picture in pictures:
        content = picture.read_bytes()
        assert transcript.encode() in content, picture.name
        assert len(content) < 60_000


def test_every_make_target_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"^make (\w+)|`make (\w+)", README, re.MULTILINE))
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert {first or second for first, second in named} <= targets


def test_every_command_that_the_readme_lists_exists_and_none_is_missing() -> None:
    listed = set(re.findall(r"^\| `citebot (\w+)", README, re.MULTILINE))
    shown = subprocess.run(
        [sys.executable, "-c", "from bot.cli import app; print(*[c.name or c.callback.__name__ for c in app.registered_commands])"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout  # fmt: skip - one call

    assert listed == set(shown.split())


def test_the_settings_table_is_what_the_classes_say() -> None:
    table = dict(re.findall(r"^\| `((?:CITEBOT|TELEGRAM)_\w+)` \| (.*?) \|", README, re.MULTILINE))

    assert table == dict(descriptions(IndexSettings) | descriptions(BotSettings))


def test_every_file_that_the_readme_links_exists() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []


def descriptions(kind: type[BaseSettings]) -> dict[str, str]:
    return {str(field.alias): str(field.description) for field in kind.model_fields.values()}
