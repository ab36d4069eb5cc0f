"""What is sent to the browser for a map, and what comes back from it."""

from __future__ import annotations

import json
import re
from base64 import b64encode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from core.catalogue import Catalogue
from core.maps import Fidelity, MapSettings, StoredMap
from core.maps.colouring import Classes, Scale
from core.maps.density import map_density
from core.maps.drawn import Part, drawn_artists
from core.maps.regions import NamedRegion
from core.maps.tag_enrichment import EnrichedTag
from core.row_sets import code_to_rows, pack_rows, rows_to_code, unpack_rows
from pages.components.linked_maps import (
    Apart,
    Layer,
    MapView,
    Marked,
    Shown,
    maps_data,
    parts_from_payload,
    row_from_payload,
    rows_from_payload,
)
from pages.components.linked_maps.packing import pack
from pages.map.marking import familiar_first, marked_table
from pages.map.tables import regions_table
from pages.map.texts import doubt_sentence, enriched_tags_sentence
from pages.map_layers.layers import colour_layer, names_layer, points_layer
from pages.map_layers.parts import part_from_text
from pages.map_layers.texts import drawn_sentence
from tests.support import pages as pages_support
from tests.support.maps import unpack
from tests.support.pages import HOSTILE_NAMES

hostile = pages_support.hostile

KINDS = st.sampled_from([np.uint8, np.uint16, np.uint32, np.int16, np.float32])


@given(
    st.dictionaries(st.text(max_size=8).filter(lambda name: name != "arrays"), st.text(max_size=20), max_size=3),
    st.dictionaries(st.text(max_size=5), KINDS.flatmap(lambda kind: arrays_of.arrays(kind, st.integers(0, 9)))),
)
def test_what_is_packed_is_unpacked(header: dict[str, str], arrays: dict[str, np.ndarray]) -> None:
    found_header, found = unpack(pack(header, arrays))
    assert found_header == header
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert np.array_equal(found[name], array, equal_nan=array.dtype.kind == "f")


def test_equal_content_is_packed_to_equal_bytes() -> None:
    big_endian = np.arange(4, dtype=">u2")
    assert pack({"id": "a"}, {"x": big_endian}) == pack({"id": "a"}, {"x": big_endian.astype("<u2")})


@given(arrays_of.arrays(bool, st.integers(1, 40)))
def test_rows_travel_as_bits(who: np.ndarray) -> None:
    found = unpack_rows(pack_rows(who), len(who))
    assert found is not None
    assert np.array_equal(found, who)
    assert unpack_rows(pack_rows(who) + b"\0", len(who)) is None


def stored_map(n: int = 40) -> StoredMap:
    coordinates = np.random.default_rng(0).uniform(-10, 10, (n, 2)).astype(np.float32)
    coordinates[3] = np.nan
    trust = np.full(n, 0.7, np.float32)
    trust[[0, 5]] = 0
    trust[3] = np.nan
    return StoredMap("clap", coordinates, trust, MapSettings(), Fidelity((10,), (0.6,), (0.01,), n - 1, n), "", {}, "")


def test_points_are_close_to_where_they_stand_and_doubt_is_marked() -> None:
    stored = stored_map()
    header, arrays = unpack(points_layer("points", stored, map_density(stored.coordinates)).content)
    rows = arrays["rows"]
    assert 3 not in rows
    assert len(rows) == 39
    sent = np.stack([arrays["x"], arrays["y"]], axis=1) * header["scale"]
    assert np.abs(sent - stored.coordinates[rows]).max() < 0.001
    assert rows[arrays["doubtful"] == 1].tolist() == [0, 5]
    assert set(arrays["kept"].tolist()) == {0, 7}
    assert len(arrays["crowd"]) == header["cells"] ** 2
    assert arrays["crowd"].max() == 255


