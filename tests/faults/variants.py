"""The product without one of its protections: the checker must see what happens then (FAULTS_VARIANT)."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from workflow.effects import effects_of
from workflow.vocabulary import EventType, Task


def no_key() -> None:
    """The post office gets another key at every try."""
    from workers.gateways import post

    plain = post.FolderPost.send

    def send(self: post.FolderPost, letter: post.Letter) -> post.Receipt:
        return plain(self, replace(letter, key=f"{letter.key}-{secrets.token_hex(4)}"))

    post.FolderPost.send = send  # type: ignore[method-assign]  # a broken variant


def no_lease() -> None:
    """Every run that gets a message works, whoever works already."""
    from workflow import outbox
    from workflow.models import OutboxItem

    def take_lease(item_id: int) -> OutboxItem:
        item = OutboxItem.objects.select_related("case", "event").get(pk=item_id)
        item.lease = secrets.token_hex(16)  # every run believes that it holds one
        return item

    def complete(item: OutboxItem, receipt: str = "") -> None:
        OutboxItem.objects.filter(pk=item.pk).update(done_at=item.created_at, receipt=receipt)

    outbox.take_lease = take_lease
    outbox.complete = complete


def no_lease_no_key() -> None:
    """A post office that honours no key, and no lease that keeps two runs apart."""
    no_key()
    no_lease()


def no_outbox() -> None:
    """The work that follows from a number is not written down with it."""
    from workflow import log

    vars(log)["effects_of"] = _without_rendering


def no_outbox_no_reconciler() -> None:
    """The same, and nobody notices what is missing."""
    from workers import reconcile

    no_outbox()
    vars(reconcile)["effects_of"] = _without_rendering


def _without_rendering(kind: EventType, data: Mapping[str, Any]) -> tuple[Task, ...]:
    return () if kind == EventType.NOTICE_NUMBERED else effects_of(kind, data)


def no_index() -> None:
    """The database does not refuse a second case of one package."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname)"
            " FROM pg_constraint WHERE contype IN ('p', 'u')"
            " AND conrelid IN ('workflow_package'::regclass, 'workflow_case'::regclass)"
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


VARIANTS: dict[str, Callable[[], None]] = {
    "no_key": no_key,
    "no_lease": no_lease,
    "no_lease_no_key": no_lease_no_key,
    "no_outbox": no_outbox,
    "no_outbox_no_reconciler": no_outbox_no_reconciler,
    "no_index": no_index,
}
