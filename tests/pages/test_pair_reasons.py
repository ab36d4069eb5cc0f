"""The reasons of a pair ranker in words."""

from dataclasses import replace

import numpy as np

from core.pairs.reasons import Contribution, PairReasons
from pages.artists.texts import NOTHING_MOVES, PAIR_REASONS_HEAD, pair_reasons

GROUPS = (
    "shared",
    "standing",
    "walks",
    "degrees",
    "content:tags",
    "number:decade",
    "profile",
    "neighbourhood",
    "relations",
)
REASONS = PairReasons(
    score=1.0,
    contributions=tuple(Contribution(group, 9.0) for group in GROUPS),
    values={"cosine_tags": 0.625},
    shared=17,
    rank=3,
    rank_back=2,
)


def said_of(reasons: PairReasons, decades: tuple[float, float] = (1980.0, 1980.0)) -> str:
    """What is said of each group by itself."""
    alone = [replace(reasons, contributions=(one,)) for one in reasons.contributions]
    return " ".join(pair_reasons(each, {"tags": "Tags *"}, decades) for each in alone)


def test_reasons_name_their_values() -> None:
    said = said_of(REASONS)
    assert "17 artists are known as similar to both (+9.0)" in said
    assert "Rank by walks along known edges: 3, the other way round 2" in said
    assert "Same decade: 1980s" in said
    assert "Tags \\*: cosine 0.62" in said
    assert "Decades: 1980s and 1990s" in said_of(REASONS, (1980.0, 1990.0))


def test_what_is_unknown_is_said() -> None:
    said = said_of(replace(REASONS, values={}, shared=1, rank_back=None), (np.nan, 1980.0))
    assert "1 artist is known as similar to both" in said
    assert "known edges: 3 (+9.0)" in said
    assert "not known of both" in said
    assert "Decade: unknown" in said


def test_the_strongest_come_first_and_weak_ones_are_left_out() -> None:
    moves = (Contribution("walks", 0.5), Contribution("shared", -2.0), Contribution("degrees", 0.01))
    lines = pair_reasons(replace(REASONS, contributions=moves), {}, (np.nan, np.nan)).splitlines()
    assert lines[0] == PAIR_REASONS_HEAD
    assert [line[-5:] for line in lines[1:]] == ["-2.0)".rjust(5), "+0.5)"]
    assert pair_reasons(replace(REASONS, contributions=()), {}, (np.nan, np.nan)) == NOTHING_MOVES
