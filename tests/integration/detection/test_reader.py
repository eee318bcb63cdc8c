"""The reader with its real weights, on drawn plates of every kind."""

import sys

import numpy as np
import pytest

from detection.reader import BATCH, Reader
from detection.training.plates import LONG, LONG_OLD, MOTORCYCLE, SHORT, SHORT_OLD, paint_plate

pytestmark = [
    pytest.mark.camera,
    # easyocr imports names that torch has moved; nothing of ours calls them.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

Expected = tuple[str, int, tuple[float, float], str, int | None]  # text, rows, size, colour, first row

PLATES: list[Expected] = [
    ("51F12345", 1, LONG, "white", None),
    ("30H03940", 2, SHORT, "white", 3),
    ("29A51796", 2, SHORT_OLD, "white", 3),
    ("60A35981", 1, LONG_OLD, "white", None),
    ("51B66677", 1, LONG, "yellow", None),
    ("80A12789", 1, LONG, "blue", None),
    ("59X123456", 2, MOTORCYCLE, "white", 4),
    ("59K12348", 2, MOTORCYCLE, "white", 4),
    ("59AB04892", 2, MOTORCYCLE, "white", 4),
    ("29MD123456", 2, MOTORCYCLE, "white", 5),
    ("20KT22622", 2, SHORT, "white", 4),
    ("TM1234", 1, LONG, "red", None),
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize("expected", PLATES, ids=lambda expected: expected[0])
def test_a_clean_plate_of_each_kind(reader: Reader, expected: Expected) -> None:
    text, lines, size, colour, first_row = expected
    plate = paint_plate(text, lines=lines, size_mm=size, colour=colour, height_px=90)
    reading = reader.read([plate])[0]
    assert (reading.text, reading.first_row) == (text, first_row)
    assert len(reading.characters) == len(text)
    assert 0 < reading.confidence <= min(reading.characters) <= 1


def test_many_crops_of_any_size_answer_in_order_as_each_alone(reader: Reader) -> None:
    crops = [
        paint_plate(text, lines=lines, size_mm=size, colour=colour, height_px=40 + 9 * index)
        for index, (text, lines, size, colour, _) in enumerate(PLATES)
    ] * (BATCH // len(PLATES) + 1)
    together = reader.read(crops)
    assert len(together) == len(crops)
    assert [reading.text for reading in together] == [reader.read([crop])[0].text for crop in crops]


def test_a_crop_without_text(reader: Reader) -> None:
    reading = reader.read([np.full((40, 120, 3), 128, np.uint8)])[0]
    assert reading.confidence < 0.5


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
