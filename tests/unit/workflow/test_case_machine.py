"""Random commands by random people at random times: what must hold of every case, whatever happens to it."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.unit.workflow.test_case import (
    CAR,
    COMMANDS,
    DRIVER,
    FINE,
    OPENING,
    OPENINGS,
    PLAN,
    RED,
    T0,
    Numbers,
    authority,
    context,
    notified,
)
from workflow import commands as c
from workflow.case import (
    TRANSITIONS,
    Actor,
    CaseError,
    CaseState,
    Context,
    Event,
    allowed,
    apply,
    decide,
    to_json,
)
from workflow.vocabulary import TERMINAL, Clock, EventType, Outcome, Phase, Role, State
from workflow.words import (
    Claim,
    Coercing,
    Conclusion,
    Delivered,
    Explaining,
    Paper,
    Ruling,
    Target,
    TransferResult,
    ViolatorBasis,
    WarningGround,
)

PEOPLE = [f"user:{number}" for number in range(1, 5)]
HUMAN = frozenset(Role) - {Role.WORKER, Role.CLOCK, Role.GATEWAY, Role.OWNER}
# Further forms of the commands of the table: other words, other sums.
OTHERS: tuple[c.Command, ...] = (
    c.ConcludeVerification(Conclusion.NOT_PROVEN, "x"),
    c.RecordDelivery(Delivered.RETURNED, "R", T0),
    *(c.RecordDelivery(Delivered.RETURNED, f"D{n}", T0, Paper.DECISION, n) for n in (1, 2, 3)),
    *(c.IssueWarning(target, ground) for target in Target for ground in WarningGround),
    c.RecordDriverClaim(Claim.OWNER_DISPROVED, detail="x"),
    replace(DRIVER, basis=ViolatorBasis.OWNER_NOT_COOPERATING, violator="d" * 64),
    c.RecordExplanation(Explaining.REQUESTED),
    c.RecordExplanation(Explaining.HEARD),
    c.RecordPayment("T1", FINE, T0),
    c.RecordPayment("T2", FINE // 2, T0),
    *(c.Coerce(step, "khấu trừ tiền") for step in Coercing),
    *(c.Close(outcome, "QĐ") for outcome in Outcome),
    *(c.RecordTransferResult(result, "9") for result in TransferResult),
    *(c.ElapseDeadline(clock) for clock in Clock),
    c.ReportEnd("RR9", "w.pdf"),
    c.FileCase(CAR),
    c.RuleOnComplaint(authority("x"), Ruling.REVOKED, "x", redecide=True),
    c.RuleOnComplaint(authority("x"), Ruling.REVOKED, "x"),
    replace(PLAN, parts=()),
)
GIVEN: tuple[c.Command, ...] = (*COMMANDS.values(), *OTHERS)


def by(command: c.Command, who: str, at: datetime) -> c.Command:
    """The command as this person gives it now: with an authority, a confirmation and times of his own."""
    if isinstance(command, c.Coerce) and command.step is not Coercing.ORDER:
        return command
    now: dict[str, Any] = {
        "authority": authority(who),
        "appointment_at": at + timedelta(days=14),
        "confirmed_by": who,
        "served_at": at,
        "paid_at": at,
    }
    if isinstance(command, c.SetInstalments):
        command = replace(
            command, parts=tuple(replace(part, due_at=part.due_at + (at - T0)) for part in command.parts)
        )
    wanted = {"confirmed_by": isinstance(command, c.SignDecision | c.SetInstalments)}
    wanted["appointment_at"] = isinstance(command, c.SignNotice)
    whole: Any = command
    names = {field.name for field in fields(whole)}
    given = {name: now[name] for name in now if name in names and wanted.get(name, True)}
    told: c.Command = replace(whole, **given)
    return told


class AnyCase(RuleBasedStateMachine):
    """One case, driven by whatever is possible where it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[Event] = []
        self.numbers = Numbers()
        self.at = T0
        self.case = CaseState()

    @initialize(further=st.booleans())
    def begin(self, *, further: bool) -> None:
        """A new case, or one whose notice was sent: the first steps must not eat every example."""
        if further:
            self.case = notified()
        else:
            self.write(decide(None, OPENING, self.asked(Role.WORKER, "worker")))

    def asked(self, role: Role, who: str) -> Context:
        return replace(context(role, who, self.at, self.numbers), actor=Actor(who, frozenset({role})))

    def write(self, events: tuple[Event, ...]) -> None:
        for event in events:
            told = Event(event.type, to_json(event.data))
            self.log.append(told)
            self.case = apply(self.case, told)

    @rule(days=st.sampled_from([0, 1, 6, 15, 40, 400]))
    def wait(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule(data=st.data(), who=st.sampled_from(PEOPLE))
    def somebody_acts(self, data: st.DataObject, who: str) -> None:
        """Somebody with the right role gives a command that the place allows; the guards may refuse."""
        kinds = allowed(self.case, frozenset(Role))
        options = [command for command in GIVEN if type(command) in kinds]
        self.give(data.draw(st.sampled_from(options)), data, who)

    @rule(data=st.data(), who=st.sampled_from(PEOPLE))
    def somebody_tries_anything(self, data: st.DataObject, who: str) -> None:
        self.give(data.draw(st.sampled_from(GIVEN)), data, who)

    def give(self, command: c.Command, data: st.DataObject, who: str) -> None:
        role = data.draw(st.sampled_from(sorted(TRANSITIONS[type(command)].roles)))
        place, given = (self.case.state, self.case.phase), by(command, who, self.at)
        try:
            events = decide(self.case, given, self.asked(role, who))
        except CaseError:
            return
        assert place in TRANSITIONS[type(command)].places
        self.write(events)

    @rule()
    def time_works(self) -> None:
        """The sweep: every due clock elapses."""
        for run in self.case.clocks:
            if not run.elapsed and run.due_at < self.at and self.case.running(run.clock) == run:
                clock = c.ElapseDeadline(run.clock)
                self.write(decide(self.case, clock, self.asked(Role.CLOCK, "clock")))

    # -- what must hold ----------------------------------------------------------------------

    @invariant()
    def no_warning_and_no_publication_stands_at_an_end(self) -> None:
        if self.case.state in TERMINAL:
            assert self.case.warnings == ()
            assert not self.case.published or self.case.state is State.CLOSED

    @invariant()
    def one_live_notice_number(self) -> None:
        assert all(notice.voided for notice in self.case.withdrawn)
        if self.case.state in {State.REJECTED, State.DISMISSED, State.EXPIRED}:
            assert self.case.notice is None or self.case.notice.voided

    @invariant()
    def money_in_is_fine_and_refund(self) -> None:
        case = self.case
        kept = case.paid - case.refund_due
        assert kept >= 0
        ceiling = case.decision.amount + case.accrued if case.decision and not case.decision.revoked else 0
        assert kept <= ceiling

    @invariant()
    def a_plan_waits_for_the_first_part_that_is_not_paid(self) -> None:
        run, part = self.case.running(Clock.INSTALMENT), self.case.next_instalment
        if self.case.phase is Phase.DECIDED and run is not None:
            assert part is not None
            assert run.due_at == part.due_at
        if run is not None:
            assert self.case.phase is Phase.DECIDED

    @invariant()
    def clocks_are_sane(self) -> None:
        clocks = [run.clock for run in self.case.clocks]
        assert len(clocks) == len(set(clocks))
        assert all(run.starts_at <= run.due_at for run in self.case.clocks)
        if self.case.state in TERMINAL:
            assert set(clocks) <= {Clock.RETAIN}
        elif self.case.phase is Phase.DECIDED:
            assert Clock.BAR not in clocks
            assert Clock.ENFBAR in clocks
        else:
            assert (Clock.BAR in clocks) != self.case.evading

    @invariant()
    def somebody_can_move_every_open_case(self) -> None:
        if self.case.state not in TERMINAL:
            moves = {kind for kind in allowed(self.case, HUMAN) if TRANSITIONS[kind].roles & HUMAN}
            assert moves & {c.Dismiss, c.RejectEvidence, c.Close, c.RecordReturn}

    @invariant()
    def the_events_say_it_all(self) -> None:
        if self.log and self.log[0].type is EventType.CASE_OPENED:
            again = CaseState()
            for event in self.log:
                again = apply(again, event)
            assert again == self.case


AnyCase.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestAnyCase = AnyCase.TestCase


def test_the_machine_knows_every_command() -> None:
    assert {type(command) for command in GIVEN} | OPENINGS == set(TRANSITIONS)
    assert RED.code
