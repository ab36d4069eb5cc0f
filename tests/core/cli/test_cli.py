"""The command line: what it prints, what it records, and how it refuses."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.audio import decode
from core.audio.encoders.clap import open_encoder
from core.audio.encoders.clap.small import new_small_model, save_clap, train_tokenizer
from core.catalogue import Catalogue, FeatureInfo, open_catalogue, write_catalogue
from core.cli import main
from core.clips.word_search import WordSearch
from core.errors import NearfieldError
from core.experiments.results import KEY, METRICS, RESULTS_FILE, read_results, record_results
from core.jobs import COMMAND_LINE, Jobs
from core.maps.jobs import MAP
from core.runs.jobs import cancel_job, job_state
from core.runs.record import list_runs, open_run
from tests.support.audio_samples import by_soundfile, tone
from tests.support.catalogues import MANIFEST, tiny_artists, tiny_catalogue, tiny_edges, trainable
from tests.support.jobs import job_of

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = (
    "import",
    "importers",
    "check",
    "train",
    "resume",
    "grid",
    "evaluate",
    "compare",
    "breadth",
    "folds",
    "results",
    "fuse",
    "pairs",
    "recommend",
    "similar",
    "map",
    "clip",
    "text",
    "extract",
    "checkpoint",
    "demo",
)
TRAIN = ("--features", "clap", "--layers", "1", "--device", "cpu", "--threads", "1")
RANKERS = (
    "random",
    "popularity",
    "common-neighbours",
    "adamic-adar",
    "pagerank",
    "cosine:clap",
    "cosine:clap+random",
)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return trainable(tmp_path / "c")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """A catalogue with one finished run."""
    catalogue = trainable(tmp_path_factory.mktemp("cli") / "c")
    assert main(["train", str(catalogue.path), *TRAIN, "--steps", "32"]) == 0
    return catalogue


def as_json(capsys: pytest.CaptureFixture[str], *arguments: Any) -> dict[str, Any]:
    capsys.readouterr()
    assert main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out, parse_constant=pytest.fail)


def refusal(capsys: pytest.CaptureFixture[str], *arguments: Any) -> str:
    """What is said about bad input: one plain sentence on standard error, exit code 2, nothing on standard output."""
    capsys.readouterr()
    assert main([str(argument) for argument in arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    last = err.strip().splitlines()[-1]
    assert last.startswith("nearfield: ")
    assert last.endswith((".", "?"))
    return last


# Help


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    out = capsys.readouterr().out
    assert f"python -m core {command}" in out
    assert "--json" in out


@pytest.mark.parametrize(
    "arguments", [[], ["dance"], ["check"], ["train", "x"], ["train", "x", "--features", "clap", "--layers", "two"]]
)
def test_wrong_usage_exits_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "Usage: python -m core" in capsys.readouterr().err


def test_as_a_program() -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "core", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)

    help_text = run("--help")
    assert help_text.returncode == 0
    assert all(command in help_text.stdout for command in COMMANDS)
    missing = run("similar", "no-such-folder", "--artist", "x", "--space", "pagerank")
    assert missing.returncode == 2
    assert missing.stdout == ""
    assert missing.stderr == "nearfield: no-such-folder is not a catalogue: it has no catalogue.json.\n"


# check and import


def test_check_of_a_sound_catalogue(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(catalogue.path)]) == 0
    out = capsys.readouterr().out
    assert "none" in out
    assert catalogue.content_hash in out
    assert as_json(capsys, "check", catalogue.path) == {"problems": []}


def test_check_lists_problems_and_exits_with_one(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    values = np.ones((40, 6), np.float32)
    values[3, 1] = np.inf
    np.save(catalogue.path / "features" / "clap.npy", values)
    assert main(["check", str(catalogue.path)]) == 1
    table = capsys.readouterr().out
    assert "a value is infinite" in table
    assert "3.0" not in table
    assert main(["check", str(catalogue.path), "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [(problem["file"], problem["row"]) for problem in problems] == [
        ("features/clap.npy", None),
        ("features/clap.npy", 3),
    ]


def test_check_of_no_catalogue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path)]) == 1
    assert "catalogue.json" in capsys.readouterr().out
    assert "There is no folder" in refusal(capsys, "check", tmp_path / "nowhere")


def test_import_refuses_plainly_and_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dest = tmp_path / "new"
    assert "nodes.csv is missing" in refusal(capsys, "import", "disco-olga", tmp_path, dest)
    assert not dest.exists()
    (job,) = Jobs(dest).listed()
    assert (job.kind, job.subject, job.state, job.owner) == ("import", "new", "failed", COMMAND_LINE)
    assert "nodes.csv is missing" in job.message
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit):
        main(["import", "spotify", str(tmp_path), str(dest)])


def own_tables(folder: Path) -> Path:
    folder.mkdir()
    (folder / "artists.csv").write_text("id,name,genre\na,Ada,rock\nb,Bo,pop\n")
    (folder / "similar.csv").write_text("source,target,why\na,b,x\na,c,y\n")
    return folder


def test_import_can_be_tried_and_its_report_is_a_mapping(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = own_tables(tmp_path / "tables")
    assert main(["import", "tables", str(source), "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert "# edges of similar.csv: 1 of 2 rows; left out: 1 with an end that is no artist" in printed
    assert "# not used of similar.csv: why" in printed
    (tmp_path / "mapping.toml").write_text(printed)
    content = as_json(capsys, "import", "tables", source, "--mapping", tmp_path / "mapping.toml", "--dry-run")
    assert content["edges"]["similar.csv"] == {
        "rows": 2,
        "kept": 1,
        "dropped": {"an end that is no artist": 1},
        "joined_by": "id",
    }
    assert content["artists"] == {"rows": 2, "kept": 2, "dropped": {}}
    assert "[artists]" in content["mapping"]
    assert sorted(tmp_path.iterdir()) == [tmp_path / "mapping.toml", source]


def test_import_of_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, dest = own_tables(tmp_path / "tables"), tmp_path / "mine"
    assert "Give the folder of the new catalogue" in refusal(capsys, "import", "tables", source)
    assert "Say the source and the licence of the tables" in refusal(capsys, "import", "tables", source, dest)
    assert not dest.exists()
    content = as_json(capsys, "import", "tables", source, dest, "--source", "a test", "--licence", "CC0-1.0")
    assert (content["catalogue"], content["artists"], content["edges"]) == ("mine", 2, 1)
    assert content["import"]["unused"] == {"similar.csv": ["why"]}
    assert "olga has no option “licence”. It has: relations" in refusal(
        capsys, "import", "olga", source, tmp_path / "new", "--licence", "CC0-1.0"
    )


def test_an_import_of_many_artists_makes_what_is_kept_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    for module in ("ready", "lookup"):
        monkeypatch.setattr(f"core.search.{module}.KEPT_FROM", 1)
    source, dest = own_tables(tmp_path / "tables"), tmp_path / "mine"
    assert main(["import", "tables", str(source), str(dest), "--source", "a test", "--licence", "CC0-1.0"]) == 0
    assert "making it ready to be opened" in capsys.readouterr().err
    assert len(list((tmp_path / "cache" / "arrays").glob("names-*"))) == 1


def test_importers_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    listed = {each["name"]: each for each in as_json(capsys, "importers")["importers"]}
    assert listed["tables"]["options"][0] == "--mapping"
    assert "AllMusic" in listed["olga"]["licence"]
    assert main(["importers"]) == 0
    assert "disco-olga: DISCO-OLGA" in capsys.readouterr().out


def test_import_of_the_real_data(shared_datasets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = as_json(capsys, "import", "disco-olga", shared_datasets / "olga", tmp_path / "new")
    assert content["artists"] == 16_864
    assert content["edges"] == 99_121
    assert content["train / val / test"] == "13489 / 1679 / 1696"
    assert content["sha256"] == open_catalogue(tmp_path / "new").content_hash


def test_demo_refuses_a_world_that_is_too_small(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "at least 100 artists" in refusal(capsys, "demo", "build", tmp_path / "new", "--artists", 12)


def test_demo_refuses_an_existing_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "exists already" in refusal(capsys, "demo", "build", tmp_path)


# evaluate


@pytest.mark.parametrize("ranker", RANKERS)
def test_every_ranker_is_evaluated_and_recorded(
    trained: Catalogue, ranker: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content = as_json(capsys, "evaluate", trained.path, "--ranker", ranker)
    assert 0 <= content["ndcg@200_low"] <= content["ndcg@200"] <= content["ndcg@200_high"] <= 1
    assert content["ndcg@200"] == content["ndcg@200_standard"]
    assert content["catalogue_hash"] == trained.content_hash
    assert content["by_degree"]
    row = read_results(trained).set_index("ranker").loc[[ranker]].iloc[-1]
    assert row["ndcg"] == content["ndcg@200"]
    assert row["command"] == (f"python -m core evaluate CATALOGUE --ranker {ranker} --protocol standard --split test")


def test_the_published_protocol_reports_the_published_metric(
    trained: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    content = as_json(
        capsys,
        "evaluate",
        trained.path,
        "--ranker",
        "pagerank",
        "--protocol",
        "published",
        "--split",
        "val",
        "--hide-validation",
    )
    assert content["ndcg@200"] == content["ndcg@200_published"] < content["ndcg@200_standard"]
    assert (content["protocol"], content["split"], content["hide_validation"]) == ("published", "val", True)


def test_evaluate_prints_a_table(trained: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(trained.path), "--ranker", "pagerank", "--split", "val"]) == 0
    out = capsys.readouterr().out
    assert "NDCG@200" in out
    assert "By visible edges of the query:" in out
    assert "pagerank" in out


def test_a_second_evaluation_replaces_the_first(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    first = as_json(capsys, "evaluate", catalogue.path, "--ranker", "pagerank")
    assert as_json(capsys, "evaluate", catalogue.path, "--ranker", "pagerank") == first
    as_json(capsys, "evaluate", catalogue.path, "--ranker", "pagerank", "--split", "val")
    results = read_results(catalogue)
    assert results[["ranker", "split"]].to_numpy().tolist() == [["pagerank", "test"], ["pagerank", "val"]]
    assert not results[KEY].duplicated().any()


# train and resume


def test_a_run_is_evaluated_recorded_and_searchable(trained: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    (run,) = list_runs(trained)
    assert run.finished
    assert set(run.metrics) == {"val", "test"}
    content = as_json(capsys, "evaluate", trained.path, "--ranker", f"run:{run.run_id}")
    assert content["ndcg@200"] == run.metrics["test"]["ndcg"]
    rows = read_results(trained).query("ranker == @name", local_dict={"name": f"run:{run.run_id}"})
    assert sorted(rows["split"]) == ["test", "val"]
    assert set(rows["features"]) == {"clap"}
    assert set(rows["layers"]) == {1}
    assert rows[list(METRICS)].notna().all(axis=None)
    found = as_json(capsys, "similar", trained.path, "--artist", "id-3", "--space", f"run:{run.run_id}", "-k", 4)
    assert len(found["similar"]) == 4
    assert "is finished" in refusal(capsys, "resume", trained.path, run.run_id)


def test_the_same_seed_gives_the_same_figures(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    def figures(seed: int) -> list[list[float]]:
        content = as_json(capsys, "train", catalogue.path, *TRAIN, "--steps", 20, "--seed", seed)
        return [[content["metrics"][split][metric] for metric in METRICS] for split in ("val", "test")]

    assert figures(5) == figures(5)
    runs = [run for run in list_runs(catalogue) if run.config.seed == 5]
    np.testing.assert_array_equal(runs[0].embeddings(), runs[1].embeddings())
    figures(6)
    (other,) = [run for run in list_runs(catalogue) if run.config.seed == 6]
    assert not np.array_equal(other.embeddings(), runs[0].embeddings())


def test_train_prints_a_table_and_progress(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert main(["train", str(catalogue.path), *TRAIN, "--steps", "32"]) == 0
    out, err = capsys.readouterr()
    assert "NDCG@200" in out
    assert "1/2  loss" in err
    assert "2/2  loss" in err
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers


def start(catalogue: Catalogue, steps: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "core", "train", str(catalogue.path), *TRAIN, "--steps", str(steps)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_epochs(catalogue: Catalogue, process: subprocess.Popen[str], epochs: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        runs = list_runs(catalogue)
        if runs and len(runs[0].history()) >= epochs:
            return
        time.sleep(0.05)
    pytest.fail("the run did not start")


@pytest.mark.slow
def test_an_interrupted_run_resumes_to_its_end(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    process = start(catalogue, 16 * 150)
    wait_for_epochs(catalogue, process, 2)
    (run,) = list_runs(catalogue)
    assert "in another process" in refusal(capsys, "resume", catalogue.path, run.run_id)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert f"python -m core resume {catalogue.path} {run.run_id}" in err
    assert "Traceback" not in err
    done = len(run.history())
    assert 2 <= done < 150
    assert job_state(run).state == "cancelled"
    content = as_json(capsys, "resume", catalogue.path, run.run_id, "--threads", 1)
    assert set(content["metrics"]) == {"val", "test"}
    assert run.finished
    assert [report.epoch for report in run.history()] == list(range(1, 151))
    assert not (run.path / "state.safetensors").exists()


def test_resume_goes_on_with_a_run_that_the_app_cancelled(
    catalogue: Catalogue, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.jobs.working.Work.is_cancelled", lambda work: bool(list_runs(catalogue)[0].history()))
    assert main(["train", str(catalogue.path), *TRAIN, "--steps", "32"]) == 130
    monkeypatch.undo()
    (run,) = list_runs(catalogue)
    assert job_of(run).state == "cancelled"
    cancel_job(run)
    as_json(capsys, "resume", catalogue.path, run.run_id, "--threads", 1)
    assert open_run(catalogue, run.run_id).finished


# similar


def test_similar_lists_neighbours_best_first(trained: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    content = as_json(capsys, "similar", trained.path, "--artist", "Artist 7", "--space", "pagerank", "-k", 5)
    assert content["artist_id"] == "id-7"
    scores = [entry["score"] for entry in content["similar"]]
    assert scores == sorted(scores, reverse=True)
    assert [entry["rank"] for entry in content["similar"]] == [1, 2, 3, 4, 5]
    assert "id-7" not in {entry["artist_id"] for entry in content["similar"]}
    assert main(["similar", str(trained.path), "--artist", "id-7", "--space", "clap"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 11


def test_a_fusion_is_fitted_searched_and_taken_apart(trained: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    content = as_json(capsys, "fuse", trained.path, "--name", "both", "--parts", "pagerank,cosine:clap")
    assert [row["part"] for row in content["weights"]] == ["pagerank", "cosine:clap"]
    job = Jobs(trained.path).newest("fusion", "both")
    assert job is not None
    assert (job.state, job.owner, job.done) == ("finished", COMMAND_LINE, 1.0)
    content = as_json(capsys, "similar", trained.path, "--artist", "id-7", "--space", "fusion:both", "-k", 5)
    for entry in content["similar"]:
        assert entry["pagerank"] + entry["cosine:clap"] == pytest.approx(entry["score"], abs=1e-4)
    content = as_json(capsys, "evaluate", trained.path, "--ranker", "fusion:both", "--keep-edges", 1)
    assert content["kept_edges"] == 1
    assert {row["degree"] for row in content["by_degree"]} <= {"0", "1–2"}
    content = as_json(capsys, "compare", trained.path, "fusion:both", "pagerank", "--keep-edges", 0)
    assert content["verdict"] in ("within noise", "beyond noise")
    assert "small letters" in refusal(capsys, "fuse", trained.path, "--name", "No Name", "--parts", "pagerank")


def test_one_ranker_is_compared_with_several_and_seeds_stand_together(
    trained: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    first = "pagerank,adamic-adar"
    content = as_json(capsys, "compare", trained.path, first, "random", "popularity", "--keep-edges", 1)
    rows = content["comparisons"]
    assert [row["second"] for row in rows] == ["random", "popularity"]
    for row in rows:
        assert row["difference"] == pytest.approx(row["ndcg@200_first"] - row["ndcg@200_second"])
        assert row["low"] <= row["difference"] <= row["high"]
        assert row["p"] <= row["p_holm"] <= 1
        assert row["verdict"] == ("beyond noise" if row["p_holm"] < 0.05 else "within noise")
    assert main(["compare", str(trained.path), "pagerank", "random", "popularity"]) == 0
    assert "p_holm" in capsys.readouterr().out


def test_who_is_named_in_the_answers(trained: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    content = as_json(capsys, "breadth", trained.path, "pagerank", "cosine:clap")
    assert [row["of"] for row in content["breadth"]] == ["pagerank", "cosine:clap", "neighbours to be found"]
    assert all(0 < row["named"] <= 1 for row in content["breadth"])
    assert main(["breadth", str(trained.path), "pagerank"]) == 0
    assert "neighbours to be found" in capsys.readouterr().out


def test_figures_on_other_test_artists(trained: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    content = as_json(capsys, "folds", trained.path, "--rankers", "random,pagerank", "--folds", 2)
    assert len(content["queries"]) == 2
    for row in content["folds"]:
        assert min(row["fold 1"], row["fold 2"]) <= row["mean"] <= max(row["fold 1"], row["fold 2"])
    assert content["folds"][0]["above the first"] == 0
    assert "trained on the given split" in refusal(capsys, "folds", trained.path, "--rankers", "pairs:recommended")


def test_results_of_a_catalogue_without_any(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["results", str(catalogue.path)]) == 0
    assert "Nothing has been measured yet" in capsys.readouterr().err
    assert main(["results", str(catalogue.path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["results"] == []


def test_a_pair_ranker_is_trained_and_asked(trained: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    small = ("--episodes", 2, "--thinned", 1, "--share", 0.5, "--epochs", 1, "--networks", 1, "--threads", 1)
    content = as_json(capsys, "pairs", trained.path, "--name", "best", *small)
    assert content["config"]["episodes"] == 2
    assert [row["ranker"] for row in content["metrics"]] == ["pairs:best"]
    answer = as_json(capsys, "similar", trained.path, "--artist", "Artist 7", "--space", "pairs:best", "-k", 5)
    assert len(answer["similar"]) == 5
    assert "at least one episode" in refusal(
        capsys, "pairs", trained.path, "--name", "x", "--episodes", 0, "--thinned", 0
    )


def test_the_recommended_ranker_with_other_relations_has_a_name_of_its_own(
    trained: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no other relation" in refusal(capsys, "recommend", trained.path, "--relations")
    (job,) = (job for job in Jobs(trained.path).listed() if job.kind == "recommend")
    assert (job.subject, job.state) == ("related", "failed")


def test_results_are_printed_as_a_table_and_in_full(trained: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(trained.path), "--ranker", "pagerank"]) == 0
    capsys.readouterr()
    assert main(["results", str(trained.path), str(trained.path), "--csv"]) == 0
    table = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert len(table) == 2 * len(read_results(trained))
    assert {"command", "catalogue_hash", "by_degree"} <= set(table)
    assert as_json(capsys, "results", trained.path)["results"][0]["catalogue"] == trained.name


def test_an_artist_that_a_space_does_not_know(trained: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["similar", str(trained.path), "--artist", "id-1", "--space", "clap"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "clap knows nothing about artist 1. Try another space." in err


def test_hostile_names_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["<script>alert(1)</script>", "x" * 300, "🎸", "שלום", "", "Twin", "Twin", '"quoted"']
    catalogue = tiny_catalogue(tmp_path / "c", 8, [(0, row) for row in range(1, 8)], name=names)
    content = as_json(capsys, "similar", catalogue.path, "--artist", names[0], "--space", "pagerank")
    assert {entry["artist"] for entry in content["similar"]} == set(catalogue.display_names[1:])
    assert "Twin (id-5)" in refusal(capsys, "similar", catalogue.path, "--artist", "twin", "--space", "pagerank")


# map


def test_a_space_without_vectors_has_no_map(trained: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    assert "has no map" in refusal(capsys, "map", trained.path, "--space", "pagerank")


def test_map_is_stored_with_its_fidelity(
    trained: Catalogue, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_two_columns(vectors: np.ndarray, present: np.ndarray, *_: Any) -> np.ndarray:
        return np.where(present[:, None], vectors[:, :2], np.float32(np.nan))

    monkeypatch.setattr("core.maps.store.project", first_two_columns)
    content = as_json(capsys, "map", trained.path, "--space", "clap")
    assert Path(content["file"]).is_file()
    assert content["space"] == "clap"
    assert content["fidelity"]


def test_map_tells_the_app_how_far_it_is(trained: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    def project(vectors: np.ndarray, present: np.ndarray, _: Any, report: Any) -> np.ndarray:
        report("layout", 0.421)
        return np.where(present[:, None], vectors[:, :2], np.float32(np.nan))

    monkeypatch.setattr("core.maps.store.project", project)
    jobs = Jobs(trained.path)
    waiting = jobs.create(MAP, "clap", {}, state="waiting")
    assert main(["map", str(trained.path), "--space", "clap", "--job", waiting.job_id]) == 0
    job = jobs.find(waiting.job_id)
    assert job is not None
    assert (job.state, job.stage, job.done) == ("finished", "layout", 0.42)


# Sound


@pytest.fixture(scope="module")
def clap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small CLAP with random weights."""
    folder = tmp_path_factory.mktemp("clap") / "random-clap"
    tokenizer = train_tokenizer(["slow sad piano", "fast loud drums"], 300)
    save_clap(folder, new_small_model(0, 300), tokenizer, "A test.", {})
    return folder


