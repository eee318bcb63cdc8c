"""What the case, the outbox and the quarantine say when bodies outside misbehave; real HTTP on loopback."""

import json
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests import misbehaving as m
from tests.integration.workers.conftest import Centre
from tests.integration.workers.doing import CLERK, COMMANDERS, by_both, item_of, quarantined, run, state_of
from workers.tasks import work
from workers.work import Work
from workflow import clock, outbox, owners, service, stuck
from workflow.case import Actor
from workflow.commands import Dismiss, PlaceHold, RedetermineOwner, ReleaseHold, ResendNotice
from workflow.law.rows import ViolatorKind
from workflow.models import Case, CaseEvent, OutboxItem, Quarantine
from workflow.vocabulary import DismissalGround, Role
from workflow.words import OwnerBasis

UNKNOWN = Quarantine.Kind.UNKNOWN_OUTCOME
TASK = Quarantine.Kind.TASK


@pytest.fixture
def out(settings: Settings) -> Iterator[m.Outside]:
    settings.PHATNGUOI_GATEWAY_SECONDS = m.PATIENCE
    with m.outside() as server:
        settings.PHATNGUOI_POST = settings.PHATNGUOI_PUBLICATION = server.url
        settings.PHATNGUOI_INSPECTION = settings.PHATNGUOI_LICENCE = server.url
        yield server


@pytest.fixture
def signed(centre: Centre, filed: Case, out: m.Outside) -> Case:
    """A case whose notice waits to be posted."""
    centre.sign(filed)
    run(filed, "render_notice")
    return filed


def unkeyed(out: m.Outside, settings: Settings, *names: str) -> None:
    settings.PHATNGUOI_UNKEYED, out.honours_keys = frozenset(names), False


def post_nonsense(case: Case, out: m.Outside) -> None:
    """The post takes the notice, and nobody understands its answers, until a person is asked."""
    out.will.extend([m.acts_and_says(200, b'{"ok": true}')] * 4)
    for _ in range(4):
        run(case, "deliver_notice")


def sent(case: Case) -> int:
    return CaseEvent.objects.filter(case=case, type="NoticeSent").count()


@pytest.mark.parametrize("fault", [m.acts_and_is_silent, m.resets, m.acts_and_says_half, m.says(500)])
def test_a_post_with_keys_that_acts_and_does_not_say_so_posts_once(
    signed: Case, out: m.Outside, fault: m.Behaviour
) -> None:
    out.will.append(fault)
    item = run(signed, "deliver_notice")
    assert item.done_at is not None
    assert len(out.acted) == sent(signed) == 1
    notice = state_of(signed).notice
    assert notice is not None
    assert notice.receipt == out.receipts[out.acted[0]]["number"]


def test_a_post_that_is_away_is_tried_later_and_the_case_waits(signed: Case, out: m.Outside) -> None:
    out.will.extend([m.says(503)] * 9)
    item = run(signed, "deliver_notice")
    assert (item.attempts, item.done_at, item.parked_at, item.lease_until) == (1, None, None, None)
    assert item.next_send_at > clock.now()
    assert (state_of(signed).state, sent(signed)) == ("filed", 0)
    out.will.clear()
    assert run(signed, "deliver_notice").done_at is not None
    assert len(out.acted) == 1


def test_a_post_that_answers_nonsense_is_shown_to_a_person_and_posts_once(
    signed: Case, out: m.Outside
) -> None:
    post_nonsense(signed, out)
    assert quarantined(TASK) == ["bad_answer"]
    assert state_of(signed).state == "filed"
    stuck.resolve(Quarantine.objects.get().pk, "released", "cli", "the post mended its service")
    assert run(signed, "deliver_notice").done_at is not None
    assert len(out.acted) == sent(signed) == 1


def test_what_the_post_refuses_for_good_is_shown_at_once_with_its_reason(
    signed: Case, out: m.Outside
) -> None:
    out.will.append(m.says(422, '{"reason": "địa chỉ không có thật"}'.encode()))
    assert run(signed, "deliver_notice").parked_at is not None
    [entry] = stuck.entries("task")
    assert (entry.code, entry.case, entry.task) == ("gateway_refused", signed.reference, "deliver_notice")
    assert "địa chỉ không có thật" in entry.detail


