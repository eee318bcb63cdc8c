"""Pages generated from the code say what the code says today; links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.generate import LEADS_TO
from workflow.case import TRANSITIONS
from workflow.vocabulary import State

ROOT = Path(__file__).parents[3]
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "deploy").glob("*.md"),
]


def test_generated_pages_are_current() -> None:
    # a process of its own, since the language of the command line is chosen when it is imported
    check = [sys.executable, "-m", "docs.generate", "--check"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_diagram_reaches_every_state_of_the_table() -> None:
    reached = {place for ends in LEADS_TO.values() for place in ends}
    assert reached == {place for row in TRANSITIONS.values() for place in row.places}
    assert {state for state, _phase in reached} == set(State)


@pytest.mark.parametrize("page", sorted(PAGES), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []
