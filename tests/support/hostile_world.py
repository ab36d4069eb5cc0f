"""A catalogue whose every text, which strangers could have written, tries to do harm; and how to see whether it did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from playwright.sync_api import Page

from core.catalogue import Catalogue, FeatureInfo, Manifest, open_catalogue, write_catalogue
from core.curation import CurationList, ListCollection, entry_of
from core.curation.lists import Origin
from core.experiments.results import record_results
from core.maps import Fidelity, MapSettings, StoredMap, save_map
from core.maps.build import vectors_fingerprint
from core.search.spaces import space_vectors
from tests.core.experiments.test_results_table import run_row

NAMES = (
    "<script>window.hacked=1</script>",
    '<img src=x onerror="window.hacked=2">',
    "\"'><svg/onload=window.hacked=3>",
    "[evillink](javascript:window.hacked=4) ![evilpix](http://evil.example/pix.png)",
    '<a href="javascript:window.hacked=5">evilanchor</a> &lt;b&gt; &amp;',
    "**evilbold** _evilitalic_ `evilcode` ~~evilgone~~",
    ":smile: :material/bolt: :red[evilred] :blue-badge[evilbadge]",
    "$\\frac{evil}{latex}$ $$e=vil$$",
    "\u202eevil\u202c שלום עולם \u2067العربية",
    "zero\u200bwidth\u200d\ufeff\u2060",
    "y" * 10_000,
    "👩‍🎤🏳️‍🌈👨‍👩‍👧‍👦 é e\u0301\u0301\u0301",
    "line\r\nbreak\ttab\x00\x07end",
    "",
    " \u3000 ",
    "=1+1;@SUM(A1)",
    "]]>&amp;<!-- -- <![CDATA[",
    "javascript:window.hacked=6",
    "{{7*7}} ${window.hacked=7} {% raw %} %s {0} \\",
    "www.evil.example http://evil.example/ a@evil.example",
    "</script><script>window.hacked=8</script></title></textarea>",
    "# evilheading\n| a | b |\n|--|--|\n- evilitem\n> evilquote",
    '<b>evilb</b><br><a href="http://evil.example">evila</a>%{x}<extra></extra>',
    "\\u003cimg src=x onerror=window.hacked=9\\u003e",
    "Twin",
    "Twin",
)
"""One artist each, the first known as similar to all others."""

ODD_ID = "\"><img src=x onerror=window.hacked=10>/../..?&#'%00"
"""The id of the second artist: an id may be any text that is not empty."""

LIST_NAME = "<img src=x onerror=window.hacked=11> =1+1"
VISITOR = "0123456789abcdef0123456789abcdef"
COLUMNS = [NAMES[0], NAMES[3], NAMES[5], NAMES[6], "plain", "=1+1"]

_HARM = """() => {
    const harm = [];
    const isHarm = {
        href: (value) => { const url = new URL(value, document.baseURI);
            return !/^(https?|file|blob|about|data):$/.test(url.protocol) || url.hostname.includes("evil"); },
        src: (value) => /evil|hacked|^x$|^javascript:/.test(value),
        style: (value) => /evil|hacked/.test(value),
    };
    for (const name of ["srcset", "action", "data", "poster"]) isHarm[name] = isHarm.src;
    isHarm["xlink:href"] = isHarm.href;
    const look = (root) => {
        for (const element of root.querySelectorAll("*")) {
            if (element.shadowRoot) look(element.shadowRoot);
            for (const { name, value } of element.attributes) {
                if (/^on/.test(name) || isHarm[name]?.(value)) harm.push(`${element.tagName} ${name}=${value}`);
            }
            const text = element.childElementCount ? "" : element.textContent.trim();
            const isFormatted = element.matches("strong, b, em, i, code, del, s, h1, h2, h3, li, td, blockquote *, a");
            if (isFormatted && /^evil(bold|italic|code|gone|heading|item|quote|b|a|link|anchor)$/.test(text)
                || element.matches("script, iframe, object, embed, base, marquee") && /^window.hacked/.test(text)
                || element.matches("[class*='ColoredText'], [class*='badge' i]") && /^evil(red|badge)$/.test(text))
                harm.push(`${element.tagName}: ${text.slice(0, 80)}`);
            if (element.matches(".katex") && /vil/.test(element.textContent)) harm.push("a formula");
        }
    };
    look(document);
    if (window.hacked !== undefined) harm.push(`a script ran: ${window.hacked}`);
    if (/\\u{1F604}/u.test(document.body.innerText)) harm.push("a shortcode became a picture");
    return harm;
}"""


def harm_done(page: Page) -> list[str]:
    """What of the hostile texts has become more than text, anywhere in the page, also in components."""
    found: list[str] = page.evaluate(_HARM)
    return found


def hostile_world(folder: Path) -> Catalogue:
    """The catalogue, with a map, tracks, and measured results."""
    n = len(NAMES)
    rng = np.random.default_rng(0)
    ids = [f"id-{row}" for row in range(n)]
    ids[1] = ODD_ID
    tags = [list(dict.fromkeys([NAMES[row % 8], NAMES[(row + 3) % n], "x"])) for row in range(n)]
    artists = pd.DataFrame(
        {
            "artist_id": ids,
            "name": NAMES,
            "mbid": [f"{row:08x}-0000-4000-8000-000000000000" if row % 2 else "<b>evil</b>" for row in range(n)],
            "allmusic_id": [f"mn{row:010d}" if row % 3 else "javascript:window.hacked=12" for row in range(n)],
            "split": [("train", "train", "val", "test")[row % 4] for row in range(n)],
            "genres": tags,
            "moods": tags[::-1],
            "themes": [[name] for name in NAMES],
            "popularity": np.arange(n, dtype=float),
            "decade": [1950 + 10 * (row % 7) for row in range(n)],
        }
    )
    pairs = [(0, row) for row in range(1, n)] + [(row, row + 1) for row in range(1, n - 1)]
    edges = pd.DataFrame(pairs, columns=["source", "target"]).assign(relation="similar", weight=1.0)
    features = {
        "clap": (
            rng.normal(size=(n, 8)).astype(np.float32),
            FeatureInfo("clap", NAMES[1], extractor=NAMES[3], version=NAMES[5], notes=NAMES[0]),
        ),
        "moods_themes": (
            rng.integers(0, 2, (n, len(COLUMNS))).astype(np.float32),
            FeatureInfo("moods_themes", NAMES[5] + NAMES[6], "binary", COLUMNS, notes=NAMES[21]),
        ),
    }
    tracks = pd.DataFrame(
        [
            {
                "artist": row,
                "track_id": f"t{row}-{NAMES[1]}",
                "title": name,
                "recording_mbid": None,
                "kind": "file",
                "recipe": f"no-such-file-{row}.wav",
            }
            for row, name in enumerate(NAMES)
            if row % 3 != 2
        ]
    )
    manifest = Manifest(
        "hostile", f"{NAMES[1]} {NAMES[5]}", "real", NAMES[3], NAMES[4], NAMES[0], NAMES[6], list(NAMES[:8])
    )
    catalogue = open_catalogue(write_catalogue(folder / "hostile", manifest, artists, edges, features, tracks))
    for space in features:
        _lay_out(catalogue, space)
    rows = [
        run_row(catalogue, f"r{layers}", 0.1 + layers / 10, layers=layers, features=features)
        for layers, features in enumerate((NAMES[1], NAMES[1], NAMES[5]))
    ]
    record_results(catalogue, [row | {"commit": NAMES[0], "command": NAMES[1]} for row in rows])
    return catalogue


def hostile_lists(catalogue: Catalogue, collection: ListCollection) -> ListCollection:
    """A list of everybody, with hostile notes and origins."""
    origin = Origin("clap", NAMES[1], 3, 0.5, NAMES[0], "", "2026-01-01")
    entries = [entry_of(catalogue, row) for row in range(len(NAMES))]
    noted = [
        replace(entry, note=NAMES[(row + 1) % len(NAMES)][:500], origin=origin) for row, entry in enumerate(entries)
    ]
    return ListCollection((CurationList(LIST_NAME, tuple(noted)), CurationList(NAMES[5])))


def _lay_out(catalogue: Catalogue, space: str) -> None:
    _, present = space_vectors(catalogue, space)
    places: Any = np.random.default_rng(1).uniform(-5, 5, (len(catalogue), 2)).astype(np.float32)
    fidelity = Fidelity((5,), (0.62,), (0.05,), int(present.sum()), int(present.sum()))
    trust = np.where(present, 0.4, np.nan).astype(np.float32)
    fingerprint = vectors_fingerprint(catalogue, space)
    stored = StoredMap(space, places, trust, MapSettings(), fidelity, fingerprint, {}, "2026-01-01T00:00:00+00:00")
    save_map(catalogue, stored)
