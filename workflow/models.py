"""Tables of the centre. Events are the truth; `Case` is their projection; everything else hangs on them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from workflow.vocabulary import JUDGEMENTS


class Device(models.Model):
    """A registered camera: under a plan, at a site."""

    id = models.CharField(primary_key=True, max_length=64)
    site = models.CharField(max_length=300)
    plan = models.CharField(max_length=200, help_text="the plan or decision it is used under")
    demo = models.BooleanField(default=False)
    latitude = models.FloatField(null=True, help_text="of the site, WGS 84 degrees; empty: not measured")
    longitude = models.FloatField(null=True)

    def __str__(self) -> str:
        return self.id


class DeviceKey(models.Model):
    """A public key of a device and when it was good."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="keys")
    public_key = models.BinaryField(max_length=32)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.device_id} {self.valid_from:%Y-%m-%d}"


class DeviceCertificate(models.Model):
    """Conformity or calibration of a device; no result outside it becomes a case (NĐ 61/2026 Art 4.5)."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=100)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class Package(models.Model):
    """An acknowledged evidence package."""

    id = models.CharField(primary_key=True, max_length=100)
    manifest_sha256 = models.CharField(max_length=64)
    device = models.ForeignKey(Device, models.PROTECT, related_name="packages")
    path = models.CharField(max_length=500, help_text="folder in the file store")
    received_at = models.DateTimeField()
    reader = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the weights that read the plate"
    )
    vehicle_colour = models.CharField(max_length=12, blank=True, help_text="as the camera saw it")

    def __str__(self) -> str:
        return self.id


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
    """What an officer said of such evidence; a correction is another row, the last one counts."""

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


class ReportGiver(models.Model):
    """Who sent in what a case began with: kept apart, for clerks alone, forgotten with the evidence."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="giver")
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300)
    contact = models.CharField(max_length=200, help_text="telephone, e-mail or application")

    def __str__(self) -> str:
        return str(self.case_id)


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
    began_at = models.DateTimeField(null=True, help_text="a body without keys may have been told since")
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


class PersonalFacts(models.Model):
    """Names and addresses beside the log: erasable, since the log holds only a salted digest of them."""

    digest = models.CharField(primary_key=True, max_length=64)
    salt = models.CharField(max_length=32)
    facts = models.JSONField(null=True)
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.digest


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
    code = models.CharField(max_length=40, blank=True, help_text="of the title in the table of competence")
    basis = models.CharField(max_length=200)
    limit = models.PositiveBigIntegerField(help_text="đồng, for an individual's fine")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class ReceivedPayment(models.Model):
    """A line of the treasury's file; unique by its transaction, so never paid twice."""

    transaction = models.CharField(max_length=64, primary_key=True)
    decision_number = models.CharField(max_length=40)
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
