"""How officers, cameras and readers do: counts with Wilson 95 % intervals. Nothing follows by itself.

A review's result stands for the truth where nothing better is known, so agreement is not correctness: the
cases with a known answer are counted apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from django.db.models import Count, Q, QuerySet

from workflow.case import CaseState
from workflow.commands import Answer, MachineReading
from workflow.models import Case, Judgement, KnownCase, Package
from workflow.vocabulary import Verdict

CAMERA, CENTRE = "camera", "centre"


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927); all of [0, 1] where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    z = 1.959964  # the normal distribution's 97.5 % point
    share, weight = hits / of, z * z / of
    middle = share + weight / 2
    spread = z * sqrt(share * (1 - share) / of + weight / (4 * of))
    low, high = (middle - spread) / (1 + weight), (middle + spread) / (1 + weight)
    return max(0.0, min(low, share)), min(1.0, max(high, share))  # rounding aside, the share lies between


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`, with the interval of the share."""

    hits: int
    of: int

    @property
    def rest(self) -> "Share":
        return Share(self.of - self.hits, self.of)

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.of)


@dataclass(frozen=True, slots=True)
class Line:
    """The counts of one officer, camera or model version in a period."""

    key: str
    agreed: Share  # of answers, where both officers gave one
    overturned: Share  # of answers, where the result is another one
    known_right: Share  # of answers to cases with a known answer
    accepted_wrong: Share  # of readings that the machine accepted
    read_right: Share  # of all readings of the machine

    @property
    def answers(self) -> int:
        return self.agreed.of


def by_officer(start: datetime, end: datetime) -> list[Line]:
    """One line per officer who answered between two moments (the end excluded)."""
    return _lines("who", Judgement.objects.filter(who__startswith="user:"), start, end)


def by_device(start: datetime, end: datetime) -> list[Line]:
    """One line per camera: its officers' answers, and what it read itself."""
    return _lines("device", Judgement.objects.exclude(who=CENTRE), start, end)


def by_reader(start: datetime, end: datetime) -> list[Line]:
    """One line per version of the cameras' reader, by the digest of its weights."""
    return _lines("reader", Judgement.objects.exclude(who=CENTRE), start, end)


def centre_reader(start: datetime, end: datetime) -> list[Line]:
    """The centre's own second reading, on one line."""
    return _lines("who", Judgement.objects.filter(who=CENTRE), start, end)


def _lines(key: str, rows: QuerySet[Judgement], start: datetime, end: datetime) -> list[Line]:
    people, machine = Q(who__startswith="user:"), Q(accepted__isnull=False)
    of_result = people & Q(known=False)
    counts = {
        "answers": of_result,
        "agreed": of_result & Q(agreed=True),
        "overturned": of_result & Q(right=False),
        "known": people & Q(known=True),
        "known_right": people & Q(known=True, right=True),
        "read": machine,
        "read_right": machine & Q(right=True),
        "accepted": Q(accepted=True),
        "accepted_wrong": Q(accepted=True, right=False),
    }
    found = (
        rows.filter(at__gte=start, at__lt=end)
        .values(key)
        .annotate(**{f"n_{name}": Count("pk", filter=condition) for name, condition in counts.items()})
        .order_by(key)
    )
    return [
        Line(
            str(row[key]),
            Share(row["n_agreed"], row["n_answers"]),
            Share(row["n_overturned"], row["n_answers"]),
            Share(row["n_known_right"], row["n_known"]),
            Share(row["n_accepted_wrong"], row["n_accepted"]),
            Share(row["n_read_right"], row["n_read"]),
        )
        for row in found
    ]


def note_review(case: Case, state: CaseState, result: Answer, at: datetime) -> None:
    """Count the answers and readings of a review that has just been concluded.

    Where a rejection was reopened and now is a violation, those who had rejected stand overturned.
    """
    if result.verdict is Verdict.VIOLATION:
        earlier = Judgement.objects.filter(reference=case.reference, who__startswith="user:")
        earlier.update(right=False)
    _note(_Round(case.reference, state.version, case.package, known=False, at=at), _judged(state, result))


def note_known(known: KnownCase, state: CaseState, truth: Answer, at: datetime) -> None:
    """Count the two answers to a known case, and the machine's readings of it."""
    package = known.source.package
    _note(_Round(known.reference, state.version, package, known=True, at=at), _judged(state, truth))


@dataclass(frozen=True, slots=True)
class _Judged:
    who: str
    right: bool
    agreed: bool | None = None
    accepted: bool | None = None


def _judged(state: CaseState, result: Answer) -> Iterable[_Judged]:
    agreed = len({review.answer for review in state.reviews}) == 1
    for review in state.reviews:
        yield _Judged(review.officer, review.answer == result, agreed=agreed)
    if result.verdict is Verdict.VIOLATION:
        opened = state.opened.reading if state.opened else None
        readings: Sequence[tuple[str, MachineReading | None]] = ((CAMERA, opened), (CENTRE, state.reread))
        for who, reading in readings:
            if reading is not None:
                yield _Judged(who, reading.text == result.plate, accepted=reading.accepted)


@dataclass(frozen=True, slots=True)
class _Round:
    """One conclusion of a review."""

    reference: str
    version: int
    package: Package
    known: bool
    at: datetime


def _note(concluded: _Round, judged: Iterable[_Judged]) -> None:
    Judgement.objects.bulk_create(
        Judgement(
            reference=concluded.reference,
            version=concluded.version,
            who=one.who,
            device_id=concluded.package.device_id,
            reader=concluded.package.reader,
            known=concluded.known,
            agreed=one.agreed,
            accepted=one.accepted,
            right=one.right,
            at=concluded.at,
        )
        for one in judged
    )
