"""Pairs of artists from listens: against a plain count, in any number of ranges, and scenes that were planted."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.errors import NearfieldError, StoppedError
from core.graph.protocols import GraphView
from core.graph.rankers import PersonalisedPageRank
from core.relations.listens import NAME, UNUSABLE, Counting, Pairs, count_pairs, relate
from core.relations.mbids import VARIOUS_ARTISTS, known_mbids
from tests.support.dumps import listens_frame, write_listens
from tests.support.services import mbid

Play = tuple[int, int, tuple[int, ...]]
EASY = Counting(threshold=0, fewest_users=1)


def counted(plays: list[Play], tmp_path: Path, counting: Counting = EASY, **settings: Any) -> Pairs:
    return count_pairs(write_listens(tmp_path / "listens", listens_frame(plays)), counting=counting, **settings)


def scores(pairs: Pairs) -> dict[tuple[int, int], float]:
    """Scores by numbers of artists."""
    return {(int(one.a[:8], 16), int(one.b[:8], 16)): one.score for one in pairs.table.itertuples()}


def plain_count(plays: list[Play], counting: Counting) -> pd.DataFrame:
    """The same listen by listen and pair by pair, without a database."""
    sums: Counter[tuple[str, str]] = Counter()
    users: Counter[tuple[str, str]] = Counter()
    by_user = defaultdict(list)
    for user, moment, credit in plays:
        by_user[user].append((moment, credit))
    for heard in by_user.values():
        own: Counter[tuple[str, str]] = Counter()
        session: list[tuple[str, float]] = []
        for place, (moment, credit) in enumerate(sorted(heard)):
            if place and moment - (sorted(heard)[place - 1][0] + counting.track) > counting.gap:
                own.update(pairs_of(session))
                session = []
            session += [(mbid(number), 1.0 if at == 0 else 0.25) for at, number in enumerate(credit)]
        own.update(pairs_of(session))
        for pair, number in own.items():
            sums[pair] += min(number, counting.most_per_user)  # type: ignore[assignment]
            users[pair] += 1
    ends: Counter[str] = Counter()
    for pair, number in sums.items():
        for end in pair:
            ends[end] += number  # type: ignore[assignment]
    kept = [pair for pair in sums if sums[pair] > counting.threshold and users[pair] >= counting.fewest_users]
    rank = {}
    for artist in ends:
        own_pairs = sorted((-sums[pair], *(set(pair) - {artist}), pair) for pair in kept if artist in pair)
        rank |= {(artist, pair): place for place, (_, _, pair) in enumerate(own_pairs, start=1)}
    rows = [
        (*pair, sums[pair], users[pair], sums[pair] / sqrt(ends[pair[0]] * ends[pair[1]]), *places)
        for pair in sorted(kept)
        if min(places := [rank[end, pair] for end in pair]) <= counting.best
    ]
    return pd.DataFrame(rows, columns=["a", "b", "score", "users", "weight", "rank_a", "rank_b"])


def pairs_of(session: list[tuple[str, float]]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for (one, first), (other, second) in combinations(session, 2):
        if one != other:
            found[min(one, other), max(one, other)] += min(first, second)  # type: ignore[assignment]
    return found


def random_plays(n: int, users: int, artists: int, seed: int) -> list[Play]:
    rng = np.random.default_rng(seed)
    moments = 1_600_000_000 + np.cumsum(rng.exponential(60, n)).astype(int)
    plays = []
    for user, moment in zip(rng.integers(0, users, n), moments, strict=True):
        credit = rng.choice(artists, 2 if rng.random() < 0.3 else 1, replace=False)
        plays.append((int(user), int(moment), tuple(int(number) for number in credit)))
    return plays


def test_a_session_ends_after_a_gap(tmp_path: Path) -> None:
    plays = [(1, 0, (0,)), (1, 180 + 300, (1,)), (1, 480 + 180 + 301, (2,)), (2, 961, (3,))]
    assert scores(counted(plays, tmp_path)) == {(0, 1): 1}


def test_featured_artists_count_a_quarter(tmp_path: Path) -> None:
    plays = [(1, 0, (0, 1)), (1, 60, (2, 3))]
    expected = {(0, 1): 0.25, (0, 2): 1, (0, 3): 0.25, (1, 2): 0.25, (1, 3): 0.25, (2, 3): 0.25}
    assert scores(counted(plays, tmp_path)) == expected


def test_one_user_counts_five_times_at_most(tmp_path: Path) -> None:
    plays = [(1, 60 * place, (place % 2,)) for place in range(40)] + [(2, 0, (0,)), (2, 9, (1,))]
    assert scores(counted(plays, tmp_path)) == {(0, 1): 6}


def test_pairs_need_a_sum_and_users(tmp_path: Path) -> None:
    loud = [(user, 60 * place, (place % 2,)) for user in range(2) for place in range(40)]  # 10, by two users
    common = [(user, 60 * place, (2 + place % 2,)) for user in range(3) for place in range(40)]  # 15, by three
    rare = [(user, 10_000 + place, (4 + place % 2,)) for user in range(3) for place in range(2)]  # 3, by three
    assert scores(counted(loud + [(u, m + 90_000, c) for u, m, c in common] + rare, tmp_path, Counting())) == {
        (2, 3): 15
    }


def test_the_length_of_a_track_counts(tmp_path: Path) -> None:
    table = pd.DataFrame({"user": "u", "time": [0, 1000], "artist": [mbid(0), mbid(1)], "duration_ms": [800_000, 1]})
    table.to_csv(tmp_path / "long.csv", index=False)
    assert scores(count_pairs(tmp_path / "long.csv", counting=EASY)) == {(0, 1): 1}
    table.drop(columns="duration_ms").to_csv(tmp_path / "unknown.csv", index=False)
    assert scores(count_pairs(tmp_path / "unknown.csv", counting=EASY)) == {}


@pytest.mark.parametrize("counting", [EASY, Counting(), Counting(gap=30, best=3, threshold=2, fewest_users=2)])
def test_it_equals_a_plain_count_in_one_range_and_in_four(counting: Counting, tmp_path: Path) -> None:
    plays = random_plays(1500, 12, 20, seed=3)
    expected = plain_count(plays, counting)
    assert len(expected) > 20
    for ranges in (1, 4):
        found = counted(plays, tmp_path, counting, ranges=ranges).table
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_the_best_of_each_artist_stay_whichever_id_is_smaller(tmp_path: Path) -> None:
    """Artist 9 is near one artist only, for whom it is the last: ranked at one end only it would lose that one."""
    plays: list[Play] = []
    for other, users in ((1, 9), (2, 8), (3, 7), (4, 6), (9, 3)):
        for user in range(users):
            plays += [(user, 3000 * other, (0,)), (user, 3000 * other + 9, (other,))]
    kept = scores(counted(plays, tmp_path, Counting(threshold=0, best=1)))
    assert kept == {(0, 1): 9, (0, 2): 8, (0, 3): 7, (0, 4): 6, (0, 9): 3}


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    plays = random_plays(800, 5, 10, seed=1)
    plays += plays[:50]  # some listens twice, at one moment
    frame = listens_frame(plays)
    one = count_pairs(write_listens(tmp_path / "a", frame), counting=EASY)
    other = count_pairs(write_listens(tmp_path / "b", frame.sample(frac=1, random_state=5), files=5), counting=EASY)
    pd.testing.assert_frame_equal(one.table, other.table)


def test_listens_that_cannot_be_used_are_counted(tmp_path: Path) -> None:
    frame = listens_frame([(1, 0, (0,)), (1, 10, (1,)), (1, 20, ()), (1, 30, (2,))])
    frame.loc[3, "listened_at"] = pd.NaT
    frame["artist_credit_mbids"] = [[mbid(0)], [mbid(1).upper(), None, ""], [], [mbid(2)]]
    pairs = count_pairs(write_listens(tmp_path / "listens", frame), counting=EASY)
    assert scores(pairs) == {(0, 1): 1}
    assert (pairs.listens, pairs.unusable) == (4, 2)


def test_columns_are_known_however_their_names_are_spelt(tmp_path: Path) -> None:
    """The layout of Last.fm-1K, with a header; and a table whose artists have only names."""
    frame = pd.DataFrame(
        {
            "userid": ["u", "u"],
            "Timestamp": ["2009-05-04T23:08:57Z", "2009-05-04T23:11:02Z"],
            "musicbrainz-artist-id": [mbid(1), mbid(2)],
            "artist-name": ["Ada", "Bo"],
        }
    )
    frame.to_csv(tmp_path / "plays.tsv", sep="\t", index=False)
    assert len(count_pairs(tmp_path / "plays.tsv", counting=EASY).table) == 1
    frame.drop(columns="musicbrainz-artist-id").to_csv(tmp_path / "names.tsv", sep="\t", index=False)
    with pytest.raises(NearfieldError, match="--columns artist=COLUMN"):
        count_pairs(tmp_path / "names.tsv", counting=EASY)


def test_various_artists_are_nobody(tmp_path: Path) -> None:
    frame = listens_frame([(1, 0, (0,)), (1, 10, (1,)), (1, 20, (2,))])
    frame["artist_credit_mbids"] = [[mbid(0)], [VARIOUS_ARTISTS], [mbid(2)]]
    assert scores(count_pairs(write_listens(tmp_path / "listens", frame), counting=EASY)) == {(0, 2): 1}


class TestTables:
    def table(self) -> pd.DataFrame:
        return pd.DataFrame({"who": ["x", "x"], "when": [0, 60], "what": [mbid(0), f"{mbid(1)}; {mbid(2)}"]})

    def test_any_table_is_read_with_its_columns_named(self, tmp_path: Path) -> None:
        columns = {"user": "who", "time": "when", "artist": "what"}
        expected = {(0, 1): 1, (0, 2): 0.25, (1, 2): 0.25}
        table = self.table()
        table.to_csv(tmp_path / "it's.tsv", sep="\t", index=False)
        assert scores(count_pairs(tmp_path / "it's.tsv", columns, EASY)) == expected
        table["when"] = ["1970-01-01T00:00:00Z", "1970-01-01 00:01:00"]
        table.to_csv(tmp_path / "dates.csv", index=False)
        assert scores(count_pairs(tmp_path / "dates.csv", columns, EASY)) == expected
        table.to_parquet(tmp_path / "table.parquet")
        assert scores(count_pairs(tmp_path / "table.parquet", columns, EASY)) == expected

    @pytest.mark.parametrize(
        ("columns", "message"),
        [
            ({}, "known to hold the user.* who, when, what"),
            ({"user": "nobody"}, "no column “nobody” for user.* who, when, what"),
            ({"listener": "who"}, "“listener” is not what a column"),
        ],
    )
    def test_columns_that_are_missing_are_told(self, columns: dict[str, str], message: str, tmp_path: Path) -> None:
        self.table().to_csv(tmp_path / "t.csv", index=False)
        with pytest.raises(NearfieldError, match=message):
            count_pairs(tmp_path / "t.csv", columns)

    def test_files_that_are_no_tables_are_told(self, tmp_path: Path) -> None:
        with pytest.raises(NearfieldError, match="no file or folder"):
            count_pairs(tmp_path / "nothing")
        with pytest.raises(NearfieldError, match="no listens that can be read"):
            count_pairs(tmp_path)
        (tmp_path / "broken.parquet").write_bytes(b"PAR1 but broken")
        with pytest.raises(NearfieldError, match="cannot be read"):
            count_pairs(tmp_path)


def test_it_tells_its_progress_and_stops(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    def step(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        counted([(1, 0, (0,))], tmp_path, ranges=4, step=step)
    assert told == [(0, 4), (1, 4), (2, 4)]


def test_pairs_become_a_relation_of_a_catalogue(tmp_path: Path) -> None:
    plays = [(1, 0, (5,)), (1, 10, (0,)), (1, 20, (3,)), (1, 30, (7,)), (1, 40, (9, 7))]
    known = known_mbids([mbid(5), "", mbid(3)])
    found = relate(counted(plays, tmp_path), known, str(EASY), "2026-11-22")
    assert found.edges[["source", "target"]].to_numpy().tolist() == [[0, 2]]
    assert sorted(found.elsewhere["name"].unique()) == ["Artist 0", "Artist 7"]  # 9 is never credited alone
    assert set(found.elsewhere["artist"]) == {0, 2}
    assert found.elsewhere["weight"].between(0, 1).all()
    relation = found.relation
    assert (relation.name, relation.title, relation.symmetric) == (NAME, "listened to together", True)
    assert "featured 0.25" in relation.algorithm
    assert UNUSABLE not in found.dropped


def test_planted_scenes_are_found_again(tmp_path: Path) -> None:
    """Twelve scenes of ten artists. A session stays in its scene for three of four listens, and otherwise plays what
    everybody plays."""
    rng = np.random.default_rng(7)
    scenes, size = 12, 10
    popular = 1 / np.arange(1, scenes * size + 1)
    crowd = rng.choice(scenes * size, 200_000, p=popular / popular.sum())
    plays: list[Play] = []
    for user in range(150):
        for session in range(12):
            scene = int(rng.integers(scenes))
            for place in range(10):
                own = scene * size + int(rng.integers(size))
                artist = own if rng.random() < 0.75 else int(crowd[len(plays)])
                plays.append((user, 1_600_000_000 + 86_400 * session + 200 * place, (artist,)))
    known = known_mbids(map(mbid, range(scenes * size)))
    found = relate(counted(plays, tmp_path, Counting(best=size)), known, "", "2026-11-22")
    view = GraphView(len(known.row_of), found.edges[["source", "target"]].to_numpy(np.int64))
    queries = np.arange(scenes * size)
    ranked = PersonalisedPageRank(view).scores(queries)
    is_same = queries[:, None] // size == queries[None, :] // size
    np.fill_diagonal(is_same, False)
    np.fill_diagonal(ranked, -1)
    nearest = np.argsort(-ranked, axis=1, kind="stable")[:, : size - 1]
    precision = np.take_along_axis(is_same, nearest, 1).mean()
    chance = (size - 1) / (scenes * size - 1)
    print(f"precision at 9 of PageRank on planted scenes: {precision:.3f}, by chance {chance:.3f}")
    assert precision > 0.85
