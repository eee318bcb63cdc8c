"""Write the pages of docs/ that state what the code states elsewhere (`make docs`).

A test compares them with what is committed, so a stale page fails `make check`.
"""

from collections.abc import Callable
from pathlib import Path

import typer
from typer.cli import get_docs_for_click

from config import cli, env

DOCS = Path(__file__).resolve().parent
NOTE = "<!-- Written by `make docs`; do not edit. -->\n\n"


def commands() -> str:
    """The command line, from the typer application itself."""
    command = typer.main.get_command(cli.app)
    context = typer.Context(command, info_name="phatnguoi")
    page = get_docs_for_click(obj=command, ctx=context, name="phatnguoi", title="Command line")
    return NOTE + page.strip() + "\n"


def settings() -> str:
    """The environment variables, from the table that reads them."""
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


PAGES: dict[str, Callable[[], str]] = {"cli.md": commands, "settings.md": settings}


def main() -> None:
    """Write every page."""
    for name, render in PAGES.items():
        (DOCS / name).write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
