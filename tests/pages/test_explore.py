"""The Explore page: searching, choosing, comparing spaces, and what it says when there is nothing to say."""

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.catalogue import Catalogue, open_catalogue
from core.catalogue.library import BUNDLED, DATA_VARIABLE, data_folder
from core.curation import read_lists
from core.experiments.results import read_results
from core.experiments.summary import Standing, space_standings
from core.graph.adjacency import adjacency
from core.search.evidence import gather_evidence
from core.search.exploration import Query
from core.search.filters import Filters, filters_to_text
from core.search.fusion import FusionWeights
from core.search.fusions import save_fusion
from core.search.spaces import Space, open_space
from core.search.starting import starting_artists
from core.similarity import similar
from core.space_name import SpaceName
from core.text import counted
from pages.artists import texts as artist_texts
from pages.artists.card import artist_links
from pages.artists.nearest import follow
from pages.components.result_list import Result, ResultEvent, event_from_payload, list_data
from pages.explore import comparing, filtering, question
from pages.explore import texts as explore_texts
from pages.explore.question import go_on, query_said
from pages.shell import visitor
from pages.shell.text import plain, plain_list
from tests.support import pages as pages_support
from tests.support.pages import (
    HOSTILE_NAMES,
    Address,
    button_labels,
    hostile_catalogue,
    open_app,
    parameter,
    press,
    texts,
)

hostile = pages_support.hostile
LONER = len(HOSTILE_NAMES) - 1


def drawn_lists(app: AppTest) -> dict[str, dict[str, Any]]:
    """The data of each list that the page draws, by the name of its space."""
    protos = [element.proto for element in app.get("bidi_component")]
    return {
        proto.id.rpartition("results_")[2]: json.loads(proto.json or proto.mixed.json)
        for proto in protos
        if proto.component_name == "nearfield_result_list"
    }


def ask_why(app: AppTest, space: str, artist_id: str) -> AppTest:
    """What a click on "Why?" leaves behind for the run after it; the browser's event cannot be sent here."""
    app.query_params["why"] = [artist_id, space]
    return app.run()


def test_first_run_says_what_to_do_and_offers_artists(hostile: Catalogue) -> None:
    app = open_app()
    assert not app.exception
    assert explore_texts.PITCH in texts(app)
    assert any("12 **invented** artists" in text for text in texts(app))
    starting = [button for button in app.button if button.key.startswith("start_")]
    assert len(starting) == 3
    starting[0].click().run()
    assert not app.exception
    assert parameter(app, "artist") in hostile.row_of
    assert any("Nearest artists" in text for text in texts(app))


def test_the_first_screen_has_three_ways_in_and_one_for_own_music() -> None:
    app = open_app()
    assert not app.exception
    assert {texts_of for texts_of in texts(app) if texts_of.startswith("**By ")} == {
        explore_texts.BY_ARTIST,
        explore_texts.BY_SOUND,
        explore_texts.BY_WORDS,
    }
    links = {link.label: link.query_string for link in (each.proto for each in app.get("page_link"))}
    assert links[explore_texts.ADD_MUSIC] == "part=music"
    assert links[explore_texts.OWN_CLIP] == "by=Sound"
    assert links[explore_texts.SAMPLE_CLIP] == "by=Sound&sample=1"
    assert links[explore_texts.EXAMPLE_WORDS[0]].startswith("by=Words&words=slow")


def test_the_map_of_the_first_screen_shows_examples_with_their_true_nearest() -> None:
    app = open_app()
    (data,) = [
        json.loads(each.proto.json or each.proto.mixed.json)
        for each in app.get("bidi_component")
        if each.proto.component_name == "nearfield_linked_maps"
    ]
    catalogue = open_catalogue(data_folder() / BUNDLED)
    assert data["artist"] is None
    assert [example["artist"] for example in data["examples"]] == starting_artists(catalogue).tolist()
    space = data["maps"][0]["map"].partition(".")[2]
    for example in data["examples"]:
        nearest = similar(open_space(catalogue, space), example["artist"], len(example["nearest"]))
        assert example["nearest"] == nearest.rows.tolist()


