"""The commands that people give, as forms. Which of them a person sees follows from the case's own table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import forms, joint_forms, law_forms, money_forms, review_forms
from portal.dossier import Dossier, pending_arguments
from portal.fields import CommandForm
from portal.labels import Label
from workflow import commands as c
from workflow import review, service
from workflow.case import CaseError, CaseState, allowed
from workflow.law.rows import LawGapError
from workflow.reviewing import judged_by
from workflow.vocabulary import TERMINAL, Clock
from workflow.words import Source

_RARE: Final = frozenset(
    {
        "hold", "reject", "dismiss", "record-sending", "record-delivery", "resend-notice",
        "redetermine-owner", "issue-warning", "send-form04", "driver-claim", "extend-decision", "escalate",
        "coerce", "present-licence", "lodge-complaint", "suspend", "resume", "transfer", "record-evasion",
        "purge", "extend-verification", "correct-review", "join-acts", "part-act", "hand-back",
        "set-instalments", "end-instalments",
    }
)  # fmt: skip


def _always(_dossier: Dossier) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """One command: its part of the address, its form, and when the page shows it (the case alone refuses)."""

    slug: str
    command: type[c.Command]
    form: type[CommandForm]
    title: Label
    button: Label
    ready: Callable[[Dossier], bool] = _always


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as it stands on the page: its form, and what a first person proposed."""

    action: Action
    form: CommandForm
    proposed_by: str = ""  # actor of the first person
    confirm: CommandForm | None = None  # the same values, for the second person

    @property
    def folded(self) -> bool:
        """Whether the form stands folded away: what is rare or ends a case is not filled in by accident."""
        return self.action.slug in _RARE


def _reviewable(dossier: Dossier) -> bool:
    return not dossier.state.disagreed and dossier.turn


def _differing(dossier: Dossier) -> bool:
    return dossier.state.disagreed and dossier.turn


def _rejudgeable(dossier: Dossier) -> bool:
    return dossier.actor.id not in judged_by(dossier.state)


def _closable(dossier: Dossier) -> bool:
    state = dossier.state
    return state.decision is not None and not state.complaint


def _unanswered_notice(dossier: Dossier) -> bool:
    run = dossier.state.running(Clock.NOANSWER)
    return run is not None and run.elapsed


def _instalment_missed(dossier: Dossier) -> bool:
    run = dossier.state.running(Clock.INSTALMENT)
    return run is not None and run.elapsed and dossier.authority is not None


def _reported(dossier: Dossier) -> bool:
    return dossier.state.source is Source.REPORT and dossier.state.verification is None


def _held(state: CaseState) -> str:
    return state.kept if state.state in TERMINAL else state.hold


def _undelivered(state: CaseState) -> bool:
    return state.notice is not None and state.notice.delivery != "delivered"


