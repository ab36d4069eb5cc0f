"""Every page on catalogues that lack most of what a catalogue may have: what it says, and what it must not say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.catalogue import Catalogue
from core.catalogue.library import DATA_VARIABLE
from core.maps.build import map_space
from core.search.spaces import list_spaces
from tests.support.any_catalogues import CASES, any_catalogue
from tests.support.pages import PAGES, button_labels, open_app, texts
from tests.support.stored_maps import scattered

ANYWHERE = re.compile(r"\b(nan|None(?![:.])|[Kk]nown (as )?similar|similar artist is known|Train artist)\b")
"""What no page may say on any of them; their splits were made up."""

EDGES_ASSUMED = ("listened to together", "played together", "listed as similar", "✓ known", "Start training")
"""What a page may say only of edges that are there."""

CANNOT_LEARN = [name for name, case in CASES.items() if not case.has_learned]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the catalogue of each case."""
    folder = tmp_path_factory.mktemp("any")
    for name in CASES:
        any_catalogue(folder, name)
    return folder


@pytest.fixture(autouse=True)
def data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(folder))


def opened(name: str, page: str, **query: str) -> AppTest:
    """The page on the catalogue of a case, which must open without an exception."""
    app = open_app(page, catalogue=name, **query)
    assert not app.exception, app.exception[0].value
    return app


def everything(app: AppTest) -> str:
    """All that the page says, with the labels, options and hints of its widgets and its commands."""
    widgets = [
        str(text)
        for kind in (app.selectbox, app.multiselect, app.button, app.metric, app.button_group, app.select_slider)
        for widget in kind
        for text in (widget.label, getattr(widget, "help", ""), *getattr(widget, "options", ()))
    ]
    return "\n".join([*texts(app), *widgets, *(code.value for code in app.code)])


@pytest.mark.parametrize("name", CASES)
def test_every_page_reads_well(name: str) -> None:
    case = CASES[name]
    for page in PAGES:
        for artist in ({}, {"artist": "id-0"}) if page in ("explore", "neighbourhood", "map") else ({},):
            app = opened(name, page, **artist)
            said = everything(app)
            assert not ANYWHERE.search(said), page
            if not case.relations:
                assert not [phrase for phrase in EDGES_ASSUMED if phrase in said], page
            empty = [box.label for box in (*app.selectbox, *app.multiselect) if not box.options]
            assert empty in ([], ["Highlight"]), page  # any word can be typed there


def test_one_artist_has_nobody_to_be_compared_with() -> None:
    app = opened("one_artist", "explore", artist="id-0")
    assert any("only artist of the catalogue" in text for text in texts(app))
    assert "Compare" not in button_labels(app)
    assert not app.multiselect
    assert any("Take the tour" in label for label in button_labels(open_app(catalogue="listened")))
    assert not any("Take the tour" in label for label in button_labels(open_app(catalogue="one_artist")))
    assert any("A map needs two or more" in text for text in texts(opened("one_artist", "map")))
    assert any("no neighbourhood" in text for text in texts(opened("one_artist", "neighbourhood", artist="id-0")))


def test_nothing_to_compare_by_says_how_to_get_something() -> None:
    for page in ("explore", "map", "clip", "catalogues"):
        app = opened("nothing", page, artist="id-0")
        assert any(f"extract ${DATA_VARIABLE}/nothing --audio FOLDER" in code.value for code in app.code), page
    assert not opened("nothing", "explore", artist="id-0").multiselect
    assert any("nobody can be predicted" in text for text in texts(opened("nothing", "neighbourhood")))


@pytest.mark.parametrize("name", CANNOT_LEARN)
def test_without_known_edges_nothing_is_trained_walked_or_measured(name: str) -> None:
    train = opened(name, "train")
    assert any("No model can be trained here" in text for text in texts(train))
    assert "Start training" not in button_labels(train)
    assert not train.number_input
    results = opened(name, "results")
    assert any("Nothing can be measured on this catalogue" in text for text in texts(results))
    assert not any("No model has been measured here yet" in text for text in texts(results))
    explore = opened(name, "explore", artist="id-0")
    assert not any("PageRank" in text or "✓ known" in text for text in texts(explore))
    assert any("no known edge" in text for text in texts(explore))


def test_kinds_of_edges_that_models_do_not_learn_are_named() -> None:
    train = "\n".join(texts(opened("unlearned", "train")))
    assert "learn none of its kinds of edges" in train
    assert "listened to together" in train
    facts = opened("unlearned", "explore", artist="id-0").caption[0].value
    assert facts == "no known edge · 2 edges (listened to together)"


def test_edges_are_worded_as_their_relation_says() -> None:
    facts = opened("several", "explore", artist="id-0").caption[0].value
    assert facts == "2 known edges (listened to together) · 2 edges (listed as similar) · 2 edges (played together)"
    assert not any("listed as similar" in text for text in texts(open_app(catalogue="listened")))
    explore = texts(opened("listened", "explore", artist="id-0"))
    assert any("✓ known: listened to together" in text for text in explore)
    assert not any("similar" in text for text in explore)
    assert any("listened to together" in text for text in texts(opened("listened", "neighbourhood")))
    edges = next(metric for metric in opened("listened", "catalogues").metric if metric.label == "Known edges")
    assert "listened to together" in edges.help


def test_a_reason_says_what_the_edge_is() -> None:
    app = opened("listened", "explore", artist="id-0", why=["id-1", "clap"])  # type: ignore[arg-type]
    said = "\n".join(texts(app))
    assert "The catalogue has an edge between the two" in said
    assert "edge: listened to together" in said


def test_a_training_command_names_this_catalogue() -> None:
    said = texts(opened("edges_only", "results"))
    assert any(f"train ${DATA_VARIABLE}/edges_only --features random" in text for text in said)
    assert not any("CATALOGUE" in text for text in said)


@pytest.mark.parametrize("name", ["two_artists", "five_artists", "listened"])
def test_a_small_map_can_be_made_and_shown(name: str, folder: Path) -> None:
    catalogue = _catalogue(folder, name)
    if len(catalogue) < 16:  # more are laid out by UMAP, which takes too long to compile for a test
        assert map_space(catalogue, "clap").present.all()
    else:
        scattered(catalogue)
    for artist in ({}, {"artist": "id-0"}):
        for colour in ("Similarity to the chosen artist", "Split", ""):
            said = texts(opened(name, "map", colour=colour, **artist))
            assert not any("There is no map" in text for text in said)


@pytest.mark.parametrize(("name", "spaces"), [("nothing", []), ("one_set", ["clap"]), ("edges_only", ["pagerank"])])
def test_only_spaces_that_can_answer_are_offered(name: str, spaces: list[str], folder: Path) -> None:
    assert [space.name for space in list_spaces(_catalogue(folder, name))] == spaces


def _catalogue(folder: Path, name: str) -> Catalogue:
    from core.catalogue import open_catalogue

    return open_catalogue(folder / name)