def test_without_a_map_the_first_screen_names_who_is_near_and_says_how_to_make_one(hostile: Catalogue) -> None:
    app = open_app()
    assert any("no map yet" in text for text in texts(app))
    assert any(text.startswith("Near **") for text in texts(app))
    near = next(button for button in app.button if button.key.startswith("near_"))
    row = int(near.key.rpartition("_")[2])
    near.click().run()
    assert not app.exception
    assert parameter(app, "artist") == hostile.id_of(row)


def test_random_artist_button_chooses_one(hostile: Catalogue) -> None:
    app = press(open_app(), "Random")
    assert not app.exception
    assert parameter(app, "artist") in hostile.row_of


def test_search_lists_hits_with_hints_and_a_hit_is_chosen(hostile: Catalogue) -> None:
    app = open_app()
    app.text_input(key="find").set_value("twin").run()
    hits = [button for button in app.button if button.key.startswith("find_hit_")]
    assert len(hits) == 2
    assert hits[0].label != hits[1].label
    assert "known edge" in hits[0].label
    hits[0].click().run()
    assert not app.exception
    assert parameter(app, "artist") in ("a08", "a09")
    assert app.text_input(key="find_1").value == ""


def test_a_name_that_is_absent_is_said_to_be_before_names_like_it(hostile: Catalogue) -> None:
    app = open_app()
    app.text_input(key="find").set_value("lonner").run()
    assert any("No artist here is called “lonner”" in text for text in texts(app))
    assert any("data-nf-others" in block.proto.body for block in app.get("html"))
    assert [button.key for button in app.button if button.key.startswith("find_hit_")] == ["find_hit_11"]
    app.text_input(key="find").set_value("lone").run()
    assert not any("No artist here is called" in text for text in texts(app))
    assert not any("data-nf-others" in block.proto.body for block in app.get("html"))
    app.text_input(key="find").set_value("oner").run()
    assert any("No artist here is called “oner”. Names that contain it:" in text for text in texts(app))


def test_search_without_a_hit_says_so(hostile: Catalogue) -> None:
    app = open_app()
    app.text_input(key="find").set_value("zzzzzz").run()
    assert any("“zzzzzz” is not in this catalogue, and no name here is like it." in text for text in texts(app))


def test_results_stand_per_space(hostile: Catalogue) -> None:
    app = open_app(artist="a00")
    assert not app.exception
    headings = [text for text in texts(app) if text.startswith("####")]
    assert len(headings) == 3
    drawn = drawn_lists(app)
    assert len(drawn) == 3
    assert drawn["clap"]["label"] == "Nearest artists: CLAP"
    results = drawn["clap"]["results"]
    assert len({result["artist_id"] for result in results} & set(hostile.row_of)) == 10
    scores = [float(result["score"]) for result in results]
    assert scores == sorted(scores, reverse=True)
    assert not any("bar" in result for result in results), "scores of different spaces cannot be compared"
    assert any("✓ known" in result["evidence"] for result in results)


def test_a_choice_in_a_list_leads_on_or_asks_for_reasons(hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    query = Address()
    monkeypatch.setattr(st, "query_params", query)
    go = partial(go_on, hostile)
    follow(hostile, "clap", go, "", {}, ResultEvent("why", "a03", 1))
    assert query == {"why": ["a03", "clap"]}
    follow(hostile, "clap", go, "", {}, ResultEvent("go", "a04", 2))
    assert query == {"artist": "a04"}


def test_an_event_of_a_list_is_understood() -> None:
    payload = {"kind": "why", "artist_id": "a1", "nonce": 7}
    assert event_from_payload(payload, {"a1"}) == ResultEvent("why", "a1", 7)
    assert event_from_payload(payload | {"kind": "play"}, {"a1"}) == ResultEvent("play", "a1", 7)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "a1",
        {},
        {"kind": "go", "artist_id": "a1"},
        {"kind": "delete", "artist_id": "a1", "nonce": 1},
        {"kind": "go", "artist_id": ["a1"], "nonce": 1},
        {"kind": "go", "artist_id": "a1", "nonce": "1"},
        {"kind": "go", "artist_id": "stranger", "nonce": 1},
    ],
)
def test_anything_else_is_no_event(payload: object) -> None:
    assert event_from_payload(payload, {"a1"}) is None


