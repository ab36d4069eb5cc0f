"""The Train page: a form, a run in its own process, what is said of it in every state, and comparing runs."""

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from streamlit.testing.v1 import AppTest

from core.catalogue import Catalogue
from core.catalogue.library import DATA_VARIABLE
from core.database.connection import DATABASE_FILE
from core.errors import NearfieldError
from core.jobs import Jobs
from core.jobs.store import LOGS_FOLDER
from core.runs.config import ModelConfig, ObjectiveConfig, TrainingConfig
from core.runs.jobs import JobState, active_run, job_state
from core.runs.overview import RunOverview, overviews
from core.runs.presets import PRESETS
from core.runs.record import EpochReport, Run, list_runs, new_run
from core.storage import write_json
from core.text import duration
from pages.shell import live_run
from pages.shell import texts as live_texts
from pages.train import figures, form, settings
from pages.train import texts as train_texts
from pages.train.texts import progress_text
from tests.support.graphs import random_catalogue
from tests.support.jobs import ENDED, change_row, job_of, waiting_run, worker_pid
from tests.support.pages import button_labels, hostile, open_app, parameter, press, texts
from tests.support.processes import kill, left_behind

__all__ = ["hostile"]

SMALL = ModelConfig(layers=1, hidden=8, embedding=4)
_PATIENCE = 250.0
"""A process of low priority takes its time to end where others keep the machine busy."""


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    before = psutil.pids()
    catalogue = random_catalogue(tmp_path)
    yield catalogue
    run = active_run(catalogue)
    if run and worker_pid(run) != os.getpid():
        kill(worker_pid(run))
    assert not left_behind(before, _PATIENCE)


def made_run(catalogue: Catalogue, state: str, epochs: int = 2, **settings: Any) -> Run:
    run = new_run(catalogue, TrainingConfig("clap", SMALL, steps=64, **settings))
    reports = [
        EpochReport(epoch, 16 * epoch, 0.1 / epoch, 0.1 * epoch, 1e-3, 3.0 * epoch) for epoch in range(1, epochs + 1)
    ]
    write_lines = "".join(f"{report.as_dict()}\n".replace("'", '"') for report in reports)
    (run.path / "progress.jsonl").write_text(write_lines)
    if state == "finished":
        row = {"ndcg": 0.4, "ndcg_published": 0.3, "recall": 0.9, "mrr": 0.2}
        write_json(run.path / "metrics.json", {"val": row, "test": row})
    run.set_status(state, message="The *disk* is full.")
    if state == "running":
        job = waiting_run(run)
        (catalogue.path / LOGS_FOLDER).mkdir()
        (catalogue.path / LOGS_FOLDER / f"{job.job_id}.log").write_text("one line\nthe last line <b>\n")
    return run


def test_a_model_leads_to_an_artist_with_its_list(catalogue: Catalogue) -> None:
    run = made_run(catalogue, "finished")
    app = press(open_app("train"), "Explore with this model")
    assert parameter(app, "artist") in catalogue.row_of
    assert parameter(app, "space") == f"run:{run.run_id}"


def test_a_curve_fills_its_axis(catalogue: Catalogue) -> None:
    made_run(catalogue, "finished", epochs=9)
    (run,), _ = overviews(catalogue)
    figure = figures.learning_curve([run], "val_ndcg", "NDCG")
    assert figure.layout.yaxis.rangemode is None


