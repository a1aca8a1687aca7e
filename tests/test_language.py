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


IN_CHATS = {
    "de": [
        "wie viele urlaubstage habe ich",
        "Wo finde ich das Formular für die Reisekosten?",
        "was kostet das Jobticket",
        "wer ist für Jira zuständig?",
        "gibt es homeoffice",
        "wann ist das nächste teammeeting",
        "Muss ich mich krank melden?",
        "Kann ich meinen Laptop mit nach Hause nehmen?",
        "wie richte ich outlook auf dem handy ein",
        "bis wann muss der Antrag eingereicht werden",
    ],
    "fr": [
        "combien de jours de congés j'ai",
        "Comment je réserve une salle de réunion ?",
        "où est le parking",
        "c'est quand la prochaine réunion",
        "qui s'occupe de Salesforce chez nous",
        "Est-ce que je peux travailler à distance ?",
        "comment faire une note de frais",
        "quel est le mot de passe du wifi",
        "je dois prévenir qui si je suis malade",
        "il faut un badge pour entrer dans le bâtiment ?",
    ],
    "es": [
        "cuantos dias de vacaciones tengo",
        "¿Dónde está el formulario de gastos?",
        "quien lleva el proyecto Apollo",
        "a que hora es la reunion",
        "¿Puedo trabajar desde casa los viernes?",
        "cual es la contraseña del wifi",
        "necesito una tarjeta para entrar en la oficina?",
        "qué hago si estoy enfermo",
    ],
    "it": [
        "quanti giorni di ferie ho",
        "Dove trovo il modulo per le spese?",
        "come faccio a prenotare una sala riunioni",
        "chi si occupa di SAP",
        "quando è la prossima riunione",
        "Posso lavorare da casa il venerdì?",
        "qual è la password del wifi",
        "devo avvisare qualcuno se sono malato?",
        "che cosa devo fare per il badge",
        "quanto costa il parcheggio",
    ],
    "pt": [
        "quantos dias de férias tenho",
        "Onde fica o formulário de despesas?",
        "como faço para reservar uma sala",
        "quem cuida do Jira aqui",
        "quando é a próxima reunião",
        "Posso trabalhar de casa na sexta?",
        "qual é a senha do wifi",
        "preciso de um crachá para entrar no prédio?",
        "o que eu faço se estiver doente",
    ],
    "nl": [
        "hoeveel vakantiedagen heb ik",
        "Waar vind ik het declaratieformulier?",
        "hoe boek ik een vergaderzaal",
        "wie gaat er over Exact Online",
        "wanneer is de volgende vergadering",
        "Mag ik op vrijdag thuis werken?",
        "moet ik me ziek melden bij mijn manager",
        "kan ik mijn laptop mee naar huis nemen",
        "heb je een pas nodig om binnen te komen",
    ],
    "pl": [
        "ile dni urlopu mam",
        "kto odpowiada za Jirę",
        "kiedy jest następne spotkanie",
        "Czy mogę pracować z domu w piątek?",
        "jakie jest hasło do wifi",
        "komu zgłosić że jestem chory",
        "co zrobić jak zgubię kartę",
        "czy muszę płacić za parking",
    ],
}
"""Questions as people type them to colleagues."""


