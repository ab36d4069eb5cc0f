"""Finding artists by name and id: the order of the fits, misspellings, hostile input, and names that clash."""

import time
import unicodedata
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue import Manifest, open_catalogue, write_catalogue
from core.catalogue.tables import complete_artists, typed_artists
from core.errors import NearfieldError
from core.search.lookup import LONGEST_TEXT, NameIndex, find_artists, normalise, resolve_artist
from tests.support.plain_lookup import PlainLookup

MBID = "c5b11a19-5ba6-4554-a65b-e505c3296d48"
NAMES = [
    "Björk",  # 0
    "Björk Guðmundsdóttir",  # 1
    "Brant Bjork",  # 2
    "Nirvana",  # 3: from Aberdeen
    "Nirvana",  # 4: from London
    "The Beatles",  # 5
    "AC/DC",  # 6
    "!!!",  # 7
    "R.E.M.",  # 8
    "Guns N’ Roses",  # 9
    "Johann Sebastian Bach",  # 10
    "",  # 11
    "宇多田ヒカル",  # 12
    "Metallica",  # 13
    "Mø",  # 14
    "Roses",  # 15
    "Primroses",  # 16
    "NIRVANA’",  # 17: like 3 and 4 but for case and an apostrophe
]


def artists_frame(names):
    n = len(names)
    artists = pd.DataFrame({"artist_id": [f"id-{row}" for row in range(n)], "name": names, "split": "train"})
    artists["popularity"] = np.nan
    artists["mbid"] = None
    artists["allmusic_id"] = None
    return artists


def open_written(folder, artists, edges=()):
    frame = pd.DataFrame(list(edges), columns=["source", "target"]).assign(relation="similar", weight=1.0)
    manifest = Manifest("tiny", "Tiny", "synthetic", "by hand", "CC0", "none")
    return open_catalogue(write_catalogue(folder / "tiny", manifest, artists, frame, {}))


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    artists = artists_frame(NAMES)
    artists.loc[4, "popularity"] = 9.0
    artists.loc[6, "mbid"] = MBID
    artists.loc[7, "allmusic_id"] = "mn0000150579"
    artists["genres"] = [["Rock"] if row == 3 else ["Folk"] if row == 4 else [] for row in range(len(NAMES))]
    return NameIndex(open_written(tmp_path_factory.mktemp("lookup"), artists, [(9, 16), (13, 16), (13, 14)]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bjork", [0, 1, 2]),  # exact, prefix, word prefix
        ("BJÖRK", [0, 1, 2]),
        ("roses", [15, 9, 16]),  # exact, word prefix, substring
        ("bach johann", [10]),  # the words in another order
        ("ac/dc", [6]),
        ("acdc", [6]),
        ("rem", [8]),
        ("R.E.M", [8]),
        ("!!!", [7]),
        ("guns n' roses", [9]),
        ("mo", [14]),
        ("宇多田", [12]),
        ("beatels", [5]),
        ("metalica", [13]),
        ("nirvna", [4, 3, 17]),
    ],
)
def test_names(index, text, expected):
    assert find_artists(index, text) == expected


@pytest.mark.parametrize("text", [MBID, MBID.upper(), f"https://musicbrainz.org/artist/{MBID}?tab=1", f"  {MBID}\n"])
def test_mbid_alone_or_in_a_link_comes_first(index, text):
    assert find_artists(index, text)[0] == 6
    assert resolve_artist(index, text) == 6


def test_other_ids(index):
    assert find_artists(index, "id-3")[0] == 3
    assert find_artists(index, "https://www.allmusic.com/artist/chk-chk-chk-mn0000150579")[0] == 7


def test_more_popular_then_better_connected_come_first_among_equals(index, tmp_path):
    assert find_artists(index, "nirvana")[0] == 4
    catalogue = open_written(tmp_path, artists_frame(["Aa", "Ab", "Ac", "Ad"]), [(1, 2), (2, 3)])
    assert find_artists(catalogue, "a") == [2, 1, 3, 0]


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00", "​"])
def test_empty_text_finds_none(index, text):
    assert find_artists(index, text) == []
    with pytest.raises(NearfieldError, match="No artist"):
        resolve_artist(index, text)


def test_limit(index):
    assert find_artists(index, "r", limit=2) == find_artists(index, "r")[:2]
    assert find_artists(index, "r", limit=0) == []


@given(st.text(max_size=40) | st.sampled_from(["(" * 5000, "[a-z]*", "\\", "%s", "\ud800", "' OR 1=1 --", "a" * 10**6]))
@settings(max_examples=100, deadline=None)
def test_any_text_is_harmless(index, text):
    found = find_artists(index, text)
    assert len(found) == len(set(found)) <= 12
    assert all(0 <= row < len(NAMES) for row in found)
    assert normalise(normalise(text)) == normalise(text)
    assert len(normalise(text)) <= LONGEST_TEXT


@pytest.mark.parametrize("row", [row for row, name in enumerate(NAMES) if name])
def test_every_name_finds_its_artist(index, row):
    assert row in find_artists(index, NAMES[row])


TYPED = [
    "Mötley",
    "Motley",
    "MOTLEY",
    "ハス",
    "バス",
    "かき",
    "がぎ",
    "ยิ",
    "ยู",
    "की",
    "के",
    "Ø",
    "O",
    "Tim",
    "Tim.",
    "ESG",
]


