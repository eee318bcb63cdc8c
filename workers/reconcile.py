"""What should have happened and did not: rows that are missing are made again, contradictions are shown.

Events and their outbox rows are written together, so that this finds the work of a hand in the database, a
wrong restore or a fault of ours. Every sweep looks at the newest events and at one more window of all; at one
sweep a minute a round over ten million events takes some eight hours, over ten million cases a week: more of
them in one sweep would keep its other work waiting, for each that may wait for a machine is folded anew.
"""

import logging
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q

from workers.due import due
from workflow import clock, files, intake, log, quarantine
from workflow.effects import SEVERAL, WITH_EFFECT, effects_of
from workflow.models import Case, CaseEvent, OutboxItem, Package, Quarantine
from workflow.vocabulary import TERMINAL, EventType, State

logger = logging.getLogger("phatnguoi.workers.reconcile")

EVENTS = 20_000  # per sweep, by index
CASES = 1_000  # per sweep; the state of those that may wait for a machine is rebuilt: about a second
_KIND = Quarantine.Kind.CONTRADICTION

# Reviews wait for people alone, and an end that was reported waits for nobody.
_MAY_WAIT = ~Q(state=State.EXTRACTED) & Q(end_reported=False)

# What must never stand, and no machine can mend: (code, which cases).
CONTRADICTIONS: tuple[tuple[str, Q], ...] = (
    ("published_after_end", Q(published=True, state__in=TERMINAL - {State.CLOSED})),
)


@dataclass(slots=True)
class Reconciler:
    """Remembers how far its round has come; begins again when it came to the end or was started anew."""

    event: int = 0
    case: int = 0

    def look(self) -> None:
        """One window of each: effects, waiting cases, contradictions; packages at the begin of a round."""
        newest = CaseEvent.objects.aggregate(last=Max("pk"))["last"] or 0
        made = make_missing_effects(newest - EVENTS, newest)
        if newest > EVENTS:
            made += make_missing_effects(self.event, min(self.event + EVENTS, newest))
        self.event = self.event + EVENTS if self.event + EVENTS < newest else 0
        opened = open_missing_cases() if self.case == 0 else 0
        last = Case.objects.aggregate(last=Max("pk"))["last"] or 0
        opened += reopen_waiting(self.case, self.case + CASES)
        show_contradictions(self.case, self.case + CASES)
        self.case = self.case + CASES if self.case + CASES < last else 0
        if made or opened:
            logger.error("reconciled: %d missing outbox rows, %d cases that nobody moved", made, opened)


def make_missing_effects(after: int, until: int) -> int:
    """Make the outbox rows that events of a window of ids lack; gives how many."""
    rows = CaseEvent.objects.filter(pk__gt=after, pk__lte=until, type__in=WITH_EFFECT)
    bare = rows.filter(~Exists(OutboxItem.objects.filter(event=OuterRef("pk"))) | Q(type__in=SEVERAL))
    now, made = clock.now(), 0
    for event in bare.prefetch_related("effects").iterator(chunk_size=500):
        known = {item.task for item in event.effects.all()}
        for task in effects_of(EventType(event.type), event.data):
            if task not in known:
                _item, fresh = OutboxItem.objects.get_or_create(
                    event=event,
                    task=task,
                    defaults={"case_id": event.case_id, "created_at": now, "next_send_at": now},
                )
                made += fresh
    return made


def reopen_waiting(after: int, until: int) -> int:
    """Cases that wait for a machine which has no work for them: their newest row is opened again."""
    open_item = OutboxItem.objects.filter(case=OuterRef("pk"), done_at=None)
    waiting = Case.objects.filter(_MAY_WAIT, ~Exists(open_item), pk__gt=after, pk__lte=until)
    return sum(_reopen(case) for case in list(waiting.order_by("pk")) if due(log.load(case)) is not None)


def _reopen(found: Case) -> int:
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=found.pk)
        task = due(log.load(case))
        # Looked at again under the lock: whoever moved the case made its row.
        if task is None or OutboxItem.objects.filter(case=case, done_at=None).exists():
            return 0
        row = OutboxItem.objects.filter(case=case, task=task).order_by("pk").last()
        if row is None:
            _show(case, "nobody_moves")
            return 0
        if row.parked_at is not None:  # a person ended it
            return 0
        again = {"done_at": None, "attempts": 0, "lease_until": None, "next_send_at": clock.now()}
        return OutboxItem.objects.filter(pk=row.pk).update(**again)


def open_missing_cases() -> int:
    """Acknowledged packages without a case: each gets its case from the manifest in the store."""
    opened = 0
    for package in Package.objects.filter(case=None).order_by("pk")[:100]:
        try:
            opened += intake.open_missing(package) is not None
        except (files.StoreError, ValueError) as fault:
            detail = f"package {package.pk} was acknowledged and has no case: {fault}"
            quarantine.put(_KIND, f"package:{package.pk}", "no_case", detail)
    return opened


def show_contradictions(after: int, until: int) -> None:
    """Cases that stand as none may stand are quarantined by name."""
    for code, which in CONTRADICTIONS:
        for case in Case.objects.filter(which, pk__gt=after, pk__lte=until):
            _show(case, code)


def _show(case: Case, code: str) -> None:
    """Quarantine a contradiction until a person notes that it is known."""
    subject = f"{code}:{case.reference}"
    if not Quarantine.objects.filter(kind=_KIND, subject=subject, resolution="refused").exists():
        detail = f"{case.reference} stands in {case.state}: {code.replace('_', ' ')}"
        quarantine.put(_KIND, subject, code, detail)
