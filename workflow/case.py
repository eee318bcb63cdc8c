"""The case as pure functions: `decide(case, command, context) → events` and `apply(case, event) → case`.

Standard library only. The table `TRANSITIONS` drives legality, permissions, console buttons, the diagram
in docs and the tests. Source: TT 73/2024/TT-BCA Art 15, 23, 24; NĐ 168/2024 Art 4, 47; NĐ 61/2026 Art 14, 15
(docs/legal-sources.md).
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from workflow import commands as c
from workflow import deciding, reviewing
from workflow.applying import apply
from workflow.casestate import Actor, CaseError, CaseState, Context, Due, Event, Notice, Review, to_json
from workflow.vocabulary import TERMINAL, EventType, Phase, Role, State

__all__ = [
    "TRANSITIONS", "Actor", "CaseError", "CaseState", "Context", "Due", "Event", "Notice", "Review",
    "Transition", "allowed", "apply", "decide", "to_json",
]  # fmt: skip

Place = tuple[State, Phase | None]
_PRE: tuple[Place, ...] = tuple(
    (s, None) for s in (State.COLLECTED, State.EXTRACTED, State.REVIEWED, State.FILED)
)
_NOTIFIED: Place = (State.NOTIFIED, None)
_SUMMONED: Place = (State.RESOLVING, Phase.SUMMONED)
_RECORDED: Place = (State.RESOLVING, Phase.RECORDED)
_TRANSFERRED: Place = (State.TRANSFERRED, None)
_DECIDED: Place = (State.RESOLVING, Phase.DECIDED)
_OPEN: tuple[Place, ...] = (*_PRE, _NOTIFIED, _SUMMONED, _RECORDED)
_ENDS: tuple[Place, ...] = tuple((s, None) for s in TERMINAL)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: where a command is legal, who may give it, when it needs two different persons."""

    places: tuple[Place, ...]
    roles: frozenset[Role]
    decide: Callable[[CaseState, Any, Context], list[Event]]
    two_persons: Callable[[CaseState], bool] = lambda _case: False


def decide(case: CaseState | None, command: c.Command, context: Context) -> tuple[Event, ...]:
    """The events that follow from a command.

    Raises:
        CaseError: the place, the person or a guard of the law refuses it.
    """
    row = TRANSITIONS[type(command)]
    if not row.roles & context.actor.roles:
        raise CaseError("forbidden", f"{type(command).__name__} is not for {sorted(context.actor.roles)}")
    if case is None:
        if row.places:
            raise CaseError("no_case", f"{type(command).__name__} needs a case")
        return tuple(row.decide(CaseState(), command, context))
    if (case.state, case.phase) not in row.places:
        where = f"{case.state}.{case.phase}" if case.phase else case.state
        raise CaseError("illegal", f"{type(command).__name__} is not possible in {where}")
    if not row.two_persons(case):
        return tuple(row.decide(case, command, context))
    digest = hashlib.sha256(json.dumps(to_json(command), sort_keys=True).encode()).hexdigest()
    name, proposal = type(command).__name__, case.proposal
    if proposal is None or (proposal.command, proposal.digest) != (name, digest):
        # The guards speak to the first person already; a number is taken only when the second one agrees.
        row.decide(case, command, replace(context, number=lambda _series: ""))
        data = {"command": name, "digest": digest, "officer": context.actor.id}
        data["arguments"] = to_json(command)  # the second person must see what to agree to
        return (Event(EventType.PROPOSED, data),)
    if proposal.officer == context.actor.id:
        raise CaseError("second_person", f"{name} needs a second person: you proposed it")
    return tuple(row.decide(case, command, context))


def allowed(case: CaseState, roles: frozenset[Role]) -> tuple[type[c.Command], ...]:
    """The commands that the case's place and these roles allow: the console's buttons."""
    place = (case.state, case.phase)
    return tuple(kind for kind, row in TRANSITIONS.items() if place in row.places and row.roles & roles)


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