@pytest.mark.parametrize("fault", [m.acts_and_is_silent, m.resets, m.acts_and_says_half, m.says(500)])
def test_a_post_without_keys_that_does_not_answer_is_an_unknown_outcome(
    signed: Case, out: m.Outside, settings: Settings, fault: m.Behaviour
) -> None:
    unkeyed(out, settings, "post")
    out.will.append(fault)
    item = run(signed, "deliver_notice")
    assert (item.done_at, sent(signed)) == (None, 0)
    assert quarantined(UNKNOWN) == ["unknown_outcome"]
    assert run(signed, "deliver_notice").attempts == 1  # nobody takes it until a person spoke
    assert len(out.asked) == 1


def test_an_unknown_outcome_is_sent_again_where_a_person_found_that_nothing_was_done(
    signed: Case, out: m.Outside, settings: Settings
) -> None:
    unkeyed(out, settings, "post")
    out.will.append(m.is_silent)
    run(signed, "deliver_notice")
    stuck.resolve(Quarantine.objects.get().pk, "released", "cli", "bưu điện không nhận được thư")
    assert run(signed, "deliver_notice").done_at is not None
    assert len(out.acted) == sent(signed) == 1


def test_an_unknown_outcome_that_was_done_ends_there(
    signed: Case, out: m.Outside, settings: Settings
) -> None:
    unkeyed(out, settings, "post")
    out.will.append(m.acts_and_is_silent)
    run(signed, "deliver_notice")
    stuck.resolve(Quarantine.objects.get().pk, "refused", "cli", "bưu điện đã nhận, số N000001")
    assert run(signed, "deliver_notice").done_at is not None
    assert len(out.acted) == 1


def test_a_worker_killed_while_it_told_a_body_without_keys_leaves_an_unknown_outcome(
    signed: Case, out: m.Outside, settings: Settings
) -> None:
    unkeyed(out, settings, "post")
    first = outbox.take_lease(item_of(signed, "deliver_notice").pk)
    assert first is not None
    outbox.begin(first, f"post {Work(first).key_of(first.event)}")  # and then it died
    OutboxItem.objects.filter(pk=first.pk).update(lease_until=None)
    run(signed, "deliver_notice")
    assert quarantined(UNKNOWN) == ["unknown_outcome"]
    assert out.asked == []


def test_a_body_without_keys_that_did_nothing_is_told_again_later(
    signed: Case, out: m.Outside, settings: Settings
) -> None:
    unkeyed(out, settings, "post")
    out.will.extend([m.says(503)] * 3)
    assert run(signed, "deliver_notice").began == ""
    assert run(signed, "deliver_notice").done_at is not None
    assert len(out.acted) == 1


def test_publication_is_told_and_its_withdrawal_never_comes_first(signed: Case, out: m.Outside) -> None:
    run(signed, "deliver_notice")
    by_both(signed, Dismiss(DismissalGround.STOLEN_VEHICLE, "trình báo mất xe"))
    told, withdrawn = OutboxItem.objects.filter(case=signed, task="tell_public").order_by("pk")
    out.bodies.clear()
    work(withdrawn.pk)
    withdrawn.refresh_from_db()
    assert (withdrawn.done_at, withdrawn.attempts, out.bodies) == (None, 0, [])
    work(told.pk)
    OutboxItem.objects.filter(pk=withdrawn.pk).update(next_send_at=clock.now())
    work(withdrawn.pk)
    withdrawn.refresh_from_db()
    assert withdrawn.receipt == out.receipts[out.acted[-1]]["number"]
    assert [body["kind"] for body in out.bodies] == ["ViolationPublished", "PublicationWithdrawn"]
    assert [body["facts"]["plate"] for body in out.bodies] == ["59X123456"] * 2


def test_what_a_person_ended_keeps_no_later_message_waiting(signed: Case, out: m.Outside) -> None:
    run(signed, "deliver_notice")
    by_both(signed, Dismiss(DismissalGround.STOLEN_VEHICLE, "trình báo mất xe"))
    told, withdrawn = OutboxItem.objects.filter(case=signed, task="tell_public").order_by("pk")
    out.will.append(m.says(422))
    work(told.pk)
    stuck.resolve(Quarantine.objects.get(kind=TASK).pk, "refused", "cli", "không đăng nữa")
    work(withdrawn.pk)
    withdrawn.refresh_from_db()
    assert withdrawn.done_at is not None


def test_a_case_that_ended_before_its_notice_left_tells_nobody(signed: Case, out: m.Outside) -> None:
    service.execute(signed.pk, Dismiss(DismissalGround.JUSTIFIED_ACT, "cấp cứu"), COMMANDERS[0])
    assert not OutboxItem.objects.filter(case=signed, task="tell_public").exists()
    assert out.asked == []


STOLEN = Dismiss(DismissalGround.STOLEN_VEHICLE, "trình báo mất xe")


