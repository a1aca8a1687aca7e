"""The chat in the terminal: the same answers and the same pages as in Telegram, with commands for buttons."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from bot.handlers.guide import sources
from bot.library import Answers
from bot.replies import FOUND_PASSAGES, document_of, why_not
from bot.texts import Texts
from index.domain import SHARED, Answer
from index.errors import AboutTheBot, Disagreement, QuestionError
from index.rendering import Block, Page, Terminal, View, answer_page, cited_pages, first_view, found_passages

COLLECTIONS = (SHARED,)


@dataclass(frozen=True, slots=True)
class Shown:
    """The answer on the screen, and the page of it."""

    answer: Answer
    page: Page


def lines_typed(console: Console) -> Iterator[str]:
    """What is typed, until the end of input; with a prompt if somebody sits there."""
    try:
        while True:
            yield console.input("[bold]> [/bold]" if console.is_terminal else "")
    except (EOFError, KeyboardInterrupt):
        return


def chat(lines: Iterable[str], answers: Answers, console: Console, texts: Texts) -> None:
    """Answers line by line until there are no more, or one is /quit."""
    console.print(texts.terminal_hello)
    shown: Shown | None = None
    for line in lines:
        command, _, words = line.strip().partition(" ")
        match command:
            case "":
                continue
            case "/quit" | "/exit":
                return
            case "/help" | "/start":
                console.print(texts.terminal_help, markup=False)
            case "/sources":
                _show(sources(answers.documents(SHARED), texts), console)
            case "/search":
                _search(words, answers, console, texts)
            case "/next" | "/previous" | "/more" | "/less":
                shown = _turn(command, shown, answers, console, texts)
            case "/ask":
                shown = _ask(words, shown, answers, console, texts)
            case _ if command.startswith("/"):
                console.print(texts.unknown_command)
            case _:
                shown = _ask(line.strip(), shown, answers, console, texts)


def _ask(question: str, shown: Shown | None, answers: Answers, console: Console, texts: Texts) -> Shown | None:
    if not question:
        console.print(texts.empty_ask)
        return shown
    try:
        answer = answers.ask(question, collections=COLLECTIONS, previous=shown.answer if shown is not None else None)
    except AboutTheBot:
        console.print(texts.terminal_help, markup=False)
        return shown
    except Disagreement:
        console.print(texts.terminal_disagreement)
        return shown
    except QuestionError as error:
        console.print(why_not(error, texts), markup=False)
        return shown
    return _show_page(answer, first_view(answer), answers, console, texts)


def _search(words: str, answers: Answers, console: Console, texts: Texts) -> None:
    if not words:
        console.print(texts.empty_search)
        return
    try:
        citations = answers.search(words, collections=COLLECTIONS, k=FOUND_PASSAGES)
    except QuestionError as error:
        console.print(why_not(error, texts), markup=False)
    else:
        _show(found_passages(words, citations, texts.answer), console)


def _turn(command: str, shown: Shown | None, answers: Answers, console: Console, texts: Texts) -> Shown | None:
    view = _steps(shown.page).get(command) if shown is not None else None
    if shown is None or view is None:
        console.print(texts.terminal_no_page)
        return shown
    return _show_page(shown.answer, view, answers, console, texts)


def _show_page(answer: Answer, view: View, answers: Answers, console: Console, texts: Texts) -> Shown:
    pages = cited_pages(answer)
    document = document_of(answers, pages[view.citation]) if pages and view.citation is not None else None
    page = answer_page(answer, view, document, texts.answer)
    _show(page.blocks, console)
    console.print(Text(" ".join(_steps(page)), style="dim"))
    return Shown(answer, page)


def _steps(page: Page) -> dict[str, View]:
    """The commands that lead on from `page`."""
    steps = {"/previous": page.previous, "/next": page.next, "/more": page.wider, "/less": page.narrower}
    return {command: view for command, view in steps.items() if view is not None}


def _show(blocks: Iterable[Block], console: Console) -> None:
    console.print(Terminal(tuple(blocks)))
