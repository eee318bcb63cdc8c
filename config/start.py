"""The first steps of every command of the centre: a home folder with its secret, then Django."""

import os
import secrets
from pathlib import Path

import django

from config import env

_FOLDERS = (
    "keys",
    "trust/devices",
    "trust/signers",
    "trust/notices",
    "trust/tsa",
    "trust/crls",
    "spool",
    "files",
    "registry",
    "post",
    "treasury",
)


def prepare_home() -> Path:
    """Make the home folder of an empty installation, with Django's secret, before settings are read."""
    home = env.read().home
    if not home.exists():  # else whoever made it says who may look into it
        home.parent.mkdir(parents=True, exist_ok=True)
        home.mkdir(mode=0o700)
    for name in _FOLDERS:
        (home / name).mkdir(parents=True, exist_ok=True)
    (home / "keys").chmod(0o700)
    make_secret(home / "keys" / "secret.key", 50)
    return home


def make_secret(file: Path, length: int) -> None:
    """Write a random secret of so many bytes, readable by us alone; one that stands there is kept.

    It appears whole or not at all: a run may be killed, and a disk be full.
    """
    if file.exists() and file.stat().st_size:
        return
    temporary = file.with_name(f".{file.name}.new")
    temporary.touch(mode=0o600)
    temporary.write_text(secrets.token_urlsafe(length), encoding="ascii")
    temporary.replace(file)


def start_django() -> None:
    """Settings, apps, database; models can be imported afterwards.

    Raises:
        EnvError: a variable that the installation cannot start with.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
