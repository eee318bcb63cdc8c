"""`phatnguoi quarantine` and `phatnguoi audit`: every kind of stuck work is listed, shown and answered."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings
from typer.testing import CliRunner, Result

from config import cli
from tests import packages
from tests.integration.workers.conftest import ACT_AT, OWNERS, Centre
from tests.integration.workers.doing import item_of, run
from workers import deliveries, receipts
from workers.reconcile import Reconciler
from workflow import clock, intake, outbox, roots, sweep
from workflow.models import Case, CaseEvent, OutboxItem, Quarantine

Story = Callable[[Centre], object]
Command = Callable[..., Result]


@pytest.fixture
def phatnguoi(centre: Centre, settings: Settings) -> Command:
    """The command on this test's centre; in this process, since starting one costs seconds."""
    settings.SECRET_KEY = "k" * 50
    return lambda *arguments: CliRunner().invoke(cli.app, arguments)


def lines(done: Result) -> list[dict[str, Any]]:
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def a_package(centre: Centre) -> None:
    seen = packages.Seen(track=9, at=ACT_AT)
    path = packages.write(centre.home / "spool", centre.secret, seen)
    picture = (path / "frames" / "at.jpg").read_bytes()
    (path / "frames" / "at.jpg").write_bytes(picture[:-1] + b"x")
    intake.ingest(path)


def a_task(centre: Centre) -> None:
    case = centre.reviewed(centre.case())
    (centre.home / "registry" / "owners.csv").unlink()
    for _ in range(outbox.MAX_ATTEMPTS):
        run(case, "determine_owner")


def an_unknown_outcome(centre: Centre) -> None:
    case = centre.reviewed(centre.case())
    item = outbox.take_lease(item_of(case, "determine_owner").pk)
    assert item is not None
    outbox.park(item, "unknown_outcome", "told and gave no answer", Quarantine.Kind.UNKNOWN_OUTCOME)


def a_payment(centre: Centre) -> None:
    (centre.home / "treasury" / "in").mkdir()
    (centre.home / "treasury" / "in" / "day.csv").write_text(
        "transaction,decision_number,amount,paid_at\nT1,99/QĐ-XPHC,5,2026-10-25T08:00:00+07:00\n"
    )
    receipts.take_payments()


def a_delivery(centre: Centre) -> None:
    (centre.home / "post" / "receipts").mkdir()
    (centre.home / "post" / "receipts" / "1.json").write_text("{}")
    deliveries.take_reports()


def a_contradiction(centre: Centre) -> None:
    centre.case()
    Case.objects.update(state="dismissed", published=True, end_reported=True)
    Reconciler().look()


@pytest.mark.parametrize(
    ("story", "kind", "code"),
    [
        (a_package, "package", "wrong_digest"),
        (a_task, "task", "exhausted"),
        (an_unknown_outcome, "unknown_outcome", "unknown_outcome"),
        (a_payment, "payment", "unmatched"),
        (a_delivery, "delivery", "refused"),
        (a_contradiction, "contradiction", "published_after_end"),
    ],
)
def test_every_kind_is_listed_with_its_reason_and_can_be_ended(
    centre: Centre,
    phatnguoi: Command,
    story: Story,
    kind: str,
    code: str,
) -> None:
    story(centre)
    found = lines(phatnguoi("quarantine", "list", "--json", "--kind", kind))
    [entry] = [entry for entry in found if entry["code"] == code]
    assert entry["detail"]
    assert entry["age"] >= 0
    assert {"kind": kind, "code": code, "entries": 1}.items() <= lines(
        phatnguoi("quarantine", "count", "--json")
    )[-1].items()
    refused = phatnguoi("quarantine", "refuse", str(entry["id"]), "--reason", "không làm nữa")
    assert refused.exit_code == 0, refused.output
    row = Quarantine.objects.get(pk=entry["id"])
    assert (row.resolution, row.reason) == ("refused", "không làm nữa")
    assert row.resolved_by.startswith("cli:")
    if kind in ("task", "unknown_outcome"):
        assert OutboxItem.objects.get(pk=row.subject).done_at is not None


