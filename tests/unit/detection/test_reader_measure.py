"""Answers against labels: what counts as read, accepted, wrong, false; and a split that leaks is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from detection.geometry import Box
from detection.training import photos
from detection.training.photos import DataError, LabelledPlate, Photograph
from detection.training.reader_measure import by, check_split, false_plates, outcome, sample, summary

PLATE = Box(100, 100, 200, 150)
ELSEWHERE = Box(300, 300, 400, 350)


@dataclass(frozen=True)
class Said:
    text: str
    box: Box = PLATE
    accepted: bool = True
    confidence: float = 0.9


def photograph(*plates: LabelledPlate, scene: str = "tgmt_AQUA1") -> Photograph:
    return Photograph(Path("one.jpg"), scene, complete=True, plates=plates)


TRUTH = LabelledPlate(PLATE, "30A12345", 1, "car")


def test_an_exact_accepted_answer() -> None:
    found = outcome(photograph(TRUTH), TRUTH, [Said("30A12345")])
    assert (found.exact, found.accepted, found.accepted_wrong) == (True, True, False)
    assert (found.place, found.height_band, found.row_pixels) == ("tgmt", ">50", 50)


def test_a_missed_plate_is_wrong_and_not_accepted() -> None:
    found = outcome(photograph(TRUTH), TRUTH, [Said("30A12345", ELSEWHERE)])
    assert found.read is None
    assert (found.exact, found.accepted) == (False, False)


def test_any_accepted_wrong_text_near_a_plate_counts_even_if_a_better_box_is_right() -> None:
    said = [Said("30A12345"), Said("30A12346", Box(110, 105, 205, 160))]
    found = outcome(photograph(TRUTH), TRUTH, said)
    assert found.exact
    assert found.accepted_wrong


def test_an_unsure_wrong_answer_is_only_not_exact() -> None:
    found = outcome(photograph(TRUTH), TRUTH, [Said("30A12346", accepted=False)])
    assert (found.exact, found.accepted, found.accepted_wrong) == (False, False, False)


@pytest.mark.parametrize(
    ("pixels", "band"), [(11.9, "<12"), (12, "12-20"), (20, "20-30"), (49, "30-50"), (50, ">50")]
)
def test_height_bands_are_per_row(pixels: float, band: str) -> None:
    plate = LabelledPlate(Box(0, 0, 100, 2 * pixels), "29X112345", 2, "motorbike")
    assert outcome(photograph(plate), plate, []).height_band == band


def test_false_plates_match_no_label_by_place_or_by_text() -> None:
    said = [Said("30A12346"), Said("51F99999", ELSEWHERE), Said("30A12345", ELSEWHERE)]
    assert false_plates(photograph(TRUTH), [*said, Said("1", ELSEWHERE, accepted=False)]) == ["51F99999"]


def test_rates_by_rows_and_by_group() -> None:
    second = LabelledPlate(ELSEWHERE, "29X112345", 2, "motorbike")
    photo = photograph(TRUTH, second)
    found = [outcome(photo, TRUTH, [Said("30A12346")]), outcome(photo, second, [])]
    rates = summary(found)
    assert rates["all"]["found"]["hits"] == 1
    assert rates["one_row"]["accepted_wrong"] | {"low": 0, "high": 0} == {
        "hits": 1, "of": 1, "rate": 1.0, "low": 0, "high": 0,
    }  # fmt: skip
    assert rates["two_row"]["exact"]["of"] == 1
    assert list(by(found, lambda one: one.text)) == ["29X112345", "30A12345"]


def test_a_sample_is_the_same_for_a_seed_and_whole_without_a_limit() -> None:
    assert sample(range(100), 7, 3) == sample(range(100), 7, 3)
    assert sample(range(5), 0, 3) == sample(range(5), 9, 3) == list(range(5))


@pytest.fixture
def labels(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    def write(texts: dict[str, str]) -> Path:
        """Labels with one plate a scene."""
        rows = ["file,x1,y1,x2,y2,text,vehicle,lines,all_plates_labelled,scene"]
        rows += [f"{scene}.jpg,0,0,9,9,{text},car,1,1,{scene}" for scene, text in texts.items()]
        (tmp_path / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
        (tmp_path / "crops").mkdir()
        (tmp_path / "crops/crops.csv").write_text("file,text,lines,vehicle\n", encoding="utf-8")
        return tmp_path

    photos.sides()
    return write


@pytest.mark.parametrize("learned", ["30A12345", "30A12346"])
def test_a_plate_on_both_sides_stops_the_measurement(
    labels: Callable[[dict[str, str]], Path], learned: str
) -> None:
    root = labels({"tgmt_AQUA1": "30A12345", "greenparking_car_lane": learned})
    with pytest.raises(DataError, match="1 plates held aside"):
        check_split(root)


def test_plates_that_differ_twice_are_two(labels: Callable[[dict[str, str]], Path]) -> None:
    root = labels({"tgmt_AQUA1": "30A12345", "greenparking_car_lane": "30A12367"})
    assert check_split(root) == {"held_aside_texts": 1, "training_texts": 1, "shared": 0}
