"""Which letters a paper can print, for those who ask people for its texts. Standard library only.

The paper's type knows some further ones of other scripts and of drawings, which no text of an office needs;
a test compares these blocks with its files.
"""

import unicodedata

_BLOCKS = (
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x036F),  # the rest of Latin with its phonetic letters and marks: Ede, Jarai, Bahnar names
    (0x0391, 0x03A1),  # Greek
    (0x03A3, 0x03CE),
    (0x0400, 0x0513),  # Cyrillic
    (0x1E00, 0x1E9B),  # Latin again: the letters of Vietnamese
    (0x1E9E, 0x1E9E),
    (0x1EA0, 0x1EF9),
    (0x2000, 0x2010),  # blanks, dashes, quotation marks
    (0x2012, 0x2022),
    (0x2026, 0x2026),
    (0x202A, 0x2030),
    (0x2032, 0x2034),
    (0x2039, 0x203A),
    (0x2074, 0x2079),  # small digits
    (0x2080, 0x2089),
    (0x20A0, 0x20B5),  # money, with ₫
    (0x2116, 0x2117),
    (0x2122, 0x2122),
    (0x2190, 0x2195),  # arrows
    (0x2212, 0x2212),
    (0x2248, 0x2248),
    (0x2260, 0x2260),
    (0x2264, 0x2265),
)
PRINTABLE = frozenset(chr(code) for first, last in _BLOCKS for code in range(first, last + 1))


def unprintable(text: str) -> list[str]:
    """The letters of a text that no paper can print, each as people are told of it: "漢 (U+6F22)"."""
    return [_named(letter) for letter in sorted(set(text) - PRINTABLE)]


def _named(letter: str) -> str:
    number = f"U+{ord(letter):04X}"
    return number if unicodedata.category(letter).startswith("C") else f"{letter} ({number})"
