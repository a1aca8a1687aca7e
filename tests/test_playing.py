"""Scripts played with the real bot, over real HTTP, and the transcripts that come of it."""

from io import StringIO
from pathlib import Path
from textwrap import dedent

import pytest
from rich.console import Console

from bot.errors import ScriptError
from bot.sandbox.playing import play
from bot.sandbox.script import ScriptFile
from bot.sandbox.transcript import Transcript
from bot.sandbox.world import Event, World
from bot.settings import BotSettings
from tests.support import ARTICLE, HANDBOOK, Library

pytestmark = pytest.mark.anyio

QUESTION = "when was the second round in Seoul?"
ANSWER = """\
  > The first round was held in Washington in July 2014, and the second round in
  > Seoul in **April 2016**.
  Biden pledges to expand space cooperation, ¶ 2 · 1 of 3
  ▸ The leaders agreed to hold the third Civil Space Dialogue by the end of the…"""
BUTTONS = "  [Next »] [More] [Source]"


async def transcript(folder: Path, scenes: str, more: str = "") -> str:
    """Of a conversation of Ann and Ben, with white space at line ends taken away."""
    script = folder / "talk.yaml"
    script.write_text(f"people: {{Ann: en, Ben: ko}}\n{dedent(more)}scenes:\n{dedent(scenes)}", encoding="utf-8")
    written = StringIO()
    await play(ScriptFile(script), BotSettings(), Library(ARTICLE, HANDBOOK), Console(file=written, width=80))
    return "\n".join(line.rstrip() for line in written.getvalue().strip().splitlines())


async def test_a_question_and_the_answer_as_telegram_shows_it(tmp_path: Path) -> None:
    """The quote is marked, the passage folded into one line, the answer bold, and the buttons stand below."""
    played = await transcript(tmp_path, f"- private: [Ann says: '{QUESTION}']")

    assert played == f"── Private chat ──\n\nAnn: {QUESTION}\n\nCitebot:\n{ANSWER}\n{BUTTONS} [👍] [👎]"


async def test_what_people_do_with_an_answer_and_what_comes_of_it(tmp_path: Path) -> None:
    scenes = f"""
        - private:
            - Ann says: zebra?
            - Ann edits: {QUESTION}
            - Ann presses: 👍
            - Ann replies: and where?
            - Ann presses: Source
            - Ann reacts: 👍
            - Ben says: zebra?
    """
    played = await transcript(tmp_path, scenes)

    assert (
        played
        == f"""\
── Private chat ──

Ann: zebra?

Citebot:
  My documents don't say. I'd rather say “not in my documents” than guess.
  [More: the nearest passages] [👍] [👎]

Ann, edited: {QUESTION}

Citebot, edited:
{ANSWER}
{BUTTONS} [👍] [👎]

Ann presses [👍]

(Thank you, noted.)

Citebot, edited: [Next »] [More] [Source] [👍 1] [👎]

Ann to Citebot: and where?

Citebot:
  I read this as: and where? {QUESTION}
{ANSWER}
{BUTTONS} [👍] [👎]

Ann presses [Source]

Citebot:
  [file] article.txt
  Biden pledges to expand space cooperation, ¶ 2

Ann reacts 👍

Ben: zebra?

Citebot:
  제 문서에는 나와 있지 않아요. 짐작하기보다 “문서에 없다”고 말씀드릴게요.
  [가장 가까운 구절 보기] [👍] [👎]"""
    )


async def test_in_groups_it_is_told_who_speaks_to_whom_and_silence_is_silence(tmp_path: Path) -> None:
    groups = """
        groups:
          Team: [Ann, Ben]
          Lab: {people: [Ann], topics: [Space, Fun], privacy: false}
    """
    scenes = f"""
        - Team:
            - Ben says: Hi all. {QUESTION}
            - Ann replies: /ask
              to: Ben
              quoting: {QUESTION}
            - Ann inline: {QUESTION}
        - Lab / Space:
            - Ann says: lunch?
            - Ann says: '@citebot {QUESTION}'
    """
    played = await transcript(tmp_path, scenes, groups)

    assert (
        played
        == f"""\
── Group Team ──

Ben: Hi all. {QUESTION}

Ann to Ben, on “when was the second round in…”: /ask

Citebot to Ben, on “when was the second round in…”:
{ANSWER}
{BUTTONS} [👍] [👎]

Ann types: @citebot {QUESTION}
  1. April 2016
  2. Seoul, South Korea.
  3. Holidays are asked for by e-mail.

Ann, by way of @citebot:
  {QUESTION}
{ANSWER}

── Group Lab / Space ──

Ann: lunch?

Ann: @citebot {QUESTION}

Citebot to Ann:
{ANSWER}
{BUTTONS} [👍] [👎]"""
    )


async def test_a_long_conversation_is_played_to_its_end(tmp_path: Path) -> None:
    questions = BotSettings().user_limit + 1
    played = await transcript(tmp_path, f"- private: [{', '.join([f'Ann says: {QUESTION!r}'] * questions)}]")

    assert played.count(ANSWER) == questions


async def test_files_are_taken_from_beside_the_script(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("The office is in Daejeon.", encoding="utf-8")

    played = await transcript(tmp_path, "- private:\n    - Ann uploads: notes.txt\n      caption: Look!")

    assert played.startswith("── Private chat ──\n\nAnn:\n  [file] notes.txt\n  Look!\n\nCitebot: ")


def test_bold_words_that_telegram_splits_at_a_mention_read_as_one() -> None:
    world, written = World(), StringIO()
    ann = world.person("Ann")
    message = world.say(world.private(ann), ann, "@NASA Administrator", entities=[{"type": "bold", "offset": 1, "length": 18}])

    Transcript(Console(file=written, width=80)).happened(Event("posted", message.chat, message))

    assert written.getvalue() == "Ann: @**NASA Administrator**\n"


async def test_on_a_terminal_bold_words_are_bold(tmp_path: Path) -> None:
    script = tmp_path / "talk.yaml"
    script.write_text(f"people: [Ann]\nscenes: [private: [Ann says: '{QUESTION}']]", encoding="utf-8")
    written = StringIO()

    await play(
        ScriptFile(script), BotSettings(), Library(ARTICLE), Console(file=written, width=80, force_terminal=True, color_system="standard")
    )

    assert "\x1b[1mApril 2016\x1b[0m." in written.getvalue()
    assert "**" not in written.getvalue()


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("[Ann replies: why]", "line 3: Citebot has said nothing here yet"),
        ("[Ann says: zebra, Ann presses: Nxt]", "line 3: no button is called 'Nxt' here; there are: More: the nearest passages, 👍, 👎"),
        ("[Ann uploads: nothing.txt]", "line 3: can't read 'nothing.txt' (No such file or directory); name a file as seen from the script"),
    ],
)
async def test_what_cannot_be_done_is_told_with_its_line(tmp_path: Path, steps: str, said: str) -> None:
    with pytest.raises(ScriptError) as raised:
        await transcript(tmp_path, f"- private: {steps}")

    assert str(raised.value) == f"{tmp_path}/talk.yaml, {said}"
