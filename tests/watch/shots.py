"""Pictures of the live page for the docs: `make shots` draws them in a browser."""

import io
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from evo.places import CHECKOUT
from tests.watch.test_browser import CHROMIUM, Served

IMAGES = CHECKOUT / "docs" / "images"
COLOURS = 200
WIDE, PAUSE = 760, 180  # of the film: pixels, milliseconds of a picture
LONG = 240_000  # milliseconds that anything may take here


def until(page: Page, generation: int) -> None:
    """Wait for a generation."""
    now = "+document.getElementById('evo-generation').textContent.replace(/\\D/g, '')"
    page.wait_for_function(f"{now} >= {generation}", timeout=LONG)


def shot(page: Page) -> Image.Image:
    """The page as it is, in few colours, with nothing under the pointer."""
    page.mouse.move(5, 5)
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(600)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)


def click(page: Page, name: str) -> None:
    """Press a button, wherever it is, without scrolling to it."""
    page.get_by_role("button", name=name, exact=True).evaluate("button => button.click()")


def still(page: Page) -> None:
    """igf: a shift, then a carrier, and 24 populations beside."""
    click(page, "Evolve them")
    click(page, "Play")
    until(page, 1000)
    click(page, "Shift the environment now")
    until(page, 1100)
    click(page, "Insert a carrier now")
    until(page, 1400)
    click(page, "Pause")
    page.wait_for_function("document.getElementById('evo-said').textContent.includes('realized it')", timeout=LONG)
    shot(page).save(IMAGES / "watch.png", optimize=True)


def coin(page: Page) -> None:
    """The coin task, near its end."""
    click(page, "Play")
    until(page, 285)
    click(page, "Pause")
    click(page, "One generation")
    page.wait_for_timeout(2000)
    shot(page).save(IMAGES / "watch_coin.png", optimize=True)


def film(page: Page) -> None:
    """The same as the still one, from the founders on, moving."""
    pictures = []
    page.get_by_role("combobox", name="speed").click()
    page.get_by_role("option", name="20 a second").click()
    click(page, "Play")
    for generation in range(10, 810, 25):
        until(page, generation)
        if generation == 460:
            click(page, "Shift the environment now")
        if generation == 560:
            click(page, "Insert a carrier now")
        taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        small = taken.resize((WIDE, taken.height * WIDE // taken.width), Image.Resampling.LANCZOS)
        pictures.append(small)
    palette = pictures[-1].quantize(128)  # one for all, so that what stays is the same in the next
    pictures = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    pictures[0].save(
        IMAGES / "watch.gif", save_all=True, append_images=pictures[1:], loop=0, optimize=True,
        duration=[PAUSE] * (len(pictures) - 1) + [20 * PAUSE],
    )  # fmt: skip


def main() -> None:
    """Draw all of them."""
    todo: tuple[tuple[str, Any, dict[str, Any]], ...] = (
        ("igf", still, {"viewport": {"width": 1500, "height": 1440}}),
        ("coin", coin, {"viewport": {"width": 1400, "height": 900}, "color_scheme": "dark"}),
        ("igf", film, {"viewport": {"width": 1300, "height": 850}}),
    )
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for scenario, draw, how in todo:
            if not Path(CHECKOUT / "scenarios" / f"{scenario}.toml").exists():
                continue
            served, page = Served(scenario, "--port", "8580"), browser.new_page(**how)
            try:
                page.goto(served.address)
                page.wait_for_function("typeof evo !== 'undefined' && evo.frames > 0", timeout=LONG)
                draw(page)
            finally:
                page.close()
                served.end()
        browser.close()


if __name__ == "__main__":
    main()
