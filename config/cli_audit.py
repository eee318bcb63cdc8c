"""`phatnguoi audit`: proof that the log is what it was."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from config.cli_base import ready
from config.i18n import gettext as _

app = typer.Typer(no_args_is_help=True, help=_("Proof that the log was not touched."))


@app.command(
    "verify", help=_("Walk every case's chain and compare with the daily roots; name the first broken link.")
)
def verify(
    roots: Annotated[
        Path | None, typer.Option(help=_("a copy of the daily roots; default: audit/ at home"), exists=True)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("one JSON line per broken link"))] = False,
) -> None:
    ready()
    from workflow import audit

    whole = broken = 0
    for found in audit.verify(roots):
        if found is None:
            whole += 1
            continue
        broken += 1
        where = _("event {seq}").format(seq=found.seq) if found.seq else ""
        line = ": ".join(word for word in (found.reference, where, found.what) if word)
        typer.echo(json.dumps(asdict(found), ensure_ascii=False) if as_json else line, err=not as_json)
    typer.echo(_("{whole} chains whole, {broken} faults").format(whole=whole, broken=broken), err=as_json)
    raise typer.Exit(1 if broken else 0)
