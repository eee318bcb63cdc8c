"""A case in a real browser: two officers review it blind, the signer approves it, a citizen finds it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import packages
from tests.stage import PASSWORD, Stage
from workflow.vocabulary import Role

if TYPE_CHECKING:
    from tests.conftest import Browser

pytestmark = pytest.mark.browser

# A page that needs longer for any step is broken; Playwright's own five seconds are short on a busy machine.
SECONDS = 120.0
expect.set_options(timeout=SECONDS * 1000)


@pytest.fixture
def stage(committed_db: None, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Stage:
    settings.PHATNGUOI_HOME = tmp_path
    # Playwright's loop runs in this thread; the ORM calls of the test stand between its steps, never inside.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    secret = Ed25519PrivateKey.generate()
    packages.enrol(secret)
    return Stage(secret, tmp_path / "spool")


@pytest.fixture
def page(chromium: "Browser") -> Iterator[Page]:
    """A page that fails the test when the browser complains, of the content policy for example."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            chromium.profile,
            executable_path=chromium.executable_path,
            args=list(chromium.args),
            viewport={"width": 1280, "height": 900},
            timeout=SECONDS * 1000,  # of the start
        )
        context.set_default_timeout(SECONDS * 1000)
        opened = context.pages[0]
        complaints: list[str] = []
        opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened
        context.close()
        assert complaints == []


def log_in(page: Page, server: LiveServer, username: str) -> None:
    page.goto(f"{server.url}/console/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Hồ sơ chờ tôi")).to_be_visible()


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Đăng xuất").click()


def review(page: Page, reference: str) -> None:
    """Open the case from the queue, look at the pictures, answer."""
    page.get_by_role("button", name="Nhận hồ sơ thẩm định tiếp theo").click()
    expect(page.get_by_role("heading", name=reference)).to_be_visible()
    shown = page.locator(".exhibits img")
    expect(shown).to_have_count(4)
    for index in range(4):
        assert shown.nth(index).evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    page.get_by_label("Có vi phạm").check()
    expect(page.get_by_label("Lý do không chấp nhận")).to_be_hidden()
    page.get_by_label("Biển số, theo đồng chí đọc được").fill("59-x1 234.56")
    page.get_by_label("Phương tiện").select_option("motorbike")
    page.get_by_label("Hành vi").select_option("red_light")
    page.get_by_role("button", name="Gửi kết quả thẩm định").click()
    expect(page.get_by_role("status")).to_contain_text(f"{reference}: đã ghi nhận")


def test_from_the_queue_to_the_look_up(stage: Stage, live_server: LiveServer, page: Page) -> None:
    case = stage.extracted()
    for role, suffix in ((Role.REVIEWER, ""), (Role.REVIEWER, " Hai"), (Role.SIGNER, "")):
        stage.user(role, suffix)
    for username in ("reviewer", "reviewer Hai"):
        log_in(page, live_server, username)
        review(page, case.reference)
        expect(page.get_by_text("Không có hồ sơ nào chờ đồng chí.")).to_be_visible()
        log_out(page)
    case.refresh_from_db()
    assert (case.state, case.plate) == ("reviewed", "59X123456")
    stage.file(case)

    log_in(page, live_server, "signer")
    page.get_by_role("link", name=case.reference).click()
    page.get_by_role("button", name="Duyệt và cấp số").click()
    expect(page.get_by_role("status")).to_contain_text("đã ghi nhận")
    expect(page.get_by_text("01/TB-PC08").first).to_be_visible()
    log_out(page)
    stage.sent(case)

    page.goto(f"{live_server.url}/")
    page.get_by_label("Biển số").fill("59x123456")
    page.get_by_label("Xe mô tô, xe gắn máy").check()
    page.get_by_role("button", name="Tra cứu").click()
    expect(
        page.get_by_role("heading", name="Không chấp hành hiệu lệnh của đèn tín hiệu giao thông")
    ).to_be_visible()
    expect(page.locator(".record")).to_contain_text("59-X1 234.56")
    expect(page.locator(".record")).to_contain_text("Chưa xử phạt")


def test_the_console_works_by_keyboard_and_on_a_phone(
    stage: Stage, live_server: LiveServer, page: Page
) -> None:
    case = stage.extracted()
    stage.user(Role.REVIEWER)
    page.set_viewport_size({"width": 390, "height": 800})
    log_in(page, live_server, "reviewer")
    page.goto(f"{live_server.url}/console/cases/{case.reference}")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    page.get_by_label("Không chấp nhận kết quả thu thập").focus()
    page.keyboard.press("Space")
    expect(page.get_by_label("Biển số, theo đồng chí đọc được")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.type("Không đọc")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("đã ghi nhận")


def test_the_api_docs_open_without_the_network(stage: Stage, live_server: LiveServer, page: Page) -> None:
    page.goto(f"{live_server.url}/api/v1/docs")
    expect(page.get_by_text("/api/v1/lookup")).to_be_visible()
