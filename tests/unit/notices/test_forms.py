"""The sister forms of 01/73: every fact stands in the text, in its order, whatever its length."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from notices.facts import CELL
from notices.faults import NoticeFault
from notices.forms.commune import FINDINGS, render_commune
from notices.forms.facts import Exhibit
from notices.forms.invitation import render_invitation
from notices.forms.points import render_points
from notices.forms.register import HEADS, SHEET, render_register
from notices.forms.transfer import FILE, RESULTS, render_transfer
from notices.page import DEMO_BANNER, DRAFT_BANNER
from tests import papers, sister_papers
from tests.unit.notices.reading import assert_inside_the_page, pages, squeezed

RENDERED: dict[str, tuple[Callable[[Any], bytes], Any]] = {
    "03/73": (render_transfer, sister_papers.transfer()),
    "03/73 nasty": (render_transfer, sister_papers.nasty_transfer()),
    "04": (render_commune, sister_papers.commune()),
    "04 nasty": (render_commune, sister_papers.nasty_commune()),
    "02/73": (render_points, sister_papers.points()),
    "02/73 nasty": (render_points, sister_papers.nasty_points()),
    "06": (render_invitation, sister_papers.invitation()),
    "06 nasty": (render_invitation, sister_papers.nasty_invitation()),
    "05/73": (render_register, sister_papers.register()),
    "05/73 nasty": (render_register, sister_papers.nasty_register()),
}
HEAD = ("CÔNG AN THÀNH PHỐ HỒ CHÍ MINH", "PHÒNG CẢNH SÁT GIAO THÔNG", "Độc lập - Tự do - Hạnh phúc")
ACT = (
    f"Thời gian, địa điểm vi phạm: 07:00:12, ngày 25/10/2026, tại {papers.SITE}",
    f"{papers.ACT.behaviour}, quy định tại {papers.ACT.law}",
)
PERSON = (
    "Nguyễn Văn Mẫu",
    "Số định danh cá nhân/Căn cước (nếu có): 079000000000",
    f"Địa chỉ: {papers.OWNER.address}",
)
SIGNED = ("Nơi nhận:", "- Như trên;", "- Lưu: Hồ sơ vụ việc.")


def assert_in_order(text: str, *parts: str) -> None:
    position = 0
    for part in parts:
        found = text.find(part, position)
        assert found >= 0, f"{part!r} is not in {text[position:]!r}"
        position = found + len(part)


def texts(facts: Any) -> list[str]:
    """Every text that the facts hold, nested ones too."""
    found: list[str] = []
    for entry in fields(facts):
        value = getattr(facts, entry.name)
        values = value if isinstance(value, tuple) else (value,)
        for each in values:
            if hasattr(each, "__dataclass_fields__"):
                found += texts(each)
            elif type(each) is str:
                found.append(each)
    return found


@pytest.mark.parametrize("name", RENDERED)
def test_every_text_of_the_facts_is_in_the_paper_to_the_last_character(name: str) -> None:
    render, facts = RENDERED[name]
    pdf = render(facts)
    whole = squeezed("".join(pages(pdf))).upper()
    lost = [
        text for text in texts(facts) if squeezed(text).upper() not in whole and text != facts.agency.hotline
    ]
    if name.startswith("05"):  # a page number stands between the pages, never inside a row
        assert_inside_the_page(pdf, SHEET)
    else:
        assert_inside_the_page(pdf)
    assert lost == []
    assert "None" not in whole


@pytest.mark.parametrize("name", RENDERED)
def test_same_facts_same_bytes(name: str) -> None:
    render, facts = RENDERED[name]
    assert render(facts) == render(facts)


@pytest.mark.parametrize("name", RENDERED)
def test_a_demo_says_so_on_every_page_and_nothing_else_does(name: str) -> None:
    render, facts = RENDERED[name]
    for text in pages(render(replace(facts, demo=True))):
        assert DEMO_BANNER in text
    for text in pages(render(replace(facts, demo=False))):
        assert DEMO_BANNER not in text
        assert DRAFT_BANNER not in text


@pytest.mark.parametrize("name", RENDERED)
def test_the_file_says_what_it_is_and_embeds_its_fonts(name: str) -> None:
    render, facts = RENDERED[name]
    with pikepdf.open(BytesIO(render(facts))) as document:
        assert str(document.Root.Lang) == "vi-VN"
        assert len(str(document.docinfo.Title)) > 10
        assert str(document.docinfo.Author) == facts.agency.name
        signed = "/Dests" in document.Root
        assert signed is not name.startswith("05"), "papers have places for signatures, the book has none"


@pytest.mark.parametrize(("name", "part"), [("03/73", "BẢN ẢNH"), ("04", "PHIẾU BÁO")])
def test_what_begins_on_a_further_page_has_its_bookmark(name: str, part: str) -> None:
    render, facts = RENDERED[name]
    with pikepdf.open(BytesIO(render(facts))) as document, document.open_outline() as outline:
        first, second = outline.root
        assert (first.title, second.title) == (str(document.docinfo.Title), part)


def test_form_03_lists_the_results_and_names_both_units() -> None:
    text, pictures = pages(render_transfer(sister_papers.transfer()))
    enclosed = "(Kèm theo Phiếu chuyển số 07/PC-PC08 ngày 03 tháng 11 năm 2026)"
    assert_in_order(pictures, "BẢN ẢNH", enclosed, "Biển số: 51F-123.45")
    to = "Phòng Cảnh sát giao thông Công an tỉnh Mẫu"
    assert_in_order(
        text,
        *HEAD,
        "Số: 07/PC-PC08",
        "TP. Hồ Chí Minh, ngày 03 tháng 11 năm 2026",
        "PHIẾU CHUYỂN",
        RESULTS,
        f"Kính gửi: {to}",
        *PERSON,
        *ACT,
        "Lý do chuyển: chủ phương tiện cư trú ngoài địa bàn",
        "Thời hiệu xử phạt vi phạm hành chính: đến hết ngày 25 tháng 10 năm 2027",
        "Căn cứ điểm b khoản 1 Điều 24 Thông tư số 73/2024/TT-BCA",
        "01 Ảnh 01",
        "01" * 32,
        "05 Ảnh 05",
        "05" * 32,
        f"Đề nghị {to} giải quyết",
        *SIGNED,
        "KT. TRƯỞNG PHÒNG",
        "Thượng tá Nguyễn Thị Mẫu",
    )


def test_a_file_for_another_body_names_no_rule_of_form_03() -> None:
    text = " ".join(pages(render_transfer(sister_papers.other_transfer())))
    assert FILE in text
    assert RESULTS not in text
    assert "bản ảnh" not in text.lower()
    assert "Điều 24" not in text


def test_the_heads_of_the_list_stand_again_on_every_page() -> None:
    texts_of_pages = pages(render_transfer(sister_papers.nasty_transfer()))
    listing = [text for text in texts_of_pages if "Ảnh" in text]
    assert len(listing) > 1
    assert all("SHA-256 của tệp" in text for text in listing)


def test_form_04_is_a_slip_and_a_report_on_a_sheet_of_its_own() -> None:
    slip, report = pages(render_commune(sister_papers.commune()))
    assert_in_order(
        slip,
        "Số: 09/PG-PC08",
        "PHIẾU GỬI",
        "Kính gửi: Công an phường Mẫu",
        "đã gửi Thông báo số 05/TB-PC08 ngày 02 tháng 11 năm 2026",
        *PERSON,
        *ACT,
        "Thông báo được gửi ngày 04 tháng 11 năm 2026",
        "điểm b khoản 5 Điều 24",
        *SIGNED[:2],
        SIGNED[2],
    )
    assert_in_order(
        report,
        "PHIẾU BÁO",
        f"Kính gửi: {papers.UNIT}",
        "Công an phường Mẫu đã nhận Phiếu gửi số 09/PG-PC08 kèm Thông báo số 05/TB-PC08",
        *(finding.rstrip("…") for finding in FINDINGS),
        "NGƯỜI NHẬN THÔNG BÁO",
    )
    reported = pages(render_commune(replace(sister_papers.commune(), reported=True)))[0]
    assert "Căn cứ khoản 5 Điều 25" in reported


@pytest.mark.parametrize("long", [False, True])
def test_the_report_stays_whole_on_its_page(long: bool) -> None:  # noqa: FBT001  # a parameter of the test
    facts = sister_papers.nasty_commune() if long else sister_papers.commune()
    last = pages(render_commune(facts))[-1]
    assert_in_order(last, "PHIẾU BÁO", "NGƯỜI NHẬN THÔNG BÁO")


def test_form_02_counts_the_points_in_figures_and_words() -> None:
    (text,) = pages(render_points(sister_papers.points()))
    assert_in_order(
        text,
        "Số: 03/TBTĐ-PC08",
        "THÔNG BÁO",
        "Về việc trừ điểm giấy phép lái xe",
        "Căn cứ Quyết định xử phạt vi phạm hành chính số 04/QĐ-XPHC ngày 15 tháng 12 năm 2026",
        *PERSON,
        "Giấy phép lái xe (số, hạng): 790000000000, hạng B",
        papers.ACT.behaviour,
        "Số điểm trước khi bị trừ: 12 (mười hai) điểm",
        "Số điểm bị trừ: 04 (bốn) điểm",
        "Số điểm còn lại: 08 (tám) điểm",
        "Việc trừ điểm có hiệu lực từ ngày 15 tháng 12 năm 2026",
    )
    bare = " ".join(pages(render_points(sister_papers.bare_points())))
    assert "Số điểm còn lại: …… điểm" in bare
    assert "Số điểm bị trừ: 04 (bốn) điểm" in bare


def test_how_many_points_there_were_is_not_guessed_where_none_is_left() -> None:
    (text,) = pages(render_points(replace(sister_papers.points(), deducted=4, left=0)))
    assert "Số điểm trước khi bị trừ: …… điểm" in text
    assert "Số điểm còn lại: 00 (không) điểm" in text


@pytest.mark.parametrize(("deducted", "left"), [(0, 12), (13, 0), (4, -1), (4, 9)])
def test_points_that_no_licence_can_have_are_refused(deducted: int, left: int) -> None:
    with pytest.raises(NoticeFault) as caught:
        replace(sister_papers.points(), deducted=deducted, left=left)
    assert caught.value.code == "points"


def test_form_06_invites_and_tells_nothing_of_who_gave_the_data() -> None:
    (text,) = pages(render_invitation(sister_papers.invitation()))
    assert_in_order(
        text,
        "Số: 06/TB-PC08",
        "THÔNG BÁO",
        "Về dữ liệu phản ánh vi phạm trật tự, an toàn giao thông đường bộ",
        "Kính gửi: Nguyễn Văn Mẫu",
        "do cá nhân, tổ chức cung cấp",
        *PERSON,
        ACT[0],
        "Hành vi được phản ánh:",
        "Mời Nguyễn Văn Mẫu, người điều khiển phương tiện đúng 08 giờ 00 ngày 01 tháng 12 năm 2026",
        "341 đường Mẫu, phường Mẫu",
        "Quá thời hạn 20 ngày",
    )


def test_the_book_has_seventeen_columns_on_every_page() -> None:
    assert len(HEADS) == 17
    facts = sister_papers.nasty_register()
    pdf = render_register(facts)
    for text in pages(pdf)[:-1]:
        assert_in_order(text, *(f"({number})" for number in range(1, 18)))
    with pikepdf.open(BytesIO(pdf)) as document:
        for page in document.pages:
            width, height = (float(edge) for edge in page.MediaBox[2:])
            assert width > height


def test_a_period_without_lines_is_a_page_too() -> None:
    (text,) = pages(render_register(sister_papers.empty_register()))
    assert "Từ ngày 01 tháng 11 năm 2026 đến ngày 30 tháng 11 năm 2026" in text
    assert "Số dòng: 0." in text


def test_a_cell_holds_less_than_a_body_text() -> None:
    with pytest.raises(NoticeFault) as caught:
        replace(sister_papers.register_line(1), place="ư" * (CELL["limit"] + 1))
    assert caught.value.code == "field_too_long"
    with pytest.raises(NoticeFault):
        Exhibit("ảnh", "")


def test_a_line_without_zone_is_refused() -> None:
    with pytest.raises(NoticeFault) as caught:
        replace(sister_papers.register_line(1), act_at=datetime(2026, 1, 1))  # noqa: DTZ001  # the fault under test
    assert caught.value.code == "time_naive"


def test_dates_below_ten_and_the_first_two_months_carry_a_zero() -> None:
    paper = replace(sister_papers.transfer().paper, dated=date(2026, 2, 3))
    text = pages(render_transfer(replace(sister_papers.transfer(), paper=paper)))[0]
    assert "TP. Hồ Chí Minh, ngày 03 tháng 02 năm 2026" in text
