"""Numbers as people write them, up to twelve."""

NUMBERS = tuple("one two three four five six seven eight nine ten eleven twelve".split())
ORDINALS = tuple("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split())
ORDINAL_NUMERALS = tuple("1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th".split())

DIGITS_OF = {word: str(number) for number, word in enumerate(NUMBERS, 1)}
"""The number in digits, by its word."""
ORDINAL_OF = dict(zip(ORDINAL_NUMERALS, ORDINALS, strict=True))
"""The word, by its numeral: "2nd" → "second"."""
