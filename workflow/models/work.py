"""Work that follows from events, and what could not be done."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from workflow.models.cases import Case, CaseEvent


class OutboxItem(models.Model):
    """Work that follows from an event, claimed by lease, done together with its result."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="outbox")
    event = models.ForeignKey(CaseEvent, models.PROTECT, related_name="effects")
    task = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    next_send_at = models.DateTimeField(help_text="the relay sends what is due, again and again until done")
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=1000, blank=True)
    done_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=64, blank=True, help_text="of the body that was told")
    began = models.CharField(max_length=120, blank=True, help_text="body and key of what may have been done")
    parked_at = models.DateTimeField(null=True, help_text="given up: it stands in the quarantine")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "task"], name="effect_once")]
        indexes: ClassVar = [
            models.Index(
                fields=["next_send_at"],
                name="outbox_due",
                condition=Q(done_at__isnull=True, parked_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} of case {self.case_id}"


class Quarantine(models.Model):
    """What could not be taken or finished, with its reason; released or refused by a person."""

    class Kind(models.TextChoices):
        PACKAGE = "package"
        TASK = "task"
        UNKNOWN_OUTCOME = "unknown_outcome"
        PAYMENT = "payment"
        DELIVERY = "delivery"
        CONTRADICTION = "contradiction"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    subject = models.CharField(max_length=200, help_text="package digest, outbox id or transaction")
    code = models.CharField(max_length=60)
    detail = models.CharField(max_length=1000)
    path = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=10, blank=True)
    resolved_by = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(resolved_at__isnull=True), name="quarantined_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.code}"