def test_many_tasks_are_released_together_once_the_cause_is_mended(
    centre: Centre, phatnguoi: Command
) -> None:
    a_task(centre)
    (centre.home / "registry" / "owners.csv").write_text(OWNERS, encoding="utf-8")
    done = phatnguoi("quarantine", "release", "--all-of", "exhausted", "--reason", "sổ đăng ký đã có lại")
    assert done.exit_code == 0, done.output
    assert run(Case.objects.get(), "determine_owner").done_at is not None


def test_what_was_not_mended_is_not_released(centre: Centre, phatnguoi: Command) -> None:
    a_payment(centre)
    entry = str(Quarantine.objects.get().pk)
    assert "no decision 99/QĐ-XPHC" in phatnguoi("quarantine", "release", entry, "--reason", "x").stderr
    assert phatnguoi("quarantine", "release", "--reason", "x").exit_code == 2
    assert lines(phatnguoi("quarantine", "show", entry, "--json"))[0]["resolved_at"] is None


def test_missed_deadlines_are_listed_with_their_age(centre: Centre, phatnguoi: Command) -> None:
    case = centre.case()
    assert lines(phatnguoi("quarantine", "missed", "--json")) == []
    clock.set_shift(centre.home / "clock", ACT_AT + timedelta(days=15) - datetime.now(UTC))
    sweep.sweep()
    [late] = lines(phatnguoi("quarantine", "missed", "--json"))
    assert (late["case"], late["clock"], late["state"]) == (case.reference, "NOTIFY", "collected")
    assert late["age"] > 3 * 24 * 3600


def test_audit_verify_names_the_case_and_the_event(centre: Centre, phatnguoi: Command) -> None:
    case = centre.case()
    roots.write_daily_root(ACT_AT.date())
    whole = phatnguoi("audit", "verify")
    assert (whole.exit_code, whole.stdout.split()[0]) == (0, "1")
    heads = next((centre.home / "audit").glob("*.heads"))
    heads.write_bytes(heads.read_bytes().replace(b"PN", b"PX"))
    found = phatnguoi("audit", "verify", "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["what"] == "its heads are not those that its root was made of"
    assert CaseEvent.objects.filter(case=case).exists()


@pytest.mark.parametrize("copy", ["empty", "file.json"])
def test_a_copy_without_roots_is_no_proof(centre: Centre, phatnguoi: Command, copy: str) -> None:
    """A wrong folder, or a share that is not mounted, would stand for a log that nobody touched."""
    (centre.home / "empty").mkdir()
    (centre.home / "file.json").touch()
    done = phatnguoi("audit", "verify", "--roots", str(centre.home / copy))
    assert (done.exit_code, copy in done.stderr) == (1, True)


def test_what_cannot_be_taken_keeps_no_other_package_waiting(centre: Centre, phatnguoi: Command) -> None:
    spool = centre.home / "spool"
    path = packages.write(spool, centre.secret, packages.Seen(track=9, at=ACT_AT))
    os.mkfifo(spool / "a.zip")  # comes first by its name
    (spool / "b").mkdir()
    os.mkfifo(spool / "b" / "clip.mp4")
    done = phatnguoi("ingest", str(spool / "nowhere"), str(spool))
    assert (done.exit_code, done.exception.__class__) == (1, SystemExit)
    assert all(name in done.stderr for name in ("nowhere", "a.zip", "clip.mp4"))
    assert [case.package_id for case in Case.objects.all()] == [path.name]


def test_an_installation_is_not_taken_in_itself(centre: Centre, phatnguoi: Command) -> None:
    """The quarantine would be copied into itself until the disk is full, and the keys with it."""
    for folder in (centre.home, centre.home.parent):
        done = phatnguoi("ingest", str(folder))
        assert (done.exit_code, str(folder) in done.stderr) == (1, True)
    assert not (centre.home / "quarantine").exists()


def test_a_quarantined_package_whose_copy_is_gone_keeps_no_other_entry_waiting(
    centre: Centre, phatnguoi: Command
) -> None:
    a_package(centre)
    a_payment(centre)
    lost, payment = Quarantine.objects.order_by("pk")
    shutil.rmtree(lost.path)
    done = phatnguoi("quarantine", "release", str(lost.pk), str(payment.pk), "--reason", "đã sửa")
    assert (done.exit_code, done.exception.__class__) == (1, SystemExit)
    assert lost.path in done.stderr
    assert f"{payment.pk}:" in done.output
    assert Quarantine.objects.get(pk=lost.pk).resolved_at is None
