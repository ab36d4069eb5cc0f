"""The Results page: empty, with baselines, with models, on every protocol, beside what papers report."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from core.catalogue import Catalogue, open_catalogue
from core.catalogue.library import BUNDLED, DATA_VARIABLE, data_folder
from core.experiments import results as results_module
from core.experiments import summary
from core.experiments.measure import evaluate_ranker
from core.experiments.results import published_results, read_results, record_results, shipped_results
from core.experiments.standings import STANDING_COLUMNS, lines_by_depth, standings
from core.experiments.summary import (
    baseline_names,
    by_kept_edges,
    models_by_layer,
    paired_by_degree,
    space_standings,
)
from core.pairs.config import PairConfig
from core.palette import DASHES, SERIES, SYMBOLS, series_encoding
from core.space_name import SpaceName
from core.titles import ranker_title
from pages.components import charts
from pages.results import asking_texts, chart_texts, details, drawings, figures, paper_texts, tables
from pages.results.answers import askable_rankers, best_on_explore
from pages.results.artists import explore_address
from pages.results.feature_order import feature_order, place_in_order, similarity_places
from pages.results.paper import how_it_reproduces, our_runs
from pages.results.source import Source, shipped_source
from tests.core.experiments.test_results_table import run_row
from tests.support.catalogues import tiny_catalogue
from tests.support.graphs import random_catalogue
from tests.support.pages import HOSTILE_NAMES, button_labels, hostile, open_app, parameter, press, texts

__all__ = ["hostile"]


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    return random_catalogue(tmp_path)


def test_empty_then_baselines_then_a_model(catalogue: Catalogue) -> None:
    app = open_app("results")
    assert not app.exception
    assert any("No model has been measured here yet" in text for text in texts(app))
    assert any("synthetic" in warning.value for warning in app.warning) == (catalogue.manifest.kind == "synthetic")

    app = press(app, "Compute the yardsticks")
    assert not app.exception
    assert not [label for label in button_labels(app) if label.startswith("Compute")]
    assert set(read_results(catalogue)["ranker"]) == set(baseline_names(catalogue))

    rows = read_results(catalogue)
    model = rows[rows["ranker"] == "pagerank"].iloc[0].to_dict() | run_row(catalogue, "sage-0001", 0.5)
    model["by_degree"] = rows["by_degree"].iloc[0]
    record_results(catalogue, [model])
    app.run()
    assert not app.exception
    assert "Where it works: by known edges" in [each.value for each in app.subheader]
    assert not any("No model has been measured" in text for text in texts(app))


@pytest.mark.parametrize("protocol", ["standard", "published", "cold"])
@pytest.mark.parametrize("split", ["test", "val"])
def test_the_url_chooses_the_view(catalogue: Catalogue, protocol: str, split: str) -> None:
    app = open_app("results", protocol=protocol, split=split)
    assert not app.exception
    assert app.session_state["protocol"] == protocol
    assert app.session_state["split"] == split
    explained = " ".join(each.value for each in app.markdown)
    assert ("scores only" in explained) == (protocol == "published")


def test_a_link_brings_the_figure_and_the_lines(measured: Catalogue) -> None:
    app = open_app("results", figure="features", mark="run:sage-0000", look="degree", degree_lines="pagerank")
    assert not app.exception
    assert app.segmented_control(key="figure").value == "features"
    assert app.selectbox(key="measured_figure_standard_test_False").value == "run:sage-0000"
    (lines,) = [box for box in app.multiselect if box.key.startswith("measured_degree_")]
    assert lines.value == ["pagerank"]


def test_a_link_brings_the_compared_and_the_artist(measured: Catalogue) -> None:
    app = open_app("results", look="compare", first="random", second="pagerank")
    assert (app.selectbox(key="measured_First").value, app.selectbox(key="measured_Second").value) == (
        "random",
        "pagerank",
    )
    app = open_app("results", look="artists", asked="pagerank", beside="random", order="best")
    chosen = [app.selectbox(key=f"measured_misses_{name}").value for name in ("ranker", "second", "order")]
    assert chosen == ["pagerank", "random", "best"]
    box = app.selectbox(key="measured_misses_artist")
    box.select_index(1).run()
    assert parameter(app, "query") == app.selectbox(key="measured_misses_artist").value


def test_nonsense_in_the_url_is_the_default(catalogue: Catalogue) -> None:
    app = open_app("results", protocol="best", split="<script>")
    assert not app.exception
    assert (app.session_state["protocol"], app.session_state["split"]) == ("standard", "test")


def test_measured_and_published_are_labelled_apart(catalogue: Catalogue) -> None:
    said = texts(open_app("results"))
    assert any(
        "Published: Grötschla et al. 2024, Figure 1, on DISCO-OLGA, real artists" in text
        and "The bold line is ours" in text
        for text in said
    )


def test_what_is_said_in_short_is_true_of_the_figures() -> None:
    ours = Source("disco-olga", "key", shipped_results("disco-olga"), "standard", "test", False)
    found = how_it_reproduces(our_runs("disco-olga"))
    assert found is not None
    published = published_results("disco-olga").set_index(["features", "layers"])["ndcg"]
    assert published["random", found.layers] == found.published
    lines = our_runs("disco-olga").lines.query("~short").set_index("layers")
    differences = {layers: row["value"] - published["random", layers] for layers, row in lines.iterrows()}
    assert len(differences) == found.points
    assert max(map(abs, differences.values())) == pytest.approx(abs(found.difference))
    assert f"{found.measured:.4f} against {found.published:.4f}" in paper_texts.reproduces(found)
    best = ours.rows.loc[ours.rows["ndcg"].idxmax()]
    said = paper_texts.best_now(ours.standings)
    assert f"{ours.standings['value'].max():.3f} (95% interval" in said
    assert ours.standings["value"].max() <= best["ndcg"]
    alone = ours.standings[~ours.standings["title"].str.contains("with other relations")].iloc[0]
    assert f"The best of those: {alone['title']}, {alone['value']:.3f}, the mean of {alone['seeds']} seeds." in said
    assert paper_texts.reproduces(None) == paper_texts.best_now(ours.standings.iloc[:0]) == ""
    best_of_none = ours.kept_edges.query("kept == '0'")["value"].max()
    assert re.search(
        rf"keep none of their known edges: [^;]+ \({best_of_none:.3f}\); one of them: .*; all of them: ",
        paper_texts.for_whom(ours.kept_edges, ours.titles | ours.titles_of_kinds),
    )


def test_a_chart_of_the_papers_figures_alone_says_so() -> None:
    app = open_app("results", figure="features")
    assert not app.exception
    assert any(paper_texts.NONE_OF_OURS in text for text in texts(app))
    assert not any("The bold line is ours" in text for text in texts(app))


def test_each_papers_figures_stand_under_its_own_heading() -> None:
    app = open_app("results", paper="olga")
    headings = [each.value for each in app.subheader]
    assert paper_texts.OF_PAPER["olga"] in headings
    assert not [text for text in headings if "Figure 1" in text]


def test_all_figures_have_whole_numbers_and_no_placeholder() -> None:
    ours = Source("disco-olga", "key", shipped_results("disco-olga"), "standard", "test", False)
    table = tables.full_table(ours.rows, ours.metric)
    assert not table.drop(columns=["candidates", "artists asked for"]).isna().any(axis=None)
    assert table["candidates"].dtype == table["artists asked for"].dtype == "Int64"
    assert not [name for name in table if "_" in name]


def test_the_best_on_explore_has_the_figure_that_explore_shows(catalogue: Catalogue) -> None:
    source = Source("disco-olga", "key", shipped_results("disco-olga"), "standard", "test", False)
    found = best_on_explore(catalogue, source)
    assert found is not None
    assert found == ("PageRank", space_standings(source.results)["pagerank"].value)


def test_a_pair_ranker_whose_figures_alone_are_here_is_not_asked(catalogue: Catalogue) -> None:
    rows = shipped_results("disco-olga")
    source = Source("disco-olga", "key", rows, "standard", "test", False)
    assert any(SpaceName(name).is_pairs for name in source.titles)
    assert not [name for name in askable_rankers(catalogue, source) if SpaceName(name).is_pairs]


def test_ours_lie_over_the_published_lines_in_one_chart() -> None:
    published = figures.published_as_models(published_results("disco-olga"))
    ours = our_runs("disco-olga").lines
    chart = figures.published_and_ours(published, ours, "NDCG")
    drawn = {line.name: line for line in chart.data}
    assert len(drawn) == 9
    assert drawn["Ours: Random"].line.color == drawn["Paper: Random"].line.color
    assert drawn["Ours: Random"].line.width > 2 * drawn["Paper: Random"].line.width
    assert drawn["Paper: Random"].opacity is None
    assert chart.data[-1].name == "Ours: Random"
    assert any(symbol.endswith("-open") for symbol in drawn["Ours: Random"].marker.symbol)
    # The first mark of ours is open, so the legend has a mark of its own, as most marks of the line are.
    (told,) = (line for line in chart.data if line.name == "Ours: Random" and line.showlegend is not False)
    assert told.marker.symbol == drawn["Ours: Random"].marker.symbol[-1]


def test_a_broken_table_is_said(catalogue: Catalogue) -> None:
    (catalogue.path / "results.parquet").write_bytes(b"broken")
    app = open_app("results")
    assert not app.exception
    assert "cannot be read" in app.error[0].value


def test_a_hostile_catalogue_where_nothing_can_be_scored(hostile: Catalogue) -> None:
    app = open_app("results", split="val")
    assert not app.exception
    assert any("share an edge, so there is nothing to find" in text for text in texts(app))


def test_no_two_series_look_alike() -> None:
    encodings = [series_encoding(index) for index in range(24)]
    assert len(set(encodings)) == 24
    first = encodings[:8]
    for values, known in (("colour", SERIES), ("symbol", SYMBOLS), ("dash", DASHES)):
        assert [getattr(look, values) for look in first] == list(known)


def test_a_feature_set_keeps_its_look_in_both_panels() -> None:
    published = figures.published_as_models(published_results())
    order = feature_order(published["features"])
    assert order[0] == "random"
    assert place_in_order("clap", ["clap"]) == place_in_order("clap", order)
    assert place_in_order("own_set", ["clap", "own_set"]) == len(order)


def test_published_figures_hold_every_number() -> None:
    published = figures.published_as_models(published_results())
    nothing = pd.DataFrame(columns=STANDING_COLUMNS)
    lines = figures.by_layer(published, nothing, "NDCG").data
    assert len(lines) == 8
    random = next(line for line in lines if line.name == "Random")
    assert list(random.y) == [0.0181, 0.1487, 0.3088, 0.3466, 0.36]
    # A depth's mark in the legend stands for no figure.
    bars = [bar for bar in figures.by_features(published, nothing, "NDCG").data if bar.showlegend is False]
    assert sorted(value for bar in bars for value in bar.x) == sorted(published["value"])
    places = np.concatenate([bar.y for bar in bars])
    assert len(np.unique(places)) == len(places)


def standing(title: str, kind: str, value: float, rankers: list[str]) -> dict[str, Any]:
    return {"title": title, "kind": kind, "value": value, "low": value, "high": value, "seeds": 1, "rankers": rankers}


def test_yardsticks_are_lines_labelled_at_their_height(catalogue: Catalogue) -> None:
    level = [("PageRank", "walk", 0.5, "pagerank"), ("Joined", "joined", 0.499, "fusion:a")]
    level += [("Random order", "chance", 0.1, "random")]
    table = pd.DataFrame([standing(*line[:3], [line[3]]) for line in level])
    record_results(catalogue, [run_row(catalogue, "a", 0.45)])
    models = models_by_layer(read_results(catalogue), "ndcg").assign(short=False)
    figure = figures.by_layer(models, table, "NDCG")
    assert [line.y[0] for line in figure.data[1:]] == [0.5, 0.499, 0.1]
    labels = [(label.y, label.text) for label in figure.layout.annotations]
    assert labels == [(0.5, "0.500 PageRank · 0.499 Joined"), (0.1, "0.100 Random order")]
    assert figures.by_layer(models.iloc[:0], table, "NDCG").data


def test_long_names_fit_a_phone(catalogue: Catalogue) -> None:
    long = "Cosine of Moods-Themes + MusicBrainz tags + Last.fm tags + Audio descriptors"
    level = [(long, "content", 0.5, "a"), ("Joined", "joined", 0.46, "b"), (long, "walk", 0.2, "c")]
    table = pd.DataFrame([standing(*line[:3], [line[3]]) for line in level])
    models = models_by_layer(pd.DataFrame([run_row(catalogue, "a", 0.45)]), "ndcg").assign(short=False)
    by_layer = figures.by_layer(models, table, "NDCG").layout.annotations
    assert [label.y for label in by_layer] == [0.5, 0.2], "two lines need room"
    by_features = figures.by_features(models, table, "NDCG@200 with the off-by-one")
    names = [line.name for line in by_features.data if line.name.startswith("0.")]
    degrees = pd.DataFrame({"ranker": "a", "degree": ["0"], "queries": 1, "mean": 0.1, "low": 0.1, "high": 0.1})
    (line,) = figures.by_degree(degrees, {"a": long}, "NDCG").data
    told = [label.text for label in by_layer] + names + [line.name, by_features.layout.xaxis.title.text]
    assert len(names) == 3
    assert max(len(part) for text in told for part in text.split("<br>")) <= 46


def test_a_feature_set_has_one_colour_as_a_line_and_as_bars() -> None:
    published = figures.published_as_models(published_results())
    nothing = pd.DataFrame(columns=STANDING_COLUMNS)
    lines = {line.name: line.line.color for line in figures.by_layer(published, nothing, "NDCG").data}
    chart = figures.by_features(published, nothing, "NDCG")
    names = [name.replace("<br>", " ") for name in chart.layout.yaxis.ticktext]
    for bars in (bars for bars in chart.data if bars.showlegend is False):
        shown = {names[round(y)]: colour for y, colour in zip(bars.y, bars.marker.line.color, strict=True)}
        assert shown == {name.replace("<br>", " "): colour for name, colour in lines.items()}


def test_every_similarity_stands_once_and_depth_is_chosen_on_validation(catalogue: Catalogue) -> None:
    runs = [run_row(catalogue, name, value) for name, value in (("a", 0.4), ("b", 0.6))]
    configs = [json.loads(row["config"]) for row in runs]
    for layers, row, config in zip((1, 2), runs, configs, strict=True):
        config["model"]["layers"] = layers
        row |= {"layers": layers, "config": json.dumps(config)}
    better_first = [row | {"split": "val", "ndcg": value} for row, value in zip(runs, (0.3, 0.2), strict=True)]
    rows, on_validation = pd.DataFrame(runs), pd.DataFrame(better_first)
    chosen = standings(rows, on_validation, "ndcg")
    assert chosen["value"].tolist() == [0.4]
    assert standings(rows, on_validation.iloc[:0], "ndcg")["value"].tolist() == [0.6]
    assert lines_by_depth(models_by_layer(rows, "ndcg"))["layers"].tolist() == [1, 2]


def test_seeds_of_a_pair_ranker_stand_as_one_and_with_other_relations_apart() -> None:
    def row(name: str, ndcg: float, relations: bool = False, **settings: Any) -> dict[str, Any]:
        config = json.dumps(PairConfig(relations=relations, **settings).as_dict())
        inputs = json.dumps({"relations": {"influenced_by": "sha"} if relations else {}})
        return {"ranker": f"pairs:{name}", "config": config, "inputs": inputs, "features": None, "ndcg": ndcg}

    rows = [row("recommended", 0.5), row("seed-1", 0.7, seed=1), row("related", 0.9, True), row("short", 0.1, epochs=1)]
    table = pd.DataFrame(rows).assign(ndcg_low=0.0, ndcg_high=1.0)
    chosen = standings(table, table.iloc[:0], "ndcg").set_index("title")
    assert chosen["value"].to_dict() == {
        "Pair ranker with other relations": 0.9,
        "Pair ranker": pytest.approx(0.6),
        "Pair ranker (short)": 0.1,
    }
    assert chosen["seeds"].tolist() == [1, 2, 1]
    assert tables.ranker_titles(table)["pairs:seed-1"] == "Pair ranker, seed 1"


def test_a_similarity_is_called_by_words_and_by_its_run_only_where_it_must_be() -> None:
    source = shipped_source("words", "disco-olga", "standard", False)
    assert source.titles["pairs:seed-2"] == "Pair ranker, seed 2"
    assert source.titles["fusion:related-1"] == "Pair ranker with other relations + SIGN, seed 1"
    assert source.titles["fusion:best"] == "PageRank + 3 × LightGCN + 4 × SIGN"
    assert len(set(source.titles.values())) == len(source.rows)
    twice = [title for title in source.titles.values() if title.endswith(")")]
    assert len(twice) == 2
    assert all(", seed 0 (run " in title for title in twice)


def test_fusions_of_the_same_parts_stand_as_one() -> None:
    parts = [["pagerank", f"run:sign3-clap-s{seed}", f"run:gatv22-clap-s{seed}"] for seed in (0, 1)]
    rows = [
        {
            "ranker": f"fusion:seed{seed}",
            "config": json.dumps({"parts": of_seed}),
            "features": None,
            "ndcg": 0.5 + seed / 10,
        }
        for seed, of_seed in enumerate(parts)
    ]
    table = pd.DataFrame(rows).assign(ndcg_low=0.4, ndcg_high=0.7)
    joined = standings(table, table.iloc[:0], "ndcg")
    assert joined["title"].tolist() == ["PageRank + SIGN + GATv2"]
    assert joined["value"].tolist() == pytest.approx([0.55])
    assert joined["seeds"].tolist() == [2]


@pytest.fixture
def measured(catalogue: Catalogue) -> Catalogue:
    """With three baselines, and two seeds of a model whose run is not on this machine."""
    for ranker in ("pagerank", "random", "cosine:clap"):
        evaluate_ranker(catalogue, ranker, "standard", "test")
    rows = read_results(catalogue)
    pagerank = rows[rows["ranker"] == "pagerank"].iloc[0].to_dict()
    record_results(catalogue, [pagerank | model_row(catalogue, seed) for seed in (0, 1)])
    return catalogue


def model_row(catalogue: Catalogue, seed: int, **settings: Any) -> dict[str, Any]:
    row = run_row(catalogue, f"sage-000{seed}", 0.5 + 0.1 * seed, seed=seed, **settings)
    own = {"train_command": f"python -m core train CATALOGUE --seed {seed}", "command": "python -m core evaluate it"}
    return row | own | {"chosen_epoch": 12.0, "trained_seconds": 90.0, "device": "CPU <b>", "commit": "abc"}


def shown_sources(catalogue: Catalogue) -> Source:
    return Source(catalogue.name, "key", read_results(catalogue), "standard", "test", False)


def test_hits_and_misses_lead_to_the_artist(measured: Catalogue) -> None:
    app = open_app("results", look="artists")
    assert not app.exception
    assert "Hits and misses, artist by artist" in [each.value for each in app.subheader]
    assert any("2 trained or fitted similarities of this view cannot be asked here" in text for text in texts(app))
    assert list(app.selectbox(key="measured_misses_ranker").options) == ["Cosine of CLAP", "PageRank", "Random order"]
    table, hidden, answers = (frame.value for frame in app.dataframe[:3])
    assert table["NDCG@200"].is_monotonic_increasing
    assert table["Explore"].str.startswith("./?catalogue=tiny&artist=").all()
    assert list(hidden) == ["artist", "rank"]
    assert len(answers) == 10

    app.selectbox(key="measured_misses_second").set_value("random").run()
    app.selectbox(key="measured_misses_order").set_value("differing").run()
    assert not app.exception
    table, hidden = (frame.value for frame in app.dataframe[:2])
    assert table["difference"].abs().is_monotonic_decreasing
    assert list(hidden) == ["artist", "rank", "rank by Random order"]


def test_hits_and_misses_of_hostile_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    n = len(HOSTILE_NAMES)
    ring = [(row, (row + 1) % n) for row in range(n)]
    catalogue = tiny_catalogue(tmp_path / "tiny", n, ring, name=HOSTILE_NAMES, split=["train"] + ["test"] * (n - 1))
    evaluate_ranker(catalogue, "pagerank", "standard", "test")
    app = open_app("results", look="artists")
    assert not app.exception
    for place in range(len(app.selectbox(key="measured_misses_artist").options)):
        app.selectbox(key="measured_misses_artist").select_index(place).run()
        assert not app.exception
        label = app.get("page_link")[0].proto.label
        assert not any(sign in label.replace(f"\\{sign}", "") for sign in "<*[`$")
    names = app.dataframe[0].value["artist"]
    assert names.str.len().max() <= 60
    assert (names.str.strip() != "").all()


def test_an_address_of_an_artist_is_escaped() -> None:
    assert explore_address("tiny", "a&b=<c>") == "./?catalogue=tiny&artist=a%26b%3D%3Cc%3E"


def test_two_are_compared_with_their_noise(measured: Catalogue) -> None:
    app = open_app("results", look="compare")
    assert not app.exception
    assert any("noise" in text for text in texts(app))
    assert app.code[0].value.startswith("python -m core compare $NEARFIELD_DATA/")
    app.selectbox(key="measured_Second").set_value("cosine:clap").run()
    assert any("two different" in each.value for each in app.info)


def test_the_first_stands_beside_all_others(measured: Catalogue) -> None:
    app = open_app("results", look="compare", first="pagerank", second="random")
    app.toggle(key="measured_against_all").set_value(True).run()
    assert not app.exception
    table = app.dataframe[-1].value
    assert set(table["similarity"]) == {"Cosine of CLAP", "Random order"}
    assert table["beyond noise"].tolist() == (table["p, adjusted"] < 0.05).tolist()
    assert ((table["95% low"] <= table["first minus it"]) & (table["first minus it"] <= table["95% high"])).all()
    assert any("PageRank beside 2 other similarities" in text for text in texts(app))


def test_who_is_named_stands_beside_the_neighbours(measured: Catalogue) -> None:
    app = open_app("results", look="breadth", asked="pagerank", beside="random")
    assert not app.exception
    table = next(frame.value for frame in app.dataframe if asking_texts.TRUE_NEIGHBOURS in frame.value)
    assert list(table) == ["", "PageRank", "Random order", asking_texts.TRUE_NEIGHBOURS]
    assert len(table) == len(asking_texts.BREADTH_LINES)


def test_every_figure_that_is_drawn_traces_to_a_row_with_its_command_and_inputs() -> None:
    """Measured figures are rows that ship, averaged over seeds at most; published ones have their source; no chart has
    two protocols, and only the paper's has published figures, which it names so."""
    views = [("disco-olga", "standard", False), ("disco-olga", "published", False), ("olga", "standard", True)]
    for dataset, protocol, hide in views:
        source = shipped_source(f"trace_{dataset}", dataset, protocol, hide)
        rows = source.rows.set_index("ranker")
        assert (rows["protocol"] == protocol).all()
        assert (rows["command"].str.startswith("python -m core evaluate CATALOGUE")).all()
        assert (rows["inputs"].map(json.loads).map(lambda inputs: set(inputs) >= {"artists", "edges"})).all()
        for table in (source.standings, source.models):
            for row in table.to_dict("records"):
                assert row["value"] == pytest.approx(rows.loc[row["rankers"], source.metric].mean())
        known = {round(value, 6) for table in (source.standings, source.models) for value in table["value"]}
        for part in ("best", "layers", "features"):
            drawing = drawings.of_part(source, part)
            for line in drawing.figure.data if drawing else ():
                numbers = line.y if part == "layers" else line.x
                # A line's mark in the legend stands for no figure.
                assert {round(float(value), 6) for value in numbers if value is not None} <= known
                assert not str(line.name).startswith("Paper")
        everything = {round(value, 6) for value in source.results[source.metric]}
        curve = drawings.of_kept_edges(source, tuple(source.kept_edges["ranker"].unique()))
        for line in curve.figure.data if curve else ():
            assert {round(float(value), 6) for value in line.y} <= everything
        trained = rows[rows["train_command"].notna()]
        assert trained["train_command"].str.startswith("python -m core ").all()
    published = published_results("disco-olga")
    assert published["source"].ne("").all()
    drawn = drawings.of_paper(our_runs("disco-olga"), "disco-olga", "layers").figure.data
    numbers = {str(line.name): [float(value) for value in line.y if value is not None] for line in drawn}
    assert all(name.startswith(("Ours: ", "Paper: ")) for name in numbers)
    of_paper = [value for name, values in numbers.items() if name.startswith("Paper: ") for value in values]
    assert set(of_paper) == set(published["ndcg"])
    ours = [value for name, values in numbers.items() if name.startswith("Ours: ") for value in values]
    assert set(ours) == set(our_runs("disco-olga").lines["value"])


