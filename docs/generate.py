"""Write the pages of docs/ that state what the code states elsewhere (`make docs`).

`python -m docs.generate --check` writes nothing and ends with 1 where a page is stale; a test runs it.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import typer
from typer.cli import get_docs_for_click

from docs import legal_sources
from workflow import commands as c
from workflow.case import TRANSITIONS, Place
from workflow.vocabulary import TERMINAL, Phase, State

DOCS = Path(__file__).resolve().parent
NOTE = "<!-- Written by `make docs`; do not edit. -->\n\n"

# Where a command can take a case. The places it starts from are the table's own.
LEADS_TO: dict[type[c.Command], tuple[Place, ...]] = {
    c.OpenFromDevice: ((State.COLLECTED, None),),
    c.OpenFromReport: ((State.COLLECTED, None),),
    c.OpenFromTransfer: ((State.COLLECTED, None),),
    c.Extract: ((State.EXTRACTED, None),),
    c.SubmitReview: ((State.REVIEWED, None), (State.REJECTED, None)),
    c.Adjudicate: ((State.REVIEWED, None), (State.REJECTED, None)),
    c.Rejudge: ((State.EXTRACTED, None),),
    c.RejectEvidence: ((State.REJECTED, None),),
    c.FileCase: ((State.FILED, None),),
    c.RecordNoticeSent: ((State.NOTIFIED, None),),
    c.RedetermineOwner: ((State.REVIEWED, None),),
    c.OpenResolution: ((State.RESOLVING, Phase.SUMMONED),),
    c.RecordDriverClaim: ((State.RESOLVING, Phase.SUMMONED),),
    c.IdentifyViolator: ((State.RESOLVING, Phase.SUMMONED),),
    c.MakeRecord: ((State.RESOLVING, Phase.RECORDED),),
    c.SignDecision: ((State.RESOLVING, Phase.DECIDED),),
    c.Close: ((State.CLOSED, None),),
    c.TransferOut: ((State.TRANSFERRED, None),),
    c.RecordReturn: ((State.REVIEWED, None),),
    c.RecordTransferResult: ((State.CLOSED, None), (State.DISMISSED, None), (State.EXPIRED, None)),
    c.LodgeComplaint: ((State.RESOLVING, Phase.DECIDED),),
    c.RuleOnComplaint: ((State.DISMISSED, None), (State.RESOLVING, Phase.RECORDED)),
    c.RecordEvasion: (
        (State.COLLECTED, None),
        (State.EXTRACTED, None),
        (State.REVIEWED, None),
        (State.RESOLVING, Phase.SUMMONED),
        (State.TRANSFERRED, None),
    ),
    c.Dismiss: ((State.DISMISSED, None),),
    c.ElapseDeadline: ((State.EXPIRED, None),),
}
_OPENINGS = ("OpenFromDevice", "OpenFromReport", "OpenFromTransfer")
# From which places a command leads there: an elapsed bar ends only what is not decided, a claim moves only a
# case in which nobody came yet, a complaint reopens only what was closed, evasion only what expired, and only
# where a decision was revoked another one may follow.
STARTS: dict[type[c.Command], Callable[[Place, Place], bool]] = {
    c.ElapseDeadline: lambda start, _end: start[1] is not Phase.DECIDED and start[0] not in TERMINAL,
    c.RecordDriverClaim: lambda start, _end: start[0] is State.NOTIFIED,
    c.IdentifyViolator: lambda start, _end: start[0] is State.NOTIFIED,
    c.LodgeComplaint: lambda start, _end: start[0] is State.CLOSED,
    c.RuleOnComplaint: lambda start, end: (
        start[1] is Phase.DECIDED
        if end[0] is State.RESOLVING
        else start[0] in {State.NOTIFIED, State.RESOLVING}
    ),
    c.RecordEvasion: lambda start, _end: start[0] is State.EXPIRED,
}


def commands() -> str:
    """The command line, from the typer application itself."""
    os.environ["PHATNGUOI_LANGUAGE"] = "en"  # read when the command line is imported
    from config import cli

    command = typer.main.get_command(cli.app)
    context = typer.Context(command, info_name="phatnguoi")
    page = get_docs_for_click(obj=command, ctx=context, name="phatnguoi", title="Command line")
    return NOTE + page.strip() + "\n"


def settings() -> str:
    """The environment variables, from the table that reads them."""
    from config import env

    rows = "".join(
        f"| `{each.name}` | {f'`{each.default}`' if each.default else ''} | {each.meaning} |\n"
        for each in env.TABLE
    )
    return (
        f"{NOTE}# Settings\n\n"
        "All settings are environment variables. They are read once at start; a value that cannot be, or a\n"
        "`PHATNGUOI_` name that is not in this table, ends the start with an error that names it.\n\n"
        f"| variable | default | meaning |\n|---|---|---|\n{rows}"
    )


def _name(place: Place) -> str:
    state, phase = place
    return f"{state}_{phase}" if phase else str(state)


def _names(places: tuple[Place, ...]) -> str:
    return ", ".join(_name(place) for place in sorted(places, key=_order))


def _order(place: Place) -> tuple[int, int]:
    """The order in which the vocabulary names them; a set's own differs from run to run."""
    state, phase = place
    return list(State).index(state), list(Phase).index(phase) if phase else 0


def case() -> str:
    """The states and commands of a case, from the table that decides what is legal."""
    moves = [
        f"    {_name(start)} --> {_name(end)}: {command.__name__}\n"
        for command, ends in LEADS_TO.items()
        for start in TRANSITIONS[command].places
        for end in ends
        if command not in STARTS or STARTS[command](start, end)
    ]
    opened = "".join(f"    [*] --> {State.COLLECTED}: {name}\n" for name in _OPENINGS)
    rows = [
        f"| `{name.__name__}` | {_names(row.places) or '(no case yet)'} | {', '.join(sorted(row.roles))} |\n"
        for name, row in TRANSITIONS.items()
    ]
    return (
        f"{NOTE}# The case\n\n"
        f"```mermaid\nstateDiagram-v2\n{opened}{''.join(moves)}```\n\n"
        "## Who may do what, where\n\n"
        f"| command | in | by |\n|---|---|---|\n{''.join(rows)}"
    )


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": commands,
    "settings.md": settings,
    "case.md": case,
    "legal-sources.md": legal_sources.page,
}


def main(*, check: bool) -> int:
    """Write every page, or only name the stale ones; the exit status."""
    stale = False
    for name, render in PAGES.items():
        path, text = DOCS / name, render()
        if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            sys.stdout.write(f"docs/{name} is stale: make docs\n")
            stale = True
        if not check:
            path.write_text(text, encoding="utf-8")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
