"""Pictures in, plate texts out: the whole chain, bad files among good ones, and the fixed JSON."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from errno import EACCES
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detection.finder import Finder, Found
from detection.geometry import Box
from detection.plate_text import all_kinds, normalise
from detection.read_files import picture_files, read_paths
from detection.reader import Reader
from detection.reading import PlateReader, ballot
from detection.training.plates import LONG, MOTORCYCLE, SHORT, paint_plate
from detection.vote import vote

pytestmark = [
    pytest.mark.camera,
    # easyocr imports names that torch has moved; nothing of ours calls them.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def plate_reader() -> PlateReader:
    return PlateReader(Finder(), Reader())


def scene(*placed: tuple[Image, int, int]) -> tuple[Image, list[Box]]:
    """Plates on a dark ground at (x, y), and their boxes."""
    picture = np.full((360, 640, 3), 60, np.uint8)
    boxes = []
    for plate, x, y in placed:
        height, width = plate.shape[:2]
        picture[y : y + height, x : x + width] = plate
        boxes.append(Box(x, y, x + width, y + height))
    return picture, boxes


def test_boxes_are_read_with_kind_rows_and_judgement(plate_reader: PlateReader) -> None:
    picture, boxes = scene(
        (paint_plate("51F12345", lines=1, size_mm=LONG, height_px=44), 20, 30),
        (paint_plate("59X12346", lines=2, size_mm=MOTORCYCLE, height_px=80), 300, 40),
        (paint_plate("59X12347", lines=2, size_mm=SHORT, height_px=80), 300, 200),
    )
    car, motorcycle, short = plate_reader.read_plates(picture, boxes)
    assert (car.text, car.kind, car.display, car.lines) == ("51F12345", "car", "51F-123.45", 1)
    assert (motorcycle.text, motorcycle.kind, motorcycle.display) == ("59X12346", "moto_old4", "59-X1 2346")
    assert (short.text, short.kind, short.lines, short.first_row) == ("59X12347", "car", 2, 3)
    for reading, box in zip((car, motorcycle, short), boxes, strict=True):
        assert reading.box == box
        assert len(reading.characters) == len(reading.text)
        assert reading.accepted == (reading.reason is None)


def test_a_box_that_ends_before_the_plate_does_loses_no_character(plate_reader: PlateReader) -> None:
    picture, (box,) = scene((paint_plate("51F12345", lines=1, size_mm=LONG, height_px=44), 200, 100))
    short = Box(box.x1 + 0.14 * box.width, box.y1, box.x2, box.y2)
    assert plate_reader.read_plates(picture, [short])[0].text == "51F12345"


class _SeesParts(Finder):
    """A finder that gives these boxes of the whole picture, and nothing from close by."""

    def __init__(self, picture: Image, boxes: Sequence[Box]) -> None:
        self._whole = picture
        self._plates = [Found("plate", box, 0.8 - place / 10, None) for place, box in enumerate(boxes)]

    def find(
        self,
        images: Sequence[Image],
        *,
        image_size: int | None = None,  # noqa: ARG002  # every look sees the same
    ) -> list[list[Found]]:
        return [list(self._plates) if image.shape == self._whole.shape else [] for image in images]


@pytest.mark.parametrize(
    "shares", [[(0.5, 1.0), (0.0, 1.0)], [(0.35, 1.0), (0.0, 0.75)]], ids=["one holds it", "only all do"]
)
def test_a_plate_whose_surest_box_ends_early_is_read_in_the_less_sure_ones(
    shares: Sequence[tuple[float, float]],
) -> None:
    picture, (box,) = scene((paint_plate("51F12345", lines=1, size_mm=LONG, height_px=44), 200, 100))
    boxes = [Box(box.x1 + a * box.width, box.y1, box.x1 + b * box.width, box.y2) for a, b in shares]
    readings = PlateReader(_SeesParts(picture, boxes), Reader()).read_image(picture)
    assert [(reading.text, reading.accepted) for reading in readings] == [("51F12345", True)]
    assert readings[0].box.iou(box) == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "dark"),
    [("30F56063", "left"), ("30F56063", "right"), ("30F33544", "right"), ("30F94874", "right")],
)
def test_a_shadow_over_half_a_plate_hides_none_of_it(plate_reader: PlateReader, text: str, dark: str) -> None:
    picture, (box,) = scene((paint_plate(text, lines=1, size_mm=LONG, height_px=56), 190, 150))
    light = np.ones((*picture.shape[:2], 1), np.float32)
    middle = round(box.centre[0])
    light[:, :middle] *= 0.18 if dark == "left" else 1
    light[:, middle:] *= 0.18 if dark == "right" else 1
    noise = np.random.default_rng(20261125).normal(0, 2, picture.shape)
    shaded = np.clip(cv2.GaussianBlur(picture * light, (0, 0), 1) + noise, 0, 255).astype(np.uint8)
    assert [reading.text for reading in plate_reader.read_image(shaded)] == [text]


def test_what_is_no_vietnamese_plate_is_read_but_not_accepted(plate_reader: PlateReader) -> None:
    picture, boxes = scene((paint_plate("WOB1987", lines=1, size_mm=LONG, height_px=60), 100, 100))
    reading = plate_reader.read_plates(picture, boxes)[0]
    assert (reading.kind, reading.accepted, reading.reason) == ("unknown", False, "not_vietnamese")


def test_a_tiny_plate_is_not_accepted(plate_reader: PlateReader) -> None:
    picture, boxes = scene((paint_plate("59X123456", lines=2, size_mm=MOTORCYCLE, height_px=12), 100, 100))
    assert not plate_reader.read_plates(picture, boxes)[0].accepted


@pytest.mark.parametrize(
    "boxes", [[], [Box(700, 10, 800, 50)], [Box(10, 10, 10, 50)], [Box(-40, -40, 10, 10)]]
)
def test_boxes_beside_the_picture(plate_reader: PlateReader, boxes: Sequence[Box]) -> None:
    readings = plate_reader.read_plates(np.full((100, 200, 3), 90, np.uint8), boxes)
    assert [reading.box for reading in readings] == list(boxes)
    assert not any(reading.accepted for reading in readings)


def test_frames_of_one_plate_make_a_verdict(plate_reader: PlateReader) -> None:
    ballots = []
    for frame in range(3):
        plate = paint_plate("51F12345", lines=1, size_mm=LONG, height_px=44 + 6 * frame)
        picture, boxes = scene((plate, 20 + 15 * frame, 30))
        ballots.append(ballot(frame, plate_reader.read_plates(picture, boxes, ["car"])[0], picture))
    assert all(one.sharpness > 0 for one in ballots)
    verdict = vote(ballots, vehicle="car")
    assert (verdict.text, verdict.kind, verdict.accepted) == ("51F12345", "car", True)


@pytest.fixture(scope="module")
def mixed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good pictures around bad ones."""
    folder = tmp_path_factory.mktemp("mixed")
    picture, _ = scene((paint_plate("51F12345", lines=1, size_mm=LONG, height_px=44), 200, 200))
    (folder / "deeper").mkdir()
    for name in ("a.jpg", "f.png", "deeper/z.jpg"):
        assert cv2.imwrite(str(folder / name), picture)
    (folder / "b.jpg").touch()
    (folder / "c.jpg").write_text("not a picture", encoding="utf-8")
    (folder / "d.jpg").write_bytes((folder / "a.jpg").read_bytes()[:2000])
    (folder / "notes.txt").write_text("no picture by its suffix: not looked at", encoding="utf-8")
    return folder


