"""What one officer may see of one case. Page and API both show this and nothing else.

Blind review: until a review is concluded nobody sees the machine's reading or an officer's answer, whatever
their roles, except the third person who must adjudicate between two differing answers.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User

from portal import event_labels, labels
from portal.narration import lines_of
from workflow import clock, known, log, officers, owners, review
from workflow.acts import HandledAct, acts_of
from workflow.case import Actor, CaseState, Policy, Review
from workflow.casestate import ClockRun
from workflow.commands import Answer, Authority, MachineReading
from workflow.models import Case, CaseEvent, KnownCase, ReportGiver
from workflow.owners import Person
from workflow.vocabulary import EventType, Role, State
from workflow.words import Source

_IN_REVIEW: Final = frozenset({State.COLLECTED, State.EXTRACTED})
# Names and addresses are for those who write to people or meet them.
_KNOWS_PEOPLE: Final = frozenset({Role.HANDLER, Role.SIGNER, Role.COMMANDER, Role.CLERK})
# Events whose very presence tells a reviewer something of a colleague's answer.
_TELLING: Final = frozenset(
    {EventType.REVIEW_SUBMITTED, EventType.REVIEW_CORRECTED, EventType.REVIEW_DISAGREED}
)
_MACHINES: Final = (Role.WORKER, Role.CLOCK, Role.GATEWAY)
_READS_CASES: Final = frozenset(officers.HUMAN_ROLES) - {Role.ADMIN}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event as shown: who by name, the data only where the officer is not blind."""

    seq: int
    type: EventType
    actor: str
    at: datetime
    data: dict[str, Any]
    hash: str

    @property
    def label(self) -> labels.Label:
        return event_labels.EVENTS[self.type]

    @property
    def lines(self) -> list[tuple[labels.Label, str]]:
        return list(lines_of(self.data))

    @property
    def has_paper(self) -> bool:
        """Whether a signed paper was kept with this event, with its digest."""
        return bool(self.data.get("document") and self.data.get("sha256"))

    @property
    def clockwork(self) -> bool:
        """Whether only a clock started or stopped, which the page shows quietly."""
        return self.type in {EventType.CLOCK_STARTED, EventType.CLOCK_STOPPED}


@dataclass(frozen=True, slots=True)
class CasePaper:
    """The paper of a record's or a decision's number; without `seq` a worker is still making it."""

    number: str
    seq: int | None = None  # of the event that keeps it
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One case before one officer."""

    case: Case
    state: CaseState
    actor: Actor
    authority: Authority | None
    blind: bool
    rows: tuple[CaseEvent, ...]  # the case's events

    @property
    def turn(self) -> bool:
        """Whether the officer may judge now: the case waits for a person like this, and a place is free."""
        return review.may_judge(self.state, self.actor) and review.is_free(
            self.case.reference, self.state, self.actor
        )

    @property
    def holds(self) -> bool:
        """Whether the officer has the review open and has not judged: it can be handed back."""
        return review.may_judge(self.state, self.actor) and review.holds(self.case.reference, self.actor)

    @property
    def occupied(self) -> bool:
        """Whether only the leases of others stand between the officer and a review."""
        return review.may_judge(self.state, self.actor) and not self.turn

    @property
    def own_answer(self) -> Answer | None:
        """The officer's answer while it can still be corrected."""
        reviews = self.state.reviews
        mine = len(reviews) == 1 and reviews[0].officer == self.actor.id
        return reviews[0].answer if mine and self.state.state is State.EXTRACTED else None

    @property
    def short_clocks(self) -> tuple[ClockRun, ...]:
        """The clocks that run short while a hold stands."""
        return self.state.short(clock.now(), Policy().near) if self.state.hold else ()

    @property
    def answered(self) -> bool:
        """Whether this officer has given an answer."""
        return any(review.officer == self.actor.id for review in self.state.reviews)

    @property
    def reviews(self) -> tuple[Review, ...]:
        return () if self.blind else self.state.reviews

    @property
    def readings(self) -> tuple[tuple[str, MachineReading], ...]:
        """The camera's and the centre's reading, by who read."""
        if self.blind:
            return ()
        opened = self.state.opened.reading if self.state.opened else None
        return tuple(
            (name, read) for name, read in (("camera", opened), ("centre", self.state.reread)) if read
        )

    @property
    def notice_hash(self) -> str:
        """Hash of the event by which the signed notice was stored; empty before."""
        return next((row.hash for row in self.rows if row.type == EventType.NOTICE_SIGNED), "")

    @property
    def papers(self) -> list[CasePaper]:
        """The papers of the record and of the decisions that took their numbers in this case."""
        kept = {
            row.data["number"]: CasePaper(row.data["number"], row.seq, row.data["sha256"])
            for row in self.rows
            if row.type in {EventType.RECORD_PRINTED, EventType.DECISION_PRINTED}
        }
        record, decision = self.state.record, self.state.decision
        own = [record.number] if record and not record.carried_by else []
        if decision is not None:
            own += [] if decision.carried_by else [decision.number]
            own += decision.amended_by
        return [kept.get(number, CasePaper(number)) for number in own]

    @property
    def sees_evidence(self) -> bool:
        """Whether the officer may look at pictures: an administrator alone has no business with them."""
        return may_read_cases(self.actor)

    @property
    def audits(self) -> bool:
        """Whether the page shows the hash of every event."""
        return Role.AUDITOR in self.actor.roles

    @property
    def handled(self) -> tuple[HandledAct, ...]:
        """The acts that are handled together; none where the case is handled by itself."""
        return acts_of(self.case, self.state) if self.state.handling else ()

    @property
    def fine(self) -> int:
        """Đồng of the whole decision, with all its acts."""
        return sum(act.amount or 0 for act in self.handled)

    @property
    def owner(self) -> Person | None:
        return self._person(self.state.owner.owner if self.state.owner else "")

    @property
    def violator(self) -> Person | None:
        return self._person(self.state.violator)

    @property
    def giver(self) -> ReportGiver | None:
        """Who sent in what the case began with, for clerks alone (NĐ 61/2026 Art 16.2, 19)."""
        if Role.CLERK not in self.actor.roles or self.state.source is not Source.REPORT:
            return None
        return ReportGiver.objects.filter(case__reference=self.case.reference).first()

    @property
    def knows_people(self) -> bool:
        """Whether the officer may learn whom the case is about, so also open its papers."""
        return bool(self.actor.roles & _KNOWS_PEOPLE)

    def _person(self, digest: str) -> Person | None:
        return owners.recall(digest) if digest and self.knows_people else None


