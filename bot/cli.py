"""The console script `citebot`: the index's commands, and run · sandbox · chat · pair · gaps · doctor.

Telegram is imported by the commands that need it: `citebot ask` has answered by then.
"""

import asyncio
import faulthandler
import logging
import os
import signal
import sys
import traceback
import webbrowser
from collections.abc import Coroutine, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.style import Style
from rich.text import Text

from bot.logs import Redact, configure, redactor
from bot.settings import BotSettings
from bot.texts import ENGLISH
from index import cli as index_cli
from index.cli import EXIT_ERROR, Corpus, Data, Debug, OneLineErrors, Version, living_library, open_answerer
from index.errors import SettingsError
from index.settings import IndexSettings, check_names, in_env_file, load_settings

END_WITHIN = 7.0
"""Seconds from SIGTERM until the process ends however things stand. What isn't finished then is in the inbox, as after `kill -9`."""
LOOPBACK = "127.0.0.1"

Database = Annotated[Path | None, typer.Option("--data", help="Folder of the database (CITEBOT_DATA, else data).", show_default=False)]


class RedactedErrors(OneLineErrors):
    """The same one line, without a secret that a library may have put into its message."""

    def _fail(self, ctx: Any, message: str) -> None:
        super()._fail(ctx, redact_secrets()(message))


app = typer.Typer(cls=RedactedErrors, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode="rich")
app.registered_commands.extend(index_cli.app.registered_commands)


@app.callback()
def options(debug: Debug = False, version: Version = False) -> None:  # noqa: ARG001  # main, the group and callbacks look at them
    """Ask your documents; get the exact answer, quoted from its source, or an honest "not in my documents"."""
    check_names(os.environ, IndexSettings, BotSettings)


@app.command()
def run(corpus: Corpus = None, data: Data = None) -> None:
    """Run the Telegram bot, or without TELEGRAM_BOT_TOKEN the sandbox: the bot on a page in your browser."""
    settings = load_settings(BotSettings, data=data)
    if settings.token is None and settings.sandbox:
        Console().print(ENGLISH.sandbox_no_token, markup=False)
        _sandbox(settings, corpus, data)
        return
    from bot import doctor, polling

    configure(settings.log_level, redact_secrets())
    signal.signal(signal.SIGTERM, _break_off)
    asyncio.run(polling.check_token(settings))
    with living_library(corpus, data) as library:
        doctor.warn_if_open(settings)
        serve(polling.run(settings, library))


@app.command()
def sandbox(
    corpus: Corpus = None,
    data: Data = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0: any that is free.")] = 0,
    host: Annotated[str, typer.Option(help="Address of the page. Any but this machine's own lets others in.")] = LOOPBACK,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    script: Annotated[Path | None, typer.Option(help="Without a page: play the conversation in this YAML file, and print it.")] = None,
) -> None:
    """Try the bot on a page in your browser, with people and chats made up for it; no token, no Telegram."""
    settings = load_settings(BotSettings, data=data)
    if script is None:
        _sandbox(settings, corpus, data, host, port, open_browser)
    else:
        _play(script, settings, corpus, data)


@app.command()
def chat(corpus: Corpus = None, data: Data = None) -> None:
    """Ask question after question here in the terminal."""
    _chat(corpus, data)


@app.command()
def pair(
    data: Database = None,
    revoke: Annotated[int | None, typer.Option(help="Put out the person or group with this id again.")] = None,
) -> None:
    """Print a one-time code that lets a person or a group in; or take that back."""
    from bot.admissions import CODE_LIFETIME
    from bot.state import State

    now, database = datetime.now(UTC), load_settings(BotSettings, data=data).database
    is_new = not database.exists()
    with closing(State.open(database)) as state:
        if revoke is not None:
            print(
                "put out"
                if state.admissions.revoke(revoke, now)
                else f"{revoke} was not let in by a code; `/doctor` in a chat tells its id"
            )
            return
        code = state.admissions.issue(now)
    minutes = int(CODE_LIFETIME.total_seconds()) // 60
    print(f"/pair {code}")
    print(f"Send this to the bot within {minutes} minutes: in private it lets you in, in a group the group.")
    print("From the first code used on, only those let in, or named in the settings, are served.")
    if is_new:
        print(f"There was no database yet, so this is in a new one: {database}. Run the bot with the same.")


@app.command()
def gaps(
    data: Database = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write, readable by spreadsheets; by default standard output.")] = None,
) -> None:
    """Print what the documents lack as CSV: questions that came to nothing, gathered by meaning, without names."""
    from bot.errors import ExportError
    from bot.gapexport import gaps_everywhere, write
    from bot.state import State
    from index.assembly import build_embedder
    from index.retrieval import embed_queries

    settings = load_settings(BotSettings, data=data)
    since = datetime.now(UTC) - timedelta(days=settings.retention_days) if settings.retention_days else None
    with closing(State.open_to_read(settings.database)) as state:
        scopes = state.gaps.everywhere(since)
    embedder = build_embedder(load_settings(IndexSettings, data=data))
    found = gaps_everywhere(scopes, partial(embed_queries, embedder))
    if out is None:
        write(found, sys.stdout)
        return
    try:
        with out.open("w", encoding="utf-8-sig", newline="") as file:  # the mark tells Excel that it is UTF-8
            write(found, file)
    except OSError as error:
        raise ExportError(f"{out} can't be written ({error.strerror}); name another file with --out") from error


