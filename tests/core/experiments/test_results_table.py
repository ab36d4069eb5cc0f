"""The results table and what is read out of it: nothing mixed, nothing counted twice."""

import errno
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.catalogue import Catalogue, open_catalogue
from core.errors import NearfieldError
from core.evaluation.nested import over_seeds
from core.experiments import summary
from core.experiments.measure import evaluate_ranker
from core.experiments.results import (
    KEY,
    METRICS,
    MOST_ROWS,
    RESULTS_FILE,
    published_results,
    read_results,
    record_results,
    scan_results,
)
from core.graph.protocols import evaluation_view
from tests.support.faults import killed_before, refusing
from tests.support.graphs import graph_catalogue, random_catalogue, six_artists


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return random_catalogue(tmp_path)


def run_row(catalogue: Catalogue, name: str, ndcg: float, **settings: Any) -> dict[str, Any]:
    chosen: dict[str, Any] = {"features": "clap", "layers": 1, "seed": 0, "steps": 3200, "protocol": "standard"}
    chosen |= settings
    config = {
        "features": chosen["features"],
        "seed": chosen["seed"],
        "steps": chosen["steps"],
        "device": "cpu",
        "protocol": "standard",
        "model": {"backbone": "sage", "layers": chosen["layers"]},
    }
    figures = {f"{metric}{bound}": ndcg for metric in METRICS for bound in ("", "_low", "_high")}
    figures |= {"ndcg_low": ndcg - 0.1, "ndcg_high": ndcg + 0.1}
    return {
        "ranker": f"run:{name}",
        "protocol": chosen["protocol"],
        "split": "test",
        "hide_validation": False,
        "features": chosen["features"],
        "backbone": "sage",
        "layers": chosen["layers"],
        "seed": chosen["seed"],
        "config": json.dumps(config),
        "catalogue_hash": catalogue.content_hash,
        "by_degree": "[]",
        **figures,
    }


def test_nothing_measured_yet(catalogue: Catalogue) -> None:
    rows = summary.rows_of_view(read_results(catalogue), "standard", "test")
    assert rows.empty
    assert summary.models_by_layer(rows, "ndcg").empty
    assert summary.baselines(rows, "ndcg").empty
    assert summary.by_degree(rows, ["pagerank"]).empty


def test_a_second_measurement_replaces_the_first(catalogue: Catalogue) -> None:
    record_results(catalogue, [run_row(catalogue, "a", 0.1), run_row(catalogue, "b", 0.2)])
    record_results(catalogue, [run_row(catalogue, "a", 0.3)])
    table = read_results(catalogue)
    assert not table.duplicated(KEY).any()
    assert table.set_index("ranker")["ndcg"].to_dict() == {"run:a": 0.3, "run:b": 0.2}


def test_rows_of_another_version_are_not_read(catalogue: Catalogue) -> None:
    record_results(catalogue, [run_row(catalogue, "a", 0.1) | {"catalogue_hash": "another"}])
    assert read_results(catalogue).empty


def test_numbers_of_kept_edges_that_are_none_are_said(catalogue: Catalogue) -> None:
    row = run_row(catalogue, "a", 0.1) | {"kept_edges": "few"}
    pd.DataFrame([row]).to_parquet(catalogue.path / RESULTS_FILE)
    with pytest.raises(NearfieldError, match="results.parquet cannot be read"):
        read_results(catalogue)


def test_a_broken_table_is_named(catalogue: Catalogue) -> None:
    (catalogue.path / RESULTS_FILE).write_bytes(b"not parquet")
    with pytest.raises(NearfieldError, match="results.parquet cannot be read"):
        read_results(catalogue)


