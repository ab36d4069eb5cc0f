"""Runs, fusions and figures stay with the inputs that they were made from, through new versions and other names."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import core.experiments.results as results_module
from core.catalogue import Catalogue, open_catalogue, update_catalogue
from core.catalogue.identity import belongs
from core.errors import NearfieldError
from core.experiments.grid import plan_grid
from core.experiments.measure import evaluate_ranker
from core.experiments.migration import belongings, record_inputs
from core.experiments.pairs import train_pairs
from core.experiments.results import (
    KEY,
    RESULTS_FILE,
    known_results,
    read_results,
    record_results,
    scan_results,
    shipped_results,
)
from core.experiments.standings import reads_relations
from core.experiments.summary import space_standings
from core.maps.build import vectors_fingerprint
from core.pairs.config import PairConfig
from core.runs.config import TrainingConfig
from core.runs.overview import overviews
from core.runs.record import Run, new_run
from core.search.fusion import DEGREE_KNOTS, FusionWeights
from core.search.fusions import save_fusion
from core.search.spaces import left_out, list_spaces
from core.space_name import Kind, SpaceName
from core.storage import read_json, write_json
from tests.support.catalogues import describe
from tests.support.graphs import random_catalogue

N = 60
MOODS = np.eye(N, 4, dtype=np.float32)
BUNDLED = Path(__file__).resolve().parents[3] / "data" / "nearfield-demo"
RANKERS = ("pagerank", "cosine:clap", "cosine:moods", "cosine:random")


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return update_catalogue(random_catalogue(tmp_path, N), {"moods": describe("moods", MOODS)})


def finished_run(catalogue: Catalogue, features: str) -> Run:
    run = new_run(catalogue, TrainingConfig(features))
    np.save(run.path / "embeddings.npy", np.ones((len(catalogue), 2), np.float32))
    run.set_status("finished")
    return run


def fuse(catalogue: Catalogue, name: str, *parts: str) -> None:
    names = tuple(map(SpaceName, parts))
    weights = FusionWeights(names, (False,) * len(parts), ((1.0,) * len(DEGREE_KNOTS),) * len(parts))
    save_fusion(catalogue, name, weights, {"command": "", "commit": "", "versions": {}})


def furnish(catalogue: Catalogue) -> dict[str, Run]:
    """Runs, fusions and figures, of which some use clap and some do not."""
    runs = {features: finished_run(catalogue, features) for features in ("clap", "moods", "clap+moods", "random")}
    fuse(catalogue, "walk", "pagerank")
    fuse(catalogue, "of_moods", "pagerank", f"run:{runs['moods'].run_id}")
    fuse(catalogue, "of_clap", "cosine:moods", f"run:{runs['clap'].run_id}")
    fuse(catalogue, "nested", "fusion:of_clap")
    for ranker in RANKERS:
        evaluate_ranker(catalogue, ranker, "standard", "test")
    return runs


def forget_inputs(catalogue: Catalogue) -> None:
    """Make the records what an earlier Nearfield would have written."""
    for file in [*catalogue.path.glob("runs/*/config.json"), *catalogue.path.glob("fusions/*.json")]:
        content = read_json(file)
        del content["inputs"]
        write_json(file, content)
    pd.read_parquet(catalogue.path / RESULTS_FILE).drop(columns="inputs").to_parquet(catalogue.path / RESULTS_FILE)


def offered(catalogue: Catalogue) -> set[str]:
    return {str(space.name) for space in list_spaces(catalogue) if space.name.is_run or space.name.is_fusion}


def rankers(catalogue: Catalogue) -> set[str]:
    return set(read_results(catalogue)["ranker"])


def test_a_new_set_orphans_nothing(catalogue: Catalogue) -> None:
    furnish(catalogue)
    before = belongings(catalogue)
    spaces = offered(catalogue)
    after = update_catalogue(catalogue, {"new": describe("new", MOODS)})
    assert after.content_hash != catalogue.content_hash
    assert belongings(after) == before
    assert (len(before.runs), len(before.fusions), before.figures) == (4, 4, len(RANKERS))
    assert offered(after) == spaces
    assert all(run.fits_catalogue for run in overviews(after)[0])
    configs = [TrainingConfig("clap"), TrainingConfig("moods")]
    assert len(plan_grid(after, configs).finished) == 2


@pytest.mark.parametrize("is_earlier", [False, True])
def test_a_changed_set_takes_only_what_used_it(catalogue: Catalogue, is_earlier: bool) -> None:
    runs = furnish(catalogue)
    waiting = new_run(catalogue, TrainingConfig("moods", seed=1))
    if is_earlier:
        forget_inputs(catalogue)
        record_inputs(catalogue)
    assert set(belongings(catalogue).runs) == {run.run_id for run in [*runs.values(), waiting]}
    after = update_catalogue(catalogue, {"clap": describe("clap", np.ones((N, 8)))})
    stay = belongings(after)
    assert set(stay.runs) == {runs["moods"].run_id, runs["random"].run_id, waiting.run_id}
    assert stay.fusions == ["of_moods", "walk"]
    assert rankers(after) == {"pagerank", "cosine:moods", "cosine:random"}
    assert not left_out(after)
    with pytest.raises(NearfieldError, match="has no fusion “of_clap” for this version"):
        evaluate_ranker(after, "fusion:of_clap", "standard", "test")


def test_records_of_earlier_versions_belong_until_the_version_is_replaced(catalogue: Catalogue) -> None:
    furnish(catalogue)
    before = belongings(catalogue)
    forget_inputs(catalogue)
    assert belongings(catalogue) == before
    after = update_catalogue(catalogue, {"new": describe("new", MOODS)})
    assert belongings(after) == type(before)([], [], 0)


def test_recording_inputs_twice_changes_nothing(catalogue: Catalogue) -> None:
    furnish(catalogue)
    files = [*catalogue.path.glob("runs/*/config.json"), *catalogue.path.glob("fusions/*.json")]
    expected = {file: file.read_text() for file in files}
    table = read_results(catalogue)
    forget_inputs(catalogue)
    for _ in range(2):
        record_inputs(catalogue)
        assert {file: read_json(file) for file in files} == {file: json.loads(text) for file, text in expected.items()}
        pd.testing.assert_frame_equal(read_results(catalogue), table)


def test_a_table_that_cannot_be_read_is_left_as_it_is(catalogue: Catalogue) -> None:
    (catalogue.path / RESULTS_FILE).write_bytes(b"not parquet")
    record_inputs(catalogue)
    assert (catalogue.path / RESULTS_FILE).read_bytes() == b"not parquet"


def test_a_fusion_of_a_missing_run_gets_no_inputs(catalogue: Catalogue) -> None:
    runs = furnish(catalogue)
    forget_inputs(catalogue)
    shutil.rmtree(runs["moods"].path)
    record_inputs(catalogue)
    assert "inputs" not in read_json(catalogue.path / "fusions" / "of_moods.json")
    assert "inputs" in read_json(catalogue.path / "fusions" / "walk.json")


@pytest.mark.parametrize("is_earlier", [False, True])
def test_evaluating_again_replaces_the_row(catalogue: Catalogue, is_earlier: bool) -> None:
    evaluate_ranker(catalogue, "cosine:clap", "standard", "test")
    evaluate_ranker(catalogue, "cosine:clap", "standard", "val")
    if is_earlier:
        forget_inputs(catalogue)
        evaluate_ranker(catalogue, "pagerank", "standard", "val")
    after = update_catalogue(catalogue, {"new": describe("new", MOODS)})
    evaluate_ranker(after, "cosine:clap", "standard", "test")
    written = pd.read_parquet(after.path / RESULTS_FILE)
    assert not written.duplicated(KEY).any()
    assert len(read_results(after)) == len(written) == 2 + is_earlier


def test_figures_of_a_set_come_back_with_it(catalogue: Catalogue) -> None:
    clap = (np.array(catalogue.feature_array("clap")), catalogue.feature_info("clap"))
    first = evaluate_ranker(catalogue, "cosine:clap", "standard", "test")[1]["ndcg"]
    changed = update_catalogue(catalogue, {"clap": describe("clap", MOODS)})
    second = evaluate_ranker(changed, "cosine:clap", "standard", "test")[1]["ndcg"]
    assert read_results(changed)["ndcg"].tolist() == [second]
    back = update_catalogue(changed, {"clap": clap})
    assert read_results(back)["ndcg"].tolist() == [first]


def test_a_fusion_of_other_parts_has_one_row(catalogue: Catalogue) -> None:
    for part in ("cosine:clap", "cosine:moods"):
        fuse(catalogue, "mine", part)
        evaluate_ranker(catalogue, "fusion:mine", "standard", "test")
    (inputs,) = read_results(catalogue)["inputs"]
    assert list(json.loads(inputs)["features"]) == ["moods"]


def test_figures_of_a_pair_ranker_go_with_a_set_that_it_reads(catalogue: Catalogue) -> None:
    train_pairs(catalogue, "mine", PairConfig(episodes=2, thinned=0, share=0.5, epochs=1, networks=1))
    fuse(catalogue, "with_pairs", "pagerank", "pairs:mine")
    names = ["pagerank", "pairs:mine", "fusion:with_pairs"]
    for name in names:
        evaluate_ranker(catalogue, name, "standard", "test")
    used = read_results(catalogue).set_index("ranker")["inputs"].map(json.loads)
    assert [sorted(used[name]["features"]) for name in names] == [[], ["clap", "moods"], ["clap", "moods"]]
    after = update_catalogue(catalogue, {"new": describe("new", MOODS)})
    assert rankers(after) == set(names)
    assert {"pairs:mine", "fusion:with_pairs"} <= {space.name for space in list_spaces(after)}
    changed = update_catalogue(after, {"moods": describe("moods", MOODS + 1)})
    assert rankers(changed) == {"pagerank"}
    assert not {"pairs:mine", "fusion:with_pairs"} & {space.name for space in list_spaces(changed)}


def test_ways_from_clips_say_what_they_use(catalogue: Catalogue) -> None:
    run = finished_run(catalogue, "moods")
    fuse(catalogue, "clip", "cosine:clap")
    config = json.dumps({"run": run.run_id, "fusion": "clip", "ties": 8})
    ways = ("random", "clap", "isolated", "tied", "fusion")
    evaluated = evaluate_ranker(catalogue, "pagerank", "standard", "test")[1]
    record_results(catalogue, [evaluated | {"ranker": f"clip:{way}", "config": config} for way in ways])
    table = read_results(catalogue).set_index("ranker")["inputs"].map(json.loads)
    used = {way: sorted(table[f"clip:{way}"]["features"]) for way in ways}
    routes = dict.fromkeys(("isolated", "tied", "fusion"), ["clap", "moods"])
    assert used == {"random": [], "clap": ["clap"], **routes}


@pytest.mark.parametrize("ranker", ["fusion:x", "clip:tied", "run:x", "cosine:none", "unheard-of:x"])
def test_a_row_that_does_not_say_what_it_used_goes_by_its_version(catalogue: Catalogue, ranker: str) -> None:
    row = evaluate_ranker(catalogue, "pagerank", "standard", "test")[1]
    record_results(catalogue, [row | {"ranker": ranker, "config": None, "features": None}])
    table = pd.read_parquet(catalogue.path / RESULTS_FILE).set_index("ranker")
    assert table.loc[ranker, "inputs"] == ""
    assert belongings(catalogue).figures == 2 - ranker.startswith("run:")


@pytest.mark.parametrize("inputs", ["{", "[]", '{"artists": "a"}', "[" * 5000])
def test_a_row_with_unusable_inputs_is_named(catalogue: Catalogue, inputs: str) -> None:
    for ranker in ("pagerank", "random"):
        evaluate_ranker(catalogue, ranker, "standard", "test")
    file = catalogue.path / RESULTS_FILE
    table = pd.read_parquet(file)
    table["inputs"] = [inputs, table["inputs"].iloc[1]]
    table.to_parquet(file)
    rows, faults = scan_results(catalogue)
    assert rows["ranker"].tolist() == ["random"]
    assert list(faults) == [0]


@pytest.mark.parametrize("kind", ["run", "fusion"])
def test_records_with_unusable_inputs_are_named(catalogue: Catalogue, kind: str) -> None:
    runs = furnish(catalogue)
    file = runs["moods"].path / "config.json" if kind == "run" else catalogue.path / "fusions" / "walk.json"
    write_json(file, read_json(file) | {"inputs": {"artists": 7}})
    faults = [fault for fault in left_out(catalogue).values() if "its inputs do not give hashes" in fault]
    assert len(faults) == 1


def test_maps_depend_on_nothing_but_their_vectors(catalogue: Catalogue) -> None:
    run = finished_run(catalogue, "moods")
    spaces = ["clap", "moods", f"run:{run.run_id}"]
    before = [vectors_fingerprint(catalogue, space) for space in spaces]
    after = update_catalogue(catalogue, {"new": describe("new", MOODS), "moods": describe("moods", MOODS + 1)})
    changed = [vectors_fingerprint(after, space) for space in spaces]
    assert [new == old for new, old in zip(changed, before, strict=True)] == [True, False, True]


# The bundled catalogue


def test_the_bundled_catalogue_keeps_everything_in_a_new_version(tmp_path: Path) -> None:
    folder = shutil.copytree(BUNDLED, tmp_path / "demo", ignore=shutil.ignore_patterns("*.lock", ".*"))
    bundled = open_catalogue(folder)
    records = [read_json(file) for file in [*folder.glob("runs/*/config.json"), *folder.glob("fusions/*.json")]]
    assert len(records) >= 5
    assert all(belongs({"inputs": record["inputs"]}, bundled) for record in records)
    written = pd.read_parquet(folder / RESULTS_FILE)
    assert (written["inputs"] != "").all()
    before = belongings(bundled)
    assert before.figures == len(written) > 200
    new = np.zeros((len(bundled), 2), np.float32)
    assert belongings(update_catalogue(bundled, {"new": describe("new", new)})) == before


# Shipped figures


def ship(rows: Iterable[dict[str, Any]], file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pd.DataFrame(rows).to_csv(file, index=False)
    monkeypatch.setattr(results_module, "SHIPPED_FILE", file)


def test_a_catalogue_of_any_name_finds_shipped_figures(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(catalogue)
    evaluate_ranker(catalogue, "fusion:walk", "standard", "test")
    rows = read_results(catalogue).to_dict("records")
    gone = [row | {"catalogue": "olga", "catalogue_hash": "of a version long gone"} for row in rows]
    ship(gone, tmp_path / "shipped.csv", monkeypatch)
    (tmp_path / "fresh").mkdir()
    fresh = update_catalogue(random_catalogue(tmp_path / "fresh", N), {"tags": describe("tags", MOODS)})
    found = known_results(fresh)
    assert set(found["ranker"]) == {"pagerank", "cosine:clap", "cosine:random", "fusion:walk"}
    assert found["shipped"].all()
    assert space_standings(found)["clap"].value == pytest.approx(space_standings(pd.DataFrame(rows))["clap"].value)
    evaluate_ranker(fresh, "pagerank", "standard", "test")
    fuse(fresh, "walk", "cosine:tags")
    found = known_results(fresh).set_index("ranker")["shipped"].to_dict()
    assert found == {"pagerank": False, "cosine:clap": True, "cosine:random": True}
    ship([gone[0] | {"ranker": "pairs:mine"}], tmp_path / "shipped.csv", monkeypatch)
    assert "pairs:mine" in set(known_results(fresh)["ranker"])
    train_pairs(fresh, "mine", PairConfig(episodes=2, thinned=0, share=0.5, epochs=1, networks=1))
    assert "pairs:mine" not in set(known_results(fresh)["ranker"])
    (tmp_path / "other").mkdir()
    assert known_results(random_catalogue(tmp_path / "other", N, seed=1)).empty


def test_figures_of_hidden_validation_stand_where_there_are_no_others(catalogue: Catalogue) -> None:
    for ranker in ("pagerank", "cosine:clap"):
        evaluate_ranker(catalogue, ranker, "standard", "test", hide_validation=True)
    hidden = space_standings(read_results(catalogue))
    assert set(hidden) == {"pagerank", "clap"}
    for ranker in ("pagerank", "cosine:clap"):
        evaluate_ranker(catalogue, ranker, "standard", "test")
    shown = space_standings(read_results(catalogue))
    assert shown["pagerank"].value != hidden["pagerank"].value


@pytest.mark.parametrize("dataset", ["disco_olga", "olga"])
def test_a_fresh_import_finds_the_shipped_figures(dataset: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    imported: Catalogue = request.getfixturevalue(dataset)
    folder = shutil.copytree(imported.path, tmp_path / "under another name", copy_function=link_or_copy)
    fresh = open_catalogue(folder)
    shipped = shipped_results(imported.name)
    known = known_results(fresh)
    # Figures with other relations belong to an import with these relations alone.
    related = np.array([reads_relations(row) for row in shipped.to_dict("records")])
    assert len(shipped[~related]) == len(known) > 15
    assert related.sum() == 2 * 3  # the pair ranker and its fusion, of three seeds
    # Where the catalogue has no figure of its own, these are numbers all the same.
    assert {known[name].dtype.kind for name in ("ndcg", "ndcg_low", "ndcg_high", "layers", "seed")} == {"f"}
    standings = space_standings(known)
    assert {"pagerank", "lastfm_tags", "moods_themes"} <= set(standings)
    view = shipped[shipped["protocol"].eq("standard") & shipped["kept_edges"].isna()]
    for row in view.to_dict("records"):
        if SpaceName(row["ranker"]).kind in (Kind.UNTRAINED, Kind.COSINE) and "+" not in row["ranker"]:
            again = evaluate_ranker(fresh, row["ranker"], "standard", "test", row["hide_validation"])[1]
            assert {name: round(again[name], 6) for name in ("ndcg", "recall", "mrr")} == {
                name: row[name] for name in ("ndcg", "recall", "mrr")
            }


def link_or_copy(source: str, dest: str) -> str:
    try:
        Path(dest).hardlink_to(source)
    except OSError:
        shutil.copy2(source, dest)
    return dest