def test_of_a_large_map_the_drawn_artists_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.maps.drawn.MOST_DRAWN", 12)
    stored = stored_map()
    found = drawn_artists({"one": stored}, {})
    part = found.parts["one"]
    header, arrays = unpack(points_layer("points", stored, map_density(stored.coordinates), found, part).content)
    assert found.rows is not None
    assert arrays["rows"].tolist() == found.rows.tolist()
    assert len(arrays["x"]) == len(arrays["here"]) == 12
    assert header["part"] == {"box": [[-11.0, 11.0], [-11.0, 11.0]], "complete": False}
    known = stored.coordinates[stored.present]
    ends = [[low, high] for low, *_, high in header["spread"]]
    assert np.allclose(ends, np.stack([known.min(axis=0), known.max(axis=0)], axis=1), atol=1e-3)
    names = names_layer("names", [f"artist {row}" for row in found.rows], found, 40)
    header, arrays = unpack(names.content)
    assert (header["id"], header["of"]) == (names.id, 40)
    assert names.id != "names"
    assert header["names"][0] == f"artist {arrays['rows'][0]}"
    colour = colour_layer("colour", Classes("Genre", np.arange(40) % 2, ["a", "b"], ""), found)
    header, arrays = unpack(colour.content)
    assert (header["id"], header["legend"], header["of"]) == (colour.id, "colour", 40)
    assert arrays["codes"].tolist() == (arrays["rows"] % 2).tolist()
    assert drawn_sentence(part) == ("12 of the 39 in this part are drawn, taken at random: zoom in for the others.")
    assert drawn_sentence(None) == drawn_sentence(Part(part.box, 5, 5)) == ""


def test_lines_lead_to_artists_who_are_not_sent() -> None:
    layer = Layer("one", b"")
    view = MapView("0123.clap", "", "", "", layer, layer, [], [3], apart={3: Apart(1.23456, -2, "a\u202eb")})
    assert maps_data([view], layer, None, None, Shown())["maps"][0]["apart"] == {"3": [1.235, -2, "ab"]}


@pytest.mark.parametrize(
    "payload",
    [
        None,
        {},
        {"parts": 3},
        {"parts": [3, [1, 2, 3, 4]]},
        {"parts": [[1, 2, 3, 4, 5], [0, 1, 0, 1, ""], [0, 1, 0, "x", "a"], [0, 1, 0, None, "a"]]},
        {"parts": [[1, 0, 0, 1, "a"], [0, 1e9, 0, 1, "a"], [0, float("nan"), 0, 1, "a"], [0, 0, 0, 1, "a"]]},
    ],
)
def test_only_boxes_of_named_maps_are_parts(payload: object) -> None:
    assert parts_from_payload(payload) == {}
    assert parts_from_payload({"parts": [[0, 1.5, -1, 1, "a.b"]], "nonce": 3}) == {"a.b": ((0.0, 1.5), (-1.0, 1.0))}


def test_a_link_names_a_part() -> None:
    assert part_from_text("0,1.5,-1,1,a.b@1,2") == ("a.b@1,2", ((0.0, 1.5), (-1.0, 1.0)))
    assert [part_from_text(text) for text in ("", "a", "0,1,0,1", "0,1,0,1,", "1,0,0,1,a", "0,1,0,inf,a")] == [None] * 6


def test_names_are_cut_and_stand_on_one_line() -> None:
    names = unpack(names_layer("names", [*HOSTILE_NAMES, "two\nlines", "\ud800"]).content)[0]["names"]
    assert len(names) == len(HOSTILE_NAMES) + 2
    assert max(map(len, names)) <= 60
    assert names[7] == "(no name)"
    assert names[12] == "two lines"
    assert all("\u202e" not in name for name in names)


def test_classes_and_levels_fit_a_byte_or_two() -> None:
    classes = Classes("Genre", np.array([0, 1, -1]), ["<b>", "two"], "None known")
    header, arrays = unpack(colour_layer("c", classes).content)
    assert [one["name"] for one in header["classes"]] == ["<b>", "two"]
    assert len({(one["colour"], one["symbol"]) for one in header["classes"]}) == 2
    assert arrays["codes"].tolist() == [0, 1, 255]
    levels = np.arange(300, dtype=np.float32)
    many = Scale("Edges", np.array([299, -1]), levels, [str(level) for level in levels], {0.0: "0"}, "")
    header, arrays = unpack(colour_layer("c", many).content)
    assert arrays["codes"].dtype == np.uint16
    assert arrays["codes"].tolist() == [299, 65535]
    assert len(header["levels"]) == len(header["labels"]) == 300


