"""Memory of images is used again, and never while somebody still looks at it."""

import numpy as np

from detection.image_memory import ImageMemory

SHAPE = (40, 60, 3)


def test_there_is_no_image_before_its_shape_is_known() -> None:
    assert ImageMemory().free() is None


def test_the_memory_of_an_image_that_nobody_holds_is_the_next_one() -> None:
    memory = ImageMemory()
    memory.shape = SHAPE
    image = memory.free()
    assert image is not None
    image[:] = 7
    del image
    again = memory.free()
    assert again is not None
    assert again.shape == SHAPE
    assert (again == 7).all()  # fresh memory is zero


def test_a_part_of_an_image_keeps_its_memory() -> None:
    memory = ImageMemory()
    memory.shape = SHAPE
    image = memory.free()
    assert image is not None
    image[:] = 7
    part = image[5:20, 10:][::2, :, 1]
    del image
    other = memory.free()
    assert other is not None
    other[:] = 9
    assert (part == 7).all()


def test_memory_of_another_size_is_not_used() -> None:
    memory = ImageMemory()
    memory.shape = SHAPE
    image = memory.free()
    del image
    memory.shape = (80, 60, 3)
    larger = memory.free()
    assert larger is not None
    assert larger.shape == (80, 60, 3)
    assert not np.any(larger)
