"""Everything that waits for a person because it cannot go on by itself, with its reason and its age."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, QuerySet

from workflow import clock, intake, log, quarantine, unmatched
from workflow.models import Case, CaseEvent, OutboxItem, Quarantine
from workflow.vocabulary import TERMINAL, EventType

_WORK = (Quarantine.Kind.TASK, Quarantine.Kind.UNKNOWN_OUTCOME)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many open entries of a kind and code, and since when."""

    kind: str
    code: str
    entries: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One open entry as lists show it."""

    id: int
    kind: str
    code: str
    age: timedelta
    case: str  # reference, where the entry belongs to one
    task: str
    detail: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A deadline that passed on a case that is still open; it does not end the case."""

    case: str
    state: str
    clock: str
    due_at: datetime
    age: timedelta


def entries(kind: str = "", code: str = "") -> Iterator[Entry]:
    """The open entries, the oldest first."""
    now, found = clock.now(), _open(kind, code)
    items = OutboxItem.objects.select_related("case").in_bulk(
        [int(subject) for subject in found.filter(kind__in=_WORK).values_list("subject", flat=True)]
    )
    for row in found.order_by("created_at", "pk"):
        item = items.get(int(row.subject)) if row.kind in _WORK else None
        reference, task = (item.case.reference, item.task) if item else ("", "")
        yield Entry(row.pk, row.kind, row.code, now - row.created_at, reference, task, row.detail)


def counts() -> list[Tally]:
    """The open entries by kind and code."""
    rows = _open().values("kind", "code").annotate(entries=Count("pk"), oldest=Min("created_at"))
    return [Tally(**row) for row in rows.order_by("kind", "code")]


def missed_deadlines(limit: int = 1000) -> Iterator[Missed]:
    """Deadlines that passed on open cases and still wait for the act, the oldest case first."""
    now = clock.now()
    passed = CaseEvent.objects.filter(case=OuterRef("pk"), type=EventType.DEADLINE_MISSED)
    late = Case.objects.filter(Exists(passed)).exclude(state__in=TERMINAL).order_by("pk")
    for case in late[:limit]:
        for run in log.load(case).clocks:
            if run.elapsed:
                yield Missed(case.reference, case.state, run.clock, run.due_at, now - run.due_at)


def resolve(entry_id: int, resolution: str, by: str, reason: str) -> str:
    """Release or refuse an entry, whatever its kind; gives what came of it in one word.

    Raises:
        quarantine.QuarantineError: no such open entry, no reason, or nothing was mended.
    """
    row = Quarantine.objects.filter(pk=entry_id).first()
    if row is not None and resolution == "released":
        if row.kind == Quarantine.Kind.PACKAGE:
            return intake.release(entry_id, by, reason).status
        if row.code == "unmatched":
            unmatched.release(entry_id, by, reason)
            return resolution
        if row.code == quarantine.BAD_DAY:
            raise quarantine.QuarantineError(
                "it is asked for again by itself; refuse it where the day came otherwise"
            )
    quarantine.resolve(entry_id, resolution, by, reason)
    return resolution


def _open(kind: str = "", code: str = "") -> QuerySet[Quarantine]:
    found = Quarantine.objects.filter(resolved_at=None)
    found = found.filter(kind=kind) if kind else found
    return found.filter(code=code) if code else found
