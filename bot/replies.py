"""What is wanted → what is said: asks the index and lays the outcome out as a message."""

from dataclasses import dataclass, field, replace

from bot.context import Services
from bot.formatting import Outgoing, Source, message, note, page_message
from bot.library import Answers
from bot.records import Content
from bot.texts import Texts
from bot.triggers import Heard, Intent
from bot.votes import Votes
from index.domain import Answer, Citation, Decision, Document
from index.errors import AboutTheBot, Courtesy, Disagreement, Greeting, QuestionError, QuestionTooLong, SnapshotMissing
from index.rendering import Block, Run, View, answer_page, cited_pages, first_view, found_passages

FOUND_PASSAGES = 5


@dataclass(frozen=True, slots=True)
class Composed:
    """A message, what it holds, and which page of it is shown."""

    outgoing: Outgoing
    content: Content = None
    view: View = field(default_factory=View)


async def compose(
    services: Services,
    heard: Heard,
    collections: tuple[str, ...],
    texts: Texts,
    *,
    empty: str,
    previous: Answer | None = None,
    least_confidence: float = 0.0,
) -> Composed:
    """The reply to a question or a search. `empty`: what to say if its words were left out.

    `least_confidence`: an answer less sure than that is shown as a maybe. Raises AboutTheBot: what it can do differs from chat to chat.
    """
    if not heard.text:
        return Composed(note(empty))
    try:
        if heard.intent is Intent.SEARCH:
            return await _found(services, heard.text, collections, texts)
        return await _answered(services, heard.text, collections, texts, previous, least_confidence)
    except AboutTheBot:
        raise
    except QuestionError as error:
        return Composed(note(why_not(error, texts)))


def why_not(error: QuestionError, texts: Texts) -> str:
    """Why a question can't be asked, or what is said to a courtesy, in the reader's language."""
    match error:
        case Greeting():
            return texts.greeting
        case Disagreement():
            return texts.disagreement
        case Courtesy():
            return texts.courtesy
        case QuestionTooLong(most=most):
            return texts.question_too_long.format(most=most)
        case _:
            return texts.no_question


async def page(services: Services, answer: Answer, view: View, texts: Texts, votes: Votes = Votes(), heading: str = "") -> Outgoing:  # noqa: B008  # frozen
    """One page of an answer, with its buttons, below a heading if there is one."""
    source = _source(answer, view)
    document = await services.computing.run(document_of, services.answers, source.citation) if source is not None else None
    shown = await services.computing.run(answer_page, answer, view, document, texts.answer)  # paragraphs of a large document take a while
    headed = replace(shown, blocks=(Block((Run(heading),)), *shown.blocks)) if heading else shown
    return page_message(headed, texts, votes, source)


async def is_there(services: Services, answer: Answer, view: View) -> bool:
    """Whether the document that a page quotes is there still."""
    source = _source(answer, view)
    return source is None or await services.computing.run(document_of, services.answers, source.citation) is not None


def _source(answer: Answer, view: View) -> Source | None:
    """What is quoted there; None where no quote is shown."""
    pages = cited_pages(answer)
    if not pages or view.citation is None:
        return None
    number = min(view.citation, len(pages) - 1)
    return Source(number, pages[number])


async def _answered(
    services: Services, question: str, collections: tuple[str, ...], texts: Texts, previous: Answer | None, least_confidence: float
) -> Composed:
    found = await services.computing.run(services.answers.ask, question, collections=collections, previous=previous)
    answer = cautious(found, least_confidence)
    view = first_view(answer)
    return Composed(await page(services, answer, view, texts), answer, view)


def cautious(answer: Answer, least_confidence: float) -> Answer:
    """`answer` as a maybe, if it is less sure than that."""
    is_unsure = answer.decision is Decision.ANSWER and answer.confidence < least_confidence
    return replace(answer, decision=Decision.PERHAPS) if is_unsure else answer


async def _found(services: Services, words: str, collections: tuple[str, ...], texts: Texts) -> Composed:
    citations = await services.computing.run(services.answers.search, words, collections=collections, k=FOUND_PASSAGES)
    return Composed(message(found_passages(words, citations, texts.answer)), tuple(citations))


def document_of(answers: Answers, citation: Citation) -> Document | None:
    """The document that a citation quotes, as it is now; None if it is gone, by itself or with its collection."""
    try:
        return answers.document(citation.collection, citation.document_id)
    except SnapshotMissing:
        return None
