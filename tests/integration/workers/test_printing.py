"""`phatnguoi notices print`: each letter in the tray on paper once, whoever prints and whatever is killed."""

import codecs
import csv
import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pytest_django import Settings
from typer.testing import CliRunner, Result

from config import cli
from tests.integration.workers.conftest import ACT_AT, SECONDS, Centre
from tests.integration.workers.doing import CLERK, run, state_of
from workers import printing
from workers.gateways.post import FolderPost, Letter
from workflow import clock, files, letters, owners, service
from workflow.commands import ResendNotice
from workflow.models import Case, Print, PrintBatch
from workflow.models import Letter as LetterRow

Command = Callable[..., Result]
PROGRAM = (
    "import sys, django; django.setup(); from pathlib import Path; from workers.printing import print_due; "
    "print_due(Path(sys.argv[1]), 'cli:x', lambda done: None)"
)
# The same, and after twenty files it waits for its end: nobody comes too late to kill it.
ENDLESS = (
    "import signal, sys, itertools, django; django.setup(); from pathlib import Path; "
    "from workers.printing import print_due; done = itertools.count(1); "
    "print_due(Path(sys.argv[1]), 'cli:x', lambda _: signal.pause() if next(done) == 20 else None)"
)
PLACES = ("phường Mẫu, TP. Hồ Chí Minh", "xã Thử, tỉnh Đắk Lắk", "không nơi nào")


@pytest.fixture
def phatnguoi(centre: Centre, settings: Settings) -> Command:
    """The command on this test's centre, in this process."""
    settings.SECRET_KEY = "k" * 50
    return lambda *arguments: CliRunner().invoke(cli.app, arguments)


def rows(out: Path) -> list[dict[str, str]]:
    """The lists of all batches below a folder."""
    found = []
    for path in sorted(out.glob("batch-*/manifest.csv")):
        assert path.read_bytes().startswith(codecs.BOM_UTF8)  # else a spreadsheet spoils every name
        with path.open(encoding="utf-8-sig", newline="") as file:
            found += list(csv.DictReader(file))
    return found


def pictures_on_first_page(path: Path) -> int:
    objects = pypdfium2.PdfDocument(path)[0].get_objects(
        filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=5
    )
    return len(list(objects))


