"""Files to plate texts: folders walked, bad files answered with their error, several at work at once."""

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detection.images import IMAGE_SUFFIXES, ImageError, load_image
from detection.judgement import PlateReading
from detection.overlap import in_order
from detection.reading import load_plate_reader


@dataclass(frozen=True, slots=True)
class FileReading:
    """One file's answer: its plates, left to right, and the milliseconds spent, or the error."""

    file: Path
    plates: tuple[PlateReading, ...]
    ms: float
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """One line of `phatnguoi read --json`."""
        if self.error is not None:
            return {"file": _as_text(str(self.file)), "error": _as_text(self.error)}
        plates = [plate.to_json() for plate in self.plates]
        return {"file": _as_text(str(self.file)), "plates": plates, "ms": round(self.ms, 1)}


def read_paths(paths: Iterable[Path], *, device: str = "cpu") -> Iterator[FileReading]:
    """Read every picture among `paths`; folders are walked in sorted order, pictures by suffix.

    Yields one answer per file as soon as it is known. A file that is no picture answers with its error and
    the rest is read all the same. Raises WeightsError if the networks are not the committed ones.
    """
    plate_reader = load_plate_reader(device)

    def read(file: Path) -> FileReading:
        begin = time.perf_counter()
        try:
            image = load_image(file)
        except ImageError as error:
            return FileReading(file, (), 0.0, str(error))
        plates = tuple(plate_reader.read_image(image))
        return FileReading(file, plates, (time.perf_counter() - begin) * 1000)

    # Whole files side by side: while one is decoded the networks are at work on others.
    yield from in_order(read, picture_files(paths), workers=plate_reader.workers + 1)


def picture_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Files as they are given, whatever they are; of folders everything below with a picture's suffix.

    A folder that cannot be looked into comes like a file: whoever loads it learns why.
    """
    for path in paths:
        if not os.path.isdir(path):  # noqa: PTH112  # Path.is_dir raises where it may not look
            yield path
            continue
        locked: list[OSError] = []
        for folder, folders, files in os.walk(path, onerror=locked.append):
            folders.sort()
            for name in sorted(files):
                if Path(name).suffix.lower() in IMAGE_SUFFIXES:
                    yield Path(folder, name)
        yield from (Path(error.filename) for error in locked)


def _as_text(name: str) -> str:
    r"""A name whose bytes are no UTF-8 as text that can be printed: such bytes as \xe9."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
