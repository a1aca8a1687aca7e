"""The README's pictures, taken of the sandbox's page once its script has been played: `python -m tests.screenshots`.

Needs Chromium, Pillow and Noto's fonts (Debian: fonts-noto-core and fonts-noto-color-emoji). Each picture carries the transcript that it
was taken with, so that a test can tell when it is outdated.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO, StringIO
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.async_api import Browser, ViewportSize
from rich.console import Console

from bot.sandbox import BotApiServer
from bot.sandbox.chatpage import mount_page
from bot.sandbox.playing import Player, stage
from bot.sandbox.script import ScriptFile
from bot.sandbox.transcript import Transcript
from bot.settings import BotSettings
from index.cli import living_library
from tests.browser import chromium

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "bot/sandbox/scripts/tour.yaml"
PICTURES = ROOT / "tests/data"
NAMES = ("private-light", "private-dark", "group-light", "group-dark")
SIZE: ViewportSize = {"width": 800, "height": 760}
COLOURS = 128
"""Of the palette; the page has few, the letters' edges and the emoji a few more."""
NEW_YEAR = 1_767_258_000.0
"""When all messages are sent: at nine in the morning of New Year's Day, 2026."""


async def main() -> None:
    async with played() as (address, transcript), chromium() as browser:
        for name in NAMES:
            picture = Image.open(BytesIO(await photograph(browser, address, name)))
            told = PngInfo()
            told.add_itxt("Description", transcript)
            picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=3).save(PICTURES / f"{name}.png", optimize=True, pnginfo=told)


@asynccontextmanager
async def played() -> AsyncIterator[tuple[str, str]]:
    """The page's address after the play, and the transcript."""
    written = StringIO()
    server = BotApiServer(clock=lambda: NEW_YEAR)
    player = Player(ScriptFile(SCRIPT), server.world, Transcript(Console(file=written, width=80)))
    with living_library(ROOT / "corpus", None) as library:
        path, _ = mount_page(server, library.answerer, lambda _: player.cast)
        async with stage(server, BotSettings(), library) as settled:
            await player.play(settled)
            yield f"{server.url}{path}", written.getvalue()


async def photograph(browser: Browser, address: str, name: str) -> bytes:
    """`name`: one of `NAMES`."""
    where, _, colours = name.partition("-")
    page = await browser.new_page(viewport=SIZE, device_scale_factor=1.25, color_scheme="dark" if colours == "dark" else "light")
    await page.goto(address)
    if where == "group":
        await page.get_by_role("navigation").get_by_role("button").nth(1).click()
    await page.get_by_role("group", name="Questions to begin with").get_by_role("button").first.wait_for()
    if where == "private":
        await page.locator("article").first.scroll_into_view_if_needed()
    picture = await page.screenshot()
    await page.close()
    return picture


if __name__ == "__main__":
    asyncio.run(main())
