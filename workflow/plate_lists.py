"""The lists of stolen vehicles and of vehicles that may be on emergency duty, from CSV files.

UTF-8 with the header `plate,valid_from,valid_to,source`; dates are days in Vietnam, both included; an empty
valid_to means until further notice. A file is taken whole or not at all; the same file twice changes nothing.
"""

import csv
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path

from django.db import transaction

from detection.plate_text import normalise
from workflow.law.deadlines import VIETNAM
from workflow.models import PlateListing

COLUMNS = ["plate", "valid_from", "valid_to", "source"]


class ListError(Exception):
    """A file that cannot be taken; the message names the line and what is wrong with it."""


def load(kind: PlateListing.Kind, path: Path) -> int:
    """Take a file in; how many lines it had. An entry known already gets the file's end and source.

    Raises:
        ListError: nothing was taken.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ListError(f"{path}: {error}") from error
    rows = list(_rows(path, kind, text.splitlines()))
    with transaction.atomic():
        for row in rows:
            PlateListing.objects.update_or_create(
                kind=kind,
                plate=row.plate,
                valid_from=row.valid_from,
                defaults={"valid_to": row.valid_to, "source": row.source},
            )
    return len(rows)


def _rows(path: Path, kind: PlateListing.Kind, lines: Iterable[str]) -> Iterator[PlateListing]:
    reader = csv.reader(lines, strict=True)
    number = 1
    try:
        if next(reader, []) != COLUMNS:
            raise ListError(f"{path}: its first line must be {','.join(COLUMNS)}")
        for cells in reader:
            number = reader.line_num
            if cells:
                yield _row(kind, [unicodedata.normalize("NFC", cell).strip() for cell in cells])
    except (ValueError, csv.Error) as error:
        raise ListError(f"{path}, line {number}: {error}") from error


def _row(kind: PlateListing.Kind, cells: list[str]) -> PlateListing:
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{len(cells)} columns instead of {len(COLUMNS)}")
    plate, start, end, source = normalise(cells[0]), cells[1], cells[2], cells[3]
    if not 4 <= len(plate) <= 12:
        raise ValueError(f"{cells[0]!r} is no plate")
    if not source or len(source) > 200:
        raise ValueError("the source is missing or longer than 200 characters")
    first = _moment(start, time.min)
    last = _moment(end, time.max) if end else None
    if last is not None and last < first:
        raise ValueError("it ends before it begins")
    return PlateListing(kind=kind, plate=plate, valid_from=first, valid_to=last, source=source)


def _moment(day: str, at: time) -> datetime:
    return datetime.combine(date.fromisoformat(day), at, VIETNAM)
