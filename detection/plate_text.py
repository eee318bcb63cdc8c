"""The grammar of Vietnamese plate strings. Standard library only; the centre imports it too.

The expressions are those of `plates_regex.json` (Circular 79/2024/TT-BCA, Article 37 and Annexes
02-04, and the older plates that stay legal by Article 39). A string alone does not always tell its
kind: `59X12345` is the car 59X-123.45 or the old motorcycle 59-X1 2345. Row count, vehicle,
background colour and the place of the line break settle that where they are known.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

UNKNOWN: Final = "unknown"
VEHICLES: Final = ("car", "motorbike", "bus", "truck")
COLOURS: Final = ("white", "yellow", "blue", "red")

# Circular 79/2024: a motorcycle carries one plate of 140 x 190 mm in two rows, never one row.
_MOTORCYCLE: Final = frozenset(
    {"foreign_moto", "emoto_legacy_md", "moto_new", "moto_old5", "moto_old4", "moto_state_blue"}
)
_FOUR_WHEELS: Final = frozenset({"foreign_car", "car", "car_legacy4"})
# Yellow is transport business, cars only (Article 37.5.đ); blue is the state, and temporary plates for events
# (Annex 04 §9), the other temporary plates being paper; red is the army.
_BY_COLOUR: Final = {
    "red": frozenset({"military"}),
    "yellow": frozenset({"car", "car_legacy4", "special"}),
    "blue": frozenset({"car", "car_legacy4", "moto_state_blue", "special", "temporary"}),
    "white": frozenset(
        (_MOTORCYCLE - {"moto_state_blue"}) | _FOUR_WHEELS | {"special", "temporary"},
    ),
}
# Nobody described where the rows of these part, so any place will do.
_BREAK_ANYWHERE: Final = frozenset({"military", "temporary"})
_NOT_KEPT: Final = re.compile(r"[^0-9A-Z]")


@dataclass(frozen=True, slots=True)
class _Grammar:
    kinds: tuple[tuple[str, re.Pattern[str], str], ...]
    codes: frozenset[int]
    letters: tuple[str, str, str]
    moped: re.Pattern[str]


@cache
def _grammar() -> _Grammar:
    data = json.loads(Path(__file__).with_name("plates_regex.json").read_text(encoding="utf-8"))
    kinds = tuple(
        (kind, re.compile(data["kinds"][kind]["regex"], re.ASCII), data["kinds"][kind]["display"])
        for kind in data["order"]
    )
    codes = "|".join(str(code) for code in data["province_codes_in_use"])
    series = f"[{data['letters_series']}][{data['letters_moto_second']}]"
    return _Grammar(
        kinds=kinds,
        codes=frozenset(data["province_codes_in_use"]),
        letters=(data["letters_series"], data["letters_moto_second"], data["letters_state_blue"]),
        moped=re.compile(rf"^(?:{codes})(?P<seri>{series})(?P<num>[0-9]{{4}})$"),
    )


def all_kinds() -> tuple[str, ...]:
    """Every kind the grammar knows, in the order of `plates_regex.json`."""
    return tuple(kind for kind, _, _ in _grammar().kinds)


def province_codes() -> frozenset[int]:
    """The local codes in use (81 of them, 80 being the central offices)."""
    return _grammar().codes


def letters() -> tuple[str, str, str]:
    """The letters of a series, of a motorcycle's second place, and of the state's (blue) plates."""
    return _grammar().letters


def normalise(text: str) -> str:
    """Plate text as stored and compared: NFC, upper case, Đ as D, only 0-9 and A-Z."""
    upper = unicodedata.normalize("NFC", text).upper().replace("Đ", "D")
    return _NOT_KEPT.sub("", upper)


def kinds_of(
    text: str,
    *,
    lines: int | None = None,
    vehicle: str | None = None,
    colour: str | None = None,
    first_row: int | None = None,
) -> tuple[str, ...]:
    """All kinds that fit, in the order of `plates_regex.json`; empty if the grammar does not know the text.

    Args:
        text: plate text in any writing; it is normalised here.
        lines: rows of the plate, 1 or 2. One row rules motorcycles out; two rows rule nothing out.
        vehicle: one of `VEHICLES`, what carries the plate.
        colour: one of `COLOURS`, the plate's background.
        first_row: how many characters stand in the first row of a two-row plate (59X|12345 or 59X1|2345).

    Raises:
        ValueError: a hint that is not one of the values above.
    """
    allowed = kinds_under(lines=lines, vehicle=vehicle, colour=colour)
    plain = normalise(text)
    matches = [
        (kind, match)
        for kind, regex, _ in _grammar().kinds
        if kind in allowed and (match := regex.match(plain)) and _has_colour(kind, match, colour)
    ]
    if lines == 2 and first_row is not None:
        matches = [(kind, match) for kind, match in matches if _breaks_at(kind, match, first_row)]
    kinds = tuple(kind for kind, _ in matches)
    if vehicle == "motorbike" and "moto_new" in kinds:
        # 59-LD 123.45 on a motorcycle is series LD of 2023, not the old joint-venture code.
        kinds = tuple(kind for kind in kinds if kind != "special")
    return kinds


def kinds_under(
    *, lines: int | None = None, vehicle: str | None = None, colour: str | None = None
) -> frozenset[str]:
    """The kinds that the hints leave possible, whatever the text; hints and errors as in `kinds_of`."""
    if lines not in {None, 1, 2}:
        raise ValueError(f"lines must be 1 or 2, not {lines!r}")
    if vehicle is not None and vehicle not in VEHICLES:
        raise ValueError(f"vehicle must be one of {VEHICLES}, not {vehicle!r}")
    if colour is not None and colour not in COLOURS:
        raise ValueError(f"colour must be one of {COLOURS}, not {colour!r}")
    allowed = frozenset(all_kinds()) if colour is None else _BY_COLOUR[colour]
    if vehicle == "motorbike":
        allowed -= _FOUR_WHEELS
    if lines == 1 or vehicle not in {None, "motorbike"}:
        allowed -= _MOTORCYCLE
    return allowed


def is_known(
    text: str,
    *,
    lines: int | None = None,
    vehicle: str | None = None,
    colour: str | None = None,
    first_row: int | None = None,
) -> bool:
    """Whether the text is a Vietnamese plate: of some kind, or an old moped's, which is of no listed kind.

    Mopeds up to 50 cm³ had two letters before 15/8/2023, and four digits, 51-FB 4779, stay legal by
    Article 39.3; `plates_regex.json` lists no such kind, so `kind_of` answers `"unknown"` for them.
    Arguments and errors are those of `kinds_of`.
    """
    if kinds_of(text, lines=lines, vehicle=vehicle, colour=colour, first_row=first_row):
        return True
    match = _grammar().moped.match(normalise(text))
    if match is None or not mopeds_under(lines=lines, vehicle=vehicle, colour=colour):
        return False
    return lines is None or first_row is None or first_row == match.start("num")


def mopeds_under(*, lines: int | None = None, vehicle: str | None = None, colour: str | None = None) -> bool:
    """Whether the hints leave an old moped possible: like any motorcycle in private hands."""
    return lines != 1 and vehicle in {None, "motorbike"} and colour in {None, "white"}


def kind_of(
    text: str,
    *,
    lines: int | None = None,
    vehicle: str | None = None,
    colour: str | None = None,
    first_row: int | None = None,
) -> str:
    """The kind of the plate, or `"unknown"`.

    Several kinds may still fit. Where they are written alike and sit on the same sort of vehicle (a
    private and a state motorcycle, which only the colour tells apart) the first one is the answer;
    where the doubt would change how the plate is written or what carries it (car or motorcycle),
    the answer is `"unknown"`.
    """
    fitting = kinds_of(text, lines=lines, vehicle=vehicle, colour=colour, first_row=first_row)
    if not fitting:
        return UNKNOWN
    written = {display(text, kind) for kind in fitting}
    return fitting[0] if len(written) == 1 else UNKNOWN


def display(text: str, kind: str) -> str:
    """The plate as people write it: `51F-123.45`, `59-X1 234.56`; of an unknown kind, the text itself."""
    plain = normalise(text)
    for name, regex, template in _grammar().kinds:
        if name == kind and (match := regex.match(plain)):
            parts = match.groupdict()
            number = parts["num"]
            if len(number) == 5:
                parts["a"], parts["b"] = number[:3], number[3:]
            if len(number) == 4:
                parts["n1"], parts["n2"] = number[:2], number[2:]
            # Only five digits are written with the dot; `special` knows four as well.
            fitting = template if len(number) == 5 else template.replace("{a}.{b}", "{num}")
            return fitting.format(**parts)
    return plain


def _has_colour(kind: str, match: re.Match[str], colour: str | None) -> bool:
    """Whether the series goes with the colour: cars of the state have eleven letters (Article 37.5.a, b)."""
    is_state_car = colour == "blue" and kind in {"car", "car_legacy4"}
    return not is_state_car or match["seri"] in letters()[2]


def _breaks_at(kind: str, match: re.Match[str], first_row: int) -> bool:
    """Whether a two-row plate of this kind ends its first row after `first_row` characters.

    The serial number is the second row; only the foreign car plates (80-441 | NG-02) break before the series.
    """
    if kind == "foreign_car":
        return first_row in {match.start("seri"), match.start("num")}
    if kind in _BREAK_ANYWHERE:
        return 0 < first_row < len(match.string)
    return first_row == match.start("num")
