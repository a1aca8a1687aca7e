"""A real Chromium, driven over its own protocol, for tests of the sandbox's page; and axe, which looks for what shuts people out.

Debian's `chromium` and npm's `axe-core` are installed by `.ci/run`, which sets TESTS_NEED_BROWSER: there, what is missing
fails; elsewhere the tests that need it are skipped and say so.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from playwright.async_api import Browser, Page, async_playwright

AXE = Path(__file__).parents[1] / ".venv/axe/node_modules/axe-core/axe.min.js"
FLAGS = ["--disable-quic", "--disable-sync", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
"""Against Chromium's own wishes to talk to the world."""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing("there is no Chromium here; with Debian: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        await browser.close()


async def barriers(page: Page) -> list[str]:
    """What axe finds serious or critical on the page as it is now, each with its place."""
    if not AXE.exists():
        missing("axe-core isn't there; install it as .ci/run does: npm install --prefix .venv/axe axe-core")
    await page.evaluate(AXE.read_text(encoding="utf-8"))  # the page's own policy lets no foreign script in
    found: dict[str, Any] = await page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [
        f"{violation['id']}: {node['html']} ({node['failureSummary']})"
        for violation in found["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


def missing(what: str) -> NoReturn:
    if os.environ.get("TESTS_NEED_BROWSER"):
        pytest.fail(what)
    pytest.skip(what)  # in .ci/run it fails, see above
