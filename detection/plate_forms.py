"""The plate grammar place by place: which character may stand where, and where the rows part.

`plate_text` says what a whole text is. Reading one needs more: what may follow half a plate
(`detection/decoding.py`), and what is due at a place that holds something else (`proposed_repair`). A test
holds this table equal to the expressions of `plates_regex.json`. Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Final

from detection.plate_text import is_known, kinds_under, letters, mopeds_under, normalise, province_codes

DIGITS: Final = "0123456789"
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOPED: Final = "moped"  # legal by Article 39.3, yet no kind of `plates_regex.json`
_NOT_ZERO: Final = "123456789"
_FOREIGN: Final = ("NG", "QT", "CV", "NN")
_SPECIAL: Final = ("CD", "RM", "HC", "KT", "MK", "TD", "LD", "DA", "MD", "CT", "LB", "R")
_ARMY: Final = "ABCDEFGHKLMNPQRSTUVX"
# What a reader takes for what (law reference §4.4): to the digit that is due, to the letter that is due.
_AS_DIGIT: Final = dict(zip("OQDIJLZSBG", "0001112586", strict=True))
_AS_LETTER: Final = dict(zip("02586", "DZSBG", strict=True))


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a plate.

    `steps` are the characters that each place allows. `first_row` is how many of them stand in the first
    row, None on a plate of one row. The last `counted` of them are a number that is not all noughts; 0
    where it may be.
    """

    steps: tuple[str, ...]
    first_row: int | None
    counted: int


@cache
def forms(
    *, lines: int | None = None, vehicle: str | None = None, colour: str | None = None
) -> tuple[Form, ...]:
    """All ways to write a plate that the hints leave open; hints and errors as in `plate_text.kinds_of`.

    Without `lines` both the one-row and the two-row writings are there: a motorcycle has two rows only.
    """
    rows = (1, 2) if lines is None else (lines,)
    return tuple(
        form
        for count in rows
        for kind in _kinds(count, vehicle, colour)
        for form in _forms_of(kind, count, state=colour == "blue")
    )


def proposed_repair(text: str) -> str | None:
    """The plate that `text` may stand for, look-alikes put right (51F1234S → 51F12345), or None.

    A proposal for a person, never a reading. Only a character that no plate of this length has at its place
    is replaced, and nowhere that letters and digits are both due; a text that the grammar knows has no
    repair. There is at most one, as every look-alike stands for one character.
    """
    plain = normalise(text)
    due = _due(len(plain))
    if not due or is_known(plain):
        return None
    repaired = "".join(_put_right(character, legal) for character, legal in zip(plain, due, strict=True))
    return repaired if is_known(repaired) else None


def _put_right(read: str, legal: frozenset[str]) -> str:
    # The T of temporary plates is one letter among the digits of all others: there a digit is still due.
    wanted = legal - {"T"} if legal & set(DIGITS) else legal
    if read in legal or (wanted & set(DIGITS) and wanted & set(LETTERS)):
        return read
    return (_AS_DIGIT if wanted & set(DIGITS) else _AS_LETTER).get(read, read)


@cache
def _due(length: int) -> tuple[frozenset[str], ...]:
    """What stands at each place of the plates of this length; empty if no plate is so long."""
    fitting = [form.steps for form in forms() if len(form.steps) == length]
    return tuple(frozenset("".join(place)) for place in zip(*fitting, strict=True))


def _kinds(lines: int, vehicle: str | None, colour: str | None) -> list[str]:
    kinds = sorted(kinds_under(lines=lines, vehicle=vehicle, colour=colour))
    return [*kinds, MOPED] if mopeds_under(lines=lines, vehicle=vehicle, colour=colour) else kinds


def _forms_of(kind: str, lines: int, *, state: bool) -> list[Form]:
    """The forms of a kind, one for every place where its rows may part; `state` wants the state's letters."""
    found = []
    for (series, number), place in product(_series_and_number(kind, state=state), _places()):
        before = ("T", *place) if kind == "temporary" else () if kind == "military" else place
        steps = (*before, *series, *number)
        counted = 0 if kind in _MAY_BE_ZERO else len(number)
        start = len(steps) - len(number)
        breaks: tuple[int | None, ...] = (start,)
        if lines == 1:
            breaks = (None,)
        elif kind in {"military", "temporary"}:
            breaks = tuple(range(1, len(steps)))
        elif kind == "foreign_car":
            breaks = (start - 2, start)
        found += [Form(steps, first_row, counted) for first_row in breaks]
    return list(dict.fromkeys(found))


_MAY_BE_ZERO: Final = frozenset({"special", "emoto_legacy_md", "car_legacy4", "moto_old4", "military", MOPED})


def _series_and_number(kind: str, *, state: bool) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """What follows the local code: the places of the series (with the country's code) and of the number."""
    series, second, blue = letters()
    digits = {count: (DIGITS,) * count for count in (2, 3, 4, 5)}
    car = blue if state else series
    return {
        "temporary": [((), digits[5])],
        "foreign_car": [((*digits[3], *mark), digits[2]) for mark in _FOREIGN],
        "foreign_moto": [((*digits[3], *mark), digits[3]) for mark in _FOREIGN],
        "special": [(tuple(mark), digits[count]) for mark in _SPECIAL for count in (4, 5)],
        "emoto_legacy_md": [(("M", "D", _NOT_ZERO), digits[5])],
        "car": [((car,), digits[5])],
        "car_legacy4": [((car,), digits[4])],
        "moto_new": [((series, second), digits[5])],
        "moto_old5": [((series, _NOT_ZERO), digits[5])],
        "moto_old4": [((series, _NOT_ZERO), digits[4])],
        "moto_state_blue": [((blue, _NOT_ZERO), digits[5])],
        "military": [((_ARMY, _ARMY), digits[4])],
        MOPED: [((series, second), digits[4])],
    }[kind]


@cache
def _places() -> tuple[tuple[str, str], ...]:
    """The local codes as pairs of places, first digits with the same second ones together: 2|3|5|6|7 0-9."""
    seconds: dict[str, str] = {}
    for code in sorted(province_codes()):
        first, second = divmod(code, 10)
        seconds[str(first)] = seconds.get(str(first), "") + str(second)
    firsts: dict[str, str] = {}
    for tens, units in seconds.items():
        firsts[units] = firsts.get(units, "") + tens
    return tuple((tens, units) for units, tens in firsts.items())