@pytest.mark.parametrize(("language", "question"), [(language, question) for language, asked in IN_CHATS.items() for question in asked])
def test_a_question_typed_in_haste_is_recognised(language: str, question: str) -> None:
    assert unread_language(question) == language


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("es", "como pido un portatil nuevo"),
        ("es", "hay que pagar el parking"),
        ("pt", "tem estacionamento para os funcionários"),
        ("nl", "wat is het wachtwoord van de wifi"),
        ("pl", "Gdzie znajdę formularz wydatków?"),
        ("pl", "jak zarezerwować salę w Outlooku"),
    ],
)
def test_with_too_few_small_words_a_question_is_missed_rather_than_an_english_one_turned_down(language: str, question: str) -> None:
    assert unread_language(question) in {None, language}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Der Vorstand der Stiftung für Bildung und Forschung tagt zweimal im Jahr. Das Protokoll wird von Herrn Weber verfasst."),
        ("es", "El consejo de la fundación se reúne dos veces al año. Las actas están en la oficina de Madrid, y las guarda Ana Ruiz."),
        (
            "fr",
            "Le conseil de la fondation se réunit deux fois par an. Les comptes rendus sont gardés dans le bureau de Lyon par Anne Morel.",
        ),
        ("it", "Il consiglio della fondazione si riunisce due volte all'anno. I verbali sono custoditi nella sede di Roma da Anna Rossi."),
        (
            "nl",
            "Het bestuur van de stichting vergadert twee keer per jaar. De notulen worden in een kast van het kantoor in Utrecht bewaard.",
        ),
        ("pl", "Zarząd fundacji spotyka się dwa razy w roku. Protokoły są przechowywane w biurze w Krakowie oraz w archiwum."),
        ("pt", "O conselho da fundação se reúne duas vezes por ano. As atas são guardadas pela Ana no escritório de Lisboa, em uma pasta."),
    ],
)
def test_a_document_in_another_language_is_recognised_whatever_it_names(language: str, text: str) -> None:
    assert unread_language(text) == language


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


@pytest.mark.parametrize(
    "question",
    [
        "Do São Paulo employees need a badge?",
        "Was a São Paulo office opened?",
        "São Paulo no smoking policy",
        "comment on a ticket",
        "call at 9 am ist",
        "May I come in?",
        "do I need to?",
        "Is de Jong in?",
        "Was Michelle Wie an amateur?",
        "Was Della in a meeting?",
        "Deutsches Zentrum für Luft- und Raumfahrt",
        "Bundesministerium für Bildung und Forschung budget 2024",
        "is são paulo on the list",
        "São Paulo e Rio de Janeiro offices",
        "Do I have to come in on Monday?",
        "Am I on call?",
        "was van der Berg in Den Haag?",
        "Who is Della Rovere?",
        "Müller und Söhne invoice",
        "Was die Bahn on strike?",
        "Die Zeit subscription",
        "Université de Montréal contact",
        "Nguyễn Văn An",
        "Société Générale account number",
        "per diem in Côte d'Ivoire",
        "Ministerio de la Mujer y de las Poblaciones",
        "Banco do Brasil",
        "no comment",
        "come on in",
        "do a demo on 5 am ist",
        "standup at 10 ist",
        "a la carte menu",
        "Do as I do",
        "so an I-9 is a must?",
        "was Ist Bank a client?",
        "El Paso to Los Angeles",
        "how do I book a room in Łódź",
        "ETA on PO 4711",
        "w/o PO",
        "die size of the chip",
        "hat man war room",
        "Am Anfang was das Wort, meaning",
        "Où est la bibliothèque means what",
        "is Nina Di Marco in IT?",
        "Como office",
        "Il Sole 24 Ore article on us",
        "no reply from Le Monde",
        "Is Och a name?",
        "Frau Wo Ist",
        "an API do in C",
        "resume in a de facto standard",
        "Wie and Son annual report",
        "A.P. Møller og Mærsk",
        "to do on a Monday",
        "die cast or MIM",
        "Quem Capital or Qual Corp",
        "met Van Door",
        "Una Healy and Della Reese",
        "I managed to do?",
        "is chair of RGA in 2014?",
        "I/O on a VM",
        "aus team call 10 ist",
        "rio e são paulo badges",
        "hochschule für technik und wirtschaft",
        "università degli studi di milano",
        "foi request as pdf",
        "São Tomé e Príncipe",
        "call Alta at 9 am ist",
    ],
)
def test_english_with_foreign_names_and_code_words_is_english(question: str) -> None:
    assert unread_language(question) is None


@given(
    st.lists(
        st.sampled_from("a am as come comment do has i in is may me no of on or the to was we what who".split())
        | st.sampled_from("São Della Wie Ist Über Och Quem Été Nella Wo Jest Çok PO Z".split()),
        max_size=10,
    )
)
def test_what_is_capitalised_within_a_question_is_a_name(words: list[str]) -> None:
    assert unread_language(" ".join(["do", *words])) is None


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
