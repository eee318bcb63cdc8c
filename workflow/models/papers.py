"""Numbers of the register, who may sign, and the letters that leave."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from workflow.models.cases import Case


class Series(models.Model):
    """The counter of one yearly series of numbers; locked while a number is taken."""

    name = models.CharField(max_length=20)
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "year"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


class PaperNumber(models.Model):
    """A number of the register; a void one stays."""

    series = models.CharField(max_length=20)
    year = models.PositiveIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=40)
    case = models.ForeignKey(Case, models.PROTECT, related_name="papers")
    taken_at = models.DateTimeField()
    void_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "year", "sequence"], name="number_once")
        ]

    def __str__(self) -> str:
        return self.number


class Signer(models.Model):
    """A person's title or written delegation, for a time. Competence is this, not a role."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="authorities")
    title = models.CharField(max_length=100)
    on_behalf = models.CharField(max_length=100, blank=True, help_text="over the title: KT. Trưởng phòng")
    code = models.CharField(max_length=40, blank=True, help_text="of the title in the table of competence")
    basis = models.CharField(max_length=200)
    limit = models.PositiveBigIntegerField(help_text="đồng, for an individual's fine")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class Letter(models.Model):
    """A letter in the tray of the post's folder; where the post is a service, it prints for itself."""

    key = models.CharField(max_length=80, unique=True, help_text="names its folder in the tray")
    case = models.ForeignKey(Case, models.PROTECT, related_name="letters")
    number = models.CharField(max_length=40, blank=True, help_text="of the paper")
    person = models.CharField(max_length=64, blank=True, help_text="digest of the addressee's facts")
    unit = models.CharField(max_length=300, blank=True, help_text="the addressee that is no person")
    sha256 = models.CharField(max_length=64, help_text="of the signed paper")
    enclosed = models.JSONField(default=list, help_text="digests of what is in the same envelope")
    post_number = models.CharField(max_length=64)
    laid_at = models.DateTimeField()
    prints = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], name="letter_due", condition=Q(prints=0)),
            models.Index(fields=["post_number"], name="letter_post_number"),
            models.Index(fields=["number"], name="letter_number"),
        ]

    def __str__(self) -> str:
        return self.key


class PrintBatch(models.Model):
    """Letters that one operator took to print; whoever runs it again finishes it."""

    by = models.CharField(max_length=64)
    folder = models.CharField(max_length=1000, help_text="in which the batch has its own")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], name="batch_open", condition=Q(done_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"print batch {self.pk}"


class Print(models.Model):
    """One print of a letter; the second and later ones say that they are copies."""

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="printed")
    batch = models.ForeignKey(PrintBatch, models.PROTECT, related_name="prints")
    copy = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["letter", "copy"], name="printed_once")]

    def __str__(self) -> str:
        return f"{self.letter_id} copy {self.copy}"
