"""Papers as a reader gets them: the text of the PDF against the facts, fonts, pages, metadata."""

import re
import string
import unicodedata
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from itertools import chain

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from notices.facts import Agency, Owner, PaperNumber, Photo, PhotoRole, Signer
from notices.faults import NoticeFault
from notices.page import DEMO_BANNER, DRAFT_BANNER, PAGE_HEIGHT, PAGE_WIDTH, TOP
from notices.render import SUBJECT, render_notice, render_withdrawal
from notices.typography import fonts
from tests import papers
from tests.unit.notices.reading import assert_inside_the_page, pages, squeezed

DIACRITICS = unicodedata.normalize(
    "NFC",
    "".join(
        letter + tone
        for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    )
    + "đĐ",
)


@cache
def full_notice() -> bytes:
    """The notice with every field, made once for all tests that only read it."""
    return render_notice(papers.notice())


def test_the_font_prints_every_vietnamese_letter() -> None:
    assert {ord(character) for character in DIACRITICS + "₫–…" + string.printable[:95]} <= fonts()


def test_every_fact_is_in_the_text_in_the_order_of_the_form() -> None:
    facts = papers.notice()
    body, annex = pages(full_notice())
    parts = [
        "Số: 05/TB-PC08",
        "TP. Hồ Chí Minh, ngày 02 tháng 11 năm 2026",
        "THÔNG BÁO",
        SUBJECT,
        "Kính gửi: Nguyễn Văn Mẫu",
        "Đội Chỉ huy giao thông đã tiếp nhận kết quả thu thập được bằng phương tiện, thiết bị kỹ thuật",
        "nghiệp vụ do Trung tâm Giám sát giao thông chuyển đến, ghi nhận được:",
        "Phương tiện (loại phương tiện, biển số, màu biển số): Ô tô con; 51F-123.45; nền màu trắng, chữ",
        "và số màu đen",
        "Chủ phương tiện: Nguyễn Văn Mẫu",
        "Số định danh cá nhân/Căn cước (nếu có): 079000000000",
        f"Địa chỉ: {papers.OWNER.address}",
        f"Thời gian, địa điểm vi phạm: 07:00:12, ngày 25/10/2026, tại {papers.SITE}",
        f"Hành vi vi phạm: {papers.ACT.behaviour}, quy định tại {papers.ACT.law}",
        "Biện pháp ngăn chặn được áp dụng (nếu có): tạm giữ giấy tờ",
        "Yêu cầu Nguyễn Văn Mẫu đúng 08 giờ 00 ngày 01 tháng 12 năm 2026 có mặt tại trụ sở",
        "Phòng Cảnh sát giao thông, địa chỉ: 341 đường Mẫu, phường Mẫu",
        "đúng 14 giờ 30 ngày 01 tháng 12 năm 2026 có mặt tại trụ sở Công an phường Mẫu, địa chỉ:",
        "1 đường Mẫu, phường Mẫu",
        "Khi đến mang theo Thông báo này",
        "Sau 20 ngày",
        "(Kèm theo kết quả thu thập được bằng phương tiện, thiết bị kỹ thuật nghiệp vụ)",
        "Nơi nhận: - Như trên; - Công an phường Mẫu; - Lưu: Hồ sơ vụ việc.",
        "KT. TRƯỞNG PHÒNG PHÓ TRƯỞNG PHÒNG",
        "Thượng tá Nguyễn Thị Mẫu",
    ]
    position = 0
    for part in parts:
        position = body.find(part, position)
        assert position >= 0, part
        position += len(part)
    for part in ("CÔNG AN THÀNH PHỐ HỒ CHÍ MINH PHÒNG CẢNH SÁT GIAO THÔNG", "Độc lập - Tự do - Hạnh phúc"):
        assert part in body
    evidence = facts.evidence
    for fact in (
        "(Kèm theo Thông báo số 05/TB-PC08 ngày 02 tháng 11 năm 2026)",
        "Thời gian ghi nhận 07:00:12, ngày 25/10/2026",
        evidence.source,
        evidence.package_id,
        evidence.manifest_sha256,
        evidence.certificate,
        "(028) 0000 0000",
        *(photo.caption for photo in facts.photos),
    ):
        assert fact is not None
        assert fact in annex


def test_missing_optional_fields_are_said_to_be_missing() -> None:
    body, annex = pages(render_notice(papers.bare_notice()))
    assert "Số định danh cá nhân/Căn cước (nếu có): Không có" in body
    assert "Biện pháp ngăn chặn được áp dụng (nếu có): Không có" in body
    assert "đã sử dụng phương tiện, thiết bị kỹ thuật nghiệp vụ, ghi nhận được:" in body
    assert "Nơi nhận: - Như trên; - Lưu: Hồ sơ vụ việc." in body
    assert "Giấy chứng nhận Không có" in annex
    assert "None" not in body + annex