@pytest.mark.parametrize("look", ["degree", "kept", "compare", "artists", "breadth", "all"])
def test_every_part_stands_with_figures_alone(catalogue: Catalogue, look: str) -> None:
    """As on the bundled catalogue, where no run can be asked."""
    rows = [model_row(catalogue, 0) | {"queries": 9, "candidates": 20, "versions": "{}", "split_hash": "x"}]
    record_results(catalogue, rows)
    assert not open_app("results", look=look).exception


def test_noise_in_words() -> None:
    rng = np.random.default_rng(0)
    noise, degree = rng.normal(size=200), np.zeros(200, np.int64)
    same = paired_by_degree(noise, rng.permutation(noise), degree)
    better = paired_by_degree(noise + 1, noise + 0.1 * rng.normal(size=200), degree)
    assert asking_texts.noise_text("A", "B", same).startswith("Within noise: A minus B")
    assert asking_texts.noise_text("A", "B", better).startswith("Beyond noise: A is better than B by")
    worse = better.assign(mean=-better["mean"], low=-better["high"], high=-better["low"])
    assert asking_texts.noise_text("A", "B", worse).startswith("Beyond noise: B is better than A by")
    assert "nothing can be said" in asking_texts.noise_text("A", "B", same.assign(low=np.nan))
    assert tables.likely_pair(["run:a", "run:b", "pagerank"]) == ("run:a", "pagerank")
    assert tables.likely_pair(["pagerank", "random"]) == ("pagerank", "random")


