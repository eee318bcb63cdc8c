"""One command is one transaction: lock, check, decide, insert, project, commit."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from workflow import clock, draws, following, handling, log, outbox
from workflow.case import Actor, CaseError, CaseState, Context, Policy, decide
from workflow.commands import Command, JoinActs, Opening, Purge, RecordPayment
from workflow.identity import same_person
from workflow.law import deadlines
from workflow.lawbook import LawBook
from workflow.models import Case, OutboxItem, Package, ReceivedPayment, Signer
from workflow.register import next_number, take
from workflow.statements import fetch
from workflow.vocabulary import Role
from workflow.words import Register

WORKER = Actor("worker", frozenset({Role.WORKER}))
CLOCK = Actor("clock", frozenset({Role.CLOCK}))
GATEWAY = Actor("gateway", frozenset({Role.GATEWAY}))


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
        case, state, others = _locked(case_id, command, known)
        if seen_version is not None and seen_version != state.version:
            raise StaleVersionError(case, state)
        if completes is not None:
            outbox.complete(completes)
        rows = {case.reference: case, **{other.reference: other for other in others}}
        states = {case.reference: state, **{other.reference: log.load(other) for other in others}}
        context = context_of(actor, at, case.package_id)
        if isinstance(command, RecordPayment):
            payer = next(iter(handling.given(case.reference, command, states, context)))
            _register_payment(rows[payer], command)
        told = handling.act(case.reference, command, states, context)
        for reference, events in told.items():
            states[reference] = log.append(rows[reference], states[reference], events, actor.id, at)
            following.follow(rows[reference], states[reference], events, at)
    return Executed(case, states[case.reference], len(told.get(case.reference, ())))


def _locked(case_id: int, command: Command, known: CaseState | None) -> tuple[Case, CaseState, list[Case]]:
    """The case as it stands and those that are, shall be or (for a purge) ever were handled with it, locked.

    Raises:
        CaseError: one of them does not exist.
    """
    alone = known is not None and not known.handling
    joined = command.cases if isinstance(command, JoinActs) else ()
    if isinstance(command, Purge):  # also those that left the handling: papers of all acts may be in one file
        joined = log.load(Case.objects.get(pk=case_id)).joined
    while True:
        wanted: str = "id = %s"
        values: list[int | str] = [case_id]
        if joined:
            wanted += f" OR reference IN ({', '.join(['%s'] * len(joined))})"
            values += joined
        elif not alone:
            first = Case.objects.values_list("handling", flat=True).get(pk=case_id)
            if first:
                wanted, values = "handling = %s", [first]
        found = {row.pk: row for row in fetch(Case, f"{wanted} ORDER BY id", values, lock=True)}
        case = found.pop(case_id, None)
        if case is not None:
            state = known if known is not None and known.version == case.version else log.load(case)
            together = joined or state.handling
            locked = {case.reference, *(row.reference for row in found.values())}
            if set(together) <= locked:
                return case, state, list(found.values())
            if isinstance(command, JoinActs):
                raise CaseError("no_case", "one of these cases does not exist")
        alone = False  # it was joined or parted between the two looks


def _register_payment(case: Case, command: RecordPayment) -> None:
    """One transaction pays one decision, whoever tells of it; one without a case may find its case here."""
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


def context_of(actor: Actor, at: datetime, package_id: str) -> Context:
    """What a command may ask: the law by its dates, numbers that live with the transaction, a keyed draw."""

    def limit() -> int:
        signers = Signer.objects.filter(valid_from__lte=at, valid_to__gte=at)
        return signers.aggregate(limit=Max("limit"))["limit"] or 0

    return Context(
        actor,
        at,
        deadlines.due,
        lambda series: next_number(series, at),
        lambda purpose: draws.draw(purpose, package_id),
        law=LawBook(limit),
        policy=Policy(),
        same_person=same_person,
    )


def open_case(package: Package, command: Opening, actor: Actor = WORKER) -> Case:
    """Make the one case of a package; the caller holds the transaction in which the package was stored.

    Reports and transfers are opened by a clerk from a package that the centre sealed.
    """
    at = clock.now()
    case = Case(
        reference=new_reference(at),
        package=package,
        recorded_at=command.recorded_at,
        site=command.site,
        act=command.act,
        state=CaseState().state,
    )
    case.save()
    log.append(case, CaseState(), decide(None, command, context_of(actor, at, package.pk)), actor.id, at)
    return case


def new_reference(at: datetime) -> str:
    """The next reference of a year; it lives or dies with the transaction."""
    return f"PN{deadlines.local(at).year}-{take(Register.CASE, at):06d}"
