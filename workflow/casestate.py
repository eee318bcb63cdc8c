"""What is known of a case, and the facts that say it. Standard library only."""

import dataclasses
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from workflow import commands as c
from workflow.law.rows import LawRow
from workflow.vocabulary import Clock, EventType, Outcome, Phase, State
from workflow.words import (
    Conclusion,
    Delivered,
    Licence,
    Paper,
    Register,
    Source,
    Target,
    ViolatorBasis,
    WarningGround,
)

Place = tuple[State, Phase | None]


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
    facts_sha256: str = ""  # what the code in its QR vouches for
    sent_at: datetime | None = None
    receipt: str = ""
    delivery: str = ""
    voided: bool = False
    letter_number: str = ""  # of the letter that withdraws a notice already sent
    voided_at: datetime | None = None
    owner: str = ""  # digest of the one to whom it went
    issue: int = 1
    resending: bool = False  # the next issue is asked for and has not left
    superseded: bool = False  # the file went to another body
    letter: str = ""  # receipt of the withdrawal letter
    void_reason: str = ""
    second_office: str = ""  # where the owner may come instead
    second_address: str = ""

    @property
    def live(self) -> bool:
        """Whether this number stands."""
        return not self.voided and not self.superseded


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of one document, and what became of it."""

    paper: Paper
    issue: int
    receipt: str
    sent_at: datetime
    outcome: str = ""  # Delivered
    at: datetime | None = None
    number: str = ""  # of a decision's letter: the decision, or what amends or enforces it


@dataclass(frozen=True, slots=True)
class Standing:
    """A warning that stands with a body outside."""

    target: Target
    ground: WarningGround


@dataclass(frozen=True, slots=True)
class DriverClaim:
    claim: str
    driver: str


@dataclass(frozen=True, slots=True)
class Record:
    """The biên bản of this case's act."""

    number: str
    made_at: datetime
    appointment_at: datetime | None
    licence: Licence
    carried_by: str = ""  # reference of the case of the handling that holds the number; empty: this one
    excess_persons: int = 0  # where the row of the law counts them
    excess_percent: int = 0
    representative: str = ""  # digest of the person who stood for an organisation


@dataclass(frozen=True, slots=True)
class Decision:
    number: str
    amount: int  # đồng; 0 for a warning
    authority: c.Authority
    signed_at: datetime
    served_at: datetime | None = None
    warning: bool = False
    revoked: bool = False
    carried_by: str = ""  # as of the record
    amended_by: tuple[str, ...] = ()  # numbers of the decisions that changed it


