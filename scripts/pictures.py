"""Take the pictures of the documents: README's first screen, light and dark, and film strip of the tour, on the bundled
catalogue, and the charts of docs/findings.md, on the figures that ship.

    .venv/bin/python -m scripts.pictures [FOLDER] [--charts]

FOLDER is assets/ by default; --charts takes the charts alone. Needs the test tools and Chromium.
"""

import argparse
import io
import shutil
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from core.catalogue.library import BUNDLED
from tests.support.rest import wait_for_rest, watch
from tests.support.server import ROOT, running_app

SCREEN, SLIDE, CHART_SCREEN = (1400, 1000), (1920, 1080), (1100, 1000)
WIDTH, SLIDE_WIDTH, ACROSS, GAP = 1200, 640, 2, 12
QUALITY = 88
PATIENCE_MS = 300_000
AIM_MS = 3_000
"""The tour scrolls to what it speaks of while a page settles."""

EXAMPLE, CLIP_ANSWERS = ".nf-chosen", ".st-key-clip_answers"
CHARTS = {
    "figure-1": ("figure=layers&paper=disco-olga", "paper_disco-olga_layers"),
    "best-on-real-artists": ("real=disco-olga&real_figure=best", "shipped_disco-olga_best"),
    "few-known-edges": ("real=disco-olga&real_part=kept", "shipped_disco-olga_kept_edges"),
}
"""Picture -> the parameters of Results, and the key of the chart."""


def main() -> None:
    """Take all pictures, or the charts alone."""
    arguments = argparse.ArgumentParser(prog="python -m scripts.pictures")
    arguments.add_argument("folder", type=Path, nargs="?", default=ROOT / "assets")
    arguments.add_argument("--charts", action="store_true", help="the charts of docs/findings.md alone")
    chosen = arguments.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with running_app(ROOT / "data" / BUNDLED) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        take_charts(browser, address, chosen.folder)
        if not chosen.charts:
            take_screens(browser, address, chosen.folder)
        browser.close()


def take_charts(browser: Browser, address: str, folder: Path) -> None:
    """The charts of docs/findings.md, each by itself."""
    for name, (parameters, key) in CHARTS.items():
        page = opened(browser, f"{address}/results?{parameters}", CHART_SCREEN, "light")
        chart = page.locator(f".st-key-{key} .js-plotly-plot")
        chart.scroll_into_view_if_needed()
        wait_for_rest(page)
        picture = Image.open(io.BytesIO(chart.screenshot())).convert("RGB")
        save(picture, 0, folder / f"{name}.webp")
        page.context.close()


def take_screens(browser: Browser, address: str, folder: Path) -> None:
    """README's pictures."""
    for scheme in ("light", "dark"):
        page = opened(browser, address, SCREEN, scheme)
        page.locator(EXAMPLE).wait_for()
        save(taken(page), WIDTH, folder / f"first-screen-{scheme}.webp")
    page = opened(browser, address, SLIDE, "light")
    save(strip(slides(page, address)), 0, folder / "tour.webp")


def opened(browser: Browser, address: str, size: tuple[int, int], scheme: str) -> Page:
    """A page at rest in a browser that was never here."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    watch(context)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    wait_for_rest(page)
    return page


def slides(page: Page, address: str) -> list[Image.Image]:
    """A picture of each step of the tour."""
    pictures: list[Image.Image] = []
    n_steps = 1
    while len(pictures) < n_steps:
        page.goto(f"{address}/?tour={len(pictures) + 1}&present=1")
        bar = page.locator(".st-key-tour")
        bar.wait_for()
        n_steps = int(bar.inner_text().partition(" of ")[2].partition(":")[0])
        while "/clip" in page.url and not has_heard(page):
            page.reload()
        wait_for_rest(page)
        page.wait_for_timeout(AIM_MS)
        pictures.append(taken(page))
        print(f"{len(pictures)} of {n_steps}", flush=True)
    return pictures


def has_heard(page: Page) -> bool:
    """Whether the clip was heard. On a machine with much else to do it takes too long, and is stopped."""
    page.locator(f"{CLIP_ANSWERS} h3, .stAlertContainer").first.wait_for()
    return page.locator(f"{CLIP_ANSWERS} h3").count() > 0


def taken(page: Page) -> Image.Image:
    """What the window shows now."""
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def strip(pictures: list[Image.Image]) -> Image.Image:
    """The pictures in rows, each in a thin frame."""
    height = round(SLIDE_WIDTH * SLIDE[1] / SLIDE[0])
    rows = -(-len(pictures) // ACROSS)
    whole = Image.new("RGB", (ACROSS * (SLIDE_WIDTH + GAP) - GAP, rows * (height + GAP) - GAP), "white")
    draw = ImageDraw.Draw(whole)
    for number, picture in enumerate(pictures):
        left, top = (number % ACROSS) * (SLIDE_WIDTH + GAP), (number // ACROSS) * (height + GAP)
        whole.paste(picture.resize((SLIDE_WIDTH, height), Image.Resampling.LANCZOS), (left, top))
        draw.rectangle((left, top, left + SLIDE_WIDTH - 1, top + height - 1), outline="#7a8d9e")
    return whole


def save(picture: Image.Image, width: int, path: Path) -> None:
    """Write a picture of `width` pixels, or as it is for 0."""
    if width:
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    picture.save(path, quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
