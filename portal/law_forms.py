"""The forms of what happens less often: verification, silence, explanation, force, complaint, transfer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as lazy

from portal import labels, words
from portal.dossier import Dossier, pending_arguments
from portal.fields import CommandForm, DongField, PastField, TextField, choices
from portal.forms import SentForm
from workflow import clock, owners
from workflow import commands as c
from workflow.law.deadlines import local
from workflow.law.offences import offence_for
from workflow.law.rows import LawGapError, LawRow, ViolatorKind
from workflow.words import (
    Claim,
    Coercing,
    Conclusion,
    Explaining,
    Finding,
    OwnerBasis,
    Ruling,
    Target,
    TransferKind,
    TransferResult,
    WarningGround,
)


def _long(label: Any, *, required: bool = True) -> TextField:
    area = forms.Textarea(attrs={"rows": 2})
    return TextField(label=label, max_length=500, widget=area, required=required)


def _choice(label: Any, table: Mapping[Any, labels.Label]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices(table, blank=True))


class WordsForm(CommandForm):
    """A command that needs nothing but one text."""

    kind: ClassVar[type[c.ResendNotice | c.VerifyStep | c.ExtendVerification | c.RecordReturn | c.Purge]]
    text = _long(lazy("Reason"))

    def command(self) -> c.Command:
        return self.kind(self.cleaned_data["text"])

    def __init__(self, dossier: Dossier, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        initial = options.get("initial", {})
        told = next((initial[key] for key in ("reason", "minutes") if key in initial), None)
        super().__init__(
            dossier, data, **{**options, "initial": {**initial, **({"text": told} if told else {})}}
        )


class ResendForm(WordsForm):
    kind = c.ResendNotice


class MinutesForm(WordsForm):
    kind = c.VerifyStep
    text = _long(lazy("Minutes"))


class ExtendVerificationForm(WordsForm):
    kind = c.ExtendVerification


class ReturnForm(WordsForm):
    kind = c.RecordReturn


class PurgeForm(WordsForm):
    kind = c.Purge


class Form04Form(CommandForm):
    commune = TextField(label=lazy("Police of the commune"), max_length=200)

    def command(self) -> c.Command:
        return c.SendForm04(self.cleaned_data["commune"], self.authority())


class ConcludeForm(CommandForm):
    conclusion = _choice(lazy("Conclusion"), words.CONCLUSIONS)
    report = _long(lazy("Report"))

    def command(self) -> c.Command:
        given = self.cleaned_data
        return c.ConcludeVerification(Conclusion(given["conclusion"]), given["report"])


class ConfirmLawForm(CommandForm):
    """A row of the law that nobody has verified: an officer confirms it and files the case."""

    confirmed = forms.BooleanField(label=lazy("I have checked this provision in the signed text"))

    def command(self) -> c.Command:
        return c.FileCase(_row(self.dossier), confirmed_by=self.dossier.actor.id)


def _row(dossier: Dossier) -> LawRow:
    day = local(dossier.case.recorded_at).date()
    return offence_for(dossier.state.act, dossier.state.vehicle_class, day).row


def needs_confirmation(dossier: Dossier) -> bool:
    """Whether the case waits for an officer to confirm its provision; a gap of the law is no such row."""
    if dossier.state.owner is None or dossier.state.hold:
        return False
    try:
        return not _row(dossier).verified
    except LawGapError:
        return False


class RedetermineForm(CommandForm):
    """The second person sees the facts behind the digest that the first one noted."""

    basis = _choice(lazy("Basis"), words.OWNER_BASES)
    kind = forms.ChoiceField(label=lazy("Kind"), choices=choices(words.PERSON_KINDS))
    name = TextField(label=lazy("Name"), max_length=200)
    address = TextField(label=lazy("Address"), max_length=300)
    id_number = TextField(label=lazy("Identity number"), max_length=20)
    proof = _long(lazy("Proof"))
    owner = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, dossier: Dossier, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        initial = dict(options.get("initial", {}))
        person = owners.recall(initial["owner"]) if initial.get("owner") else None
        if person is not None:
            facts = {"name": person.name, "address": person.address, "id_number": person.id_number}
            initial |= {**facts, "kind": person.kind}
        super().__init__(dossier, data, **{**options, "initial": initial})

    def command(self) -> c.Command:
        given = self.cleaned_data
        kind = ViolatorKind(given["kind"])
        person = owners.Person(given["name"], given["address"], given["id_number"], kind)
        known = owners.recall(given["owner"]) if self._proposed(given["owner"]) else None
        digest = given["owner"] if known == person else owners.remember(person)
        return c.RedetermineOwner(digest, kind, OwnerBasis(given["basis"]), given["proof"])

    def _proposed(self, digest: str) -> bool:
        """Only what the first person proposed for this case may be named by its digest."""
        return bool(digest) and pending_arguments(self.dossier).get("owner") == digest


class WarningForm(CommandForm):
    target = _choice(lazy("Body"), words.TARGETS)
    ground = _choice(lazy("Ground"), words.WARNING_GROUNDS)

    def command(self) -> c.Command:
        given = self.cleaned_data
        return c.IssueWarning(Target(given["target"]), WarningGround(given["ground"]))


class CommuneReportForm(CommandForm):
    finding = _choice(lazy("Result"), words.FINDINGS)
    reported_at = PastField(label=lazy("Time"))
    detail = _long(lazy("Detail"), required=False)

    def suggest(self) -> dict[str, Any]:
        return {"reported_at": clock.now()}

    def command(self) -> c.Command:
        given = self.cleaned_data
        return c.RecordCommuneReport(Finding(given["finding"]), given["reported_at"], given["detail"])


class ClaimForm(CommandForm):
    claim = _choice(lazy("What is said"), words.CLAIMS)
    name = TextField(label=lazy("Name"), max_length=200, required=False)
    address = TextField(label=lazy("Address"), max_length=300, required=False)
    id_number = TextField(label=lazy("Identity number"), max_length=20, required=False)
    detail = _long(lazy("Detail"), required=False)

    def command(self) -> c.Command:
        given = self.cleaned_data
        person = owners.Person(given["name"], given["address"], given["id_number"], ViolatorKind.PERSON)
        driver = owners.remember(person) if person.name else ""
        return c.RecordDriverClaim(Claim(given["claim"]), driver, given["detail"])


class ExplanationForm(CommandForm):
    step = _choice(lazy("Step"), words.EXPLAINING)
    detail = _long(lazy("Detail"), required=False)

    def command(self) -> c.Command:
        return c.RecordExplanation(Explaining(self.cleaned_data["step"]), self.cleaned_data["detail"])


class ExtendDecisionForm(CommandForm):
    reason = _long(lazy("Reason"))

    def command(self) -> c.Command:
        return c.ExtendDecision(self.authority(), self.cleaned_data["reason"])


class EscalateForm(CommandForm):
    to = TextField(label=lazy("Authority"), max_length=200)
    reason = _long(lazy("Reason"))

    def command(self) -> c.Command:
        return c.Escalate(self.cleaned_data["to"], self.cleaned_data["reason"])


class DecisionSentForm(SentForm):
    kind = c.RecordDecisionSent

    @property
    def since(self) -> datetime:
        decision = self.dossier.state.decision
        return decision.signed_at if decision else super().since

    channel = forms.ChoiceField(
        label=lazy("Channel"), choices=choices({**labels.CHANNELS, **words.DECISION_CHANNELS})
    )


class PresentLicenceForm(CommandForm):
    presented_at = PastField(label=lazy("Time"))

    def command(self) -> c.Command:
        return c.PresentLicence(self.cleaned_data["presented_at"])


class CoerceForm(CommandForm):
    step = _choice(lazy("Step"), words.COERCING)
    detail = _long(lazy("Detail"), required=False)

    def command(self) -> c.Command:
        step = Coercing(self.cleaned_data["step"])
        authority = self.authority() if step is Coercing.ORDER else None
        return c.Coerce(step, self.cleaned_data["detail"], authority)


class ComplaintForm(CommandForm):
    received_at = PastField(label=lazy("Received at"))
    subject = _long(lazy("Subject"))

    def command(self) -> c.Command:
        return c.LodgeComplaint(self.cleaned_data["received_at"], self.cleaned_data["subject"])


class RulingForm(CommandForm):
    ruling = _choice(lazy("Ruling"), words.RULINGS)
    reason = _long(lazy("Reason"))
    amount = DongField(label=lazy("Fine of the amended decision"), required=False, min_value=1)
    redecide = forms.BooleanField(
        label=lazy("Revoked: another decision follows, while its time is not over"), required=False
    )

    def command(self) -> c.Command:
        given = self.cleaned_data
        ruling, again = Ruling(given["ruling"]), given["redecide"]
        return c.RuleOnComplaint(self.authority(), ruling, given["reason"], given["amount"], redecide=again)


class EnforcementForm(CommandForm):
    """Suspend or resume."""

    kind: ClassVar[type[c.SuspendEnforcement | c.ResumeEnforcement]]
    basis = _long(lazy("Basis"))

    def command(self) -> c.Command:
        return self.kind(self.authority(), self.cleaned_data["basis"])


class SuspendForm(EnforcementForm):
    kind = c.SuspendEnforcement


class ResumeForm(EnforcementForm):
    kind = c.ResumeEnforcement


class TransferForm(CommandForm):
    kind = _choice(lazy("Kind"), words.TRANSFER_KINDS)
    to = TextField(label=lazy("To"), max_length=200)
    reason = _long(lazy("Reason"))
    to_commune = forms.BooleanField(label=lazy("To the police of a commune"), required=False)

    def command(self) -> c.Command:
        given = self.cleaned_data
        kind = TransferKind(given["kind"])
        return c.TransferOut(self.authority(), kind, given["to"], given["reason"], given["to_commune"])


class TransferResultForm(CommandForm):
    result = _choice(lazy("Result"), words.TRANSFER_RESULTS)
    number = TextField(label=lazy("Number"), max_length=64)
    detail = _long(lazy("Detail"), required=False)

    def command(self) -> c.Command:
        given = self.cleaned_data
        result = TransferResult(given["result"])
        return c.RecordTransferResult(result, given["number"], given["detail"])


class EvasionForm(CommandForm):
    begun_at = PastField(label=lazy("Began"))
    ended_at = PastField(label=lazy("Ended"), required=False)
    proof = _long(lazy("Proof"))

    def command(self) -> c.Command:
        given = self.cleaned_data
        return c.RecordEvasion(given["begun_at"], given["proof"], given["ended_at"])