@pytest.fixture(scope="module")
def similar_names(tmp_path_factory):
    """Each name normalises as the one before it, which is the more popular."""
    artists = artists_frame(TYPED).assign(popularity=np.arange(len(TYPED))[::-1].astype(float))
    return NameIndex(open_written(tmp_path_factory.mktemp("typed"), artists))


@pytest.mark.parametrize("name", TYPED)
def test_a_name_spelt_as_typed_comes_first(similar_names, name):
    assert TYPED[find_artists(similar_names, name)[0]] == name
    assert TYPED[find_artists(similar_names, f" {unicodedata.normalize('NFD', name)} ")[0]] == name
    assert TYPED[resolve_artist(similar_names, name)] == name


def test_a_name_that_differs_by_case_alone_comes_next(similar_names):
    assert [TYPED[row] for row in find_artists(similar_names, "mötley")] == ["Mötley", "Motley", "MOTLEY"]
    assert [TYPED[row] for row in find_artists(similar_names, "motley")] == ["Motley", "MOTLEY", "Mötley"]
    assert TYPED[resolve_artist(similar_names, "mötley")] == "Mötley"
    assert [TYPED[row] for row in find_artists(similar_names, "E.S.G.")] == ["ESG"]


def test_names_that_are_only_alike_are_told_from_those_that_hold_the_text(index):
    assert index.search("metalica").are_alike
    assert not index.search("metal").are_alike
    assert not index.search("Metallica").are_alike
    assert not index.search("zzzzzz").are_alike


def test_a_text_that_no_name_begins_with_is_nobodys_name(similar_names):
    whole = TYPED[0]
    assert not similar_names.search(whole).are_others
    assert not similar_names.search(whole[:-1]).are_others, "the beginning of a name may become it"
    assert not similar_names.search("zzzzzz").are_others


def test_a_name_that_others_hold_or_resemble_is_nobodys(index):
    assert index.search("Guðmundsdóttir").are_others
    assert not index.search("Guðmundsdóttir").are_alike
    assert index.search("metalica").are_others
    assert not index.search(MBID).are_others


def test_resolve_a_unique_name(index):
    assert resolve_artist(index, "the beatles") == 5
    assert resolve_artist(index, " björk ") == 0
    assert resolve_artist(index.catalogue, "Metallica") == 13


def test_resolve_by_the_shown_name_or_the_exact_spelling(index):
    assert index.catalogue.display_names[4] == "Nirvana (Folk)"
    assert resolve_artist(index, "Nirvana (Folk)") == 4
    assert resolve_artist(index, "NIRVANA’") == 17


def test_several_fits_list_the_candidates_with_ids(index):
    with pytest.raises(NearfieldError, match="fits 3 artists") as caught:
        resolve_artist(index, "nirvana")
    assert "Nirvana (Folk) (id-4); Nirvana (Rock) (id-3)" in str(caught.value)


def test_no_fit_lists_near_misses_or_says_what_to_give(index):
    with pytest.raises(NearfieldError, match=r"Perhaps one of these: Metallica \(id-13\)"):
        resolve_artist(index, "metalica")
    with pytest.raises(NearfieldError, match="Give a name, or an artist, MusicBrainz or AllMusic id"):
        resolve_artist(index, "zzzzzz")
    with pytest.raises(NearfieldError) as caught:
        resolve_artist(index, "z" * 10**6)
    assert len(str(caught.value)) < 1000


PARTS = ("the ", "ba", "b", "a", "ab", "é", "京", " ", "!", ".", "The Ab", "ba ab")
typed = st.lists(st.sampled_from(PARTS), max_size=7).map("".join)


@given(st.lists(typed, min_size=1, max_size=40), st.lists(typed, min_size=1, max_size=6), st.sampled_from([1, 3, 50]))
@settings(max_examples=60, deadline=None)
def test_the_index_finds_what_reading_every_name_finds(index, names, texts, limit):
    artists = typed_artists(complete_artists(artists_frame(names).assign(popularity=np.arange(len(names)) % 5)))
    index = NameIndex(replace(index.catalogue, artists=artists, edges=index.catalogue.edges[:0]))
    plain = PlainLookup(index.catalogue, index.row_of_id, index._misspelling, index._standing)
    for text in [*texts, *(name[1:] for name in names[:4]), *(name[:3] + "b" + name[3:] for name in names[:4])]:
        assert index.search(text, limit) == plain.search(text, limit), text


def test_what_is_kept_of_a_large_catalogue_answers_the_same(index, monkeypatch, tmp_path):
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path))
    monkeypatch.setattr("core.search.lookup.KEPT_FROM", 1)
    for kept in (NameIndex(index.catalogue), NameIndex(index.catalogue)):
        for text in ("bjork", "宇多田", "metalica", "id-3", MBID, "bach johann", "x"):
            assert kept.search(text) == index.search(text)


def test_fast_enough_to_type_at_the_size_of_olga(tmp_path):
    random = np.random.default_rng(0)
    syllables = np.array(["ba", "ko", "ri", "tu", "mé", "los", "an", "the ", "de ", "x"])
    names = ["".join(parts) for parts in syllables[random.integers(0, 10, (17_673, 6))]]
    catalogue = open_written(tmp_path, artists_frame(names))
    began = time.process_time()
    large = NameIndex(catalogue)
    built = time.process_time()
    for text in ("ba", "the ba", "korimelos", "korirituba de los an"):
        large.find(text)
    assert built - began < 1
    assert (time.process_time() - built) / 4 < 0.2
