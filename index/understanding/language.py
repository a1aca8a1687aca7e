"""Languages that the models don't read, told by script and by the smallest words. Pure.

Cautious on purpose: whoever asks in English, in keywords or by a name alone must never be told that it isn't read.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

SAMPLE = 4000
"""Characters of a text that are looked at."""
FEWEST_LETTERS = 3
"""Up to so many letters of another script may be a symbol: α, Δt."""
_WORD = re.compile(r"[^\W\d_]+")
_WITHIN = re.compile(r"(?:(?<=[\w,&] )|(?<=\w['’-]))[^\W\d_]+")
"""A word that no sentence begins with; if it is capitalised, it is a name's."""


@dataclass(frozen=True, slots=True)
class Language:
    """`name`: in English. `notice`: what is said to somebody who asks in it."""

    name: str
    notice: str = "I read only English so far. Please ask in English."


LANGUAGES = {
    "am": Language("Amharic"),
    "ar": Language("Arabic", "أقرأ الإنجليزية فقط حتى الآن. من فضلك اطرح سؤالك بالإنجليزية."),
    "bn": Language("Bengali"),
    "de": Language("German", "Ich lese bisher nur Englisch. Bitte die Frage auf Englisch stellen."),
    "el": Language("Greek", "Προς το παρόν διαβάζω μόνο αγγλικά. Παρακαλώ κάντε την ερώτηση στα αγγλικά."),
    "es": Language("Spanish", "Por ahora solo leo inglés. Por favor, haz la pregunta en inglés."),
    "fa": Language("Persian", "فعلاً فقط انگلیسی می‌خوانم. لطفاً پرسش خود را به انگلیسی بنویسید."),
    "fr": Language("French", "Pour l'instant, je ne lis que l'anglais. Merci de poser la question en anglais."),
    "he": Language("Hebrew", "בינתיים אני קורא רק אנגלית. נא לשאול באנגלית."),
    "hi": Language("Hindi", "फ़िलहाल मैं केवल अंग्रेज़ी पढ़ता हूँ। कृपया अपना प्रश्न अंग्रेज़ी में पूछें।"),
    "hy": Language("Armenian"),
    "id": Language("Indonesian", "Saat ini saya hanya bisa membaca bahasa Inggris. Silakan bertanya dalam bahasa Inggris."),
    "it": Language("Italian", "Per ora leggo solo l'inglese. Per favore, fai la domanda in inglese."),
    "ja": Language("Japanese", "今のところ英語しか読めません。英語で質問してください。"),
    "ka": Language("Georgian"),
    "km": Language("Khmer"),
    "ko": Language("Korean", "저는 아직 영어만 읽을 수 있어요. 영어로 물어봐 주세요."),
    "lo": Language("Lao"),
    "my": Language("Burmese"),
    "nl": Language("Dutch", "Ik lees voorlopig alleen Engels. Stel de vraag alsjeblieft in het Engels."),
    "pl": Language("Polish", "Na razie czytam tylko po angielsku. Proszę zadać pytanie po angielsku."),
    "pt": Language("Portuguese", "Por enquanto só leio inglês. Por favor, faça a pergunta em inglês."),
    "ru": Language("Russian", "Пока я читаю только по-английски. Пожалуйста, задайте вопрос на английском."),
    "si": Language("Sinhala"),
    "sv": Language("Swedish", "Jag läser än så länge bara engelska. Ställ gärna frågan på engelska."),
    "ta": Language("Tamil"),
    "te": Language("Telugu"),
    "th": Language("Thai", "ตอนนี้ฉันอ่านได้เฉพาะภาษาอังกฤษ กรุณาถามเป็นภาษาอังกฤษ"),
    "tr": Language("Turkish", "Şimdilik yalnızca İngilizce okuyabiliyorum. Lütfen sorunuzu İngilizce sorun."),
    "uk": Language("Ukrainian", "Поки що я читаю лише англійською. Будь ласка, поставте запитання англійською."),
    "vi": Language("Vietnamese", "Hiện tại tôi chỉ đọc được tiếng Anh. Vui lòng đặt câu hỏi bằng tiếng Anh."),
    "zh": Language("Chinese", "我目前只能读懂英文。请用英文提问。"),
}
"""Those that are recognised, by their ISO 639-1 codes."""


@dataclass(frozen=True, slots=True)
class _SmallWords:
    """`telling`: words that hardly occur in English, in names or in abbreviations.

    `likely`: those that names or abbreviations are made of, but not with many others: "Amt für Bildung und Forschung", "foi request".
    `words`: these, and small words that may occur anywhere; no single letters, which are "plan Y" and "w/o".
    """

    telling: frozenset[str]
    likely: frozenset[str]
    words: frozenset[str]