def test_bad_files_answer_with_their_error_and_the_rest_is_read(mixed_folder: Path) -> None:
    answers = [answer.to_json() for answer in read_paths([mixed_folder, mixed_folder / "none.jpg"])]
    names = [Path(answer["file"]).relative_to(mixed_folder).as_posix() for answer in answers]
    assert names == ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "f.png", "deeper/z.jpg", "none.jpg"]
    failed = {Path(answer["file"]).name for answer in answers if "error" in answer}
    assert failed == {"b.jpg", "c.jpg", "d.jpg", "none.jpg"}
    for answer in answers:
        assert set(answer) in ({"file", "error"}, {"file", "plates", "ms"})
        if "error" in answer:
            assert answer["file"] in answer["error"]


def test_folders_are_walked_in_order_and_files_taken_as_given(mixed_folder: Path) -> None:
    given = mixed_folder / "notes.txt"
    assert list(picture_files([given])) == [given]
    assert given not in list(picture_files([mixed_folder]))


def test_what_may_not_be_looked_into_is_told_and_the_rest_is_read(
    mixed_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The locked folder and a file below one, which the system does not even let ask what it is."""
    locked, below = mixed_folder / "deeper", mixed_folder / "locked" / "a.jpg"
    scandir, stat = os.scandir, os.stat

    def scan(path: str | Path) -> object:
        if Path(path) == locked:
            raise PermissionError(EACCES, "Permission denied", str(path))
        return scandir(path)

    def look(path: str | Path, **options: Any) -> os.stat_result:
        if Path(path) == below:
            raise PermissionError(EACCES, "Permission denied", str(path))
        return stat(path, **options)

    monkeypatch.setattr(os, "scandir", scan)
    monkeypatch.setattr(os, "stat", look)
    answers = {answer.file: answer.error for answer in read_paths([below, mixed_folder])}
    assert "check that it exists and its permissions" in (answers[below] or "")
    assert "check that it exists and its permissions" in (answers[locked] or "")
    assert answers[mixed_folder / "f.png"] is None


def test_a_name_that_is_no_text_is_told_with_its_bytes(mixed_folder: Path, tmp_path: Path) -> None:
    name = os.fsdecode(b"bi\xe9n.jpg")
    shutil.copy(mixed_folder / "a.jpg", tmp_path / name)
    (tmp_path / os.fsdecode(b"h\xf3ng.jpg")).touch()
    lines = [json.dumps(answer.to_json(), ensure_ascii=False) for answer in read_paths([tmp_path])]
    good, bad = (json.loads(line.encode("utf-8")) for line in lines)
    assert good["file"] == f"{tmp_path}/bi\\xe9n.jpg"
    assert good["plates"]
    assert bad["file"] == f"{tmp_path}/h\\xf3ng.jpg"
    assert bad["file"] in bad["error"]


def test_the_command_prints_one_json_line_per_picture(mixed_folder: Path) -> None:
    program = "import sys; from config.cli import main; sys.argv[0] = 'phatnguoi'; main()"
    command = [sys.executable, "-c", program, "read", str(mixed_folder), "--json"]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ran.returncode == 1, ran.stderr
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(lines) == 6
    for plate in (plate for line in lines for plate in line.get("plates", [])):
        assert set(plate) == {"text", "display", "kind", "lines", "box", "confidence", "accepted", "reason"}
        assert plate["text"] == normalise(plate["text"])
        assert plate["kind"] in {*all_kinds(), "unknown"}
        assert plate["lines"] in {1, 2}
        assert len(plate["box"]) == 4


def test_a_folder_without_pictures_answers_nothing(tmp_path: Path) -> None:
    shutil.copy(__file__, tmp_path)
    assert list(read_paths([tmp_path])) == []
