"""Facts of the sister forms for tests and golden pages; whole, bare and nasty."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

from notices.facts import Agency, Appointment, PaperNumber
from notices.forms.facts import (
    CommuneFacts,
    Exhibit,
    InvitationFacts,
    NamedPaper,
    PointsFacts,
    RegisterFacts,
    RegisterLine,
    TransferFacts,
)
from tests.papers import (
    ACT,
    AGENCY,
    HERE,
    LONG_ADDRESS,
    LONG_NAME,
    LONG_TEXT,
    NASTY_OWNER,
    OWNER,
    SIGNER,
    UNIT,
    VEHICLE,
    nasty_notice,
    photos,
)

_PLACE = "TP. Hồ Chí Minh"
_NOTICE = NamedPaper("05/TB-PC08", date(2026, 11, 2))
_LONG_UNIT = LONG_NAME[:240].strip()


def exhibits(count: int) -> tuple[Exhibit, ...]:
    return tuple(
        Exhibit(f"Ảnh {number:02d}: trước khi vi phạm, 07:00:{number:02d}.345", f"{number:02x}" * 32)
        for number in range(1, count + 1)
    )


def transfer() -> TransferFacts:
    return TransferFacts(
        paper=PaperNumber("PC-PC08", _PLACE, 7, date(2026, 11, 3)),
        agency=AGENCY,
        to="Phòng Cảnh sát giao thông Công an tỉnh Mẫu",
        owner=OWNER,
        vehicle=VEHICLE,
        act=ACT,
        reason="chủ phương tiện cư trú ngoài địa bàn của đơn vị phát hiện vi phạm",
        exhibits=exhibits(5),
        signer=SIGNER,
        photos=photos(),
        time_bar=date(2027, 10, 25),
    )


def nasty_transfer() -> TransferFacts:
    return replace(
        transfer(),
        paper=PaperNumber("PC-PC08", _PLACE, 1234, date(2026, 2, 3)),
        to=_LONG_UNIT,
        owner=NASTY_OWNER,
        reason=LONG_TEXT,
        exhibits=exhibits(80),
        photos=nasty_notice().photos,
        time_bar=None,
        demo=True,
    )


def other_transfer() -> TransferFacts:
    """To a body for which no form is prescribed."""
    return replace(
        transfer(),
        to="Cơ quan Cảnh sát điều tra Công an Thành phố Hồ Chí Minh",
        reason="có dấu hiệu tội phạm",
        photos=(),
        results_of_device=False,
    )


def commune() -> CommuneFacts:
    return CommuneFacts(
        paper=PaperNumber("PG-PC08", _PLACE, 9, date(2026, 12, 7)),
        agency=AGENCY,
        commune="Công an phường Mẫu",
        notice=_NOTICE,
        sent=date(2026, 11, 4),
        owner=OWNER,
        vehicle=VEHICLE,
        act=ACT,
        signer=SIGNER,
    )


def nasty_commune() -> CommuneFacts:
    return replace(commune(), commune=_LONG_UNIT, owner=NASTY_OWNER, reported=True, demo=True)


def points() -> PointsFacts:
    return PointsFacts(
        paper=PaperNumber("TBTĐ-PC08", _PLACE, 3, date(2026, 12, 15)),
        agency=AGENCY,
        person=OWNER,
        decision=NamedPaper("04/QĐ-XPHC", date(2026, 12, 15)),
        decided_by="Phó Trưởng phòng Cảnh sát giao thông",
        vehicle=VEHICLE,
        act=ACT,
        deducted=4,
        effective=date(2026, 12, 15),
        signer=SIGNER,
        left=8,
        licence="790000000000, hạng B",
    )


def bare_points() -> PointsFacts:
    return replace(points(), left=None, licence=None, person=replace(OWNER, identity_number=None))


def nasty_points() -> PointsFacts:
    return replace(points(), person=NASTY_OWNER, decided_by=_LONG_UNIT, deducted=12, left=0, demo=True)


def invitation() -> InvitationFacts:
    return InvitationFacts(
        paper=PaperNumber("TB-PC08", _PLACE, 6, date(2026, 11, 2)),
        agency=AGENCY,
        owner=OWNER,
        vehicle=VEHICLE,
        act=ACT,
        appointment=Appointment(datetime(2026, 12, 1, 8, 0, tzinfo=HERE), UNIT, "341 đường Mẫu, phường Mẫu"),
        signer=SIGNER,
    )


def nasty_invitation() -> InvitationFacts:
    office = Appointment(datetime(2026, 12, 1, 8, 0, tzinfo=HERE), _LONG_UNIT, LONG_ADDRESS)
    return replace(
        invitation(),
        owner=replace(NASTY_OWNER, identity_number=None),
        agency=Agency(_LONG_UNIT, _LONG_UNIT),
        appointment=office,
        demo=True,
    )


def register_line(number: int) -> RegisterLine:
    return RegisterLine(
        line=f"{number:02d}",
        received=datetime(2026, 11, 2, 9, number % 60, 30, tzinfo=HERE),
        channel="Ứng dụng VNeTraffic",
        giver="Giữ kín (Điều 16 NĐ 61/2026)",
        contact="Giữ kín",
        data="Gói dữ liệu pn1-3f2a9c1e; SHA-256 0123456789abcdef0123456789abcdef",
        act_at=ACT.at,
        place=ACT.place,
        vehicle="Ô tô con; 51F-123.45",
        behaviour=ACT.behaviour,
        first_value="Đủ điều kiện xác minh",
        officer="Đại úy Trần Văn Mẫu",
        handed_to=None,
        verification="đến ngày 02/12/2026; gia hạn đến 01/01/2027",
        conclusion="Có vi phạm",
        outcome="Hồ sơ PN2026-000001; 04/QĐ-XPHC",
        answered=None,
    )


def register() -> RegisterFacts:
    lines = tuple(register_line(number) for number in range(1, 4))
    bare = RegisterLine("04", datetime(2026, 11, 3, 10, 0, 0, tzinfo=HERE), "Bưu chính")
    return RegisterFacts(AGENCY, date(2026, 11, 1), date(2026, 11, 30), (*lines, bare))


def empty_register() -> RegisterFacts:
    return replace(register(), lines=())


def nasty_register() -> RegisterFacts:
    """Twelve lines, one with the longest text in every cell."""
    cell = f"{'Đường Nguyễn Thị Minh Khai nối dài, phường Đa Kao; ' * 8:.399}g"
    names = [name for name in RegisterLine.__dataclass_fields__ if name not in {"line", "received", "act_at"}]
    longest = replace(register_line(2), **cast("dict[str, Any]", dict.fromkeys(names, cell)))
    lines = [longest if number == 2 else register_line(number) for number in range(1, 13)]
    return replace(register(), lines=tuple(lines), demo=True)