ACTIONS: Final = (
    Action(
        "review", c.SubmitReview, review_forms.ReviewForm, _("Review"), _("Submit the answer"), _reviewable
    ),
    Action(
        "correct-review", c.CorrectReview, review_forms.CorrectForm, _("Correct my answer"), _("Correct"),
        lambda d: d.own_answer is not None,
    ),
    Action(
        "hand-back", c.HandBack, review_forms.HandBackForm, _("Hand the review back"), _("Hand back"),
        lambda d: d.holds,
    ),
    Action("adjudicate", c.Adjudicate, review_forms.AdjudicateForm, _("Adjudicate"), _("Decide"), _differing),
    Action(
        "rejudge", c.Rejudge, review_forms.RejudgeForm, _("Judge the rejection again"), _("Decide"),
        _rejudgeable,
    ),
    Action(
        "sign-notice", c.SignNotice, forms.SignNoticeForm, _("Approve the notice"), _("Approve and number"),
        lambda d: d.state.notice is None and not d.state.hold and d.authority is not None,
    ),
    Action(
        "record-sending", c.RecordNoticeSent, forms.SentForm, _("Record the sending by hand"), _("Record"),
        lambda d: d.state.notice is not None and bool(d.state.notice.sha256),
    ),
    Action(
        "open-resolution", c.OpenResolution, forms.ResolutionForm, _("The owner comes"),
        _("Open the resolution"),
    ),
    Action(
        "identify-violator", c.IdentifyViolator, forms.ViolatorForm, _("Identify the violator"),
        _("Record the violator"),
        lambda d: not d.state.violator and (d.state.phase is not None or _unanswered_notice(d)),
    ),
    Action(
        "make-record", c.MakeRecord, forms.RecordForm, _("Make the record"), _("Make and number the record"),
        lambda d: bool(d.state.violator),
    ),
    Action(
        "sign-decision", c.SignDecision, forms.DecisionForm, _("Penalty decision"), _("Sign the decision"),
        lambda d: d.authority is not None,
    ),
    Action(
        "record-service", c.RecordService, forms.ServiceForm, _("Service of the decision"), _("Record"),
        lambda d: d.state.decision is not None and d.state.decision.served_at is None,
    ),
    Action(
        "record-payment", c.RecordPayment, forms.PaymentForm, _("Payment"), _("Record the payment"),
        lambda d: d.state.decision is not None or d.state.notice is not None,
    ),
    Action(
        "record-delivery", c.RecordDelivery, forms.DeliveryForm, _("Delivery of the notice"), _("Record"),
        lambda d: _undelivered(d.state),
    ),
    Action(
        "verify", c.VerifyStep, law_forms.MinutesForm, _("Verification"), _("Record the step"), _reported
    ),
    Action(
        "extend-verification", c.ExtendVerification, law_forms.ExtendVerificationForm,
        _("Extend the verification"), _("Extend"),
        lambda d: _reported(d) and not d.state.verification_extended,
    ),
    Action(
        "conclude-verification", c.ConcludeVerification, law_forms.ConcludeForm,
        _("Conclude the verification"), _("Conclude"), _reported,
    ),
    Action(
        "confirm-law", c.FileCase, law_forms.ConfirmLawForm, _("Confirm the provision"),
        _("Confirm and file"),
        law_forms.needs_confirmation,
    ),
    Action(
        "resend-notice", c.ResendNotice, law_forms.ResendForm, _("Send the notice again"), _("Send again"),
        lambda d: d.state.notice is not None and not d.state.notice.resending,
    ),
    Action(
        "redetermine-owner", c.RedetermineOwner, law_forms.RedetermineForm, _("Determine the owner anew"),
        _("Determine"),
    ),
    Action(
        "issue-warning", c.IssueWarning, law_forms.WarningForm, _("Warn a body"), _("Warn"),
        lambda d: d.state.phase is not None or _unanswered_notice(d),
    ),
    Action(
        "send-form04", c.SendForm04, law_forms.Form04Form, _("Form 04 to the commune"), _("Send"),
        lambda d: d.authority is not None and _unanswered_notice(d) and not d.state.form04,
    ),
    Action(
        "commune-report", c.RecordCommuneReport, law_forms.CommuneReportForm, _("Report of the commune"),
        _("Record"), lambda d: bool(d.state.form04),
    ),
    Action("driver-claim", c.RecordDriverClaim, law_forms.ClaimForm, _("Who drove"), _("Record")),
    Action(
        "join-acts", c.JoinActs, joint_forms.JoinForm, _("Handle several acts together"),
        _("Handle together"),
        lambda d: bool(d.state.violator),
    ),
    Action(
        "part-act", c.PartAct, joint_forms.PartForm, _("Handle this act by itself"), _("Take out"),
        lambda d: bool(d.state.handling),
    ),
    Action(
        "explain", c.RecordExplanation, law_forms.ExplanationForm, _("Explanation"), _("Record"),
        lambda d: bool(d.state.explanation),
    ),
    Action(
        "extend-decision", c.ExtendDecision, law_forms.ExtendDecisionForm,
        _("Extend the time for the decision"),
        _("Extend"), lambda d: d.authority is not None and not d.state.decision_extended,
    ),
    Action(
        "escalate", c.Escalate, law_forms.EscalateForm, _("Pass the file to a higher authority"),
        _("Pass on"), lambda d: not d.state.escalated_to,
    ),
    Action(
        "record-decision-sent", c.RecordDecisionSent, law_forms.DecisionSentForm,
        _("Sending of the decision"),
        _("Record"), lambda d: d.state.decision is not None and d.state.decision.served_at is None,
    ),
    Action(
        "present-licence", c.PresentLicence, law_forms.PresentLicenceForm, _("The licence was presented"),
        _("Record"), lambda d: d.state.law is not None and d.state.law.suspends,
    ),
    Action(
        "set-instalments", c.SetInstalments, money_forms.InstalmentsForm, _("Payment in instalments"),
        _("Grant"), lambda d: d.authority is not None and bool(d.state.owed),
    ),
    Action(
        "end-instalments", c.SetInstalments, money_forms.EndInstalmentsForm, _("End the instalments"),
        _("The rest falls due"), _instalment_missed,
    ),
    Action("coerce", c.Coerce, law_forms.CoerceForm, _("Coercion"), _("Record")),
    Action(
        "lodge-complaint", c.LodgeComplaint, law_forms.ComplaintForm, _("Complaint"), _("Record"),
        lambda d: not d.state.complaint,
    ),
    Action(
        "rule", c.RuleOnComplaint, law_forms.RulingForm, _("Rule on the complaint"), _("Rule"),
        lambda d: bool(d.state.complaint) and d.authority is not None,
    ),
    Action(
        "suspend", c.SuspendEnforcement, law_forms.SuspendForm, _("Suspend enforcement"), _("Suspend"),
        lambda d: d.authority is not None and not d.state.enforcement_suspended,
    ),
    Action(
        "resume", c.ResumeEnforcement, law_forms.ResumeForm, _("Resume enforcement"), _("Resume"),
        lambda d: d.authority is not None and d.state.enforcement_suspended,
    ),
    Action(
        "transfer", c.TransferOut, law_forms.TransferForm, _("Hand the file over"), _("Hand over"),
        lambda d: d.authority is not None,
    ),
    Action("record-return", c.RecordReturn, law_forms.ReturnForm, _("The file came back"), _("Record")),
    Action(
        "record-transfer-result", c.RecordTransferResult, law_forms.TransferResultForm,
        _("Result of the other unit"), _("Record"),
    ),
    Action("record-evasion", c.RecordEvasion, law_forms.EvasionForm, _("Evasion"), _("Record")),
    Action(
        "purge", c.Purge, law_forms.PurgeForm, _("Destroy evidence and personal facts"), _("Destroy"),
        lambda d: (run := d.state.running(Clock.RETAIN)) is not None and run.elapsed,
    ),
    Action("close", c.Close, forms.CloseForm, _("Close the case"), _("Close"), _closable),
    Action(
        "release-hold", c.ReleaseHold, forms.ReleaseForm, _("Release the hold"), _("Release"),
        lambda d: bool(_held(d.state)),
    ),
    Action(
        "hold", c.PlaceHold, forms.HoldForm, _("Put on hold"), _("Put on hold"), lambda d: not _held(d.state)
    ),
    Action("reject", c.RejectEvidence, review_forms.RejectForm, _("Reject the evidence"), _("Reject")),
    Action("dismiss", c.Dismiss, forms.DismissForm, _("Dismiss without a fine"), _("Dismiss")),
)  # fmt: skip
BY_SLUG: Final = {action.slug: action for action in ACTIONS}


