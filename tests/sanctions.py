"""Facts of records and decisions for tests and pictures: made-up people, acts and sums."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from notices.facts import Act, Agency, Appointment, PaperNumber, Signer, Vehicle
from notices.forms.facts import NamedPaper
from notices.forms.sanction import (
    AmendmentFacts,
    ChargedAct,
    CoercionFacts,
    Compliance,
    DecisionFacts,
    ExplanationRight,
    FinedAct,
    Maker,
    RecordFacts,
    Violator,
    ViolatorKind,
)
from tests import papers

MADE_AT = datetime(2026, 12, 1, 8, 15, tzinfo=papers.HERE)
OFFICE = "341 đường Mẫu, phường Mẫu, TP. Hồ Chí Minh"
PERSON = Violator(ViolatorKind.PERSON, "Trần Thị Mẫu", papers.OWNER.address, "079000000001")
FIRM = Violator(
    ViolatorKind.ORGANISATION,
    "Công ty Trách nhiệm hữu hạn Vận tải Mẫu",
    "Số 1 đường Mẫu, phường Mẫu, TP. Hồ Chí Minh",
    "0300000000",
    "Ông Lê Văn Mẫu, Giám đốc",
)
RED_LIGHT = ChargedAct(papers.ACT, papers.VEHICLE, "CAM-DEMO-01", "DEMO-0001")
WRONG_LANE = ChargedAct(
    Act(
        papers.ACT_AT + timedelta(days=3, hours=2),
        "Đường Mẫu đoạn trước số 100, phường Mẫu, TP. Hồ Chí Minh",
        "Đi không đúng phần đường hoặc làn đường",
        "điểm b khoản 5 Điều 6 Nghị định số 168/2024/NĐ-CP",
    ),
    papers.VEHICLE,
    "CAM-DEMO-02",
    "DEMO-0002",
)
BASES = (
    "Luật Xử lý vi phạm hành chính số 15/2012/QH13, được sửa đổi, bổ sung năm 2020 và năm 2025",
    "Nghị định số 168/2024/NĐ-CP, được sửa đổi bởi Nghị định số 238/2026/NĐ-CP",
)
COMPLIANCE = Compliance(10, ("Kho bạc Nhà nước Khu vực Mẫu", "Cổng Dịch vụ công quốc gia"), "0,05%")


def record() -> RecordFacts:
    """A record with every field, of two acts."""
    return RecordFacts(
        paper=PaperNumber("BB-VPHC", "TP. Hồ Chí Minh", 7, date(2026, 12, 1)),
        agency=papers.AGENCY,
        made_at=MADE_AT,
        place=f"trụ sở {papers.UNIT}, {OFFICE}",
        maker=Maker(papers.UNIT, "Đại úy Phạm Văn Mẫu", "Cán bộ xử lý vi phạm"),
        violator=PERSON,
        acts=(RED_LIGHT, WRONG_LANE),
        grounds=(
            "Thông báo số 05/TB-PC08 ngày 02 tháng 11 năm 2026",
            "kết quả thu thập được bằng phương tiện, thiết bị kỹ thuật nghiệp vụ",
        ),
        owner=papers.OWNER,
        witness="Ngô Thị Mẫu",
        licence="Đã xuất trình giấy phép lái xe do Việt Nam cấp",
        preventive_measure="tạm giữ giấy tờ",
        explanation=ExplanationRight(5, 2, date(2026, 12, 8), papers.UNIT, OFFICE),
        appointment=Appointment(datetime(2026, 12, 10, 8, 0, tzinfo=papers.HERE), papers.UNIT, OFFICE),
    )


def bare_record() -> RecordFacts:
    """A record without any optional field, of one act."""
    full = record()
    return replace(
        full,
        agency=Agency(papers.AGENCY.parent, papers.AGENCY.name),
        maker=Maker(papers.UNIT),
        violator=Violator(ViolatorKind.PERSON, PERSON.name, PERSON.address),
        acts=(ChargedAct(papers.ACT, papers.VEHICLE),),
        grounds=full.grounds[1:],
        owner=None,
        witness=None,
        licence=None,
        preventive_measure=None,
        explanation=None,
        appointment=None,
    )


def refused_record() -> RecordFacts:
    """An organisation whose representative did not sign."""
    return replace(record(), violator=FIRM, signed=False, acts=(RED_LIGHT,))


def decision() -> DecisionFacts:
    """A decision with every field, over two acts."""
    return DecisionFacts(
        paper=PaperNumber("QĐ-XPHC", "TP. Hồ Chí Minh", 9, date(2026, 12, 9)),
        agency=papers.AGENCY,
        signer=papers.SIGNER,
        issuer="Trưởng phòng Cảnh sát giao thông",
        legal_bases=BASES,
        record=NamedPaper("07/BB-VPHC", date(2026, 12, 1)),
        violator=PERSON,
        acts=(
            FinedAct(
                RED_LIGHT,
                18_500_000,
                mitigating=("Người vi phạm đã tự nguyện khai báo, thành thật hối lỗi",),
                extra="Buộc khôi phục biển số",
            ),
            FinedAct(WRONG_LANE, 5_500_000, aggravating=("Vi phạm hành chính nhiều lần",)),
        ),
        compliance=COMPLIANCE,
        explanation="văn bản giải trình của người vi phạm",
        points=4,
    )


def bare_decision() -> DecisionFacts:
    """A decision without any optional field, over one act."""
    full = decision()
    return replace(
        full,
        agency=Agency(papers.AGENCY.parent, papers.AGENCY.name),
        signer=Signer(papers.SIGNER.title, papers.SIGNER.name),
        violator=Violator(ViolatorKind.PERSON, PERSON.name, PERSON.address),
        acts=(FinedAct(ChargedAct(papers.ACT, papers.VEHICLE), 19_000_000),),
        explanation=None,
        points=0,
    )


def suspending_decision() -> DecisionFacts:
    """An act that costs the licence for a time, and so no points."""
    full = decision()
    return replace(full, acts=(replace(full.acts[0], suspension_months=11), full.acts[1]), points=0)


def firm_decision() -> DecisionFacts:
    """An organisation that did not name the driver: twice the fine, no points."""
    return replace(decision(), violator=FIRM, acts=(FinedAct(RED_LIGHT, 38_000_000),), points=0)


def warning() -> DecisionFacts:
    """A decision that only warns: nothing is to be paid."""
    return replace(bare_decision(), acts=(FinedAct(RED_LIGHT, None),))


def amendment() -> AmendmentFacts:
    """A complaint was partly right: the fine sinks."""
    full = decision()
    return AmendmentFacts(
        paper=replace(full.paper, number=11),
        agency=full.agency,
        signer=full.signer,
        issuer=full.issuer,
        legal_bases=BASES,
        decision=NamedPaper("09/QĐ-XPHC", date(2026, 12, 9)),
        violator=PERSON,
        reason="Có hai tình tiết giảm nhẹ chưa được xem xét",
        charged=RED_LIGHT,
        former=18_500_000,
        fine=18_000_000,
        compliance=COMPLIANCE,
    )


def coercion() -> CoercionFacts:
    """Nobody paid: the fine with what lateness has cost is enforced."""
    full = decision()
    return CoercionFacts(
        paper=PaperNumber("QĐ-CC", "TP. Hồ Chí Minh", 3, date(2027, 1, 11)),
        agency=full.agency,
        signer=full.signer,
        issuer=full.issuer,
        legal_bases=BASES,
        decision=NamedPaper("09/QĐ-XPHC", date(2026, 12, 9)),
        violator=PERSON,
        missed=date(2027, 1, 5),
        measure="Khấu trừ tiền từ tài khoản của người bị cưỡng chế",
        due=24_252_000,
        compliance=COMPLIANCE,
    )


def nasty_coercion() -> CoercionFacts:
    """An organisation with a name of 300 and an address of 400 characters, a long measure."""
    firm = replace(FIRM, name=papers.LONG_NAME, address=papers.LONG_ADDRESS)
    return replace(coercion(), violator=firm, measure=papers.LONG_TEXT, signer=nasty_decision().signer)


def many_acts(count: int = 10) -> tuple[ChargedAct, ...]:
    """As many acts, every other one with another vehicle."""
    other = Vehicle("Xe mô tô, xe gắn máy", "59X1-234.56", "nền màu trắng, chữ và số màu đen")
    return tuple(
        replace(
            (RED_LIGHT, WRONG_LANE)[number % 2],
            act=replace(
                (RED_LIGHT, WRONG_LANE)[number % 2].act,
                at=papers.ACT_AT + timedelta(days=number, minutes=7 * number),
            ),
            vehicle=other if number % 2 else papers.VEHICLE,
        )
        for number in range(count)
    )


def nasty_record() -> RecordFacts:
    """Ten acts, a name of 300 characters, an address of 400."""
    long = replace(PERSON, name=papers.LONG_NAME, address=papers.LONG_ADDRESS)
    return replace(
        record(),
        violator=long,
        owner=papers.NASTY_OWNER,
        acts=many_acts(),
        witness=papers.LONG_NAME[:240],
        maker=Maker(papers.LONG_NAME[:240], papers.LONG_NAME[:240], papers.LONG_NAME[:240]),
        signed=False,
    )


def nasty_decision() -> DecisionFacts:
    """Ten acts, a name of 300 characters, an address of 400, a signer of a long title."""
    fines = tuple(
        FinedAct(charged, 1_000_000 * (number + 1) + 5_000 * number)
        for number, charged in enumerate(many_acts())
    )
    return replace(
        decision(),
        violator=replace(FIRM, name=papers.LONG_NAME, address=papers.LONG_ADDRESS),
        acts=fines,
        points=0,
        signer=Signer(papers.LONG_NAME[:120], papers.LONG_NAME[:120], papers.LONG_NAME[:120]),
    )