def texts(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def lay(centre: Centre, case: Case, count: int, places: tuple[str, ...] = PLACES) -> None:
    """So many letters in the tray, each the case's own paper to somebody else."""
    state = state_of(case)
    assert state.notice is not None
    pdf = files.get(state.notice.document)
    tray = FolderPost(centre.home / "post")
    for number in range(count):
        address = f"Số {number}, {places[number % len(places)]}"
        person = owners.remember(owners.Person(f"Người thứ {number}", address, "", "person"))
        key = f"test-{number:05d}"
        receipt = tray.send(Letter(key, case.reference, pdf))
        laid = letters.Laid(
            letters.Addressee(f"{number}/TB", person), hashlib.sha256(pdf).hexdigest(), receipt.number
        )
        letters.lay(case, key, laid)


def test_a_notice_is_printed_once_and_again_only_as_a_copy(
    centre: Centre, notified: Case, phatnguoi: Command, tmp_path: Path
) -> None:
    notice = state_of(notified).notice
    assert notice is not None
    done = phatnguoi("notices", "print", "--due", "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    (row,) = rows(tmp_path / "out")
    assert row["sha256_of_signed_paper"] == notice.sha256
    assert row["number"] == notice.number
    assert row["reference"] == notified.reference
    assert row["addressee"] == "Trần Thị Bưởi"
    assert (row["copy"], row["first_page"], row["pages"]) == ("1", "1", "2")
    folder = tmp_path / "out" / "batch-000001"
    first = texts(folder / row["file"])
    assert "Trần Thị Bưởi" in first[0]
    # The looks of both signatures, though the signatures themselves ended.
    assert pictures_on_first_page(folder / row["file"]) == 2
    assert not any("BẢN SAO" in text for text in first)
    (sheet,) = texts(folder / printing.COUNT_SHEET)
    assert "Tổng cộng 1 2 1" in sheet
    assert row["leaves"] == "1"

    again = phatnguoi("notices", "print", "--due", "--out", str(tmp_path / "out"))
    assert again.exit_code == 0
    assert len(rows(tmp_path / "out")) == 1
    copy = phatnguoi("notices", "print", "--again", notice.number, "--out", str(tmp_path / "copies"))
    assert copy.exit_code == 0, copy.output
    (row,) = rows(tmp_path / "copies")
    assert row["copy"] == "2"
    pages = texts(next((tmp_path / "copies").glob("batch-*/0001-*.pdf")))
    assert len(pages) == 2
    assert all("BẢN SAO – IN LẠI LẦN 02" in page for page in pages)
    unknown = phatnguoi("notices", "print", "--again", "99/NONE", "--out", str(tmp_path / "copies"))
    assert unknown.exit_code == 2


def test_a_number_of_two_years_prints_neither_case_again(
    centre: Centre, notified: Case, phatnguoi: Command, tmp_path: Path
) -> None:
    printing.print_due(tmp_path, "cli:a", lambda _done: None)
    first = LetterRow.objects.get()
    later = centre.case(track=99, at=ACT_AT + timedelta(minutes=40))
    LetterRow.objects.create(
        key="next-year", case=later, number=first.number, post_number="VN2", laid_at=clock.now(), prints=1
    )
    refused = phatnguoi("notices", "print", "--again", first.number, "--out", str(tmp_path))
    assert refused.exit_code == 2
    assert notified.reference in refused.output
    assert later.reference in refused.output
    for name in (notified.reference, first.post_number):
        (printed,) = printing.print_again([name], tmp_path, "cli:a", lambda _done: None)
        assert printed.letters == 1


def test_the_next_issue_is_due_again(centre: Centre, notified: Case, tmp_path: Path) -> None:
    printing.print_due(tmp_path, "cli:a", lambda _done: None)
    service.execute(notified.pk, ResendNotice("returned"), CLERK)
    run(notified, "resend_notice")
    printing.print_due(tmp_path, "cli:a", lambda _done: None)
    found = rows(tmp_path)
    assert [row["copy"] for row in found] == ["1", "1"]
    assert len({row["key"] for row in found}) == len({row["post_number"] for row in found}) == 2


def test_a_file_per_destination_in_postal_order(centre: Centre, notified: Case, tmp_path: Path) -> None:
    lay(centre, notified, 25)
    (printed,) = printing.print_due(tmp_path, "cli:a", lambda _done: None)
    found = rows(tmp_path)
    assert printed.letters == len(found) == 26
    by_file = {row["file"]: (row["province"], row["commune"]) for row in found}
    assert by_file == {
        "0001-dak-lak-xa-thu.pdf": ("Đắk Lắk", "xã Thử"),
        "0002-ho-chi-minh-phuong-mau.pdf": ("Hồ Chí Minh", "phường Mẫu"),
        "0003-khong-ro.pdf": ("", ""),
    }
    in_first = [row["address"] for row in found if row["file"].startswith("0001")]
    assert in_first == [f"Số {number}, {PLACES[1]}" for number in range(1, 25, 3)]
    for name in by_file:
        with pikepdf.open(printed.folder / name) as document:
            pages = len(document.pages)
            fonts = [
                each
                for each in document.objects
                if isinstance(each, pikepdf.Dictionary) and each.get("/Subtype") == "/Type0"
            ]
        listed = [row for row in found if row["file"] == name]
        assert [int(row["first_page"]) for row in listed] == list(range(1, pages, 2))
        assert len(fonts) <= 4, "each face once, not once per letter"


def test_invisible_letters_in_an_address_neither_stop_a_batch_nor_make_a_place(
    centre: Centre, notified: Case, tmp_path: Path
) -> None:
    """A register joined from files has byte order marks in it; the paper prints without them."""
    lay(centre, notified, 2, ("phường Mẫu, TP. Hồ Chí Minh", "phường Mẫu, \ufeffTP. Hồ Chí Minh\u2060"))
    (printed,) = printing.print_due(tmp_path, "cli:a", lambda _done: None)
    laid = [row for row in rows(tmp_path) if row["key"].startswith("test-")]
    assert {row["file"] for row in laid} == {"0001-ho-chi-minh-phuong-mau.pdf"}
    assert printed.letters == 3


def test_many_letters_of_one_destination_are_divided(
    centre: Centre, notified: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "PER_FILE", 4)
    lay(centre, notified, 9, PLACES[:1])
    printing.print_due(tmp_path, "cli:a", lambda _done: None)
    assert Counter(row["file"][:4] for row in rows(tmp_path)) == {"0001": 4, "0002": 4, "0003": 1, "0004": 1}


def test_a_changed_letter_stops_the_run_and_is_printed_after_it_was_mended(
    centre: Centre, notified: Case, phatnguoi: Command, tmp_path: Path
) -> None:
    lay(centre, notified, 6)
    spoilt = centre.home / "post" / "out" / "test-00004" / "letter.pdf"
    good = spoilt.read_bytes()
    spoilt.write_bytes(good.replace(b"/Author", b"/author"))
    done = phatnguoi("notices", "print", "--due", "--out", str(tmp_path))
    assert done.exit_code == 2
    assert "test-00004" in done.output
    assert rows(tmp_path) == []
    spoilt.write_bytes(good)
    # another folder is given, and the batch is finished where it stands
    done = phatnguoi("notices", "print", "--due", "--out", str(tmp_path / "other"))
    assert done.exit_code == 0, done.output
    assert len(rows(tmp_path)) == len({row["key"] for row in rows(tmp_path)}) == 7


def test_a_batch_that_cannot_be_finished_holds_no_later_letter(
    centre: Centre, notified: Case, phatnguoi: Command, tmp_path: Path
) -> None:
    letter = LetterRow.objects.get()
    FolderPost(centre.home / "post").forget(letter.key)
    assert phatnguoi("notices", "print", "--due", "--out", str(tmp_path)).exit_code == 2
    lay(centre, notified, 3)
    done = phatnguoi("notices", "print", "--due", "--out", str(tmp_path))
    assert (done.exit_code, letter.key in done.output) == (2, True)
    assert str(tmp_path / f"batch-{PrintBatch.objects.latest('pk').pk:06d}") in done.output
    assert len(rows(tmp_path)) == 3


def test_a_copy_of_a_letter_that_is_gone_is_refused_and_nothing_waits_for_it(
    centre: Centre, notified: Case, phatnguoi: Command, tmp_path: Path
) -> None:
    printing.print_due(tmp_path, "cli:a", lambda _done: None)
    FolderPost(centre.home / "post").forget(LetterRow.objects.get().key)
    refused = phatnguoi("notices", "print", "--again", notified.reference, "--out", str(tmp_path))
    assert (refused.exit_code, notified.reference in refused.output) == (2, True)
    assert (PrintBatch.objects.count(), LetterRow.objects.get().prints) == (1, 1)
    done = phatnguoi("notices", "print", "--due", "--out", str(tmp_path))
    assert done.exit_code == 0, done.output


def test_files_of_another_batch_of_the_same_number_do_not_count_as_printed(
    centre: Centre, notified: Case, tmp_path: Path
) -> None:
    """The database is an older one again, the folder is not: batches get their numbers a second time."""
    (printed,) = printing.print_due(tmp_path, "cli:a", lambda _done: None)
    taken = tmp_path / f"batch-{PrintBatch.objects.get().pk + 1:06d}"
    shutil.copytree(printed.folder, taken)
    lay(centre, notified, 1, ("không nơi nào",))
    with pytest.raises(printing.StoppedError, match=f"{taken} .* move it away"):
        printing.print_due(tmp_path, "cli:a", lambda _done: None)
    taken.rename(tmp_path / "older")
    (printed,) = printing.print_due(tmp_path, "cli:a", lambda _done: None)
    assert [row["key"] for row in rows(tmp_path)][-1] == "test-00000"


def test_a_file_that_stands_is_on_the_disk(
    centre: Centre, notified: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands is never written again: not even after the current failed may it be an empty file."""
    synced, sync = set(), os.fsync

    def watched(descriptor: int) -> None:
        synced.add(os.fstat(descriptor).st_ino)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    (printed,) = printing.print_due(tmp_path, "cli:a", lambda _done: None)
    written = [path for path in printed.folder.rglob("*") if path.is_file() and path.name != ".lock"]
    assert len(written) == 5
    assert [path.name for path in written if path.stat().st_ino not in synced] == []


def test_a_killed_run_is_finished_by_the_next(centre: Centre, notified: Case, tmp_path: Path) -> None:
    places = tuple(f"phường Mẫu {number}, tỉnh Mẫu" for number in range(40))
    lay(centre, notified, 120, places)
    process = centre.run(ENDLESS, str(tmp_path))
    centre.until(lambda: list(tmp_path.glob("batch-*/0002-*.pdf")))
    process.kill()
    process.wait()
    assert PrintBatch.objects.get().done_at is None
    assert rows(tmp_path) == []
    # a name with a dot before it was under way when the run was killed: it does not stand
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("batch-*/[!.]*.pdf")}
    assert 2 <= len(before) < 41
    (printed,) = printing.print_due(tmp_path, "cli:b", lambda _done: None)
    found = rows(tmp_path)
    assert printed.letters == len(found) == len({row["key"] for row in found}) == 121
    after = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("batch-*/[!.]*.pdf")}
    assert before.items() <= after.items(), "what stood is not written again"
    assert not list(tmp_path.glob("batch-*/.*.pdf"))
    assert PrintBatch.objects.get().done_at is not None


def test_two_operators_at_once_print_each_letter_once(centre: Centre, notified: Case, tmp_path: Path) -> None:
    lay(centre, notified, 60)
    processes = [centre.run(PROGRAM, str(tmp_path / name)) for name in ("first", "second")]
    for process in processes:
        assert process.wait(timeout=SECONDS) == 0, centre.log()
    found = rows(tmp_path / "first") + rows(tmp_path / "second")
    assert Counter(row["key"] for row in found).most_common(1)[0][1] == 1
    assert len(found) == 61 == Print.objects.count()


def test_a_post_that_prints_for_itself_leaves_nothing_to_print(
    centre: Centre, notified: Case, phatnguoi: Command, settings: Settings, tmp_path: Path
) -> None:
    settings.PHATNGUOI_POST = "https://post.example"
    done = phatnguoi("notices", "print", "--due", "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()