def test_a_figure_opens_its_runs(measured: Catalogue) -> None:
    app = open_app("results")
    box = app.selectbox(key="measured_figure_standard_test_False")
    box.set_value("run:sage-0000").run()
    assert not app.exception
    shown = app.dataframe[0].value.set_index("")
    assert list(shown) == ["seed 0 (0000)", "seed 1 (0001)"]
    assert shown.loc["catalogue sha256"].tolist() == [measured.content_hash] * 2
    assert shown.loc["split sha256"].iloc[0] == measured.split_hash
    expected = {"chosen epoch": "12", "device": "CPU <b>", "commit": "abc", "trained for": "90 s (2 minutes)"}
    expected |= {"model: layers": "1", "steps": "3200", "protocol": "Standard"}
    assert shown.iloc[:, 0].to_dict().items() >= expected.items()
    assert any(name.startswith("version of torch") for name in shown.index)
    assert "train CATALOGUE --seed 1" in app.code[0].value


def test_a_click_names_a_mark() -> None:
    def click(*points: dict[str, Any]) -> str | None:
        return details.clicked_mark({"selection": {"points": list(points)}})

    assert click({"customdata": "run:a"}) == click({"customdata": ["run:a"]}) == "run:a"
    assert click() is click({"x": 1}) is click({"customdata": [3]}) is details.clicked_mark({}) is None