def _small_words(telling: str, others: str, likely: str = "") -> _SmallWords:
    return _SmallWords(frozenset(telling.split()), frozenset(likely.split()), frozenset(f"{telling} {others} {likely}".split()))


_ENGLISH = frozenset(
    "a about after all also am an and any are as at be because been before between but by can could did do does each for from get had "
    "has have he her his how i if in into is it its may me must my need no non not of off on or our out over per she should so than that "
    "the their them there they this till to up us was we were what when where which who whom whose why will with would you your "
    "come comment die door dove fare hat man met pour son van war".split()
)
"""Its small words, and others that are spelt like another language's: those count neither for that language nor against it."""
_LATIN = {
    "de": _small_words(
        "auch bekomme bekommen bekommt bitte brauche brauchen braucht darf dürfen eine einem einen einer eines erkläre finde finden "
        "findet funktioniert geht gelten gibt gilt haben heißt ich ist jemand jemanden kann kannst kein keine kostet können liegt läuft "
        "meine meinem meinen meiner muss müssen nicht schon sich sind soll sollen unsere unserem unseren unserer wann warum welche "
        "welchem welchen welcher welches wenn werden wie wieso wieviel wird wofür wohin wurde wurden",
        "all am an auf bei bis das dass dem den der des die ein er es fand hat hatte her im in man mein mich mir mit nach noch oder so "
        "statt um unser viel viele vom von vor war was wer will wir wo zu zum zur",
        "für und über",
    ),
    "es": _small_words(
        "cuando cuanta cuantas cuanto cuantos cuál cuáles cuándo cuánta cuántas cuánto cuántos cómo donde dónde está están fueron hacer "
        "hago más necesito nuestra nuestro nuestros pero porqué puede pueden puedo quien quién quiénes qué según también tenemos tengo "
        "tiene tienen usted ustedes",
        "a al algo como con cual de del desde el en es eso esta este fue ha has hasta hay he hora la las lo los me mi mis muy no nos para "
        "por porque que se ser si sin sobre son su sus te un una uno",
    ),
    "fr": _small_words(
        "avec avez avons cette combien dans dois doit elles faut nous où peut peux pourquoi puis quand quel quelle quelles quels qui quoi "
        "sommes sont suis une était être",
        "a ai as au aux ce ces chez comment de des du elle en est et eu faire fait il ils je la le les leur ma me mes mon non nos notre "
        "on ont or ou par pas plus pour qu que sa se ses si son sur te tu un vos votre vous y à ça été",
    ),
    "id": _small_words(
        "adalah apa apakah bagaimana berapa dalam dengan diadakan dimana kami kapan kepada mana mengapa sebagai siapa telah tidak untuk",
        "akan dan dari di ini itu jika ke kedua lebih oleh pada perdana yang",
    ),
    "it": _small_words(
        "abbiamo anche bisogna così deve devo dobbiamo dov faccio hanno nostra nostro perché più possiamo posso può qual quale quali "
        "quando quanta quante quanti quanto questa questo siamo trovo è",
        "a ai al all che chi ci come con cosa cui da dal dalla dei del dell di do dove fa fare gli ha ho i il in la le lo ma me mi mia "
        "mio nel no non nostri per se si sono su sul sulla un una",
        "alla degli della delle nella stata stato",
    ),
    "nl": _small_words(
        "deze gaat geen heb hebben hebt heeft hoeveel ik jullie krijg krijgen kun kunnen kunt mijn moet moeten naar niet onze ook vind "
        "waar waarom wanneer welke werd wie worden wordt zijn",
        "aan als bij binnen dat de die dit door en er had her hier hoe in is je kan maar mag me met mij nog of om ons op over te tot uit "
        "van voor was wat we",
        "een het",
    ),
    "pl": _small_words(
        "był była było były czy dlaczego gdzie jak jaka jaki jakie jakim jest jestem jeśli kiedy komu kto która które który mamy mogę "
        "można muszę nasz nasza nasze oraz się są także trzeba tylko że żeby",
        "bez by co dla dni do gdy i ile ma mam moja my mój na nas nie no o od po przed przy to z za ze",
    ),
    "pt": _small_words(
        "estamos estou está estão fazer faço foram há minha nossa nosso não onde podemos posso preciso quais quando quantas quanto "
        "quantos quem também temos tenho você vocês às é",
        "a ao aos aqui as com como da das de do dos esta este eu fica for isso mas me meu na nas no nos os ou para pode por porque que se "
        "sem ser seu sua tem um à",
        "em foi mais pela pelo qual são uma",
    ),
    "sv": _small_words(
        "att det ett finns från får hur inte jag måste när på vad varför vem vilka vilken är",
        "all av de den en för hade har i in kan man med min mitt om ska som till var vi vår",
        "och",
    ),
    "tr": _small_words(
        "bir değil gibi hangi için kadar kaç kimdir mı nasıl neden nedir nerede olarak olduğu sonra veya yapıldı",
        "an at bu da daha de her ile kim mi mu mü ne olan on son ve zaman çok",
    ),
    "vi": _small_words(
        "các của gì khi không là lần nhất những nào này thế từ và về với đâu đã được ở",
        "a ai an bao can cho có do hai in may me sao so to trong",
    ),
}  # fmt: skip - a table of words
_SCRIPTS = {
    "ARABIC": "ar",
    "ARMENIAN": "hy",
    "BENGALI": "bn",
    "CJK": "zh",
    "CYRILLIC": "ru",
    "DEVANAGARI": "hi",
    "ETHIOPIC": "am",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "HANGUL": "ko",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "KHMER": "km",
    "LAO": "lo",
    "MYANMAR": "my",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
}
"""The most usual language of each script, by the first word of its letters' Unicode names."""
_SYLLABIC = frozenset({"CJK", "HANGUL", "HIRAGANA", "KATAKANA"})
_OWN_LETTERS = {"uk": "іїєґ", "fa": "پچژگ"}
"""Letters that tell a language from the most usual one of its script."""


