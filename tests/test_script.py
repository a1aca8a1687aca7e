"""Scripts of conversations: what people may write in them, and what a mistake is answered with."""

from pathlib import Path
from textwrap import dedent

import pytest

from bot.errors import ScriptError
from bot.sandbox.script import VERBS, ScriptFile, place_of

ROOT = Path(__file__).parent.parent
BEGINNING = """\
people: {Ann: en, Ben: ko}
groups:
  Team: [Ann]
  Lab: {people: [Ann, Ben], topics: [Space]}
scenes:
"""


def read(folder: Path, text: str) -> ScriptFile:
    path = folder / "talk.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return ScriptFile(path)


def complaint(folder: Path, text: str) -> str:
    """What is said of a bad script, without the folder."""
    with pytest.raises(ScriptError) as raised:
        read(folder, text)
    return str(raised.value).removeprefix(f"{folder}/")


def test_each_step_says_who_does_what_and_where_it_stands(tmp_path: Path) -> None:
    file = read(tmp_path, BEGINNING + "  - private:\n      - Ann says: hello\n  - Lab / Space:\n      - Ben replies: no\n        to: Ann\n")

    first, second = file.lines()
    assert (first.place, first.step.who, first.step.verb, first.step.text, first.number) == ("private", "Ann", "says", "hello", 7)
    assert (second.step.text, second.step.to, second.number) == ("no", "Ann", 9)  # YAML's `no` isn't false here
    assert place_of(second.place) == ("Lab", "Space")


def test_without_languages_everybody_speaks_english(tmp_path: Path) -> None:
    file = read(tmp_path, "people: [Ann, Ben]\nscenes: [{private: [Ann says: hello]}]")

    assert file.script.people == {"Ann": "en", "Ben": "en"}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_makes_a_step(tmp_path: Path, verb: str) -> None:
    (line,) = read(tmp_path, f"{BEGINNING}  - private: [Ann {verb}: something]").lines()

    assert line.step.verb == verb


@pytest.mark.parametrize(
    ("scenes", "said"),
    [
        ("- private:\n  - Ann shouts: hello", "line 7: 'Ann shouts' should be a name and one of: says, replies, "),
        ("- private:\n  - hello", "line 7: a step is like `Ann says: hello`"),
        ("- private:\n  - Ann says: ''", "line 7: 'text' is empty"),
        ("- private:\n  - Ann says: hello\n    to: Ben", "line 7: 'to' doesn't go with 'says'; nothing does"),
        ("- private:\n  - Ann replies: hello\n    caption: Ben", "line 7: 'caption' doesn't go with 'replies'; 'quoting', 'to' does"),
        ("- private:\n  - Ann says: one\n    Ann says: two", "line 8: 'Ann says' stands here twice; begin each step with a dash"),
        ("- private:\n  - Anne says: hello", "line 7: 'Anne' isn't among the people; is it 'Ann'?"),
        ("- private:\n  - Ann replies: hello\n    to: Zoe", "line 7: 'Zoe' isn't among the people; there are 'Ann', 'Ben'"),
        ("- Teem:\n  - Ann says: hello", "line 6: 'Teem' isn't among the groups; is it 'Team'?"),
        ("- Team / Space:\n  - Ann says: hello", "line 6: 'Space' isn't among the topics of 'Team'; there are none"),
        ("- Team:\n  - Ben says: hello", "line 7: Ben isn't in 'Team'; add the name to its people"),
        ("- private:\n  - Ann says: when: now?", "line 7: isn't YAML: mapping values are not allowed here; put a text with a colon"),
        ("- private", "line 6: 'scenes' should have names"),
        ("", "line 5: 'scenes' should be a list"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_cure(tmp_path: Path, scenes: str, said: str) -> None:
    assert complaint(tmp_path, BEGINNING + "".join(f"  {line}\n" for line in scenes.splitlines())).startswith(f"talk.yaml, {said}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "talk.yaml, line 1: a script has `people:` and `scenes:`"),
        ("people: {Ann: en}", "talk.yaml, line 1: 'scenes' is missing"),
        ("peeple: {Ann: en}\nscenes: []", "talk.yaml, line 1: 'people' is missing"),
        (
            "people: {Ann: en}\ngroups: {Team: [Anne]}\nscenes: [{private: [Ann says: hi]}]",
            "talk.yaml, line 2: 'Anne' isn't among the people",
        ),
        (
            "people: {Ann: en}\ngroups: {Team: {people: [Ann], bot: king}}\nscenes: []",
            "talk.yaml, line 2: 'bot' Input should be 'member' or",
        ),
        ("a: \x00", "talk.yaml: isn't YAML: "),
        ("people: {? [Ann] : en}\nscenes: []", "talk.yaml, line 1: isn't YAML: found unhashable key"),
        ("people: &people {Ann: *people}\nscenes: []", "talk.yaml, line 1: isn't YAML: found unconstructable recursive node"),
    ],
)
def test_a_file_that_is_no_script_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert complaint(tmp_path, text).startswith(said)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match=r"nowhere\.yaml: can't be read \(No such file or directory\); name a YAML file"):
        ScriptFile(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("path", sorted((ROOT / "bot/sandbox/scripts").glob("*.yaml")), ids=lambda path: path.name)
def test_the_scripts_that_come_along_can_be_read(path: Path) -> None:
    assert list(ScriptFile(path).lines())
