"""The forms from the hold to the end of a case, the same for the page and the API."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from portal import labels, words
from portal.dossier import Dossier
from portal.fields import CommandForm, DongField, MomentField, PastField, TextField, choices
from workflow import clock
from workflow import commands as c
from workflow.acts import acts_of
from workflow.case import CaseState
from workflow.law import working_days
from workflow.law.amounts import Amount, proposed
from workflow.law.deadlines import local
from workflow.law.rows import ViolatorKind
from workflow.noticing import is_organisation
from workflow.owners import Person, remember
from workflow.vocabulary import DismissalGround, Outcome
from workflow.words import Delivered, Licence, Paper, Source, ViolatorBasis


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
    """The second office is row 17 of form 01/73; form 06, for what people reported, has no such row."""

    appointment_at = MomentField(label=lazy("The owner is to come at"))
    second_office = TextField(
        label=lazy("Other office where the owner may come instead"),
        max_length=200,
        required=False,
        help_text=lazy("Commune police, team or station of the residence; empty for none."),
    )
    second_address = TextField(label=lazy("Address of the other office"), max_length=300, required=False)

    def __init__(self, dossier: Dossier, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(dossier, data, **options)
        if dossier.state.source is Source.REPORT:
            del self.fields["second_office"], self.fields["second_address"]

    def suggest(self) -> dict[str, Any]:
        day = local(clock.now()).replace(hour=8, minute=0, second=0, microsecond=0)
        day += timedelta(days=settings.PHATNGUOI_APPOINTMENT_DAYS)
        while not working_days.is_working(day.date()):
            day += timedelta(days=1)
        return {"appointment_at": day}

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        office, address = given.get("second_office"), given.get("second_address")
        if bool(office) != bool(address):
            self.add_error("second_address" if office else "second_office", _("Name and address are due."))
        return given

    def command(self) -> c.Command:
        given = self.cleaned_data
        office, address = given.get("second_office", ""), given.get("second_address", "")
        return c.SignNotice(self.authority(), given["appointment_at"], office, address)


class SentForm(CommandForm):
    """A paper has left."""

    kind: ClassVar[type[c.RecordNoticeSent | c.RecordDecisionSent]] = c.RecordNoticeSent
    channel = forms.ChoiceField(label=lazy("Channel"), choices=choices(labels.CHANNELS))
    receipt = TextField(label=lazy("Number of the receipt"), max_length=64)
    sent_at = PastField(label=lazy("Sent at"))

    @property
    def since(self) -> datetime:
        notice = self.dossier.state.notice
        return notice.numbered_at if notice else super().since

    def suggest(self) -> dict[str, Any]:
        return {"sent_at": clock.now()}

    def command(self) -> c.Command:
        given = self.cleaned_data
        return self.kind(given["channel"], given["receipt"], given["sent_at"])


class DeliveryForm(CommandForm):
    outcome = forms.ChoiceField(label=lazy("Result"), choices=choices(words.DELIVERIES))
    paper = forms.ChoiceField(label=lazy("Paper"), choices=choices(words.PAPERS), initial=Paper.NOTICE)
    receipt = TextField(label=lazy("Number of the receipt"), max_length=64)
    delivered_at = PastField(label=lazy("Time"))

    def suggest(self) -> dict[str, Any]:
        return {"delivered_at": clock.now()}

    def clean(self) -> dict[str, Any]:
        """Nothing arrives before the day on which the paper left; the post's clock is not ours."""
        given = super().clean()
        left = [local(i.sent_at).date() for i in self.dossier.state.papers if i.paper == given.get("paper")]
        told = given.get("delivered_at")
        if told and left and local(told).date() < min(left):
            self.add_error("delivered_at", _("The paper had not left yet then."))
        return given

    def command(self) -> c.Command:
        given = self.cleaned_data
        outcome, paper = Delivered(given["outcome"]), Paper(given["paper"])
        return c.RecordDelivery(outcome, given["receipt"], given["delivered_at"], paper)


class ResolutionForm(CommandForm):
    appeared = forms.ChoiceField(label=lazy("Who came"), choices=choices(labels.APPEARED))

    def command(self) -> c.Command:
        return c.OpenResolution(self.cleaned_data["appeared"])