def test_the_tour_offers_a_short_run_unless_one_is_under_way(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[TrainingConfig] = []
    monkeypatch.setattr(live_run, "start_job", lambda catalogue, config, visitor: started.append(config))
    app = open_app(tour="1")
    while "Train now" not in button_labels(app):
        app = press(app, "Next")
    assert not app.exception
    assert any("Nothing has been trained" in text and "**Train now**" in text for text in texts(app))
    press(app, "Train now")
    assert [config.steps for config in started] == [16 * live_run.EPOCHS]
    made_run(catalogue, "running")
    assert "Train now" not in button_labels(app.run())
    assert any("A run is under way. From its first epoch on" in text for text in texts(app))


@pytest.mark.parametrize(("epochs", "said"), [(3, live_texts.PAST_STEP), (0, live_texts.NO_CURVE_STEP)])
def test_the_tour_says_whether_a_curve_is_drawn(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, epochs: int, said: str
) -> None:
    made_run(catalogue, "cancelled", epochs=epochs)
    monkeypatch.setattr(live_run, "may_work", lambda: False)
    assert live_run.training_said(catalogue) == said


def test_empty(catalogue: Catalogue) -> None:
    app = open_app("train")
    assert not app.exception
    assert any("Nothing was trained on this catalogue yet" in text for text in texts(app))
    app.multiselect[0].set_value([]).run()
    assert not app.exception
    assert app.button(key="start_run").disabled


@pytest.mark.parametrize(
    ("state", "button", "said"),
    [
        ("running", "Cancel", "A run is under way"),
        ("finished", "Explore with this model", ""),
        ("cancelled", "Resume", ""),
        ("failed", "Resume", "The *disk* is full."),
    ],
)
def test_a_run_in_every_state(catalogue: Catalogue, state: str, button: str, said: str) -> None:
    made_run(catalogue, state)
    app = open_app("train")
    assert not app.exception
    assert button in button_labels(app)
    assert any(said in text for text in texts(app))
    assert app.button(key="start_run").disabled == (state == "running")


def test_a_run_of_more_epochs_than_it_has_is_shown(catalogue: Catalogue) -> None:
    made_run(catalogue, "running", epochs=8)
    app = open_app("train")
    assert not app.exception
    assert any("Epoch 8 of 4" in str(bar.proto) for bar in app.get("progress"))


def test_a_run_that_cannot_be_cancelled_says_why(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    run = made_run(catalogue, "running")

    def refuse(*_: object) -> None:
        raise NearfieldError("The database cannot be written.")

    app = open_app("train")
    with monkeypatch.context() as patch:
        patch.setattr(Jobs, "cancel", refuse)
        app = press(app, "Cancel")
    assert not app.exception
    assert any("The database cannot be written" in text for text in texts(app))
    app = press(app, "Cancel")
    assert job_of(run).is_stopping
    assert any("stopping after this epoch" in str(bar.proto) for bar in app.get("progress"))


def test_where_the_database_cannot_be_read_the_runs_are_shown(catalogue: Catalogue) -> None:
    made_run(catalogue, "finished")
    (catalogue.path.parent / DATABASE_FILE).write_bytes(b"no database at all, but text that is long enough" * 40)
    app = open_app("train")
    assert not app.exception
    assert any("cannot be used" in text for text in texts(app))
    assert "Explore with this model" in button_labels(app)
    app = press(app, "Start training")
    assert not app.exception
    assert any("The run was not started." in text for text in texts(app))
    (catalogue.path.parent / DATABASE_FILE).unlink()


def test_a_training_that_cannot_be_started_says_why(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("core.runs.record.write_json", refuse)
    app = press(open_app("train"), "Start training")
    assert not app.exception
    assert any("cannot be written (No space left on device)" in text for text in texts(app))
    assert list_runs(catalogue) == []


def test_an_interrupted_run_shows_the_end_of_its_log(catalogue: Catalogue) -> None:
    run = made_run(catalogue, "running")
    change_row(catalogue.path, job_of(run).job_id, worker=job_of(run).worker | ENDED)
    app = open_app("train")
    assert not app.exception
    assert "Resume" in button_labels(app)
    assert any("the last line <b>" in block.value for block in app.code)


def test_a_run_of_another_version_cannot_be_explored(catalogue: Catalogue) -> None:
    run = made_run(catalogue, "finished")
    write_json(run.path / "config.json", run.details | {"inputs": None, "catalogue_hash": "another"})
    app = open_app("train")
    assert not app.exception
    assert "Explore with this model" not in button_labels(app)
    assert any("another version of the catalogue" in text for text in texts(app))


def test_runs_compare_and_one_can_be_chosen_in_the_url(catalogue: Catalogue) -> None:
    runs = [made_run(catalogue, "finished"), made_run(catalogue, "finished", protocol="published", seed=3)]
    app = open_app("train", run=runs[0].run_id)
    assert not app.exception
    assert app.session_state["run"] == runs[0].run_id
    # Two runs watched and compared under two definitions of NDCG: never one axis.
    assert len(app.get("plotly_chart")) == 4


def test_explore_with_a_model(catalogue: Catalogue) -> None:
    run = made_run(catalogue, "finished")
    app = press(open_app("train"), "Explore with this model")
    assert "".join(app.query_params["space"]) == f"run:{run.run_id}"


def test_a_broken_run_is_named(catalogue: Catalogue) -> None:
    write_json(made_run(catalogue, "finished").path / "config.json", {"created": "", "catalogue_hash": ""})
    app = open_app("train")
    assert not app.exception
    assert any("configuration" in warning.value or "cannot be read" in warning.value for warning in app.warning)


def test_a_hostile_catalogue(hostile: Catalogue) -> None:
    assert not open_app("train").exception


OWN_PRESET = TrainingConfig(
    "random",
    ModelConfig(layers=3, hidden=512, embedding=256),
    steps=640,
    learning_rate=3e-3,
    objective=ObjectiveConfig("softmax", temperature=0.05, hidden_share=0.2, connection_dropout=0.3),
)


def disabled(app: AppTest) -> set[str]:
    widgets = [*app.selectbox, *app.number_input]
    return {str(widget.key).removeprefix("train_") for widget in widgets if widget.disabled}


def test_settings_without_meaning_are_disabled(catalogue: Catalogue) -> None:
    app = open_app("train")
    assert disabled(app) == {"temperature"}
    app.selectbox(key="train_loss").set_value("softmax").run()
    assert disabled(app) == {"negatives", "anchors"}
    assert any("Other than the recipe: loss softmax" in caption.value for caption in app.caption)
    app.select_slider(key="train_layers").set_value(0).run()
    assert disabled(app) == {"negatives", "anchors", "connection_dropout", "thinning", "backbone"}
    app.number_input(key="train_hidden_share").set_value(0.2).run()
    assert "batch" in disabled(app)
    app.button(key="train_back").click().run()
    assert not app.exception
    assert disabled(app) == {"temperature"}
    assert not any("Other than the recipe" in caption.value for caption in app.caption)


def test_a_preset_fills_the_form(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PRESETS, "Own", OWN_PRESET)
    asked: list[TrainingConfig] = []
    monkeypatch.setattr(form, "estimate_seconds", lambda earlier, config: asked.append(config))
    app = open_app("train")
    assert asked[-1] == TrainingConfig("clap", steps=form.QUICK_STEPS)
    app.selectbox(key="train_recipe").set_value("Own").run()
    app.segmented_control(key="train_length").set_value(train_texts.FULL).run()
    assert not app.exception
    assert settings.values_of(asked[-1]) == settings.values_of(OWN_PRESET)
    assert (asked[-1].features, asked[-1].steps) == ("clap", 640)
    app.number_input(key="train_learning_rate").set_value(0.001).run()
    assert asked[-1].learning_rate == 0.001
    assert any("learning rate 0.001" in caption.value for caption in app.caption)


def test_lightgcn_needs_layers_and_no_features(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[TrainingConfig] = []
    monkeypatch.setattr(form, "estimate_seconds", lambda earlier, config: asked.append(config))
    app = open_app("train")
    app.select_slider(key="train_layers").set_value(0).run()
    app.select_slider(key="train_layers").set_value(1).run()
    app.selectbox(key="train_backbone").set_value("lightgcn").run()
    assert not app.exception
    assert app.multiselect[0].disabled
    assert disabled(app) == {"temperature", "hidden"}
    assert (asked[-1].features, asked[-1].model.backbone, asked[-1].model.layers) == ("learned", "lightgcn", 1)
    app.selectbox(key="train_backbone").set_value("sign").run()
    assert (asked[-1].features, asked[-1].model.backbone) == ("clap", "sign")


def test_what_has_no_meaning_is_as_usual() -> None:
    changed = TrainingConfig("clap", objective=ObjectiveConfig(negatives="semi-hard", connection_dropout=0.5))
    config = settings.assemble(changed, {"loss": "softmax", "temperature": 0.2, "hidden_share": 0.0}, {"layers": 0}, {})
    assert config.objective == ObjectiveConfig("softmax", temperature=0.2)
    assert settings.differences(config, config) == []
    assert settings.differences(config, TrainingConfig("clap")) == ["layers 0", "loss softmax", "temperature 0.2"]


def test_a_title_names_an_unusual_loss() -> None:
    now = RunOverview(Run(Path("run-abcd")), OWN_PRESET, JobState("finished"), [], {}, "", "", "", True)
    assert train_texts.run_title(now) == "SAGE, 3 layers, Random, standard, seed 0, 640 steps, softmax (abcd)"


@pytest.mark.slow
def test_start_watch_cancel_in_a_real_process(catalogue: Catalogue) -> None:
    app = open_app("train")
    app.segmented_control(key="train_length").set_value(train_texts.OWN).run()
    app.number_input(key="train_steps").set_value(1_000_000).run()
    assert any("Take at most 100,000 steps" in fault.value for fault in app.error)
    assert app.button(key="start_run").disabled
    app.number_input(key="train_steps").set_value(100_000).run()
    app = press(app, "Start training")
    assert not app.exception
    (run,) = list_runs(catalogue)
    assert app.session_state["run"] == run.run_id
    wait_for(app, run, "running")
    app = press(app.run(), "Cancel")
    assert not app.exception
    wait_for(app, run, "cancelled")
    assert "Resume" in button_labels(app.run())


def wait_for(app: AppTest, run: Run, state: str) -> None:
    until = time.monotonic() + _PATIENCE
    while job_state(run).state != state or not run.history():
        assert time.monotonic() < until, job_state(run)
        time.sleep(0.2)


def test_progress_in_words(catalogue: Catalogue) -> None:
    run = Run(catalogue.path)
    config = TrainingConfig("clap", SMALL, steps=64)
    history = [EpochReport(1, 16, 0.1, 0.1, 1e-3, 100.0)]

    def said(state: str, epochs: list[EpochReport], stopping: bool = False) -> str:
        now = RunOverview(run, config, JobState(state, is_stopping=stopping), epochs, {}, "", "", "", True)
        return progress_text(now)

    assert said("running", []).startswith("Loading")
    assert said("running", history) == "Epoch 1 of 4, 5 minutes left"
    assert said("running", history, stopping=True) == "Epoch 1 of 4, stopping after this epoch …"
    assert said("cancelled", history) == "Epoch 1 of 4"
    assert "measuring" in said("running", history * 4)


def test_how_long_it_takes_is_said_only_where_it_is_known() -> None:
    config = TrainingConfig("clap", SMALL)
    marks = form.QUICK_STEPS, form.PAPER_STEPS
    assert "its first epochs will tell" in train_texts.length_text(config, None, *marks)
    assert "It takes about 1 h 20 min, going by 2 earlier runs" in train_texts.length_text(config, (4800.0, 2), *marks)
    assert duration(59) == "under a minute"
    assert duration(61) == "1 minute"
