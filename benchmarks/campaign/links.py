"""Hostile links: each parameter that a page declares, with values that no page has written, on a public server."""

import os
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks.campaign.found import Found, percentile, seeded
from core.catalogue.library import DATA_VARIABLE
from core.owner import PUBLIC_VARIABLE, TOKEN_FILE
from pages.shell.parameters import declared
from tests.support.furnished import furnished
from tests.support.pages import PAGES, ROOT, texts

_MAIN = ROOT / "pages" / "shell" / "main.py"
_SLOWEST_SECONDS = 60.0
_VALUES = (
    "",
    " ",
    "0",
    "-1",
    "1",
    "1e999",
    "nan",
    "9" * 400,
    "x" * 20_000,
    "\0",
    "\ufffd\ufffe",
    "\u202e\u200b\ufeff",
    "é%00%2e%2e/",
    "../../../../etc/passwd",
    "~root/.ssh",
    "/etc/passwd",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "<script>alert(1)</script>",
    "$\\frac{1}{0}$ :smile: [x](https://example.org)",
    "' OR 1=1 --",
    "{}",
    "[[[[[[",
    "null",
    "run:../x",
    "fusion:../../x",
    "pagerank",
    "clap",
    "fusion:good",
    "id-0",
    "id-1,id-2",
    "id-0 id-0 id-0",
    "furnished",
    "0/../..",
    "True",
    ",".join(f"id-{row}" for row in range(5000)),
)


def link(page: str, rng: random.Random) -> dict[str, str | list[str]]:
    """Values for some of the parameters of a page, and now and then for one that nobody knows."""
    names = [name for name in declared(page) if rng.random() < 0.4]
    if rng.random() < 0.1:
        names.append(rng.choice(("unknown", "", "__class__", "embed", "embed_options")))
    values: dict[str, str | list[str]] = {}
    for name in names:
        several = [rng.choice(_VALUES) for _ in range(rng.choice((1, 1, 1, 2, 30)))]
        values[name] = several[0] if len(several) == 1 else several
    return values


def campaign(links: int, minutes: float, seed: int) -> Iterator[Found]:
    """Open up to `links` links on each page, one after the other; yields what was found so far after each.

    A failure is an exception, a page that takes a minute, and a page that tells where the server's files are.
    """
    found, seconds = Found("links"), list[float]()
    with tempfile.TemporaryDirectory(prefix="nearfield-links-") as folder:
        os.environ |= {DATA_VARIABLE: folder, PUBLIC_VARIABLE: "1"}
        furnished(Path(folder))
        before = _files(Path(folder))
        end = time.monotonic() + minutes * 60
        for number in range(links * len(PAGES)):
            if time.monotonic() > end:
                break
            page = PAGES[number % len(PAGES)]
            asked = link(page, seeded(seed, number))
            begun = time.monotonic()
            fault = _open(page, asked, folder)
            seconds.append(time.monotonic() - begun)
            if seconds[-1] > _SLOWEST_SECONDS:
                fault = fault or f"it took {seconds[-1]:.0f} s"
            found.tried += 1
            if fault:
                found.failures.append(f"{number} ({page}, {str(asked)[:300]}): {fault}")
            found.figures = {"median_seconds": percentile(seconds, 0.5), "longest_seconds": max(seconds)}
            yield found
        if left := _files(Path(folder)) - before:
            found.failures.append(f"links have left files: {sorted(left)[:5]}")
        yield found


def _open(page: str, asked: dict[str, str | list[str]], folder: str) -> str:
    """Open the link as a new visitor; returns what is wrong, "" if nothing is."""
    app = AppTest.from_file(str(_MAIN), default_timeout=2 * _SLOWEST_SECONDS)
    for name, value in asked.items():
        app.query_params[name] = value
    try:
        app.switch_page(f"../{page}/page.py").run()
    except Exception as fault:  # noqa: BLE001 - whatever ends a page is what is looked for
        return f"{type(fault).__name__}: {str(fault)[:500]}"
    if app.exception:
        return str(app.exception[0].message)[:500]
    told = [text for text in texts(app) if folder in str(text).replace("\\", "")]
    return f"it tells where files are: {told[0][:300]}" if told else ""


def _files(folder: Path) -> set[str]:
    """The files of the data folder, without those that a server keeps for itself."""
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.name != TOKEN_FILE}