def test_every_mark_of_a_chart_can_be_opened(measured: Catalogue) -> None:
    source = shown_sources(measured)
    assert set(source.marks) == {"run:sage-0000", "pagerank", "random", "cosine:clap"}
    level = {"pagerank", "random", "cosine:clap"}
    for draw in (figures.by_layer, figures.by_features):
        figure = draw(source.models.assign(short=False), source.yardsticks, source.title)
        assert {mark for line in figure.data for mark in line.customdata} == {"run:sage-0000", *level}
    figure = figures.best_first(source.standings, source.title)
    assert {mark for line in figure.data for mark in line.customdata} == set(source.marks)
    long = [f"{place}, " + "Last.fm tags + Moods-Themes + " * 5 for place in range(len(source.standings))]
    axis = figures.best_first(source.standings.assign(title=long), source.title).layout.yaxis
    assert all(label.count("<br>") == 1 and label.endswith("…") for label in axis.ticktext), "a row has room for two"
    assert list(axis.tickvals) == long[::-1], "the whole name is on hover"
    assert len(source.rows_of_mark("run:sage-0000")) == 2
    assert len(source.rows_of_mark("pagerank")) == 1


def shipped_rows(catalogue: Catalogue) -> pd.DataFrame:
    rows = read_results(catalogue).assign(catalogue="disco-olga")
    pagerank = rows[rows["ranker"] == "pagerank"].iloc[0].to_dict()
    fusion = pagerank | {"ranker": "fusion:sage_and_pagerank", "ndcg": 0.9, "features": "clap"}
    fewer = [line | {"kept_edges": kept, "ndcg": 0.1 * kept} for line in (pagerank, fusion) for kept in (0, 1, 2, 3, 5)]
    return pd.concat([rows, pd.DataFrame([fusion, *fewer])], ignore_index=True)


