"""What could not be taken or finished stands here with its reason until a person releases or refuses it."""

from django.db import transaction

from workflow import clock, outbox
from workflow.models import Quarantine


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
    """Release (the work is sent again) or refuse (it ends here, counted).

    Raises:
        QuarantineError: no such open entry, or no reason given.
    """
    if not reason.strip():
        raise QuarantineError("a reason is needed")
    with transaction.atomic():
        entry = Quarantine.objects.select_for_update().filter(pk=entry_id, resolved_at=None).first()
        if entry is None:
            raise QuarantineError(f"there is no open quarantine entry {entry_id}")
        entry.resolved_at, entry.resolution = clock.now(), resolution
        entry.resolved_by, entry.reason = by, reason[:500]
        entry.save()
        if resolution == "released" and entry.kind in {Quarantine.Kind.TASK, Quarantine.Kind.UNKNOWN_OUTCOME}:
            outbox.unpark(int(entry.subject))
    return entry
