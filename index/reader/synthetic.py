"""Made-up passages in which only one word tells the right answer from the wrong ones: ordinals, roles, abbreviations, counts.

Real question sets hardly hold such cases, and a reader trained on them alone answers "the third" when asked for the second.
All names are invented or drawn from lists below; sentences of real passages are mixed in by the caller.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from index.numerals import ORDINAL_NUMERALS, ORDINALS
from index.understanding.evidence import MONTHS

_AREAS = (
    "Nordic Baltic Alpine Andean Caspian Atlantic Sahel Danube Pacific Balkan Coastal Arctic Central Southern Joint Regional National "
    "Annual Winter Open Student Veterans Municipal Interagency Global Bilateral"
).split()
_TOPICS = (
    "Fisheries,Water,Youth,Rescue,Harbour,Forest,Rail,Chess,Health,Vaccine,Poetry,Cyber Defence,Glacier,Ocean Mapping,Language,Climate,"
    "Energy,Trade,Aviation Safety,Quantum Computing,Film,Robotics,Grain,Heritage,Earthquake,Border,Mining,Data Protection"
).split(",")
_SERIES = (
    "Conference,Workshop,Forum,Symposium,Summit,Tournament,Festival,Exercise,Expedition,Meeting,Consultation,Congress,Review,Survey,"
    "Trial,Assembly,Seminar,Working Group,Council"
).split(",")
_CITIES = (
    "Oslo,Lima,Nairobi,Porto,Riga,Cusco,Lagos,Tallinn,Hanoi,Zagreb,Windhoek,Bergen,Perth,Quito,Vilnius,Izmir,Galway,Tbilisi,Accra,"
    "Antwerp,Geneva,Montevideo,Auckland,Dakar,Krakow,Santiago,New Delhi,Cape Town,The Hague,Salt Lake City,Bonn,Minsk,Cairo,Dubai"
).split(",")
_COUNTRIES = (
    "Norway:Norwegian,Peru:Peruvian,Kenya:Kenyan,Portugal:Portuguese,Latvia:Latvian,Vietnam:Vietnamese,Croatia:Croatian,Namibia:Namibian,"
    "Chile:Chilean,Estonia:Estonian,Ireland:Irish,Ghana:Ghanaian,Belgium:Belgian,Uruguay:Uruguayan,Poland:Polish,Egypt:Egyptian,"
    "Canada:Canadian,Finland:Finnish,Morocco:Moroccan,Austria:Austrian"
).split(",")
_ROLES = (
    "Prime Minister,President,Foreign Minister,Defence Minister,Ambassador,Finance Minister,Health Minister,Chancellor,Chief Justice,"
    "Agriculture Minister,Army Chief,Central Bank Governor,Transport Secretary"
).split(",")
_FIRST = "Anna,Jonas,Mateo,Ines,Kofi,Linh,Tomas,Sara,Ewa,Omar,Lucia,Piotr,Aino,Karim,Maren,Diego,Nadia,Henrik,Amina,Luka".split(",")
_LAST = "Berg,Quispe,Odhiambo,Silva,Ozols,Tran,Horvat,Shikongo,Rojas,Tamm,Byrne,Mensah,Peeters,Suarez,Nowak,Haddad,Roy,Laine".split(",")
_ADJECTIVES = "Integrated Coastal Advanced Mobile Federal Unified Digital Automatic Public Seismic Orbital Regional Rapid Thermal".split()
_OBJECTS = (
    "Navigation Erosion Harvest Traffic Signal Warning Weather Freight Genome Reactor Identity Rainfall Pension Tariff Sensor".split()
)
_BODIES = "System Agency Network Authority Programme Institute Alliance Board Registry Initiative Centre Union Facility".split()
_THINGS = "boats,engineers,stations,villages,schools,satellites,buses,delegates,trees,turbines,paintings,nurses,bridges,languages".split(
    ","
)
_VAGUE_DATES = "by the end of the year,next spring,later this year,early next year,in the coming months,before the summer".split(",")


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A question on a text. `answer`: the words that answer it, which occur once in `text`; None: untold."""

    question: str
    text: str
    answer: str | None


def made_up(random: Random) -> list[MadeUp]:
    """Questions on one text that differ in what distinguishes; the first has an answer."""
    made = random.choice(_MAKERS)(random)
    return made if made and made[0].answer else made_up(random)


