"""The outbox: rows that the relay sends until they are done, claimed by a lease.

A lease is a conditional UPDATE, the same on PostgreSQL and SQLite. Redis may lose or double every message:
what counts is the row.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from workflow import clock
from workflow.models import Case, OutboxItem, Quarantine
from workflow.statements import changed, columns, fetch, moment, returned

LEASE = timedelta(minutes=5)  # longer than the longest task's time limit (workers/app.py)
RESEND = timedelta(minutes=6)  # a message that nobody answered is sent again after the lease could have ended
MAX_ATTEMPTS = 8
_DEFERRED = timedelta(seconds=20)

_TAKE = (  # noqa: S608  # no value from outside
    "UPDATE workflow_outboxitem SET lease = %s, lease_until = %s, attempts = attempts + 1"
    " WHERE id = %s AND done_at IS NULL AND parked_at IS NULL AND (lease_until IS NULL OR lease_until < %s)"
    " RETURNING "
) + columns(OutboxItem)
_COMPLETE = (
    "UPDATE workflow_outboxitem SET done_at = %s, lease_until = NULL, receipt = %s"
    " WHERE id = %s AND lease = %s AND done_at IS NULL"
)
_BEGIN = "UPDATE workflow_outboxitem SET began = %s WHERE id = %s AND lease = %s AND done_at IS NULL"
# Events of one case are numbered in their order: they are written under its lock.
_EARLIER = "case_id = %s AND task = %s AND done_at IS NULL AND event_id < %s LIMIT 1"


class LeaseLostError(Exception):
    """The item is done, parked, or leased by another run: this run must write nothing."""


def claim_for_sending(limit: int) -> list[tuple[int, str]]:
    """Items due for sending, as (id, task), the longest due first; all are pushed back in one statement.

    Several relays at once: a row that another one has locked is left to it; what it pushed back is not due.
    """
    now = clock.now()
    due = OutboxItem.objects.filter(done_at=None, parked_at=None, next_send_at__lte=now)
    seen = list(due.order_by("next_send_at", "id").values_list("id", flat=True)[:limit])
    if not seen:
        return []
    with transaction.atomic():
        mine = due.filter(id__in=seen).select_for_update(skip_locked=True)
        tasks = dict(mine.values_list("id", "task"))
        OutboxItem.objects.filter(id__in=tasks).update(next_send_at=now + RESEND)
    return [(item_id, tasks[item_id]) for item_id in seen if item_id in tasks]


def unsend(item_ids: Iterable[int]) -> None:
    """The broker did not take the messages: due again at once."""
    OutboxItem.objects.filter(pk__in=item_ids, done_at=None).update(next_send_at=clock.now())


def take_lease(item_id: int) -> OutboxItem | None:
    """Lease an item for one run, or None where another run holds it or it is done."""
    now = clock.now()
    until, before = moment(now + LEASE), moment(now)
    taken = returned(OutboxItem, _TAKE, [secrets.token_hex(16), until, item_id, before])
    for item in taken:
        [item.case] = fetch(Case, "id = %s", [item.case_id])
    return taken[0] if taken else None


def complete(item: OutboxItem, receipt: str = "") -> None:
    """Mark done, in the caller's transaction if there is one, with the receipt of the body that was told.

    Raises:
        LeaseLostError: another run took over meanwhile.
    """
    if not item.lease or not changed(_COMPLETE, [moment(clock.now()), receipt, item.pk, item.lease]):
        raise LeaseLostError(f"outbox item {item.pk} belongs to another run")


def begin(item: OutboxItem, act: str) -> None:
    """Note which act outside is begun now: a body and a key."""
    changed(_BEGIN, [act, item.pk, item.lease])


def not_begun(item: OutboxItem) -> None:
    """The body said that it did nothing: the item may be told again."""
    begin(item, "")


def begun(item: OutboxItem, act: str) -> bool:
    """Whether a run, also one of other work on the case, began this act."""
    return OutboxItem.objects.filter(case=item.case_id, began=act).exists()


def in_doubt(item: OutboxItem, act: str = "") -> bool:
    """Whether an earlier run began another act than this one, and no run of other work ended it."""
    if item.began in {"", act}:
        return False
    return not OutboxItem.objects.filter(case=item.case_id, began=item.began, done_at__isnull=False).exists()


def blocked(item: OutboxItem) -> bool:
    """Whether earlier work of the same kind on the same case is not over: it must not be overtaken."""
    return bool(fetch(OutboxItem, _EARLIER, [item.case_id, item.task, item.event_id]))


def defer(item: OutboxItem, until: datetime | None = None) -> None:
    """Give a lease back without a try being counted; it is due again then, or soon."""
    mine = OutboxItem.objects.filter(pk=item.pk, lease=item.lease, done_at=None)
    due = until or clock.now() + _DEFERRED
    mine.update(lease_until=None, next_send_at=due, attempts=F("attempts") - 1)


def retry_later(
    item: OutboxItem,
    error: str,
    wait: timedelta | None = None,
    *,
    tries: int = MAX_ATTEMPTS,
    code: str = "exhausted",
) -> None:
    """Release the lease after a fault that may pass; after too many the item is parked in the quarantine."""
    if item.attempts >= tries:
        park(item, code, error, Quarantine.Kind.TASK)
        return
    if wait is None:
        wait = timedelta(seconds=min(2**item.attempts * 5, 600))
    _release(item, error, clock.now() + wait)


def park(item: OutboxItem, code: str, detail: str, kind: Quarantine.Kind) -> None:
    """Stop sending; a person releases or refuses it. Twice at once makes one row."""
    with transaction.atomic():
        mine = OutboxItem.objects.filter(pk=item.pk, lease=item.lease, done_at=None, parked_at=None)
        if mine.update(parked_at=clock.now(), lease_until=None, last_error=detail[:1000]):
            Quarantine.objects.create(
                kind=kind, subject=str(item.pk), code=code, detail=detail[:1000], created_at=clock.now()
            )


def unpark(item_id: int, *, nothing_done: bool) -> None:
    """Send a parked item again, from its first attempt.

    Args:
        item_id: the item.
        nothing_done: a person found out that what was begun outside was not done; else it stays in doubt.
    """
    forgotten = {"began": ""} if nothing_done else {}
    OutboxItem.objects.filter(pk=item_id, done_at=None).update(
        parked_at=None, attempts=0, lease_until=None, next_send_at=clock.now(), **forgotten
    )


def end(item_id: int) -> None:
    """A person ended a parked item: it is done and was never told; what comes after it may go on."""
    OutboxItem.objects.filter(pk=item_id, done_at=None).update(done_at=clock.now(), lease_until=None)


def _release(item: OutboxItem, error: str, next_send_at: datetime) -> None:
    OutboxItem.objects.filter(pk=item.pk, lease=item.lease, done_at=None).update(
        lease_until=None, last_error=error[:1000], next_send_at=next_send_at
    )
