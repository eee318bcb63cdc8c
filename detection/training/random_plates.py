"""Plates of every kind at random, as they may be met on the road."""

from typing import Final

import numpy as np

from detection.decoding import ALPHABET, ROW_BREAK
from detection.plate_text import province_codes
from detection.training.plates import LONG, LONG_OLD, MOTORCYCLE, SHORT, SHORT_OLD, Plate

SERIES: Final = "ABCDEFGHKLMNPSTUVXYZ"
SECOND: Final = "ABCDEFGHKLMNPRSTUVXYZ"
STATE: Final = "ABCDEFGHKLM"
ARMY: Final = "ABCDEFGHKNPQRSTV"


def random_plate(rng: np.random.Generator) -> Plate:
    """A plate as it may be met: cars and motorcycles mostly, every other kind now and then."""
    kinds = (cars, motorcycles, specials, foreigners, army, temporaries, anything)
    chance = (0.46, 0.36, 0.05, 0.04, 0.03, 0.02, 0.04)
    return kinds[int(rng.choice(len(kinds), p=chance))](rng)


def cars(rng: np.random.Generator) -> Plate:
    """A car of any owner, plate long or short, old size or new."""
    text = _code(rng) + _pick(SERIES, rng) + _digits(4 if rng.random() < 0.08 else 5, rng)
    colour = str(rng.choice(["white", "yellow", "blue"], p=[0.72, 0.2, 0.08]))
    return _on_car(text, colour, rng)


def _on_car(text: str, colour: str, rng: np.random.Generator) -> Plate:
    size = (LONG, SHORT, LONG_OLD, SHORT_OLD)[int(rng.choice(4, p=[0.26, 0.27, 0.2, 0.27]))]
    return Plate(text, 1 if size in {LONG, LONG_OLD} else 2, size, colour)


def motorcycles(rng: np.random.Generator) -> Plate:
    """A motorcycle: old series, new series, electric, state."""
    choice, code, first = rng.random(), _code(rng), _pick(SERIES, rng)
    colour = "white"
    if choice < 0.4:
        text = code + first + _pick("123456789", rng) + _digits(5, rng)
    elif choice < 0.55:
        text = code + first + _pick("123456789", rng) + _digits(4, rng)
    elif choice < 0.84:
        text = code + first + _pick(SECOND, rng) + _digits(5, rng)
    elif choice < 0.92:
        text = code + "MD" + _pick("123456789", rng) + _digits(5, rng)
    else:
        text, colour = code + _pick(STATE, rng) + _pick("123456789", rng) + _digits(5, rng), "blue"
    return Plate(text, 2, MOTORCYCLE, colour)


def specials(rng: np.random.Generator) -> Plate:
    """A vehicle with a series of its own, as trailers and army enterprises have."""
    series = str(rng.choice(["CD", "RM", "HC", "KT", "MK", "TD", "LD", "DA", "MD", "CT", "LB", "R"]))
    return _on_car(_code(rng) + series + _digits(5, rng), "white", rng)


def foreigners(rng: np.random.Generator) -> Plate:
    """An embassy, an organisation, or another foreigner."""
    series = str(rng.choice(["NG", "QT", "CV", "NN"]))
    head = _code(rng) + _digits(3, rng) + series
    if rng.random() < 0.7:
        return _on_car(head + _digits(2, rng), "white", rng)
    return Plate(head + _digits(3, rng), 2, MOTORCYCLE, "white")


def army(rng: np.random.Generator) -> Plate:
    """A military vehicle."""
    text = _pick(ARMY, rng) + _pick(ARMY, rng) + _digits(4, rng)
    return _on_car(text, "red", rng)


def temporaries(rng: np.random.Generator) -> Plate:
    """A temporary plate."""
    return _on_car("T" + _code(rng) + _digits(5, rng), "white", rng)


def anything(rng: np.random.Generator) -> Plate:
    """Text that no Vietnamese plate carries: the network is to read what stands there, not what should."""
    letters = ALPHABET.replace(ROW_BREAK, "")
    text = "".join(_pick(letters, rng) for _ in range(int(rng.integers(5, 10))))
    return _on_car(text, "white", rng)


def _code(rng: np.random.Generator) -> str:
    return str(rng.choice(sorted(province_codes())))


def _pick(characters: str, rng: np.random.Generator) -> str:
    return characters[int(rng.integers(0, len(characters)))]


def _digits(count: int, rng: np.random.Generator) -> str:
    return "".join(_pick("0123456789", rng) for _ in range(count))
