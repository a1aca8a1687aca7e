"""What tells a question from others like it, and whether a passage holds it."""

import pytest

from index.understanding.evidence import distinguishing, missing


def test_each_distinguishing_word_has_one_kind() -> None:
    found = {match[0]: kind for kind, match in distinguishing("In March 1999 the UN met two men from Paris for the second time")}

    assert found == {"second": "ordinal", "1999": "year", "two": "number", "March": "month", "UN": "acronym", "Paris": "name"}


@pytest.mark.parametrize(
    ("question", "passage", "lacking"),
    [
        ("When was the fourth dialogue?", "The second dialogue was held in April.", 1),
        ("When was the second dialogue?", "The second dialogue was held in April.", 0),
        ("when was the 2nd dialogue", "The second dialogue was held in April.", 0),
        ("Who chaired the two meetings in 1999?", "Both chairs met 2 times in 2001.", 1),
        ("Why did the UN intervene?", "The United Nations sent observers.", 0),
        ("Why did the United Nations intervene?", "The UN sent observers.", 0),
        ("What did Anna Berg build?", "Berg built a hall.", 0),
        ("What did Anna Berg build in Oslo?", "Silva built a hall.", 2),
        ("what is it called?", "A hall.", 0),
        ("Hello, How do I reset it?", "Reset it.", 0),
        ("May I bring a dog?", "Dogs are welcome.", 0),
        ("May visitors bring dogs?", "Dogs are welcome.", 0),
        ("What happens in May for visitors?", "Dogs are welcome.", 1),
        ("May of which year?", "Dogs are welcome.", 1),
        ("Is it open on December 24th?", "It closes on 24 December.", 0),
        ("Is it open on 24 December?", "It closes on the 24th of December.", 0),
        ("Is it open on 3 May?", "It closes on the third of May.", 0),
        ("Is it open on December 23rd?", "It closes on 24 December.", 1),
        ("Who approves more than 1000 euros?", "More than 1,000 euros need a director.", 0),
        ("Who approves more than 2,000 euros?", "More than 1,000 euros need a director.", 1),
        ("What is Anna's phone number?", "Tom's phone number is 12.", 1),
        ("WHEN WAS THE HALL OPENED?", "A hall, opened in May.", 0),
        ("Who is the head of IT?", "Ann is the head of IT.", 0),
        ("Is it open on Dec 24th?", "It closes on 24 December.", 0),
        ("Is it open on 24 Dec?", "It closes on 24 December.", 0),
        ("Is it open in Jan?", "It closes in January.", 0),
        ("Is it open in Jan?", "It closes in June.", 1),
        ("What did Jan Berg build?", "Berg built a hall.", 0),
        ("Is it open on Mon?", "It closes on Mondays.", 0),
        ("Is it open on Thursday?", "Hours: Mon–Thu 9–17.", 0),  # as opening hours are written
        ("Who sat where in may?", "A hall.", 0),
        ("Who is the CFO?", "The chief financial officer is Ann Lee.", 0),
        ("Who is the CFO?", "The chief is away. Find the officer.", 1),
        ("Why did the UN intervene?", "The unpaid nurses left.", 1),
        ("When was it first released?", "It was released in 2008.", 0),
        ("What should I do first?", "Call reception.", 0),
        ("When was the first?", "The second was in 2008.", 1),
        ("When was the first meeting held?", "The second was held in 2008.", 1),
        ("Who signs above 20,000?", "Above 20 000 euros Ann signs.", 0),
        ("Who signed in 2020?", "In 2020 300 papers were signed.", 0),
        ("Is the Zurich office open?", "The Zürich office is closed.", 0),
        ("Is José in?", "Jose is out.", 0),
        ("What is the password of the Wifi?", "The Wi-Fi has none.", 0),
        ("How much does the E-4500 draw?", "The E4500 draws 900 W.", 0),
        ("How much does the E-4500 draw?", "The E4600 draws 900 W.", 1),
        ("What do I do if I've lost it?", "Whoever has lost it asks.", 0),
    ],
)
def test_what_the_passage_lacks_in_every_form_is_counted(question: str, passage: str, lacking: int) -> None:
    assert missing(question, passage) == lacking
