"""Record, decision and amendment as a reader gets them: the text of the PDF against the facts."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from notices.facts import PaperNumber
from notices.faults import NoticeFault
from notices.forms.decision import render_amendment, render_coercion, render_decision
from notices.forms.record import render_record
from notices.forms.sanction import MAX_ACTS, ChargedAct, CoercionFacts, FinedAct, RecordFacts, Violator
from notices.page import DEMO_BANNER, DRAFT_BANNER
from notices.wording import DOTS, act_time
from tests import sanctions
from tests.unit.notices.reading import assert_inside_the_page, pages, squeezed

ALL: dict[str, Callable[[], bytes]] = {
    "record": lambda: render_record(sanctions.record()),
    "bare-record": lambda: render_record(sanctions.bare_record()),
    "refused-record": lambda: render_record(sanctions.refused_record()),
    "nasty-record": lambda: render_record(sanctions.nasty_record()),
    "decision": lambda: render_decision(sanctions.decision()),
    "bare-decision": lambda: render_decision(sanctions.bare_decision()),
    "nasty-decision": lambda: render_decision(sanctions.nasty_decision()),
    "warning": lambda: render_decision(sanctions.warning()),
    "amendment": lambda: render_amendment(sanctions.amendment()),
    "coercion": lambda: render_coercion(sanctions.coercion()),
    "nasty-coercion": lambda: render_coercion(sanctions.nasty_coercion()),
}


def whole(pdf: bytes) -> str:
    """The text of all pages without page numbers and spaces."""
    first, *others = pages(pdf)
    return squeezed(
        first + "".join(text.removeprefix(str(number)) for number, text in enumerate(others, start=2))
    )


def assert_in_order(pdf: bytes, parts: list[str]) -> None:
    text, position = whole(pdf), 0
    for part in parts:
        position = text.find(squeezed(part), position)
        assert position >= 0, part
        position += len(squeezed(part))


def violator_parts(violator: Violator) -> list[str]:
    return [text for text in (violator.name, violator.identity_number, violator.address) if text]


def act_parts(charged: ChargedAct) -> list[str]:
    act, vehicle = charged.act, charged.vehicle
    parts = [
        f"{act.behaviour}, quy định tại {act.law}.",
        f"Thời gian, địa điểm vi phạm: {act_time(act.at)}, tại {act.place}",
        f"{vehicle.kind}; {vehicle.plate}; {vehicle.plate_colour}",
    ]
    if charged.device is not None:
        parts.append(f"Thiết bị ghi nhận: {charged.device}; giấy chứng nhận: {charged.certificate}")
    return parts


@pytest.mark.parametrize(
    "name", ["refused-record", "nasty-record", "nasty-decision", "amendment", "nasty-coercion"]
)
def test_nothing_is_printed_over_an_edge(name: str) -> None:
    assert_inside_the_page(ALL[name]())


@pytest.mark.parametrize("name", ALL)
def test_the_same_facts_give_the_same_bytes_and_nothing_missing_is_spelt_out(name: str) -> None:
    pdf = ALL[name]()
    assert pdf == ALL[name]()
    assert "None" not in whole(pdf)


@pytest.mark.parametrize("make", [sanctions.record, sanctions.nasty_record])
def test_every_fact_of_a_record_is_in_its_text(make: Callable[[], RecordFacts]) -> None:
    facts = make()
    explanation, appointment, owner = facts.explanation, facts.appointment, facts.owner
    assert explanation is not None
    assert appointment is not None
    assert owner is not None
    assert_in_order(
        render_record(facts),
        [
            "Số: 07/BB-VPHC",
            "BIÊN BẢN",
            f"Hôm nay, hồi 08 giờ 15 ngày 01 tháng 12 năm 2026, tại {facts.place}.",
            *facts.grounds,
            f"Người lập biên bản: {facts.maker.name}; chức vụ: {facts.maker.title};",
            f"đơn vị: {facts.maker.unit}",
            f"Người chứng kiến: {facts.witness}",
            *violator_parts(facts.violator),
            f"Giấy phép lái xe: {facts.licence}",
            f"Chủ phương tiện: {owner.name}; địa chỉ: {owner.address}",
            f"Đã thực hiện {len(facts.acts):02d} hành vi",
            *(
                part
                for number, act in enumerate(facts.acts, start=1)
                for part in (f"{number}.", *act_parts(act))
            ),
            f"Biện pháp ngăn chặn được áp dụng (nếu có): {facts.preventive_measure}",
            "Ý kiến của người vi phạm",
            "Ý kiến của người chứng kiến",
            "trong thời hạn 05 ngày làm việc kể từ ngày lập biên bản này, đến hết ngày 08 tháng 12 năm 2026",
            "trong thời hạn 02 ngày làm việc yêu cầu giải trình trực tiếp; gửi đến",
            f"{explanation.office}, địa chỉ: {explanation.address}",
            f"Yêu cầu {facts.violator.name} đúng 08 giờ 00 ngày 10 tháng 12 năm 2026 có mặt tại trụ sở",
            f"{appointment.office}, địa chỉ: {appointment.address}",
            "NGƯỜI LẬP BIÊN BẢN",
        ],
    )


def test_a_record_says_what_is_missing_and_leaves_an_unknown_title_to_the_pen() -> None:
    text = whole(render_record(sanctions.bare_record()))
    assert squeezed("Biện pháp ngăn chặn được áp dụng (nếu có): Không có") in text
    assert squeezed("Số định danh cá nhân/Căn cước: Không có") in text
    assert squeezed("không thuộc trường hợp được quyền giải trình") in text
    assert squeezed(f"Người lập biên bản: {DOTS * 4}; chức vụ: {DOTS * 4}; đơn vị:") in text
    assert squeezed("Đã thực hiện hành vi vi phạm hành chính sau đây") in text
    for absent in ("Người chứng kiến", "Chủ phương tiện", "Yêu cầu", "Giấy phép lái xe", "Thiết bị ghi nhận"):
        assert squeezed(absent) not in text


def test_who_refuses_to_sign_is_named_with_a_witness_and_has_no_place_to_sign() -> None:
    text = whole(render_record(sanctions.refused_record()))
    assert squeezed("Người vi phạm không ký biên bản, có người chứng kiến là Ngô Thị Mẫu.") in text
    assert squeezed("NGƯỜI VI PHẠM (Ký") not in text
    assert squeezed("NGƯỜI VI PHẠM (Ký") in whole(render_record(sanctions.record()))
    with pytest.raises(NoticeFault, match=r"RecordFacts\.witness"):
        replace(sanctions.refused_record(), witness=None)


def test_every_fact_of_a_decision_is_in_its_text() -> None:
    facts = sanctions.decision()
    first, second = facts.acts
    assert_in_order(
        render_decision(facts),
        [
            "Số: 09/QĐ-XPHC",
            "QUYẾT ĐỊNH",
            "TRƯỞNG PHÒNG CẢNH SÁT GIAO THÔNG",
            *(f"Căn cứ {basis};" for basis in facts.legal_bases),
            "Căn cứ Biên bản vi phạm hành chính số 07/BB-VPHC ngày 01 tháng 12 năm 2026;",
            "Căn cứ văn bản giải trình của người vi phạm.",
            "Điều 1.",
            *violator_parts(facts.violator),
            "Đã thực hiện 02 hành vi",
            "1.",
            *act_parts(first.charged),
            f"Tình tiết giảm nhẹ: {first.mitigating[0]}",
            "Phạt tiền 18.500.000 đồng (bằng chữ: Mười tám triệu năm trăm nghìn đồng)",
            f"biện pháp khắc phục hậu quả: {first.extra}",
            "2.",
            *act_parts(second.charged),
            f"Tình tiết tăng nặng: {second.aggravating[0]}",
            "Phạt tiền 5.500.000 đồng (bằng chữ: Năm triệu năm trăm nghìn đồng)",
            "Tổng mức tiền phạt của 02 hành vi: 24.000.000 đồng (bằng chữ: Hai mươi tư triệu đồng).",
            "Trừ điểm giấy phép lái xe: 04 điểm",
            "Điều 2. Quyết định này có hiệu lực kể từ ngày ký, ngày 09 tháng 12 năm 2026.",
            "Điều 3.",
            "trong thời hạn 10 ngày kể từ ngày nhận được Quyết định này",
            "mỗi ngày chậm nộp phải nộp thêm 0,05%",
            f"Nơi nộp tiền phạt: {'; '.join(facts.compliance.places)}",
            "quyền khiếu nại",
            "KT. TRƯỞNG PHÒNG PHÓ TRƯỞNG PHÒNG",
            facts.signer.name,
        ],
    )


def test_ten_acts_are_each_told_and_summed() -> None:
    facts = sanctions.nasty_decision()
    parts = [part for fined in facts.acts for part in act_parts(fined.charged)]
    assert_in_order(
        render_decision(facts),
        [*violator_parts(facts.violator), *parts, "Tổng mức tiền phạt của 10 hành vi: 55.225.000 đồng"],
    )


def test_one_act_has_no_number_and_no_sum_of_its_own() -> None:
    text = whole(render_decision(sanctions.firm_decision()))
    assert squeezed("Phạt tiền 38.000.000 đồng (bằng chữ: Ba mươi tám triệu đồng)") in text
    assert "Tổngmứctiềnphạt" not in text
    assert squeezed("Mã số của tổ chức: 0300000000") in text
    assert squeezed("Người đại diện: Ông Lê Văn Mẫu, Giám đốc") in text
    assert "điểmgiấyphép" not in text


def test_a_warning_asks_for_no_money() -> None:
    text = whole(render_decision(sanctions.warning()))
    assert squeezed("Hình thức xử phạt chính: Cảnh cáo") in text
    for absent in ("Phạt tiền", "Nơi nộp tiền", "chậm nộp", "đồng ("):
        assert squeezed(absent) not in text


def test_a_suspension_is_told_in_figures_and_words() -> None:
    text = whole(render_decision(sanctions.suspending_decision()))
    assert squeezed("Tước quyền sử dụng giấy phép lái xe trong thời hạn 11 tháng (mười một tháng)") in text


def test_no_decision_carries_a_link() -> None:
    for name in ("decision", "amendment", "nasty-decision", "coercion"):
        assert b"/URI" not in ALL[name]()
        assert "http" not in whole(ALL[name]())


def test_an_amendment_names_both_sums_and_both_papers() -> None:
    facts = sanctions.amendment()
    assert_in_order(
        render_amendment(facts),
        [
            "Số: 11/QĐ-XPHC",
            "Sửa đổi Quyết định xử phạt số 09/QĐ-XPHC",
            "số 09/QĐ-XPHC ngày 09 tháng 12 năm 2026.",
            *violator_parts(facts.violator),
            *act_parts(facts.charged),
            "Mức xử phạt đã quyết định: Phạt tiền 18.500.000 đồng",
            "sau khi sửa đổi: Phạt tiền 18.000.000 đồng (bằng chữ: Mười tám triệu đồng)",
            f"Lý do sửa đổi: {facts.reason}",
        ],
    )


@pytest.mark.parametrize("make", [sanctions.coercion, sanctions.nasty_coercion])
def test_every_fact_of_a_coercion_is_in_its_text(make: Callable[[], CoercionFacts]) -> None:
    facts = make()
    assert_in_order(
        render_coercion(facts),
        [
            "Số: 03/QĐ-CC",
            "Cưỡng chế thi hành quyết định xử phạt vi phạm hành chính",
            *(f"Căn cứ {basis};" for basis in facts.legal_bases),
            "số 09/QĐ-XPHC ngày 09 tháng 12 năm 2026.",
            *violator_parts(facts.violator),
            "không tự nguyện chấp hành Quyết định số 09/QĐ-XPHC",
            "được ghi nhận ngày 05 tháng 01 năm 2027",
            f"Biện pháp cưỡng chế: {facts.measure}",
            "tính đến hết ngày 11 tháng 01 năm 2027: 24.252.000 đồng",
            "(bằng chữ: Hai mươi tư triệu hai trăm năm mươi hai nghìn đồng)",
            "nộp thêm 0,05%",
            "có hiệu lực kể từ ngày ký, ngày 11 tháng 01 năm 2027",
            *facts.compliance.places,
        ],
    )


def test_no_coercion_is_made_where_nothing_is_owed() -> None:
    with pytest.raises(NoticeFault, match="nothing is owed"):
        replace(sanctions.coercion(), due=0)


def test_a_signature_never_stands_alone_on_a_page() -> None:
    facts = sanctions.bare_decision()
    for length in range(100, 1150, 150):
        violator = replace(facts.violator, address="đường " * (length // 6))
        texts = pages(render_decision(replace(facts, violator=violator)))
        signed = next(text for text in texts if "Nơi nhận:" in text)
        assert "có quyền khiếu nại" in signed  # its last lines go with it
        assert facts.signer.name in signed
        assert "người nhận ký" in signed


def test_an_act_is_not_torn_by_a_page() -> None:
    for facts in (sanctions.nasty_decision(), sanctions.decision()):
        for text in pages(render_decision(facts)):
            assert text.count("Thời gian, địa điểm vi phạm:") == text.count("Hình thức xử phạt chính:")


def test_drafts_and_demos_say_so() -> None:
    draft = PaperNumber("QĐ-XPHC", "TP. Hồ Chí Minh")
    for page in pages(render_decision(replace(sanctions.decision(), paper=draft, demo=True))):
        assert DEMO_BANNER in page
        assert DRAFT_BANNER in page
    record = PaperNumber("BB-VPHC", "TP. Hồ Chí Minh")
    assert DRAFT_BANNER in pages(render_record(replace(sanctions.record(), paper=record)))[0]


@pytest.mark.parametrize("fine", [0, -1])
def test_no_fine_is_a_warning_and_never_nothing(fine: int) -> None:
    with pytest.raises(NoticeFault) as caught:
        FinedAct(sanctions.RED_LIGHT, fine)
    assert caught.value.code == "number_range"


@pytest.mark.parametrize("count", [0, MAX_ACTS + 1])
def test_a_paper_of_no_act_or_of_too_many_is_refused(count: int) -> None:
    with pytest.raises(NoticeFault) as caught:
        replace(sanctions.record(), acts=(sanctions.RED_LIGHT,) * count)
    assert caught.value.code == "act_count"


def test_texts_inside_tuples_are_cleaned_and_checked_too() -> None:
    fined = FinedAct(sanctions.RED_LIGHT, 1, mitigating=("  đã \n khai báo ",))
    assert fined.mitigating == ("đã khai báo",)
    with pytest.raises(NoticeFault, match=r"FinedAct\.aggravating"):
        replace(fined, aggravating=("",))


def test_points_are_never_negative() -> None:
    with pytest.raises(NoticeFault):
        replace(sanctions.decision(), points=-1)
