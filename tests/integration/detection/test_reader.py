"""The reader with its real weights, on drawn plates of every kind."""

import sys
from collections.abc import Callable

import numpy as np
import pytest

from detection.plate_text import normalise
from detection.reader import BATCH, Reader
from detection.training.plates import LONG, Plate, paint, paint_plate, rows_of
from detection.training.random_plates import (
    army,
    cars,
    foreigners,
    motorcycles,
    random_plate,
    specials,
    temporaries,
)

pytestmark = [
    pytest.mark.camera,
    # easyocr imports names that torch has moved; nothing of ours calls them.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


# Least share of clean plates read exactly, text and row break. Army and embassy plates are rare; the Q that
# only they carry is still taken for a 0 too often (docs/models/reader.md).
FLOORS = [
    (cars, 0.95),
    (motorcycles, 0.95),
    (specials, 0.93),
    (temporaries, 0.9),
    (foreigners, 0.6),
    (army, 0.4),
]


@pytest.mark.parametrize(("kind", "floor"), FLOORS, ids=lambda value: getattr(value, "__name__", ""))
def test_clean_plates_of_each_kind(
    reader: Reader, kind: Callable[[np.random.Generator], Plate], floor: float
) -> None:
    rng = np.random.default_rng(11)
    plates = [kind(rng) for _ in range(60)]
    readings = reader.read([paint(plate, 90) for plate in plates])
    hits = 0
    for plate, reading in zip(plates, readings, strict=True):
        rows = [normalise(row) for row in rows_of(plate.text, lines=plate.lines, size_mm=plate.size_mm)]
        first_row = len(rows[0]) if len(rows) == 2 else None
        hits += (reading.text, reading.first_row) == ("".join(rows), first_row)
        assert len(reading.characters) == len(reading.text)
        assert reading.log_probability <= 0 < min(reading.characters) <= max(reading.characters) <= 1
    assert hits / len(plates) >= floor


def test_many_crops_of_any_size_answer_in_order_as_each_alone(reader: Reader) -> None:
    rng = np.random.default_rng(12)
    crops = [paint(random_plate(rng), 30 + 4 * index) for index in range(BATCH + 5)]
    together = reader.read(crops)
    assert len(together) == len(crops)
    assert [reading.text for reading in together] == [reader.read([crop])[0].text for crop in crops]


def test_a_crop_without_text(reader: Reader) -> None:
    reading = reader.read([np.full((40, 120, 3), 128, np.uint8)])[0]
    assert np.exp(reading.log_probability) < 0.5 or not reading.text


def test_grey_crops_and_none_at_all(reader: Reader) -> None:
    plate = paint_plate("51F12345", lines=1, size_mm=LONG, height_px=60)
    assert reader.read([plate[:, :, 1].copy()])[0].text == "51F12345"
    assert reader.read([]) == []


@pytest.mark.parametrize("shape", [(0, 10, 3), (10, 0, 3), (3,)])
def test_a_crop_that_is_no_picture_is_refused(reader: Reader, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="crop"):
        reader.read([np.zeros(shape, np.uint8)])


def test_nothing_is_left_on_the_module_path(reader: Reader) -> None:
    assert not [entry for entry in sys.path if entry.endswith("weights/reader")], reader
