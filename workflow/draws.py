"""Chance that nobody can steer and everybody with the installation's key can check."""

from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

_SHARES = {"rejection": "PHATNGUOI_REJUDGE_SHARE", "known": "PHATNGUOI_KNOWN_SHARE"}


def number(purpose: str, subject: str) -> float:
    """A number in [0, 1) that follows from the purpose, the subject and the installation's secret key."""
    digest = salted_hmac(f"phatnguoi.draw.{purpose}", subject, algorithm="sha256").digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def draw(purpose: str, subject: str) -> dict[str, Any] | None:
    """The proof that the configured share takes this subject, or None where it does not."""
    share, drawn = float(getattr(settings, _SHARES[purpose])), number(purpose, subject)
    return {"share": share, "draw": drawn} if drawn < share else None
