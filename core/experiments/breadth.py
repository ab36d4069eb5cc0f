"""Beyond accuracy: which artists a similarity names, how often the same ones, how well known they are, and for whom.

What is measured of its first answers is measured of the hidden neighbours too: nobody can tell from a number alone
whether answers are too popular, but one can tell whether they are more popular than the neighbours to be found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.arrays import DoubleArray, IntArray, average_ranks
from core.catalogue import Catalogue
from core.evaluation.bootstrap import mean_interval
from core.experiments.misses import QueryHits
from core.text import decade_name

GROUPS = ("genres", "decade")
FEWEST = 10
"""A group of fewer artists asked for is left out: its mean would say nothing."""

GROUP_COLUMNS = ["group", "queries", "mean", "low", "high"]
_OFTEN = 0.01


@dataclass(frozen=True)
class Breadth:
    """The artists named in answer to all queries.

    `named` is the share of the candidates that are named at all. `often` is the share of all answers that go to the
    hundredth of candidates that are named most. `popularity` is the mean place of a named artist, from 0 for the least
    popular artist of the catalogue to 1; `same_genre` and `same_decade` are the shares of answers that have a genre or
    the decade of the query, of those where both are known. NaN where nothing is known. `answers` counts the answers.
    """

    answers: int
    named: float
    often: float
    popularity: float
    same_genre: float
    same_decade: float


def breadth_of_answers(catalogue: Catalogue, hits: QueryHits, candidates: IntArray) -> Breadth:
    """The breadth of the first ten answers to each query. `candidates` (c,) are the rows that could be named."""
    query, place = np.nonzero(hits.answers >= 0)
    return _breadth(catalogue, hits.queries[query], hits.answers[query, place], candidates)


def breadth_of_neighbours(catalogue: Catalogue, hits: QueryHits, candidates: IntArray) -> Breadth:
    """The breadth of the hidden neighbours, as an answer to each query that finds exactly them."""
    return _breadth(catalogue, hits.queries[hits.pair_query], hits.neighbour, candidates)


def by_group(catalogue: Catalogue, hits: QueryHits, column: str) -> pd.DataFrame:
    """The protocol's NDCG@200 by the query's first genre or its decade; `column` is one of GROUPS.

    Columns: group, queries, mean, low, high (95% over queries). Genres come by number of queries, decades by time.
    Groups of fewer than FEWEST queries are left out, and queries of which nothing is known.
    """
    names = _first_genres(catalogue) if column == "genres" else _decades(catalogue)
    of_query = names[hits.queries]
    rows = []
    for name in pd.unique(of_query[of_query != ""]):
        values = hits.values[of_query == name]
        if len(values) >= FEWEST:
            found = mean_interval(values)
            rows.append((str(name), len(values), found.mean, found.low, found.high))
    table = pd.DataFrame(rows, columns=GROUP_COLUMNS)
    by, ascending = (["group"], [True]) if column == "decade" else (["queries", "group"], [False, True])
    return table.sort_values(by, ascending=ascending, ignore_index=True)


def has_group(catalogue: Catalogue, column: str) -> bool:
    """Whether anything is known of the artists by which `by_group` could group them."""
    return catalogue.has_decades if column == "decade" else "genres" in catalogue.tag_columns


def _breadth(catalogue: Catalogue, queries: IntArray, named: IntArray, candidates: IntArray) -> Breadth:
    """`queries` (a,) and the artists `named` (a,) in answer to each."""
    counts = np.sort(np.bincount(named, minlength=len(catalogue))[candidates])[::-1]
    most = max(1, round(_OFTEN * len(candidates)))
    popularity = _popularity_place(catalogue)[named]
    return Breadth(
        answers=len(named),
        named=float((counts > 0).mean()),
        often=float(counts[:most].sum() / len(named)) if len(named) else np.nan,
        popularity=_mean_of_known(popularity),
        same_genre=_share_of_same_genre(catalogue, queries, named),
        same_decade=_share_of_same_decade(catalogue, queries, named),
    )


def _popularity_place(catalogue: Catalogue) -> DoubleArray:
    """(n,) from 0 for the least popular artist to 1, NaN where the popularity is unknown; equal ones share a place."""
    popularity = catalogue.artists["popularity"].to_numpy(np.float64, na_value=np.nan)
    known = ~np.isnan(popularity)
    place = np.full(len(catalogue), np.nan)
    if known.sum() > 1:
        place[known] = (average_ranks(popularity[known]) - 1) / (known.sum() - 1)
    return place


def _share_of_same_genre(catalogue: Catalogue, queries: IntArray, named: IntArray) -> float:
    genres = [frozenset(listed) for listed in catalogue.artists["genres"]]
    shared = [bool(genres[one] & genres[other]) for one, other in _known_pairs(genres, queries, named)]
    return float(np.mean(shared)) if shared else np.nan


def _known_pairs(genres: Sequence[frozenset[str]], queries: IntArray, named: IntArray) -> list[tuple[int, int]]:
    pairs = zip(queries.tolist(), named.tolist(), strict=True)
    return [(one, other) for one, other in pairs if genres[one] and genres[other]]


def _share_of_same_decade(catalogue: Catalogue, queries: IntArray, named: IntArray) -> float:
    decades = _decades(catalogue)
    known = (decades[queries] != "") & (decades[named] != "")
    return _mean_of_known(np.where(known, decades[queries] == decades[named], np.nan))


def _first_genres(catalogue: Catalogue) -> npt.NDArray[np.object_]:
    """(n,) the first genre of each artist, "" where none is known."""
    return np.array([next(iter(listed), "") for listed in catalogue.artists["genres"]], dtype=object)


def _decades(catalogue: Catalogue) -> npt.NDArray[np.object_]:
    """(n,) the decade of each artist as "1990s", "" where it is unknown."""
    if "decade" not in catalogue.artists:
        return np.full(len(catalogue), "", dtype=object)
    years = catalogue.artists["decade"]
    return np.array(["" if pd.isna(year) else decade_name(float(year)) for year in years], dtype=object)


def _mean_of_known(values: DoubleArray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else np.nan
