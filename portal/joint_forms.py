"""The forms by which several acts of one violator are handled together, or apart again."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from portal.dossier import Dossier
from portal.fields import CommandForm, TextField
from portal.writing import when
from workflow import commands as c
from workflow.acts import joinable


class JoinForm(CommandForm):
    """Other cases of the violator: those of the same vehicle to choose from, any others by reference."""

    found = forms.MultipleChoiceField(
        label=lazy("Cases of the same vehicle and violator"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    others = TextField(
        label=lazy("References of other cases"),
        max_length=300,
        required=False,
        help_text=lazy("With spaces between them."),
    )

    def __init__(self, dossier: Dossier, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(dossier, data, **options)
        rows = joinable(dossier.case, dossier.state)
        choices = [(row.reference, f"{row.reference}, {when(row.recorded_at)}, {row.site}") for row in rows]
        field = self.fields["found"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = choices
        if not choices:
            del self.fields["found"]

    def command(self) -> c.Command:
        given, own = self.cleaned_data, self.dossier.case.reference
        typed = given["others"].upper().replace(",", " ").split()
        together = [*(self.dossier.state.handling or (own,)), *given.get("found", []), *typed]
        return c.JoinActs(tuple(dict.fromkeys(together)))


class PartForm(CommandForm):
    reason = TextField(label=lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def command(self) -> c.Command:
        return c.PartAct(self.cleaned_data["reason"])
