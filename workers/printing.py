"""The day's letters on paper: what lies in the post's folder, printed once, file by file, resumable.

A batch is taken in the database first and then written, each file whole or not at all beside the rows of
its list. A run that was killed left its batch unfinished: the next one writes what is missing of it. A lock
on the folder of the batch keeps two runs from writing the same one.
"""

import csv
import fcntl
import hashlib
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from notices.printing import CountFacts, CountLine, PrintFile, copy_mark, render_count_sheet
from workers.gateways.once import put_file
from workers.gateways.post import FolderPost, post
from workflow import letters
from workflow.destinations import postal_order
from workflow.letters import Part, Sheet
from workflow.models import PrintBatch

MANIFEST, COUNT_SHEET = "manifest.csv", "count-sheet.pdf"
_COLUMNS = (
    *("file", "first_page", "pages", "leaves", "number", "reference", "post_number", "addressee"),
    *("address", "province", "commune", "copy", "sha256_of_signed_paper", "key"),
)


class PrintingError(Exception):
    """Letters cannot be printed; the message says why."""


class PostPrintsError(PrintingError):
    """The post takes letters as files and prints them itself."""


class LetterGoneError(PrintingError):
    """A letter does not lie in the tray as it was laid there."""


class FolderTakenError(PrintingError):
    """A folder holds another batch of the same number, as after the database was restored."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What a run wrote."""

    folder: Path
    files: int
    letters: int


class StoppedError(PrintingError):
    """Batches could not be finished; the message says why, `printed` which of the others were."""

    def __init__(self, reasons: Sequence[str], printed: list[Printed]) -> None:
        super().__init__("; ".join(reasons))
        self.printed = printed


def print_due(out: Path, by: str, told: Callable[[int], None]) -> list[Printed]:
    """Print everything that is due, after what earlier runs left unfinished, each batch in its own place.

    Args:
        out: the folder in which each batch has its own.
        by: the operator.
        told: hears how many letters were done, again and again.

    Raises:
        PrintingError: the post prints for itself.
        StoppedError: a letter is gone, a folder is another batch's or cannot be written; no other batch waits
            for that.
    """
    tray = _tray()
    letters.take_due(by, out)
    return _print_all(letters.unfinished(), tray, told)


def print_again(names: list[str], out: Path, by: str, told: Callable[[int], None]) -> list[Printed]:
    """Print copies of letters; see `letters.take_again` for their names.

    Raises:
        LetterGoneError: a letter is gone; no copy is taken.
        PrintingError, StoppedError: as `print_due`.
        letters.LetterError: a name fits no printed letter, or a number letters of several cases.
    """
    tray = _tray()
    with transaction.atomic():
        batch = letters.take_again(names, by, out)
        for part in letters.parts(batch):
            for sheet in part.sheets:
                _originals(sheet, tray)
    return _print_all([batch], tray, told)


def waiting() -> int:
    """How many letters the next run would print, for its progress."""
    return letters.count_open()


def _tray() -> FolderPost:
    office = post()
    if not isinstance(office, FolderPost):
        raise PostPrintsError
    return office


def _print_all(batches: Sequence[PrintBatch], tray: FolderPost, told: Callable[[int], None]) -> list[Printed]:
    """Write batches, those of another run aside; what stops one of them stops no other."""
    found, reasons = [], []
    for batch in batches:
        try:
            printed = _print(batch, tray, told)
        except (LetterGoneError, FolderTakenError, OSError) as error:
            reasons.append(str(error))
            continue
        found += [printed] if printed else []
    if reasons:
        raise StoppedError(reasons, found)
    return found


def _print(batch: PrintBatch, tray: FolderPost, told: Callable[[int], None]) -> Printed | None:
    """Write a batch; None where another run does."""
    folder = Path(batch.folder) / f"batch-{batch.pk:06d}"
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder) as alone:
        if not alone:
            return None
        _claim(batch, folder)
        lines: list[CountLine] = []
        rows = folder / ".rows"
        rows.mkdir(exist_ok=True)
        for part in letters.parts(batch):
            name = _name(part)
            if not ((folder / name).exists() and (rows / f"{name}.csv").exists()):
                _write(part, name, folder, tray)
            lines.append(_counted(part, name, rows / f"{name}.csv"))
            told(len(part.sheets))
        _finish(batch, folder, lines)
    return Printed(folder, len(lines), sum(line.letters for line in lines))


def _claim(batch: PrintBatch, folder: Path) -> None:
    """A file that stands counts as printed: so the folder must be this batch's."""
    mark, told = folder / ".batch", batch.made_at.isoformat()
    if not mark.exists():
        put_file(mark, told.encode())
    elif mark.read_text(encoding="utf-8") != told:
        raise FolderTakenError(f"{folder} holds another batch of this number; move it away")


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no other run writes here; the lock of a killed run is free."""
    descriptor = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)


def _name(part: Part) -> str:
    words = f"{part.destination.province} {part.destination.commune}".strip() or "khong ro"
    letters_only = "".join(sign if sign.isalnum() else "-" for sign in postal_order(words))
    return f"{part.index:04d}-{letters_only[:60]}.pdf"


def _write(part: Part, name: str, folder: Path, tray: FolderPost) -> None:
    file, table, page = PrintFile(), io.StringIO(), 1
    writer = csv.writer(table)
    for sheet in part.sheets:
        pages = [file.add(paper, copy_mark(sheet.copy)) for paper in _originals(sheet, tray)]
        leaves = sum((number + 1) // 2 for number in pages)
        to = part.destination
        told = (sheet.number, sheet.reference, sheet.post_number, sheet.name, sheet.address)
        last = (to.province, to.commune, sheet.copy, sheet.sha256, sheet.key)
        writer.writerow((name, page, sum(pages), leaves, *told, *last))
        page += 2 * leaves
    # the rows first: a file that stands has its rows
    put_file(folder / ".rows" / f"{name}.csv", table.getvalue().encode())
    file.save(folder / name)


def _originals(sheet: Sheet, tray: FolderPost) -> list[bytes]:
    """The letter, then what is enclosed."""
    try:
        papers = tray.letter(sheet.key)
    except OSError as error:
        raise LetterGoneError(f"{sheet.reference}: {error}") from error
    if [hashlib.sha256(paper).hexdigest() for paper in papers] != [sheet.sha256, *sheet.enclosed]:
        raise LetterGoneError(f"{sheet.reference}: letter {sheet.key} was changed in the tray")
    return papers


def _counted(part: Part, name: str, rows: Path) -> CountLine:
    with rows.open(encoding="utf-8", newline="") as file:
        counts = [(int(row[2]), int(row[3])) for row in csv.reader(file)]
    to = part.destination
    words = ", ".join(word for word in (to.commune, to.province) if word) or "không rõ"
    pages, leaves = (sum(numbers) for numbers in zip(*counts, strict=True))
    return CountLine(name, words, len(counts), pages, leaves)


def _finish(batch: PrintBatch, folder: Path, lines: list[CountLine]) -> None:
    table = io.StringIO()
    csv.writer(table).writerow(_COLUMNS)
    rows = [(folder / ".rows" / f"{line.file}.csv").read_bytes() for line in lines]
    put_file(folder / MANIFEST, table.getvalue().encode("utf-8-sig") + b"".join(rows))
    facts = CountFacts(f"{batch.pk:06d}", batch.made_at, batch.by, tuple(lines))
    put_file(folder / COUNT_SHEET, render_count_sheet(facts))
    letters.finish(batch)
