"""What time it is: one place, so that a demo can start in the past and a test can jump."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection


def now() -> datetime:
    """The time of this installation, aware UTC."""
    shift = settings.PHATNGUOI_CLOCK_FILE
    return datetime.now(UTC) + (_shift(Path(shift)) if shift else timedelta())


def drift() -> timedelta:
    """How far this machine's clock is ahead of the database's; nothing where that is a file of its own."""
    if connection.vendor != "postgresql":
        return timedelta()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        told: datetime = cursor.fetchone()[0]
    return datetime.now(UTC) - told


def _shift(path: Path) -> timedelta:
    """The shift in seconds that stands in the file; none where there is no file."""
    try:
        return timedelta(seconds=float(path.read_bytes()))
    except FileNotFoundError:
        return timedelta()


def set_shift(path: Path, shift: timedelta) -> None:
    """Move the clock of every process that reads this file. Atomic."""
    temporary = path.with_suffix(".new")
    temporary.write_text(str(shift.total_seconds()), encoding="ascii")
    temporary.replace(path)
