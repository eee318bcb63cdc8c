"""Who judges what, evidence whose true answer is known, and how well people and machines judged."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from workflow.models.cases import Case
from workflow.models.devices import Device


class ReviewLease(models.Model):
    """An officer has this case open: nobody else gets the same place in its review until then."""

    reference = models.CharField(max_length=20, help_text="of a case, or of one with a known answer")
    officer = models.CharField(max_length=64)
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["reference", "officer"], name="leased_once")]
        indexes: ClassVar = [models.Index(fields=["officer", "until"], name="lease_of_officer")]

    def __str__(self) -> str:
        return f"{self.reference} {self.officer}"


class KnownTruth(models.Model):
    """A case whose true answer is known, so that it can be shown again to measure."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="truth")
    answer = models.JSONField()
    since = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.case_id)


class KnownCase(models.Model):
    """Evidence shown again under a reference of its own. It measures; it never is a case of the law."""

    reference = models.CharField(max_length=20, unique=True)
    source = models.ForeignKey(Case, models.CASCADE, related_name="shown_again")
    truth = models.JSONField()
    recorded_at = models.DateTimeField(help_text="of the source: its place in the order of work")
    opened_at = models.DateTimeField()
    answers = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["recorded_at"], name="known_in_review", condition=Q(answers__lt=2))
        ]

    def __str__(self) -> str:
        return self.reference


class KnownAnswer(models.Model):
    """What an officer said of such evidence, or why it was handed back; the last answer counts."""

    known = models.ForeignKey(KnownCase, models.CASCADE, related_name="given")
    type = models.CharField(max_length=40)
    officer = models.CharField(max_length=64)
    answer = models.JSONField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.known_id} {self.officer}"


class Judgement(models.Model):
    """How an officer or the machine stood when a review was concluded: counted, and nothing follows."""

    reference = models.CharField(max_length=20)
    version = models.PositiveIntegerField(help_text="of the case at its conclusion: one row per round")
    who = models.CharField(max_length=64, help_text="user:<id>, camera or centre")
    device = models.ForeignKey(Device, models.PROTECT, related_name="judgements")
    reader = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the camera's reader weights")
    known = models.BooleanField(help_text="against a known answer, not against the result")
    agreed = models.BooleanField(null=True, help_text="the two officers gave one answer; empty for a machine")
    accepted = models.BooleanField(null=True, help_text="the machine accepted its reading; empty for people")
    right = models.BooleanField(help_text="equal to the result, or to the known answer")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reference", "version", "who"], name="judged_once")
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.who}"