@pytest.fixture(scope="module")
def audible(clap: Path, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """A catalogue whose clap and tracks come from that CLAP, artist 5 from the file beside it, and a model on them."""
    folder = tmp_path_factory.mktemp("audible")
    (folder / "five.wav").write_bytes(by_soundfile(tone(1.5, 48_000, 500.0), 48_000, "WAV"))
    encoder = open_encoder(clap)
    values = np.random.default_rng(0).normal(size=(40, encoder.width)).astype(np.float32)
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    values[5] = encoder.embed_audio(decode(folder / "five.wav").samples, 48_000).mean
    ring = [(row, (row + step) % 40) for row in range(40) for step in (1, 4)]
    info = FeatureInfo("clap", "CLAP", checkpoint_hash=encoder.checkpoint_hash)
    tracks = pd.DataFrame({"artist": np.arange(40), "track_id": [f"t{row}" for row in range(40)], "title": "a"})
    tracks = tracks.assign(kind="synthetic", recipe="{}")
    path = write_catalogue(
        folder / "c", MANIFEST, tiny_artists(40), tiny_edges(ring), {"clap": (values, info)}, tracks, {"clap": values}
    )
    assert main(["train", str(path), *TRAIN, "--steps", "16"]) == 0
    return open_catalogue(path)


def test_a_clip_finds_its_artist(audible: Catalogue, clap: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = audible.path.parent / "five.wav"
    content = as_json(capsys, "clip", audible.path, file, "--checkpoint", clap, "-k", 3)
    (answered,) = content["clips"]
    assert content["encoder"]["name"] == "random-clap"
    assert content["model"].startswith("run:sage1-clap")
    assert (answered["seconds"], answered["default"], answered["tied"][0]) == (1.5, "graph:tied", "id-5")
    spaces = {entry["space"]: entry["similar"] for entry in answered["spaces"]}
    assert list(spaces) == ["graph:tied", "graph:isolated", "clap", "clap:tracks"]
    assert all(len(similar) == 3 for similar in spaces.values())
    first = spaces["clap:tracks"][0]
    assert (first["artist_id"], first["track"], first["ranks"]["clap"]) == ("id-5", "t5", 1)
    assert first["moment"]["start"] == 0
    assert main(["clip", str(audible.path), str(file), "--checkpoint", str(clap), "--space", "clap", "-k", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert "artist 5" in lines[1]


def test_a_clip_that_cannot_be_decoded_leaves_the_others(
    audible: Catalogue, clap: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.wav").write_bytes(b"no sound")
    files = [str(tmp_path / "bad.wav"), str(audible.path.parent / "five.wav")]
    assert main(["clip", str(audible.path), *files, "--checkpoint", str(clap), "--json"]) == 1
    bad, good = json.loads(capsys.readouterr().out)["clips"]
    assert "bad.wav" in bad["error"]
    assert good["spaces"]


def test_words_are_answered(
    audible: Catalogue, clap: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # The checkpoint was never trained, so words with a meaning need not stand above those without one.
    monkeypatch.setattr(WordSearch, "_by_meaningless_words", defaultdict(lambda: -1.0))
    content = as_json(capsys, "text", audible.path, "sad piano", "drums", "--weights=1,-0.5", "--checkpoint", clap)
    assert content["phrases"] == [{"text": "sad piano", "weight": 1.0}, {"text": "drums", "weight": -0.5}]
    scores = [entry["score"] for entry in content["similar"]]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 10
    assert content["similar"][0]["track"].startswith("t")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["clip", "FILE", "--space", "graph:fusion"], "“graph:fusion” answers no clip here. There are: graph:tied"),
        (["clip", "FILE", "-k", "0"], "Ask for 1 to 1000"),
        (["clip", "FILE", "--run", "none"], "has no run “none”"),
        (["clip", "FILE", "--fusion", "none"], "has no fusion “none”"),
        (["text", "a", "b", "--weights", "1"], "2 phrases and 1 weights"),
        (["text", " "], "Type a few words"),
        (["extract", "--audio", "no-such-folder"], "There is no folder"),
    ],
)
def test_bad_questions_about_sound_are_refused(
    audible: Catalogue, clap: Path, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = audible.path.parent / "five.wav"
    command, *rest = [file if argument == "FILE" else argument for argument in arguments]
    assert reason in refusal(capsys, command, audible.path, *rest, "--checkpoint", clap)


def test_another_checkpoint_than_the_catalogues_is_refused(
    trained: Catalogue,
    audible: Catalogue,
    clap: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path))
    file = audible.path.parent / "five.wav"
    assert "makes 128 numbers" in refusal(capsys, "clip", trained.path, file, "--checkpoint", clap)
    assert main(["text", str(trained.path), "piano"]) == 2
    assert "python -m core checkpoint get laion-music-audioset" in capsys.readouterr().err
    assert "checkpoint that Nearfield does not know" in refusal(capsys, "clip", audible.path, file)
    plain = tiny_catalogue(audible.path.parent / "plain", 8, features={"mfcc": np.ones((8, 2))})
    assert "has no set of sound that a clip could be compared in" in refusal(capsys, "clip", plain.path, file)
    assert "has no CLAP set" in refusal(capsys, "text", plain.path, "piano")


def test_checkpoints_are_listed_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path))
    listed = as_json(capsys, "checkpoint", "list")["checkpoints"]
    assert "nearfield-small" in {entry["name"] for entry in listed}
    assert "Say which checkpoint to get" in refusal(capsys, "checkpoint", "get")
    assert "There is no checkpoint clop" in refusal(capsys, "checkpoint", "verify", "clop")


# Refusals


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["train", *TRAIN, "--layers", "99"], "layers must lie between 0 and 8, not 99"),
        (["train", *TRAIN, "--layers", "-1"], "layers must lie between 0 and 8"),
        (["train", *TRAIN, "--steps", "0"], "steps must lie between 1 and"),
        (["train", *TRAIN, "--seed", "-1"], "seed must lie between"),
        (["train", *TRAIN, "--threads", "0"], "threads"),
        (["train", *TRAIN, "--features", "clop"], "no feature set “clop”. It has: random, clap"),
        (["train", *TRAIN, "--features", "clap+clap"], "names a feature set twice"),
        (["resume", "no-such-run"], "has no run “no-such-run”"),
        (["evaluate", "--ranker", "oracle"], "“oracle” is no ranker. There are: random, missing-features"),
        (["evaluate", "--ranker", "run:none"], "has no run “none”"),
        (["evaluate", "--ranker", "cosine:clop"], "no feature set “clop”"),
        (["similar", "--artist", "Nobody At All", "--space", "clap"], "No artist fits “Nobody At All”"),
        (["similar", "--artist", "artist", "--space", "clap"], "No artist is called “artist”"),
        (["similar", "--artist", "id-0", "--space", "clop"], "no feature set “clop”. It has: random, clap"),
        (["similar", "--artist", "id-0", "--space", "clap", "-k", "0"], "Ask for 1 to 1000 artists, not 0"),
        (["map", "--space", "clop"], "no feature set “clop”"),
    ],
)
def test_bad_input_gets_a_plain_sentence(
    trained: Catalogue, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = len(list_runs(trained))
    assert reason in refusal(capsys, arguments[0], trained.path, *arguments[1:])
    assert len(list_runs(trained)) == runs


@pytest.mark.parametrize("arguments", [["train", *TRAIN], ["evaluate", "--ranker", "pagerank"]])
def test_a_catalogue_without_edges_cannot_be_trained_or_scored(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = tiny_catalogue(tmp_path / "c", 8, features={"clap": np.ones((8, 2))})
    message = refusal(capsys, arguments[0], catalogue.path, *arguments[1:])
    assert "edge" in message


@pytest.mark.parametrize("file", ["artists.parquet", "edges.parquet", "features/clap.npy", "catalogue.json"])
def test_a_corrupt_catalogue_is_refused(catalogue: Catalogue, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    os.truncate(catalogue.path / file, 20)
    assert Path(file).name in refusal(capsys, "evaluate", catalogue.path, "--ranker", "pagerank")
    assert not (catalogue.path / RESULTS_FILE).exists()


def test_a_file_where_a_folder_is_needed(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    (catalogue.path / "runs").write_text("")
    assert "runs" in refusal(capsys, "train", catalogue.path, *TRAIN)


# The results table


def test_a_damaged_results_table_is_refused_and_kept(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    file = catalogue.path / RESULTS_FILE
    file.write_bytes(b"no parquet")
    assert "results.parquet cannot be read" in refusal(capsys, "evaluate", catalogue.path, "--ranker", "pagerank")
    assert file.read_bytes() == b"no parquet"
    shutil.copyfile(catalogue.path / "edges.parquet", file)
    with pytest.raises(NearfieldError, match=r"results\.parquet has no column catalogue_hash, .*Move it away"):
        read_results(catalogue)


def test_results_of_another_version_are_not_shown(catalogue: Catalogue) -> None:
    row = dict.fromkeys(KEY, "x") | {"hide_validation": False, "kept_edges": 1, "ndcg": 0.5}
    record_results(catalogue, [row, row | {"catalogue_hash": catalogue.content_hash}])
    assert len(read_results(catalogue)) == 1


def test_no_results_yet_is_an_empty_table(catalogue: Catalogue) -> None:
    results = read_results(catalogue)
    assert results.empty
    assert {*KEY, *METRICS} <= set(results)
