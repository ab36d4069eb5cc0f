"""Explore with an approximate index: it says so where one has answered, and nowhere else."""

from pathlib import Path

import pytest

from core.catalogue import Catalogue
from core.cli import main
from tests.support import pages as pages_support
from tests.support.pages import open_app, texts

hostile = pages_support.hostile
SAID = "An approximate search found these."


@pytest.fixture
def indexed(lance: None, hostile: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    monkeypatch.setenv("NEARFIELD_INDEX", "lance")
    monkeypatch.setenv("NEARFIELD_INDEX_PLACE", str(tmp_path / "indexes"))
    assert main(["index", str(hostile.path), "--space", "clap"]) == 0
    return hostile


def test_only_the_lists_of_an_index_are_called_approximate(indexed: Catalogue) -> None:
    app = open_app(artist="a01")
    assert not app.exception
    assert [text.startswith(SAID) for text in texts(app)].count(True) == 1
    joined = open_app(artist="a01", like="a02")
    assert not joined.exception
    assert not [text for text in texts(joined) if SAID in text], "sums of scores are exact"


def test_the_reasons_go_with_an_indexed_list(indexed: Catalogue) -> None:
    app = open_app(artist="a01")
    app.query_params["why"] = ["a03", "clap"]
    app.run()
    assert not app.exception
    assert any("of 10" in text for text in texts(app)), "ranks are among all"


def test_a_list_found_around_the_artist_says_so(hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.search.indexes.NEAR_FROM", 0)
    app = open_app(artist="a01", why=["a03", "pagerank"])
    assert not app.exception
    assert [text.startswith("An approximate walk found these") for text in texts(app)].count(True) == 1
    assert any("of 10" in text for text in texts(app)), "ranks are among all"
