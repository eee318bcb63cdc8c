"""Notices rendered and signed per second of one core, beside what ReportLab and pyHanko do at their best.

`python benchmarks/notices.py [--rounds N] [--letters N]`. Last line: JSON.

- `render_per_s`: notices of form 01/73 with their annex, whose one picture is the plate crop; every notice of
  another owner.
- `render_photos_per_s`: with three photographs of 1920 x 1080 as well, a sensor's noise in them (`photo_kb`).
- `bare_page_per_s`: one A4 page with one line in the same font, embedded as ReportLab does it for each file.
  Ours may be faster, for the font's file is made once.
- `sign_per_s`: signatures by `sign_pdf`, which sets two on a paper, each with its look.
- `sign_ratio`: of the rate at which pyHanko signs the same paper with an invisible PAdES signature, its key
  read once and the room for it known.

All run in one process and take turns, so that a busy machine slows all; seconds are the processor's own
(`process_time`), and of each the median round counts. `--letters 10000` also prints so many letters in one
run (benchmarks/_letters.py), with the memory at a tenth, half and all of them.
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # before this file, which has the package's name

from benchmarks._letters import printed
from benchmarks._machine import machine, versions
from notices.facts import NoticeFacts, Owner, Photo, PhotoRole
from notices.render import render_notice
from notices.signing import SigningKeys, create_demo_authority, sign_pdf
from tests import papers

SEED = 20261125
PER_ROUND = 10
ROOM = 16_384  # hexadecimal digits of a signature's container
BARE = "BareSerif"


def photograph(step: int) -> bytes:
    """The drawn junction at 1080p with a sensor's noise, as a JPEG of quality 85."""
    with Image.open(BytesIO(papers.picture((1920, 1080), step))) as drawn:
        noise = np.random.default_rng(SEED + step).normal(0, 6, (1080, 1920, 1))
        pixels = np.clip(np.asarray(drawn) + noise, 0, 255).astype(np.uint8)
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def facts(*, photographs: bool) -> Callable[[int], NoticeFacts]:
    """Notices of a series, each to another owner."""
    whole = papers.notice()
    roles = (PhotoRole.BEFORE, PhotoRole.AT, PhotoRole.AFTER)
    scenes = [Photo(role, photograph(step), f"ảnh {step}") for step, role in enumerate(roles)]
    shown = (*(scenes if photographs else ()), whole.photos[-1])

    def one(number: int) -> NoticeFacts:
        owner = Owner(f"Nguyễn Văn Mẫu {number}", f"Số {number} đường Số 3, phường Mẫu", f"{number:012d}")
        return replace(whole, owner=owner, photos=shown)

    return one


def bare_page(number: int) -> bytes:
    """One page, one line, ReportLab's own way."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, pageCompression=1, invariant=1, initialFontName=BARE)
    canvas.drawString(100, 700, f"Thông báo vi phạm hành chính số {number}")
    canvas.save()
    return buffer.getvalue()


def bare_signature(pdf: bytes, keys: SigningKeys) -> bytes:
    """What pyHanko needs for any PAdES signature."""
    metadata = PdfSignatureMetadata(
        field_name="bare", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    signer = PdfSigner(metadata, keys.signer)
    output: BytesIO = signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), bytes_reserved=ROOM)
    return output.getvalue()


def measure(works: dict[str, Callable[[int], Any]], rounds: int) -> dict[str, float]:
    """Of each work the calls per second of processor time, the median of its rounds."""
    spent: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            begun = time.process_time()
            for call in range(PER_ROUND):
                work(number * PER_ROUND + call + 1)
            if number:  # the first round warms up
                spent[name].append((time.process_time() - begun) / PER_ROUND)
    return {name: 1 / median(seconds) for name, seconds in spent.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=12, help=f"of {PER_ROUND} calls of each kind")
    parser.add_argument("--letters", type=int, default=0, help="to print in one run as well")
    given = parser.parse_args()
    font = TTFont(BARE, str(files("notices") / "fonts" / "LiberationSerif-Regular.ttf"))
    font.face.name = BARE.encode()  # of two fonts with one face ReportLab would take the first
    pdfmetrics.registerFont(font)
    plain, pictured = facts(photographs=False), facts(photographs=True)
    with tempfile.TemporaryDirectory() as folder:
        authority = create_demo_authority(Path(folder), person="A", organisation="B", password="c")  # noqa: S106  # of a demo
        person, organisation = (
            SigningKeys.load(path, "c") for path in (authority.person, authority.organisation)
        )
    paper = render_notice(plain(1))
    rates = measure(
        {
            "render": lambda number: render_notice(plain(number)),
            "bare_page": bare_page,
            "render_photos": lambda number: render_notice(pictured(number)),
            "sign": lambda _number: sign_pdf(paper, person, organisation),
            "bare_sign": lambda _number: bare_signature(paper, person),
        },
        given.rounds,
    )
    answer: dict[str, Any] = {
        "benchmark": "notices",
        "render_per_s": round(rates["render"], 1),
        "render_photos_per_s": round(rates["render_photos"], 1),
        "sign_per_s": round(2 * rates["sign"], 1),
        "sign_ratio": round(2 * rates["sign"] / rates["bare_sign"], 3),
        "bare_page_per_s": round(rates["bare_page"], 1),
        "bare_sign_per_s": round(rates["bare_sign"], 1),
        "notice_kb": round(len(paper) / 1000),
        "photo_kb": round(len(pictured(1).photos[0].image) / 1000),
        "signed_kb": round(len(sign_pdf(paper, person, organisation)) / 1000),
        "rounds": given.rounds,
        "machine": machine(),
        "versions": versions("reportlab", "pyHanko", "cryptography", "pillow"),
    }
    if given.letters:
        signed = sign_pdf(paper, person, organisation)
        spawn = multiprocessing.get_context("spawn")
        with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(1, spawn) as process:
            answer |= process.submit(printed, Path(folder), signed, given.letters).result()
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