@dataclass(frozen=True, slots=True)
class Payment:
    transaction: str
    amount: int


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of a plan; it is met once this much of all money is kept."""

    due_at: datetime
    amount: int
    met_by: int


@dataclass(frozen=True, slots=True)
class Transfer:
    number: str
    kind: str
    to: str


@dataclass(frozen=True, slots=True)
class Slip:
    """A numbered paper of the forms 03/73, 04 and 02/73; `sent` once it is signed and kept."""

    series: Register
    number: str
    sent: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """The first of two persons asked for this; the second must ask for the same."""

    command: str
    digest: str
    officer: str
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)  # without slots: see `replace`
class CaseState:
    """All that the events say of a case. `version` is the number of the last event."""

    version: int = 0
    state: State = State.COLLECTED
    phase: Phase | None = None
    source: Source = Source.DEVICE
    opened: c.OpenFromDevice | None = None
    received_from: str = ""  # the unit that handed the results over
    verification: Conclusion | None = None  # of a report
    verification_extended: bool = False
    reread: c.MachineReading | None = None
    reviews: tuple[Review, ...] = ()
    disagreed: bool = False
    plate: str = ""
    vehicle_class: str = ""
    act: str = ""
    hold: str = ""
    hits: tuple[c.Hit, ...] = ()  # of the shield, behind the hold
    cleared: tuple[c.Hit, ...] = ()  # hits that two persons released
    judges: tuple[str, ...] = ()  # who judged this evidence besides the officers of `reviews`
    sampled: bool = False  # its rejection waits to be judged again
    owner: c.DetermineOwner | None = None
    law: LawRow | None = None
    confirmed_by: str = ""  # who confirmed unverified law for this case
    notice: Notice | None = None
    withdrawn: tuple[Notice, ...] = ()  # void notices from before the case went back
    papers: tuple[Issue, ...] = ()
    published: bool = False
    overdue: bool = False
    warnings: tuple[Standing, ...] = ()
    form04: str = ""  # number of the one that waits for its report
    claims: tuple[DriverClaim, ...] = ()
    violator: str = ""
    violator_kind: str = ""
    violator_basis: str = ""
    handling: tuple[str, ...] = ()  # references of the cases handled together, this one among them
    joined: tuple[str, ...] = ()  # of those that ever were
    record: Record | None = None
    explanation: str = ""  # "" where there is no right to it | open | closed
    decision_extended: bool = False
    escalated_to: str = ""
    decision: Decision | None = None
    replaced: tuple[str, ...] = ()  # of revoked decisions that made room for another, with what hung on them
    printed: tuple[str, ...] = ()  # numbers of the records and decisions whose papers are kept
    points: int | None = None  # deducted; None until the decision's points are settled
    licence_presented: bool = False
    payments: tuple[Payment, ...] = ()
    refund_due: int = 0
    instalments: tuple[Instalment, ...] = ()
    fulfilled: bool = False  # nothing of the decision is owed any more, with all its acts
    accrued: int = 0  # đồng of interest so far
    accrued_to: datetime | None = None
    non_compliance: bool = False
    coercion_number: str = ""
    coerced: bool = False
    enforcement_suspended: bool = False
    complaint: str = ""  # what is complained of, while it is open
    transfer: Transfer | None = None
    slips: tuple[Slip, ...] = ()
    evading: bool = False
    bar_due: datetime | None = None  # of the last time bar, also after it stopped
    decide_due: datetime | None = None  # of the time for the decision, likewise
    clocks: tuple[ClockRun, ...] = ()
    proposal: Proposal | None = None
    persons: frozenset[str] = frozenset()  # digests of everybody of whom facts were ever kept for the case
    ended_from: Place | None = None
    outcome: str = ""
    end_reported: bool = False
    kept: str = ""  # why an ended case is not purged: a court, an audit
    purged: bool = False

    @property
    def paid(self) -> int:
        """Đồng received so far."""
        return sum(payment.amount for payment in self.payments)

    @property
    def kept_money(self) -> int:
        """Đồng received that nobody gets back."""
        return self.paid - self.refund_due

    @property
    def next_instalment(self) -> Instalment | None:
        """The first part of the plan that money has not met."""
        return next((part for part in self.instalments if part.met_by > self.kept_money), None)

    @property
    def owed(self) -> int:
        """Đồng of fine and interest that no money has met."""
        if self.decision is None or self.decision.revoked:
            return 0
        return max(self.decision.amount + self.accrued - self.kept_money, 0)

    @property
    def excess(self) -> int:
        """Persons in excess, where the row counts them; 1 elsewhere, as the tables of the law ask."""
        return max(self.record.excess_persons, 1) if self.record else 1

    @property
    def owes(self) -> bool:
        """Whether something of the decision is owed, be it for another act of the handling."""
        return bool(self.owed or (self.handling and not self.fulfilled))

    @property
    def closable(self) -> Outcome | None:
        """With which result a machine may close the case now: served, nothing owed, nobody complains."""
        decision = self.decision
        if decision is None or decision.served_at is None or decision.warning or self.owes:
            return None
        return None if self.complaint or self.points is None else Outcome.PAID

    def running(self, clock: Clock) -> ClockRun | None:
        """The run of a clock that is not stopped, or None."""
        return next((run for run in self.clocks if run.clock is clock), None)

    def short(self, at: datetime, near: Mapping[Clock, timedelta]) -> tuple[ClockRun, ...]:
        """The clocks that run short or are over, the first one first: a hold stops none of them."""
        runs = (run for run in self.clocks if run.clock in near and run.due_at - at <= near[run.clock])
        return tuple(sorted(runs, key=lambda run: run.due_at))

    def delivery_of(self, paper: Paper) -> str:
        """What became of the last issue of a paper; empty where nothing is known."""
        found = [issue.outcome for issue in self.papers if issue.paper is paper]
        return found[-1] if found else ""

    def is_itself(self, issue: Issue) -> bool:
        """Whether a letter held the paper itself, not what amends or enforces the decision."""
        return issue.number in {"", self.decision.number if self.decision else ""}

    def returned(self, paper: Paper) -> int:
        """How many issues of a paper itself came back."""
        return sum(
            i.paper is paper and i.outcome == Delivered.RETURNED and self.is_itself(i) for i in self.papers
        )

    @property
    def unproven_owner(self) -> bool:
        """Whether the owner stands for the act without proof of having driven (NĐ 168 Art 47.8.b)."""
        return self.violator_basis == ViolatorBasis.OWNER_NOT_COOPERATING


if TYPE_CHECKING:
    from dataclasses import replace as replace  # noqa: PLC0414  # a re-export
else:

    def replace(value: Any, **changes: Any) -> Any:
        """`dataclasses.replace`, whose sixty assignments per state made half the cost of folding a case.

        Raises:
            TypeError: there is no such field.
        """
        if type(value) is not CaseState:
            return dataclasses.replace(value, **changes)
        made = object.__new__(CaseState)
        fields = vars(made)
        fields.update(vars(value))
        fields.update(changes)
        if len(fields) != len(vars(value)):
            raise TypeError(f"a case has no {sorted(changes.keys() - vars(value).keys())}")
        return made


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
