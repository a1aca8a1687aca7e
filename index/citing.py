"""Hits and spans → citations: verbatim quotes of whole sentences, with exact places. Pure."""

from index.chunking import Offsets, paragraph_offsets, sentence_offsets
from index.domain import Citation, Reading
from index.terms import terms

MAX_QUOTE = 400


def cite_answer(reading: Reading) -> Citation:
    """The sentences that hold the span, with it, or as much of it as can be quoted, marked. Raises ValueError where nothing was read."""
    if reading.span is None:
        raise ValueError("there is no answer to cite where nothing was read")
    quoted = quote_around(reading.hit.passage.text, reading.span.start, reading.span.end)
    return _cite(reading, quoted, (reading.span.start, min(reading.span.end, quoted[1])))


def cite_nearest(reading: Reading, question: str) -> Citation:
    """The sentence that shares most words with the question, unmarked; of equals the one with the span, else the first."""
    text, wanted, span = reading.hit.passage.text, set(terms(question)), reading.span

    def nearness(sentence: Offsets) -> tuple[int, bool]:
        start, end = sentence
        return len(wanted & set(terms(text[start:end]))), span is not None and start <= span.start < end

    return _cite(reading, quote_around(text, *max(sentence_offsets(text), key=nearness, default=(0, len(text)))))


def quote_around(text: str, start: int, end: int) -> Offsets:
    """The whole sentences that hold `text[start:end]`, without a heading above; of longer ones MAX_QUOTE characters, cut at words."""
    paragraphs = [paragraph for paragraph in paragraph_offsets(text) if paragraph[0] < end and start < paragraph[1]]
    sentences = [sentence for paragraph in paragraphs for sentence in sentence_offsets(text, *paragraph)]
    holding = [sentence for sentence in sentences if sentence[0] < end and start < sentence[1]]
    first, last = min([start, *(s for s, _ in holding)]), max([end, *(e for _, e in holding)])
    if last - first <= MAX_QUOTE:
        return first, last
    if end - start > MAX_QUOTE:
        cut = _word_end(text, start + MAX_QUOTE, start)
        return start, cut if cut > start else start + MAX_QUOTE
    room = (MAX_QUOTE - (end - start)) // 2
    begin, stop = _word_start(text, max(first, start - room), start), _word_end(text, min(last, end + room), end)
    return _at_lines(text, (begin, stop), (start, end), (first, last))


def _at_lines(text: str, cut: Offsets, kept: Offsets, whole: Offsets) -> Offsets:
    """`cut` drawn in to whole lines, rows of a table or of a list, where a line ends between it and what is `kept`."""
    after, before = text.find("\n", cut[0], kept[0]), text.rfind("\n", kept[1], cut[1])
    start = after + 1 if after >= 0 and cut[0] > whole[0] else cut[0]
    end = before if before >= 0 and cut[1] < whole[1] else cut[1]
    return start, end


def _cite(reading: Reading, quoted: Offsets, answer: Offsets | None = None) -> Citation:
    """`quoted`, `answer`: offsets into the passage's text."""
    passage, document = reading.hit.passage, reading.hit.document
    start, end = (passage.start + offset for offset in quoted)
    answer_start, answer_end = (passage.start + offset for offset in answer) if answer else (None, None)
    place = document.place(start if answer_start is None else answer_start)  # a sentence may go on over the page
    return Citation(
        collection=reading.hit.collection,
        document_id=document.id,
        title=document.title,
        url=(place.url if place else None) or document.url,
        passage=passage,
        start=start,
        end=end,
        quote=document.text[start:end],
        score=reading.hit.score,
        answer_start=answer_start,
        answer_end=answer_end,
        place=place,
    )


def _word_start(text: str, position: int, limit: int) -> int:
    """The first beginning of a word in `text[position:limit]`, else `limit`."""
    return next(
        (place for place in range(position, limit) if place == 0 or (text[place - 1].isspace() and not text[place].isspace())), limit
    )


def _word_end(text: str, position: int, limit: int) -> int:
    """The last end of a word in `text[limit:position]`, else `limit`."""
    ends = (
        place for place in range(position, limit, -1) if place == len(text) or (text[place].isspace() and not text[place - 1].isspace())
    )
    return next(ends, limit)
