"""What should have happened and did not is made again, once; what no machine can mend is shown."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from detection.evidence import verify_package
from tests import packages
from tests.integration.workers.conftest import ACT_AT, Centre
from tests.integration.workers.doing import COMMANDERS, by_both, item_of, quarantined, run, state_of
from workers import reconcile
from workers.reconcile import Reconciler
from workflow import clock, files, intake, service, stuck
from workflow.commands import Dismiss
from workflow.models import Case, CaseEvent, OutboxItem, Package, Quarantine
from workflow.vocabulary import DismissalGround

SHOWN = Quarantine.Kind.CONTRADICTION


def lost(case: Case, task: str) -> None:
    """A hand in the database, or a wrong restore: the work is gone."""
    OutboxItem.objects.filter(case=case, task=task).delete()


def signed_but_not_sent(centre: Centre, case: Case) -> str:
    centre.sign(case)
    run(case, "render_notice")
    return "deliver_notice"


def ended_but_not_reported(centre: Centre, case: Case) -> str:
    service.execute(case.pk, Dismiss(DismissalGround.JUSTIFIED_ACT, "cấp cứu"), COMMANDERS[0])
    return "report_end"


def sent_but_not_published(centre: Centre, case: Case) -> str:
    signed_but_not_sent(centre, case)
    run(case, "deliver_notice")
    return "tell_public"


def ended_but_not_withdrawn(centre: Centre, case: Case) -> str:
    sent_but_not_published(centre, case)
    run(case, "tell_public")
    by_both(case, Dismiss(DismissalGround.STOLEN_VEHICLE, "trình báo mất xe"))
    return "tell_public"


@pytest.mark.parametrize(
    "story", [signed_but_not_sent, ended_but_not_reported, sent_but_not_published, ended_but_not_withdrawn]
)
def test_a_missing_outbox_row_is_made_again_once_and_does_its_work(
    centre: Centre, filed: Case, story: Callable[[Centre, Case], str]
) -> None:
    task = story(centre, filed)
    OutboxItem.objects.filter(pk=item_of(filed, task).pk).delete()
    before = set(OutboxItem.objects.values_list("pk", flat=True))
    Reconciler().look()
    Reconciler().look()
    [made] = OutboxItem.objects.exclude(pk__in=before)
    assert (made.task, made.done_at) == (task, None)
    assert run(filed, task).done_at is not None


def test_several_reconcilers_at_once_make_one_row(centre: Centre, filed: Case) -> None:
    lost(filed, signed_but_not_sent(centre, filed))
    newest = CaseEvent.objects.latest("pk").pk

    def look(_: int) -> int:
        try:
            return reconcile.make_missing_effects(0, newest)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(look, range(3))) == 1
    assert OutboxItem.objects.filter(case=filed, task="deliver_notice").count() == 1


def test_a_whole_centre_makes_no_row_that_is_not_missing(centre: Centre, decided: Case) -> None:
    before = list(OutboxItem.objects.order_by("pk").values())
    Reconciler().look()
    assert list(OutboxItem.objects.order_by("pk").values()) == before
    assert quarantined(SHOWN) == []


def test_windows_come_round_to_every_event(
    centre: Centre, filed: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "EVENTS", 3)
    first = CaseEvent.objects.get(case=filed, type="CaseOpened")
    OutboxItem.objects.filter(event=first).delete()
    rounds = Reconciler(event=CaseEvent.objects.order_by("pk")[4].pk)
    for _ in range(CaseEvent.objects.latest("pk").pk // 3 + 2):
        rounds.look()
    assert OutboxItem.objects.filter(event=first).count() == 1


def test_a_case_that_waits_for_work_which_counts_as_done_is_moved_again(centre: Centre, filed: Case) -> None:
    task = signed_but_not_sent(centre, filed)
    OutboxItem.objects.filter(case=filed, task=task).update(done_at=clock.now())
    Reconciler().look()
    assert run(filed, task).done_at is not None
    assert state_of(filed).state == "notified"


def test_what_a_person_ended_is_not_begun_again(centre: Centre, filed: Case) -> None:
    item = item_of(filed, signed_but_not_sent(centre, filed))
    OutboxItem.objects.filter(pk=item.pk).update(done_at=clock.now(), parked_at=clock.now())
    Reconciler().look()
    item.refresh_from_db()
    assert item.done_at is not None


def acknowledged(centre: Centre) -> Package:
    """A package that was taken and whose case is gone."""
    seen = packages.Seen(track=9, at=ACT_AT + timedelta(minutes=9))
    path = packages.write(centre.home / "spool", centre.secret, seen)
    package = verify_package(path, intake._known_keys())
    folder = f"evidence/{package.manifest.package_id}"
    files.put(f"{folder}/manifest.json", package.manifest_bytes)
    return Package.objects.create(
        id=package.manifest.package_id,
        manifest_sha256=hashlib.sha256(package.manifest_bytes).hexdigest(),
        device_id=packages.DEVICE,
        path=folder,
        received_at=clock.now(),
    )


def test_an_acknowledged_package_without_a_case_gets_it(centre: Centre) -> None:
    package = acknowledged(centre)
    Reconciler().look()
    Reconciler().look()
    case = Case.objects.get(package=package)
    assert (case.state, item_of(case, "extract").done_at) == ("collected", None)


def test_one_whose_manifest_is_not_the_acknowledged_one_is_shown(centre: Centre) -> None:
    package = acknowledged(centre)
    path = files.root() / package.path / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b"Ng", b"Nh"))
    Reconciler().look()
    assert not Case.objects.exists()
    assert quarantined(SHOWN) == ["no_case"]


def test_a_publication_that_outlived_its_case_is_shown_until_a_person_notes_it(
    centre: Centre, filed: Case
) -> None:
    ended_but_not_reported(centre, filed)
    Case.objects.filter(pk=filed.pk).update(published=True)
    Reconciler().look()
    Reconciler().look()
    [entry] = stuck.entries("contradiction")
    assert entry.code == "published_after_end"
    assert filed.reference in entry.detail
    stuck.resolve(entry.id, "refused", "cli", "đã gỡ bằng tay")
    Reconciler().look()
    assert quarantined(SHOWN) == []


def test_a_case_that_waits_for_work_which_nobody_ever_had_is_shown(centre: Centre, filed: Case) -> None:
    task = signed_but_not_sent(centre, filed)
    other = OutboxItem.objects.filter(case=filed, task=task)
    other.update(task="close_case", done_at=clock.now())
    reconcile.reopen_waiting(0, filed.pk)
    assert quarantined(SHOWN) == ["nobody_moves"]
