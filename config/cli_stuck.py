"""`phatnguoi quarantine`: what waits for a person, with its reason, and the person's answer."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from config.cli_base import fail, ready, who
from config.i18n import gettext as _

app = typer.Typer(no_args_is_help=True, help=_("What could not be taken or finished, with its reason."))

Kind = Annotated[str, typer.Option(help=_("only this kind: package, task, unknown_outcome, payment, …"))]
Code = Annotated[str, typer.Option(help=_("only this reason: exhausted, unmatched, …"))]
AsJson = Annotated[bool, typer.Option("--json", help=_("one JSON line per entry"))]
Reason = Annotated[str, typer.Option(help=_("why; kept with the entry"))]
Entries = Annotated[list[int] | None, typer.Argument(help=_("numbers of entries"))]
AllOf = Annotated[str, typer.Option(help=_("every open entry with this reason instead of numbers"))]


@app.command("list", help=_("Open entries, the oldest first."))
def list_entries(kind: Kind = "", code: Code = "", as_json: AsJson = False) -> None:
    ready()
    from workflow import stuck

    for entry in stuck.entries(kind, code):
        words = (str(entry.id), entry.kind, entry.code, _age(entry.age), entry.case, entry.task, entry.detail)
        typer.echo(_json(entry) if as_json else "\t".join(words))


@app.command("count", help=_("How many entries are open, by kind and reason, and since when."))
def count(as_json: AsJson = False) -> None:
    ready()
    from workflow import stuck

    for tally in stuck.counts():
        words = (tally.kind, tally.code, str(tally.entries), f"{tally.oldest:%Y-%m-%d %H:%M}")
        typer.echo(_json(tally) if as_json else "\t".join(words))


@app.command("missed", help=_("Deadlines that passed on open cases and still wait for the act."))
def missed(as_json: AsJson = False) -> None:
    ready()
    from workflow import stuck

    for late in stuck.missed_deadlines():
        words = (late.case, late.state, late.clock, f"{late.due_at:%Y-%m-%d %H:%M}", _age(late.age))
        typer.echo(_json(late) if as_json else "\t".join(words))


@app.command("show", help=_("One entry, whole."))
def show(entry: int, as_json: AsJson = False) -> None:
    ready()
    from workflow.models import Quarantine

    row = Quarantine.objects.filter(pk=entry).values().first()
    if row is None:
        fail(_("there is no quarantine entry {entry}").format(entry=entry))
    if as_json:
        typer.echo(json.dumps(row, ensure_ascii=False, default=_plain))
        return
    for key, value in row.items():
        typer.echo(f"{key}: {value}")


@app.command("release", help=_("Try again, after the cause was mended."))
def release(reason: Reason, entries: Entries = None, all_of: AllOf = "") -> None:
    _resolve(entries or [], all_of, "released", reason)


@app.command("refuse", help=_("End it here; it stays counted with its reason."))
def refuse(reason: Reason, entries: Entries = None, all_of: AllOf = "") -> None:
    _resolve(entries or [], all_of, "refused", reason)


def _resolve(entries: list[int], all_of: str, resolution: str, reason: str) -> None:
    """Each for itself: one that cannot be resolved keeps no other waiting."""
    ready()
    from workflow import quarantine, stuck
    from workflow.files import StoreError

    if bool(entries) == bool(all_of):
        fail(_("name entries, or one reason with --all-of"))
    failed = False
    for entry in entries or [found.id for found in stuck.entries(code=all_of)]:
        try:
            became = stuck.resolve(entry, resolution, who(), reason)
        except (quarantine.QuarantineError, StoreError, OSError) as error:
            failed = True
            typer.echo(f"{entry}: {error}", err=True)
            continue
        failed |= became == "quarantined"
        typer.echo(f"{entry}: {_BECAME[became]}")
    raise typer.Exit(1 if failed else 0)


_BECAME = {
    "released": _("released"),
    "refused": _("refused"),
    "opened": _("cases opened"),
    "duplicate": _("already known"),
    "quarantined": _("quarantined"),
}


def _age(age: timedelta) -> str:
    hours, rest = divmod(age.seconds, 3600)
    return f"{age.days}d {hours:02d}:{rest // 60:02d}"


def _json(row: Any) -> str:
    return json.dumps(asdict(row), ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
