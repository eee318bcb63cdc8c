"""Exact-plate rates on photographs of places that training never saw; skipped where they are not at hand."""

import random

import pytest

from detection.reading import load_plate_reader
from detection.training.photos import DEFAULT_ROOT, HELD_ASIDE_WEIGHTS, photographs, sides, training_crops
from detection.training.reader_measure import outcomes, summary

pytestmark = [
    pytest.mark.camera,
    pytest.mark.skipif(
        not (DEFAULT_ROOT / "labels.csv").exists(),
        reason=f"the photographs are not part of the project and not at {DEFAULT_ROOT}",
    ),
    # easyocr imports names that torch has moved; nothing of ours calls them.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

SEED = 20261122
SAMPLE = 160


def test_no_place_and_no_plate_is_on_both_sides() -> None:
    learned = photographs(side="training")
    held = photographs(side="held_aside")
    assert {photo.scene for photo in learned}.isdisjoint(photo.scene for photo in held)
    assert {photo.scene for photo in [*learned, *held]} == set(sides())
    known = {plate.text for photo in learned for plate in photo.plates}
    known |= {crop.text for crop in training_crops()}
    assert known.isdisjoint(plate.text for photo in held for plate in photo.plates if plate.text)


def test_exact_plates_of_places_held_aside(capsys: pytest.CaptureFixture[str]) -> None:
    held = random.Random(SEED).sample(photographs(side="held_aside"), SAMPLE)
    rates = summary(outcomes(held, load_plate_reader(weights=HELD_ASIDE_WEIGHTS).read_image))
    with capsys.disabled():
        for name, rate in rates.items():
            exact, wrong = rate["exact"], rate["accepted_wrong"]
            print(f"\n{name}: exact {exact['hits']} of {exact['of']} ({exact['rate']:.1%},", end=" ")  # noqa: T201 - the figure is the point
            print(f"95 % {exact['low']:.1%} to {exact['high']:.1%});", end=" ")  # noqa: T201
            print(f"accepted {rate['accepted']['hits']}, wrong among them {wrong['hits']}", end="")  # noqa: T201
        print()  # noqa: T201
    assert rates["one_row"]["exact"]["of"] > 40
    assert rates["two_row"]["exact"]["of"] > 30
    assert rates["one_row"]["exact"]["rate"] > 0.86  # a sample of 80 strays
    assert rates["two_row"]["exact"]["rate"] > 0.86
    assert rates["all"]["accepted_wrong"]["rate"] < 0.02
