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

from workflow import closing, deciding, ending, enforcing, joining, noticing, paying, resolving, reviewing
from workflow import commands as c
from workflow.applying import apply
from workflow.casestate import CaseState, Event, Notice, Place, Review, to_json
from workflow.context import Actor, CaseError, Context, Due, Law, Policy
from workflow.vocabulary import TERMINAL, EventType, Outcome, Phase, Role, State

__all__ = [
    "TRANSITIONS", "Actor", "CaseError", "CaseState", "Context", "Due", "Event", "Law", "Notice", "Place",
    "Policy", "Review", "Transition", "allowed", "apply", "decide", "to_json",
]  # fmt: skip

_COLLECTED: Place = (State.COLLECTED, None)
_EXTRACTED: Place = (State.EXTRACTED, None)
_REVIEWED: Place = (State.REVIEWED, None)
_FILED: Place = (State.FILED, None)
_PRE: tuple[Place, ...] = (_COLLECTED, _EXTRACTED, _REVIEWED, _FILED)
_NOTIFIED: Place = (State.NOTIFIED, None)
_SUMMONED: Place = (State.RESOLVING, Phase.SUMMONED)
_RECORDED: Place = (State.RESOLVING, Phase.RECORDED)
_TRANSFERRED: Place = (State.TRANSFERRED, None)
_DECIDED: Place = (State.RESOLVING, Phase.DECIDED)
_OPEN: tuple[Place, ...] = (*_PRE, _NOTIFIED, _SUMMONED, _RECORDED)
_CLOSED: Place = (State.CLOSED, None)
_DISMISSED: Place = (State.DISMISSED, None)
_ENDS: tuple[Place, ...] = tuple((s, None) for s in State if s in TERMINAL)
_AFTER_DECISION: tuple[Place, ...] = (_RECORDED, _DECIDED, _CLOSED, _DISMISSED)
_RESOLVING: tuple[Place, ...] = (_SUMMONED, _RECORDED, _DECIDED)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: where a command is legal, who may give it, when it needs two different persons.

    `each`: roles of which the two persons must hold different ones.
    """

    places: tuple[Place, ...]
    roles: frozenset[Role]
    decide: Callable[[CaseState, Any, Context], list[Event]]
    two_persons: Callable[[CaseState, Any], bool] = lambda _case, _command: False
    each: frozenset[Role] = frozenset()


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
    if not row.two_persons(case, command):
        return tuple(row.decide(case, command, context))
    digest = hashlib.sha256(json.dumps(to_json(command), sort_keys=True).encode()).hexdigest()
    name, proposal = type(command).__name__, case.proposal
    if proposal is None or (proposal.command, proposal.digest) != (name, digest):
        # The guards speak to the first person already; a number is taken only when the second one agrees.
        row.decide(case, command, replace(context, number=lambda _series: ""))
        data: dict[str, Any] = {"command": name, "digest": digest, "officer": context.actor.id}
        data["arguments"] = to_json(command)  # the second person must see what to agree to
        data["roles"] = sorted(context.actor.roles)
        return (Event(EventType.PROPOSED, data),)
    if proposal.officer == context.actor.id:
        raise CaseError("second_person", f"{name} needs a second person: you proposed it")
    if row.each and not _share(row.each, proposal.roles, context.actor.roles):
        raise CaseError("second_person", f"{name} needs persons of both roles: {sorted(row.each)}")
    return tuple(row.decide(case, command, context))


def _share(each: frozenset[Role], first: frozenset[str], second: frozenset[Role]) -> bool:
    """Whether two persons can hold different roles of these."""
    return any(one in first and other in second for one in each for other in each - {one})


def allowed(case: CaseState, roles: frozenset[Role]) -> tuple[type[c.Command], ...]:
    """The commands that the case's place and these roles allow: the console's buttons."""
    place = (case.state, case.phase)
    return tuple(kind for kind, row in TRANSITIONS.items() if place in row.places and row.roles & roles)


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


def _always(_case: CaseState, _command: c.Command) -> bool:
    return True


def _numbered(case: CaseState, _command: c.Command) -> bool:
    return case.notice is not None


def _sent(case: CaseState, _command: c.Command) -> bool:
    return case.notice is not None and case.notice.sent_at is not None


def _unusual(_case: CaseState, command: c.Close) -> bool:
    return command.outcome is not Outcome.PAID


_CLERK = _roles(Role.CLERK)
_HANDLER = _roles(Role.HANDLER)
_SIGNER = _roles(Role.SIGNER)
_WORKER = _roles(Role.WORKER)
_COMMANDER = _roles(Role.COMMANDER)
_OUTSIDE = _roles(Role.CLERK, Role.GATEWAY)
_HEARD = _roles(Role.HANDLER, Role.OWNER)
_STOPS = _roles(Role.WORKER, Role.ADJUDICATOR, Role.COMMANDER)

TRANSITIONS: dict[type[c.Command], Transition] = {
    c.OpenFromDevice: Transition((), _WORKER, deciding.open_case),
    c.OpenFromReport: Transition((), _CLERK, deciding.open_report),
    c.OpenFromTransfer: Transition((), _CLERK, deciding.open_transfer),
    c.VerifyStep: Transition((_COLLECTED,), _HANDLER, deciding.verify_step),
    c.ExtendVerification: Transition((_COLLECTED,), _HANDLER, deciding.extend_verification),
    c.ConcludeVerification: Transition((_COLLECTED,), _HANDLER, deciding.conclude_verification),
    c.Extract: Transition((_COLLECTED,), _WORKER, deciding.extract),
    c.SubmitReview: Transition((_EXTRACTED,), _roles(Role.REVIEWER), reviewing.submit_review),
    c.CorrectReview: Transition((_EXTRACTED,), _roles(Role.REVIEWER), reviewing.correct_review),
    c.HandBack: Transition((_EXTRACTED,), _roles(Role.REVIEWER, Role.ADJUDICATOR), reviewing.hand_back),
    c.Adjudicate: Transition((_EXTRACTED,), _roles(Role.ADJUDICATOR), reviewing.adjudicate),
    c.Rejudge: Transition(((State.REJECTED, None),), _roles(Role.ADJUDICATOR), reviewing.rejudge),
    c.RejectEvidence: Transition(_PRE, _roles(Role.WORKER, Role.ADJUDICATOR), deciding.reject, _numbered),
    c.PlaceHold: Transition((*_OPEN, *_ENDS), _STOPS, deciding.place_hold),
    c.ReleaseHold: Transition(
        (*_OPEN, *_ENDS), _roles(Role.ADJUDICATOR, Role.COMMANDER), deciding.release_hold, _always
    ),
    c.DetermineOwner: Transition((_REVIEWED,), _roles(Role.WORKER, Role.HANDLER), noticing.determine_owner),
    c.RedetermineOwner: Transition((_NOTIFIED, _SUMMONED), _HANDLER, noticing.redetermine_owner, _always),
    c.FileCase: Transition((_REVIEWED,), _roles(Role.WORKER, Role.HANDLER), noticing.file),
    c.SignNotice: Transition((_FILED,), _SIGNER, noticing.sign_notice),
    c.StoreNotice: Transition((_FILED,), _WORKER, noticing.store_notice),
    c.RecordNoticeSent: Transition((_FILED,), _roles(Role.WORKER, Role.CLERK), noticing.notice_sent),
    c.ResendNotice: Transition((_NOTIFIED,), _CLERK, noticing.resend),
    c.RecordIssueSent: Transition((_NOTIFIED, *_RESOLVING), _WORKER, noticing.issue_sent),
    c.RecordWithdrawal: Transition((*_OPEN, _TRANSFERRED, _DECIDED, *_ENDS), _WORKER, noticing.withdrawal),
    c.RecordDelivery: Transition((_NOTIFIED, *_RESOLVING), _OUTSIDE, noticing.delivery),
    c.RecordSlipSent: Transition((*_OPEN, _TRANSFERRED, _DECIDED, *_ENDS), _WORKER, noticing.slip_sent),
    c.IssueWarning: Transition((_NOTIFIED, *_RESOLVING), _COMMANDER, noticing.issue_warning),
    c.SendForm04: Transition((_NOTIFIED,), _roles(Role.COMMANDER, Role.SIGNER), noticing.send_form04),
    c.RecordCommuneReport: Transition((_NOTIFIED,), _CLERK, noticing.commune_report),
    c.OpenResolution: Transition((_NOTIFIED,), _HEARD, resolving.open_resolution),
    c.RecordDriverClaim: Transition((_NOTIFIED, _SUMMONED), _HEARD, resolving.claim),
    c.IdentifyViolator: Transition((_NOTIFIED, _SUMMONED), _HANDLER, resolving.identify_violator),
    c.MakeRecord: Transition((_SUMMONED,), _HANDLER, resolving.make_record),
    c.JoinActs: Transition((_SUMMONED, _RECORDED), _HANDLER, joining.join),
    c.PartAct: Transition((_SUMMONED, _RECORDED), _HANDLER, joining.part),
    c.StoreRecord: Transition((*_OPEN, _TRANSFERRED, _DECIDED, *_ENDS), _WORKER, resolving.store_record),
    c.RecordExplanation: Transition((_RECORDED,), _HEARD, resolving.explanation),
    c.ExtendDecision: Transition((_RECORDED,), _SIGNER, resolving.extend_decision),
    c.Escalate: Transition((_RECORDED,), _HANDLER, resolving.escalate),
    c.SignDecision: Transition((_RECORDED,), _SIGNER, enforcing.sign_decision),
    # The papers of a revoked decision may be on their way while the next one is prepared.
    c.StoreDecision: Transition(_AFTER_DECISION, _WORKER, enforcing.store_decision),
    c.RecordDecisionSent: Transition(
        _AFTER_DECISION,
        _roles(Role.CLERK, Role.GATEWAY, Role.WORKER),
        enforcing.decision_sent,
    ),
    c.RecordService: Transition((_DECIDED,), _OUTSIDE, enforcing.serve_decision),
    c.ApplyPoints: Transition((_DECIDED,), _WORKER, enforcing.apply_points),
    c.PresentLicence: Transition((_DECIDED,), _HANDLER, enforcing.present_licence),
    c.RecordPayment: Transition((*_OPEN, _TRANSFERRED, _DECIDED, *_ENDS), _OUTSIDE, paying.pay),
    c.SetInstalments: Transition((_DECIDED,), _SIGNER, paying.set_plan),
    c.Coerce: Transition((_DECIDED,), _roles(Role.HANDLER, Role.SIGNER), enforcing.coerce),
    c.LodgeComplaint: Transition(
        (_NOTIFIED, *_RESOLVING, _CLOSED, _DISMISSED),
        _roles(Role.OWNER, Role.CLERK),
        ending.lodge_complaint,
    ),
    c.SuspendEnforcement: Transition((_DECIDED,), _SIGNER, enforcing.suspend),
    c.ResumeEnforcement: Transition((_DECIDED,), _SIGNER, enforcing.resume),
    c.RuleOnComplaint: Transition((*_OPEN, _TRANSFERRED, _DECIDED, *_ENDS), _SIGNER, ending.rule),
    c.Close: Transition((_DECIDED,), _roles(Role.WORKER, Role.COMMANDER), closing.close, _unusual),
    c.TransferOut: Transition((_REVIEWED, _FILED, _NOTIFIED, _SUMMONED), _SIGNER, ending.transfer_out),
    c.RecordReturn: Transition((_TRANSFERRED,), _CLERK, ending.transfer_returned),
    c.RecordTransferResult: Transition((_TRANSFERRED,), _OUTSIDE, ending.transfer_result),
    c.Dismiss: Transition(
        (_REVIEWED, _FILED, _NOTIFIED, _SUMMONED, _RECORDED), _COMMANDER, ending.dismiss, _sent
    ),
    c.ElapseDeadline: Transition((*_OPEN, _TRANSFERRED, _DECIDED, *_ENDS), _roles(Role.CLOCK), ending.elapse),
    c.RecordEvasion: Transition(
        (*_OPEN, _TRANSFERRED, (State.EXPIRED, None)), _HANDLER, ending.evasion, _always
    ),
    c.ReportEnd: Transition(_ENDS, _WORKER, ending.report_end),
    c.Purge: Transition(
        _ENDS,
        _roles(Role.ADMIN, Role.AUDITOR),
        ending.purge,
        _always,
        _roles(Role.ADMIN, Role.AUDITOR),
    ),
}