TRANSITIONS: dict[type[c.Command], Transition] = {
    c.OpenFromDevice: Transition((), _roles(Role.WORKER), deciding.open_case),
    c.Extract: Transition(((State.COLLECTED, None),), _roles(Role.WORKER), deciding.extract),
    c.SubmitReview: Transition(((State.EXTRACTED, None),), _roles(Role.REVIEWER), reviewing.submit_review),
    c.CorrectReview: Transition(((State.EXTRACTED, None),), _roles(Role.REVIEWER), reviewing.correct_review),
    c.Adjudicate: Transition(((State.EXTRACTED, None),), _roles(Role.ADJUDICATOR), reviewing.adjudicate),
    c.Rejudge: Transition(((State.REJECTED, None),), _roles(Role.ADJUDICATOR), reviewing.rejudge),
    c.RejectEvidence: Transition(
        _PRE, _roles(Role.WORKER, Role.ADJUDICATOR), deciding.reject, lambda case: case.notice is not None
    ),
    c.PlaceHold: Transition(
        _OPEN, _roles(Role.WORKER, Role.ADJUDICATOR, Role.COMMANDER), deciding.place_hold
    ),
    c.ReleaseHold: Transition(
        _OPEN, _roles(Role.ADJUDICATOR, Role.COMMANDER), deciding.release_hold, lambda _case: True
    ),
    c.DetermineOwner: Transition(
        ((State.REVIEWED, None),), _roles(Role.WORKER, Role.HANDLER), deciding.determine_owner
    ),
    c.FileCase: Transition(((State.REVIEWED, None),), _roles(Role.WORKER), deciding.file),
    c.SignNotice: Transition(((State.FILED, None),), _roles(Role.SIGNER), deciding.sign_notice),
    c.StoreNotice: Transition(((State.FILED, None),), _roles(Role.WORKER), deciding.store_notice),
    c.RecordNoticeSent: Transition(
        ((State.FILED, None),), _roles(Role.WORKER, Role.CLERK), deciding.notice_sent
    ),
    c.RecordDelivery: Transition(
        (_NOTIFIED, _SUMMONED, _RECORDED, _DECIDED), _roles(Role.GATEWAY, Role.CLERK), deciding.delivery
    ),
    c.OpenResolution: Transition((_NOTIFIED,), _roles(Role.HANDLER), deciding.open_resolution),
    c.IdentifyViolator: Transition((_SUMMONED,), _roles(Role.HANDLER), deciding.identify_violator),
    c.MakeRecord: Transition((_SUMMONED,), _roles(Role.HANDLER), deciding.make_record),
    c.SignDecision: Transition((_RECORDED,), _roles(Role.SIGNER), deciding.sign_decision),
    c.RecordService: Transition((_DECIDED,), _roles(Role.CLERK, Role.GATEWAY), deciding.serve_decision),
    c.RecordPayment: Transition(
        (*_OPEN, _TRANSFERRED, _DECIDED, *_ENDS), _roles(Role.GATEWAY, Role.CLERK), deciding.pay
    ),
    c.Close: Transition(
        (_DECIDED,),
        _roles(Role.WORKER, Role.COMMANDER),
        deciding.close,
        lambda case: case.decision is None or case.paid < case.decision.amount,
    ),
    c.Dismiss: Transition(
        ((State.REVIEWED, None), (State.FILED, None), _NOTIFIED, _SUMMONED, _RECORDED),
        _roles(Role.COMMANDER),
        deciding.dismiss,
        lambda case: case.notice is not None and case.notice.sent_at is not None,
    ),
    c.ElapseDeadline: Transition((*_OPEN, _TRANSFERRED, _DECIDED), _roles(Role.CLOCK), deciding.elapse),
    c.ReportEnd: Transition(_ENDS, _roles(Role.WORKER), deciding.report_end),
}
