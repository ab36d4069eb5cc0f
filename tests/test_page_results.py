"""The Results page: empty, with yardsticks, with models, on every protocol, beside what papers report."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.catalogue import Catalogue
from core.catalogue.library import DATA_VARIABLE
from core.evaluation.results import published_results, read_results, record_results
from core.evaluation.summary import MODEL_COLUMNS, YARDSTICK_COLUMNS, models_by_layer, yardstick_names
from pages.results import figures, labels, tables
from pages.shell.charts import DASHES, OKABE_ITO, SYMBOLS, series_look
from tests.graphs import random_catalogue
from tests.pages_support import button_labels, hostile, open_app, press, texts
from tests.test_results_table import run_row

__all__ = ["hostile"]


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    return random_catalogue(tmp_path)


def test_empty_then_yardsticks_then_a_model(catalogue: Catalogue) -> None:
    app = open_app("results")
    assert not app.exception
    assert any("No model has been measured here yet" in text for text in texts(app))
    assert any("synthetic" in warning.value for warning in app.warning) == (catalogue.manifest.kind == "synthetic")

    app = press(app, "Compute the yardsticks")
    assert not app.exception
    assert not [label for label in button_labels(app) if label.startswith("Compute")]
    assert set(read_results(catalogue)["ranker"]) == set(yardstick_names(catalogue))

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


def test_nonsense_in_the_url_is_the_default(catalogue: Catalogue) -> None:
    app = open_app("results", protocol="best", split="<script>")
    assert not app.exception
    assert (app.session_state["protocol"], app.session_state["split"]) == ("standard", "test")


def test_measured_and_published_are_labelled_apart(catalogue: Catalogue) -> None:
    said = texts(open_app("results"))
    assert any(
        "Published: Grötschla et al. 2024, on DISCO-OLGA, real music, metric with the off-by-one" in text
        for text in said
    )
    assert any("not comparable" in text for text in said)


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
    looks = [series_look(index) for index in range(24)]
    assert len(set(looks)) == 24
    first = looks[:8]
    for values, known in (("colour", OKABE_ITO), ("symbol", SYMBOLS), ("dash", DASHES)):
        assert [getattr(look, values) for look in first] == list(known)


def test_a_feature_set_keeps_its_look_in_both_panels() -> None:
    published = figures.published_as_models(published_results())
    order = labels.feature_order(published["features"])
    assert order[0] == "random"
    assert labels.look_index("clap", ["clap"]) == labels.look_index("clap", order)
    assert labels.look_index("own_set", ["clap", "own_set"]) == len(order)


def test_published_figures_hold_every_number() -> None:
    published = figures.published_as_models(published_results())
    nothing = pd.DataFrame(columns=YARDSTICK_COLUMNS)
    lines = figures.by_layer(published, nothing, "NDCG").data
    assert len(lines) == 8
    random = next(line for line in lines if line.name == "Random")
    assert list(random.y) == [0.0181, 0.1487, 0.3088, 0.3466, 0.36]
    bars = figures.by_features(published, nothing, "NDCG").data
    assert sum(len(bar.y) for bar in bars) == len(published)
    places = np.concatenate([bar.x for bar in bars])
    assert len(np.unique(places)) == len(places)


def test_yardsticks_are_lines_with_labels_that_do_not_touch(catalogue: Catalogue) -> None:
    yardsticks = pd.DataFrame(
        [["pagerank", 0.5, 0.4, 0.6], ["adamic-adar", 0.499, 0.4, 0.6], ["random", 0.0, 0.0, 0.0]],
        columns=YARDSTICK_COLUMNS,
    )
    record_results(catalogue, [run_row(catalogue, "a", 0.45)])
    models = models_by_layer(read_results(catalogue), "ndcg")
    figure = figures.by_layer(models, yardsticks, "NDCG")
    assert [line.y[0] for line in figure.data[1:]] == [0.5, 0.499, 0.0]
    heights = [label.y for label in figure.layout.annotations]
    assert all(above - below > 0.02 for above, below in zip(heights, heights[1:], strict=False))
    assert figures.by_layer(pd.DataFrame(columns=MODEL_COLUMNS), yardsticks, "NDCG").data


def test_labels_spread_as_little_as_needed() -> None:
    assert figures.spread_labels([0.9, 0.5, 0.1], 0.1) == [0.9, 0.5, 0.1]
    assert figures.spread_labels([0.5, 0.5, 0.5], 0.1) == pytest.approx([0.5, 0.4, 0.3])
    assert figures.spread_labels([0.0, 0.0], 0.1) == pytest.approx([0.15, 0.05])


def test_panels_are_called_comparable_only_where_they_are(catalogue: Catalogue) -> None:
    def said(metric: str, split: str) -> str:
        return tables.comparison_text(catalogue, catalogue.name, metric, "ndcg_published", split, False)

    if catalogue.manifest.kind == "synthetic":
        assert "invented" in said("ndcg_published", "test")
    else:
        assert "can be compared" in said("ndcg_published", "test")
        assert "different definitions" in said("ndcg", "test")
        assert "test artists" in said("ndcg_published", "val")
