"""Which work follows from an event."""

import pytest

from workflow.effects import _PAPERS, SEVERAL, TELLING, WITH_EFFECT, effects_of
from workflow.vocabulary import EFFECTS, EventType, Task


@pytest.mark.parametrize(
    ("kind", "data", "tasks"),
    [
        (EventType.CLOCK_STARTED, {}, ()),
        (EventType.CASE_OPENED, {}, (Task.EXTRACT,)),
        (EventType.ACTS_PARTED, {}, (Task.CLOSE_CASE,)),
        (EventType.VIOLATION_PUBLISHED, {}, (Task.TELL_PUBLIC,)),
        (EventType.POINTS_DEDUCTED, {}, (Task.CLOSE_CASE, Task.SEND_SLIP, Task.TELL_LICENCE)),
        (EventType.RECORD_MADE, {"carried_by": ""}, (Task.PRINT_RECORD,)),
        (EventType.DECISION_SIGNED, {"carried_by": ""}, (Task.APPLY_POINTS, Task.PRINT_DECISION)),
        (EventType.DECISION_AMENDED, {}, (Task.CLOSE_CASE, Task.PRINT_DECISION)),
        (EventType.COERCION_ORDERED, {"carried_by": ""}, (Task.PRINT_DECISION,)),
        (EventType.COERCION_ORDERED, {"carried_by": "HS-1"}, ()),
        (EventType.DECISION_PRINTED, {}, (Task.SEND_DECISION,)),
        (EventType.POINTS_RESTORED, {}, (Task.TELL_LICENCE,)),
        (EventType.TRANSFER_SENT, {}, (Task.SEND_SLIP,)),
        (EventType.RECORD_MADE, {"carried_by": "PN2026-000001"}, ()),
        (EventType.RECORD_MADE, {}, (_PAPERS[EventType.RECORD_MADE],)),
        (EventType.WARNING_ISSUED, {"target": "inspection"}, (Task.TELL_INSPECTION,)),
        (
            EventType.WARNINGS_WITHDRAWN,
            {"targets": ["licence", "registration", "licence"]},
            (Task.TELL_LICENCE, Task.TELL_REGISTRATION),
        ),
    ],
)
def test_the_work_of_an_event(kind: EventType, data: dict[str, object], tasks: tuple[Task, ...]) -> None:
    assert effects_of(kind, data) == tasks
    assert bool(tasks) <= (kind in WITH_EFFECT)
    assert (len(tasks) > 1) <= (kind in SEVERAL)


def test_one_paper_of_several_acts_is_printed_where_its_number_was_taken() -> None:
    elsewhere = {"carried_by": "PN2026-000001"}
    assert effects_of(EventType.RECORD_MADE, elsewhere) == ()
    assert effects_of(EventType.DECISION_SIGNED, elsewhere) == (Task.APPLY_POINTS,)


def test_a_body_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        effects_of(EventType.WARNING_ISSUED, {"target": "post office"})
    assert not set(EFFECTS.values()) & TELLING
