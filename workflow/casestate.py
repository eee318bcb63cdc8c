"""What is known of a case, and the words in which it is decided. Standard library only."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from workflow import commands as c
from workflow.law.rows import LawRow
from workflow.vocabulary import Clock, EventType, Phase, Role, State


class CaseError(Exception):
    """A command that the case refuses. `code` is stable; the message says what stands in the way."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives a command. Officers carry several roles; machines one."""

    id: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Due:
    """When a clock ends, and the proof of it: rule, version, inputs, holidays crossed."""

    at: datetime
    proof: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may use besides the case and the command. All of it is recorded in the events."""

    actor: Actor
    at: datetime
    due: Callable[[Clock, datetime, datetime], Due]  # clock, start, time of the step
    number: Callable[[str], str]  # next number of a series, taken in the same transaction


@dataclass(frozen=True, slots=True)
class Event:
    type: EventType
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Review:
    officer: str
    answer: c.Answer


@dataclass(frozen=True, slots=True)
class ClockRun:
    clock: Clock
    starts_at: datetime
    due_at: datetime
    elapsed: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    number: str
    numbered_at: datetime
    authority: c.Authority
    appointment_at: datetime
    document: str = ""
    sha256: str = ""
    sent_at: datetime | None = None
    receipt: str = ""
    delivery: str = ""
    voided: bool = False
    letter_number: str = ""  # of the letter that withdraws a notice already sent
    voided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    number: str
    amount: int
    authority: c.Authority
    signed_at: datetime
    served_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    transaction: str
    amount: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """The first of two persons asked for this; the second must ask for the same."""

    command: str
    digest: str
    officer: str


@dataclass(frozen=True, slots=True)
class CaseState:
    """All that the events say of a case. `version` is the number of the last event."""

    version: int = 0
    state: State = State.COLLECTED
    phase: Phase | None = None
    opened: c.OpenFromDevice | None = None
    reread: c.MachineReading | None = None
    reviews: tuple[Review, ...] = ()
    disagreed: bool = False
    plate: str = ""
    vehicle_class: str = ""
    act: str = ""
    hold: str = ""
    owner: c.DetermineOwner | None = None
    law: LawRow | None = None
    notice: Notice | None = None
    published: bool = False
    overdue: bool = False
    violator: str = ""
    record_number: str = ""
    decision: Decision | None = None
    payments: tuple[Payment, ...] = ()
    refund_due: int = 0
    clocks: tuple[ClockRun, ...] = ()
    proposal: Proposal | None = None
    outcome: str = ""
    end_reported: bool = False

    @property
    def paid(self) -> int:
        """Đồng received so far."""
        return sum(payment.amount for payment in self.payments)

    def running(self, clock: Clock) -> ClockRun | None:
        """The run of a clock that is not stopped, or None."""
        return next((run for run in self.clocks if run.clock is clock), None)


def to_json(value: object) -> Any:  # JSON is what the log holds
    """A dataclass, enum or time as plain JSON values; times as ISO 8601 with offset."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(v) for v in value]
    if hasattr(value, "__dataclass_fields__"):
        return to_json(asdict(value))  # type: ignore[call-overload]  # mypy cannot narrow by that attribute
    return value
