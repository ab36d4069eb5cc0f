"""What is kept of a large catalogue is made before its first visitor."""

from pathlib import Path

import pytest

from core import kept_arrays
from core.catalogue import Catalogue, open_catalogue
from core.search.lookup import NameIndex
from core.search.ready import make_ready
from core.search.spaces import list_spaces, open_space
from tests.support.graphs import random_catalogue

USES_KEPT = ("core.search.ready", "core.search.lookup", "core.search.vectors", "core.catalogue.catalogue")


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """A catalogue that counts as one of many artists."""
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    for module in USES_KEPT:
        monkeypatch.setattr(f"{module}.KEPT_FROM", 1)
    return random_catalogue(tmp_path)


def test_after_it_nothing_kept_is_made_again(large: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[float] = []
    make_ready(large, shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] < 1
    monkeypatch.setattr(kept_arrays, "_keep", lambda form, folder, made: pytest.fail(f"{folder.name} is made again"))
    again = open_catalogue(large.path)
    _ = again.display_names, again.row_of
    NameIndex(again)
    for space in list_spaces(again):
        open_space(again, space.name)


def test_of_few_artists_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    make_ready(random_catalogue(tmp_path), lambda share: pytest.fail("it worked on something"))
    assert not (tmp_path / "cache").exists()