def _series(random: Random) -> list[MadeUp]:
    """Events of one series, numbered, with dates and places; some still to come, another series beside it."""
    area, topic, kind = random.choice(_AREAS), random.choice(_TOPICS), random.choice(_SERIES)
    series, other = f"{area} {topic} {kind}", f"{random.choice(_AREAS)} {random.choice(_TOPICS)} {random.choice(_SERIES)}"
    short = random.choice([kind.lower(), series, "round", "edition", "one", f"{topic} {kind}"])
    first = random.choice([0, 0, 0, 1, 2, 3])
    count = random.randint(2, 3)
    numbers = list(range(first, first + count))
    cities, years = random.sample(_CITIES, count + 2), sorted(random.sample(range(1975, 2024), count + 1))
    dates = [_date(random, year) for year in years]
    told = [(ORDINALS[number], cities[place], dates[place]) for place, number in enumerate(numbers)]
    text = _tell(random, series, short, told)
    coming = ORDINALS[first + count]
    vague = random.choice(_VAGUE_DATES)
    announcement = random.choice(
        [
            f"The two sides also agreed to hold the {coming} {series} {vague}.",
            f"A {coming} {series} is planned {vague}.",
            f"Organisers want to hold the {coming} {series} {vague} to discuss further steps.",
            f"The {coming} {short} will take place {vague}.",
        ]
    )  # fmt: skip - a list of patterns
    beside = f"The {random.choice(ORDINALS)} {other} will be held in {cities[-1]} in {dates[-1]}."
    has_coming = random.random() < 0.6
    sentences = [*([announcement] if has_coming else []), text, *([beside] if random.random() < 0.4 else [])]
    whole = " ".join(sentences)
    if random.random() < 0.15:
        whole = whole.replace(f"the {told[-1][0]}", told[-1][0])  # a text that lost its articles
    place = random.randrange(count)
    ordinal, city, date = told[place]
    aspect = random.random()
    wanted, ask = (date, _ask_when) if aspect < 0.6 else (city, _ask_where)
    asked = random.choice([series, series, f"{topic} {kind}", kind.lower()])
    untold = ORDINALS[(first + count + (1 if has_coming else 0) + random.randint(0, 2)) % len(ORDINALS)]
    made = [MadeUp(ask(random, ordinal, asked), whole, wanted)]
    second = random.choice([row for row in told if row[0] != ordinal])
    made.append(MadeUp(ask(random, second[0], asked), whole, second[2] if ask is _ask_when else second[1]))
    if untold not in whole:
        made.append(MadeUp(ask(random, untold, asked), whole, None))
    if has_coming and ask is _ask_when:
        made.append(MadeUp(_ask_when(random, coming, asked, future=True), whole, vague))
    if has_coming and ask is _ask_where:
        made.append(MadeUp(_ask_where(random, coming, asked), whole, None))
    return [one for one in made if one.answer is None or whole.count(one.answer) == 1]


def _tell(random: Random, series: str, short: str, told: list[tuple[str, str, str]]) -> str:
    (o1, c1, d1), (o2, c2, d2) = told[0], told[1]
    opening = random.choice(
        [
            f"The {o1} {series} was held in {c1} in {d1}, and the {o2} {short} in {c2} in {d2}.",
            f"The {o1} {short} of the {series} took place in {c1} in {d1}. The {o2} {short} followed in {c2} in {d2}.",
            f"{c2} hosted the {o2} {series} in {d2}, after the {o1} {short} had met in {c1} in {d1}.",
            f"In {d1}, the {o1} {series} opened in {c1}; the {o2} {short} was held in {d2} in {c2} with officials from both sides.",
            f"The {series} has met before: the {o1} {short} in {c1} in {d1} and the {o2} {short} in {c2} in {d2}.",
            f"After the {o1} {short} in {c1} ({d1}), delegates gathered for the {o2} {series} in {c2} ({d2}).",
        ]
    )  # fmt: skip - a list of patterns
    rest = [f"The {ordinal} {short} came to {city} in {date}." for ordinal, city, date in told[2:]]
    return " ".join([opening, *rest])


def _date(random: Random, year: int) -> str:
    month, day = random.choice(MONTHS), random.randint(1, 28)
    return random.choice([f"{month} {year}", f"{month} {year}", f"{month} {day}, {year}", f"{day} {month} {year}", str(year)])


def _numbered(random: Random, ordinal: str) -> str:
    return ORDINAL_NUMERALS[ORDINALS.index(ordinal)] if random.random() < 0.25 else ordinal


def _ask_when(random: Random, ordinal: str, series: str, *, future: bool = False) -> str:
    nth = _numbered(random, ordinal)
    verb = "will" if future else "did"
    return random.choice(
        [
            f"When {'will' if future else 'was'} the {nth} {series}{' be held' if future else ''}?",
            f"when {verb} the {nth} {series} take place",
            f"When {'is' if future else 'was'} the {nth} {series} held?",
            f"What {'is' if future else 'was'} the date of the {nth} {series}?",
            f"date of the {nth} {series}?",
            f"{nth} {series} date",
            f"On what date {verb} the {nth} {series} begin?",
            f"When did they hold the {nth} {series}?" if not future else f"When will they hold the {nth} {series}?",
        ]
    )  # fmt: skip - a list of patterns