@pytest.fixture
def shipped_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Another place of the figures that come with Nearfield, where there are none yet."""
    monkeypatch.setattr(results_module, "SHIPPED_FILE", tmp_path / "shipped.csv")
    shipped_source.clear()
    yield tmp_path / "shipped.csv"
    shipped_source.clear()


@pytest.fixture
def shipped(measured: Catalogue, shipped_file: Path) -> pd.DataFrame:
    """Shipped figures of DISCO-OLGA and none of OLGA."""
    rows = shipped_rows(measured)
    rows.to_csv(shipped_file, index=False)
    return rows


def test_shipped_rows_come_back_as_they_were_measured(shipped: pd.DataFrame) -> None:
    read = shipped_results("disco-olga")
    assert len(read) == len(shipped)
    assert read["hide_validation"].dtype == bool
    assert shipped_results("olga").empty
    source = Source("disco-olga", "key", read, "standard", "test", False)
    assert source.baselines["ranker"].iloc[0] == "fusion:sage_and_pagerank"
    assert source.titles["fusion:sage_and_pagerank"] == "Fusion (sage and pagerank)"
    assert source.rows["kept_edges"].isna().all()
    assert source.models["seeds"].tolist() == [2]
    table = tables.standings_table(source.standings, source.title)
    assert table.set_index("similarity")["kind"]["Fusion (sage and pagerank)"] == "Several joined"
    assert "Several joined: Fusion (sage and pagerank), 0.900." in chart_texts.describe_best(source.standings)


def test_nothing_shipped_is_said(catalogue: Catalogue, shipped_file: Path) -> None:
    assert shipped_results("olga").empty
    app = open_app("results", real="olga")
    assert not app.exception
    assert any("No figures measured on OLGA were shipped" in each.value for each in app.info)


@pytest.mark.parametrize("part", ["degree", "kept", "all"])
def test_real_music_is_shown_whichever_catalogue_is_open(shipped: pd.DataFrame, part: str) -> None:
    app = open_app("results", real_part=part)
    assert not app.exception
    assert "Real artists" in [each.value for each in app.header]
    assert any("Measured by Nearfield, real artists, NDCG@200, test artists" in text for text in texts(app))
    box = app.selectbox(key="shipped_disco-olga_figure_standard_test_False")
    assert box.options[0] == "Fusion (sage and pagerank)"
    box.set_value("fusion:sage_and_pagerank").run()
    assert not app.exception
    assert any(code.value.startswith("python -m core evaluate") for code in app.code)


def test_only_measured_protocols_are_offered_for_real_artists(shipped: pd.DataFrame) -> None:
    app = open_app("results", protocol="cold", real_protocol="cold")
    assert not app.exception
    assert parameter(app, "protocol") == "cold"
    assert any("Measured by Nearfield, real artists, NDCG@200, test artists" in text for text in texts(app))


def test_the_curve_over_kept_edges(shipped: pd.DataFrame) -> None:
    curve = by_kept_edges(shipped, "standard", "test")
    titles = {name: ranker_title(name) for name in curve["ranker"]}
    figure = figures.by_kept_edges(curve, titles, "NDCG")
    assert [line.name for line in figure.data] == ["Fusion (sage and pagerank)", "PageRank"]
    assert list(figure.data[0].x) == ["0", "1", "2", "3", "5", "all"]
    assert list(figure.layout.xaxis.categoryarray) == ["0", "1", "2", "3", "5", "all"]


def test_ways_from_a_clip_stand_apart_from_rankers() -> None:
    app = open_app("results")
    assert not app.exception
    assert "From a clip to artists" in [header.value for header in app.header]
    rows = read_results(open_catalogue(data_folder() / BUNDLED))
    found = summary.clip_rows(rows, "clip")
    assert found["value"].is_monotonic_decreasing
    assert {"random", "clap", "isolated", "tied", "fusion"} <= set(found["way"])
    assert not summary.rows_of_view(rows, "cold", "test")["ranker"].str.startswith("clip:").any()


def test_a_chart_is_drawn_once_and_enlarged_for_one_visitor_only(monkeypatch: pytest.MonkeyPatch) -> None:
    source = shipped_source("shipped_disco-olga", "disco-olga", "standard", False)
    drawn = drawings.of_part(source, "best")
    assert drawn is not None
    assert drawings.of_part(source, "best") is drawn
    before, shown = drawn.figure.to_json(), []
    monkeypatch.setattr(charts.st, "plotly_chart", lambda figure, **_: shown.append(figure))
    monkeypatch.setattr(charts, "show_table", lambda *_: None)
    for scale in (1.0, 2.0):
        monkeypatch.setattr(charts.st, "session_state", {charts._SCALE: scale})
        charts.show_chart(drawn.figure, drawn.table, drawn.alt, "key")
    assert shown[0] is drawn.figure
    assert drawn.figure.to_json() == before
    assert shown[1].layout.font.size == 2 * charts._TEXT
    assert shown[1].data[0].x == pytest.approx(shown[0].data[0].x)


def test_enlarged_lines_keep_their_proportions() -> None:
    figure = go.Figure([go.Scatter(y=[1], line_width=4), go.Scatter(y=[1], line_width=1.5), go.Scatter(y=[1])])
    figure.data[1].marker.size = [3, 4]
    larger = charts._enlarged(figure, 2)
    assert [trace.line.width for trace in larger.data] == [8, 3, 4]
    assert larger.data[0].marker.size == 12
    assert list(larger.data[1].marker.size) == [3, 4]


def test_feature_sets_drawn_beside_each_other_have_colours_of_their_own() -> None:
    everything = "moods_themes+musicbrainz_tags+lastfm_tags+audio_descriptors"
    names = ["random", "moods_themes", "audio_descriptors", "lastfm_tags", "musicbrainz_tags", everything]
    order = feature_order(names)
    places = [place_in_order(name, order) for name in names]
    assert len({series_encoding(place).colour for place in places}) == len(names)
    assert [place_in_order(name, [name]) for name in names] == places, "whatever else is drawn"
    assert place_in_order("own_set", feature_order([*names, "own_set"])) not in places


def test_a_similarity_has_its_colour_whatever_is_drawn_beside_it() -> None:
    usual = ["fusion:recommended", "pairs:recommended", "pagerank", "cosine:clap", "random", "run:sign3-x"]
    places = similarity_places(usual)
    assert places == [0, 1, 2, 3, 4, 5]
    assert [similarity_places([name])[0] for name in usual] == places
    many = [*usual, "short-walk", "cosine:moods_themes", "run:sage2-a", "run:sage2-b"]
    assert len(set(similarity_places(many))) == len(many)
    assert len({series_encoding(place).colour for place in similarity_places(many[:8])}) == 8
