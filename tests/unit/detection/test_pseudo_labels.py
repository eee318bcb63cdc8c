"""Which plates become labels though nobody wrote them down."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from detection.geometry import Box
from detection.judgement import PlateReading
from detection.training.photos import PseudoLabel, is_near, read_pseudo_labels
from detection.training.pseudo_labels import FIELDS, agreed

BOX = Box(100, 100, 200, 140)

pytestmark = pytest.mark.camera


@dataclass(frozen=True)
class Other:
    text: str
    box: Box


def ours(text: str = "51F12345", box: Box = BOX, confidence: float = 0.8) -> PlateReading:
    return PlateReading(text, text, "car", 1, box, confidence, True, None, (confidence,) * len(text))


def test_both_readers_must_say_the_same_at_the_same_place() -> None:
    near = Box(102, 101, 203, 142)
    assert list(agreed([], [ours()], [Other("51F12345", near)])) == [ours()]
    assert not list(agreed([], [ours()], [Other("51F12346", near)]))
    assert not list(agreed([], [ours()], [Other("51F12345", Box(400, 100, 500, 140))]))
    assert not list(agreed([], [ours()], []))


def test_no_plate_of_a_person_and_no_guess_and_no_sign() -> None:
    assert not list(agreed([BOX], [ours()], [Other("51F12345", BOX)]))
    assert not list(agreed([], [ours(confidence=0.1)], [Other("51F12345", BOX)]))
    assert not list(agreed([], [ours("KARAOKE")], [Other("KARAOKE", BOX)]))


def test_near_is_up_to_one_character() -> None:
    assert is_near("51F12345", {"51F12346"})
    assert not is_near("51F12345", {"51F12356", "51F1234"})


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "pseudo.csv"
    rows = [",".join(FIELDS), "a.jpg,1.0,2.0,30.5,40.0,59X123456,4", "b.jpg,1.0,2.0,3.0,4.0,51F12345,"]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert read_pseudo_labels(file) == [
        PseudoLabel(Path("a.jpg"), Box(1, 2, 30.5, 40), "59X123456", 4),
        PseudoLabel(Path("b.jpg"), Box(1, 2, 3, 4), "51F12345", None),
    ]
