"""Is this notice real? Answered from the signed code in its QR, to anybody, without anybody's name.

Only a code that one of our keys signed is looked up: whoever invents codes learns nothing, not even which
cases exist. The page cannot see the paper, so it shows number, date and masked plate of the real one.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.conf import settings

from notices.faults import NoticeFault
from notices.notice_code import load_code_keys, read_seal
from notices.wording import decree_date
from workflow import log
from workflow.case import CaseState, Notice
from workflow.law.deadlines import local
from workflow.models import Case
from workflow.notice_facts import plate_words

_SHOWN_FIRST, _SHOWN_LAST = 3, 2


class Verdict(StrEnum):
    """What is true of a code."""

    REAL = "real"
    WITHDRAWN = "withdrawn"  # it was ours and no longer stands
    DIFFERS = "differs"  # we made the code, and for other facts than those of a notice of this case
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CheckedNotice:
    """The answer; number, date and plate of the notice that the code was made for, where there is one."""

    verdict: Verdict
    number: str = ""
    dated: str = ""
    plate: str = ""


def check(code: str, seal: str) -> CheckedNotice:
    """What is true of the notice whose QR says this."""
    try:
        stated = read_seal(code, seal, load_code_keys(Path(settings.PHATNGUOI_HOME) / "trust"))
    except NoticeFault:
        return CheckedNotice(Verdict.UNKNOWN)
    case = Case.objects.filter(reference=code).first()
    if case is None:
        return CheckedNotice(Verdict.UNKNOWN)
    state = log.load(case)
    for notice in _issued(state):
        # as it was signed: the case may name another article since, the law's words may have been corrected
        if notice.facts_sha256 == stated.digest.hex():
            verdict = Verdict.REAL if notice is state.notice and notice.live else Verdict.WITHDRAWN
            dated = decree_date(local(notice.numbered_at).date())
            return CheckedNotice(verdict, notice.number, dated, mask_plate(plate_words(state)))
    return CheckedNotice(Verdict.DIFFERS)


def _issued(state: CaseState) -> list[Notice]:
    """The notices of a case that were signed, the latest first."""
    notices = [*([state.notice] if state.notice else []), *reversed(state.withdrawn)]
    return [notice for notice in notices if notice.sha256]


def mask_plate(plate: str) -> str:
    """Enough for its owner to know it again: `51F-123.45` becomes `51F-***.45`."""
    places = [index for index, character in enumerate(plate) if character.isalnum()]
    hidden = set(places[_SHOWN_FIRST : len(places) - _SHOWN_LAST])
    return "".join("*" if index in hidden else character for index, character in enumerate(plate))
