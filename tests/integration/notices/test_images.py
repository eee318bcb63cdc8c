"""Images of ink signature and seal: where they lie on the page, what is behind them, what is refused."""

from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image

from notices import demo_images
from notices.faults import NoticeFault
from notices.signature_image import BLUE, RED, load_image
from notices.signing import DemoSigner, Keyring, SigningKeys, create_demo_signer, sign_pdf, verify_pdf
from tests import papers
from tests.archive_rules import RULES, File
from tests.integration.notices.conftest import CHECKED_AT, MADE_AT, PASSWORD, SIGNED_AT, Office

_DPI = 150
_MM = _DPI / 25.4


@dataclass(frozen=True)
class Seen:
    """Where a colour stands on the first page, in millimetres from the left and from the top."""

    left: float
    right: float
    top: float
    bottom: float


def _page(pdf: bytes) -> NDArray[np.int16]:
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()  # or the signatures' fields are not drawn
    picture = np.asarray(document[0].render(scale=_DPI / 72).to_pil().convert("RGB"), dtype=np.int16)
    document.close()
    return picture


def _where(page: NDArray[np.int16], channel: int) -> Seen:
    others = [other for other in range(3) if other != channel]
    strong = page[:, :, channel] - page[:, :, others].max(axis=2) > 60
    rows, columns = np.flatnonzero(strong.any(axis=1)), np.flatnonzero(strong.any(axis=0))
    return Seen(columns[0] / _MM, columns[-1] / _MM, rows[0] / _MM, rows[-1] / _MM)


@pytest.fixture(scope="module")
def imaged(office: Office, tmp_path_factory: pytest.TempPathFactory) -> tuple[SigningKeys, SigningKeys]:
    folder = tmp_path_factory.mktemp("images")
    (folder / "person.png").write_bytes(demo_images.signature("Nguyễn Thị Mẫu"))
    (folder / "seal.png").write_bytes(demo_images.seal())
    return (
        replace(office.person, image=load_image(folder / "person.png", BLUE)),
        replace(office.organisation, image=load_image(folder / "seal.png", RED, demo_images.SEAL_MM)),
    )


def test_the_seal_has_its_true_size_and_covers_a_third_of_the_signature(
    office: Office, imaged: tuple[SigningKeys, SigningKeys]
) -> None:
    pdf = sign_pdf(office.paper, *imaged, at=SIGNED_AT)
    assert len(verify_pdf(pdf, office.trust, at=CHECKED_AT)) == 2
    page = _page(pdf)
    red = _where(page, 0)
    blue = _where(_page(sign_pdf(office.paper, imaged[0], at=SIGNED_AT)), 2)
    assert red.right - red.left == pytest.approx(demo_images.SEAL_MM - 0.7, abs=0.8)  # a margin of 4 pixels
    assert red.bottom - red.top == pytest.approx(red.right - red.left, abs=0.4)
    assert red.left < blue.left
    image = imaged[0].image
    assert image is not None
    width = image.width / 72 * 25.4
    left = (blue.left + blue.right - width) / 2
    assert (red.right - left) / width == pytest.approx(1 / 3, abs=0.03)
    assert (red.top + red.bottom) / 2 == pytest.approx((blue.top + blue.bottom) / 2, abs=4)


def test_what_lies_under_the_images_stays_legible(
    office: Office, imaged: tuple[SigningKeys, SigningKeys]
) -> None:
    """Transparent ground: the ink and every letter of the paper are still there."""
    before, after = _page(office.paper), _page(sign_pdf(office.paper, *imaged, at=SIGNED_AT))
    dark = before.max(axis=2) < 100
    assert (after[dark].max(axis=1) < 215).all()
    red, blue = _where(after, 0), _where(after, 2)
    crossing = after[
        int(blue.top * _MM) : int(blue.bottom * _MM), int(blue.left * _MM) : int(red.right * _MM)
    ]
    ink = crossing[:, :, 2] - crossing[:, :, :2].max(axis=2) > 60
    assert ink.any()  # blue shows inside the square that the seal covers


def test_one_image_alone_leaves_the_other_as_text(
    office: Office, imaged: tuple[SigningKeys, SigningKeys]
) -> None:
    for person, unit in ((imaged[0], office.organisation), (office.person, imaged[1])):
        pdf = sign_pdf(office.paper, person, unit, at=SIGNED_AT)
        assert len(verify_pdf(pdf, office.trust, at=CHECKED_AT)) == 2
        with pikepdf.open(BytesIO(pdf)) as document:
            fields = {str(field.T): field for field in document.Root.AcroForm.Fields}
        boxes = {name: [float(edge) for edge in field.Rect] for name, field in fields.items()}
        # text is never covered
        assert boxes["signature-organisation"][2] <= boxes["signature-person"][0]


