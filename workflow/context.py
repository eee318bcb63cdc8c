"""What a decision may use besides the case and the command: who asks, when, the law, numbers, chance.

Standard library only.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from workflow import commands as c
from workflow.casestate import CaseState
from workflow.law.rows import LawRow
from workflow.vocabulary import Clock, Role


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
class Bracket:
    """What a decision may say of one act, in đồng, both ends included; None for a warning."""

    low: int | None
    high: int | None
    proof: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no of the law, with its reason and proof."""

    yes: bool
    reason: str
    proof: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """A sum or a number of points that follows from the law; None where it cannot be said."""

    value: int | None
    reason: str
    proof: Mapping[str, Any]


Act = tuple[LawRow, int]  # with the persons in excess, 1 where the row counts none


class Proven(Protocol):
    """What carries the proof of an answer."""

    @property
    def proof(self) -> Mapping[str, Any]: ...


class Law(Protocol):
    """What the dated law answers to a case; every answer carries its proof.

    `workflow.lawbook` reads the tables. Rows are those of the acts, days those of the step.
    """

    def amount(
        self, act: Act, kind: str, at: datetime, circumstances: tuple[tuple[str, ...], tuple[str, ...]]
    ) -> Bracket:
        """What a decision may say of an act, by the rules of the day of signing.

        Args:
            act: its row, and the persons in excess.
            kind: who is fined.
            at: of the step.
            circumstances: the mitigating and the aggravating ones, in words.
        """

    def competent(self, authority: c.Authority, acts: tuple[Act, ...], kind: str, at: datetime) -> Answer:
        """Whether a title may decide these acts: the maximum of every bracket counts (LXLVPHC Art 52)."""

    def above_unit(self, acts: tuple[Act, ...], kind: str, at: datetime) -> bool:
        """Whether an act is above every signer of the unit."""

    def may_explain(self, acts: tuple[Act, ...], kind: str, at: datetime) -> Answer:
        """Whether the violator may explain before the decision (LXLVPHC Art 61)."""

    def interest(self, unpaid: int, since: datetime, until: datetime) -> Counted:
        """What lateness costs: đồng on an unpaid sum between the end of the time to pay and a payment."""

    def instalments(self, fine: int, kind: str, parts: int, at: datetime) -> Answer:
        """Whether a fine may be paid in so many parts, as far as the unit's configuration says."""

    def points(self, row: LawRow, at: datetime, *, drove: bool | None, percent: int | None) -> Counted:
        """Points of one act; None where the facts do not suffice. `percent`: in excess, where it counts."""

    def suspends(self, row: LawRow) -> bool:
        """Whether an act carries the suspension of the licence."""

    def commune_may(self, row: LawRow, at: datetime) -> bool:
        """Whether the police of a commune may handle the act (NĐ 168 Art 41.4)."""

    def unverified(self, *relied: LawRow | Proven) -> tuple[str, ...]:
        """What of all this an officer must confirm before it decides a case."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Points that the law leaves open (docs/legal-sources.md): unverified, the unit's legal officer decides.

    `resend_restarts` lets the twenty days run again from a further issue; from `near` before their end a hold
    and the page say that these clocks run short; `returns` that many returned letters start deemed service.
    """

    resend_restarts: bool = True
    near: Mapping[Clock, timedelta] = field(
        default_factory=lambda: {Clock.NOTIFY: timedelta(days=3), Clock.BAR: timedelta(days=30)}
    )
    returns: int = 3


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may use besides the case and the command. All of it is recorded in the events."""

    actor: Actor
    at: datetime
    due: Callable[..., Due]  # clock, start, time of the step, variant
    number: Callable[[str], str]  # next number of a series, taken in the same transaction
    # Whether chance takes the case for a purpose, with the proof of it: a keyed digest, so nobody picks.
    drawn: Callable[[str], Mapping[str, Any] | None] = lambda _purpose: None
    law: Law | None = None  # only commands that need none may go without
    policy: Policy = field(default_factory=Policy)
    # The other cases of its handling, or those that shall join it, by reference, as they stand beside it.
    others: Mapping[str, CaseState] = field(default_factory=dict)
    same_person: Callable[[str, str], bool] = operator.eq  # whether two digests are of one person
    carried_by: str = ""  # the case of the handling that took the number of this step; empty: this one

    @property
    def asks(self) -> Law:
        """The law, for those who need it.

        Raises:
            CaseError: none was given.
        """
        if self.law is None:
            raise CaseError("law_gap", "no law was given to decide by")
        return self.law
