"""camera.toml: read whole, or refused with the file and the key."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detection.camera import ProfileFault, load_profile

GOOD = """\
format = 1
[device]
id = "CAM-DEMO-01"
certificate = "DEMO-0001"
[site]
code = "NT-01"
name = "Ngã tư mẫu"
[frames]
width = 1280
height = 720
fps = 12.5
start = 2026-10-25T07:00:00+07:00
[clock]
source = "simulated"
offset_ms = 0
error_ms = 20
[signal]
red = [900, 60, 916, 76]
amber = [900, 80, 916, 96]
green = [900, 100, 916, 116]
grace_s = 0.5
right_on_red = false
[stop_line]
from = [400, 360]
to = [880, 360]
[road]
image = [[400, 360], [880, 360], [1120, 660], [160, 660]]
metres = [[0.0, 0.0], [8.0, 0.0], [8.0, -15.0], [0.0, -15.0]]
[approach]
polygon = [[400, 360], [880, 360], [1120, 660], [160, 660]]
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "camera.toml"


def test_a_profile_knows_its_road_its_approach_and_its_digest(path: Path) -> None:
    path.write_text(GOOD, encoding="utf-8")
    profile = load_profile(path)
    assert profile.frames.start == datetime(2026, 10, 25, tzinfo=UTC)
    assert profile.site.name == "Ngã tư mẫu"
    assert profile.lamps[2].as_ints() == (900, 100, 916, 116)
    assert profile.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    (left, near), (centre, on_line), (_, beyond) = profile.on_road([(160, 660), (640, 360), (640, 340)])
    assert (left, near) == pytest.approx((0, -15), abs=0.01)
    assert (centre, on_line) == pytest.approx((4, 0), abs=0.01)
    assert beyond > 1
    assert profile.obeys_signal((640, 500))
    assert not profile.obeys_signal((100, 500))
    assert not profile.obeys_signal((640, 300))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("format = 1", "format = 2", "format must be 1"),
        ("format = 1", "", "lacks format"),
        ("fps = 12.5", "fps = 0", "fps 4 to 240"),
        ("fps = 12.5", "fps = 2", "fps 4 to 240"),
        ("fps = 12.5", 'fps = "12"', r"frames\.fps must be float"),
        ("fps = 12.5", "fps = nan", r"frames\.fps must be float"),
        ("width = 1280", "width = 1280.5", r"frames\.width must be int"),
        ("width = 1280", "breadth = 1280", r"frames lacks width"),
        ("grace_s = 0.5", "grace_s = 0.5\nspare = 1", "unknown keys.*spare"),
        ("grace_s = 0.5", "grace_s = -1", "grace_s must be 0 to 10"),
        ("right_on_red = false", "", r"camera\.signal lacks right_on_red"),
        ("right_on_red = false", "right_on_red = 0", r"camera\.signal\.right_on_red must be bool, not int"),
        ("07:00:00+07:00", "07:00:00", r"frames\.start lacks its zone"),
        ("2026-10-25T07:00:00+07:00", '"soon"', r"frames\.start must be a UTC time"),
        ('id = "CAM-DEMO-01"', 'id = "../x"', r"device\.id"),
        ("red = [900, 60, 916, 76]", "red = [900, 60, 916]", r"signal\.red must have 4 entries"),
        ("red = [900, 60, 916, 76]", "red = [900, 60, 1916, 76]", r"signal\.red must be .* inside the frame"),
        ("red = [900, 60, 916, 76]", "red = [916, 60, 900, 76]", r"signal\.red must be"),
        ("from = [400, 360]", "from = [400, 460]", "stop_line comes out at Y"),
        ("from = [400, 360]\nto = [880, 360]", "from = [400, 360]\nto = [401, 360]", "less than a metre"),
        (
            "[1120, 660], [160, 660]]\nmetres",
            "[160, 660], [1120, 660]]\nmetres",
            r"road\.image must be .* convex",
        ),
        ("[8.0, -15.0], [0.0, -15.0]]", "[8.0, -15.0], [8.0, -15.0]]", r"road\.metres must be"),
        ("polygon = [[400, 360], [880, 360]", "polygon = [[400, 360]", None),
        (
            "polygon = [[400, 360], [880, 360], [1120, 660], [160, 660]]",
            "polygon = [[1, 2]]",
            "three corners",
        ),
        (
            "polygon = [[400, 360], [880, 360], [1120, 660], [160, 660]]",
            "polygon = [[400, 360], [880, 360], [640, 300]]",
            "does not reach a metre before",
        ),
        (
            "[8.0, 0.0], [8.0, -15.0], [0.0, -15.0]]",
            "[8.0, 0.0], [8.0, 15.0], [0.0, 15.0]]",
            r"road\.metres: Y must grow upwards",
        ),
        (
            "metres = [[0.0, 0.0], [8.0, 0.0], [8.0, -15.0], [0.0, -15.0]]",
            "metres = [[8.0, 0.0], [0.0, 0.0], [0.0, -15.0], [8.0, -15.0]]",
            r"road\.metres: X must grow to the right .* the sign of every X",
        ),
        (
            "polygon = [[400, 360], [880, 360], [1120, 660], [160, 660]]",
            "polygon = [[400, 360], [880, 360], [1320, 660], [160, 660]]",
            r"approach\.polygon must lie inside the frame",
        ),
        (
            "amber = [900, 80, 916, 96]",
            "amber = [900, 70, 916, 86]",
            r"signal\.red and signal\.amber overlap",
        ),
        ("green = [900, 100, 916, 116]", "green = [900, 60, 916, 76]", r"signal\.red and signal\.green over"),
        ("error_ms = 20", "error_ms = -20", r"clock\.error_ms must not be negative"),
        ('certificate = "DEMO-0001"', 'certificate = " "', r"device\.certificate must not be empty"),
        ("[road]", "[road", "Expected"),
        ("mẫu", "mẫu\\u0000", "control characters"),
    ],
)
def test_a_wrong_profile_is_refused_by_file_and_key(
    path: Path, old: str, new: str, complaint: str | None
) -> None:
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    if complaint is None:
        assert load_profile(path)
        return
    with pytest.raises(ProfileFault, match=complaint) as caught:
        load_profile(path)
    assert str(path) in str(caught.value)


def test_no_file_no_text(path: Path) -> None:
    with pytest.raises(ProfileFault, match=r"camera\.toml: No such file"):
        load_profile(path)
    path.write_bytes(b"\xff\xfe format")
    with pytest.raises(ProfileFault, match="utf-8"):
        load_profile(path)
