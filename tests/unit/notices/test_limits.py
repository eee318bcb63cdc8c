"""Papers whose every text is as long as its facts allow."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from notices.facts import MAX_TEXT
from notices.forms.commune import render_commune
from notices.forms.decision import render_amendment, render_coercion, render_decision
from notices.forms.invitation import render_invitation
from notices.forms.points import render_points
from notices.forms.record import render_record
from notices.forms.register import SHEET, render_register
from notices.forms.transfer import render_transfer
from notices.render import render_notice, render_withdrawal
from tests import papers, sanctions, sister_papers
from tests.unit.notices.reading import assert_inside_the_page, pages, squeezed

_WIDE = "NGUYỄN THỊ MƯỜI "
PAPERS: dict[str, tuple[Callable[[Any], bytes], Any]] = {
    "01/73": (render_notice, papers.notice()),
    "withdrawal": (render_withdrawal, papers.withdrawal()),
    "03/73": (render_transfer, sister_papers.transfer()),
    "04": (render_commune, sister_papers.commune()),
    "02/73": (render_points, sister_papers.points()),
    "06": (render_invitation, sister_papers.invitation()),
    "05/73": (render_register, sister_papers.register()),
    "record": (render_record, sanctions.refused_record()),
    "decision": (render_decision, sanctions.decision()),
    "amendment": (render_amendment, sanctions.amendment()),
    "coercion": (render_coercion, sanctions.coercion()),
}


def longest(limit: int) -> str:
    """So many capitals, as wide as names are; without a blank at the end."""
    return f"{(_WIDE * limit)[: limit - 1]}Z"


def filled(facts: Any) -> Any:
    """The facts with each text as long as its field takes; the address in the QR stays one."""
    changed: dict[str, Any] = {}
    for entry in fields(facts):
        value, limit = getattr(facts, entry.name), entry.metadata.get("limit", MAX_TEXT)
        if is_dataclass(value):
            changed[entry.name] = filled(value)
        elif isinstance(value, tuple):
            changed[entry.name] = tuple(
                filled(each) if is_dataclass(each) else longest(limit) if type(each) is str else each
                for each in value
            )
        elif type(value) is str and entry.name != "qr_text":
            changed[entry.name] = longest(limit)
    return replace(facts, **changed)


@pytest.mark.parametrize("name", PAPERS)
def test_the_longest_texts_of_all_fields_together_break_no_page(name: str) -> None:
    render, facts = PAPERS[name]
    pdf = render(filled(facts))
    assert_inside_the_page(pdf, *([SHEET] if name == "05/73" else []))
    assert squeezed(longest(240)) in squeezed("".join(pages(pdf))).upper()