def test_names_of_a_list_are_cut_and_on_one_line() -> None:
    names = ("<b>x</b>", "a\nb\u202ec", "x" * 300)
    drawn = list_data([Result(str(i), name, "0.5", "") for i, name in enumerate(names)], "Sound")
    assert [line["name"] for line in drawn["results"]] == ["<b>x</b>", "a bc", "x" * 39 + "…"]
    assert drawn["results"][0]["why"] == "Why <b>x</b>?"
    assert drawn["results"][0]["play"] == "Play <b>x</b>"
    assert json.loads(json.dumps(drawn)) == drawn


def test_only_the_artist_in_the_player_is_marked() -> None:
    results = [Result(name, name, "0.5", "", audible=name != "c") for name in "abc"]
    drawn = list_data(results, "Sound", playing="b")["results"]
    assert [line["playing"] for line in drawn] == [False, True, False]
    assert [line["audible"] for line in drawn] == [True, True, False]
    assert not any(line["playing"] for line in list_data(results, "Sound")["results"])


def test_each_space_says_what_it_rests_on(hostile: Catalogue) -> None:
    said = " ".join(texts(open_app(artist="a00")))
    assert "Uses no known edge." in said
    assert "Rests on the artist’s 3 known edges." in said


def test_each_space_says_how_good_it_was_measured_to_be() -> None:
    app = open_app(artist="syn-0006")
    standings = space_standings(read_results(open_catalogue(data_folder() / BUNDLED)))
    said = " ".join(caption.value for caption in app.caption)
    assert (
        f"NDCG@200 **{standings['fusion:recommended'].value:.3f}**, by chance {standings['random'].value:.3f}." in said
    )
    assert f"NDCG@200 **{standings['clap'].value:.3f}**" in said
    assert explore_texts.quality(None, 0.5, has_edges=True) == "Not measured yet."
    assert explore_texts.quality(Standing(0.5, 0.4, 0.6, float("nan")), 0.5, has_edges=True) == "NDCG@200 **0.500**."
    weak = explore_texts.quality(Standing(0.099, 0, 1, 0.025), 0.628, has_edges=True)
    assert weak == "**Weak here:** NDCG@200 **0.099** against 0.628 of the best here, by chance 0.025."
    joined = explore_texts.quality(Standing(0.5, 0.4, 0.6, float("nan")), 0.5, has_edges=True, joined=True)
    assert joined == "NDCG@200 **0.500**, asked with one artist."


def test_the_best_measured_space_comes_first(disco_olga: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(disco_olga.path.parent))
    portishead = disco_olga.artists["artist_id"][disco_olga.display_names == "Portishead"].iloc[0]
    app = open_app(catalogue=disco_olga.path.name, artist=portishead)
    assert not app.exception
    headings = [text for text in texts(app) if text.startswith("####")]
    assert headings[0].startswith("#### Graph walk")
    assert sum("Weak here" in text for text in texts(app)) == 3
    empty = open_app(catalogue=disco_olga.path.name, artist=disco_olga.id_of(loner_of(disco_olga)))
    headings = [text for text in texts(empty) if text.startswith("####")]
    assert headings.index("#### Graph walk \\(PageRank\\)") > 0


def loner_of(catalogue: Catalogue) -> int:
    """An artist with tags and without known edges."""
    tagged = ~np.isnan(catalogue.feature_array("musicbrainz_tags")[:, 0])
    alone = np.bincount(catalogue.learned_edges.ravel(), minlength=len(catalogue)) == 0
    return int(np.flatnonzero(tagged & alone)[0])


def test_artist_that_no_space_knows_gets_plain_words(hostile: Catalogue) -> None:
    app = open_app(artist=f"a{LONER:02d}")
    assert not app.exception
    said = [info.value for info in app.info]
    assert sum("knows nothing about the artist" in text for text in said) == 2
    assert sum("No edge of the artist is known" in text for text in said) == 1
    assert not drawn_lists(app)