def available(dossier: Dossier) -> list[Action]:
    """The actions of this person on this case now, as `workflow.case.allowed` says, in the table's order."""
    kinds = allowed(dossier.state, dossier.actor.roles)
    return [action for action in ACTIONS if action.command in kinds and action.ready(dossier)]


def offers(dossier: Dossier, filled: CommandForm | None = None) -> list[Offer]:
    """The forms of the page; `filled` replaces the empty one of its kind (it carries errors)."""
    return [_offer(dossier, action, filled) for action in available(dossier)]


def _offer(dossier: Dossier, action: Action, filled: CommandForm | None) -> Offer:
    form = filled if type(filled) is action.form else new_form(dossier, action)
    proposal = dossier.state.proposal
    if proposal is None or proposal.command != action.command.__name__:
        return Offer(action, form)
    if proposal.officer == dossier.actor.id:
        return Offer(action, form, proposal.officer)
    arguments = pending_arguments(dossier)
    confirm = action.form(dossier, initial=arguments, auto_id=f"confirm_{action.slug}_%s")
    return Offer(action, form, proposal.officer, confirm)


def new_form(dossier: Dossier, action: Action) -> CommandForm:
    """An empty form with its suggestions."""
    return action.form(dossier, auto_id=f"{action.slug}_%s")


def give(dossier: Dossier, form: CommandForm) -> service.Executed:
    """Give a valid form's command. Personal facts noted for it live or die with it.

    Raises:
        CaseError, service.StaleVersionError: as `service.execute`; `law_gap` where no row of the law answers.
    """
    try:
        with transaction.atomic():
            seen = form.cleaned_data["version"]
            return review.give(dossier.case.reference, form.command(), dossier.actor, seen)
    except LawGapError as gap:
        raise CaseError("law_gap", str(gap)) from gap
