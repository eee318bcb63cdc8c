"""Letters in the tray of the post's folder: each is printed once, and again only as a copy that is asked for.

A letter is due when it lies in the tray and nobody took it to print. Taking is one transaction, so that of
two operators at once each gets other letters; what was taken and not finished is finished by the next run.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import TypeVar

from django.db import transaction
from django.db.models import F, Q

from workflow import clock, statements
from workflow.destinations import Destination, destination, postal_order
from workflow.models import Case, Letter, PersonalFacts, Print, PrintBatch

PER_FILE = 200  # letters that are held in memory at once
_TOGETHER = 5_000  # keys in one query
_T = TypeVar("_T")


class LetterError(Exception):
    """Letters cannot be printed as asked; the message says which."""


class SeveralCasesError(LetterError):
    """Numbers restart every year: this one was given to letters of several cases."""

    def __init__(self, name: str, cases: Sequence[str]) -> None:
        super().__init__(name)
        self.cases = cases  # references


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a paper goes: a person by the digest of the facts, or a unit by its name."""

    number: str  # of the paper
    person: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Laid:
    """What is laid into the tray: the digest of the signed paper, and the number that the post gave it."""

    to: Addressee
    sha256: str
    post_number: str
    enclosed: tuple[str, ...] = ()  # digests of the papers in the same envelope


@dataclass(frozen=True, slots=True)
class Sheet:
    """One letter of a batch as it is printed."""

    key: str
    reference: str
    number: str
    name: str
    address: str
    post_number: str
    sha256: str
    enclosed: tuple[str, ...]
    copy: int

    @property
    def destination(self) -> Destination:
        """Where it goes."""
        return destination(self.address)

    @property
    def order(self) -> tuple[tuple[bool, str, str], str, str, str]:
        """Its place in postal order, the destination first; what is of unknown destination comes last."""
        to = self.destination
        going = (not to.known, postal_order(to.province), postal_order(to.commune))
        return going, postal_order(self.address), postal_order(self.name), self.key


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a batch: letters of one destination in postal order, `PER_FILE` at most."""

    index: int
    destination: Destination
    sheets: tuple[Sheet, ...]


def lay(case: Case, key: str, laid: Laid) -> None:
    """Enter a letter that the post's folder took; the same key again is the same letter."""
    statements.insert_once(
        Letter(
            key=key,
            case=case,
            number=laid.to.number,
            person=laid.to.person,
            unit=laid.to.unit,
            sha256=laid.sha256,
            enclosed=list(laid.enclosed),
            post_number=laid.post_number,
            laid_at=clock.now(),
        )
    )


def take_due(by: str, out: Path) -> PrintBatch | None:
    """Everything that is due, for one operator; None where nothing is."""
    with transaction.atomic():
        due = Letter.objects.select_for_update().filter(prints=0).order_by("pk")
        return _take(list(due.only("pk", "prints").iterator()), by, out)


def take_again(names: Sequence[str], by: str, out: Path) -> PrintBatch:
    """Copies of letters that were printed before.

    Args:
        names: of each letter its post number, the number of its paper or the reference of its case.
        by: the operator.
        out: the folder in which the batch gets its own.

    Raises:
        LetterError: a name fits no printed letter.
        SeveralCasesError: a number fits letters of several cases.
    """
    with transaction.atomic():
        found: dict[int, Letter] = {}
        for name in names:
            letters = _printed(name)
            found |= {letter.pk: letter for letter in letters}
        batch = _take(list(found.values()), by, out)
    if batch is None:
        raise LetterError("-")
    return batch


def _printed(name: str) -> list[Letter]:
    fits = Q(post_number=name) | Q(number=name)
    if case := Case.objects.filter(reference=name).first():
        fits |= Q(case=case)
    letters = list(Letter.objects.select_for_update().filter(fits, prints__gt=0))
    if not letters:
        raise LetterError(name)
    cases = Case.objects.filter(pk__in={letter.case_id for letter in letters}).order_by("pk")
    if len(references := cases.values_list("reference", flat=True)) > 1:
        raise SeveralCasesError(name, list(references))
    return letters


def _take(letters: Sequence[Letter], by: str, out: Path) -> PrintBatch | None:
    if not letters:
        return None
    batch = PrintBatch.objects.create(by=by, folder=str(out.resolve()), made_at=clock.now())
    Print.objects.bulk_create(
        (Print(letter=letter, batch=batch, copy=letter.prints + 1) for letter in letters), _TOGETHER
    )
    for some in _batched(letters, _TOGETHER):
        Letter.objects.filter(pk__in=[letter.pk for letter in some]).update(prints=F("prints") + 1)
    return batch


def count_open() -> int:
    """How many letters are due, or taken and not finished."""
    due = Letter.objects.filter(prints=0).count()
    return due + Print.objects.filter(batch__done_at=None).count()


def forget_due(case: Case) -> None:
    """What nobody took to print is not due any more: its papers are destroyed."""
    Letter.objects.filter(case=case, prints=0).delete()


def unfinished() -> list[PrintBatch]:
    """Batches that were taken and not brought to their end, the oldest first."""
    return list(PrintBatch.objects.filter(done_at=None).order_by("pk"))


def finish(batch: PrintBatch) -> None:
    """Everything of it is on the disk."""
    PrintBatch.objects.filter(pk=batch.pk, done_at=None).update(done_at=clock.now())


def parts(batch: PrintBatch) -> Iterator[Part]:
    """The files of a batch in postal order; the same batch gives the same files."""
    index = 0
    in_order = sorted(_sheets(batch), key=lambda sheet: sheet.order)
    for _, sheets in groupby(in_order, lambda sheet: sheet.order[0]):
        for some in _batched(sheets, PER_FILE):
            index += 1
            yield Part(index, some[0].destination, some)


def _sheets(batch: PrintBatch) -> Iterator[Sheet]:
    rows = Print.objects.filter(batch=batch).select_related("letter__case").order_by("pk")
    for some in _batched(rows.iterator(_TOGETHER), _TOGETHER):
        known = PersonalFacts.objects.in_bulk({row.letter.person for row in some})
        for row in some:
            letter, person = row.letter, known.get(row.letter.person)
            # of a unit the name is all there is; it often tells the place
            unit = {"name": letter.unit, "address": letter.unit}
            facts = (person.facts if person else None) or unit
            yield Sheet(
                letter.key,
                letter.case.reference,
                letter.number,
                facts["name"],
                facts["address"],
                letter.post_number,
                letter.sha256,
                tuple(letter.enclosed),
                row.copy,
            )


def _batched(values: Iterable[_T], size: int) -> Iterator[tuple[_T, ...]]:
    rest = iter(values)
    while some := tuple(islice(rest, size)):
        yield some
