"""`/healthz`: can this installation take and move cases? No secrets, no addresses."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from workflow import audit, clock, stuck
from workflow.models import OutboxItem
from workflow.vocabulary import QUEUES, Task

# The relay sends what is due within seconds: older means that nobody works.
BACKLOG = timedelta(minutes=5)


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 where everything is well, else 503; each check says `ok` or what is wrong.

    `waiting` counts what stands in the quarantine: that people have something to do makes nobody unwell.
    """
    checks = {"database": _database()}
    if checks["database"] == "ok":
        checks |= {"triggers": _triggers(), "outbox": _outbox()}
    if settings.PHATNGUOI_REDIS_URL:
        checks["broker"] = _broker(settings.PHATNGUOI_REDIS_URL)
    answer: dict[str, object] = {"checks": checks}
    if checks["database"] == "ok":
        answer["waiting"] = {f"{tally.kind}.{tally.code}": tally.entries for tally in stuck.counts()}
    well = all(value == "ok" for value in checks.values())
    return JsonResponse({"status": "ok" if well else "failing", **answer}, status=200 if well else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def _triggers() -> str:
    try:
        audit.check_triggers()
    except audit.TriggersMissingError:
        return "missing"
    return "ok"


def _outbox() -> str:
    """Work that nobody sent, or that was sent again and again and nobody took: no relay, or no worker."""
    now = clock.now()
    waiting = OutboxItem.objects.filter(done_at=None, parked_at=None)
    if waiting.filter(next_send_at__lt=now - BACKLOG).exists():
        return "backlog"
    untaken = waiting.filter(lease="", created_at__lt=now - BACKLOG).values_list("task", flat=True).distinct()
    taken = waiting.filter(lease_until__gt=now).values_list("task", flat=True).distinct()
    unserved = {QUEUES[Task(task)] for task in untaken} - {QUEUES[Task(task)] for task in taken}
    return f"no worker: {', '.join(sorted(unserved))}" if unserved else "ok"


def _broker(url: str) -> str:
    try:
        with Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as client:
            client.ping()
    except RedisError:
        return "unreachable"
    return "ok"
