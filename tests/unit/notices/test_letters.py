"""What officers are told can be printed is what the paper's type can print."""

import unicodedata

from notices.letters import PRINTABLE
from notices.typeface import COMMON
from notices.typography import fonts


def test_every_printable_letter_is_in_all_faces() -> None:
    assert {f"U+{code:04X}" for code in set(map(ord, PRINTABLE)) - fonts()} == set()


def test_no_letter_of_a_name_is_forgotten() -> None:
    assert COMMON <= PRINTABLE
    latin = {code for code in fonts() if unicodedata.name(chr(code), "").startswith("LATIN")}
    of_names = {code for code in latin if code < 0x1D00 or 0x1E00 <= code <= 0x1EFF}
    assert {chr(code) for code in of_names} <= PRINTABLE


def test_nothing_printable_is_a_control_character_or_unassigned() -> None:
    assert {
        letter for letter in PRINTABLE if unicodedata.category(letter) in {"Cc", "Cs", "Cn", "Co"}
    } == set()
