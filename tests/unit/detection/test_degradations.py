"""The hard-street suite: repeatable, of the strength it promises, with the box where the plate went."""

import cv2
import numpy as np
import pytest

from detection.geometry import Box
from detection.training.degradations import (
    DEGRADATIONS,
    SUITE,
    Image,
    View,
    degraded,
    far,
    motion_blur,
    night_noise,
    rain,
    strong_jpeg,
    tilt,
    very_far,
)

SEED = 5


def picture() -> Image:
    """A grey street with a white plate, the box of `view`, and black strokes on it."""
    image = np.full((300, 400, 3), 90, np.uint8)
    image[120:180, 140:260] = 230
    for x in range(150, 250, 16):
        image[130:170, x : x + 6] = 20
    return image


def view(lines: int = 1) -> View:
    return View(picture(), Box(140, 120, 260, 180), lines)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(SEED)


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_the_same_seed_gives_the_same_pixels_and_leaves_the_photograph(name: str) -> None:
    given = view()
    first, again = (degraded(name, given, "one.jpg", SEED) for _ in range(2))
    assert np.array_equal(first.image, again.image)
    assert first.box == again.box
    assert np.array_equal(given.image, picture())
    assert first.image.dtype == np.uint8
    assert first.image.shape[2] == 3
    assert first.lines == 1


@pytest.mark.parametrize("name", sorted(set(SUITE) - {"far"}))
def test_another_photograph_and_another_seed_fare_otherwise(name: str) -> None:
    one = degraded(name, view(), "one.jpg", SEED).image
    assert any(not np.array_equal(one, degraded(name, view(), f"{k}.jpg", SEED).image) for k in range(4))
    assert any(not np.array_equal(one, degraded(name, view(), "one.jpg", k).image) for k in range(4))


@pytest.mark.parametrize(("lines", "row"), [(1, 20.0), (2, 20.0)])
def test_far_brings_a_row_to_twenty_pixels(lines: int, row: float, rng: np.random.Generator) -> None:
    assert far(view(lines), rng).row_pixels == pytest.approx(row, abs=0.3)
    assert very_far(view(lines), rng).row_pixels == pytest.approx(12, abs=0.3)


def test_far_moves_the_box_with_the_plate(rng: np.random.Generator) -> None:
    seen = far(view(), rng)
    x1, y1, x2, _ = seen.box.as_ints()
    assert seen.image[y1 + 1, x1 + 1 : x2 - 1].min() > 200
    assert seen.image[y1 - 2].max() < 120


def test_what_is_far_already_stays(rng: np.random.Generator) -> None:
    small = View(picture(), Box(0, 0, 40, 15), 1)
    assert far(small, rng) is small


def test_motion_blur_keeps_the_light_and_smears_by_its_share(rng: np.random.Generator) -> None:
    seen = motion_blur(view(), rng)
    assert seen.image.mean() == pytest.approx(picture().mean(), abs=1)
    changed = np.argwhere((seen.image != picture()).any(axis=2))
    # The plate is 120 pixels wide: no point of it goes farther than half the smear, and a bit for its bend.
    assert len(changed) > 500
    assert (changed.min(axis=0) >= (120 - 7, 140 - 7)).all()
    assert (changed.max(axis=0) < (180 + 7, 260 + 7)).all()


def test_night_is_darker_and_noisier(rng: np.random.Generator) -> None:
    seen = night_noise(view(), rng).image
    assert seen.mean() < picture().mean()
    assert seen[:80, :80].std() > 5
    # The plate still stands out: a person can find it.
    assert seen[122:128, 145:255].mean() > 1.3 * seen[:80, :80].mean()


def test_a_strong_jpeg_is_small(rng: np.random.Generator) -> None:
    noisy = View(rng.integers(0, 256, (200, 300, 3)).astype(np.uint8), Box(10, 10, 90, 40), 1)
    seen = strong_jpeg(noisy, rng)
    assert seen.image.shape == noisy.image.shape
    assert not np.array_equal(seen.image, noisy.image)
    low, high = (
        cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].size
        for image in (seen.image, noisy.image)
    )
    assert low < high


@pytest.mark.parametrize("seed", range(8))
def test_tilt_turns_about_the_plate_and_takes_the_box_along(seed: int) -> None:
    given = view()
    seen = tilt(given, np.random.default_rng(seed))
    assert seen.image.shape == given.image.shape
    bright = np.argwhere(seen.image[..., 0] > 160)
    top, left = bright.min(axis=0)
    bottom, right = bright.max(axis=0)
    assert Box(left, top, right + 1, bottom + 1).iou(seen.box) > 0.9
    x, y = seen.box.centre
    assert abs(x - 200) < 12
    assert abs(y - 150) < 12


def test_rain_lowers_the_contrast_and_draws_streaks(rng: np.random.Generator) -> None:
    seen = rain(view(), rng).image
    contrast = int(seen[124, 200, 0]) - int(seen[150, 152, 0])
    assert contrast < 210
    assert seen[:100].std() > 3
