"""What could not be taken or finished stands here with its reason until a person releases or refuses it.

| kind | released | refused |
|---|---|---|
| package | taken again (workflow/intake.py) | stays out |
| task | tried from its first attempt; a letter in doubt stays so | ended; later work on the case may go on |
| unknown_outcome | sent again: a person found out that nothing was done | ended: it was done |
| payment | an unmatched one looks for its case again, and stays where there is none | paid back outside |
| a bad day of payments, deliveries | only by a good answer: it is asked for by itself | waited for no more |
| delivery, contradiction | a person mended it | noted |
"""

from django.db import transaction

from workflow import clock, outbox
from workflow.models import Quarantine

BAD_DAY = "bad_day"  # what a body told of one day cannot be (workers/fetching.py)
_WORK = frozenset({Quarantine.Kind.TASK, Quarantine.Kind.UNKNOWN_OUTCOME})


class QuarantineError(Exception):
    """An entry that cannot be released or refused; the message says why."""


def put(kind: Quarantine.Kind, subject: str, code: str, detail: str, path: str = "") -> Quarantine:
    """Quarantine something once: the same subject again finds the open entry."""
    entry, _created = Quarantine.objects.get_or_create(
        kind=kind,
        subject=subject,
        resolved_at=None,
        defaults={"code": code, "detail": detail[:1000], "path": path, "created_at": clock.now()},
    )
    return entry


def resolve(entry_id: int, resolution: str, by: str, reason: str) -> Quarantine:
    """Release (the work is sent again) or refuse (it ends here, counted); see also `workflow.stuck.resolve`.

    Raises:
        QuarantineError: no such open entry, or no reason given.
    """
    if not reason.strip():
        raise QuarantineError("a reason is needed")
    with transaction.atomic():
        entry = Quarantine.objects.select_for_update().filter(pk=entry_id, resolved_at=None).first()
        if entry is None:
            raise QuarantineError(f"there is no open quarantine entry {entry_id}")
        close(entry, resolution, by, reason)
        if entry.kind in _WORK and resolution == "released":
            outbox.unpark(int(entry.subject), nothing_done=entry.kind == Quarantine.Kind.UNKNOWN_OUTCOME)
        elif entry.kind in _WORK:
            outbox.end(int(entry.subject))
    return entry


def close(entry: Quarantine, resolution: str, by: str, reason: str) -> None:
    """Write who resolved an entry and why."""
    entry.resolved_at, entry.resolution = clock.now(), resolution
    entry.resolved_by, entry.reason = by, reason[:500]
    entry.save()