def test_who_is_told_depends_on_the_vehicle() -> None:
    facts = papers.bare_notice()
    assert "cơ quan đăng kiểm" in pages(render_notice(facts))[0]
    motorbike = pages(render_notice(replace(facts, vehicle_is_inspected=False)))[0]
    assert "cơ quan đăng kiểm" not in motorbike
    assert "Công an cấp xã nơi cư trú" in motorbike


@pytest.mark.parametrize(
    ("owner", "expected_pages"),
    [
        (Owner("<b>Trần & Con</b> &lt;Cty&gt; <font size=90>", "Số 1 <br/> đường A"), 2),
        (Owner(DIACRITICS, DIACRITICS), 3),
        (Owner("Ư" * 300, papers.LONG_ADDRESS), 3),
        (Owner("Công ty Trách nhiệm hữu hạn Một thành viên " * 20, papers.LONG_ADDRESS), 3),
    ],
    ids=["markup", "diacritics", "one-long-word", "long-name"],
)
def test_nasty_owners_never_break_a_page(owner: Owner, expected_pages: int) -> None:
    pdf = render_notice(replace(papers.notice(), owner=owner))
    texts = pages(pdf)
    whole = squeezed(" ".join(texts))
    assert squeezed(f"Chủ phương tiện: {owner.name}Số định danh") in whole
    assert squeezed(f"Địa chỉ: {owner.address}Thời gian") in whole
    assert len(texts) == expected_pages
    assert_inside_the_page(pdf)


def test_long_names_in_the_fixed_blocks_stay_in_their_columns() -> None:
    long = ("Phòng Cảnh sát giao thông đường bộ, đường sắt và đường thủy nội địa " * 4)[:239] + "a"
    facts = replace(papers.notice(), agency=Agency(long, long, long), signer=Signer(long, long, long))
    facts = replace(facts, photos=tuple(replace(photo, caption=long) for photo in facts.photos))
    pdf = render_notice(facts)
    whole = squeezed(" ".join(pages(pdf)))
    assert whole.count(squeezed(long.upper())) == 4
    assert_inside_the_page(pdf)


def test_twelve_photographs() -> None:
    pdf = render_notice(replace(papers.notice(), photos=papers.nasty_notice().photos))
    with pikepdf.open(BytesIO(pdf)) as document:
        placed = sum(len(page.get_images()) for page in document.pages)
        assert len(document.pages) == 3
    assert placed == 12
    assert_inside_the_page(pdf)


