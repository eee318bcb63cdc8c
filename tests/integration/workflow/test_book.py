"""The book 05/73: every report of a period has its line, in order, and nothing of who gave it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pytest_django import Settings
from typer.testing import CliRunner

from config.cli import app
from notices.forms.register import render_register
from tests.packages import Seen, write
from tests.unit.notices.reading import pages, squeezed
from workflow import book, clock, intake, officers, service
from workflow import commands as c
from workflow.case import Actor
from workflow.models import Case, Package, ReportGiver
from workflow.vocabulary import Role
from workflow.words import Conclusion

ACT_AT = datetime(2026, 10, 25, 0, 0, 12, 340_000, tzinfo=UTC)
HANDLER = Actor("user:7", frozenset({Role.HANDLER}))


@pytest.fixture
def reported(camera: Ed25519PrivateKey, home: Path, settings: Settings) -> Callable[..., Case]:
    """Makes a case of a citizen's data, on a day after the act."""
    settings.PHATNGUOI_CLOCK_FILE = str(home / "clock")
    clerk = officers.create_officer("clerk", "Đại úy Trần Văn Nhận", "mật khẩu rất dài 123", (Role.CLERK,))

    def make(day: int, **more: bool) -> Case:
        seen = Seen(track=day, at=ACT_AT + timedelta(minutes=day))
        clock.set_shift(home / "clock", ACT_AT + timedelta(days=day) - datetime.now(UTC))
        made = Case.objects.get(reference=intake.ingest(write(home / "spool", camera, seen)).reference)
        sealed = Package.objects.create(
            id=f"{made.package_id}-c",
            manifest_sha256=made.package.manifest_sha256,
            device=made.package.device,
            path=made.package.path,
            received_at=clock.now(),
        )
        command = c.OpenFromReport(
            sealed.pk, "ab" * 32, "Ngã tư Mẫu", seen.at, "red_light", "motorbike", "VNeID", **more
        )
        return service.open_case(sealed, command, officers.actor_of(clerk))

    return make


def test_the_lines_of_a_period_in_their_order(reported: Callable[..., Case]) -> None:
    first, second, _third = (reported(day) for day in (1, 2, 5))
    facts = book.book(date(2026, 10, 26), date(2026, 10, 27))
    assert [line.line for line in facts.lines] == ["01", "02"]
    line = facts.lines[0]
    assert (line.channel, line.place, line.officer) == ("VNeID", "Ngã tư Mẫu", "Đại úy Trần Văn Nhận")
    assert line.outcome == f"Hồ sơ {first.reference}"
    assert line.verification == "đến 25/11/2026"
    assert (line.giver, line.contact, line.conclusion, line.answered) == (None, None, None, None)
    assert facts.lines[1].outcome == f"Hồ sơ {second.reference}"
    assert book.book(date(2026, 10, 1), date(2026, 10, 25)).lines == ()


def test_a_line_tells_what_became_of_the_report(reported: Callable[..., Case]) -> None:
    case = reported(1, anonymous=True, answer_wanted=True)
    service.execute(case.pk, c.ExtendVerification("phức tạp"), HANDLER)
    service.execute(case.pk, c.ConcludeVerification(Conclusion.PROVEN, "báo cáo"), HANDLER)
    [line] = book.book(date(2026, 10, 26), date(2026, 10, 26)).lines
    assert line.giver == "Không nêu tên"
    assert line.verification == "đến 25/11/2026; gia hạn đến 25/12/2026"
    assert line.conclusion == "Có hành vi vi phạm"
    assert line.answered == "Có đề nghị trả lời"
    assert line.behaviour == "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông"


def test_who_gave_the_data_is_printed_only_where_it_is_asked_for(reported: Callable[..., Case]) -> None:
    ReportGiver.objects.create(case=reported(1), name="Phạm Thị Báo", address="1 đường A", contact="0900")
    day = date(2026, 10, 26)
    [kept], [told] = book.book(day, day).lines, book.book(day, day, givers=True).lines
    assert (kept.giver, kept.contact) == (None, None)
    assert (told.giver, told.contact) == ("Phạm Thị Báo", "1 đường A; 0900")


def test_the_longest_address_and_contact_of_a_giver_fit_into_their_cell(
    reported: Callable[..., Case],
) -> None:
    address, contact = f"{'Số 12 đường Nguyễn Thị Minh Khai, ' * 10:.299}g", f"{'0900 000 000, ' * 20:.199}0"
    ReportGiver.objects.create(case=reported(1), name="Phạm Thị Báo", address=address, contact=contact)
    day = date(2026, 10, 26)
    [page] = pages(render_register(book.book(day, day, givers=True)))
    assert squeezed(f"{address}; {contact}") in squeezed(page)


def test_a_period_that_is_too_long_is_refused(
    reported: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    reported(1)
    reported(2)
    monkeypatch.setattr(book, "LINES", 1)
    with pytest.raises(book.TooManyLinesError, match="2 lines"):
        book.book(date(2026, 10, 1), date(2026, 11, 1))


def test_the_command_writes_the_book(
    reported: Callable[..., Case], tmp_path: Path, settings: Settings
) -> None:
    settings.SECRET_KEY = "as phatnguoi init makes one"
    case = reported(1)
    out = tmp_path / "book.pdf"
    result = CliRunner().invoke(app, ["book", "2026-10-26", "2026-10-26", "--out", str(out)])
    assert result.exit_code == 0, result.output
    [text] = pages(out.read_bytes())
    assert case.reference in text
    assert "Từ ngày 26 tháng 10 năm 2026 đến ngày 26 tháng 10 năm 2026" in text
    nowhere = ["--out", str(tmp_path / "no" / "x.pdf")]
    lost = CliRunner().invoke(app, ["book", "2026-10-26", "2026-10-26", *nowhere])
    assert (lost.exit_code, "x.pdf" in lost.output) == (2, True)
    wrong = CliRunner().invoke(app, ["book", "2026-10-27", "2026-10-26", "--out", str(out)])
    assert wrong.exit_code == 2