def _ask_where(random: Random, ordinal: str, series: str) -> str:
    nth = _numbered(random, ordinal)
    return random.choice(
        [
            f"Where was the {nth} {series} held?",
            f"where did the {nth} {series} take place",
            f"Which city hosted the {nth} {series}?",
            f"In what city was the {nth} {series}?",
            f"location of the {nth} {series}",
        ]
    )  # fmt: skip - a list of patterns


def _roles(random: Random) -> list[MadeUp]:
    """Office holders of several countries in one text."""
    (land1, adj1), (land2, adj2), (land3, adj3) = (entry.split(":") for entry in random.sample(_COUNTRIES, 3))
    role1, role2, role3 = random.sample(_ROLES, 3)
    p1, p2 = (f"{first} {last}" for first, last in zip(random.sample(_FIRST, 2), random.sample(_LAST, 2), strict=True))
    city = random.choice(_CITIES)
    role_of_second = random.choice([role1, role2])
    text = random.choice(
        [
            f"During a visit to {city}, {adj1} {role1} {p1} met {p2}, {role_of_second} of {land2}, to discuss an agreement.",
            f"{adj1} {role1} {p1} and {adj2} {role_of_second} {p2} signed a statement in {city} this week.",
            f"{p1}, the {role1} of {land1}, shook hands with {adj2} {role_of_second} {p2} before talks in {city}.",
            f"In {city}, {role_of_second} {p2} of {land2} said that {land1}'s {role1}, {p1}, had promised to help.",
        ]
    )  # fmt: skip - a list of patterns

    def ask(land: str, adjective: str, role: str) -> str:
        return random.choice(
            [
                f"Who is the {adjective} {role.lower()}?",
                f"Who is the {role} of {land}?",
                f"who is {land}'s {role.lower()}",
                f"What is the name of the {adjective} {role}?",
                f"name of {adjective} {role}",
            ]
        )  # fmt: skip - a list of patterns

    told = [MadeUp(ask(land1, adj1, role1), text, p1), MadeUp(ask(land2, adj2, role_of_second), text, p2)]
    random.shuffle(told)
    untold = random.choice([(land3, adj3, role1), (land1, adj1, role3), (land2, adj2, role3)])
    return [*told, MadeUp(ask(*untold), text, None)]


def _abbreviations(random: Random) -> list[MadeUp]:
    """Full names with their short forms in brackets."""
    names = [f"{random.choice(_ADJECTIVES)} {random.choice(_OBJECTS)} {random.choice(_BODIES)}" for _ in range(3)]
    shorts = ["".join(word[0] for word in name.split()) for name in names]
    if len(set(shorts)) < 3:
        return _abbreviations(random)
    land = random.choice(_COUNTRIES).split(":")[0]
    text = random.choice(
        [
            f"Ministers support the {names[0]} ({shorts[0]}), and will join the {names[1]} ({shorts[1]}) next year.",
            f"{land} has built its {names[0]} ({shorts[0]}). Experts of the {names[1]} ({shorts[1]}) advised it.",
            f"Under the plan, {names[0]} ({shorts[0]}) and {names[1]} ({shorts[1]}) will share data.",
        ]
    )  # fmt: skip - a list of patterns

    def ask(short: str) -> str:
        return random.choice(
            [
                f"What does {short} stand for?",
                f"What is {short} short for?",
                f"{short} stands for?",
                f"What does {short} mean?",
                f"meaning of {short}",
            ]
        )

    return [MadeUp(ask(shorts[0]), text, names[0]), MadeUp(ask(shorts[1]), text, names[1]), MadeUp(ask(shorts[2]), text, None)]


def _counts(random: Random) -> list[MadeUp]:
    """Numbers of several things."""
    things = random.sample(_THINGS, 3)
    numbers = random.sample(range(2, 900), 2)
    owner = f"the {random.choice(_AREAS)} {random.choice(_TOPICS)} {random.choice(_BODIES)}"
    text = random.choice(
        [
            f"In {random.choice(_CITIES)}, {owner} runs {numbers[0]} {things[0]} and {numbers[1]} {things[1]}.",
            f"There are {numbers[0]} {things[0]} today. Last year, {owner} paid for {numbers[1]} {things[1]}.",
            f"{owner.capitalize()} counted {numbers[0]} {things[0]}, but only {numbers[1]} {things[1]}.",
        ]
    )  # fmt: skip - a list of patterns

    def ask(thing: str) -> str:
        return random.choice(
            [f"How many {thing} are there?", f"What is the number of {thing}?", f"number of {thing}", f"How many {thing} does it have?"]
        )

    made = [
        MadeUp(ask(things[0]), text, str(numbers[0])),
        MadeUp(ask(things[1]), text, str(numbers[1])),
        MadeUp(ask(things[2]), text, None),
    ]
    return [one for one in made if one.answer is None or text.count(one.answer) == 1]


_MAKERS: tuple[Callable[[Random], list[MadeUp]], ...] = (_series, _series, _series, _roles, _abbreviations, _counts)
