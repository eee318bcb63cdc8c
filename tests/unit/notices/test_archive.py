"""Every rule of PDF/A-2b that docs/pdfa.md lists holds for every golden paper."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from notices.facts import Owner
from notices.render import render_notice
from notices.typeface import COMMON
from tests import papers
from tests.archive_rules import RULES, File
from tests.golden import PAPERS

ROOT = Path(__file__).parents[3]
RARE = "śő Ж Ω ﬁ"


@cache
def paper(name: str) -> File:
    return File(PAPERS[name]())


@pytest.mark.parametrize("name", PAPERS)
def test_every_rule_holds(name: str) -> None:
    for _, rule in RULES.values():
        rule(paper(name))


def test_every_rule_holds_with_rare_letters() -> None:
    owner = Owner(f"Nguyễn {RARE}", f"Số 1 {RARE} & <đường>")
    file = File(render_notice(replace(papers.notice(), owner=owner)))
    for _, rule in RULES.values():
        rule(file)


def test_the_documentation_lists_the_rules() -> None:
    text = (ROOT / "docs/pdfa.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([\d. to]+) \| `(\w+)` \|", text, re.MULTILINE)
    assert listed == [(clause, name) for name, (clause, _) in RULES.items()]


def test_a_rare_letter_is_embedded_for_its_paper_only() -> None:
    assert not set(RARE.replace(" ", "")) & COMMON
    before = render_notice(papers.notice())
    assert render_notice(replace(papers.notice(), owner=Owner(RARE, RARE))) != before
    assert render_notice(papers.notice()) == before


def test_the_file_says_what_it_is() -> None:
    root = paper("notice").pdf.Root
    assert str(root.Lang) == "vi-VN"
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    with paper("notice").pdf.open_outline() as outline:
        titles = [entry.title for entry in outline.root]
    assert titles == [
        "Thông báo số 05/TB-PC08 – 51F-123.45",
        "KẾT QUẢ THU THẬP ĐƯỢC BẰNG PHƯƠNG TIỆN, THIẾT BỊ KỸ THUẬT NGHIỆP VỤ",
    ]


def test_a_paper_stays_small() -> None:
    facts = papers.notice()
    photographs = sum(len(photo.image) for photo in facts.photos)
    assert len(paper("notice").content) < photographs + 90_000


def test_same_facts_same_bytes_in_another_process() -> None:
    seed = "1" if os.environ.get("PYTHONHASHSEED") == "2" else "2"
    world = {"PYTHONHASHSEED": seed, "TZ": "America/New_York", "SOURCE_DATE_EPOCH": "1"}
    program = (
        "import sys; from tests import papers; from notices.render import render_notice; "
        "sys.stdout.buffer.write(render_notice(papers.notice()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), **world},
        capture_output=True,
        check=True,
    )
    assert done.stdout == paper("notice").content
