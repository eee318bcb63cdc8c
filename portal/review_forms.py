"""The forms of the review: a blind answer, the adjudication of two, the refusal of evidence."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from detection.plate_text import is_known, normalise
from portal import labels
from portal.fields import CommandForm, TextField, choices
from portal.writing import no_plate
from workflow import commands as c
from workflow.vocabulary import RejectionGround, RejudgeBasis, Verdict


class AnswerForm(CommandForm):
    """An officer's answer: plate and act, or the ground of a rejection."""

    verdict = forms.ChoiceField(
        label=lazy("Your finding"), choices=choices(labels.VERDICTS), widget=forms.RadioSelect
    )
    plate = forms.CharField(  # of any letters; those of plates are kept
        label=lazy("Plate, as you read it"),
        required=False,
        max_length=20,
        help_text=lazy("For a violation. Letters and digits; dots and dashes do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    unusual = forms.BooleanField(
        label=lazy("The plate really is written like this (foreign or special)"), required=False
    )
    vehicle_class = forms.ChoiceField(
        label=lazy("Vehicle"), choices=choices(labels.VEHICLE_CLASSES, blank=True), required=False
    )
    act = forms.ChoiceField(label=lazy("Act"), choices=choices(labels.ACTS, blank=True), required=False)
    ground = forms.ChoiceField(
        label=lazy("Ground of the rejection"),
        choices=choices(labels.REJECTION_GROUNDS, blank=True),
        required=False,
        help_text=lazy("For a rejection."),
    )

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """Without the box for unusual plates, until a plate was refused."""
        fields = self.visible_fields()
        return fields if "plate" in self.errors else [field for field in fields if field.name != "unusual"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("verdict") == Verdict.VIOLATION:
            for name in ("plate", "vehicle_class", "act"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("This is due for a violation."))
            self._check_plate(given)
        elif (
            given.get("verdict") == Verdict.REJECT and not given.get("ground") and "ground" not in self.errors
        ):
            self.add_error("ground", _("This is due for a rejection."))
        return given

    def _check_plate(self, given: dict[str, Any]) -> None:
        """Catch slips of the finger: a plate that no rule writes must be confirmed."""
        plate, vehicle = normalise(given.get("plate", "")), given.get("vehicle_class") or None
        if given.get("plate") and not plate:
            self.add_error("plate", _("Letters and digits are due."))
        elif plate and not given.get("unusual") and not is_known(plate, vehicle=vehicle):
            message = _(
                "No plate of this kind of vehicle is written like this. Look again, or tick the box below."
            )
            self.add_error("plate", no_plate(message, plate))

    def answer(self) -> c.Answer:
        given = self.cleaned_data
        if given["verdict"] == Verdict.REJECT:
            return c.Answer(Verdict.REJECT, ground=RejectionGround(given["ground"]))
        return c.Answer(Verdict.VIOLATION, normalise(given["plate"]), given["vehicle_class"], given["act"])


class ReviewForm(AnswerForm):
    def command(self) -> c.Command:
        return c.SubmitReview(self.answer())


class CorrectForm(AnswerForm):
    """The officer's own answer, filled in as it stands."""

    def suggest(self) -> dict[str, Any]:
        answer = self.dossier.own_answer
        if answer is None:
            return {}
        return {
            name: getattr(answer, name) for name in ("verdict", "plate", "vehicle_class", "act", "ground")
        }

    def command(self) -> c.Command:
        return c.CorrectReview(self.answer())


class HandBackForm(CommandForm):
    reason = TextField(
        label=lazy("Reason"),
        max_length=300,
        help_text=lazy("Colleagues are handed the case next; your reason is kept with it."),
    )

    def command(self) -> c.Command:
        return c.HandBack(self.cleaned_data["reason"])


class RejudgeForm(CommandForm):
    basis = forms.ChoiceField(
        label=lazy("Why it is judged again"), choices=choices(labels.REJUDGE_BASES), widget=forms.RadioSelect
    )
    finding = forms.ChoiceField(
        label=lazy("Your finding"),
        choices=[
            ("uphold", lazy("The rejection stands")),
            ("reopen", lazy("Two other officers must review it")),
        ],
        widget=forms.RadioSelect,
    )
    reason = TextField(label=lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def suggest(self) -> dict[str, Any]:
        return {"basis": RejudgeBasis.SAMPLE if self.dossier.state.sampled else RejudgeBasis.NEW_FACT}

    def command(self) -> c.Command:
        given = self.cleaned_data
        return c.Rejudge(RejudgeBasis(given["basis"]), given["finding"] == "reopen", given["reason"])


class AdjudicateForm(AnswerForm):
    reason = TextField(label=lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def command(self) -> c.Command:
        return c.Adjudicate(self.answer(), self.cleaned_data["reason"])


class RejectForm(CommandForm):
    ground = forms.ChoiceField(
        label=lazy("Ground of the rejection"), choices=choices(labels.REJECTION_GROUNDS, blank=True)
    )
    detail = TextField(label=lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def command(self) -> c.Command:
        return c.RejectEvidence(RejectionGround(self.cleaned_data["ground"]), self.cleaned_data["detail"])
