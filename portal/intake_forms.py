"""What a clerk enters of data that people or other units sent in (register 05/73, form 03/73)."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from notices.facts import MAX_PHOTO_BYTES
from portal import labels, words
from portal.fields import PastField, TextField, choices
from workflow import commands as c
from workflow.sealing import Giver, Told

MOST: Final = 8  # pictures of one act


class PicturesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """One to eight JPEG files; what they hold is looked at when they are sealed."""

    widget = PicturesInput(attrs={"accept": "image/jpeg"})

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        files = [file for file in data or [] if isinstance(file, UploadedFile)]
        if not files:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > MOST or any((file.size or 0) > MAX_PHOTO_BYTES for file in files):
            raise ValidationError(_("At most 8 pictures of 16 MB each."))
        return [super(PicturesField, self).clean(file, initial).read() for file in files]


class ToldForm(forms.Form):
    """What is said of the pictures."""

    pictures = PicturesField(label=lazy("Pictures (JPEG)"))
    recorded_at = PastField(label=lazy("Time of the act"))
    site = TextField(label=lazy("Place"), max_length=300)
    act = forms.ChoiceField(label=lazy("Act"), choices=choices(labels.ACTS))
    vehicle_class = forms.ChoiceField(label=lazy("Vehicle"), choices=choices(labels.VEHICLE_CLASSES))

    @property
    def told(self) -> Told:
        given = self.cleaned_data
        return Told(given["site"], given["recorded_at"], given["vehicle_class"])

    def act_of(self, package_id: str, digest: str) -> tuple[str, str, str, datetime, str, str]:
        """What every opening says first: the package and its digest, place, time, act and vehicle."""
        given = self.cleaned_data
        place, at = given["site"], given["recorded_at"]
        return package_id, digest, place, at, given["act"], given["vehicle_class"]

    @property
    def giver(self) -> Giver | None:
        return None

    def opening(self, package_id: str, digest: str) -> c.Opening:
        raise NotImplementedError


class ReportForm(ToldForm):
    """NĐ 61/2026 Art 16 and 20: the giver is named and kept apart, or the evidence is concrete."""

    channel = forms.ChoiceField(label=lazy("Channel"), choices=choices(words.REPORT_CHANNELS))
    name = TextField(label=lazy("Name of the giver"), max_length=200, required=False)
    address = TextField(label=lazy("Address"), max_length=300, required=False)
    contact = TextField(label=lazy("Telephone or e-mail"), max_length=200, required=False)
    answer_wanted = forms.BooleanField(label=lazy("The giver asks for the result"), required=False)
    concrete = forms.BooleanField(label=lazy("Without a name: the evidence is concrete"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        whole = all(given.get(name) for name in ("name", "address", "contact"))
        if given.get("name") and not whole:
            self.add_error("contact", _("Name, address and contact of the giver are due."))
        if given.get("answer_wanted") and not whole:
            self.add_error("answer_wanted", _("Nobody can be answered without name and contact."))
        return given

    @property
    def giver(self) -> Giver | None:
        given = self.cleaned_data
        return Giver(given["name"], given["address"], given["contact"]) if given["name"] else None

    def opening(self, package_id: str, digest: str) -> c.Opening:
        given = self.cleaned_data
        return c.OpenFromReport(
            *self.act_of(package_id, digest),
            given["channel"],
            anonymous=not given["name"],
            concrete=given["concrete"],
            answer_wanted=given["answer_wanted"],
        )


class TransferInForm(ToldForm):
    """Results handed over by another unit with form 03/73."""

    unit = TextField(label=lazy("Unit that hands over"), max_length=200)
    number = TextField(label=lazy("Number of its form 03/73"), max_length=64)
    received_at = PastField(label=lazy("Received at"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        recorded, received = given.get("recorded_at"), given.get("received_at")
        if recorded and received and recorded > received:
            self.add_error("received_at", _("It was received before the act."))
        return given

    def opening(self, package_id: str, digest: str) -> c.Opening:
        given = self.cleaned_data
        return c.OpenFromTransfer(
            *self.act_of(package_id, digest),
            given["unit"],
            given["number"],
            given["received_at"],
        )
