"""Shrinking, padding and thinning out, without a network."""

import cv2
import numpy as np
import pytest

from detection.finder_network import letterboxed, suppressed


@pytest.mark.parametrize(
    ("shape", "size", "padded", "inner"),
    [
        ((1080, 1920), 640, (384, 640), (0, 12, 640, 360)),
        ((720, 1280), 960, (544, 960), (0, 2, 960, 540)),
        ((100, 50), 64, (64, 32), (0, 0, 32, 64)),
        ((640, 640), 640, (640, 640), (0, 0, 640, 640)),
        ((1, 900), 640, (32, 640), (0, 15, 640, 1)),
        ((31, 33), 320, (320, 320), (0, 9, 320, 301)),
    ],
)
def test_an_image_lies_in_the_middle_of_its_padding(
    shape: tuple[int, int], size: int, padded: tuple[int, int], inner: tuple[int, int, int, int]
) -> None:
    picture, where = letterboxed(np.full((*shape, 3), 200, np.uint8), size)
    assert picture.shape == (*padded, 3)
    assert where == inner
    x, y, width, height = where
    assert (picture[y : y + height, x : x + width] == 200).all()
    assert (picture == 200).sum() == width * height * 3
    assert set(np.unique(picture)) <= {114, 200}


@pytest.mark.parametrize("shape", [(1080, 1920), (90, 160), (192, 640), (1085, 1920), (3200, 2400)])
def test_pictures_are_shrunk_between_the_pixels_on_both_sides(shape: tuple[int, int]) -> None:
    image = np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)
    picture, (x, y, width, height) = letterboxed(image, 640)
    expected = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    np.testing.assert_array_equal(picture[y : y + height, x : x + width], expected)


def output(*boxes: tuple[float, ...]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Boxes as centre, size and five scores, one column each, among many places without anything."""
    columns = np.zeros((9, 40), np.float32)
    for place, box in enumerate(boxes):
        columns[:, 3 * place] = box
    return columns


def test_the_surest_of_boxes_much_alike_is_kept_whatever_their_labels() -> None:
    rows = suppressed(
        output(
            (50, 50, 20, 20, 0, 0.5, 0, 0, 0),
            (51, 50, 20, 20, 0, 0, 0, 0, 0.9),
            (90, 50, 20, 20, 0.3, 0, 0, 0, 0.2),
            (20, 20, 10, 10, 0, 0, 0.05, 0, 0),
        ),
        0.1,
    )
    assert rows.dtype == np.float32
    assert rows.tolist() == [
        pytest.approx([41, 40, 61, 60, 0.9, 4]),
        pytest.approx([80, 40, 100, 60, 0.3, 0]),
    ]


def test_nothing_sure_is_no_row() -> None:
    assert suppressed(output(), 0.1).shape == (0, 6)
