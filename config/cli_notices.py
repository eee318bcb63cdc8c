"""`phatnguoi notices`: letters on paper."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config.cli_base import fail, ready, who
from config.i18n import gettext as _

if TYPE_CHECKING:
    from workers.printing import Printed

app = typer.Typer(no_args_is_help=True, help=_("Letters on paper."))


@app.callback()
def _group() -> None:
    """A group of commands, though it has one: its name stays in the line."""


@app.command(
    "print", help=_("Print letters: one file per destination, in postal order, with a list and a count.")
)
def print_letters(
    due: Annotated[bool, typer.Option("--due", help=_("every letter that was not printed yet"))] = False,
    again: Annotated[
        list[str] | None,
        typer.Option(help=_("a copy of this letter: post number, number of the paper, or case")),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help=_("folder for the batches; default: print/ at home"), file_okay=False)
    ] = None,
) -> None:
    if due == bool(again):
        fail(_("say --due, or --again with a letter"))
    ready()
    from django.conf import settings

    from workers import printing
    from workflow.letters import LetterError, SeveralCasesError

    folder = (out or Path(settings.PHATNGUOI_HOME) / "print").resolve()
    length = printing.waiting() if due else len(again or ())
    try:
        with typer.progressbar(length=length, file=sys.stderr, label=_("letters")) as bar:
            printed = (
                printing.print_due(folder, who(), bar.update)
                if due
                else printing.print_again(again or [], folder, who(), bar.update)
            )
    except SeveralCasesError as error:
        told = _("{name} is on letters of several cases; say the case or the post number instead: {cases}")
        fail(told.format(name=error, cases=", ".join(error.cases)))
    except LetterError as error:
        fail(_("no printed letter fits {name}").format(name=error))
    except printing.PostPrintsError:
        fail(_("the post takes letters as files and prints them itself"))
    except printing.StoppedError as error:
        _tell(error.printed)
        fail(_("stopped: {reason}; run it again when that is mended").format(reason=error))
    except printing.LetterGoneError as error:
        fail(_("stopped: {reason}; run it again when that is mended").format(reason=error))
    if not printed:
        typer.echo(_("nothing is due"))
    _tell(printed)


def _tell(printed: "list[Printed]") -> None:
    for batch in printed:
        typer.echo(
            _("{letters} letters in {files} files: {folder}").format(
                letters=batch.letters, files=batch.files, folder=batch.folder
            )
        )
