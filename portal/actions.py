"""The commands that people give, as forms. Which of them a person sees follows from the case's own table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import forms, review_forms
from portal.dossier import Dossier, pending_arguments
from portal.fields import CommandForm
from portal.labels import Label
from workflow import commands as c
from workflow import review, service
from workflow.case import CaseState, allowed
from workflow.reviewing import judged_by
from workflow.vocabulary import Clock

_RARE: Final = frozenset({"hold", "reject", "dismiss", "record-sending", "record-delivery", "correct-review"})


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
    bar = state.running(Clock.ENFBAR)
    paid = state.decision and state.decision.served_at and state.paid >= state.decision.amount
    return bool(paid or (bar and bar.elapsed))


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
        _("Record the violator"), lambda d: not d.state.violator,
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
    Action("close", c.Close, forms.CloseForm, _("Close the case"), _("Close"), _closable),
    Action(
        "release-hold", c.ReleaseHold, forms.ReleaseForm, _("Release the hold"), _("Release"),
        lambda d: bool(d.state.hold),
    ),
    Action(
        "hold", c.PlaceHold, forms.HoldForm, _("Put on hold"), _("Put on hold"), lambda d: not d.state.hold
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
        CaseError, service.StaleVersionError: as `service.execute`.
    """
    with transaction.atomic():
        seen = form.cleaned_data["version"]
        return review.give(dossier.case.reference, form.command(), dossier.actor, seen)
