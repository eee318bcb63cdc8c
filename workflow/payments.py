"""Money that the treasury reports: never counted twice, never lost."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from workflow import quarantine, service
from workflow.commands import RecordPayment
from workflow.models import Case, Quarantine, ReceivedPayment
from workflow.vocabulary import Phase


@dataclass(frozen=True, slots=True)
class TreasuryLine:
    """One payment as the treasury tells it."""

    transaction: str
    decision_number: str
    amount: int  # đồng
    paid_at: datetime


def receive(line: TreasuryLine) -> str:
    """Record a payment. Answers `recorded`, `known` or `unmatched`.

    A line without a case stays as a receipt and stands in the quarantine: real money is never refused.
    """
    known = ReceivedPayment.objects.filter(pk=line.transaction).first()
    if known is not None:
        _compare(known, line)
        return "known"
    case = case_of(line.decision_number)
    if case is not None:
        service.execute(case.pk, RecordPayment(line.transaction, line.amount, line.paid_at), service.GATEWAY)
        return "recorded"
    try:
        with transaction.atomic():
            ReceivedPayment.objects.create(
                transaction=line.transaction,
                decision_number=line.decision_number,
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


def case_of(decision_number: str) -> Case | None:
    """The case that a payment of a decision goes to, or None where no decision has the number, or several.

    Numbers restart every year: the decision that is being carried out goes before those that are not. Any
    case of a handling will do, the payment is shared out among its acts.
    """
    named = Case.objects.filter(decision_number=decision_number).exclude(decision_number="").order_by("pk")
    found = list(named.filter(phase=Phase.DECIDED)) or list(named)
    decisions = {case.handling or case.reference for case in found}
    return found[0] if len(decisions) == 1 else None


def _compare(known: ReceivedPayment, line: TreasuryLine) -> None:
    """A transaction told again with another content is a matter for a person, not for silence."""
    if (known.amount, known.decision_number) != (line.amount, line.decision_number):
        quarantine.put(
            Quarantine.Kind.PAYMENT,
            f"{line.transaction}: {line.amount} for {line.decision_number}",
            "differs",
            f"payment {line.transaction}: told as {known.amount} đ for {known.decision_number}, "
            f"now as {line.amount} đ for {line.decision_number}",
        )
