"""One command is one transaction: lock, check, decide, insert, project, commit."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from workflow import clock, log, outbox
from workflow.case import Actor, CaseError, CaseState, Context, decide
from workflow.commands import Command, OpenFromDevice, RecordPayment
from workflow.law import deadlines
from workflow.models import Case, OutboxItem, Package, ReceivedPayment, Series
from workflow.vocabulary import Role

WORKER = Actor("worker", frozenset({Role.WORKER}))
CLOCK = Actor("clock", frozenset({Role.CLOCK}))
GATEWAY = Actor("gateway", frozenset({Role.GATEWAY}))

# NĐ 30/2020 Phụ lục I; the symbols of a unit are configuration (docs/legal-sources.md).
_SYMBOLS = {"notice": "TB-{unit}", "record": "BB-VPHC", "decision": "QĐ-XPHC"}


class StaleVersionError(Exception):
    """The case moved on since the officer saw it; carries the case's present state."""

    def __init__(self, case: Case, state: CaseState) -> None:
        super().__init__(f"{case.reference} is at version {state.version} now")
        self.case = case
        self.state = state


@dataclass(frozen=True, slots=True)
class Executed:
    case: Case
    state: CaseState
    events: int  # how many followed; 0 where the fact was known already


def execute(  # noqa: PLR0913  # each is a fact of its own, given by name
    case_id: int,
    command: Command,
    actor: Actor,
    *,
    seen_version: int | None = None,
    completes: OutboxItem | None = None,
    known: CaseState | None = None,
) -> Executed:
    """Give a command to a case.

    Args:
        case_id: primary key of the case.
        command: what is asked for.
        actor: who asks.
        seen_version: the version that the officer's page showed; another one now is refused.
        completes: the outbox item whose work this is, done in the same transaction.
        known: the state that the caller's work began with; its events are read again only if others followed.

    Raises:
        CaseError: the case refuses.
        StaleVersionError: somebody else was faster.
        outbox.LeaseLostError: another run holds the item or has done it; nothing is written.
    """
    at = clock.now()
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        state = known if known is not None and known.version == case.version else log.load(case)
        if seen_version is not None and seen_version != state.version:
            raise StaleVersionError(case, state)
        if completes is not None:
            outbox.complete(completes)
        if isinstance(command, RecordPayment):
            _register_payment(case, command)
        context = Context(actor, at, deadlines.due, lambda series: next_number(series, at))
        events = decide(state, command, context)
        state = log.append(case, state, events, actor.id, at)
    return Executed(case, state, len(events))


def _register_payment(case: Case, command: RecordPayment) -> None:
    """One transaction pays one case, whoever tells of it; one that matched no case may find its case here."""
    row, _made = ReceivedPayment.objects.get_or_create(
        transaction=command.transaction,
        defaults={
            "decision_number": case.decision_number,
            "amount": command.amount,
            "paid_at": command.paid_at,
            "case": case,
        },
    )
    if row.case_id is None:
        row.case = case
        row.save(update_fields=["case"])
    if row.case_id != case.pk or row.amount != command.amount:
        raise CaseError("transaction_known", "this transaction is recorded for another case or sum")


def open_case(package: Package, command: OpenFromDevice) -> Case:
    """Make the one case of a package; the caller holds the transaction in which the package was stored."""
    at = clock.now()
    number = _take("case", at)
    case = Case(
        reference=f"PN{deadlines.local(at).year}-{number:06d}",
        package=package,
        recorded_at=command.recorded_at,
        site=command.site,
        act=command.act,
        state=CaseState().state,
    )
    case.save()
    context = Context(WORKER, at, deadlines.due, lambda series: next_number(series, at))
    log.append(case, CaseState(), decide(None, command, context), WORKER.id, at)
    return case


def next_number(series: str, at: datetime) -> str:
    """The next number of a paper's yearly series, without gaps: it lives or dies with the transaction.

    Numbers restart every year at 01 and are written with a leading zero below ten (NĐ 30/2020 Phụ lục I).
    """
    number = _take(series, at)
    return f"{number:02d}/{_SYMBOLS[series].format(unit=settings.PHATNGUOI_UNIT_SYMBOL)}"


def _take(series: str, at: datetime) -> int:
    year = deadlines.local(at).year
    Series.objects.get_or_create(name=series, year=year)
    row = Series.objects.select_for_update().get(name=series, year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
