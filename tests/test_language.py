"""Languages that the models don't read are recognised; English never is taken for one of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.understanding.language import LANGUAGES, unread_language
from tests.fakes import VOCABULARY


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("ko", "두 번째 민간우주대화는 언제였나요?"),
        ("ko", "KPS가 뭐예요?"),
        ("ja", "第2回宇宙対話はいつでしたか?"),
        ("ja", "Bidenは誰ですか"),
        ("zh", "第二次民用太空对话是什么时候?"),
        ("ru", "Когда был второй диалог?"),
        ("uk", "Коли відбувся другий діалог?"),
        ("ar", "متى كان الحوار الثاني؟"),
        ("fa", "گفتگوی دوم چه زمانی بود؟"),
        ("he", "מתי היה הדיאלוג השני?"),
        ("th", "การเจรจาครั้งที่สองเมื่อไหร่"),
        ("hi", "दूसरा संवाद कब हुआ?"),
        ("el", "Πότε ήταν ο δεύτερος διάλογος;"),
        ("de", "Wann war der zweite Dialog?"),
        ("de", "WO FAND DAS TREFFEN STATT?"),
        ("fr", "Quand a eu lieu le deuxième dialogue ?"),
        ("fr", "Qu'est-ce que le KPS ?"),
        ("es", "¿Cuándo fue el segundo diálogo?"),
        ("es", "donde se celebro"),
        ("pt", "Quem é o primeiro-ministro do Japão?"),
        ("it", "Quando è stato il secondo dialogo?"),
        ("nl", "Wanneer was de tweede dialoog?"),
        ("sv", "När var den andra dialogen?"),
        ("pl", "Kto jest premierem Japonii?"),
        ("tr", "İkinci diyalog ne zaman yapıldı?"),
        ("vi", "Đối thoại lần thứ hai diễn ra khi nào?"),
        ("id", "Kapan dialog kedua diadakan?"),
    ],
)
def test_a_question_in_another_language_is_recognised(language: str, question: str) -> None:
    assert unread_language(question) == language


@pytest.mark.parametrize(
    "question",
    [
        "KPS?",
        "date?",
        "Yoon Seok-yeol",
        "윤석열 Yoon Suk-yeol",
        "What does 민간우주대화 mean?",
        "who wrote 'Où est le chat'?",
        "Δt",
        "α and β decay",
        "Ludwig van der Rohe",
        "Juan de la Cruz",
        "Ursula von der Leyen",
        "Rio de Janeiro",
        "Côte d'Ivoire",
        "El Niño",
        "São Paulo",
        "Die Hard",
        "Das Boot",
        "Che Guevara",
        "Kim Yang Dan",
        "MIT und DOS",
        "C.D.'s, C.D.s",
        "wat is KPS",
        "",
        "123?",
    ],
)
def test_english_keywords_and_names_are_not_another_language(question: str) -> None:
    assert unread_language(question) is None


@given(st.lists(st.sampled_from([*VOCABULARY, "2016", "?", "KPS", "Yoon", "de"]), max_size=10).map(" ".join))
def test_no_keywords_are_taken_for_another_language(question: str) -> None:
    assert unread_language(question) is None


@given(st.text(max_size=200))
def test_of_any_text_something_can_be_said(text: str) -> None:
    assert unread_language(text) in {None, *LANGUAGES}


def test_an_english_document_may_quote_others() -> None:
    korean = "두 번째 대화는 서울에서 열렸습니다. "

    assert unread_language("The second dialogue was held in Seoul. " * 5 + korean * 3) is None
    assert unread_language(korean * 5 + "The dialogue.") == "ko"


def test_each_language_that_the_bot_may_hear_is_answered_in_its_own_words() -> None:
    notices = [language.notice for language in LANGUAGES.values() if not language.notice.startswith("I read")]

    assert len(notices) == len(set(notices)) >= 20
    assert all(unread_language(language.notice) in {None, code} for code, language in LANGUAGES.items())
