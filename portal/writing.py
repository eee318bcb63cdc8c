"""How values are written on the pages: đồng, plates, times."""

from datetime import datetime

from django.utils.translation import gettext as _

from detection.plate_forms import proposed_repair
from detection.plate_text import UNKNOWN, display, kind_of, kinds_of
from workflow.law.deadlines import local


def dong(amount: int) -> str:
    """19000000 → `19.000.000 đ`."""
    return f"{amount:,}".replace(",", ".") + " đ"


def when(at: datetime | None) -> str:
    """A time on Vietnam's clock: `07:00:12, 25/10/2026`; seconds only where there are some."""
    if at is None:
        return ""
    here = local(at)
    return here.strftime("%H:%M:%S, %d/%m/%Y" if here.second else "%H:%M, %d/%m/%Y")


def instant(at: datetime) -> str:
    """A measured time with milliseconds: `07:00:12.340`."""
    return local(at).isoformat(timespec="milliseconds")[11:23]


def plate(text: str, vehicle: str = "") -> str:
    """A plate as people write it; `vehicle` (a camera class or `motorcycle`) settles doubtful ones."""
    hint = "motorbike" if vehicle == "motorcycle" else vehicle or None
    kind = kind_of(text, vehicle=hint)
    fitting = kinds_of(text, vehicle=hint)
    return display(text, fitting[0] if kind == UNKNOWN and fitting else kind)


def no_plate(told: str, text: str) -> str:
    """What is told of a text that is no plate; and which one it may stand for."""
    meant = proposed_repair(text)
    if meant is None:
        return told
    asked = _("Did you mean {plate}?").format(plate=plate(meant))
    return f"{told} {asked}"
