"""A real browser on the demo's page."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.bot.demo.page_office import Office, served

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Opened = Callable[..., AbstractAsyncContextManager[Page]]


# One browser for a whole module: to start it takes longer than any of the tests.
@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    if not os.path.exists(CHROMIUM):  # noqa: ASYNC240, PTH110 - once, on a local path
        pytest.skip(f"no Chromium at {CHROMIUM}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def office() -> AsyncIterator[Office]:
    async with served() as office:
        yield office


@pytest_asyncio.fixture(loop_scope="module")
async def opened(office: Office, chromium: Browser) -> AsyncIterator[Opened]:
    """Opens the page in a window of its own; at the end nothing may have gone wrong in any of them."""
    wrong: list[str] = []

    @asynccontextmanager
    async def window(*, locale: str = "zh-CN", width: int = 1280, height: int = 800) -> AsyncIterator[Page]:
        context = await chromium.new_context(
            locale=locale, timezone_id="Asia/Shanghai", viewport={"width": width, "height": height}
        )
        page = await context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        await page.goto(office.url)
        await expect(page.locator("#cast .person").first).to_be_attached()
        yield page
        await context.close()

    yield window
    assert wrong == []