def unread_language(text: str) -> str | None:
    """The language that `text` is in, a key of LANGUAGES; None for English, and wherever that isn't certain."""
    sample = text[:SAMPLE].lower() if text.isupper() else text[:SAMPLE]
    words = _words(sample)
    return _by_script(sample.lower(), words) or _by_small_words(words, _words(_without_names(sample)))


def _words(sample: str) -> list[str]:
    """In lower case; without shouted abbreviations."""
    return [word.lower() for word in _WORD.findall(sample) if not word.isupper() or len(word) == 1]


def _without_names(sample: str) -> str:
    return _WITHIN.sub(lambda word: word[0] if word[0].islower() else "", sample)


def _by_script(sample: str, words: list[str]) -> str | None:
    """The language of a script that most of the text is in. English around it makes it a question about its words."""
    letters = Counter(unicodedata.name(letter, "").split(" ")[0] for letter in sample if letter.isalpha())
    known = {script: (2 if script in _SYLLABIC else 1) * count for script, count in letters.items() if script in _SCRIPTS}
    is_most = sum(known.values()) > max(letters["LATIN"], FEWEST_LETTERS)
    english = sum(word in _ENGLISH for word in words)
    if not is_most or 5 * english >= max(1, len(words)):
        return None
    return _language_of_script(max(known, key=known.__getitem__), set(letters), set(sample))


def _language_of_script(script: str, scripts: set[str], letters: set[str]) -> str:
    if script == "CJK" and not scripts.isdisjoint({"HIRAGANA", "KATAKANA"}):
        return "ja"
    own = {"CYRILLIC": "uk", "ARABIC": "fa"}.get(script)
    return own if own and not letters.isdisjoint(_OWN_LETTERS[own]) else _SCRIPTS[script]


def _by_small_words(words: list[str], nameless: list[str]) -> str | None:
    """The language whose small words are most, if it is certain, and there is next to no English.

    `nameless`: the words that aren't of names, which alone may count for a language.
    """
    foreign = Counter(word for word in nameless if word not in _ENGLISH)
    code = max(_LATIN, key=lambda code: (_count(foreign, _LATIN[code].words), _count(foreign, _LATIN[code].telling)))
    small = _LATIN[code]
    english = sum(word in _ENGLISH and word not in small.words for word in words)
    is_english = 5 * english >= sum(word in small.words for word in nameless)
    return code if _is_certain(small, foreign, len(words)) and not is_english else None


def _count(words: Counter[str], wanted: frozenset[str]) -> int:
    return sum(n for word, n in words.items() if word in wanted)


def _is_certain(small: _SmallWords, foreign: Counter[str], n_words: int) -> bool:
    """Two different small words with a telling one among them, hardly anything else, or five with a likely one among them."""
    different = small.words & foreign.keys()
    is_told = len(different) >= 2 and not small.telling.isdisjoint(different)
    is_little_else = len(different) >= 3 and 3 * _count(foreign, small.words) >= 2 * n_words
    is_likely = len(different) >= 5 and not small.likely.isdisjoint(different)
    return is_told or is_little_else or is_likely