def test_a_table_of_too_many_rows_is_refused_before_it_is_read(catalogue: Catalogue) -> None:
    record_results(catalogue, [run_row(catalogue, "x", 0.5)])
    table = pd.read_parquet(catalogue.path / RESULTS_FILE)
    pd.concat([table] * (MOST_ROWS + 1)).to_parquet(catalogue.path / RESULTS_FILE, index=False)
    with pytest.raises(NearfieldError, match=r"has 20,001 rows; at most 20,000 can be read.*Move it away"):
        read_results(catalogue)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("backbone", np.nan),
        ("backbone", "a newer one"),
        ("features", "moods"),
        ("layers", 1.5),
        ("layers", None),
        ("seed", np.inf),
        ("queries", np.inf),
        ("config", None),
    ],
)
def test_a_row_of_a_model_says_what_its_settings_say(catalogue: Catalogue, column: str, value: object) -> None:
    good, bad = run_row(catalogue, "good", 0.1), run_row(catalogue, "bad", 0.2) | {column: value}
    pd.DataFrame([good, bad]).to_parquet(catalogue.path / RESULTS_FILE)
    table, faults = scan_results(catalogue)
    assert table["ranker"].tolist() == ["run:good"]
    assert [fault.split()[0] for fault in faults.values()] == ["the" if column == "config" else column]


def test_every_ranker_keeps_the_name_it_was_asked_by(catalogue: Catalogue) -> None:
    for ranker in ("random", "cosine:random", "cosine:clap"):
        evaluate_ranker(catalogue, ranker, "standard", "test")
    rows = summary.rows_of_view(read_results(catalogue), "standard", "test")
    assert set(rows["ranker"]) == {"random", "cosine:random", "cosine:clap"}
    baselines = summary.baselines(rows, "ndcg")
    assert baselines["value"].is_monotonic_decreasing
    degrees = summary.by_degree(rows, ["cosine:clap"])
    assert degrees["queries"].sum() == rows["queries"].iloc[0]


def test_views_are_never_mixed(catalogue: Catalogue) -> None:
    for protocol, split, hide in (("standard", "test", False), ("standard", "test", True), ("cold", "val", False)):
        evaluate_ranker(catalogue, "pagerank", protocol, split, hide)
    results = read_results(catalogue)
    for protocol, split, hide in (("standard", "test", True), ("cold", "val", False)):
        rows = summary.rows_of_view(results, protocol, split, hide)
        assert rows[["protocol", "split", "hide_validation"]].values.tolist() == [[protocol, split, hide]]
    assert summary.rows_of_view(results, "published", "test").empty


def test_seeds_are_averaged_and_a_repeated_seed_counts_once(catalogue: Catalogue) -> None:
    rows = [
        run_row(catalogue, "a", 0.9, seed=0),
        run_row(catalogue, "b", 0.2, seed=0),
        run_row(catalogue, "c", 0.4, seed=1),
    ]
    record_results(catalogue, rows)
    models = summary.models_by_layer(summary.rows_of_view(read_results(catalogue), "standard", "test"), "ndcg")
    assert len(models) == 1
    model = models.iloc[0]
    assert (model["seeds"], model["variant"]) == (2, "")
    both = over_seeds([0.2, 0.4], [0.1, 0.3], [0.3, 0.5])
    assert both.low < 0, "two seeds so far apart say little"
    assert model[["value", "low", "high"]].tolist() == pytest.approx([0.3, 0.0, both.high])
    assert model[["seed_low", "seed_high"]].tolist() == [0.2, 0.4]


def test_runs_of_other_settings_are_no_seeds_of_each_other(catalogue: Catalogue) -> None:
    record_results(catalogue, [run_row(catalogue, "a", 0.5), run_row(catalogue, "b", 0.1, steps=320, seed=1)])
    models = summary.models_by_layer(summary.rows_of_view(read_results(catalogue), "standard", "test"), "ndcg")
    assert dict(zip(models["variant"], models["value"], strict=True)) == {"3,200 steps": 0.5, "320 steps": 0.1}


