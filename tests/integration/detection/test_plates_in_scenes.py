"""Every kind of plate, exactly, in a rendered street; and what is lettered but no plate reads as nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detection.finder import Finder
from detection.geometry import Box
from detection.plate_text import display
from detection.reading import PlateReader, load_plate_reader
from detection.training.composites import set_plate, sign
from detection.training.plates import LONG, MOTORCYCLE, SHORT, SHORT_OLD, Plate
from detection.windows import WINDOW, found_in_windows

pytestmark = [
    pytest.mark.camera,
    # easyocr imports names that torch has moved; nothing of ours calls them.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

Image = NDArray[np.uint8]
FRAME = 116  # a car and three motorbikes near the camera, their plates wholly in view
JUNCTION = Path(__file__).resolve().parents[3] / "samples" / "junction"

# text, kind, plate
KINDS = [
    ("51F12345", "car", Plate("51F12345", 1, LONG)),
    ("30G48261", "car", Plate("30G48261", 2, SHORT)),
    ("51B27938", "car", Plate("51B27938", 1, LONG, "yellow")),
    ("80A03517", "car", Plate("80A03517", 1, LONG, "blue")),
    ("52A1934", "car_legacy4", Plate("52A1934", 2, SHORT_OLD)),
    ("59AB72634", "moto_new", Plate("59AB72634", 2, MOTORCYCLE)),
    ("59X123456", "moto_old5", Plate("59X123456", 2, MOTORCYCLE)),
    ("66P15967", "moto_old4", Plate("66P15967", 2, MOTORCYCLE)),
    ("29A162738", "moto_state_blue", Plate("29A162738", 2, MOTORCYCLE, "blue")),
    ("29MD142678", "emoto_legacy_md", Plate("29MD142678", 2, MOTORCYCLE)),
    ("50LD04411", "special", Plate("50LD04411", 1, LONG)),
    ("20KT22622", "special", Plate("20KT22622", 2, SHORT)),
    ("T5123584", "temporary", Plate("T5123584", 1, LONG)),
    ("80441NG02", "foreign_car", Plate("80441NG02", 1, LONG)),
    ("29121NN101", "foreign_moto", Plate("29121NN101", 2, MOTORCYCLE)),
    ("TH4936", "military", Plate("TH4936", 1, LONG, "red")),
]


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    return load_plate_reader()


@pytest.fixture(scope="module")
def street() -> Image:
    """A frame of the rendered junction, day, with traffic."""
    capture = cv2.VideoCapture(str(JUNCTION / "video.mp4"))
    for _ in range(FRAME):
        assert capture.grab()
    read, frame = capture.read()
    capture.release()
    assert read
    return np.asarray(frame, np.uint8)


def carriers() -> Iterator[tuple[str, Box]]:
    """Vehicles of the frame whose plate is in view: class, and the plate's box."""
    document = json.loads((JUNCTION / "expected.json").read_text(encoding="utf-8"))
    for vehicle in document["vehicles"]:
        seen = vehicle["boxes"].get(str(FRAME))
        if seen is not None and seen["plate"] is not None:
            yield vehicle["class"], Box(*seen["plate"])


@pytest.mark.parametrize(
    ("text", "kind", "plate"), KINDS, ids=lambda value: str(getattr(value, "text", value))
)
def test_each_kind_is_read_exactly_in_a_street(
    reader: PlateReader, street: Image, text: str, kind: str, plate: Plate
) -> None:
    rider = plate.size_mm == MOTORCYCLE
    old = max(
        (box for label, box in carriers() if (label == "motorbike") == rider), key=lambda box: box.height
    )
    wide, tall = plate.size_mm
    height = 40 if plate.lines == 2 else 26
    x, y = old.centre
    box = Box(x - height * wide / tall / 2, y - height / 2, x + height * wide / tall / 2, y + height / 2)
    scene = street.copy()
    x1, y1, x2, y2 = old.grown(0.06, 0.1).as_ints()
    scene[y1:y2, x1:x2] = 170  # the old plate may be the wider one; the new one will be as bright
    painted = set_plate(scene, box, plate, np.random.default_rng(7))
    found = [one for one in reader.read_image(scene) if one.box.iou(painted) > 0.5]
    assert [one.text for one in found] == [text]
    assert (found[0].kind, found[0].lines) == (kind, plate.lines)
    assert found[0].display == display(text, kind)


def test_an_empty_street_reads_nothing(reader: PlateReader, street: Image) -> None:
    height, width = street.shape[:2]
    empty = cv2.resize(street[: height // 10], (width, height), interpolation=cv2.INTER_CUBIC)
    assert reader.read_image(np.asarray(empty, np.uint8)) == []
    assert reader.read_image(np.full((480, 640, 3), 127, np.uint8)) == []


@pytest.mark.parametrize("seed", range(12))
def test_signs_and_adverts_read_nothing(reader: PlateReader, street: Image, seed: int) -> None:
    rng = np.random.default_rng(seed)
    height, width = street.shape[:2]
    scene = cv2.resize(street[: height // 10], (width, height), interpolation=cv2.INTER_CUBIC)
    for row in range(3):
        wide, tall = int(rng.integers(120, 500)), int(rng.integers(40, 160))
        x, y = int(rng.integers(0, width - wide)), 20 + 230 * row
        scene[y : y + tall, x : x + wide] = sign(wide, tall, rng)
    assert [one.text for one in reader.read_image(np.asarray(scene, np.uint8))] == []


@pytest.mark.parametrize("at", [(100, 100), (1060, 520), (2560, 1440)])
def test_a_small_plate_is_found_in_eight_megapixels(street: Image, at: tuple[int, int]) -> None:
    scene = np.full((2160, 3840, 3), 120, np.uint8)
    x, y = at
    height, width = street.shape[:2]
    scene[y : y + height, x : x + width] = street
    old = max((box for label, box in carriers() if label == "motorbike"), key=lambda box: box.height)
    middle = old.centre
    # At (1060, 520) it lies across the edges of four windows.
    box = Box(middle[0] - 18, middle[1] - 13, middle[0] + 18, middle[1] + 13).moved(x, y)
    painted = set_plate(scene, box, Plate("59X123456", 2, MOTORCYCLE), np.random.default_rng(7))
    seen = [one for one in found_in_windows(Finder(image_size=WINDOW), scene) if one.label == "plate"]
    assert any(one.box.iou(painted) > 0.2 for one in seen)
