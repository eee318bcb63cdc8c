"""Money whose decision nobody knew when it came: it looks for its case again until a person pays it back."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from workflow import payments, quarantine, service
from workflow.case import CaseError
from workflow.commands import RecordPayment
from workflow.models import Case, Quarantine, ReceivedPayment

_OPEN = Quarantine.objects.filter(kind=Quarantine.Kind.PAYMENT, code="unmatched", resolved_at=None)


def find_cases(limit: int = 500) -> int:
    """Give waiting payments to cases whose decision was signed meanwhile; gives how many found theirs."""
    known = Case.objects.filter(decision_number=OuterRef("decision_number")).exclude(decision_number="")
    repaid = Quarantine.objects.filter(
        kind=Quarantine.Kind.PAYMENT, subject=OuterRef("pk"), code="unmatched", resolution="refused"
    )
    waiting = ReceivedPayment.objects.filter(Exists(known), ~Exists(repaid), case=None).order_by("pk")
    found = sum(match(row.pk) for row in waiting[:limit])
    _close_settled(limit)
    return found


def match(transaction_id: str) -> bool:
    """Give one waiting payment to its case; False where there is none, or the case refuses."""
    row = ReceivedPayment.objects.filter(pk=transaction_id, case=None).first()
    if row is None or not row.decision_number:
        return False
    case = payments.case_of(row)
    if case is None:
        return False
    try:
        service.execute(case.pk, RecordPayment(row.transaction, row.amount, row.paid_at), service.GATEWAY)
    except CaseError:
        return False
    return True


def release(entry_id: int, by: str, reason: str) -> Quarantine:
    """A person says that an unmatched payment now has its case.

    Raises:
        quarantine.QuarantineError: it has none yet.
    """
    with transaction.atomic():
        entry = quarantine.resolve(entry_id, "released", by, reason)
        row = ReceivedPayment.objects.get(pk=entry.subject)
        if row.case_id is None and not match(row.pk):
            raise quarantine.QuarantineError(
                f"no decision {row.decision_number} fits the payment; record the payment on its case in the "
                "console or refuse the entry when the money was paid back"
            )
    return entry


def _close_settled(limit: int) -> None:
    """Entries whose payment has its case by now, whoever gave it."""
    settled = ReceivedPayment.objects.filter(pk=OuterRef("subject"), case__isnull=False)
    for entry in _OPEN.all().filter(Exists(settled)).order_by("pk")[:limit]:
        quarantine.close(entry, "released", "gateway", "the payment found its case")
