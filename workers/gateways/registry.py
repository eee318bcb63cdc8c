"""The vehicle registry: who owned a vehicle on a day.

`registry/owners.csv`, UTF-8 with a header: plate, vehicle_class (car, bus, truck, motorbike or motorcycle),
kind (person or organisation), name, id_number, address, plate_colour, valid_from, valid_to. Dates are days in
Vietnam, both included; an empty valid_to means still valid. A new file replaces the old one by a rename.
"""

import csv
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from detection.plate_text import normalise
from workers.gateways.faults import GatewayUnavailable
from workflow.law.deadlines import local
from workflow.law.offences import LAW_CLASS
from workflow.owners import Person, RegistryAnswer

_COLUMNS = (
    "plate",
    "vehicle_class",
    "kind",
    "name",
    "id_number",
    "address",
    "plate_colour",
    "valid_from",
    "valid_to",
)
_KINDS = ("person", "organisation")
_CLASSES = {**LAW_CLASS, **{kind: kind for kind in LAW_CLASS.values()}}


class Registry(Protocol):
    """Answers by plate and vehicle class as of a moment."""

    def look_up(self, plate: str, vehicle_class: str, at: datetime) -> RegistryAnswer | None:
        """The owner, or None where the plate is not registered.

        Raises:
            GatewayUnavailable: the registry cannot answer.
        """


def registry() -> Registry:
    """The registry of this installation."""
    return FolderRegistry(settings.PHATNGUOI_REGISTRY)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    cells: tuple[str, ...]

    def __getitem__(self, column: str) -> str:
        return unicodedata.normalize("NFC", self.cells[_COLUMNS.index(column)].strip())


@dataclass(frozen=True, slots=True)
class FolderRegistry:
    """The registry as a file; a line that cannot be hurts nobody but its own plate."""

    folder: Path

    def look_up(self, plate: str, vehicle_class: str, at: datetime) -> RegistryAnswer | None:
        """See `Registry`. Where only another kind of vehicle carries the plate, that one is the answer."""
        path = self.folder / "owners.csv"
        try:
            stat = path.stat()
            lines = _read(path, stat.st_mtime_ns, stat.st_size).get(normalise(plate), ())
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise GatewayUnavailable(f"the registry {path} cannot be read: {error}") from error
        try:
            valid = [line for line in lines if _valid(line, local(at).date())]
            answers = [_answer(line, at) for line in valid]
        except (ValueError, IndexError) as error:
            numbers = ", ".join(str(line.number) for line in lines)
            raise GatewayUnavailable(f"{path}, lines {numbers}: {error}; correct them") from error
        same = [answer for answer in answers if answer.registered_class == LAW_CLASS.get(vehicle_class)]
        if len(same or answers) > 1:
            numbers = ", ".join(str(line.number) for line in valid)
            raise GatewayUnavailable(f"{path}, lines {numbers}: two owners on one day; correct them")
        return next(iter(same or answers), None)


@lru_cache(maxsize=1)
def _read(path: Path, _changed: int, _size: int) -> dict[str, tuple[_Line, ...]]:
    """The lines by plate; read again when the file changed."""
    found: dict[str, tuple[_Line, ...]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        if tuple(next(reader, ())) != _COLUMNS:
            raise csv.Error(f"its first line must be {','.join(_COLUMNS)}")
        for cells in reader:
            line = _Line(reader.line_num, tuple(cells))
            plate = normalise(cells[0]) if cells else ""
            found[plate] = (*found.get(plate, ()), line)
    return found


def _valid(line: _Line, day: date) -> bool:
    last = line["valid_to"]
    return date.fromisoformat(line["valid_from"]) <= day and (not last or day <= date.fromisoformat(last))


def _answer(line: _Line, at: datetime) -> RegistryAnswer:
    kind, vehicle = line["kind"], _CLASSES.get(line["vehicle_class"])
    if kind not in _KINDS or vehicle is None or not line["name"] or not line["address"]:
        raise ValueError("kind, vehicle_class, name or address is missing or unknown")
    person = Person(line["name"], line["address"], line["id_number"], kind)
    return RegistryAnswer(person, vehicle, line["plate_colour"], at)
