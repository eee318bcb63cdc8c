"""Money that the treasury reports: never counted twice, never lost."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from workflow import log, quarantine, service
from workflow.commands import RecordPayment
from workflow.law.deadlines import local
from workflow.models import Case, Quarantine, ReceivedPayment
from workflow.vocabulary import Phase

# Two clocks near midnight: the treasury's may lag behind ours, and ours may be set back after a signature.
_CLOCKS_APART = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TreasuryLine:
    """One payment as the treasury tells it."""

    transaction: str
    decision_number: str
    amount: int  # đồng
    paid_at: datetime
    decision_date: date | None = None  # in Vietnam, where the treasury tells it


def receive(line: TreasuryLine) -> str:
    """Record a payment. Answers `recorded`, `known` or `unmatched`.

    A line without a case stays as a receipt and stands in the quarantine: real money is never refused.
    """
    known = ReceivedPayment.objects.filter(pk=line.transaction).first()
    if known is not None:
        _compare(known, line)
        return "known"
    case = case_of(line)
    if case is not None:
        service.execute(case.pk, RecordPayment(line.transaction, line.amount, line.paid_at), service.GATEWAY)
        return "recorded"
    try:
        with transaction.atomic():
            ReceivedPayment.objects.create(
                transaction=line.transaction,
                decision_number=line.decision_number,
                decision_date=line.decision_date,
                amount=line.amount,
                paid_at=line.paid_at,
            )
            quarantine.put(
                Quarantine.Kind.PAYMENT,
                line.transaction,
                "unmatched",
                f"payment {line.transaction}: no decision {line.decision_number}",
            )
    except IntegrityError:
        return "known"  # another sweep read the same line at the same moment
    return "unmatched"


def case_of(payment: TreasuryLine | ReceivedPayment) -> Case | None:
    """The case that a payment goes to, or None where no decision has the number, or several.

    Numbers restart every year, and the decision's date says which is meant. Where the treasury does not tell
    it, none is meant that was signed after the payment, also where it is the only one; and of several the
    one that is being carried out goes before those that are not. Any case of a handling will do, the payment
    is shared out among its acts.
    """
    named = Case.objects.filter(decision_number=payment.decision_number).exclude(decision_number="")
    decisions = {case.handling or case.reference: case for case in named.order_by("-pk")}
    found = list(decisions.values())
    if payment.decision_date is not None:
        found = [case for case in found if _signed_on(case) == payment.decision_date]
    else:
        day = local(payment.paid_at).date()
        found = _signed_by(found, day) or _signed_by(found, day + _CLOCKS_APART)
    if len(found) > 1:
        found = [case for case in found if case.phase == Phase.DECIDED]
    return found[0] if len(found) == 1 else None


def _signed_by(cases: list[Case], day: date) -> list[Case]:
    return [case for case in cases if _signed_on(case) <= day]


def _signed_on(case: Case) -> date:
    decision = log.load(case).decision
    if decision is None:
        raise ValueError(f"{case.reference} has the number of a decision, and its log has none")
    return local(decision.signed_at).date()


def _compare(known: ReceivedPayment, line: TreasuryLine) -> None:
    """A transaction told again with another content is a matter for a person, not for silence."""
    dates = {known.decision_date, line.decision_date} - {None}
    if (known.amount, known.decision_number) != (line.amount, line.decision_number) or len(dates) > 1:
        quarantine.put(
            Quarantine.Kind.PAYMENT,
            f"{line.transaction}: {line.amount} for {line.decision_number}",
            "differs",
            f"payment {line.transaction}: told as {known.amount} đ for {known.decision_number}, "
            f"now as {line.amount} đ for {line.decision_number}",
        )
