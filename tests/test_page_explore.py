"""The Explore page: searching, choosing, comparing spaces, and what it says when there is nothing to say."""

from pathlib import Path

import pytest

from core.catalogue import Catalogue
from core.catalogue.library import DATA_VARIABLE
from core.search.evidence import GRAPH_WALKS
from core.search.spaces import Space
from pages.explore import wording
from pages.shell.artists import artist_links
from pages.shell.text import counted, plain, plain_list
from tests import pages_support
from tests.pages_support import HOSTILE_NAMES, button_labels, hostile_catalogue, open_app, parameter, press, texts

hostile = pages_support.hostile
LONER = len(HOSTILE_NAMES) - 1


def test_first_run_says_what_to_do_and_offers_artists(hostile: Catalogue) -> None:
    app = open_app()
    assert not app.exception
    assert any("Type an artist" in text for text in texts(app))
    starting = [button for button in app.button if button.key.startswith("start_")]
    assert len(starting) == 3
    starting[0].click().run()
    assert not app.exception
    assert parameter(app, "artist") in hostile.row_of
    assert any("Nearest artists" in text for text in texts(app))


def test_random_artist_button_chooses_one(hostile: Catalogue) -> None:
    app = press(open_app(), "A random artist")
    assert not app.exception
    assert parameter(app, "artist") in hostile.row_of


def test_search_lists_hits_with_hints_and_a_hit_is_chosen(hostile: Catalogue) -> None:
    app = open_app()
    app.text_input(key="find").set_value("twin").run()
    hits = [button for button in app.button if button.key.startswith("find_hit_")]
    assert len(hits) == 2
    assert hits[0].label != hits[1].label
    assert "known similar" in hits[0].label
    hits[0].click().run()
    assert not app.exception
    assert parameter(app, "artist") in ("a08", "a09")
    assert app.text_input(key="find").value == ""


def test_search_without_a_hit_says_so(hostile: Catalogue) -> None:
    app = open_app()
    app.text_input(key="find").set_value("zzzzzz").run()
    assert any("No artist fits" in text for text in texts(app))


def test_results_stand_per_space_and_lead_on(hostile: Catalogue) -> None:
    app = open_app(artist="a00")
    assert not app.exception
    headings = [text for text in texts(app) if text.startswith("####")]
    assert len(headings) == 3
    results = [button for button in app.button if button.key.startswith("go_clap_")]
    assert len(results) == 10
    results[0].click().run()
    assert not app.exception
    assert parameter(app, "artist") not in (None, "a00")


def test_each_space_says_what_it_rests_on(hostile: Catalogue) -> None:
    said = " ".join(texts(open_app(artist="a00")))
    assert "Rests on no known edge." in said
    assert "Rests on the artist’s 3 known edges." in said


def test_artist_that_no_space_knows_gets_plain_words(hostile: Catalogue) -> None:
    app = open_app(artist=f"a{LONER:02d}")
    assert not app.exception
    said = [info.value for info in app.info]
    assert sum("knows nothing about the artist" in text for text in said) == 2
    assert sum("No similar artist is known" in text for text in said) == 1
    assert not [button for button in app.button if button.key.startswith("go_")]


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
    for block in open_app(artist="a00").get("html"):
        assert "script" not in block.proto.body
        assert "Twin" not in block.proto.body


def test_why_opens_with_shared_artists_tags_and_places(hostile: Catalogue) -> None:
    app = open_app(artist="a00")
    first_known = next(i for i, html in enumerate(app.get("html")) if "✓ known" in html.proto.body)
    app.button(key=f"why_clap_{first_known}").click().run()
    assert not app.exception
    said = " ".join(texts(app))
    assert "The catalogue lists the two as similar" in said
    assert "**Similar to both:**" in said
    assert "**Moods of both:** dark" in said
    assert "| Space | Place | Score |" in said


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
    assert any("Type an artist" in text for text in texts(app))


def test_switching_catalogue_keeps_the_page_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    hostile_catalogue(tmp_path, "one")
    hostile_catalogue(tmp_path, "two", kind="real")
    app = open_app(catalogue="one", artist="a00")
    app.sidebar.selectbox(key="catalogue").set_value("two").run()
    assert not app.exception
    press(app, "A random artist")
    assert not app.exception


def test_links_lead_out_for_real_artists_only(tmp_path: Path) -> None:
    real, invented = hostile_catalogue(tmp_path, "real", "real"), hostile_catalogue(tmp_path, "invented")
    assert artist_links(invented, 1) == {}
    assert list(artist_links(real, 0)) == ["MusicBrainz", "ListenBrainz"]
    assert artist_links(real, 1)["AllMusic"] == "https://www.allmusic.com/artist/mn0000000001"


def test_bundled_catalogue_opens() -> None:
    app = open_app(artist="syn-0002")
    assert not app.exception
    assert [button for button in app.button if button.key.startswith("go_pagerank_")]


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


def test_wording_names_the_unit_and_the_basis() -> None:
    sound, model, walk = Space("clap", "", True), Space("run:x", "", True), Space(GRAPH_WALKS[0], "", False)
    assert wording.score_text(sound, 0.5) == "0.500"
    assert wording.score_text(walk, 0.005) == "0.50%"
    assert wording.basis(model, True, 0).startswith("No edge of the artist is known")
    assert wording.basis(model, True, 1) == "Rests on the artist’s 1 known edge, and on features."
    assert "No similar artist is known" in wording.nothing_known(walk, 0)
