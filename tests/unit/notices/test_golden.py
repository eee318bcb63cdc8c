"""Every form looks as it did when somebody last looked at it (`tests/golden.py`)."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from notices.facts import Owner
from notices.render import render_notice
from tests import golden, papers


@pytest.mark.parametrize("name", golden.PAPERS)
def test_every_page_looks_like_its_golden_page(name: str, tmp_path: Path) -> None:
    pages, kept = golden.rasterised(golden.PAPERS[name]()), golden.golden(name)
    for number, page in enumerate(pages, 1):
        page.save(tmp_path / f"{name}.{number}.png")
    advice = f"the pages are in {tmp_path}; if they are right: python -m tests.golden {name}"
    assert len(pages) == len(kept), f"{len(pages)} pages, {len(kept)} kept; {advice}"
    for page, path in zip(pages, kept, strict=True):
        with Image.open(path) as picture:
            assert golden.unlike(page, picture.convert("L")) <= golden.TOLERANCE, f"{path.name}; {advice}"


def test_no_golden_page_is_left_over() -> None:
    known = {path for name in golden.PAPERS for path in golden.golden(name)}
    assert set(golden.FOLDER.glob("*.png")) == known


@pytest.mark.parametrize("name", ["Nguyễn Văn Mẩu", "Nguyễn Văn Mâu", "Nguyen Văn Mẫu"])
def test_one_other_letter_or_tone_is_seen(name: str) -> None:
    facts = papers.bare_notice()
    other = replace(facts, owner=Owner(name, facts.owner.address))
    first, second = (golden.rasterised(render_notice(each))[0] for each in (facts, other))
    assert golden.unlike(first, second) > golden.TOLERANCE
