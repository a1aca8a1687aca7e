"""What stays of a reply whose document was taken out: nothing that the document said. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from index.domain import Answer, Citation

Gone = Callable[[Citation], bool]
"""Whether a citation quotes a document that was taken out."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """In place of an answer that was read out of a document which is there no more."""

    withdrawn_at: datetime


def cited_in(content: object) -> tuple[Citation, ...]:
    """All that a reply quotes."""
    if isinstance(content, Answer):
        best = [content.best.citation] if content.best is not None else []
        return (*best, *content.citations, *(candidate.citation for candidate in content.alternatives))
    return content if isinstance(content, tuple) else ()


def without(content: Answer | tuple[Citation, ...], gone: Gone, now: datetime) -> Answer | tuple[Citation, ...] | Withdrawn:
    """`content` without what is gone; an answer that was read there is withdrawn as a whole, with the words that it consisted of."""
    if isinstance(content, tuple):
        return tuple(citation for citation in content if not gone(citation))
    if content.best is not None and gone(content.best.citation):
        return Withdrawn(now)
    return replace(
        content,
        citations=tuple(citation for citation in content.citations if not gone(citation)),
        alternatives=tuple(candidate for candidate in content.alternatives if not gone(candidate.citation)),
    )
