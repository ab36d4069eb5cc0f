"""Every page with everything bad that can lie beside a sound catalogue."""

from pathlib import Path

import pytest

from core.catalogue import Catalogue
from core.catalogue.library import DATA_VARIABLE
from tests.support.furnished import MANIFEST_BESIDE, SPOILT, furnished
from tests.support.pages import PAGES, open_app


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("data")
    catalogue = furnished(folder)
    for kind, spoil in SPOILT.items():
        if "table of results" in kind:  # which would hide the rows
            continue
        spoil(catalogue)
    for name, spoil_manifest in MANIFEST_BESIDE.items():
        (folder / name).mkdir()
        file = folder / name / "catalogue.json"
        file.write_bytes((catalogue.path / "catalogue.json").read_bytes())
        spoil_manifest(file)
    return catalogue


@pytest.mark.parametrize("name", PAGES)
def test_every_page_renders(spoilt: Catalogue, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(spoilt.path.parent))
    app = open_app(name, catalogue=spoilt.path.name)
    assert not app.exception
    if name == "catalogues":
        said = app.dataframe[1].value
        assert {"fusions/bad.json", "maps/other.npz", "results.parquet"} <= set(said["File"])


def test_the_space_that_was_asked_for_may_be_gone(spoilt: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(spoilt.path.parent))
    for space in ("fusion:bad", "run:newer", "fusion:" + "x" * 300):
        assert not open_app("explore", catalogue=spoilt.path.name, space=space).exception


def test_results_that_cannot_be_read_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    catalogue = furnished(tmp_path)
    SPOILT["half a table of results"](catalogue)
    app = open_app("results")
    assert not app.exception
    assert any("results.parquet cannot be read" in message.value for message in app.error)
    assert not open_app("explore").exception
