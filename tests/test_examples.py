"""What the reader is trained on: groups, minimal pairs, made-up texts."""

import re
from dataclasses import replace
from random import Random

import pytest

from index.chunking import ChunkingRecipe
from index.protocols import no_progress
from index.reader.contrast import exchange, paraphrase, pool_of
from index.reader.examples import Negatives, Rates, Sampler, mine
from index.reader.squad import Paragraph, Question
from index.reader.synthetic import made_up
from tests.fakes import HashingEmbedder

LONG = " ".join(f"Sentence number {number} tells nothing of much interest to anybody." for number in range(60))
HALL = Paragraph("trial", 0, "Halls", f"{LONG} The second hall was opened in May 1999 by Anna Berg. {LONG}")
QUESTION = Question("When was the second hall opened?", HALL, ((HALL.text.index("May 1999"), HALL.text.index("May 1999") + 8),))
OTHER = Question("Who opened the tenth bridge in Oslo in 1984?", HALL, ((HALL.text.index("Anna"), HALL.text.index("Anna") + 9),))


@pytest.mark.parametrize("seed", range(20))
def test_the_first_of_a_group_holds_the_answer_and_the_others_none(seed: int) -> None:
    negatives = Negatives(("The third hall was never opened.", "Who opened the hall?"), ("Halls are large.", "Halls are dear."))
    sampler = Sampler([QUESTION], [negatives], Rates(beside=1, elsewhere=1, contrast=1, synthetic=0, worn=0))

    (group,) = sampler.epoch(Random(seed))

    assert [group[0].text[start:end] for start, end in group[0].answers] == ["May 1999"]
    assert all(example.answers == () for example in group[1:])
    assert {example.text for example in group} & {*negatives.beside}
    assert len({example.text for example in group} & {*negatives.elsewhere}) == 1


def test_a_long_text_is_shown_in_views_of_different_length() -> None:
    sampler = Sampler([QUESTION], [Negatives()], Rates(synthetic=0))

    views = {sampler.epoch(Random(seed))[0][0].text for seed in range(40)}

    assert len(views) > 1
    assert all(len(view.split()) < 300 for view in views)


def test_mined_passages_are_the_most_alike_that_do_not_hold_the_answer() -> None:
    texts = ("The hall was opened in May.", "The hall was closed in June.", "Herrings are fish.", "The hall, opened in haste, leaked.")
    halls = [Paragraph("trial", article, "Halls", text) for article, text in zip((0, 0, 0, 1), texts, strict=True)]
    asked = [Question("When was the hall opened?", halls[0], ((23, 26),))] + [
        Question(f"{text}?", hall, ()) for text, hall in zip(texts, halls, strict=True)
    ]

    mined, *_ = mine(asked, HashingEmbedder(), ChunkingRecipe(), 1, no_progress)

    assert mined == Negatives(beside=(texts[1],), elsewhere=(texts[3],))


@pytest.mark.parametrize("seed", range(200))
def test_a_made_up_answer_stands_once_in_its_text(seed: int) -> None:
    made = made_up(Random(seed))

    assert made[0].answer is not None
    assert all(one.text.count(one.answer) == 1 for one in made if one.answer)


def test_made_up_ordinals_ask_for_what_is_told_and_for_what_is_not() -> None:
    made = [one for seed in range(200) for one in made_up(Random(seed))]

    assert any(one.answer is None for one in made)
    assert all(one.question.strip() for one in made)


@pytest.mark.parametrize("seed", range(20))
def test_an_exchanged_word_is_of_the_same_kind_and_not_in_the_passage(seed: int) -> None:
    pool = pool_of([OTHER.text, "the fourth one", "the second one"])

    exchanged = exchange("When was the second hall opened?", HALL.text, pool, Random(seed))

    assert exchanged in {"When was the tenth hall opened?", "When was the fourth hall opened?"}


def test_a_question_without_a_distinguishing_word_is_not_exchanged() -> None:
    assert exchange("when was it opened?", HALL.text, pool_of([OTHER.text]), Random(1)) is None


def test_an_ordinal_is_not_exchanged_for_its_own_numeral() -> None:
    assert exchange("the second hall?", "the hall", pool_of(["the 2nd hall"]), Random(1)) is None


@pytest.mark.parametrize(
    ("question", "wanted"), [("When was the 2nd hall opened?", "second"), ("the third hall?", "3rd"), ("in March?", "Mar.")]
)
def test_a_paraphrase_says_the_same_otherwise(question: str, wanted: str) -> None:
    paraphrased = {paraphrase(question, Random(seed)) for seed in range(10)}

    assert any(re.search(re.escape(wanted), str(one)) for one in paraphrased)


@pytest.mark.parametrize("seed", range(20))
def test_what_a_paragraph_does_not_tell_is_asked_beside_what_it_tells(seed: int) -> None:
    untold = [Question(f"Who closed the {ordinal} hall?", HALL, ()) for ordinal in ("first", "second", "third")]
    sampler = Sampler([QUESTION, *untold], [Negatives()] * 4, Rates(contrast=0, synthetic=0, noisy=0, worn=0))

    (group,) = sampler.epoch(Random(seed))

    answered, *beside = group
    assert len({example.question for example in beside}) == Rates().negatives
    assert {example.question for example in beside} < {question.text for question in untold}
    assert {example.text for example in beside} == {answered.text}


def test_a_worn_text_has_lost_something_but_not_its_answer() -> None:
    sampler = Sampler([QUESTION], [Negatives()], Rates(synthetic=0, contrast=0, worn=1))

    groups = [sampler.epoch(Random(seed))[0] for seed in range(20)]

    assert all(one.text[start:end] == "May 1999" for (one,) in groups for start, end in one.answers)
    assert sum(one.text not in HALL.text for (one,) in groups) > 10


def test_an_epoch_draws_its_share_of_a_source_and_all_of_one_not_named() -> None:
    elsewhere = Question(QUESTION.text, replace(HALL, source="posts"), QUESTION.answers)
    sampler = Sampler([QUESTION] * 200 + [elsewhere] * 200, [Negatives()] * 400, Rates(synthetic=0), {"posts": 0.25})

    drawn = sampler.epoch(Random(1))

    assert 230 <= len(drawn) <= 270
    assert len(Sampler([elsewhere], [Negatives()], Rates(synthetic=0), {"posts": 0}).epoch(Random(1))) == 0
