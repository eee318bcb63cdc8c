"""The forms by which a fine is paid in parts, or no longer."""

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from portal.fields import CommandForm, TextField
from workflow import commands as c
from workflow.law.deadlines import VIETNAM

_LINE = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})\s+(\d[\d.]*)\s*đ?", re.ASCII)
_MOST = 60  # lines; more are a slip, not a plan


class PlanField(TextField):
    """A day and a sum on every line, as people write them here."""

    widget = forms.Textarea(attrs={"rows": 4, "placeholder": "15/12/2026 2.000.000"})

    def clean(self, value: Any) -> tuple[c.Instalment, ...]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > _MOST:
            raise ValidationError(_("So many instalments are no plan."))
        return tuple(_part(line) for line in lines)


def _part(line: str) -> c.Instalment:
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValidationError(_("This line is no day with a sum: %(line)s") % {"line": line})
    day, month, year, amount = (int(part.replace(".", "")) for part in found.groups())
    try:
        return c.Instalment(datetime.combine(date(year, month, day), time(23, 59, 59), VIETNAM), amount)
    except ValueError:
        raise ValidationError(_("This day does not exist: %(line)s") % {"line": line}) from None


class InstalmentsForm(CommandForm):
    parts = PlanField(
        label=lazy("Instalments"),
        max_length=3000,
        help_text=lazy("On every line a day and a sum; together all that is owed today."),
    )
    reason = TextField(label=lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    confirmed = forms.BooleanField(
        label=lazy("I have checked the provisions on instalments, which are unverified"), required=False
    )

    def command(self) -> c.Command:
        given = self.cleaned_data
        confirmed = self.dossier.actor.id if given["confirmed"] else ""
        return c.SetInstalments(self.authority(), given["reason"], given["parts"], confirmed)


class EndInstalmentsForm(CommandForm):
    reason = TextField(label=lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def command(self) -> c.Command:
        return c.SetInstalments(self.authority(), self.cleaned_data["reason"])
