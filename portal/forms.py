"""What an officer fills in: one form per command, the same for the page and the API.

A form checks the shape; whether the law allows the command is decided by `workflow.case` alone.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

import holidays
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from detection.plate_text import kinds_of, normalise
from portal import labels
from portal.dossier import Dossier
from workflow import clock
from workflow import commands as c
from workflow.case import CaseError
from workflow.law.deadlines import local
from workflow.law.offences import middle
from workflow.owners import Person, remember
from workflow.vocabulary import DismissalGround, Outcome, RejectionGround, Verdict

_MINUTES = "%Y-%m-%dT%H:%M"


def _choices(table: Mapping[Any, labels.Label], *, blank: bool = False) -> list[tuple[str, labels.Label]]:
    chosen: list[tuple[str, labels.Label]] = [(str(key), label) for key, label in table.items()]
    return [("", lazy("— choose —")), *chosen] if blank else chosen


class TextField(forms.CharField):
    """Text in NFC with plain line ends: what two persons send must be equal."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return unicodedata.normalize("NFC", text).replace("\r\n", "\n")


class MomentField(forms.DateTimeField):
    """A time of Vietnam to the minute, entered with the browser's own control."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTES)


class PastField(MomentField):
    """When something happened: not later than now."""

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        if value and value > clock.now():
            raise ValidationError(_("This time lies in the future."))


class DongField(forms.IntegerField):
    """Whole đồng; dots between the thousands are allowed."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        text = value.replace(".", "").removesuffix("đ").strip() if isinstance(value, str) else value
        return super().to_python(text)


class CommandForm(forms.Form):
    """A form that makes a command; `version` is what the officer saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, dossier: Dossier, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        self.dossier = dossier
        initial = {"version": dossier.state.version, **self.suggest(), **options.pop("initial", {})}
        super().__init__(data, initial=initial, label_suffix="", **options)

    def suggest(self) -> dict[str, Any]:
        """First values that follow from the case; none by default."""
        return {}

    def command(self) -> c.Command:
        """The command of a valid form.

        Raises:
            CaseError: the person lacks what it needs.
        """
        raise NotImplementedError

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """The fields of the page, in their order."""
        return self.visible_fields()

    @property
    def fixed(self) -> Iterable[tuple[labels.Label, str]]:
        """Labels and values as text, for the second person's confirmation."""
        for field in self.visible_fields():
            value = str(field.value() if field.value() is not None else "")
            choices = dict(getattr(field.field, "choices", ()))
            yield field.label, str(choices.get(value, value))

    def authority(self) -> c.Authority:
        if self.dossier.authority is None:
            raise CaseError("no_authority", "no title or delegation is valid at this second")
        return self.dossier.authority