def test_a_notice_that_may_have_left_before_its_case_ended_is_shown_to_a_person(
    signed: Case, out: m.Outside
) -> None:
    out.will.extend([m.acts_and_is_silent] * 3 + [m.says(503)] * 3)
    assert [run(signed, "deliver_notice").parked_at for _ in range(2)] == [None, None]
    service.execute(signed.pk, STOLEN, COMMANDERS[0])
    run(signed, "deliver_notice")
    [entry] = stuck.entries("unknown_outcome")
    assert out.acted[0] in entry.detail
    assert len(set(out.acted)) == 1  # nothing was asked again: a void notice must not leave
    assert run(signed, "report_end").done_at is not None


def test_a_released_notice_that_may_have_left_is_not_forgotten_when_its_case_ended(
    signed: Case, out: m.Outside
) -> None:
    post_nonsense(signed, out)
    service.execute(signed.pk, STOLEN, COMMANDERS[0])
    stuck.resolve(Quarantine.objects.get(kind=TASK).pk, "released", "cli", "the post mended its service")
    run(signed, "deliver_notice")
    [entry] = stuck.entries("unknown_outcome")
    assert out.acted[0] in entry.detail
    stuck.resolve(entry.id, "released", "cli", "bưu điện không nhận được thư")
    assert run(signed, "deliver_notice").done_at is not None


def test_a_notice_that_cannot_have_left_ends_with_its_case(signed: Case, out: m.Outside) -> None:
    out.will.extend([m.says(503)] * 3)
    run(signed, "deliver_notice")
    service.execute(signed.pk, STOLEN, COMMANDERS[0])
    assert run(signed, "deliver_notice").done_at is not None
    assert quarantined(UNKNOWN) == []


def test_an_old_letter_in_doubt_stands_in_the_list_and_the_new_one_leaves(
    centre: Centre, signed: Case, out: m.Outside
) -> None:
    run(signed, "deliver_notice")
    service.execute(signed.pk, ResendNotice("địa chỉ mới"), CLERK)
    out.will.extend([m.acts_and_is_silent] * 3)
    old = run(signed, "resend_notice")
    buyer = owners.remember(owners.Person("Lê Văn Cam", "9 đường Số 3", "079000000009", "person"))
    for number in (4, 14):
        handler = Actor(f"user:{number}", frozenset({Role.HANDLER}))
        another = RedetermineOwner(buyer, ViolatorKind.PERSON, OwnerBasis.ACQUIRER, "hợp đồng")
        service.execute(signed.pk, another, handler)
    run(signed, "withdraw_notice")
    run(signed, "file_case")
    centre.sign(signed)
    run(signed, "render_notice")
    run(signed, "deliver_notice")
    service.execute(signed.pk, ResendNotice("địa chỉ mới"), CLERK)
    work(old.pk)
    [entry] = stuck.entries("unknown_outcome")
    assert old.began
    assert old.began in entry.detail
    assert run(signed, "resend_notice").done_at is not None
    notice = state_of(signed).notice
    assert notice is not None
    assert (notice.issue, len(set(out.acted))) == (2, 5)


@pytest.mark.parametrize(("names", "told"), [((), 1), (("post",), 0)], ids=["keyed", "unkeyed"])
def test_a_letter_in_doubt_when_its_case_was_held_leaves_once_after_it(
    signed: Case, out: m.Outside, settings: Settings, names: tuple[str, ...], told: int
) -> None:
    if names:
        unkeyed(out, settings, *names)
    out.will.extend([m.acts_and_is_silent] * 3)
    run(signed, "deliver_notice")
    service.execute(signed.pk, PlaceHold("xem lại"), COMMANDERS[0])
    run(signed, "deliver_notice")
    assert quarantined(UNKNOWN) == ["unknown_outcome"]
    out.will.clear()
    by_both(signed, ReleaseHold("đã xác minh"))
    resumed = OutboxItem.objects.filter(case=signed).latest("pk")
    work(resumed.pk)
    assert len(set(out.acted)) == 1
    assert sent(signed) == told
    assert len(quarantined(UNKNOWN)) == 2 - told


def test_no_message_holds_what_the_public_may_not_know(signed: Case, out: m.Outside) -> None:
    run(signed, "deliver_notice")
    out.bodies.clear()
    run(signed, "tell_public")
    [body] = out.bodies
    assert "Trần Thị Bưởi" not in json.dumps(body, ensure_ascii=False)
    assert set(body["facts"]) == {"plate", "vehicle_kind", "recorded_at", "notice_number", "decision_number"}
