"""`phatnguoi book`: a part of the book 05/73, in which citizens' data are entered."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from config.cli_base import fail, ready
from config.i18n import gettext as _

HELP = _("Print the book 05/73 of citizens' data for a period, as a PDF.")
Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"])]


def book(
    first: Day,
    last: Day,
    out: Annotated[Path, typer.Option(help=_("the file that is written"))] = Path("so-05-73.pdf"),
    givers: Annotated[bool, typer.Option(help=_("with the names of who gave the data"))] = False,
) -> None:
    ready()
    from notices.faults import NoticeFault
    from notices.forms.register import render_register
    from workflow import book as lines

    if last < first:
        fail(_("The period ends before it begins."))
    try:
        facts = lines.book(first.date(), last.date(), givers=givers)
        pdf = render_register(facts)
    except (lines.TooManyLinesError, NoticeFault) as error:
        fail(str(error))
    temporary = out.with_name(f".{out.name}.new")
    try:
        temporary.write_bytes(pdf)
        temporary.replace(out)
    except OSError as error:
        fail(str(error))
    typer.echo(_("{file}: {count} lines").format(file=out, count=len(facts.lines)))
