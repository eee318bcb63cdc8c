"""Facts of papers for tests and for the picture in docs: a made-up owner, drawn photographs."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

from notices.facts import (
    Act,
    Agency,
    Appointment,
    Detection,
    EvidenceBlock,
    NoticeFacts,
    Owner,
    PaperNumber,
    Photo,
    PhotoRole,
    Signer,
    Vehicle,
    WithdrawalFacts,
    WithdrawnNotice,
)

HERE = timezone(timedelta(hours=7))
ACT_AT = datetime(2026, 10, 25, 7, 0, 12, 345_000, tzinfo=HERE)
SITE = "Ngã tư mẫu Nguyễn Văn A - Trần Thị B, phường Mẫu, TP. Hồ Chí Minh"
UNIT = "Phòng Cảnh sát giao thông"
AGENCY = Agency("Công an Thành phố Hồ Chí Minh", UNIT, "(028) 0000 0000")
SIGNER = Signer("Phó Trưởng phòng", "Thượng tá Nguyễn Thị Mẫu", "KT. Trưởng phòng")
OWNER = Owner("Nguyễn Văn Mẫu", "Số 12 đường Số 3, khu phố 4, phường Mẫu, TP. Hồ Chí Minh", "079000000000")
VEHICLE = Vehicle("Ô tô con", "51F-123.45", "nền màu trắng, chữ và số màu đen")
ACT = Act(
    ACT_AT,
    SITE,
    "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông",
    "điểm b khoản 9 Điều 6 Nghị định số 168/2024/NĐ-CP",
)


LONG_ADDRESS = f"{'Số 123/45/67 đường Nguyễn Thị Minh Khai nối dài, khu phố 8, phường Đa Kao, ' * 6:.399}g"
LONG_NAME = f"{'Công ty Trách nhiệm hữu hạn Một thành viên Vận tải Nguyễn Thị Ngọc Diễm Phượng ' * 4:.299}g"
LONG_TEXT = f"{'đã cung cấp giấy tờ chứng minh việc chuyển quyền sở hữu phương tiện này, ' * 14:.999}."
EDE_OWNER = Owner("H'Wê̆ Ơ̆ Êban", "Buôn Ô̆k Ư̆, xã Ea Ƀar Č̆ư, tỉnh Mẫu", "066000000000")
NASTY_OWNER = Owner(LONG_NAME, LONG_ADDRESS, "079000000000")


@cache
def picture(size: tuple[int, int], step: int, form: str = "JPEG") -> bytes:
    """A drawn junction: a car before, at or after the stop line, the lamp red."""
    width, height = size
    image = Image.new("RGB", size, (90, 100, 110))
    draw = ImageDraw.Draw(image)
    draw.polygon(
        [
            (0.1 * width, height),
            (0.9 * width, height),
            (0.6 * width, 0.3 * height),
            (0.4 * width, 0.3 * height),
        ],
        fill=(60, 60, 64),
    )
    draw.line([(0, 0.7 * height), (width, 0.7 * height)], fill="white", width=max(2, height // 90))
    bottom = (0.95 - 0.15 * step) * height
    draw.rectangle([0.45 * width, bottom - 0.15 * height, 0.55 * width, bottom], fill=(30, 60, 150))
    draw.ellipse([0.9 * width, 0.1 * height, 0.94 * width, 0.1 * height + 0.04 * width], fill=(230, 20, 20))
    buffer = BytesIO()
    image.save(buffer, form, quality=85)
    return buffer.getvalue()


def photos(*, plate: bool = True) -> tuple[Photo, ...]:
    """Before, at, after and the plate crop."""
    scenes = (
        Photo(PhotoRole.BEFORE, picture((480, 270), 0), "đèn đỏ đã bật 2,40 giây, xe chưa qua vạch dừng"),
        Photo(PhotoRole.AT, picture((480, 270), 1), "đèn đỏ đã bật 3,20 giây, bánh trước qua vạch dừng"),
        Photo(PhotoRole.AFTER, picture((480, 270), 2), "đèn đỏ đã bật 4,80 giây, xe ở trong nút giao"),
    )
    return (*scenes, Photo(PhotoRole.PLATE, picture((320, 80), 1, "PNG"), "51F-123.45")) if plate else scenes


def notice() -> NoticeFacts:
    """A notice with every field of the form."""
    return NoticeFacts(
        paper=PaperNumber("TB-PC08", "TP. Hồ Chí Minh", 5, date(2026, 11, 2)),
        agency=AGENCY,
        owner=OWNER,
        detection=Detection("Đội Chỉ huy giao thông", "Trung tâm Giám sát giao thông"),
        vehicle=VEHICLE,
        act=ACT,
        appointment=Appointment(datetime(2026, 12, 1, 8, 0, tzinfo=HERE), UNIT, "341 đường Mẫu, phường Mẫu"),
        signer=SIGNER,
        photos=photos(),
        evidence=EvidenceBlock(
            ACT_AT, SITE, "CAM-DEMO-01", "pn1-3f2a9c1e", "0123456789abcdef" * 4, "DEMO-0001"
        ),
        qr_text="https://phatnguoi.example/tra-cuu/PN7K-2M4Q-9XTR?d=AbCdEfGhIjKlMnOpQrStUv",
        preventive_measure="tạm giữ giấy tờ",
        commune_office=Appointment(
            datetime(2026, 12, 1, 14, 30, tzinfo=HERE), "Công an phường Mẫu", "1 đường Mẫu, phường Mẫu"
        ),
    )


def bare_notice() -> NoticeFacts:
    """A notice without any optional field, with one photograph."""
    full = notice()
    return replace(
        full,
        agency=Agency(AGENCY.parent, AGENCY.name),
        owner=Owner(OWNER.name, OWNER.address),
        detection=Detection("Đội Chỉ huy giao thông"),
        signer=Signer(SIGNER.title, SIGNER.name),
        photos=(full.photos[1],),
        evidence=replace(full.evidence, certificate=None),
        preventive_measure=None,
        commune_office=None,
    )


def nasty_notice() -> NoticeFacts:
    """A long name, an address of 400 characters, long blocks, twelve photographs."""
    full = notice()
    twelve = [
        replace(photo, image=picture((480 - 40 * copy, 270), index))
        for copy in range(3)
        for index, photo in enumerate(full.photos)
    ]
    return replace(
        full,
        owner=NASTY_OWNER,
        agency=Agency(AGENCY.parent, LONG_NAME[:240], AGENCY.hotline),
        signer=Signer(LONG_NAME[:120], LONG_NAME[:120], LONG_NAME[:120]),
        photos=tuple(twelve),
    )


def odd_notice() -> NoticeFacts:
    """Twelve photographs of every shape: upright, flat, a strip, one pixel; a plate of two rows."""
    sizes = ((270, 480), (1200, 90), (60, 900), (480, 480), (200, 480), (900, 200), (1, 1), (480, 270))
    roles = (PhotoRole.AT, PhotoRole.BEFORE, PhotoRole.AFTER, PhotoRole.OTHER)
    forms = ("JPEG", "PNG")
    odd = [
        Photo(roles[index % 4], picture(size, index % 3, forms[index % 2]), f"{size[0]} x {size[1]}")
        for index, size in enumerate(sizes)
    ]
    plates = [Photo(PhotoRole.PLATE, picture(size, 1), "51F-123.45") for size in ((140, 110), (90, 320))]
    return replace(notice(), photos=(*odd, *plates, *photos()[:2]))


def draft(facts: NoticeFacts) -> NoticeFacts:
    """The same paper before it has a number, in a demo."""
    return replace(facts, paper=PaperNumber(facts.paper.symbol, facts.paper.place), demo=True)


def withdrawal() -> WithdrawalFacts:
    return WithdrawalFacts(
        paper=PaperNumber("TB-PC08", "TP. Hồ Chí Minh", 12, date(2026, 2, 9)),
        agency=AGENCY,
        owner=OWNER,
        notice=WithdrawnNotice("05/TB-PC08", date(2026, 1, 30), VEHICLE, ACT),
        reason="phương tiện đã được chuyển quyền sở hữu trước thời điểm vi phạm.",
        signer=SIGNER,
    )
