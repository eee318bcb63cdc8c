"""What the treasury says was paid."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from workflow.models.cases import Case


class ReceivedPayment(models.Model):
    """A line of the treasury's file; unique by its transaction, so never paid twice."""

    transaction = models.CharField(max_length=64, primary_key=True)
    decision_number = models.CharField(max_length=40)
    decision_date = models.DateField(null=True, help_text="in Vietnam, where the treasury tells it")
    amount = models.PositiveBigIntegerField()
    paid_at = models.DateTimeField()
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="receipts")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["decision_number"], name="money_unmatched", condition=Q(case__isnull=True))
        ]

    def __str__(self) -> str:
        return self.transaction


class Statement(models.Model):
    """A statement of the treasury as it was taken: its own count and sum, and what became of its lines."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(max_length=200)
    taken_at = models.DateTimeField()
    lines = models.PositiveIntegerField()
    amount = models.PositiveBigIntegerField(help_text="đồng of its good lines")
    told_lines = models.PositiveIntegerField(null=True, help_text="by its TOTAL line")
    told_amount = models.PositiveBigIntegerField(null=True)
    recorded = models.PositiveIntegerField()
    known = models.PositiveIntegerField()
    unmatched = models.PositiveIntegerField()
    bad = models.PositiveIntegerField()

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.lines} lines, {self.amount} đ: {self.recorded} recorded, "
            f"{self.known} known, {self.unmatched} unmatched, {self.bad} bad"
        )
