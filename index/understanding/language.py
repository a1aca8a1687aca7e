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
    "ko": Language("Korean", "저는 아직 영어만 읽을 수 있습니다. 영어로 질문해 주세요."),
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
    """`telling`: words that hardly occur in English, in names or in shouted abbreviations. `others`: small words that may."""

    telling: frozenset[str]
    others: frozenset[str]


def _small_words(telling: str, others: str) -> _SmallWords:
    return _SmallWords(frozenset(telling.split()), frozenset(others.split()))


_ENGLISH = frozenset(
    "about after all and any are because been before between by can could did does each for from had has have he her his "
    "how if into is it its of or over she should than that the their them there they this to what when where which who whom "
    "whose why will with would you".split()
)
_LATIN = {
    "de": _small_words(
        "auch ein eine einem einen einer erkläre findet für gibt haben ist kann nicht sich sind über und wann warum welche "
        "welchem welcher welches werden wie wieviel wird wo wurde wurden",
        "am an auf aus bei das dass dem den der des die es fand hat hatte im in man mit nach oder so um viele von vom war was "
        "wer zu zum zur",
    ),
    "es": _small_words(
        "cómo cuál cuáles cuándo cuando cuánto cuántos cuántas cuantos cuantas dónde donde está están fueron más pero porqué "
        "qué quién quien quiénes según",
        "a al como con cual de del e el en es fue hay la las lo los no o para por porque que se ser si son su tiene un una y",
    ),
    "fr": _small_words(
        "cette combien elles était été être où pourquoi qu quand quel quelle quelles quels qui quoi sont",
        "a au aux avec ce comment dans de des du elle en est et eu il ils la le les on ont ou par pas pour que se sur un une à",
    ),
    "id": _small_words(
        "adalah apa apakah bagaimana berapa dengan diadakan dimana kapan kepada mana mengapa siapa tidak untuk",
        "ada akan dan dari di ini itu ke kedua oleh pada perdana yang",
    ),
    "it": _small_words(
        "alla della delle degli nella perché più quale quali quanti stata stato è",
        "a al anche che chi come con cosa cui da dal dei del di dove e gli i il in la le lo ma nel non o per quando quanto si "
        "sono su un una",
    ),
    "nl": _small_words(
        "deze een geen hebben heeft hoeveel naar niet ook waar waarom wanneer welke werd wie wordt worden zijn",
        "aan als bij dat de die door en er had het hoe in is maar met of om op over te tot uit van voor was wat we",
    ),
    "pl": _small_words(
        "był była było były dlaczego gdzie jaki jakie kiedy kto która które który oraz się są",
        "co czy dla do i ile jak jest na nie o od po to w z za",
    ),
    "pt": _small_words(
        "às em está foi foram há mais não pela pelo quais qual quantos quem são uma você",
        "a ao aos as com como da das de do dos e é isso mas na nas no nos o onde os ou para por porque quando quanto que se ser tem um à",
    ),
    "sv": _small_words(
        "är att det ett för från hur inte när och på varför vem vilken",
        "av de den en hade har i man med om som till vad var",
    ),
    "tr": _small_words(
        "bir değil gibi hangi için kaç kimdir mı nasıl nedir nerede neden olarak yapıldı",
        "bu çok da daha de ile kim mi mu mü ne o olan ve zaman",
    ),
    "vi": _small_words(
        "các của đã đâu được gì khi không là lần nào nhất này những ở thế từ và về với",
        "ai bao cho có hai sao trong",
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
    words = [word.lower() for word in _WORD.findall(sample) if not word.isupper() or len(word) == 1]
    return _by_script(sample.lower(), words) or _by_small_words(words)


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


def _by_small_words(words: list[str]) -> str | None:
    """The language whose small words are most, if it is certain: two of them with a telling one among them, or hardly anything else
    than them; and next to no English.
    """
    telling = {code: sum(word in small.telling for word in words) for code, small in _LATIN.items()}
    small = {code: telling[code] + sum(word in small.others for word in words) for code, small in _LATIN.items()}
    code = max(small, key=lambda code: (small[code], telling[code]))
    different = {word for word in words if word in _LATIN[code].telling | _LATIN[code].others}
    english = sum(word in _ENGLISH - _LATIN[code].others for word in words)
    has_telling = telling[code] > 0 and len(different) >= 2
    has_little_else = len(different) >= 3 and 3 * small[code] >= 2 * len(words)
    return code if (has_telling or has_little_else) and 5 * english < small[code] else None
