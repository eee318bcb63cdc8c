# ruff: noqa: INP001  # a tool beside its data; the program imports nothing here
"""Bring the Vietnamese catalogue up to date: `python config/locale/update.py` (needs the [dev] extra).

Reads every msgid of the portal and the command line, keeps the translations that stand in
`vi/LC_MESSAGES/django.po`, adds new ones as empty, drops the unused, and compiles the committed `.mo`.
English needs no catalogue: its msgids are the text.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
PO = Path(__file__).parent / "vi" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
KEYWORDS = {
    "_": None,
    "lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
STARTED = datetime(2026, 11, 22, tzinfo=UTC)  # no date of the day: the same texts give the same bytes
Message = str | tuple[str, ...]


def sources() -> Iterator[tuple[Path, bytes]]:
    """Python files of both packages, and templates in the form that Django gives to extractors."""
    for folder in ("portal", "config"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, path.read_bytes()
    for path in sorted((ROOT / "portal" / "templates").rglob("*.html")):
        # Words and calls, which are Python but for their indentation.
        lines = templatize(path.read_text(encoding="utf-8")).splitlines()
        yield path, "\n".join(line.lstrip() for line in lines).encode()


def wanted() -> Catalog:
    """The msgids that the program uses, with where it does."""
    catalog = Catalog(
        locale="vi",
        project="phat-nguoi",
        version="1",
        header_comment="# Vietnamese of the portal and the command line; see config/locale/update.py.",
        creation_date=STARTED,
        revision_date=STARTED,
        fuzzy=False,
    )
    for path, source in sources():
        for line, message, _comments, context in extract("python", io.BytesIO(source), KEYWORDS):
            place = (path.relative_to(ROOT).as_posix(), line if path.suffix == ".py" else 0)
            catalog.add(message, locations=[place], context=context)
    return catalog


def committed() -> Catalog:
    """The catalogue as it stands in the repository."""
    with PO.open("rb") as file:
        return read_po(file, locale="vi", domain="django")


def compiled(catalog: Catalog) -> bytes:
    """The `.mo` of a catalogue."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def missing(catalog: Catalog) -> list[Message]:
    """Used msgids that the catalogue does not translate."""
    gaps: list[Message] = []
    for message in wanted():
        if not message.id:
            continue
        found = catalog.get(message.id, message.context)
        if found is None or found.fuzzy or not found.string or not all(found.string):
            gaps.append(tuple(message.id) if isinstance(message.id, list) else message.id)
    return gaps


def main() -> int:
    """Update and compile; 1 where translations are missing."""
    new, old = wanted(), committed() if PO.exists() else Catalog(locale="vi")
    for message in new:
        found = old.get(message.id, message.context) if message.id else None
        if found is not None:
            message.string = found.string
    with PO.open("wb") as file:
        write_po(file, new, omit_header=False, sort_by_file=True, width=100, include_lineno=False)
    catalog = committed()
    MO.write_bytes(compiled(catalog))
    gaps = missing(catalog)
    sys.stderr.writelines(f"not translated: {gap!r}\n" for gap in gaps)
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main())
