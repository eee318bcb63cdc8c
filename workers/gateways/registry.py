"""The vehicle registry: who owned a vehicle on a day.

As a folder: `registry/owners.csv`, UTF-8 with a header: plate, vehicle_class (car, bus, truck, motorbike or
motorcycle), kind (person or organisation), name, id_number, address, plate_colour, valid_from, valid_to.
Dates are days in Vietnam, both included; an empty valid_to means still valid. A new file replaces the old one
by a rename. By HTTP: POST <address>/owners with {"plate"}, answered by {"owners": […]}, each with those
columns; what is asked stands in the body, since addresses end up in other people's logs.
"""

import csv
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import rfc8785
from django.conf import settings

from detection.plate_text import normalise
from detection.typed_json import JsonFault, decode, parse
from notices.facts import Owner
from notices.faults import NoticeFault
from notices.letters import unprintable
from workers.gateways.faults import BadAnswer, GatewayUnavailable
from workers.gateways.http import Client, Request
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
    match settings.PHATNGUOI_REGISTRY:
        case Path() as folder:
            return FolderRegistry(folder)
        case address:
            return HttpRegistry(Client("registry", address))


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    cells: tuple[str, ...]

    def __getitem__(self, column: str) -> str:
        return unicodedata.normalize("NFC", self.cells[_COLUMNS.index(column)].strip())


def _owner(lines: Sequence[_Line], vehicle_class: str, at: datetime) -> RegistryAnswer | None:
    """The owner among a plate's lines. Where only another kind of vehicle carries the plate, that one.

    Raises:
        ValueError, IndexError: the lines contradict each other, or one cannot be.
    """
    valid = [line for line in lines if _valid(line, local(at).date())]
    answers = [_answer(line, at) for line in valid]
    same = [answer for answer in answers if answer.registered_class == LAW_CLASS.get(vehicle_class)]
    if len(same or answers) > 1:
        raise ValueError("two owners on one day")
    return next(iter(same or answers), None)


@dataclass(frozen=True, slots=True)
class FolderRegistry:
    """The registry as a file; a line that cannot be hurts nobody but its own plate."""

    folder: Path

    def look_up(self, plate: str, vehicle_class: str, at: datetime) -> RegistryAnswer | None:
        """See `Registry`."""
        path = self.folder / "owners.csv"
        try:
            stat = path.stat()
            lines = _read(path, stat.st_mtime_ns, stat.st_size).get(normalise(plate), ())
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise GatewayUnavailable(f"the registry {path} cannot be read: {error}") from error
        try:
            return _owner(lines, vehicle_class, at)
        except (ValueError, IndexError) as error:
            numbers = ", ".join(str(line.number) for line in lines)
            raise GatewayUnavailable(f"{path}, lines {numbers}: {error}; correct them") from error


@dataclass(frozen=True, slots=True)
class _Entry:
    plate: str
    vehicle_class: str
    kind: str
    name: str
    id_number: str
    address: str
    plate_colour: str
    valid_from: str
    valid_to: str


@dataclass(frozen=True, slots=True)
class _Owners:
    """The answer by HTTP; what a line holds is checked where the folder's is."""

    owners: tuple[_Entry, ...]


@dataclass(frozen=True, slots=True)
class HttpRegistry:
    """The registry by HTTP. It only answers, so that asking again does no harm."""

    client: Client

    def look_up(self, plate: str, vehicle_class: str, at: datetime) -> RegistryAnswer | None:
        """See `Registry`."""
        wanted = normalise(plate)
        headers = {"Content-Type": "application/json"}
        request = Request("POST", "owners", rfc8785.dumps({"plate": wanted}), headers)
        lines = self.client.call(request, lambda raw: _lines(wanted, raw))
        try:
            return _owner(lines, vehicle_class, at)
        except ValueError as error:
            raise BadAnswer(f"the registry, plate {wanted}: {error}") from error


def _lines(wanted: str, raw: bytes) -> list[_Line]:
    answer: _Owners = decode(_Owners, parse(raw), "answer")
    if any(normalise(entry.plate) != wanted for entry in answer.owners):
        raise JsonFault("an owner of another plate than was asked for")
    return [
        _Line(number, tuple(getattr(entry, column) for column in _COLUMNS))
        for number, entry in enumerate(answer.owners, start=1)
    ]


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


def _check_printable(line: _Line) -> None:
    """A paper takes its number before it is printed: whom it could not name is refused here."""
    try:
        named = Owner(line["name"], line["address"], line["id_number"] or None)
    except NoticeFault as fault:
        raise ValueError(fault.detail) from fault
    texts = (named.name, named.address, named.identity_number or "")
    if lacking := unprintable("".join(texts)):
        raise ValueError(f"no paper can print {', '.join(lacking)} of name, address or id_number")


def _answer(line: _Line, at: datetime) -> RegistryAnswer:
    kind, vehicle = line["kind"], _CLASSES.get(line["vehicle_class"])
    if kind not in _KINDS or vehicle is None or not line["name"] or not line["address"]:
        raise ValueError("kind, vehicle_class, name or address is missing or unknown")
    _check_printable(line)
    person = Person(line["name"], line["address"], line["id_number"], kind)
    return RegistryAnswer(person, vehicle, line["plate_colour"], at)