def test_the_browser_is_told_what_to_draw() -> None:
    tag = EnrichedTag("genres", "x" * 90, 10, 0.5, 0.1, 5.0)
    regions = [NamedRegion(name, np.zeros(2, np.float32), 10, [tag]) for name in ("<b>Rock</b>", "", "y" * 200)]
    layer = Layer("one", b"")
    view = MapView("0123.clap", "A \u202etitle", "said", "alt", layer, layer, regions, np.array([3, 4]).tolist())
    marked = Marked(np.array([True, False, True]), "genre\nJazz")
    data = maps_data([view], layer, 2, marked, Shown(regions=False))
    assert json.loads(json.dumps(data)) == data
    (drawn,) = data["maps"]
    assert drawn["title"] == "A title"
    assert [region["name"] for region in drawn["regions"]][0] == "<b>Rock</b>"
    assert len(drawn["regions"]) == 2
    assert len(drawn["regions"][1]["name"]) <= 44
    assert data["marked"] == {"bits": b64encode(b"\x05").decode(), "words": "genre Jazz"}
    assert data["canDrawAround"]
    assert drawn["guest"] is None
    assert data["shown"] == {"density": True, "regions": False, "doubtful": True}
    assert maps_data([], layer, None, None, Shown())["marked"] is None


@pytest.mark.parametrize(
    "payload", [None, {}, 3, [], {"row": "3"}, {"row": True}, {"row": -1}, {"row": 10}, {"row": 1.5}, {"row": [3]}]
)
def test_only_a_row_of_the_catalogue_is_a_click(payload: object) -> None:
    assert row_from_payload(payload, 10) is None
    assert row_from_payload({"row": 3, "nonce": 1}, 10) == 3


@pytest.mark.parametrize(
    "payload", [None, {}, {"bits": 3}, {"bits": "é"}, {"bits": "A"}, {"bits": "AAAA"}, {"bits": "!"}]
)
def test_only_bits_of_all_artists_are_a_lasso(payload: object) -> None:
    assert rows_from_payload(payload, 10) is None
    inside = rows_from_payload({"bits": b64encode(b"\x09\x02").decode()}, 10)
    assert inside is not None
    assert np.flatnonzero(inside).tolist() == [0, 3, 9]


def test_marked_artists_are_listed_the_best_known_first(hostile: Catalogue) -> None:
    rows = familiar_first(hostile, [0, 1, 3, 2, 5])
    assert rows == [5, 3, 1, 0, 2]
    table = marked_table(hostile, rows)
    assert table["Artist"].tolist()[1] == HOSTILE_NAMES[3]
    assert table["Genres"].tolist()[0] == "<b>Rock</b>, Math *Rock*"
    assert len(marked_table(hostile, [])) == 0


def test_the_words_for_regions_and_doubt() -> None:
    stored = stored_map()
    assert doubt_sentence(stored).startswith("2 places (5.1%) in doubt, drawn as open marks: none of their 10 nearest")
    tag = EnrichedTag("genres", "*Rock*", 10, 0.5, 0.1, 5.0)
    assert enriched_tags_sentence([tag]) == r"Typical of them: **\*Rock\*** (50%, elsewhere 10%)."
    assert enriched_tags_sentence([]) == "No tag is typical of them."
    table = regions_table([NamedRegion("", np.zeros(2, np.float32), 7, [tag])])
    assert table.iloc[0].tolist() == ["(no name)", 7, "*Rock* 50% (elsewhere 10%)", 0.0, 0.0]


@given(arrays_of.arrays(bool, st.integers(1, 300)))
def test_a_lasso_comes_back_from_a_link(who: np.ndarray) -> None:
    code = rows_to_code(who, "0123456789ab")
    assert re.fullmatch(r"[\w.-]+", code)
    found = code_to_rows(code, len(who), "0123456789ab")
    assert found is not None
    assert np.array_equal(found, who)
    assert code_to_rows(code, len(who), "1123456789ab") is None
    assert code_to_rows(code, len(who) + 8, "0123456789ab") is None


@given(st.text(max_size=30))
def test_no_other_text_in_a_link_is_a_lasso(text: str) -> None:
    assert code_to_rows(f"01234567.{text}", 100_000, "0123456789ab") is None


def test_a_link_that_would_fill_the_memory_marks_nobody() -> None:
    bomb = rows_to_code(np.ones(80_000_000, bool), "0123456789ab")
    assert code_to_rows(bomb, 100, "0123456789ab") is None