def test_the_same_sets_in_another_order_are_the_same_model(catalogue: Catalogue) -> None:
    runs = [
        ("a", 0.5, "moods_themes+clap", 0),
        ("b", 0.3, "clap+moods_themes", 0),
        ("c", 0.1, "clap", 0),
        ("d", 0.5, "moods_themes+clap", 1),
    ]
    rows = [run_row(catalogue, name, value, features=features, seed=seed) for name, value, features, seed in runs]
    models = summary.models_by_layer(pd.DataFrame(rows), "ndcg")
    assert models[["features", "seeds"]].values.tolist() == [["clap", 1], ["clap+moods_themes", 2]]
    assert models["value"].tolist() == pytest.approx([0.1, 0.4])
    assert models["rankers"].tolist() == [["run:c"], ["run:b", "run:d"]]


def test_a_space_is_known_by_its_score_on_test_artists(catalogue: Catalogue) -> None:
    assert summary.space_standings(read_results(catalogue)) == {}
    clap = run_row(catalogue, "x", 0.3) | {"ranker": "cosine:clap"}
    rows = [run_row(catalogue, "a", 0.5), run_row(catalogue, "a", 0.9, protocol="published"), clap]
    record_results(catalogue, rows)
    found = summary.space_standings(read_results(catalogue))
    assert (found["run:a"].value, found["run:a"].low, found["run:a"].high) == (0.5, 0.4, 0.6)
    assert set(found) == {"run:a", "clap"}
    assert np.isnan(found["clap"].by_chance)
    record_results(catalogue, [clap | {"ranker": "random", "ndcg": 0.1}])
    assert summary.space_standings(read_results(catalogue))["clap"].by_chance == 0.1


def test_a_perfect_ranking(tmp_path: Path) -> None:
    # Test artists 4 and 5 share one edge: one positive each, so the published ideal sums 1 + 1 / log2(3).
    catalogue = six_artists(tmp_path)
    assert summary.perfect_score(evaluation_view(catalogue, "standard", "test")) == pytest.approx(1.0)
    published = summary.perfect_score(evaluation_view(catalogue, "published", "test"))
    assert published == pytest.approx(1 / (1 + 1 / np.log2(3)))


def test_no_query_has_no_perfect_ranking(tmp_path: Path) -> None:
    catalogue = graph_catalogue(tmp_path, ["train", "val", "test"], [(0, 1), (0, 2)])
    assert np.isnan(summary.perfect_score(evaluation_view(catalogue, "standard", "test")))


@pytest.mark.parametrize(("dataset", "metric", "rows"), [("disco-olga", "ndcg_published", 40), ("olga", "ndcg", 8)])
def test_published_figures_keep_their_metric(dataset: str, metric: str, rows: int) -> None:
    table = published_results(dataset)
    assert len(table) == rows
    assert set(table["metric"]) == {metric}
    assert table["ndcg"].between(0, 1).all()
    assert isinstance(table, pd.DataFrame)


def test_results_killed_at_any_step_are_old_or_new(catalogue: Catalogue) -> None:
    record_results(catalogue, [run_row(catalogue, "old", 0.1)])
    step = 1
    while killed_before(step, lambda: record_results(catalogue, [run_row(catalogue, "new", 0.2)])):
        assert read_results(catalogue)["ranker"].tolist() == ["run:old"]
        open_catalogue(catalogue.path)
        assert not [file for file in catalogue.path.iterdir() if file.name.startswith(".")]
        step += 1
    assert step > 2
    assert read_results(catalogue)["ranker"].tolist() == ["run:old", "run:new"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES])
def test_results_that_cannot_be_written_say_so(catalogue: Catalogue, number: int) -> None:
    record_results(catalogue, [run_row(catalogue, "old", 0.1)])
    for step in (1, 2):
        with refusing(number, step), pytest.raises(NearfieldError, match=r"results\.parquet cannot be written"):
            record_results(catalogue, [run_row(catalogue, "new", 0.2)])
    assert read_results(catalogue)["ranker"].tolist() == ["run:old"]
