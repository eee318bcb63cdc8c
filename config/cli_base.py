"""What the commands of `phatnguoi` share."""

import getpass
import os
import sys
from typing import NoReturn

import typer

from config.i18n import gettext as _


def ready() -> None:
    """Django, and an installation that is whole; else the command ends with what is missing."""
    from config import env, start

    try:
        start.start_django()
    except env.EnvError as error:
        fail(str(error))
    from config import setup
    from workflow.audit import TriggersMissingError

    try:
        setup.require_ready()
    except (setup.SetupError, TriggersMissingError) as error:
        fail(str(error))


def fail(message: str) -> NoReturn:
    """End with a message and status 2."""
    typer.echo(message, err=True)
    raise typer.Exit(2)


def password() -> str:
    """The first line of standard input; asked for, and not shown, where that is a terminal."""
    if sys.stdin.isatty():
        return getpass.getpass(_("Password: "))
    return sys.stdin.readline().strip()


def who() -> str:
    """Who gives the command: the account of the machine."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that nobody named
        name = str(os.getuid())
    return f"cli:{name}"[:64]