class AnswerForm(CommandForm):
    """An officer's answer: plate and act, or the ground of a rejection."""

    verdict = forms.ChoiceField(
        label=lazy("Your finding"), choices=_choices(labels.VERDICTS), widget=forms.RadioSelect
    )
    plate = TextField(
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
        label=lazy("Vehicle"), choices=_choices(labels.VEHICLE_CLASSES, blank=True), required=False
    )
    act = forms.ChoiceField(label=lazy("Act"), choices=_choices(labels.ACTS, blank=True), required=False)
    ground = forms.ChoiceField(
        label=lazy("Ground of the rejection"),
        choices=_choices(labels.REJECTION_GROUNDS, blank=True),
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
        elif plate and not given.get("unusual") and not kinds_of(plate, vehicle=vehicle):
            message = _(
                "No plate of this kind of vehicle is written like this. Look again, or tick the box below."
            )
            self.add_error("plate", message)

    def answer(self) -> c.Answer:
        given = self.cleaned_data
        if given["verdict"] == Verdict.REJECT:
            return c.Answer(Verdict.REJECT, ground=RejectionGround(given["ground"]))
        return c.Answer(Verdict.VIOLATION, normalise(given["plate"]), given["vehicle_class"], given["act"])


class ReviewForm(AnswerForm):
    def command(self) -> c.Command:
        return c.SubmitReview(self.answer())


class AdjudicateForm(AnswerForm):
    reason = TextField(label=lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def command(self) -> c.Command:
        return c.Adjudicate(self.answer(), self.cleaned_data["reason"])


class RejectForm(CommandForm):
    ground = forms.ChoiceField(
        label=lazy("Ground of the rejection"), choices=_choices(labels.REJECTION_GROUNDS, blank=True)
    )
    detail = TextField(label=lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def command(self) -> c.Command:
        return c.RejectEvidence(RejectionGround(self.cleaned_data["ground"]), self.cleaned_data["detail"])


class ReasonForm(CommandForm):
    """A command that needs nothing but its reason."""

    kind: ClassVar[type[c.PlaceHold | c.ReleaseHold]]
    reason = TextField(label=lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def command(self) -> c.Command:
        return self.kind(self.cleaned_data["reason"])


class HoldForm(ReasonForm):
    kind = c.PlaceHold


class ReleaseForm(ReasonForm):
    kind = c.ReleaseHold


class SignNoticeForm(CommandForm):
    appointment_at = MomentField(label=lazy("The owner is to come at"))

    def suggest(self) -> dict[str, Any]:
        day = local(clock.now()).replace(hour=8, minute=0, second=0, microsecond=0)
        day += timedelta(days=settings.PHATNGUOI_APPOINTMENT_DAYS)
        calendar = holidays.country_holidays("VN", years=(day.year, day.year + 1))
        while not calendar.is_working_day(day.date()):
            day += timedelta(days=1)
        return {"appointment_at": day}

    def command(self) -> c.Command:
        return c.SignNotice(self.authority(), self.cleaned_data["appointment_at"])


class SentForm(CommandForm):
    channel = forms.ChoiceField(label=lazy("Channel"), choices=_choices(labels.CHANNELS))
    receipt = TextField(label=lazy("Number of the receipt"), max_length=64)
    sent_at = PastField(label=lazy("Sent at"))

    def suggest(self) -> dict[str, Any]:
        return {"sent_at": clock.now()}

    def command(self) -> c.Command:
        given = self.cleaned_data
        return c.RecordNoticeSent(given["channel"], given["receipt"], given["sent_at"])


class DeliveryForm(CommandForm):
    outcome = forms.ChoiceField(label=lazy("Result"), choices=_choices(labels.DELIVERIES))
    receipt = TextField(label=lazy("Number of the receipt"), max_length=64)
    delivered_at = PastField(label=lazy("Time"))

    def suggest(self) -> dict[str, Any]:
        return {"delivered_at": clock.now()}

    def command(self) -> c.Command:
        given = self.cleaned_data
        return c.RecordDelivery(given["outcome"], given["receipt"], given["delivered_at"])


class ResolutionForm(CommandForm):
    appeared = forms.ChoiceField(label=lazy("Who came"), choices=_choices(labels.APPEARED))

    def command(self) -> c.Command:
        return c.OpenResolution(self.cleaned_data["appeared"])


class ViolatorForm(CommandForm):
    basis = forms.ChoiceField(label=lazy("Basis"), choices=_choices(labels.VIOLATOR_BASES))
    who = forms.ChoiceField(
        label=lazy("Violator"),
        choices=[("owner", lazy("The registered owner")), ("other", lazy("Another person"))],
        widget=forms.RadioSelect,
        initial="owner",
    )
    kind = forms.ChoiceField(label=lazy("Kind"), choices=_choices(labels.PERSON_KINDS))
    name = TextField(label=lazy("Name"), max_length=200, required=False)
    address = TextField(label=lazy("Address"), max_length=300, required=False)
    id_number = TextField(label=lazy("Identity number"), max_length=20, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("who") == "other":
            for name in ("name", "address", "id_number"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("This is due for another person than the owner."))
        return given

    def command(self) -> c.Command:
        given, owner = self.cleaned_data, self.dossier.state.owner
        if given["who"] == "owner" and owner:
            return c.IdentifyViolator(given["basis"], owner.owner, owner.owner_kind)
        person = Person(given["name"], given["address"], given["id_number"], given["kind"])
        return c.IdentifyViolator(given["basis"], remember(person), person.kind)


class RecordForm(CommandForm):
    signed = forms.BooleanField(label=lazy("The violator signed the record"), required=False)
    witness = TextField(
        label=lazy("Witness"),
        max_length=200,
        required=False,
        help_text=lazy("Due where the violator did not sign."),
    )

    def command(self) -> c.Command:
        return c.MakeRecord(self.cleaned_data["signed"], self.cleaned_data["witness"])


class DecisionForm(CommandForm):
    amount = DongField(label=lazy("Fine in đồng"))

    def suggest(self) -> dict[str, Any]:
        law = self.dossier.state.law
        return {"amount": middle(law)} if law else {}

    def command(self) -> c.Command:
        return c.SignDecision(self.authority(), self.cleaned_data["amount"])

    @property
    def bracket(self) -> tuple[int, int] | None:
        law = self.dossier.state.law
        return (law.fine_min, law.fine_max) if law else None


class ServiceForm(CommandForm):
    how = forms.ChoiceField(label=lazy("How it was served"), choices=_choices(labels.SERVICES))
    served_at = PastField(label=lazy("Served at"))

    def suggest(self) -> dict[str, Any]:
        return {"served_at": clock.now()}

    def command(self) -> c.Command:
        return c.RecordService(self.cleaned_data["how"], self.cleaned_data["served_at"])


class PaymentForm(CommandForm):
    transaction = TextField(label=lazy("Number of the receipt"), max_length=64)
    amount = DongField(label=lazy("Amount in đồng"), min_value=1)
    paid_at = PastField(label=lazy("Paid at"))

    def suggest(self) -> dict[str, Any]:
        decision = self.dossier.state.decision
        owed = max(decision.amount - self.dossier.state.paid, 0) if decision else 0
        return {"paid_at": clock.now(), **({"amount": owed} if owed else {})}

    def command(self) -> c.Command:
        given = self.cleaned_data
        return c.RecordPayment(given["transaction"], given["amount"], given["paid_at"])


class CloseForm(CommandForm):
    outcome = forms.ChoiceField(label=lazy("Result"), choices=_choices(labels.OUTCOMES))

    def command(self) -> c.Command:
        return c.Close(Outcome(self.cleaned_data["outcome"]))


class DismissForm(CommandForm):
    ground = forms.ChoiceField(label=lazy("Ground"), choices=_choices(labels.DISMISSAL_GROUNDS, blank=True))
    reason = TextField(label=lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def command(self) -> c.Command:
        return c.Dismiss(DismissalGround(self.cleaned_data["ground"]), self.cleaned_data["reason"])
