"""docs/open-data.md: its commands work on small dumps, and its table lists the sources that there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from core.catalogue import open_catalogue
from core.cli import main
from core.relations.sources import SOURCES
from tests.support.catalogues import tiny_catalogue
from tests.support.documents import descriptor_document
from tests.support.dumps import listens_frame, musicbrainz_tables, write_archive, write_descriptors, write_listens
from tests.support.services import mbid

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "open-data.md").read_text(encoding="utf-8")
COMMANDS = [shlex.split(line) for line in re.findall(r"^    python -m core (.*)$", PAGE, re.MULTILINE)]


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    """What stands in capitals on the page, and its files, as files here."""
    plays = [(user, 200 * place, (number,)) for user in range(3) for place, number in enumerate([0, 1] * 10)]
    tables = musicbrainz_tables({0: "Ada", 1: "Bo"}, [(0, "collaboration", 1)])
    document = {f"{mbid(500_000)}-0": descriptor_document()}
    return {
        "CATALOGUE": str(tiny_catalogue(tmp_path / "tiny", 4, [(0, 1)], mbid=[*map(mbid, range(4))]).path),
        "LISTENS": str(write_listens(tmp_path / "listens", listens_frame(plays))),
        "mbdump.tar.bz2": str(write_archive(tmp_path / "mbdump.tar.bz2", tables)),
        "ARCHIVE.tar.zst": str(write_descriptors(tmp_path / "archive.tar.zst", document)),
        "DEST": str(tmp_path / "made"),
    }


def test_the_commands_work(places: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LISTENBRAINZ_TOKEN", "LASTFM_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert {command[0] for command in COMMANDS} == {"relations", "open-data"}
    for command in COMMANDS:
        words = [places.get(word, word) for word in command]
        is_service = "--contact" in words
        # A test asks no real service: of those, what a dry run says.
        assert main([*words, "--dry-run"] if is_service and "--dry-run" not in words else words) == 0
    assert open_catalogue(places["CATALOGUE"]).edges_of("listens").tolist() == [[0, 1]]
    made = open_catalogue(places["DEST"])
    assert made.artists["name"].tolist() == ["Ada", "Bo"]
    assert made.feature_names == ["acousticbrainz"]


def test_the_table_lists_the_sources() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| (\w+)[^|]* \|$", PAGE, re.MULTILINE)
    assert [name for name, _ in rows] == list(SOURCES)
    assert {name for name, passed_on in rows if passed_on == "no"} == {
        name for name, source in SOURCES.items() if not source.redistributable
    }
    for source in SOURCES.values():
        assert source.variable in PAGE
