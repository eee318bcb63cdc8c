"""The dated law as a case asks it: `workflow.law` behind the words of `context.Law`."""

from collections.abc import Callable
from datetime import datetime

from workflow.commands import Authority
from workflow.context import Act, Answer, Bracket, Counted
from workflow.law import amounts, competence, deadlines, explanation, instalments, tables
from workflow.law.rows import LawRow, Measure, ViolatorKind
from workflow.law.rules import rule
from workflow.law.unverified import Proven, unverified_inputs


class LawBook:
    """See `context.Law`. `unit_limit`: the highest limit, in đồng, among the signers of today."""

    def __init__(self, unit_limit: Callable[[], int]) -> None:
        self._unit_limit = unit_limit

    def amount(
        self, act: Act, kind: str, at: datetime, circumstances: tuple[tuple[str, ...], tuple[str, ...]]
    ) -> Bracket:
        row, persons = act
        mitigating, aggravating = circumstances
        day = deadlines.local(at).date()
        found = amounts.proposed(
            row,
            ViolatorKind(kind),
            day=day,
            persons=persons,
            mitigating=mitigating,
            aggravating=aggravating,
        )
        return Bracket(found.low, found.high, found.proof)

    def competent(self, authority: Authority, acts: tuple[Act, ...], kind: str, at: datetime) -> Answer:
        """By the table of titles; a title that it does not know signs up to its own limit, confirmed."""
        day = deadlines.local(at).date()
        measures = {Measure.SUSPEND for row, _persons in acts if row.suspends}
        measures |= {Measure.DEDUCT_POINTS for row, _persons in acts if row.points}
        within = self._within(authority.limit, acts, kind, at)
        found = competence.check(authority.code, day, acts, ViolatorKind(kind), measures)
        if found.reason != "unknown_title":
            return Answer(found.ok and within, found.reason or "above_limit", found.proof)
        key, why = f"title:{authority.title}", "competence.csv does not know this title"
        basis = tables.Basis(key, authority.basis, verified=False, version="", why=why)
        inputs = {"title": authority.title, "limit": authority.limit}
        proof = tables.proof_of([basis], rule="the limit written into the authority", inputs=inputs)
        return Answer(within, "above_limit", proof)

    def above_unit(self, acts: tuple[Act, ...], kind: str, at: datetime) -> bool:
        return not self._within(self._unit_limit(), acts, kind, at)

    def _within(self, limit: int, acts: tuple[Act, ...], kind: str, at: datetime) -> bool:
        """Whether a limit for individuals covers the maximum of every bracket; doubled as the law doubles."""
        day = deadlines.local(at).date()
        counted, _by = amounts.fined_as(ViolatorKind(kind), day)
        if counted is ViolatorKind.ORGANISATION:
            limit *= int(rule("competence_factor", day).value)
        brackets = [amounts.bracket_of(row, ViolatorKind(kind), day, persons) for row, persons in acts]
        return all(bracket is None or bracket.high <= limit for bracket in brackets)

    def may_explain(self, acts: tuple[Act, ...], kind: str, at: datetime) -> Answer:
        day = deadlines.local(at).date()
        right = explanation.right_to_explain(acts, ViolatorKind(kind), day)
        return Answer(right.exists, "", right.proof)

    def interest(self, unpaid: int, since: datetime, until: datetime) -> Counted:
        days = deadlines.local(since).date(), deadlines.local(until).date()
        found = deadlines.interest(unpaid, *days)
        return Counted(found.amount, "", found.proof)

    def instalments(self, fine: int, kind: str, parts: int, at: datetime) -> Answer:
        found = instalments.allowed(fine, ViolatorKind(kind), parts, deadlines.local(at).date())
        return Answer(not found.reason, found.reason, found.proof)

    def points(self, row: LawRow, at: datetime, *, drove: bool | None, percent: int | None) -> Counted:
        day = deadlines.local(at).date()
        found = amounts.points_due(row, day=day, drove=drove, excess_percent=percent)
        return Counted(found.count, found.reason, found.proof)

    def suspends(self, row: LawRow) -> bool:
        return row.suspends

    def commune_may(self, row: LawRow, at: datetime) -> bool:
        return competence.listed(row, "commune_police_chief", deadlines.local(at).date())

    def unverified(self, *relied: LawRow | Proven) -> tuple[str, ...]:
        return tuple(each.key for each in unverified_inputs(*relied))