def may_read_cases(actor: Actor) -> bool:
    """Whether the person is an officer of cases; an administrator of accounts alone is not."""
    return bool(actor.roles & _READS_CASES)


def may_purge(actor: Actor) -> bool:
    """Whether the person is one of the two who destroy a file whose time of keeping is over."""
    return Role.ADMIN in actor.roles


def open_dossier(case: Case, user: User, actor: Actor) -> Dossier:
    """The case as this officer may see it now."""
    rows = list(case.events.order_by("seq"))
    return _dossier(case, log.replay(rows), rows, user, actor)


def open_known(known_case: KnownCase, user: User, actor: Actor) -> Dossier:
    """A case with a known answer, which looks like any other one in review."""
    case, state = known.case_of(known_case)
    return _dossier(case, state, known.rows_of(known_case), user, actor)


def _dossier(case: Case, state: CaseState, rows: list[CaseEvent], user: User, actor: Actor) -> Dossier:
    authority = officers.authority_of(user, clock.now())
    return Dossier(case, state, actor, authority, is_blind(state, actor), tuple(rows))


def is_blind(state: CaseState, actor: Actor) -> bool:
    """Whether readings and answers are hidden from this person at this step."""
    if state.state not in _IN_REVIEW:
        return False
    third = all(review.officer != actor.id for review in state.reviews)
    return not (state.disagreed and third and Role.ADJUDICATOR in actor.roles)


def history(dossier: Dossier) -> list[HistoryEntry]:
    """The events that the officer may see, newest last; while blind without data and hashes.

    A hash covers the data: with it a reviewer could try all plates until one fits.
    """
    rows = list(dossier.rows)
    if dossier.blind:
        mine = dossier.actor.id
        rows = [row for row in rows if row.type not in _TELLING or row.actor == mine]
    names = _names(rows)
    return [
        HistoryEntry(
            seq=row.seq,
            type=EventType(row.type),
            actor=names.get(row.actor, row.actor),
            at=row.at,
            data={} if dossier.blind else row.data,
            hash="" if dossier.blind else row.hash,
        )
        for row in rows
    ]


def pending_arguments(dossier: Dossier) -> dict[str, Any]:
    """What the first of two persons asked for, as JSON; empty where nothing is proposed."""
    if dossier.state.proposal is None:
        return {}
    row = next(row for row in reversed(dossier.rows) if row.type == EventType.PROPOSED)
    return dict(row.data["arguments"])


def name_of(actor_id: str) -> str:
    """An officer's name for `user:<id>`; machines keep their word."""
    return _lookup_names({actor_id}).get(actor_id, actor_id)


def _names(rows: list[CaseEvent]) -> dict[str, str]:
    return _lookup_names({row.actor for row in rows})


def _lookup_names(actors: set[str]) -> dict[str, str]:
    ids = [int(actor.removeprefix("user:")) for actor in actors if actor.startswith("user:")]
    people = {f"user:{u.pk}": u.get_full_name() or u.get_username() for u in User.objects.filter(pk__in=ids)}
    return {**{str(role): str(labels.ROLES[role]) for role in _MACHINES}, **people}
