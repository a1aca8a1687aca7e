"""Follow-ups, made whole by the question before; and all the questions that need none."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.domain import Answer, Candidate, Citation, Decision
from index.understanding.followups import follow_up
from index.understanding.grammar import parse
from tests.fakes import passage


def answered(question: str, text: str | None = None, understood: str | None = None) -> Answer:
    """The answer `text`, or none."""
    found = passage(text or "x")
    citation = Citation("shared", "a.txt", "A", None, found, 0, len(found.text), found.text, 1.0)
    decision = Decision.ANSWER if text else Decision.NONE
    return Answer(question, understood, decision, Candidate(text, 0.9, citation) if text else None, (), (), {}, 0.0)


def quoted(question: str, text: str, quote: str) -> Answer:
    """The answer `text`, from a sentence."""
    answer = answered(question, text)
    assert answer.best is not None
    return replace(answer, best=replace(answer.best, citation=replace(answer.best.citation, quote=quote)))


DIALOGUE = answered("when was the second civil space dialogue?", "April 2016")
MINISTER = answered("Who is the prime minister of Japan?", "Fumio Kishida")
VISIT = answered("Why did Biden meet Kishida in Tokyo?")
LAUNCH = answered("when did the two countries launch the dialogue?", "2014")

OFFICE = answered("when was the Berlin office opened?")
LAPTOP = answered("when will the new laptop arrive?")
MEETING = answered("who led the budget meeting?")
PROJECT = answered("what is the Apollo project?")
HEAD = answered("who is the head of finance?")


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("and where was it held?", "where was the second civil space dialogue held?"),
        ("how long did it last", "how long did the second civil space dialogue last?"),
        ("who was there?", "who was at the second civil space dialogue?"),
        ("how many officials were there?", "how many officials were at the second civil space dialogue?"),
        ("when was that?", "when was the second civil space dialogue?"),
        ("where did this happen?", "where did the second civil space dialogue happen?"),
        ("what was its outcome?", "what was the second civil space dialogue's outcome?"),
        ("where was that dialogue held?", "where was the second civil space dialogue held?"),
        ("who was president then?", "who was president in April 2016?"),
        ("where?", "where was the second civil space dialogue?"),
        ("But why", "why was the second civil space dialogue?"),
        ("in which city?", "in which city was the second civil space dialogue?"),
        ("date?", "what is the date of the second civil space dialogue?"),
        ("and the first?", "when was the first civil space dialogue?"),
        ("what about the third one?", "when was the third civil space dialogue?"),
        ("the 3rd?", "when was the 3rd civil space dialogue?"),
        ("how about the summit?", "when was the summit?"),
        ("who attended?", "who attended the second civil space dialogue?"),
    ],
)
def test_it_is_what_the_question_before_was_about(question: str, whole: str) -> None:
    assert follow_up(question, DIALOGUE) == whole


@pytest.mark.parametrize(
    ("question", "previous", "whole"),
    [
        ("how old is he?", MINISTER, "how old is Fumio Kishida?"),
        ("what will it cost?", answered("what does KPS stand for?"), "what will KPS cost?"),
        ("when did it meet?", answered("What did the council approve?"), "when did the council meet?"),
        ("what is his party?", MINISTER, "what is Fumio Kishida's party?"),
        ("how old is he?", replace(MINISTER, decision=Decision.NONE), "how old is the prime minister of Japan?"),
        ("when did he leave?", VISIT, "when did Biden leave?"),
        ("what did they say?", VISIT, "what did Biden and Kishida say?"),
        ("who did they appoint?", answered("What did the committee decide last Monday?"), "who did the committee appoint?"),
        ("who did she visit?", answered("when was the Berlin office opened?"), "who did the Berlin office visit?"),
        ("when does she speak?", answered("does the CEO of Acme come to the gala?"), "when does CEO speak?"),
        ("how do they connect?", answered("Can visitors use the wifi?"), "how do visitors connect?"),
        ("How do I reach her on weekends?", MINISTER, "How do I reach Fumio Kishida on weekends?"),
        ("how do I tell her that I am late?", MINISTER, "how do I tell Fumio Kishida that I am late?"),
        ("what is her weekly schedule?", MINISTER, "what is Fumio Kishida's weekly schedule?"),
        ("why did they launch it?", LAUNCH, "why did the two countries launch the dialogue?"),
    ],
)
def test_persons_are_the_answer_or_those_named_before(question: str, previous: Answer, whole: str) -> None:
    assert follow_up(question, previous) == whole


@pytest.mark.parametrize(
    ("question", "before", "whole"),
    [
        ("and South Korea?", "Who is the prime minister of Japan?", "Who is the prime minister of South Korea?"),
        ("and korea?", "who is the prime minister of japan", "who is the prime minister of korea?"),
        ("and 2016?", "how many members did the club have in 2014?", "how many members did the club have in 2016?"),
        ("and in May?", "how many members left in April?", "how many members left in May?"),
        ("and Biden?", "what did Kishida say about the moon?", "what did Biden say about the moon?"),
        ("and the second?", "when was the summit?", "when was the second summit?"),
        ("when?", "who announced the third dialogue?", "when was the third dialogue announced?"),
        ("when?", "how many rounds of the dialogue were held?", "when were rounds of the dialogue held?"),
        ("where is it?", "KPS?", "where is KPS?"),
        ("where?", "KPS", "where is KPS?"),
        ("where was it?", "second dialogue date", "where was second dialogue?"),
        ("where?", "when's the meeting?", "where is the meeting?"),
        ("and the X300?", "What is the warranty on the X200?", "What is the warranty on the X300?"),
        ("what about hotels?", "Who approves travel requests over 500 euros?", "Who approves hotels?"),
        ("how do I submit them?", "Who approves travel requests?", "how do I submit travel requests?"),
        ("can I carry them over?", "How many days of annual leave do I get?", "can I carry days of annual leave over?"),
        ("hi, where is it?", "what is KPS?", "where is KPS?"),
        ("so the summit?", "when was the meeting?", "when was the summit?"),
        ("what about letter?", "which form is used for information requests?", "which letter is used for information requests?"),
        ("and music?", "who started art?", "who started music?"),
        ("where 🤔?", "when is the meeting?", "where is the meeting?"),
        ("Thanks, and what about Bonn?", "when was the Berlin office opened?", "when was the Bonn office opened?"),
        ("no, the second one", "when was the summit?", "when was the second summit?"),
        ("I meant in Germany", "how many offices are there in France?", "how many offices are there in Germany?"),
        ("and Saturdays?", "When does the canteen open?", "When does the canteen open on Saturdays?"),
        ("and next Friday?", "When does the canteen open?", "When does the canteen open next Friday?"),
        ("and every Friday?", "When does the canteen open?", "When does the canteen open every Friday?"),
        ("and the day after?", "Is the office open on Monday?", "Is the office open the day after?"),
        ("and on Tuesday?", "Who is on duty next Monday?", "Who is on duty on Tuesday?"),
        ("and Tuesday?", "Who is on duty on Monday?", "Who is on duty on Tuesday?"),
        ("and on Tuesday?", "What is the Monday menu?", "What is the Tuesday menu?"),
        ("and Tuesday?", "What is the Monday menu?", "What is the Tuesday menu?"),
        ("and tomorrow?", "Who is on duty on Monday?", "Who is on duty tomorrow?"),
        ("and tomorrow?", "Is the office open today?", "Is the office open tomorrow?"),
        ("and last year?", "what was the revenue this year?", "what was the revenue last year?"),
        (
            "and in June?",
            "how many people in the sales team work from home in May?",
            "how many people in the sales team work from home in June?",
        ),
        ("and in Austria?", "what was the revenue in Germany in 2020?", "what was the revenue in Austria in 2020?"),
        ("and on 6 May?", "Why was the meeting on 5 May cancelled?", "Why was the meeting on 6 May cancelled?"),
        ("what about Germany in 2023?", "how many people worked in France in 2022?", "how many people worked in Germany in 2023?"),
        ("and in the year 2023?", "how many people worked in France in 2022?", "how many people worked in France in 2023?"),
        ("and the budget in 2023?", "what was the revenue in 2022?", "what was the budget in 2023?"),
        ("and the 2023 budget?", "what was the 2022 revenue?", "what was the budget 2023?"),
        ("and the 2023 one?", "what was the 2022 revenue?", "what was the 2023 revenue?"),
        ("and on 6 May 2023?", "How many came on 5 May 2022?", "How many came on 6 May 2023?"),
        ("and CVE-2023-9999?", "which version fixed CVE-2023-4567?", "which version fixed CVE-2023-9999?"),
        ("and the fee of the gym?", "what is the price?", "what is the fee of the gym?"),
        ("and both the halls?", "who cleans the gym?", "who cleans both the halls?"),
        (
            "and the Manchester branch?",
            "What are the opening hours of the Leeds branch?",
            "What are the opening hours of the Manchester branch?",
        ),
        ("and the Ulm one?", "What are the hours of the Leeds branch?", "What are the hours of the Ulm branch?"),
        ("and the large one?", "What does the small room cost?", "What does the large room cost?"),
        ("and the branch?", "What are the hours of the shop?", "What are the branch?"),
        ("and Windows 11?", "How do I install it on Windows 10?", "How do I install it on Windows 11?"),
        ("and Linux?", "How do I install it on Windows 10?", "How do I install it on Linux?"),
        ("and France?", "How many came to Germany 2023?", "How many came to France 2023?"),
        ("on Christmas?", "When does the pool open?", "When does the pool open on Christmas?"),
        ("for families?", "When does the pool open?", "When does the pool open for families?"),
        ("Saturdays?", "When does the pool open?", "When does the pool open on Saturdays?"),
        ("when?", "Who teaches yoga?", "when is yoga?"),
        ("and Tom?", "when is Anna's birthday?", "when is Tom's birthday?"),
        ("what about marketing?", "Who is responsible for IT?", "Who is responsible for marketing?"),
        ("and 500?", "what is error 404?", "what is error 500?"),
        ("and under 500?", "who approves expenses over 500 euros?", "who approves expenses under 500?"),
        ("Thanks! Who leads it?", "when was the Berlin office opened?", "Who leads the Berlin office?"),
    ],
)
def test_another_of_its_kind_takes_its_place(question: str, before: str, whole: str) -> None:
    assert follow_up(question, answered(before)) == whole


def test_a_place_that_was_the_answer_is_there() -> None:
    assert follow_up("what else happened there?", answered("where was the talk held?", "Seoul")) == "what else happened in Seoul?"
    assert follow_up("what happened there?", VISIT) == "what happened in Tokyo?"


def test_a_chain_goes_on_from_what_was_understood() -> None:
    first = answered("wehn was the first dialogue?", "July 2014", understood="when was the first dialogue?")
    second = answered("and where was it held?", "Washington", understood=follow_up("and where was it held?", first))

    assert follow_up("and the second?", second) == "where was the second dialogue held?"


@pytest.mark.parametrize(
    "question",
    [
        "who is the prime minister of Japan?",
        "and who is the prime minister of Japan?",
        "what is the KPS and when was it launched?",
        "what is it that the KPS does?",
        "is it true that Biden met Kishida?",
        "was there a third dialogue?",
        "how many rounds are there?",
        "how many are there?",
        "of course",
        "about holidays?",
        "what kinds of leave are there?",
        "which plans are there?",
        "hi there, what is the default password?",
        "what does it cost to park?",
        "how long does it take for a refund to arrive?",
        "ok great",
        "ok got it",
        "now I understand",
        "Well done!",
        "so cool",
        "how long does it take to reach the moon?",
        "what time is it",
        "does the KPS have its own budget?",
        "what did Biden say about his visit?",
        "who said that the moon is far away",
        "what happened this year",
        "when was the IT department founded?",
        "KPS?",
        "second dialogue",
        "thanks",
        "and now?",
        "ok thanks",
        "?",
        "",
        "which of all the agreements that the two leaders signed in May made it into the budget of the next year",
        "I lost my badge. Where do I report it?",
        "I bought a monitor - can I expense it?",
        "We have interns this summer. Do they get badges?",
        "who do I call if there's a fire?",
        "how long does it usually take to get a refund?",
        "would it be possible to work from home?",
        "How long does it usually take for my refund to arrive?",
        "how long does it take you to reply",
        "how much does it cost per month to rent a desk?",
        "is it prohibited to smoke?",
        "is it illegal to smoke?",
        "is it impossible to park?",
        "is it compulsory for new members to pay?",
        "is it okay for my whole team to work from home?",
        "is it a problem if I am late?",
        "is it a good idea to book ahead?",
        "what is it like to work here?",
        "it's raining, can I work from home?",
        "and whats the fee?",
        "also I need a visa",
        "and tell me the fee",
        "and book a room",
        "and we need help",
    ],
)
def test_a_question_that_stands_on_its_own_is_left_alone(question: str) -> None:
    assert follow_up(question, DIALOGUE) is None


@pytest.mark.parametrize(
    "question",
    [
        "How do employees book their holidays?",
        "What do customers pay if they cancel early?",
        "what happens to my laptop if it breaks?",
        "How long does my badge last before it expires?",
        "where is the it helpdesk?",
        "who do I tell when my laptop is stolen and its data is lost?",
        "what should managers do before they leave?",
        "do interns get their own laptops?",
        "can contractors take their equipment home?",
        "how do I book a meeting room and cancel it later?",
        "what happens to unused leave if it isn't taken by March?",
        "when do new employees get their badges?",
        "how do teams report their progress?",
        "which visitors must be registered before they arrive?",
        "how much notice do people give before they quit?",
        "can parents bring their children to the office?",
        "who approves your expenses before they are paid?",
        "who is responsible for an it ticket?",
        "do we have an it policy?",
        "how do I contact our it team?",
        "can I carry my holidays over if they are not used?",
        "what if my flight is late and I miss it?",
        "when must invoices be sent so that they are paid in time?",
        "how often must passwords be changed before they expire?",
        "what do we do with old phones once they are replaced?",
        "who signs contracts before they are sent?",
        "how are complaints handled and who answers them?",
        "should employees lock their screens?",
        "does every project have its own budget?",
        "how long do we keep applications after they are rejected?",
        "what do people get when their contract ends?",
        "do all employees have their own desk?",
        "what happens to personal data after someone asks for it?",
        "can customers return products when they are broken?",
        "which forms do freelancers fill in before they start?",
        "my laptop is broken, who repairs it?",
        "Are workers paid if they are ill?",
        "what is our policy on dogs and who looks after them?",
        "does the company pay for my phone if I lose it?",
        "what happens when people miss their flights?",
        "how do I get vpn access and test it?",
        "no laptop yet, when do I get it?",
        "can I bring my dog if it is small?",
        "who do employees call when they are sick?",
        "how do I return my monitor when it is broken?",
        "when my laptop breaks can I replace it?",
        "Employees who travel often, how do they book flights?",
        "what do people that work remotely get?",
        "do employees that left keep their laptop?",
        "is it allowed to bring dogs?",
        "is it okay if I work from home?",
        "will there be a party this year?",
        "does it matter if I am late?",
        "what happens if it rains at the summer party?",
        "should I lock my screen before I leave it?",
        "can a colleague pick up my parcel and sign for it?",
        "are receipts valid if they are older than a month?",
        "how long is this policy valid before it expires?",
        "who signs these contracts before they are sent?",
        "can employees sell their laptop when it is old?",
        "which manager approves expenses before they are paid?",
        "how do we invoice clients in Norway and when do they pay?",
        "how do visitors get into the building and who meets them?",
        "does the CEO read emails that are sent to her?",
        "what if an employee loses his badge?",
        "must drivers renew their licence each year?",
        "what does somebody need if they join in May?",
        "who can see my salary and who can change it?",
        "how does the team share files and where are they kept?",
        "does a freelancer need insurance before he starts?",
        "what does the it department do?",
        "who runs our it?",
        "where can I find the handbook and print it?",
        "how do I cancel leave that I booked when it is approved?",
        "can I expense lunch if it is with clients?",
        "my phone was stolen, how do I block it?",
        "if the server is down who restarts it?",
        "what should new hires know about their contract?",
        "what do suppliers send us before they deliver?",
        "are interns paid during their notice period?",
        "how do women report harassment and who helps them?",
        "is overtime paid when it is approved?",
        "how is overtime paid when it is on a Sunday?",
        "how do I get a parking space and what does it cost?",
        "when may managers refuse leave and must they say why?",
        "what is a sabbatical and how long does it last?",
        "what does KPI mean and who measures it?",
        "how do I share my calendar so that others can see it?",
        "does each department plan its own budget?",
        "how does every office choose its name?",
        "how many employees have their own parking space?",
        "which documents must visitors show when they arrive?",
        "where do people park their bikes?",
        "how often do drivers check their tyres?",
        "can team leads approve their own expenses?",
        "what is the difference between a grant and a loan and who gives them?",
        "who checks invoices and pays them?",
        "who writes minutes and sends them round?",
        "what happens with old laptops when they are returned?",
        "do plants get water when their owners are away?",
        "who opens letters if they are addressed to nobody?",
        "is the canteen open and what does it serve?",
        "why do projects fail and how are they saved?",
        "does Anna know her deputy?",
        "did Tom send his report?",
        "who said that employees lose their bonus?",
        "do you know if Berlin keeps its warehouse?",
        "what does the law say about employees and their breaks?",
        "is remote work allowed if it is abroad?",
        "can I swap shifts once they are published?",
        "how many meetings will there be this year?",
        "has there been a fire drill?",
        "why is there no coffee?",
        "is it hard to get a parking space?",
        "what is it called when somebody works from abroad?",
        "what does it mean if the light is red?",
        "the policy says what about dogs?",
        "how far is it from Bonn to Berlin?",
        "which employees bring their children?",
        "Tom is ill. Who takes his class?",
        "Anna said she would be late, who covers?",
        "printer jammed how do i fix it",
    ],
)
def test_a_pronoun_that_stands_for_what_the_question_says_itself_takes_nothing_up(question: str) -> None:
    assert [follow_up(question, previous) for previous in (OFFICE, LAPTOP, MEETING, PROJECT, HEAD)] == [None] * 5


@pytest.mark.parametrize(
    ("previous", "question", "whole"),
    [
        (OFFICE, "how many people work there?", "how many people work at the Berlin office?"),
        (OFFICE, "how big is it?", "how big is the Berlin office?"),
        (OFFICE, "what is its address?", "what is the Berlin office's address?"),
        (OFFICE, "does it have a canteen?", "does the Berlin office have a canteen?"),
        (OFFICE, "who works in it?", "who works in the Berlin office?"),
        (OFFICE, "is it open on Fridays?", "is the Berlin office open on Fridays?"),
        (LAPTOP, "how much does it cost?", "how much does the new laptop cost?"),
        (LAPTOP, "can I take it home?", "can I take the new laptop home?"),
        (LAPTOP, "what are its specs?", "what are the new laptop's specs?"),
        (LAPTOP, "who pays for it?", "who pays for the new laptop?"),
        (LAPTOP, "does it come with a dock?", "does the new laptop come with a dock?"),
        (LAPTOP, "and what happens if it breaks?", "what happens if the new laptop breaks?"),
        (LAPTOP, "when does it expire", "when does the new laptop expire?"),
        (LAPTOP, "how do I reset it?", "how do I reset the new laptop?"),
        (LAPTOP, "is its battery replaceable?", "is the new laptop's battery replaceable?"),
        (MEETING, "how long did it last", "how long did the budget meeting last?"),
        (MEETING, "where was it held?", "where was the budget meeting held?"),
        (MEETING, "why was it postponed?", "why was the budget meeting postponed?"),
        (MEETING, "what was its outcome?", "what was the budget meeting's outcome?"),
        (MEETING, "when does it start?", "when does the budget meeting start?"),
        (LAPTOP, "do you know what it costs?", "do you know what the new laptop costs?"),
        (PROJECT, "can somebody say how it works?", "can somebody say how the Apollo project works?"),
        (PROJECT, "who leads it?", "who leads the Apollo project?"),
        (PROJECT, "what is its budget?", "what is the Apollo project's budget?"),
        (PROJECT, "is it finished?", "is the Apollo project finished?"),
        (PROJECT, "when does it end?", "when does the Apollo project end?"),
        (PROJECT, "which teams work on it?", "which teams work on the Apollo project?"),
        (PROJECT, "how many hours does it take?", "how many hours does the Apollo project take?"),
        (PROJECT, "what risks does it have?", "what risks does the Apollo project have?"),
        (PROJECT, "what does it do?", "what does the Apollo project do?"),
        (PROJECT, "who was it made for?", "who was the Apollo project made for?"),
        (PROJECT, "which countries did it reach?", "which countries did the Apollo project reach?"),
        (HEAD, "who does she report to?", "who does the head of finance report to?"),
        (HEAD, "what is her phone number?", "what is the head of finance's phone number?"),
        (HEAD, "where does he sit?", "where does the head of finance sit?"),
        (HEAD, "how do I reach him?", "how do I reach the head of finance?"),
        (HEAD, "who are their deputies?", "who are the head of finance's deputies?"),
        (HEAD, "what did they say?", "what did the head of finance say?"),
        (OFFICE, "when did it open?", "when did the Berlin office open?"),
        (OFFICE, "what happens there on Mondays?", "what happens at the Berlin office on Mondays?"),
        (OFFICE, "what happens if it floods?", "what happens if the Berlin office floods?"),
        (OFFICE, "who manages it?", "who manages the Berlin office?"),
        (OFFICE, "what does it look like?", "what does the Berlin office look like?"),
        (OFFICE, "can I visit it?", "can I visit the Berlin office?"),
        (OFFICE, "does it support remote work?", "does the Berlin office support remote work?"),
        (OFFICE, "which teams are in it?", "which teams are in the Berlin office?"),
        (LAPTOP, "what do I do if it breaks?", "what do I do if the new laptop breaks?"),
        (LAPTOP, "who do I call when it is stolen?", "who do I call when the new laptop is stolen?"),
        (LAPTOP, "may I install games on it?", "may I install games on the new laptop?"),
        (LAPTOP, "what comes with it?", "what comes with the new laptop?"),
        (LAPTOP, "where do employees collect it?", "where do employees collect the new laptop?"),
        (LAPTOP, "do customers get it too?", "do customers get the new laptop too?"),
        (LAPTOP, "does it need a password when it starts?", "does the new laptop need a password when it starts?"),
        (LAPTOP, "is this one insured?", "is the new laptop insured?"),
        (LAPTOP, "who pays for that?", "who pays for the new laptop?"),
        (LAPTOP, "how much would that cost?", "how much would the new laptop cost?"),
        (LAPTOP, "what are people saying about its keyboard?", "what are people saying about the new laptop's keyboard?"),
        (MEETING, "was it recorded?", "was the budget meeting recorded?"),
        (MEETING, "when did that start?", "when did the budget meeting start?"),
        (MEETING, "when does this end?", "when does the budget meeting end?"),
        (MEETING, "who takes minutes there?", "who takes minutes at the budget meeting?"),
        (MEETING, "how many people joined it?", "how many people joined the budget meeting?"),
        (MEETING, "what did customers say about it?", "what did customers say about the budget meeting?"),
        (MEETING, "where was that meeting held and who recorded it?", "where was the budget meeting held and who recorded it?"),
        (
            PROJECT,
            "when was it launched and what did it cost?",
            "when was the Apollo project launched and what did the Apollo project cost?",
        ),
        (PROJECT, "who approved its budget?", "who approved the Apollo project's budget?"),
        (PROJECT, "how are its goals measured?", "how are the Apollo project's goals measured?"),
        (PROJECT, "what problems did it have?", "what problems did the Apollo project have?"),
        (PROJECT, "what are the risks of it?", "what are the risks of the Apollo project?"),
        (PROJECT, "which of the teams work on it?", "which of the teams work on the Apollo project?"),
        (PROJECT, "which customers use it?", "which customers use the Apollo project?"),
        (PROJECT, "who else knows about it?", "who else knows about the Apollo project?"),
        (HEAD, "which projects does she lead?", "which projects does the head of finance lead?"),
        (HEAD, "how many people does he manage?", "how many people does the head of finance manage?"),
        (HEAD, "what documents did she sign?", "what documents did the head of finance sign?"),
        (HEAD, "how do I contact her?", "how do I contact the head of finance?"),
        (HEAD, "when is her birthday?", "when is the head of finance's birthday?"),
        (HEAD, "what do employees think of him?", "what do employees think of the head of finance?"),
        (
            HEAD,
            "when was she hired and what did she do before?",
            "when was the head of finance hired and what did the head of finance do before?",
        ),
        (HEAD, "who is his deputy?", "who is the head of finance's deputy?"),
        (HEAD, "which languages does she speak?", "which languages does the head of finance speak?"),
        (HEAD, "is he in today?", "is the head of finance in today?"),
        (HEAD, "what is the name of her deputy?", "what is the name of the head of finance's deputy?"),
        (HEAD, "what are the phone numbers of her assistants?", "what are the phone numbers of the head of finance's assistants?"),
        (HEAD, "who are the members of their team?", "who are the members of the head of finance's team?"),
        (OFFICE, "who was there on Monday?", "who was at the Berlin office on Monday?"),
        (OFFICE, "which people were there?", "which people were at the Berlin office?"),
        (OFFICE, "is it hard to reach?", "is the Berlin office hard to reach?"),
        (OFFICE, "how long does it take from Bonn to Berlin?", "how long does the Berlin office take from Bonn to Berlin?"),
        (OFFICE, "how much does it cost per month?", "how much does the Berlin office cost per month?"),
        (OFFICE, "does it cost anything for guests?", "does the Berlin office cost anything for guests?"),
        (OFFICE, "is it a problem?", "is the Berlin office a problem?"),
        (OFFICE, "which cities did its manager visit?", "which cities did the Berlin office's manager visit?"),
    ],
)
def test_a_pronoun_that_stands_for_nothing_in_the_question_takes_up_the_one_before(previous: Answer, question: str, whole: str) -> None:
    assert follow_up(question, previous) == whole


REQUEST = answered("how do i request leave?")
RECEIPTS = answered("do i need receipts?")
LUNCH = answered("can we order lunch?")
HOLIDAYS = answered("can I carry over holidays?")
STOLEN = answered("who do I call when my laptop is stolen")


@pytest.mark.parametrize(
    ("previous", "question", "whole"),
    [
        (REQUEST, "who approves it?", "who approves leave?"),
        (REQUEST, "how long does it take?", "how long does leave take?"),
        (REQUEST, "and sick leave?", "how do i request sick leave?"),
        (REQUEST, "when?", "when do i request leave?"),
        (REQUEST, "what else?", "what else about leave?"),
        (RECEIPTS, "where do i send them?", "where do i send receipts?"),
        (LUNCH, "who pays for it?", "who pays for lunch?"),
        (LUNCH, "and dinner?", "can we order dinner?"),
        (HOLIDAYS, "and the deadline?", "what is the deadline of holidays?"),
        (HOLIDAYS, "until when?", "until when can I carry over holidays?"),
        (STOLEN, "what's its number?", "what's my laptop's number?"),
        (STOLEN, "and if it's stolen?", "if my laptop is stolen?"),
        (answered("how do I apply for parental leave"), "is it paid?", "is parental leave paid?"),
        (answered("how do I log in to the VPN?"), "who maintains it?", "who maintains the VPN?"),
        (answered("how do I get reimbursed for taxis?"), "who checks them?", "who checks taxis?"),
        (answered("how do I carry holidays over?"), "when do they expire?", "when do holidays expire?"),
        (answered("do you have to wear a helmet?"), "who pays for it?", "who pays for a helmet?"),
        (answered("am I allowed to bring dogs?"), "where do they sleep?", "where do dogs sleep?"),
        (answered("where should she renew her visa?"), "what does it cost?", "what does her visa cost?"),
        (answered("can they see our salaries?"), "when were they raised?", "when were our salaries raised?"),
        (answered("how to book a desk?"), "is it free?", "is a desk free?"),
        (answered("can you tell me when the summer party is?"), "where is it?", "where is the summer party?"),
        (answered("tell me about overtime"), "is it paid?", "is overtime paid?"),
        (answered("is it possible to get a parking space?"), "what does it cost?", "what does a parking space cost?"),
        (answered("what happens if I lose my badge?"), "who replaces it?", "who replaces my badge?"),
        (answered("I'd like to order a laptop"), "how long does it take?", "how long does a laptop take?"),
        (answered("I am new here. How do I request leave?"), "who approves it?", "who approves leave?"),
        (answered("and how do I request leave?"), "who approves it?", "who approves leave?"),
        (answered("is there a gym?"), "when does it open?", "when does a gym open?"),
        (answered("who can approve leave?"), "how long does it take?", "how long does leave take?"),
        (answered("who is responsible for lunch?"), "what does it cost?", "what does lunch cost?"),
        (answered("do employees need receipts?"), "who collects them?", "who collects receipts?"),
        (answered("does the company pay for lunch?"), "when is it?", "when is lunch?"),
        (answered("what time does the canteen close?"), "when does it open?", "when does the canteen open?"),
        (answered("which room is the meeting in?"), "when is it?", "when is the meeting?"),
        (answered("which company was sold?"), "when was it sold?", "when was company sold?"),
        (answered("when does the pool open on Sundays?"), "is it heated?", "is the pool heated?"),
        (answered("when did the server crash in May?"), "who fixed it?", "who fixed the server?"),
        (answered("what is the budget for 2024?"), "who approved it?", "who approved the budget for 2024?"),
        (answered("how many members left in May?"), "and in June?", "how many members left in June?"),
        (answered("let me know how to file expenses"), "who checks them?", "who checks expenses?"),
        (answered("could you please tell me how I can get a permit?"), "what does it cost?", "what does a permit cost?"),
        (answered("how do I book a room?"), "what about cancelling it?", "what about cancelling a room?"),
        (answered("how many days of leave do I get?"), "until when?", "until when do I get days of leave?"),
        (answered("who left in May?"), "why?", "why left in May?"),
        (answered("may I bring my children to the office?"), "where do they sit?", "where do my children sit?"),
        (answered("why was the price of the ticket changed, please?"), "when was it changed?", "when was the ticket changed?"),
        (answered("who negotiated the price?"), "when was it paid?", "when was the price paid?"),
        (answered("does anybody need to tell Dr. Carstens?"), "where is he?", "where is Dr. Carstens?"),
    ],
)
def test_what_somebody_does_is_about_its_object(previous: Answer, question: str, whole: str) -> None:
    assert follow_up(question, previous) == whole


@pytest.mark.parametrize(
    "before",
    [
        "where can I park?",
        "what can I eat?",
        "could I get paid early?",
        "can employees work from home?",
        "is it possible to work from home?",
        "are we insured abroad?",
        "how do I book it?",
        "how do I book a room and cancel it?",
        "who are you?",
        "can you help?",
        "more please",
        "tell me more",
        "what else?",
        "anything else?",
    ],
)
def test_where_nothing_has_a_name_no_pronoun_stands_for_it(before: str) -> None:
    questions = ("is it free?", "who approves them?", "what is its number?", "how do I reach him?", "and the second?", "fee?", "who paid?")

    assert [follow_up(question, answered(before)) for question in questions] == [None] * len(questions)


@pytest.mark.parametrize("question", ["what else?", "how does it work", "when?", "and tomorrow?"])
def test_what_asks_about_nothing_is_not_gone_on_with(question: str) -> None:
    whole = follow_up(question, answered("more please"))

    assert whole in {None, "more tomorrow?"}


def test_words_that_ask_need_no_name() -> None:
    assert follow_up("when?", answered("where can I park?")) == "when can I park?"
    assert follow_up("and tomorrow?", answered("where can I park?")) == "where can I park tomorrow?"
    assert follow_up("is it free there?", answered("where can I park?", "Lot B")) == "is it free in Lot B?"
    assert follow_up("is it free there?", answered("where can I park?", "in lot B")) == "is it free in lot B?"


@pytest.mark.parametrize(
    "question",
    [
        "I need a new laptop.",
        "We have interns this summer",
        "My laptop was stolen yesterday.",
        "the two leaders told us about the summit",
        "you can order lunch in the canteen",
        "how do I request leave?",
        "do we need receipts for taxis?",
        "can managers see our salaries?",
        "does the CEO have a deputy",
        "who can approve travel?",
    ],
)
@pytest.mark.parametrize("previous", [REQUEST, STOLEN, MINISTER], ids=["leave", "laptop", "minister"])
def test_statements_and_whole_questions_stay_what_they_are(question: str, previous: Answer) -> None:
    assert follow_up(question, previous) is None


@pytest.mark.parametrize(
    "question",
    [
        "who is head of it?",
        "who is the director of it?",
        "whats the number of it support",
        "where is the desk of it support?",
        "how do it systems fail?",
        "who leads the it team?",
    ],
)
def test_the_department_is_no_pronoun(question: str) -> None:
    assert [follow_up(question, previous) for previous in (OFFICE, LAPTOP, MEETING, PROJECT, HEAD)] == [None] * 5


def test_a_time_points_at_the_calendar() -> None:
    assert follow_up("how many people were hired this year?", answered("what was the revenue last year?")) is None
    assert follow_up("who was hired in that year?", answered("what was the revenue last year?")) is None


def test_what_supports_is_no_department() -> None:
    assert follow_up("can it support 20 people?", OFFICE) == "can the Berlin office support 20 people?"
    assert follow_up("is it important?", answered("what does the it support do?")) == "is the it support important?"


@pytest.mark.parametrize(
    ("before", "answer", "question", "whole"),
    [
        ("who pays invoices?", "Anna Kim", "how do i reach her?", "how do i reach Anna Kim?"),
        ("who pays invoices?", "the 15th", "how do i reach her?", "how do i reach the one who pays invoices?"),
        ("who pays invoices?", "in March", "how do i reach her?", "how do i reach the one who pays invoices?"),
        ("who pays invoices?", None, "how do i reach her?", "how do i reach the one who pays invoices?"),
        ("who can sign contracts?", None, "where does he sit?", "where does the one who can sign contracts sit?"),
        ("who is responsible for lunch?", None, "where is she?", "where is the one who is responsible for lunch?"),
        ("who do I call when my laptop is stolen?", None, "how do I reach them?", None),
        ("who did the council elect?", None, "when did she start?", None),
        ("who are you?", None, "how old is he?", None),
    ],
)
def test_a_person_is_a_name_or_who_does_it(before: str, answer: str | None, question: str, whole: str | None) -> None:
    assert follow_up(question, answered(before, answer)) == whole


def test_a_name_has_a_capital_where_its_document_has_any() -> None:
    lower, upper = "invoices are paid by anna kim.", "Invoices are paid within a week."

    assert follow_up("how old is she?", quoted("who pays invoices?", "anna kim", lower)) == "how old is anna kim?"
    assert follow_up("how old is she?", quoted("who pays invoices?", "within a week", upper)) == "how old is the one who pays invoices?"


@pytest.mark.parametrize("before", ["?", "when?", "x " * 60], ids=["nothing", "no topic", "far too long"])
def test_there_must_be_something_to_take_up(before: str) -> None:
    assert follow_up("and where was it held?", answered(before)) is None


def test_nothing_is_taken_up_from_a_question_that_was_not_read() -> None:
    assert follow_up("where was it held?", replace(DIALOGUE, unread="ko")) is None


SMALL_WORDS = "and the first of what where who is it that there did they his about in Japan 2014 dialogue held ? , 's".split()
small_words = st.sampled_from(SMALL_WORDS)


@given(st.lists(small_words | st.text(max_size=6), max_size=10).map(" ".join), st.lists(small_words, max_size=10).map(" ".join))
def test_any_words_can_follow_any_others(question: str, before: str) -> None:
    whole = follow_up(question, answered(before))

    assert whole is None or whole.endswith("?")


@given(
    st.sampled_from(
        "who is the president of Peru|when did the river flood the town|how deep is the harbour|what does the KPS do".split("|")
    )
)
def test_what_came_before_changes_nothing_in_a_whole_question(question: str) -> None:
    assert all(follow_up(question, previous) is None for previous in (DIALOGUE, MINISTER, VISIT, LAUNCH))


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("when was the second dialogue held in Seoul?", "the second dialogue"),
        ("when was the revised roadmap published?", "the revised roadmap"),
        ("who is the prime minister of Japan", "the prime minister of Japan"),
        ("when did the two countries agree on the talks?", "the talks"),
        ("when did the leaders sign the budget of the agency?", "the budget of the agency"),
        ("what's the KPS?", "the KPS"),
        ("date of the second dialogue", "the second dialogue"),
        ("who was at the summit?", "the summit"),
        ("how many rounds of the dialogue were held?", "rounds of the dialogue"),
    ],
)
def test_the_topic_of_a_question(question: str, topic: str) -> None:
    assert parse(question).topic == topic
