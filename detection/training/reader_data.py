"""Endless training pictures for the reader: drawn plates of every kind and real crops, weighted by place."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zlib import crc32

import cv2
import numpy as np

from detection.geometry import Box
from detection.plate_text import kinds_of, normalise, province_codes
from detection.reader_network import ALPHABET, ROW_BREAK
from detection.training.photos import foreign_plates, photographs, training_crops
from detection.training.plates import (
    LONG,
    LONG_OLD,
    MOTORCYCLE,
    SHORT,
    SHORT_OLD,
    Plate,
    paint,
    rows_of,
    with_looks,
)
from detection.training.reader_looks import PHOTOGRAPHED, RENDERED, Floats, Grey, look

SERIES: Final = "ABCDEFGHKLMNPSTUVXYZ"
SECOND: Final = "ABCDEFGHKLMNPRSTUVXYZ"
STATE: Final = "ABCDEFGHKLM"
ARMY: Final = "ABCDEFGHKNPQRSTV"

# Share of each source in training. The garage lane has nine tenths of the photographs, and gets an eighth.
SHARES: Final = {
    "drawn": 0.56,
    "greenparking_bike_laneA": 0.10,
    "greenparking_car_lane": 0.04,
    "hcm_carpark": 0.05,
    "xemay": 0.03,
    "CarLong": 0.07,
    "various": 0.11,
    "foreign": 0.04,
}
BANK: Final = 600
REPAINTED: Final = 0.06


@dataclass(frozen=True, slots=True)
class Example:
    """A grey picture with the corners of its plate (4 x 2, clockwise from top left) and what it says.

    `text` is what the network is to write: A-Z0-9 and, between two rows, the row break.
    """

    picture: Grey
    corners: Floats
    text: str

    @property
    def lines(self) -> int:
        return 2 if ROW_BREAK in self.text else 1


def with_break(text: str, lines: int, vehicle: str | None) -> str | None:
    """The text with its row break; None if nobody wrote down enough to tell where the second row begins."""
    if lines == 1:
        return text
    number = {
        4 if kind.endswith("4") or kind == "military" else 5
        for kind in kinds_of(text, lines=2, vehicle=vehicle)
        if not kind.startswith("foreign")
    }
    if vehicle is None and number == {4, 5}:
        # Looked at, all 130 such crops: these codes and letters are cars there, the others old motorcycles.
        number = {5} if text[:2] in {"15", "29", "30", "80", "99"} and text[2] in "ACDEFG" else {4}
    if vehicle == "motorbike" and not number:
        # Mopeds of the old sort, 51-FB | 4779, are not in the grammar.
        number = {4}
    if len(number) != 1:
        return None
    digits = number.pop()
    if not text[-digits:].isdigit():
        return None
    return text[:-digits] + ROW_BREAK + text[-digits:]


def is_validation(text: str) -> bool:
    """Whether a real plate belongs to the training side's own validation: by its text, so never split."""
    return crc32(text.replace(ROW_BREAK, "").encode()) % 8 == 0


def real_examples(root: Path) -> dict[str, list[Example]]:
    """Real crops of the training side by source, validation included; grey, with a margin around the box."""
    found: dict[str, list[Example]] = {name: [] for name in SHARES if name != "drawn"}
    for photo in photographs(root, side="training"):
        picture = _grey(photo.path)
        source = "hcm_carpark" if photo.scene.startswith("hcm_carpark") else photo.scene
        for plate in photo.plates:
            text = with_break(plate.text, plate.lines, plate.vehicle) if plate.text else None
            if text:
                found[source].append(cut(picture, plate.box, text))
    for crop in training_crops(root):
        picture = _grey(crop.path)
        height, width = picture.shape
        text = with_break(crop.text, crop.lines, crop.vehicle)
        if text:
            found[crop.source].append(cut(picture, Box(0, 0, width, height), text))
    for plate_abroad in foreign_plates(root):
        text = normalise(plate_abroad.text)
        if text:
            found["foreign"].append(cut(_grey(plate_abroad.path), plate_abroad.box, text))
    return found


