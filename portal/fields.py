"""Fields that officers fill in, and the form that makes a command of them.

A form checks the shape; whether the law allows the command is decided by `workflow.case` alone.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from notices.letters import unprintable
from portal import labels
from portal.dossier import Dossier
from workflow import clock
from workflow import commands as c
from workflow.case import CaseError
from workflow.law.deadlines import local

_SHOWN = "%H:%M, %d/%m/%Y"
_MINUTES = "%Y-%m-%dT%H:%M"
# A year outside is a slip, and far outside no time of Vietnam can be reckoned with.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
MOST_DONG = 10**12  # far above any fine; more is a slip
_NAMED = 5  # of the letters that cannot be printed


def choices(table: Mapping[Any, labels.Label], *, blank: bool = False) -> list[tuple[str, labels.Label]]:
    chosen: list[tuple[str, labels.Label]] = [(str(key), label) for key, label in table.items()]
    return [("", lazy("— choose —")), *chosen] if blank else chosen


class TextField(forms.CharField):
    """Text in NFC with plain line ends: what two persons send must be equal.

    It may come on a paper, which takes its number before it is printed: what cannot be printed is refused.
    """

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        plain = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
        shown = "".join(letter for letter in plain if letter != "\n" and not _dropped(letter))
        if lacking := unprintable(shown):
            names = ", ".join(lacking[:_NAMED])
            message = _("No paper can print %(letters)s. Please write it in Latin letters.")
            raise ValidationError(message % {"letters": names})
        return plain


def _dropped(letter: str) -> bool:
    """Whether a letter cannot be seen, such as a mark of direction; papers leave it out."""
    return unicodedata.category(letter) == "Cf"


class MomentField(forms.DateTimeField):
    """A time of Vietnam to the minute, entered with the browser's own control."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTES)

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        if value and not FIRST_DAY.year <= value.year <= LAST_DAY.year:
            raise ValidationError(_("Look at the year again."))


class PastField(MomentField):
    """When something happened: not later than now, nor before `CommandForm.since`."""

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        if value and value > clock.now():
            raise ValidationError(_("This time lies in the future."))


class DongField(forms.IntegerField):
    """Whole đồng; dots between the thousands are allowed."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, **options: Any) -> None:
        super().__init__(max_value=MOST_DONG, **options)

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

    @property
    def since(self) -> datetime:
        """Before it nothing can have happened that the form tells of: the act."""
        return self.dossier.case.recorded_at

    def clean(self) -> dict[str, Any]:
        """Times of the past are compared with the case; people write no seconds."""
        given = super().clean() or {}
        earliest = self.since.replace(second=0, microsecond=0)
        for name, field in self.fields.items():
            told = given.get(name)
            if isinstance(field, PastField) and told and told < earliest:
                message = _("This is earlier than the case allows: %(earliest)s.")
                self.add_error(name, message % {"earliest": local(earliest).strftime(_SHOWN)})
        return given

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
            known = dict(getattr(field.field, "choices", ()))
            yield field.label, str(known.get(value, value))

    def authority(self) -> c.Authority:
        if self.dossier.authority is None:
            raise CaseError("no_authority", "no title or delegation is valid at this second")
        return self.dossier.authority
