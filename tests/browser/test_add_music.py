"""From nothing to a catalogue by clicks: a folder is read, reviewed and added, and found again after a reload."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.catalogue.library import DATA_VARIABLE
from core.catalogue.places import ROOTS_VARIABLE
from tests.support import browsing
from tests.support.browsing import Visit
from tests.support.music import music
from tests.support.server import ROOT, running_script

browser, visit = browsing.browser, browsing.visit


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Knows no catalogue, and lets one folder be browsed."""
    for number, artist in enumerate(("Ada", "Bo", "Cy feat. Di")):
        music(tmp_path / "root" / "tapes" / f"{number}.flac", "flac", artist=artist, title=f"Song {number}")
    environment = {DATA_VARIABLE: str(tmp_path / "data"), ROOTS_VARIABLE: str(tmp_path / "root")}
    with running_script(ROOT / "app.py", environment) as (address, _):
        yield address


def test_a_folder_becomes_a_catalogue_by_clicks(server: str, visit: Visit) -> None:
    page = visit.page
    visit.open(server)
    page.get_by_role("link", name="Add my music").click()
    page.get_by_role("button", name="tapes").click()
    page.get_by_role("button", name="Read the folder tapes").click()
    add = page.get_by_role("button", name="Add 4 artists")
    expect(add).to_be_visible()
    page.reload()
    add.click()
    expect(page.get_by_text("tapes is added: 4 artists and 3 tracks.")).to_be_visible()
    page.get_by_role("button", name="Explore it").click()
    visit.heading("Explore")
    visit.settle()
