"""Golden pages: how every form looks, page by page, kept as small grey pictures in `tests/golden_pages`.

To add a page: one line in `PAPERS`, then `python -m tests.golden` (or `python -m tests.golden NAME…`), and
look at what it wrote. `tests/unit/notices/test_golden.py` compares with tolerance.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops

from notices.forms.commune import render_commune
from notices.forms.decision import render_amendment, render_coercion, render_decision
from notices.forms.invitation import render_invitation
from notices.forms.points import render_points
from notices.forms.record import render_record
from notices.forms.register import render_register
from notices.forms.transfer import render_transfer
from notices.render import render_notice, render_withdrawal
from tests import papers, sanctions, sister_papers

FOLDER = Path(__file__).parent / "golden_pages"
DPI = 100
# Grey steps that a picture keeps, and how many pixels are taken together when two are compared: the grey at
# the edge of a letter may differ between builds of the rasteriser, the ink of a cell hardly does.
_STEP = 17
_CELL = 4
TOLERANCE = 20  # of 255, of the mean of a cell; another tone on one letter of the body changes it by 34

PAPERS: dict[str, Callable[[], bytes]] = {
    "notice": lambda: render_notice(papers.notice()),
    "notice-bare": lambda: render_notice(papers.bare_notice()),
    "notice-nasty": lambda: render_notice(papers.nasty_notice()),
    "notice-odd": lambda: render_notice(papers.odd_notice()),
    "notice-draft-demo": lambda: render_notice(papers.draft(papers.notice())),
    "withdrawal": lambda: render_withdrawal(papers.withdrawal()),
    "withdrawal-nasty": lambda: render_withdrawal(
        replace(papers.withdrawal(), owner=papers.NASTY_OWNER, reason=papers.LONG_TEXT)
    ),
    "transfer": lambda: render_transfer(sister_papers.transfer()),
    "transfer-other": lambda: render_transfer(sister_papers.other_transfer()),
    "transfer-nasty": lambda: render_transfer(sister_papers.nasty_transfer()),
    "commune": lambda: render_commune(sister_papers.commune()),
    "commune-nasty": lambda: render_commune(sister_papers.nasty_commune()),
    "points": lambda: render_points(sister_papers.points()),
    "points-bare": lambda: render_points(sister_papers.bare_points()),
    "points-nasty": lambda: render_points(sister_papers.nasty_points()),
    "invitation": lambda: render_invitation(sister_papers.invitation()),
    "invitation-ede": lambda: render_invitation(replace(sister_papers.invitation(), owner=papers.EDE_OWNER)),
    "invitation-nasty": lambda: render_invitation(sister_papers.nasty_invitation()),
    "register": lambda: render_register(sister_papers.register()),
    "register-empty": lambda: render_register(sister_papers.empty_register()),
    "register-nasty": lambda: render_register(sister_papers.nasty_register()),
    "record": lambda: render_record(sanctions.record()),
    "record-bare": lambda: render_record(sanctions.bare_record()),
    "record-refused": lambda: render_record(sanctions.refused_record()),
    "record-nasty": lambda: render_record(sanctions.nasty_record()),
    "decision": lambda: render_decision(sanctions.decision()),
    "decision-bare": lambda: render_decision(sanctions.bare_decision()),
    "decision-organisation": lambda: render_decision(sanctions.firm_decision()),
    "decision-warning": lambda: render_decision(sanctions.warning()),
    "decision-nasty": lambda: render_decision(sanctions.nasty_decision()),
    "amendment": lambda: render_amendment(sanctions.amendment()),
    "coercion": lambda: render_coercion(sanctions.coercion()),
    "coercion-nasty": lambda: render_coercion(sanctions.nasty_coercion()),
}


def rasterised(pdf: bytes) -> list[Image.Image]:
    """Every page at 100 dpi in sixteen greys."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L") for page in document]
    finally:
        document.close()
    return [page.point(lambda value: round(value / _STEP) * _STEP) for page in pages]


def golden(name: str) -> list[Path]:
    """The kept pictures of a paper, in the order of its pages."""
    return sorted(FOLDER.glob(f"{name}.[0-9].png"))


def unlike(page: Image.Image, kept: Image.Image) -> int:
    """How far the most different cell of two pages is apart, of 255; 255 for another size."""
    if page.size != kept.size:
        return 255
    size = (page.width // _CELL, page.height // _CELL)
    cells = [image.resize(size, Image.Resampling.BOX) for image in (page, kept)]
    return max(ImageChops.difference(*cells).tobytes())


def update(names: list[str]) -> None:
    """Write the pictures of these papers anew, or of all of them; what belongs to no paper goes."""
    FOLDER.mkdir(exist_ok=True)
    known = {path for name in PAPERS for path in golden(name)}
    for stale in set(FOLDER.glob("*.png")) - known:
        stale.unlink()
    for name in names or PAPERS:
        for path in golden(name):
            path.unlink()
        for number, page in enumerate(rasterised(PAPERS[name]()), 1):
            _write(page, FOLDER / f"{name}.{number}.png")


def _write(page: Image.Image, path: Path) -> None:
    steps = page.point(lambda value: value // _STEP)
    steps = Image.frombytes("P", steps.size, steps.tobytes())
    steps.putpalette([level for step in range(16) for level in (step * _STEP,) * 3])
    steps.save(path, "PNG", optimize=True, bits=4)


if __name__ == "__main__":
    update(sys.argv[1:])