def test_transparency_is_of_a_kind_that_archives_take(
    office: Office, imaged: tuple[SigningKeys, SigningKeys]
) -> None:
    """PDF/A-2 6.2: soft masks of 8 bits without interpolation; nothing but the widgets holds any."""
    with pikepdf.open(BytesIO(sign_pdf(office.paper, *imaged, at=SIGNED_AT))) as document:
        masked = [
            image for image in document.objects if isinstance(image, pikepdf.Stream) and "/SMask" in image
        ]
        assert len(masked) == 2
        for image in masked:
            spaces = str(image.ColorSpace), str(image.SMask.ColorSpace)
            assert spaces == ("/DeviceRGB", "/DeviceGray")
            assert image.BitsPerComponent == image.SMask.BitsPerComponent == 8
            assert not {"/Interpolate", "/Alternates", "/OPI"} & (set(image.keys()) | set(image.SMask.keys()))
        for field in document.Root.AcroForm.Fields:
            assert int(field.F) & 4  # printed
            assert not int(field.F) & 0b100011  # neither invisible, hidden nor kept off the screen


def test_every_rule_of_the_archive_holds_with_images(
    office: Office, imaged: tuple[SigningKeys, SigningKeys]
) -> None:
    file = File(sign_pdf(office.paper, *imaged, at=SIGNED_AT))
    for _, rule in RULES.values():
        rule(file)


def test_the_demo_draws_its_own_and_the_same_every_time(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    for signer in (
        DemoSigner("organisation", papers.UNIT, papers.UNIT),
        DemoSigner("a", "Ấn Độ", papers.UNIT),
    ):
        create_demo_signer(tmp_path, signer, tmp_path / "password", at=MADE_AT)
    ring = Keyring.load(tmp_path)
    assert all(key.image is not None for key in ring.keys)
    assert demo_images.seal() == demo_images.seal() == (tmp_path / "organisation.png").read_bytes()
    assert demo_images.signature("Ấn Độ") != demo_images.signature("Ấn Đô")


def _image(
    *, size: tuple[int, int] = (600, 300), ink: tuple[int, ...] = (0, 0, 200, 255), clear: bool = True
) -> bytes:
    picture = Image.new("RGBA", size, (255, 255, 255, 0) if clear else (255, 255, 255, 255))
    picture.paste(ink, (size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2))
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "colour", "millimetres", "told"),
    [
        (_image(clear=False), BLUE, None, "not transparent"),
        (_image(ink=(200, 0, 0, 255)), BLUE, None, "not blue"),
        (_image(), RED, 36.0, "not red"),
        (_image(ink=(90, 90, 90, 255)), BLUE, None, "not blue"),
        (_image(ink=(0, 0, 200, 0)), BLUE, None, "nothing can be seen"),
        (_image(size=(100, 50)), BLUE, None, "dpi"),
        (_image(size=(200, 200), ink=(200, 0, 0, 255)), RED, 36.0, "dpi"),
        (_image(ink=(200, 0, 0, 255)), RED, 5.0, "millimetres"),
        (_image(ink=(200, 0, 0, 255)), RED, None, "millimetres"),
        (_image(size=(6000, 10)), BLUE, None, "pixels"),
        (b"", BLUE, None, "no PNG"),
        (_image()[:200], BLUE, None, "no PNG"),
        (b"GIF89a", BLUE, None, "no PNG"),
        (None, BLUE, None, "image.png"),
    ],
)
def test_an_image_that_cannot_be_used_says_what_to_do(
    tmp_path: Path, content: bytes | None, colour: str, millimetres: float | None, told: str
) -> None:
    path = tmp_path / "image.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NoticeFault, match=told) as caught:
        load_image(path, colour, millimetres)
    assert caught.value.code == "image_unusable"


def test_large_scans_are_made_smaller_and_tall_ones_fit(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    path.write_bytes(_image(size=(3000, 1500)))
    wide = load_image(path, BLUE)
    assert max(wide.pixels) <= 46 / 25.4 * 300 + 1
    path.write_bytes(_image(size=(400, 1600)))
    tall = load_image(path, BLUE, 60.0)
    assert tall.height <= 23 / 25.4 * 72 + 0.1
