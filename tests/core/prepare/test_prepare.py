"""Making a catalogue ready: the plan, its products, what is not worth it and why, stopping, and going on."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.catalogue import Catalogue, FeatureInfo, open_catalogue, update_catalogue
from core.catalogue.importers import IMPORTERS
from core.catalogue.library import BUNDLED
from core.cli import main
from core.errors import NearfieldError, StoppedError
from core.experiments.results import read_results
from core.jobs import Jobs
from core.maps import build
from core.maps.store import list_maps
from core.prepare import layouts, recipe
from core.prepare.jobs import PREPARE, cancel_preparation, preparation_job, preparation_progress
from core.prepare.pieces import Choice
from core.prepare.plan import plan_preparation
from core.prepare.preparing import Progress, prepare
from core.runs.record import list_runs
from core.search.fusions import load_fusion
from core.search.spaces import list_spaces
from tests.support.catalogues import tiny_catalogue
from tests.support.communities import community_catalogue
from tests.support.jobs import change_row
from tests.support.music import music
from tests.support.recipes import small_recipe
from tests.support.server import ROOT

CHOICE = Choice()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in small_recipe().items():
        monkeypatch.setattr(recipe, name, value)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared catalogue. It is copied, never changed."""
    catalogue = community_catalogue(tmp_path_factory.mktemp("prepared"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in small_recipe().items():
            patch.setattr(recipe, name, value)
        prepared = prepare(catalogue.path, CHOICE)
    assert prepared.failures == []
    return catalogue.path


@pytest.fixture
def prepared(made: Path, tmp_path: Path) -> Catalogue:
    shutil.copytree(made, tmp_path / "prepared")
    return open_catalogue(tmp_path / "prepared")


def to_make(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    return {step.name: step.pieces for step in plan_preparation(catalogue, CHOICE).steps if step.pieces}


def why(catalogue: Catalogue) -> dict[str, str]:
    return {step.name: step.why for step in plan_preparation(catalogue, CHOICE).steps if step.why}


def test_everything_is_made_once(prepared: Catalogue) -> None:
    plan = plan_preparation(prepared, CHOICE)
    assert plan.is_done
    assert plan.seconds == 0
    there = {step.name: step.there for step in plan.steps}
    assert there["models"] == 2
    assert there["pairs"] == 1
    assert there["recommended"] == 1
    assert there["maps"] == 3
    assert prepare(prepared.path, CHOICE).made == []
    assert {run.config.features for run in list_runs(prepared)} == {"sound+tags", "learned"}
    parts = load_fusion(prepared, "recommended")[0].parts
    assert parts[0] == "pairs:recommended"
    assert parts[1].is_run
    assert {"fusion:recommended", "pairs:recommended", "pagerank"} <= {space.name for space in list_spaces(prepared)}
    rows = read_results(prepared)
    assert {"random", "cosine:tags", "pairs:recommended", "fusion:recommended"} <= set(rows["ranker"])
    assert len(list_maps(prepared)) == 3


def test_without_sound_there_are_no_answers_to_clips(prepared: Catalogue) -> None:
    assert "no vectors of sound" in why(prepared)["clips"]
    assert "no files of sound" in why(prepared)["extraction"]
    assert why(prepared)["relations"] == "Not asked for."


def test_a_better_recipe_costs_what_it_changes(prepared: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    (name, config), *_ = recipe.PAIRS.items()
    monkeypatch.setattr(recipe, "PAIRS", {name: replace(config, seed=1)})
    assert to_make(prepared) == {"pairs": ("pairs:recommended",), "recommended": ("fusion:recommended",)}
    done = prepare(prepared.path, CHOICE)
    assert done.made == [("pairs", "pairs:recommended"), ("recommended", "fusion:recommended")]
    assert plan_preparation(prepared, CHOICE).is_done


def test_another_set_is_taken_in(prepared: Catalogue) -> None:
    values = np.random.default_rng(0).normal(size=(len(prepared), 3)).astype(np.float32)
    grown = update_catalogue(prepared, {"shape": (values, FeatureInfo("shape", "Shape"))})
    planned = to_make(grown)
    assert planned["yardsticks"] == tuple(
        f"cosine:shape, {protocol}, {split}" for protocol in ("standard", "cold") for split in ("val", "test")
    )
    assert set(planned) == {"yardsticks", "models", "pairs", "recommended", "maps"}
    assert planned["maps"][0] == "shape"
    assert len(planned["maps"]) == 2
    assert len(planned["models"]) == 1


def test_lost_figures_and_maps_are_made_again(prepared: Catalogue) -> None:
    (prepared.path / "results.parquet").unlink()
    shutil.rmtree(prepared.path / "maps")
    planned = to_make(prepared)
    assert planned["pairs"] == ("pairs:recommended, standard, val", "pairs:recommended, standard, test")
    assert len(planned["maps"]) == 3
    assert len(planned["yardsticks"]) == 20
    assert "models" not in planned


def test_without_edges_the_content_is_made_and_edges_are_recommended(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(20, 4))
    catalogue = tiny_catalogue(tmp_path / "bare", 20, [], {"clap": values})
    assert set(to_make(catalogue)) == {"maps"}
    said = why(catalogue)
    for step in ("models", "pairs", "recommended", "clips"):
        assert "no edges that models learn from" in said[step]
        assert "With edges there would also be" in said[step]
    assert said["yardsticks"] == said["models"]
    assert prepare(catalogue.path, CHOICE).made == [("maps", "clap")]


def test_few_artists_are_not_worth_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "FEWEST_TO_TRAIN", 100)
    ring = [(row, (row + step) % 17) for row in range(17) for step in (1, 4)]
    catalogue = tiny_catalogue(tmp_path / "few", 17, ring, {"clap": np.random.default_rng(0).normal(size=(17, 4))})
    assert "train artists share known edges" in why(catalogue)["models"]
    assert set(to_make(catalogue)) == {"yardsticks", "maps"}


def test_it_ends_with_what_is_kept_of_many_artists(prepared: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    ready: list[Path] = []
    monkeypatch.setattr("core.prepare.preparing.make_ready", lambda catalogue: ready.append(catalogue.path))
    prepare(prepared.path, CHOICE)
    assert ready == [prepared.path]


def test_stopped_work_goes_on(tmp_path: Path, made: Path) -> None:
    catalogue = community_catalogue(tmp_path)
    seen: list[str] = []

    def stop_in_models(progress: Progress) -> None:
        assert 0 <= progress.share <= 1
        assert progress.seconds_left >= 0
        seen.append(progress.step)
        if progress.step == "models" and seen.count("models") == 4:
            raise StoppedError

    with pytest.raises(StoppedError):
        prepare(catalogue.path, CHOICE, stop_in_models)
    assert "yardsticks" not in to_make(catalogue)
    done = prepare(catalogue.path, CHOICE)
    assert done.failures == []
    assert len(list_runs(catalogue)) == 2
    columns = ["ranker", "split", "protocol", "ndcg"]
    rows, others = (
        table.assign(ranker=table["ranker"].str.replace(r"-\d{8}-.*", "", regex=True))[columns]
        .sort_values(columns)
        .reset_index(drop=True)
        for table in (read_results(catalogue), read_results(open_catalogue(made)))
    )
    pd.testing.assert_frame_equal(rows, others, atol=0.02)  # UMAP, once loaded, changes how this process rounds


def test_what_cannot_be_made_holds_up_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = tiny_catalogue(
        tmp_path / "two", 20, [], {name: np.random.default_rng(0).normal(size=(20, 4)) for name in ("clap", "moods")}
    )
    real = build.map_space

    def refuse_clap(catalogue: Catalogue, space: str, **more: object) -> object:
        if space == "clap":
            raise NearfieldError("No room.")
        return real(catalogue, space, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(layouts, "map_space", refuse_clap)
    done = prepare(catalogue.path, CHOICE)
    assert done.failures == [("clap", "No room.")]
    assert done.made == [("maps", "moods")]


def test_music_is_listened_to_and_new_files_alone_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, dest = tmp_path / "songs", tmp_path / "mine"
    for name in ("Ann", "Bob", "Cid"):
        sound = root / name / "1.wav"
        sound.parent.mkdir(parents=True)
        music(sound, "flac", artist=[name], title=["One"])
    assert IMPORTERS["folder"].run(root, dest) == dest
    (step, *_) = plan_preparation(open_catalogue(dest), CHOICE).steps
    assert step.pieces == ("clap, acousticbrainz of 3 files",)
    assert step.seconds > 0
    later = {step.name: step.pieces for step in plan_preparation(open_catalogue(dest), CHOICE).steps}
    assert later["maps"] == ("acousticbrainz", "clap")
    assert main(["prepare", str(dest), "--dry-run"]) == 0
    assert "Listen to the files" in capsys.readouterr().out


def test_the_bundled_catalogue_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    planned = plan_preparation(open_catalogue(ROOT / "data" / BUNDLED), CHOICE)
    assert {step.name for step in planned.steps if step.pieces} <= {"maps"}


def test_a_job_tells_its_step_its_share_and_its_time(prepared: Catalogue) -> None:
    assert preparation_job(prepared) is None
    jobs = Jobs(prepared.path)
    claim = jobs.create(PREPARE, "", CHOICE.as_dict())
    change_row(prepared.path, claim.job_id, state="waiting", created="2020-01-01T00:00:00+00:00")
    claim = jobs.claim(claim.job_id)
    jobs.beat(claim, "extraction", 0.01)
    job = preparation_job(prepared)
    assert job is not None
    assert preparation_progress(job).seconds_left is None
    jobs.beat(claim, "maps", 0.5)
    job = preparation_job(prepared)
    assert job is not None
    progress = preparation_progress(job)
    assert (progress.step, progress.title, progress.share) == ("maps", "Lay out maps", 0.5)
    assert progress.seconds_left is None or progress.seconds_left < 1e6
    cancel_preparation(prepared)
    again = preparation_job(prepared)
    assert again is not None
    assert again.is_stopping


def test_a_job_with_nothing_to_make_is_finished(prepared: Catalogue) -> None:
    jobs = Jobs(prepared.path)
    claim = jobs.create(PREPARE, "", CHOICE.as_dict(), state="waiting")
    assert main(["prepare", str(prepared.path), "--job", claim.job_id, "--threads", "1"]) == 0
    job = preparation_job(prepared)
    assert job is not None
    assert (job.state, job.message) == ("finished", "")


def test_the_command_makes_it_and_says_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogue = tiny_catalogue(tmp_path / "bare", 20, [], {"clap": np.random.default_rng(0).normal(size=(20, 4))})
    assert main(["prepare", str(catalogue.path)]) == 0
    told = capsys.readouterr()
    assert "Lay out maps" in told.out
    assert "estimated from sizes" in told.err
    assert main(["prepare", str(catalogue.path)]) == 0
    assert "Everything is there." in capsys.readouterr().err
