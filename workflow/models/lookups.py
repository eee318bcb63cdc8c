"""The log of the citizens' look-up."""

from typing import ClassVar

from django.db import models


class LookupLog(models.Model):
    """That somebody looked a plate up; the address only as a keyed digest."""

    at = models.DateTimeField()
    client = models.CharField(max_length=64)
    plate = models.CharField(max_length=64, help_text="keyed digest")
    found = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["client", "at"], name="lookup_rate")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
