"""What the tests of the pages share: catalogues small enough to write in a test, and the app opened on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.catalogue import Catalogue, FeatureInfo, Manifest, open_catalogue, write_catalogue
from core.catalogue.library import DATA_VARIABLE
from tests.support.app_tests import make_light

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120
make_light()
PAGES = ("explore", "map", "neighbourhood", "clip", "results", "train", "catalogues")

HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    "*Bold* _and_ [link](https://example.com) `code` # ~~gone~~",
    ":smile: :material/bolt: :red[red] $\\frac{1}{2}$",
    "שלום עולם",
    "\u202eevil\u202c",
    "x" * 300,
    "🎸🥁",
    "",
    "Twin",
    "Twin",
    "www.example.com -> https://example.com a@example.com",
    "Loner",
)
"""One artist each. All but the last, which nobody is similar to, are joined in a ring with two chords."""


def hostile_catalogue(folder: Path, name: str = "hostile", kind: str = "synthetic") -> Catalogue:
    """A catalogue of the hostile names: `clap` for all but the last artist, `moods_themes` for the first four."""
    n = len(HOSTILE_NAMES)
    rng = np.random.default_rng(0)
    clap = rng.normal(size=(n, 8)).astype(np.float32)
    clap[-1] = np.nan
    moods = np.full((n, 4), np.nan, np.float32)
    moods[:4] = rng.integers(0, 2, (4, 4))
    moods[:4, 0] = 1
    artists = pd.DataFrame(
        {
            "artist_id": [f"a{row:02d}" for row in range(n)],
            "name": HOSTILE_NAMES,
            "mbid": [f"{row:08x}-0000-4000-8000-000000000000" for row in range(n)],
            "allmusic_id": [f"mn{row:010d}" if row % 2 else None for row in range(n)],
            "split": [("train", "val", "test")[row % 3] for row in range(n)],
            "genres": [["<b>Rock</b>", "Math *Rock*"] if row % 2 else [] for row in range(n)],
            "moods": [["dark", "$x$"] if row < 4 else [] for row in range(n)],
            "themes": [[":heart:"] if row < 2 else [] for row in range(n)],
            "popularity": [float(row) if row % 2 else np.nan for row in range(n)],
        }
    )
    ring = [(row, (row + 1) % (n - 1)) for row in range(n - 1)] + [(0, 2), (1, 3)]
    edges = pd.DataFrame(ring, columns=["source", "target"]).assign(relation="similar", weight=1.0)
    manifest = Manifest(name, "Hostile *names*", kind, "a test", "none", "none", notes=["Made by a test. <b>"])
    features = {
        "clap": (clap, FeatureInfo("clap", "CLAP", notes="eight numbers")),
        "moods_themes": (moods, FeatureInfo("moods_themes", "Moods", "binary", ["dark", "$x$", "c", "d"])),
    }
    return open_catalogue(write_catalogue(folder / name, manifest, artists, edges, features))


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """The hostile catalogue as the only one the app knows."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    return hostile_catalogue(tmp_path)


def open_app(page: str | None = None, **query: str) -> AppTest:
    """The app after its first run: on `page` (its folder's name; Explore by default), with URL parameters."""
    app = AppTest.from_file(str(ROOT / "pages" / "shell" / "main.py"), default_timeout=PATIENCE_S)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    return app if page is None else app.switch_page(f"../{page}/page.py").run()


class Address(dict[str, Any]):
    """A URL's parameters without a browser: what the pages use of `st.query_params`."""

    def get_all(self, name: str) -> list[str]:
        value = self.get(name, [])
        return [value] if isinstance(value, str) else list(value)

    def from_dict(self, values: dict[str, list[str]]) -> None:
        """Write all of it at once."""
        self.clear()
        self.update({name: each[0] if len(each) == 1 else each for name, each in values.items()})


def texts(app: AppTest) -> list[str]:
    """Everything the page says in headings, text, captions and messages."""
    kinds: tuple[Any, ...] = (
        app.title,
        app.header,
        app.subheader,
        app.markdown,
        app.caption,
        app.text,
        app.info,
        app.warning,
        app.error,
        app.success,
    )
    return [element.value for kind in kinds for element in kind]


def parameter(app: AppTest, name: str) -> str | None:
    """The URL parameter `name`, or None."""
    value = app.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def button_labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def press(app: AppTest, label: str) -> AppTest:
    """Press the first button whose label begins with `label`."""
    return next(button for button in app.button if button.label.startswith(label)).click().run()
