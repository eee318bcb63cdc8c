"""The case and its log, and what is known beside the log: persons, plates seen and listed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from workflow.models.devices import Device, Package
from workflow.vocabulary import JUDGEMENTS


class Case(models.Model):
    """The projection of one case's events; `phatnguoi replay` rebuilds it and must find it equal."""

    reference = models.CharField(max_length=20, unique=True)
    package = models.OneToOneField(Package, models.PROTECT, related_name="case")
    version = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default="")
    state = models.CharField(max_length=12)
    phase = models.CharField(max_length=12, blank=True)
    recorded_at = models.DateTimeField()
    site = models.CharField(max_length=300)
    act = models.CharField(max_length=40)
    plate = models.CharField(max_length=12, blank=True)
    vehicle_class = models.CharField(max_length=12, blank=True)
    disagreed = models.BooleanField(default=False)
    answers = models.PositiveSmallIntegerField(default=0, help_text="of officers in this round of review")
    sampled = models.BooleanField(default=False, help_text="its rejection waits to be judged again")
    hold = models.CharField(max_length=300, blank=True)
    published = models.BooleanField(default=False)
    overdue = models.BooleanField(default=False)
    end_reported = models.BooleanField(default=False)
    purgeable = models.BooleanField(default=False, help_text="its time of keeping is over")
    outcome = models.CharField(max_length=40, blank=True)
    notice_number = models.CharField(max_length=40, blank=True)
    decision_number = models.CharField(max_length=40, blank=True)
    handling = models.CharField(max_length=20, blank=True, help_text="first case of those handled together")
    handled_by = models.CharField(max_length=200, blank=True, help_text="another unit that has the file")
    next_due = models.DateTimeField(null=True, help_text="the earliest running clock that has not elapsed")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "phase", "id"], name="case_queue"),
            models.Index(fields=["plate", "act", "recorded_at"], name="case_plate"),
            models.Index(fields=["recorded_at"], name="case_in_review", condition=Q(state="extracted")),
            models.Index(fields=["id"], name="case_sampled", condition=Q(sampled=True)),
            models.Index(fields=["id"], name="case_purgeable", condition=Q(purgeable=True)),
            models.Index(fields=["next_due"], name="case_due", condition=Q(next_due__isnull=False)),
            models.Index(fields=["decision_number"], name="case_decision", condition=~Q(decision_number="")),
            models.Index(fields=["handling"], name="case_handling", condition=~Q(handling="")),
        ]

    def __str__(self) -> str:
        return self.reference


class CaseEvent(models.Model):
    """One fact, chained to the one before. Append-only: triggers refuse UPDATE and DELETE."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=40)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    data = models.JSONField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "seq"], name="event_once")]
        indexes: ClassVar = [
            models.Index(
                fields=["actor", "case"],
                name="event_judged",
                condition=Q(type__in=sorted(map(str, JUDGEMENTS))),
            ),
            models.Index(fields=["case"], name="event_missed", condition=Q(type="DeadlineMissed")),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.type}"


class PersonalFacts(models.Model):
    """Names and addresses beside the log: erasable, since the log holds only a salted digest of them."""

    digest = models.CharField(primary_key=True, max_length=64)
    salt = models.CharField(max_length=32)
    facts = models.JSONField(null=True)
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.digest


class ReportGiver(models.Model):
    """Who sent in what a case began with: kept apart, for clerks alone, forgotten with the evidence."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="giver")
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300)
    contact = models.CharField(max_length=200, help_text="telephone, e-mail or application")

    def __str__(self) -> str:
        return str(self.case_id)


class Sighting(models.Model):
    """A reviewed plate at a place and second. Two that no vehicle can join tell of a cloned plate."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="sighting")
    plate = models.CharField(max_length=12)
    device = models.ForeignKey(Device, models.PROTECT, related_name="sightings")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["plate", "at"], name="sighting_plate")]

    def __str__(self) -> str:
        return f"{self.plate} {self.at:%Y-%m-%d %H:%M:%S}"


class PlateListing(models.Model):
    """A plate on a list: stolen, or of a vehicle that may be on emergency duty."""

    class Kind(models.TextChoices):
        STOLEN = "stolen"
        EXEMPT = "exempt"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    plate = models.CharField(max_length=12, help_text="normalised")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, help_text="empty: until further notice")
    source = models.CharField(max_length=200, help_text="the paper that says so")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plate", "kind", "valid_from"], name="listed_once")
        ]

    def __str__(self) -> str:
        return f"{self.plate} {self.kind}"
