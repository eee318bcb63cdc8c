"""Memory for decoded images that is used again: fresh memory for each frame is a fifth of decoding it."""

import math
import weakref
from collections import deque
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap
from typing import Final

import numpy as np
from numpy.typing import NDArray

_SPARE: Final = 8  # images of memory kept for the next ones: a few come back at once


class ImageMemory:
    """Images to be written over, each once nothing refers to the last one there or to a part of it.

    One thread takes them; any thread may drop what it holds.
    """

    shape: tuple[int, ...] = ()  # of the last image; the next one is taken to have it too

    def __init__(self) -> None:
        self._given_back: deque[mmap] = deque(maxlen=_SPARE)

    def free(self) -> NDArray[np.uint8] | None:
        """An image of `shape`, its bytes left as they are; None before the first."""
        if not self.shape:
            return None
        size = math.prod(self.shape)
        memory = self._given_back.pop() if self._given_back else None
        if memory is None or len(memory) != size:
            memory = mmap(-1, size, MAP_PRIVATE | MAP_ANONYMOUS)
        below = np.frombuffer(memory, np.uint8)
        # numpy lets a view of a view refer to the array at the bottom: it lives as long as any of them.
        weakref.finalize(below, self._given_back.append, memory).atexit = False
        return below.reshape(self.shape)
