"""Names of spaces and rankers: their text comes back as it was, and one place tells what follows from their kind."""

import copy
import json
import pickle
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import NearfieldError
from core.graph.rankers import (
    AdamicAdar,
    CommonNeighbours,
    Ease,
    PersonalisedPageRank,
    Popularity,
    RandomOrder,
    Rp3Beta,
    ShortWalk,
)
from core.search.vectors import MissingFeatures
from core.space_name import UNTRAINED, Kind, SpaceName

ROOT = Path(__file__).resolve().parents[2]
NAMES = [
    ("clap", Kind.FEATURES, "clap"),
    ("clap:tracks", Kind.FEATURES, "clap:tracks"),
    ("", Kind.FEATURES, ""),
    ("run", Kind.FEATURES, "run"),
    ("RUN:a", Kind.FEATURES, "RUN:a"),
    ("cosine:clap", Kind.COSINE, "clap"),
    ("cosine:clap+moods_themes", Kind.COSINE, "clap+moods_themes"),
    ("cosine:random", Kind.COSINE, "random"),
    ("run:sage2-clap-s0-20261122-ab12", Kind.RUN, "sage2-clap-s0-20261122-ab12"),
    ("run:", Kind.RUN, ""),
    ("fusion:best", Kind.FUSION, "best"),
    ("pairs:best", Kind.PAIRS, "best"),
    ("graph:tied", Kind.ROUTE, "tied"),
    ("clip:clap:tracks", Kind.CLIP, "clap:tracks"),
    *((name, Kind.UNTRAINED, name) for name in UNTRAINED),
]


@pytest.mark.parametrize(("text", "kind", "own_id"), NAMES)
def test_a_text_has_a_kind_and_an_id(text: str, kind: Kind, own_id: str) -> None:
    name = SpaceName(text)
    assert (name.kind, name.id) == (kind, own_id)
    assert type(name.id) is str
    assert name.is_run == (kind is Kind.RUN)
    assert name.is_fusion == (kind is Kind.FUSION)
    assert name.is_pairs == (kind is Kind.PAIRS)


@given(st.text() | st.sampled_from([text for text, _, _ in NAMES]))
@example("run:a:b")
def test_any_text_comes_back_as_it_was(text: str) -> None:
    name = SpaceName(text)
    assert str(name) == f"{name}" == name == text
    assert type(str(name)) is str
    assert hash(name) == hash(text)
    assert {name: 1}[text] == 1
    assert json.loads(json.dumps({"space": name})) == {"space": text}
    for copied in (copy.deepcopy(name), pickle.loads(pickle.dumps(name)), SpaceName(name)):  # noqa: S301
        assert type(copied) is SpaceName
        assert copied == name


@given(st.text())
def test_what_is_made_of_an_id_has_that_id(own_id: str) -> None:
    made = {
        Kind.COSINE: SpaceName.cosine(own_id),
        Kind.RUN: SpaceName.run(own_id),
        Kind.FUSION: SpaceName.fusion(own_id),
        Kind.PAIRS: SpaceName.pairs(own_id),
        Kind.ROUTE: SpaceName.route(own_id),
        Kind.CLIP: SpaceName.clip(own_id),
    }
    for kind, name in made.items():
        assert (name.kind, name.id) == (kind, own_id)
        assert SpaceName(str(name)) == name


def test_a_name_cannot_be_changed() -> None:
    name = SpaceName("run:a")
    for attribute in ("kind", "id", "anything"):
        with pytest.raises(AttributeError):
            setattr(name, attribute, "b")


def test_what_goes_by_known_edges_alone_is_a_walk() -> None:
    walks = [text for text, _, _ in NAMES if SpaceName(text).is_walk]
    assert set(walks) == set(UNTRAINED) - {"random", "missing-features", "ease"}
    assert [text for text, _, _ in NAMES if SpaceName(text).has_probabilities] == ["pagerank", "short-walk"]


def test_untrained_rankers_say_their_own_names() -> None:
    graph = (Popularity, CommonNeighbours, AdamicAdar, Rp3Beta, Ease, PersonalisedPageRank, ShortWalk)
    rankers = (RandomOrder, MissingFeatures, *graph)
    assert tuple(ranker.name for ranker in rankers) == UNTRAINED


@pytest.mark.parametrize(
    ("ranker", "space"),
    [
        ("cosine:clap", "clap"),
        ("cosine:clap+moods", "clap+moods"),
        ("clap", "clap"),
        ("run:a", "run:a"),
        ("fusion:b", "fusion:b"),
        ("pagerank", "pagerank"),
        # The feature set Random and the random order are two things.
        ("cosine:random", "cosine:random"),
        ("cosine:run:a", "cosine:run:a"),
    ],
)
def test_a_cosine_is_the_space_of_its_feature_sets(ranker: str, space: str) -> None:
    assert SpaceName(ranker).space == space


@pytest.mark.parametrize("text", [*UNTRAINED, "cosine:clap", "run:a", "fusion:b"])
def test_rankers_are_read(text: str) -> None:
    name = SpaceName.parse_ranker(text)
    assert type(name) is SpaceName
    assert name == text


@pytest.mark.parametrize("text", ["clap", "", "page-rank", "RUN:a", "clip:clap", "graph:tied", "clap:tracks"])
def test_what_is_no_ranker_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(NearfieldError) as refused:
        SpaceName.parse_ranker(text)
    assert str(refused.value) == (
        f"“{text}” is no ranker. There are: random, missing-features, popularity, common-neighbours, adamic-adar, "
        "rp3beta, ease, pagerank, short-walk, cosine:FEATURES, run:ID, fusion:NAME, pairs:NAME."
    )


def test_no_other_module_takes_names_apart() -> None:
    a_prefix = re.compile("[\"'](cosine|run|fusion|graph|clip):[\"'{]")
    files = [*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    assert files
    assert not [file.name for file in files if a_prefix.search(file.read_text(encoding="utf-8"))]
