"""Messages of the command line: Vietnamese first, from the same catalogue as the pages; no Django needed."""

import gettext as _gettext
import os
from pathlib import Path

_LANGUAGE = os.environ.get("PHATNGUOI_LANGUAGE") or "vi"
_catalogue = _gettext.translation(
    "django", Path(__file__).parent / "locale", languages=[_LANGUAGE], fallback=True
)


def gettext(message: str) -> str:
    """The message in the language of this process."""
    return _catalogue.gettext(message)