class ViolatorForm(CommandForm):
    basis = forms.ChoiceField(label=lazy("Basis"), choices=choices(words.VIOLATOR_BASES))
    who = forms.ChoiceField(
        label=lazy("Violator"),
        choices=[("owner", lazy("The registered owner")), ("other", lazy("Another person"))],
        widget=forms.RadioSelect,
        initial="owner",
    )
    kind = forms.ChoiceField(label=lazy("Kind"), choices=choices(words.PERSON_KINDS))
    name = TextField(label=lazy("Name"), max_length=200, required=False)
    address = TextField(label=lazy("Address"), max_length=300, required=False)
    id_number = TextField(label=lazy("Identity number"), max_length=20, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("who") == "other":
            for name in ("name", "address", "id_number"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("This is due for another person than the owner."))
        return given

    def command(self) -> c.Command:
        given, owner = self.cleaned_data, self.dossier.state.owner
        basis = ViolatorBasis(given["basis"])
        if given["who"] == "owner" and owner:
            return c.IdentifyViolator(basis, owner.owner, ViolatorKind(owner.owner_kind))
        person = Person(given["name"], given["address"], given["id_number"], given["kind"])
        return c.IdentifyViolator(basis, remember(person), ViolatorKind(given["kind"]))


class RecordForm(CommandForm):
    signed = forms.BooleanField(label=lazy("The violator signed the record"), required=False)
    witness = TextField(
        label=lazy("Witness"),
        max_length=200,
        required=False,
        help_text=lazy("Due where the violator did not sign."),
    )

    representative = TextField(
        label=lazy("Who stands for the organisation"),
        max_length=200,
        required=False,
        help_text=lazy("Name and position, as they stand in the record."),
    )

    licence = forms.ChoiceField(
        label=lazy("Driving licence"), choices=choices(words.LICENCES), required=False
    )

    excess_persons = forms.IntegerField(label=lazy("Persons in excess"), min_value=1, max_value=500)
    excess_percent = forms.IntegerField(
        label=lazy("In per cent of what the vehicle may carry, rounded up"), min_value=1, max_value=10_000
    )

    def __init__(self, dossier: Dossier, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(dossier, data, **options)
        if dossier.state.law is None or not dossier.state.law.per_person:
            del self.fields["excess_persons"], self.fields["excess_percent"]
        if not is_organisation(dossier.state.violator_kind):
            del self.fields["representative"]

    def command(self) -> c.Command:
        given = self.cleaned_data
        name = given.get("representative", "")
        return c.MakeRecord(
            given["signed"],
            given["witness"],
            licence=Licence(given["licence"]),
            excess_persons=given.get("excess_persons", 0),
            excess_percent=given.get("excess_percent", 0),
            representative=remember(Person(name, "", "", ViolatorKind.PERSON)) if name else "",
        )


def _circumstances(text: str) -> tuple[str, ...]:
    """Circumstances as written, one after the other, with semicolons between."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


class DecisionForm(CommandForm):
    amount = DongField(label=lazy("Fine in đồng"), required=False, help_text=lazy("Empty for a warning."))
    mitigating = TextField(label=lazy("Mitigating circumstances"), max_length=300, required=False)
    aggravating = TextField(label=lazy("Aggravating circumstances"), max_length=300, required=False)
    confirmed = forms.BooleanField(
        label=lazy("I have checked the provisions that are marked unverified"), required=False
    )

    def __init__(self, dossier: Dossier, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        """One more amount for each other act of the handling."""
        acts = acts_of(dossier.case, dossier.state) if dossier.state.handling else ()
        self.others = {act.case.reference: act.state for act in acts if act.case.pk != dossier.case.pk}
        super().__init__(dossier, data, **options)
        for reference, state in self.others.items():
            label = format_lazy("{} – {}", self.fields["amount"].label, reference)
            words = state.law.provision if state.law else ""
            self.fields[self._field(reference)] = DongField(label=label, required=False, help_text=words)
        if self.others:
            names = ["amount", *(self._field(reference) for reference in self.others)]
            self.order_fields([*names, "mitigating", "aggravating", "confirmed"])

    @staticmethod
    def _field(reference: str) -> str:
        return f"amount_{reference}"

    def suggest(self) -> dict[str, Any]:
        fines = {"amount": self.dossier.state}
        fines |= {self._field(reference): state for reference, state in self.others.items()}
        found = {name: self._amount(state) for name, state in fines.items()}
        return {name: amount.proposed for name, amount in found.items() if amount}

    def _amount(self, state: CaseState) -> Amount | None:
        if state.law is None:
            return None
        kind = ViolatorKind(state.violator_kind or ViolatorKind.PERSON)
        return proposed(state.law, kind, day=local(clock.now()).date(), persons=state.excess)

    def command(self) -> c.Command:
        given = self.cleaned_data
        return c.SignDecision(
            self.authority(),
            given["amount"],
            confirmed_by=self.dossier.actor.id if given["confirmed"] else "",
            mitigating=_circumstances(given["mitigating"]),
            aggravating=_circumstances(given["aggravating"]),
            others=tuple((reference, given[self._field(reference)]) for reference in self.others),
        )

    @property
    def bracket(self) -> tuple[int, int] | None:
        amount = self._amount(self.dossier.state)
        if amount is None or amount.bracket_min is None or amount.bracket_max is None:
            return None
        return amount.bracket_min, amount.bracket_max


class ServiceForm(CommandForm):
    how = forms.ChoiceField(label=lazy("How it was served"), choices=choices(labels.SERVICES))
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
        owed = self.dossier.state.owed
        return {"paid_at": clock.now(), **({"amount": owed} if owed else {})}

    def command(self) -> c.Command:
        given = self.cleaned_data
        return c.RecordPayment(given["transaction"], given["amount"], given["paid_at"])


class CloseForm(CommandForm):
    outcome = forms.ChoiceField(label=lazy("Result"), choices=choices(labels.OUTCOMES))
    basis = TextField(label=lazy("Basis"), max_length=300, required=False)

    def command(self) -> c.Command:
        return c.Close(Outcome(self.cleaned_data["outcome"]), self.cleaned_data["basis"])


class DismissForm(CommandForm):
    ground = forms.ChoiceField(label=lazy("Ground"), choices=choices(labels.DISMISSAL_GROUNDS, blank=True))
    reason = TextField(label=lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def command(self) -> c.Command:
        return c.Dismiss(DismissalGround(self.cleaned_data["ground"]), self.cleaned_data["reason"])
