"""What a catalogue offers to browse: read once, and again as soon as a run or a fusion changes."""

from pathlib import Path

import numpy as np
import pytest

from core.catalogue import Catalogue, update_catalogue
from core.runs.config import ModelConfig, TrainingConfig
from core.runs.record import Run, new_run
from core.search import spaces
from core.search.fusion import DEGREE_KNOTS, FusionWeights
from core.search.fusions import save_fusion
from core.search.spaces import Space, list_spaces, space_titles
from core.space_name import SpaceName
from tests.support.catalogues import describe
from tests.support.graphs import random_catalogue

CONFIG = TrainingConfig("clap+moods_themes", ModelConfig(layers=1))


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    moods = describe("moods_themes", np.ones((60, 2)))
    return update_catalogue(random_catalogue(tmp_path), {"moods_themes": moods})


def names(catalogue: Catalogue) -> set[str]:
    return {space.name for space in list_spaces(catalogue)}


def finished_run(catalogue: Catalogue) -> Run:
    run = new_run(catalogue, CONFIG)
    np.save(run.path / "embeddings.npy", np.ones((len(catalogue), 2), np.float32))
    run.set_status("finished")
    return run


def test_files_are_read_again_only_where_one_has_changed(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    run = finished_run(catalogue)
    list_spaces(catalogue).clear()
    reads: list[Catalogue] = []
    read = spaces._read_spaces

    def counted_read(asked: Catalogue) -> list[Space]:
        reads.append(asked)
        return read(asked)

    monkeypatch.setattr(spaces, "_read_spaces", counted_read)
    assert f"run:{run.run_id}" in names(catalogue)
    assert not reads
    run.set_status("cancelled")
    assert f"run:{run.run_id}" not in names(catalogue)
    other = new_run(catalogue, CONFIG)
    assert f"run:{other.run_id}" not in names(catalogue)
    np.save(other.path / "embeddings.npy", np.ones((len(catalogue), 2), np.float32))
    other.set_status("finished")
    assert f"run:{other.run_id}" in names(catalogue)
    save_fusion(catalogue, "new", FusionWeights((SpaceName("pagerank"),), (True,), ((1.0,) * len(DEGREE_KNOTS),)), {})
    assert "fusion:new" in names(catalogue)
    assert names(catalogue) == names(catalogue)
    assert len(reads) == 4


def test_a_title_names_features_as_people_read_them(catalogue: Catalogue) -> None:
    run = finished_run(catalogue)
    (title,) = space_titles(catalogue, [f"run:{run.run_id}"])
    assert title.endswith("1 layer, clap + moods themes, seed 0)")


def test_musicnn_comes_before_clap_where_both_have_heard_the_music(catalogue: Catalogue) -> None:
    heard = update_catalogue(catalogue, {"musicnn_msd": describe("musicnn_msd", np.ones((60, 2)))})
    content = [space.name for space in list_spaces(heard) if space.name in heard.feature_names]
    assert content.index("musicnn_msd") < content.index("clap")