def test_hostile_names_are_shown_as_text(hostile: Catalogue) -> None:
    app = open_app()
    for row in range(len(HOSTILE_NAMES)):
        app.query_params["artist"] = f"a{row:02d}"
        app.run()
        assert not app.exception
        assert len(app.header) == 1
        for label in [app.header[0].value, *button_labels(app)]:
            assert "<script>" not in label
            assert "[link](" not in label
            assert ":smile:" not in label


def test_no_markup_holds_a_name(hostile: Catalogue) -> None:
    app = open_app(artist="a00")
    for block in app.get("html"):
        assert "script" not in block.proto.body.replace("data-test-script-state", "")
        assert "Twin" not in block.proto.body
    component = pages_support.ROOT / "pages" / "components" / "result_list"
    script = (component / "result_list.js").read_text(encoding="utf-8")
    assert not [way for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write") if way in script]


def test_why_opens_with_shared_artists_tags_and_places(hostile: Catalogue) -> None:
    app = open_app(artist="a00")
    known = [line["artist_id"] for line in drawn_lists(app)["clap"]["results"] if "✓ known" in line["evidence"]]
    ask_why(app, "clap", "a02" if "a02" in known else known[0])
    assert not app.exception
    said = " ".join(texts(app))
    assert "The catalogue has an edge between the two" in said
    assert "**Known edges to both**" in said
    assert "**Moods:** 2 tags in common, rarest first: dark" in said
    assert "| Space | Place | Own score | Agrees |" in said
    assert "A space agrees when" in said
    del app.query_params["why"]
    app.run()
    assert not any("Known edges to both" in text for text in texts(app))


def test_why_takes_a_fusion_apart(hostile: Catalogue) -> None:
    weights = FusionWeights((SpaceName("pagerank"), SpaceName("cosine:clap")), (True, False), ((1.0,) * 6, (0.5,) * 6))
    save_fusion(hostile, "both", weights, {"command": "", "commit": "", "versions": {}})
    app = open_app(artist="a01")
    assert any(text.startswith("#### Fusion") for text in texts(app))
    ask_why(app, "fusion:both", "a02")
    assert not app.exception
    (table,) = [text for text in texts(app) if "What the fusion adds up" in text]
    score = float(open_space(hostile, "fusion:both").scores(np.array([1]))[0, 2])
    assert f"**{score:.2f}**" in table
    assert "Graph walk" in table
    assert "| Adds to the sum |" in table
    assert any("| Own score |" in text for text in texts(app)), "what a part adds is not its score"


@pytest.mark.parametrize("asked", [["stranger", "clap"], ["a02", "no such space"], ["a00", "clap"], ["a02"], []])
def test_a_link_to_reasons_that_make_no_sense_opens_the_page_alone(hostile: Catalogue, asked: list[str]) -> None:
    app = open_app(artist="a00")
    app.query_params["why"] = asked
    app.run()
    assert not app.exception
    assert drawn_lists(app)
    assert not any("Known edges to both" in text for text in texts(app))


def test_spaces_can_be_chosen_and_none_is_said(hostile: Catalogue) -> None:
    app = open_app(artist="a00")
    app.multiselect(key="spaces").set_value(["clap"]).run()
    assert len([text for text in texts(app) if text.startswith("####")]) == 1
    app.multiselect(key="spaces").set_value([]).run()
    assert not app.exception
    assert any("Choose at least one space" in info.value for info in app.info)


def test_unknown_artist_in_the_link_is_said_and_forgotten(hostile: Catalogue) -> None:
    app = open_app(artist="nobody")
    assert not app.exception
    assert any("does not hold" in warning.value for warning in app.warning)
    assert explore_texts.PITCH in texts(app)


def test_switching_catalogue_keeps_the_page_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    hostile_catalogue(tmp_path, "one")
    hostile_catalogue(tmp_path, "two", kind="real")
    app = open_app(catalogue="one", artist="a00")
    app.sidebar.selectbox(key="catalogue").set_value("two").run()
    assert not app.exception
    press(app, "Random")
    assert not app.exception


def test_links_lead_out_for_real_artists_only(tmp_path: Path) -> None:
    real, invented = hostile_catalogue(tmp_path, "real", "real"), hostile_catalogue(tmp_path, "invented")
    assert artist_links(invented, 1) == {}
    assert list(artist_links(real, 0)) == ["MusicBrainz", "ListenBrainz"]
    assert artist_links(real, 1)["AllMusic"] == "https://www.allmusic.com/artist/mn0000000001"


def test_bundled_catalogue_opens() -> None:
    app = open_app(artist="syn-0002")
    assert not app.exception
    assert drawn_lists(app)["pagerank"]["results"]


def test_plain_escapes_every_sign_and_keeps_letters() -> None:
    assert plain("AC*DC_[x](y)") == r"AC\*DC\_\[x\]\(y\)"
    assert plain("a\nb\u202ec") == "a bc"
    assert plain("שלום").startswith("\u2068")
    assert plain("abcdef", 4) == "abc…"
    assert ":s" not in plain(":smile:")
    assert plain("") == ""


def test_lists_and_numbers_read_well() -> None:
    assert plain_list(["a", "b", "c"], 2) == "a, b and 1 more"
    assert plain_list([]) == ""
    assert counted(1, "artist") == "1 artist"
    assert counted(1200, "artist") == "1,200 artists"


def test_texts_name_the_unit_and_the_basis() -> None:
    sound, walk = Space(SpaceName("clap"), "", True), Space(SpaceName("pagerank"), "", False)
    assert artist_texts.score_text(sound, 0.5) == "0.500"
    assert artist_texts.score_text(walk, 0.005) == "0.50%"
    assert explore_texts.basis(True, True, [0]) == "No edge of the artist is known, so features alone decide."
    assert explore_texts.basis(True, True, [1]) == "Rests on the artist’s 1 known edge, and on features."
    assert explore_texts.basis(True, False, [3]) == "Rests on the artist’s 3 known edges."
    assert explore_texts.basis(True, False, [3, 4]) == "Rests on the 7 known edges of the 2 named artists."
    assert "No edge of the artist is known" in explore_texts.nothing_known(walk, 0, is_known=False)


def named_in(app: AppTest, space: str) -> list[str]:
    """Ids of the artists in the list of a space, in order."""
    return [line["artist_id"] for line in drawn_lists(app)[space]["results"]]


def open_box(app: AppTest, key: str) -> AppTest:
    """The page with a popover open; AppTest has no click for it."""
    app.session_state[key] = True
    return app.run()


def test_filters_of_a_link_leave_only_who_passes(hostile: Catalogue) -> None:
    asked = Filters(genres=("Math *Rock*",), popularity=(3.0, None))
    app = open_app(artist="a00", filter=filters_to_text(asked))
    assert not app.exception
    assert set(named_in(app, "clap")) == {"a03", "a05", "a07", "a09"}
    empty = open_app(artist="a00", filter=filters_to_text(Filters(themes=(":heart:",), popularity=(8.0, None))))
    assert not drawn_lists(empty)
    assert sum("Take a filter out" in info.value for info in empty.info) == 3


def test_new_to_the_lists_leaves_out_known_edges_of_all_named_artists(hostile: Catalogue) -> None:
    app = open_app(artist="a00", like="a05", filter="new")
    assert not app.exception
    assert set(named_in(app, "clap")) == {f"a{row:02d}" for row in (3, 7, 8, 9)}


def test_artists_of_ones_own_lists_are_left_out_if_asked(hostile: Catalogue) -> None:
    app = open_app(artist="a00", filter="unlisted")
    assert len(named_in(app, "clap")) == 10
    press(app, "Keep")
    app.query_params["artist"] = "a01"
    app.run()
    assert not app.exception
    assert "a00" not in named_in(app, "clap")


def test_artists_known_elsewhere_are_named(hostile: Catalogue) -> None:
    relation = hostile.manifest.relations[0]
    assert explore_texts.elsewhere(relation, ["A*", "B"]) == "Not in this catalogue, listed as similar: A\\*, B"


@pytest.mark.parametrize("text", ["nonsense", "genres.Polka"])
def test_a_filter_that_means_nothing_here_is_said_and_left_out(hostile: Catalogue, text: str) -> None:
    app = open_app(artist="a00", filter=text)
    assert not app.exception
    assert app.warning
    assert parameter(app, "filter") is None
    assert len(named_in(app, "clap")) == 10


def test_filters_are_chosen_in_the_popover_and_reset(hostile: Catalogue) -> None:
    app = open_box(open_app(artist="a00"), "filters")
    assert not app.exception
    app.multiselect(key=filtering.tags_key("moods")).set_value(["$x$"])
    app.session_state["filters"] = True
    app.run()
    assert not app.exception
    assert parameter(app, "filter") == filters_to_text(Filters(moods=("$x$",)))
    assert set(named_in(app, "clap")) == {"a01", "a02", "a03"}
    assert "4 of 12 artists pass" in button_labels(app)
    app.button(key="filter_reset").click()
    app.run()
    assert parameter(app, "filter") is None


def test_exploration_says_what_it_did_and_marks_the_new(hostile: Catalogue) -> None:
    plain_list_ = open_app(artist="a00")
    assert not any("→" in caption.value for caption in plain_list_.caption)
    app = plain_list_
    app.select_slider(key="dial_stop").set_value("1").run()
    assert not app.exception
    assert parameter(app, "dial") == "1"
    assert any("Mean popularity" in caption.value and "→" in caption.value for caption in app.caption)
    assert any("★ further out: not in the list" in caption.value for caption in app.caption)
    app.select_slider(key="dial_stop").set_value("0").run()
    assert parameter(app, "dial") is None


def test_others_are_named_as_chips_and_taken_out(hostile: Catalogue) -> None:
    app = open_app(artist="a00", like="a01", unlike="a02")
    assert not app.exception
    assert not {"a00", "a01", "a02"} & set(named_in(app, "clap"))
    assert any("in standard deviations" in caption.proto.help for caption in app.caption)
    said = query_said(hostile, Query((8, 9), (11,)))
    assert said == f"like {hostile.display_names[8]} + {hostile.display_names[9]}, less like Loner"
    assert any("✗ known to the unwanted: " in caption.value for caption in app.caption)
    app.button(key="chip_a02").click().run()
    assert not any("unwanted" in caption.value for caption in app.caption)
    assert parameter(app, "unlike") is None
    app.button(key="chip_a01").click().run()
    assert parameter(app, "like") is None
    assert not [button for button in app.button if button.key.startswith("chip_")]


def test_a_place_under_a_filter_is_recorded_as_one() -> None:
    among_whom = explore_texts.among_whom
    assert among_whom(Filters(), False) == ""
    assert among_whom(Filters(new=True), False) == "among those not known as similar"
    tags = Filters(unlisted=True, genres=("Rock", "Dub"), sets=(("lastfm", ("a", "b")),), decades=(1990, None))
    assert among_whom(tags, True) == (
        "among those not in my lists, not rejected, tagged Rock or Dub or a or others, of the chosen decades"
    )


def test_a_row_kept_under_a_filter_says_so_in_the_list(hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor, "cookie", lambda: "f" * 32)
    app = open_app(artist="a00", filter="new")
    app.button(key="explore_keep_clap").click().run()
    entries = read_lists(hostile.path.parent, "f" * 32, hostile).lists[0].entries
    names = hostile.display_names
    assert {entry.origin.query for entry in entries} == {f"like {names[0]}, among those not known as similar"}


@pytest.mark.parametrize("like", [["nobody"], ["a00"], ["a01", "a01"], [f"a{row:02d}" for row in range(12)]])
def test_any_link_is_a_question(hostile: Catalogue, like: list[str]) -> None:
    app = AppTest.from_file(str(pages_support.ROOT / "pages" / "shell" / "main.py"), default_timeout=60)
    app.query_params["artist"] = "a00"
    app.query_params["like"] = like
    app.query_params["unlike"] = ["a01", "stranger"]
    app.query_params["dial"] = "7"
    app.run()
    assert not app.exception
    chips = [button.key for button in app.button if button.key.startswith("chip_")]
    assert len(chips) == len(set(chips))


def test_why_says_how_sure_and_leads_to_more_like_this(hostile: Catalogue) -> None:
    app = ask_why(open_app(artist="a00"), "clap", "a05")
    assert any(re.search(r"known edges: .* 3, .* 2\]", text) for text in texts(app))
    assert any(text.startswith("**Confidence: ") for text in texts(app))
    app.button(key="why_like").click().run()
    assert not app.exception
    assert parameter(app, "like") == "a05"
    ask_why(app, "clap", "a03")
    assert any("What the named artists add" in text for text in texts(app))
    assert any(
        re.match(r"\*\*Confidence beside .* alone: .*thin beside each named artist", text) for text in texts(app)
    )
    app.button(key="why_unlike").click().run()
    assert parameter(app, "unlike") == "a03"


def test_an_artist_from_the_search_box_joins_the_question(hostile: Catalogue) -> None:
    app = open_box(open_app(artist="a00"), "others")
    app.text_input(key="find_like").set_value("twin")
    app.session_state["others"] = True
    app.run()
    hit = next(button for button in app.button if button.key.startswith("find_like_hit_"))
    hit.click().run()
    assert not app.exception
    assert parameter(app, "like") in ("a08", "a09")
    assert parameter(app, "artist") == "a00"


def test_going_on_asks_about_nobody_else(hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    query = Address({"artist": "a00", "like": ["a01", "a05"], "unlike": "a02", "why": ["a03", "clap"], "dial": "1"})
    monkeypatch.setattr(st, "query_params", query)
    written: list[dict[str, list[str]]] = []
    monkeypatch.setattr(Address, "from_dict", lambda _, values: written.append(values))
    question.go_on(hostile, 4)
    # One write: the browser's step back leads from there to the whole question.
    assert written == [{"artist": ["a04"], "dial": ["1"]}]


def test_artists_stand_side_by_side(hostile: Catalogue) -> None:
    app = open_app(artist="a00")
    app.button(key="compare").click().run()
    assert not app.exception
    assert len(app.multiselect(key=comparing.CHOSEN).value) == 2
    assert any("known edge (listed as similar) to both" in text or "Known edges to both" in text for text in texts(app))
    assert any("no descriptors" in text for text in texts(app))
    ask_why(app, "clap", "a03")
    app.button(key="why_compare").click().run()
    assert app.multiselect(key=comparing.CHOSEN).value == ["a00", "a03"]
    assert any("**Moods of both:**" in text for text in texts(app))


def test_thin_evidence_is_marked_where_it_is_thin() -> None:
    evidence = gather_evidence(adjacency(np.empty((0, 2), np.int64), 3), [0], np.array([1]))
    assert explore_texts.evidence_text(evidence, 0, 1) == ""
    said = explore_texts.evidence_text(evidence, 0, 2, new=True, thin=True)
    assert said == "★ further out · in 2 spaces · thin evidence"


def test_marks_follow_all_named_artists() -> None:
    edges = adjacency(np.array([[0, 3], [1, 3], [0, 4], [1, 5], [2, 3], [4, 5]]), 6)
    marked = gather_evidence(edges, [0, 1], np.array([3, 4]), [2])
    assert explore_texts.evidence_text(marked, 0, 1) == "✓ known (2 of 2) · ✗ known to the unwanted"
    assert explore_texts.evidence_text(marked, 1, 1) == "✓ known (1 of 2) · 1 shared"


def test_reasons_of_a_joined_query_speak_of_every_named_artist(hostile: Catalogue) -> None:
    app = open_app(artist="a00", like="a08", unlike="a05")
    assert "of 2 named artists" in " ".join(texts(app))
    ask_why(app, "clap", "a03")
    assert not app.exception
    (said,) = [text for text in texts(app) if text.startswith("Like **")]
    assert [line.partition(" **")[0] for line in said.split("  \n")] == ["Like", "Like", "Less like"]
    app.selectbox[-1].set_value(8).run()
    assert not app.exception


def test_bundled_artists_are_compared_by_their_traits() -> None:
    app = open_app(artist="syn-0002")
    app.button(key="compare").click().run()
    assert not app.exception
    assert app.get("plotly_chart")
    ask_why(app, "clap", "syn-0003")
    assert not app.exception
    assert any(text.startswith("**Traits") and ", place " in text for text in texts(app))