@app.command()
def doctor(corpus: Corpus = None, data: Data = None) -> None:
    """Check Python, documents, model, index, token, Telegram and rights; each finding names its cure."""
    from bot.doctor import Health, examine

    console = Console(soft_wrap=True)
    is_broken = False
    for finding in examine(load_settings(IndexSettings, corpus=corpus, data=data), load_settings(BotSettings, data=data)):
        console.print(finding.redacted(redact_secrets()))
        is_broken |= finding.health is Health.BROKEN
    if is_broken:
        sys.exit(EXIT_ERROR)


def main() -> None:
    """The entry point. What nobody foresaw is one line as well, with `--debug` a traceback; neither shows a secret."""
    try:
        app(prog_name="citebot")
    except Exception as error:  # noqa: BLE001  # the last place where the token can be taken out
        shown = f"citebot: unexpected {type(error).__name__}: {error}; `citebot --debug …` shows where"
        if "--debug" in sys.argv:
            shown = "".join(traceback.format_exception(error))
        print(redact_secrets()(shown), file=sys.stderr)
        sys.exit(EXIT_ERROR)


def redact_secrets() -> Redact:
    """Takes out the secrets that are set, wherever they are set, whether or not they are proper ones."""
    names = ("TELEGRAM_BOT_TOKEN", "CITEBOT_WEBHOOK_SECRET")
    sources: list[Mapping[str, str | None]] = [os.environ]
    with suppress(SettingsError):  # told when the settings are loaded
        sources.append(in_env_file())
    return redactor(value for source in sources for name in names if (value := source.get(name)))


def _chat(corpus: Path | None, data: Path | None) -> None:
    from bot.terminal import chat as chat_in_terminal
    from bot.terminal import lines_typed

    console = Console()
    chat_in_terminal(lines_typed(console), open_answerer(corpus, data), console, ENGLISH)


def _sandbox(
    settings: BotSettings,
    corpus: Path | None,
    data: Path | None,
    host: str = LOOPBACK,
    port: int = 0,
    open_browser: bool = False,
) -> None:
    from bot.sandbox import BotApiServer, chatpage

    console = Console(soft_wrap=True, highlight=False)

    def on_up(address: str) -> None:
        shown = Text(ENGLISH.sandbox_at.format(address=address))
        shown.highlight_words([address], Style(bold=True, link=address))
        console.print(shown)
        console.print(ENGLISH.sandbox_end, style="dim")
        if open_browser:
            webbrowser.open(address)

    _stay_here(settings)
    signal.signal(signal.SIGTERM, _break_off)
    if not _is_loopback(host):
        Console(stderr=True).print(ENGLISH.sandbox_open.format(host=host), markup=False, style="yellow", soft_wrap=True)
    with living_library(corpus, data) as library:
        serve(chatpage.serve(BotApiServer(host=host, port=port), settings, library, on_up))


def _play(script: Path, settings: BotSettings, corpus: Path | None, data: Path | None) -> None:
    from bot.sandbox.playing import play
    from bot.sandbox.script import ScriptFile

    file = ScriptFile(script)
    _stay_here(settings)
    with living_library(corpus, data) as library:
        asyncio.run(play(file, settings, library, Console()))


def _stay_here(settings: BotSettings) -> None:
    """For a bot whose only connections are to this process, and whose doings are shown; asked for, the log tells them too."""
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"
    configure(settings.log_level if "log_level" in settings.model_fields_set else "WARNING", redact_secrets())


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def serve(work: Coroutine[Any, Any, None]) -> None:
    """Does `work` until it is ended by Ctrl-C or SIGTERM, the usual ways, and leaves the process then."""
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(_until_terminated(work))
    logging.shutdown()
    sys.stdout.flush()
    # All that matters is on disk. Python would wait for threads that compute answers nobody gets now, or an index that can be
    # built again, and take its memory down piece by piece: half a second of work, and on a busy machine several.
    os._exit(0)


async def _until_terminated(work: Coroutine[Any, Any, None]) -> None:
    """Runs `work`; SIGTERM cancels it, as Ctrl-C does, so that it ends in order, but in time."""
    task = asyncio.ensure_future(work)

    def end() -> None:
        _end_in_time()
        task.cancel()

    with suppress(NotImplementedError):  # Windows has no such handlers
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)
    await task


def _break_off(*_: object) -> None:
    """SIGTERM while the bot comes up, be it by building an index. As process 1 of a container it would go unheard by default."""
    _end_in_time()
    sys.exit(128 + signal.SIGTERM)


def _end_in_time() -> None:
    """Whatever hangs, such as a disk, is shown by a traceback."""
    faulthandler.dump_traceback_later(END_WITHIN, exit=True)
