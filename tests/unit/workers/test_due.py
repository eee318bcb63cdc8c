"""Which work a case waits for, and that every kind of work has its step, its queue and its worker."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from workers import run
from workers.app import HARD_LIMIT, SOFT_LIMIT, app
from workers.due import due
from workers.tasks import STEPS
from workflow import outbox
from workflow.casestate import CaseState, Decision, Notice, Payment
from workflow.commands import Authority, DetermineOwner
from workflow.effects import TELLING
from workflow.vocabulary import EFFECTS, QUEUES, TERMINAL, Phase, State, Task
from workflow.words import Conclusion, Source

AT = datetime(2026, 10, 25, tzinfo=UTC)
AUTHORITY = Authority("user:3", "Nguyễn Văn Ký", "Trưởng phòng", "QĐ 1", 60_000_000)
REVIEWED = CaseState(state=State.REVIEWED)
OWNER = DetermineOwner("digest", "person", "car", "white", AT)
OWNED = replace(REVIEWED, owner=OWNER)
FILED = replace(OWNED, state=State.FILED)
NUMBERED = replace(FILED, notice=Notice("01/TB-PC08", AT, AUTHORITY, AT))
SIGNED = replace(FILED, notice=Notice("01/TB-PC08", AT, AUTHORITY, AT, "notices/x.pdf", "ab"))
RESENDING = replace(
    SIGNED, state=State.NOTIFIED, notice=Notice("01/TB-PC08", AT, AUTHORITY, AT, resending=True)
)
TAKEN_BACK = Notice("01/TB-PC08", AT, AUTHORITY, AT, voided=True, letter_number="02/TB-PC08")
DECISION = Decision("01/QĐ-XPHC", 5_000_000, AUTHORITY, AT)
DECIDED = CaseState(state=State.RESOLVING, phase=Phase.DECIDED, decision=DECISION, points=4)
PAID = replace(DECIDED, payments=(Payment("T1", 5_000_000),))
SERVED = replace(PAID, decision=replace(DECISION, served_at=AT))


@pytest.mark.parametrize(
    ("state", "task"),
    [
        (CaseState(), Task.EXTRACT),
        (CaseState(hold="looked at"), Task.EXTRACT),
        (CaseState(state=State.EXTRACTED), None),
        (REVIEWED, Task.DETERMINE_OWNER),
        (OWNED, Task.FILE_CASE),
        (FILED, None),
        (NUMBERED, Task.RENDER_NOTICE),
        (SIGNED, Task.DELIVER_NOTICE),
        (CaseState(state=State.NOTIFIED), None),
        (replace(SIGNED, state=State.NOTIFIED), None),
        (replace(RESENDING, hold="looked at"), None),
        (RESENDING, Task.RESEND_NOTICE),
        (replace(OWNED, owner=replace(OWNER, in_area=False)), None),
        (replace(OWNED, withdrawn=(TAKEN_BACK,)), Task.WITHDRAW_NOTICE),
        (replace(OWNED, withdrawn=(replace(TAKEN_BACK, letter="RR2"),)), Task.FILE_CASE),
        (CaseState(state=State.EXPIRED, withdrawn=(TAKEN_BACK,)), Task.WITHDRAW_NOTICE),
        (CaseState(source=Source.REPORT), None),
        (CaseState(source=Source.REPORT, verification=Conclusion.PROVEN), Task.EXTRACT),
        (replace(DECIDED, points=None), Task.APPLY_POINTS),
        (replace(SERVED, complaint="x"), None),
        (DECIDED, None),
        (PAID, None),
        (replace(SERVED, payments=()), None),
        (SERVED, Task.CLOSE_CASE),
        *[(replace(case, hold="looked at"), None) for case in (REVIEWED, OWNED, NUMBERED, SIGNED)],
        *[(CaseState(state=state), Task.REPORT_END) for state in TERMINAL],
        *[(CaseState(state=state, end_reported=True), None) for state in TERMINAL],
    ],
)
def test_the_state_says_what_is_due(state: CaseState, task: Task | None) -> None:
    assert due(state) is task


def test_every_kind_of_work_has_a_step_a_task_and_a_queue_that_is_consumed() -> None:
    papers = {Task.SEND_SLIP, Task.PRINT_RECORD, Task.PRINT_DECISION}
    assert set(STEPS) == set(Task) == set(EFFECTS.values()) | TELLING | papers == set(QUEUES)
    assert {task.value for task in Task} <= set(app.tasks)
    served = [queue for pool in run.pools() for queue in pool.queues]
    assert sorted(served) == sorted(set(QUEUES.values()))


def test_a_lease_outlives_its_run_and_a_message_outlives_the_lease() -> None:
    assert SOFT_LIMIT < HARD_LIMIT < outbox.LEASE.total_seconds()
    assert app.conf.broker_transport_options["visibility_timeout"] > HARD_LIMIT
    assert outbox.RESEND >= outbox.LEASE > timedelta()


def test_a_queue_that_nobody_knows_is_refused() -> None:
    with pytest.raises(run.RunError, match="no queue is called letters"):
        run.pools(("notice", "letters"))


def test_extraction_has_a_worker_of_its_own() -> None:
    assert run.pools(("close", "extract")) == (run.Pool(("extract",), 1), run.Pool(("close",), 2))