def cut(picture: Grey, box: Box, text: str) -> Example:
    """The plate with 30 % around it, scaled down to at most 110 pixels of plate height."""
    height, width = picture.shape
    wider = box.grown(0.3, 0.3).clipped(width, height)
    x1, y1, x2, y2 = wider.as_ints()
    scale = min(1.0, 110 / box.height)
    part = picture[y1:y2, x1:x2]
    small = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else part
    corners = np.array([[box.x1, box.y1], [box.x2, box.y1], [box.x2, box.y2], [box.x1, box.y2]])
    moved = (corners - (x1, y1)) * scale
    return Example(np.asarray(small, np.uint8), moved.astype(np.float32), text)


class Supply:
    """Draws training pictures by `SHARES`; the same seed and state give the same pictures."""

    def __init__(self, root: Path, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        real = real_examples(root)
        self._real = {name: [e for e in part if not is_validation(e.text)] for name, part in real.items()}
        self.validation = [
            example
            for name, part in real.items()
            for example in part
            if name != "foreign" and is_validation(example.text)
        ]
        self._names = list(SHARES)
        self._chances = np.array([SHARES[name] for name in self._names])
        self._bank = [drawn_example(self._rng) for _ in range(BANK)]
        self._backgrounds = [_background(self._rng) for _ in range(64)]
        self._backgrounds += [
            _surroundings(example) for example in self._real["greenparking_bike_laneA"][:200]
        ]

    def one(self) -> tuple[Grey, str]:
        """A picture, 48 x 128 uint8, and its text."""
        rng = self._rng
        name = self._names[int(rng.choice(len(self._names), p=self._chances))]
        if name == "drawn":
            slot = int(rng.integers(0, len(self._bank)))
            if rng.random() < REPAINTED:
                self._bank[slot] = drawn_example(rng)
            example = self._bank[slot]
            background = self._backgrounds[int(rng.integers(0, len(self._backgrounds)))]
            return look(example.picture, example.corners, RENDERED, background, rng), example.text
        part = self._real[name]
        example = part[int(rng.integers(0, len(part)))]
        return look(example.picture, example.corners, PHOTOGRAPHED, None, rng), example.text


def drawn_example(rng: np.random.Generator) -> Example:
    """A plate of a random kind, freshly drawn."""
    plate = with_looks(random_plate(rng), rng)
    picture = cv2.cvtColor(paint(plate, 96 if plate.lines == 2 else 64), cv2.COLOR_BGR2GRAY)
    height, width = picture.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    rows = rows_of(plate.text, lines=plate.lines, size_mm=plate.size_mm)
    text = ROW_BREAK.join(normalise(row) for row in rows)
    return Example(np.asarray(picture, np.uint8), corners, text)


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
    size = (LONG, SHORT, LONG_OLD, SHORT_OLD)[int(rng.choice(4, p=[0.3, 0.25, 0.25, 0.2]))]
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


def _grey(path: Path) -> Grey:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise FileNotFoundError(f"{path}: not a readable picture")
    return np.asarray(picture, np.uint8)


def _background(rng: np.random.Generator) -> Grey:
    coarse = rng.integers(0, 255, (int(rng.integers(2, 9)), int(rng.integers(2, 9)))).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (160, 80), interpolation=cv2.INTER_LINEAR), np.uint8)


def _surroundings(example: Example) -> Grey:
    """What lies below a real plate: mudguard, bumper, road."""
    bottom = int(example.corners[:, 1].max())
    part = example.picture[min(bottom, example.picture.shape[0] - 4) :]
    return np.asarray(cv2.resize(part, (160, 80)), np.uint8)


def batch(supply: Supply, size: int) -> tuple[Grey, Sequence[str]]:
    """`size` pictures, B x 48 x 128 uint8, and their texts."""
    drawn = [supply.one() for _ in range(size)]
    return np.stack([picture for picture, _ in drawn]), [text for _, text in drawn]
