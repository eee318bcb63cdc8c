"""`/healthz`: well, and each way of not being well."""

from datetime import timedelta

from django.db import connection
from django.test import Client
from pytest_django import Settings

from tests.packages import Seen
from tests.stage import Stage
from workflow import clock, outbox, quarantine
from workflow.models import CaseEvent, OutboxItem, Quarantine


def test_an_installation_that_works_is_well(stage: Stage, redis_url: str, settings: Settings) -> None:
    settings.PHATNGUOI_REDIS_URL = redis_url
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["checks"] == dict.fromkeys(("database", "triggers", "outbox", "broker"), "ok")


def test_work_that_nobody_sends_is_a_fault(stage: Stage) -> None:
    stage.collected()
    assert Client().get("/healthz").status_code == 200
    OutboxItem.objects.update(next_send_at=clock.now() - timedelta(minutes=6))
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["checks"]["outbox"]) == (503, "backlog")


def test_a_queue_that_nobody_serves_is_named_while_the_relay_sends_again_and_again(stage: Stage) -> None:
    stage.collected()
    OutboxItem.objects.update(
        created_at=clock.now() - timedelta(minutes=6), next_send_at=clock.now() + timedelta(minutes=6)
    )
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["checks"]["outbox"]) == (503, "no worker: extract")
    stage.collected(Seen(track=9, at=Seen().at + timedelta(minutes=5)))
    other = OutboxItem.objects.latest("pk")
    assert outbox.take_lease(other.pk)
    assert Client().get("/healthz").status_code == 200  # there is one, and it has much to do


def test_what_waits_for_a_person_is_counted_and_makes_nobody_unwell(stage: Stage) -> None:
    quarantine.put(Quarantine.Kind.PAYMENT, "T1", "unmatched", "payment T1: no decision 9")
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["waiting"]) == (200, {"payment.unmatched": 1})


def test_a_log_without_its_triggers_is_a_fault(stage: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {CaseEvent._meta.db_table}_no_delete")
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["checks"]["triggers"]) == (503, "missing")


def test_a_broker_that_does_not_answer_is_a_fault_and_no_secret_is_told(
    stage: Stage, settings: Settings
) -> None:
    settings.PHATNGUOI_REDIS_URL = "redis://:geheim@127.0.0.1:1/0"
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["checks"]["broker"]) == (503, "unreachable")
    assert b"geheim" not in answer.content