def test_a_signature_never_stands_alone_on_a_page() -> None:
    facts = papers.notice()
    for length in range(150, 1150, 250):
        owner = replace(facts.owner, address="đường " * (length // 6))
        texts = pages(render_notice(replace(facts, owner=owner, photos=facts.photos[:1])))
        signed = next(text for text in texts if "Nơi nhận:" in text)
        assert "(Kèm theo kết quả thu thập" in signed
        assert facts.signer.name in signed


def test_same_facts_same_bytes() -> None:
    assert render_notice(papers.notice()) == full_notice()
    assert render_withdrawal(papers.withdrawal()) == render_withdrawal(papers.withdrawal())
    other = replace(papers.notice(), qr_text="https://phatnguoi.example/tra-cuu/other")
    assert render_notice(other) != full_notice()


def test_fonts_are_embedded_and_the_file_says_what_it_is() -> None:
    """What an archive asks for beyond this is in test_archive.py."""
    with pikepdf.open(BytesIO(full_notice())) as document:
        fonts = [font for page in document.pages for font in page.resources.Font.values()]
        assert fonts
        for font in fonts:
            assert re.fullmatch(r"/[A-Z]{6}\+LiberationSerif.*", str(font.BaseFont))
            descriptor = font.DescendantFonts[0].FontDescriptor
            assert len(descriptor.FontFile2.read_bytes()) > 1000
            assert "/ToUnicode" in font
        assert str(document.docinfo.Title) == "Thông báo số 05/TB-PC08 – 51F-123.45"
        assert str(document.docinfo.Author) == papers.UNIT
    # the one link is the QR's
    assert re.findall(rb"/URI \((.*?)\)", full_notice()) == [papers.notice().qr_text.encode()]


def test_page_numbers_stand_in_the_top_margin_but_not_on_page_one() -> None:
    pdf = full_notice()
    document = pypdfium2.PdfDocument(pdf)
    top = [
        page.get_textpage().get_text_bounded(0, PAGE_HEIGHT - TOP, PAGE_WIDTH, PAGE_HEIGHT).strip()
        for page in document
    ]
    document.close()
    assert top == ["", "2"]


def test_demo_and_draft_are_marked_on_every_page() -> None:
    facts = papers.notice()
    plain = pages(render_notice(facts))
    assert not any(banner in text for text in plain for banner in (DEMO_BANNER, DRAFT_BANNER))
    draft = replace(facts, demo=True, paper=PaperNumber("TB-PC08", "TP. Hồ Chí Minh"))
    for text in pages(render_notice(draft)):
        assert DEMO_BANNER in text
        assert DRAFT_BANNER in text
    assert "Số: ……/TB-PC08" in pages(render_notice(draft))[0]


def test_a_withdrawal_says_which_decision_was_revoked_with_it() -> None:
    facts = replace(papers.withdrawal(), revoked="09/QĐ-XPHC ngày 09 tháng 12 năm 2026")
    (text,) = pages(render_withdrawal(facts))
    told = "Quyết định xử phạt vi phạm hành chính số 09/QĐ-XPHC ngày 09 tháng 12 năm 2026 đã bị hủy bỏ"
    assert told in text
    assert "hủy bỏ" not in pages(render_withdrawal(papers.withdrawal()))[0]


def test_withdrawal_names_the_notice_and_the_reason() -> None:
    facts = papers.withdrawal()
    (text,) = pages(render_withdrawal(facts))
    for part in (
        "Về việc thu hồi Thông báo số 05/TB-PC08",
        "TP. Hồ Chí Minh, ngày 09 tháng 02 năm 2026",
        "Phòng Cảnh sát giao thông đã gửi Thông báo số 05/TB-PC08 ngày 30 tháng 01 năm 2026",
        f"Lý do: {facts.reason}",
        "Thông báo này không còn giá trị.",
        "Nguyễn Văn Mẫu không phải đến trụ sở",
    ):
        assert part in text


def test_a_plain_jpeg_is_embedded_byte_for_byte() -> None:
    facts = papers.bare_notice()
    assert facts.photos[0].image in render_notice(facts)


@pytest.mark.parametrize("mode", ["CMYK", "RGBA", "LA", "P", "turned"])
def test_odd_images_are_turned_into_plain_ones(mode: str) -> None:
    buffer = BytesIO()
    image = Image.new("RGB" if mode == "turned" else mode, (40, 20))
    if mode == "turned":
        exif = Image.Exif()
        exif[0x0112] = 6
        image.save(buffer, "JPEG", exif=exif)
    else:
        image.save(buffer, "JPEG" if mode == "CMYK" else "PNG")
    photo = Photo(PhotoRole.AT, buffer.getvalue(), "ảnh")
    with pikepdf.open(BytesIO(render_notice(replace(papers.notice(), photos=(photo,))))) as document:
        (placed,) = document.pages[1].get_images().values()
        assert placed.ColorSpace == pikepdf.Name.DeviceRGB
        assert "/SMask" not in placed
        assert (int(placed.Width), int(placed.Height)) == ((20, 40) if mode == "turned" else (40, 20))


def test_a_photograph_of_sixteen_bits_keeps_its_greys() -> None:
    buffer, greys = BytesIO(), (0x0000, 0x4000, 0x8000, 0xFFFF)
    octets = b"".join(grey.to_bytes(2, "little") for grey in greys)
    Image.frombytes("I;16", (4, 1), octets).save(buffer, "PNG")
    photo = Photo(PhotoRole.AT, buffer.getvalue(), "ảnh")
    with pikepdf.open(BytesIO(render_notice(replace(papers.notice(), photos=(photo,))))) as document:
        (placed,) = document.pages[1].get_images().values()
        assert placed.read_bytes() == bytes(grey >> 8 for grey in greys for _channel in "RGB")


@pytest.mark.parametrize("kind", ["empty", "text", "truncated jpeg", "truncated png", "gif", "huge"])
def test_a_broken_photograph_is_refused_by_its_caption(kind: str) -> None:
    jpeg, png = papers.picture((480, 270), 1), papers.picture((320, 80), 1, "PNG")
    gif = BytesIO()
    Image.new("P", (4, 4)).save(gif, "GIF")
    huge = BytesIO()
    Image.new("1", (10_000, 8_000)).save(huge, "PNG")
    image = {
        "empty": b"",
        "text": b"not an image",
        "truncated jpeg": jpeg[: len(jpeg) // 2],
        "truncated png": png[: len(png) // 2],
        "gif": gif.getvalue(),
        "huge": huge.getvalue(),
    }[kind]
    facts = replace(papers.notice(), photos=(Photo(PhotoRole.AT, image, "ảnh hỏng"),))
    with pytest.raises(NoticeFault, match="ảnh hỏng") as caught:
        render_notice(facts)
    assert caught.value.code == ("photo_too_large" if kind == "huge" else "photo_unreadable")


def test_a_character_without_a_glyph_is_refused_not_boxed() -> None:
    with pytest.raises(NoticeFault, match=r"U\+6F22") as caught:
        render_notice(replace(papers.notice(), owner=Owner("Nguyễn 漢", "Số 1")))
    assert caught.value.code == "field_characters"


def test_every_page_has_its_facts_when_rendered_in_turn() -> None:
    """Papers made one after another share fonts, never text."""
    first = papers.notice()
    second = replace(
        first, owner=Owner("Lê Thị Khác", "Số 9"), paper=PaperNumber("TB", "Huế", 99, date(2026, 5, 4))
    )
    made = [render_notice(facts) for facts in (first, second, first)]
    assert made[0] == made[2]
    assert "Nguyễn Văn Mẫu" not in "".join(chain.from_iterable(pages(made[1])))
