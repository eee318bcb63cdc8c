"""Signed papers as one file for the printer, and the sheet that counts what is in a batch.

A print is a form of a paper, not the paper: putting files together ends their signatures, so a batch names
the digest of each original. Every letter begins on a new leaf: the back of one must not be another's page.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, cast

import pikepdf
from reportlab.lib.units import mm
from reportlab.platypus import Spacer, Table

from notices.archive import PaperCanvas
from notices.page import LEFT, PAGE_HEIGHT, PAGE_WIDTH, TEXT_WIDTH, TOP, Paper, build
from notices.typography import BOLD, REGULAR, centred, fonts, line, style
from notices.wording import appointment_time


def copy_mark(copy: int) -> str | None:
    """What stands on every page of a copy; a first print has nothing. The wording is ours."""
    return None if copy == 1 else f"BẢN SAO – IN LẠI LẦN {copy:02d}"


class _Written(RawIOBase):
    """A file whose first fault is told at the end: inside of pikepdf it would end the process."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._fault: OSError | None = None

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def write(self, octets: Any) -> int:
        if self._fault is None:
            try:
                self._file.write(octets)
            except OSError as error:
                self._fault = error
        return len(octets)

    def told(self) -> None:
        """Raises what a write could not; afterwards everything is with the system."""
        if self._fault is None:
            self._file.flush()
        else:
            raise self._fault


class PrintFile:
    """Letters one after another in one file; what was added is in memory until it is saved."""

    def __init__(self) -> None:
        self._pdf = pikepdf.new()
        self._letters: list[Any] = []
        self._fonts: dict[str, Any] = {}

    def add(self, letter: bytes, mark: str | None) -> int:
        """Append a letter with the looks of its signatures; gives the number of its pages.

        Raises:
            pikepdf.PdfError: it is no PDF.
        """
        source = pikepdf.open(BytesIO(letter))
        self._letters.append(source)
        source.flatten_annotations(mode="print")
        pages = len(source.pages)
        for page in source.pages:
            self._pdf.pages.append(page)
            placed = self._pdf.pages[-1]
            self._share(placed.obj.Resources)
            if mark is not None:
                placed.add_overlay(_mark_page(mark).pages[0], pikepdf.Rectangle(placed.mediabox))
        if pages % 2:
            self._pdf.add_blank_page(page_size=(PAGE_WIDTH, PAGE_HEIGHT))
        return pages

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all, also where the machine stops.

        Raises:
            OSError: it cannot be written; nothing stands there.
        """
        temporary = path.with_name(f".{path.name}")
        try:
            with temporary.open("wb") as file:
                written = _Written(file)
                self._pdf.save(cast("BinaryIO", written), compress_streams=False, deterministic_id=True)
                written.told()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
            for source in self._letters:
                source.close()
            self._pdf.close()

    def _share(self, resources: Any) -> None:
        """The name of an embedded font tells its content: the file holds each of them once."""
        listed = resources.get("/Font", {})
        for name, font in list(listed.items()):
            listed[name] = self._fonts.setdefault(str(font.BaseFont), font)
        for form in resources.get("/XObject", {}).values():
            if "/Resources" in form:
                self._share(form.Resources)


@cache
def _mark_page(text: str) -> Any:
    fonts()
    buffer = BytesIO()
    canvas = PaperCanvas(buffer, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), initialFontName=REGULAR)
    canvas.setFont(BOLD, 11)
    canvas.drawString(LEFT, PAGE_HEIGHT - TOP / 2 - 4, text)
    canvas.save()
    return pikepdf.open(buffer)


@dataclass(frozen=True, slots=True)
class CountLine:
    """One file of a batch: its name, where it goes, how much is in it."""

    file: str
    destination: str
    letters: int
    pages: int
    leaves: int


@dataclass(frozen=True, slots=True)
class CountFacts:
    """What a batch holds. No form prescribes the sheet."""

    batch: str
    made_at: datetime
    by: str
    lines: tuple[CountLine, ...]


def render_count_sheet(facts: CountFacts) -> bytes:
    """The sheet that goes with a batch: files, letters, pages and leaves, with their sums."""
    small, strong = style(10.5), style(10.5, BOLD)
    sums = [sum(getattr(entry, name) for entry in facts.lines) for name in ("letters", "pages", "leaves")]
    rows: list[tuple[str, ...]] = [("Tệp", "Nơi đến", "Số thư", "Số trang", "Số tờ")]
    rows += [(e.file, e.destination, str(e.letters), str(e.pages), str(e.leaves)) for e in facts.lines]
    rows.append(("Tổng cộng", "", *map(str, sums)))
    cells = [
        [line(text, strong if number in (0, len(rows) - 1) else small) for text in row]
        for number, row in enumerate(rows)
    ]
    columns = [62 * mm, TEXT_WIDTH - 62 * mm - 3 * 18 * mm, 18 * mm, 18 * mm, 18 * mm]
    grid = [("GRID", (0, 0), (-1, -1), 0.4, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    story = [
        line("PHIẾU ĐẾM THƯ IN", centred(14, BOLD)),
        line(f"Đợt in {facts.batch}, lập lúc {appointment_time(facts.made_at)} – {facts.by}", centred(12)),
        Spacer(1, 4 * mm),
        Table(cells, colWidths=columns, style=grid, repeatRows=1),
    ]
    return build(Paper(f"Phiếu đếm thư in, đợt {facts.batch}", facts.by, ()), story)
