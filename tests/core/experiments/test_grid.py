"""The experiment grid: planned from the runs on disk, stopped and gone on with, nothing computed twice."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.catalogue import Catalogue
from core.cli import main
from core.errors import NearfieldError
from core.experiments import grid
from core.experiments.grid import GridProgress, execute_grid, grid_configs, paper_feature_sets, plan_grid
from core.experiments.results import read_results
from core.runs.config import TrainingConfig
from core.runs.record import list_runs, new_run
from tests.support.graphs import random_catalogue

BASE = TrainingConfig("clap", steps=16)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return random_catalogue(tmp_path)


def test_all_combinations_once() -> None:
    configs = grid_configs(BASE, ["clap", "random"], ["sage", "gin"], [0, 1, 1, 2], [0, 1])
    assert len(configs) == len(set(configs)) == 2 * 2 * (1 + 2 * 2)
    assert [config.seed for config in configs] == [0] * 10 + [1] * 10


def test_the_papers_inputs_as_far_as_there_are(catalogue: Catalogue) -> None:
    assert paper_feature_sets(catalogue) == ["random", "clap"]


def test_a_grid_is_stopped_and_gone_on_with(catalogue: Catalogue) -> None:
    configs = grid_configs(replace(BASE, steps=16 * 40), ["clap"], layers=[0, 1])
    plan = plan_grid(catalogue, configs)
    assert (len(plan.new), plan.epochs_left) == (2, 80)
    seen: list[GridProgress] = []
    execute_grid(catalogue, plan, 1, seen.append, lambda: bool(seen) and seen[-1].epochs_done >= 2)
    half = plan_grid(catalogue, configs)
    assert (len(half.finished), len(half.stopped), len(half.new)) == (0, 1, 1)
    begun = half.stopped[0]
    epochs = len(begun.history())
    assert epochs >= 2
    assert half.epochs_left == 80 - epochs

    assert execute_grid(catalogue, half, 2, seen.append) == []
    assert seen[-1].epochs_done == seen[-1].epochs == 80 - epochs
    done = plan_grid(catalogue, configs)
    assert (len(done.finished), done.runs_left) == (2, 0)
    assert begun in done.finished
    assert len(list_runs(catalogue)) == 2
    assert len(read_results(catalogue)) == 4
    assert execute_grid(catalogue, done) == []


def test_a_run_that_fails_is_reported_and_the_others_go_on(catalogue: Catalogue) -> None:
    configs = grid_configs(BASE, ["clap"], layers=[0, 1])
    broken = plan_grid(catalogue, configs)
    execute_grid(catalogue, broken)
    (catalogue.path / "runs").rename(catalogue.path / "kept")
    plan = plan_grid(catalogue, configs)
    (catalogue.path / "features" / "clap.npy").write_bytes(b"no array")
    assert len(execute_grid(catalogue, plan)) == 2


def test_runs_that_cannot_be_read_end_no_grid(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    config = replace(BASE, steps=64)
    stopped, broken = new_run(catalogue, config), new_run(catalogue, config)
    (stopped.path / "progress.jsonl").write_text("nonsense\n")
    (broken.path / "config.json").write_text("{")  # after it was listed
    monkeypatch.setattr(grid, "list_runs", lambda _: [broken, stopped])
    plan = plan_grid(catalogue, [config])
    assert (plan.stopped, plan.new, plan.epochs_left) == ([stopped], [], config.epochs)


def test_unknown_features_and_no_worker_are_refused(catalogue: Catalogue) -> None:
    with pytest.raises(NearfieldError, match="no feature set"):
        plan_grid(catalogue, grid_configs(BASE, ["nothing"]))
    with pytest.raises(NearfieldError, match="worker"):
        execute_grid(catalogue, plan_grid(catalogue, grid_configs(BASE, ["clap"])), 0)


def test_on_the_command_line(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["grid", str(catalogue.path), "--features", "clap", "--layers", "0-1", "--steps", "16", "--json"]
    assert main([*command, "--plan"]) == 0
    assert len(json.loads(capsys.readouterr().out)["new"]) == 2
    assert main([*command, "--workers", "2"]) == 0
    assert len(json.loads(capsys.readouterr().out)["finished"]) == 4
    assert main(command) == 0
    capsys.readouterr()
    run = list_runs(catalogue)[0].run_id
    assert main(["compare", str(catalogue.path), f"run:{run}", "random", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["difference"] == pytest.approx(said["ndcg@200_first"] - said["ndcg@200_second"])
    assert said["verdict"] in ("within noise", "beyond noise")
    assert main(["compare", str(catalogue.path), "random", "random"]) == 0
    assert "within noise" in capsys.readouterr().out
