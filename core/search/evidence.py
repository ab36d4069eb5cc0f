"""Why an artist is an answer: its rank in every space, the edges it shares with the query artist, and common tags.

Shared neighbours with the fewest edges come first, after L. A. Adamic and E. Adar, Friends and neighbors on the Web,
Social Networks 25(3), 2003.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from scipy.sparse import csr_array

from core.arrays import BoolArray, FloatArray, IntArray
from core.catalogue import Catalogue
from core.catalogue.format import LIST_COLUMNS
from core.graph.adjacency import degrees, neighbours_of, shared_counts
from core.runs.record import open_run
from core.search.spaces import Space
from core.similarity import Neighbours, Similarity, best
from core.space_name import RECOMMENDED, SpaceName


@dataclass(frozen=True)
class Answer:
    """The ranked list of one space for a query artist.

    Shapes: `scores` (n,) float32, NaN for the query artist itself and for artists that the space does not know;
    `nearest` (k,) best first. `n_tied` artists have the same score as the last of `nearest` but are not in it.
    """

    space: Space
    query_row: int
    scores: FloatArray
    nearest: Neighbours
    n_tied: int

    @property
    def n_known(self) -> int:
        """Number of artists that the space can compare with the query artist."""
        return int(np.count_nonzero(~np.isnan(self.scores)))

    def ranks(self, rows: IntArray) -> IntArray:
        """(len(rows),) rank of each artist, 1 for the nearest, 0 for unknown. Equal scores share the better rank."""
        ascending = np.sort(self.scores[~np.isnan(self.scores)])
        better = len(ascending) - np.searchsorted(ascending, self.scores[rows], side="right")
        return np.where(np.isnan(self.scores[rows]), 0, better + 1).astype(np.int64)


@dataclass(frozen=True)
class Evidence:
    """What the known edges say about a query artist and each of k results.

    Shapes: `rows` (k,); `known` (k,) whether the result has an edge to the query artist; `shared` (k,) number of
    artists with an edge to both; `degree` (k,) and `query_degree` count all known edges.
    """

    query_row: int
    rows: IntArray
    known: BoolArray
    shared: IntArray
    degree: IntArray
    query_degree: int


def answer(similarity: Similarity, space: Space, query_row: int, k: int = 10) -> Answer:
    """The k artists nearest to `query_row` in a space. Artists that a walk does not reach are unknown to it."""
    return ranked(space, query_row, known_scores(similarity, np.array([query_row]))[0], k)


def known_scores(similarity: Similarity, queries: IntArray) -> FloatArray:
    """(q, n) scores, with NaN for each query artist itself and for artists that a walk does not reach."""
    return mask_unknown(similarity.scores(queries), queries, similarity.name)


def mask_unknown(scores: FloatArray, queries: IntArray, name: str) -> FloatArray:
    """`scores` (q, n) of the similarity `name`, with NaN as in `known_scores`."""
    known = scores.copy()
    known[np.arange(len(queries)), queries] = np.nan
    if SpaceName(name).is_walk:
        known[known <= 0] = np.nan
    return known


def ranked(space: Space, query_row: int, scores: FloatArray, k: int, allowed: BoolArray | None = None) -> Answer:
    """The answer from `scores` (n,), NaN unknown, with the k nearest of the artists `allowed` (n,), or of all."""
    listed = scores if allowed is None else np.where(allowed, scores, np.nan).astype(np.float32)
    nearest = best(listed, k)
    last = nearest.scores[-1:]
    tied = np.count_nonzero(np.isin(listed, last)) - np.count_nonzero(np.isin(nearest.scores, last))
    return Answer(space, query_row, scores, nearest, int(tied))


def agreement(answers: Sequence[Answer], n_artists: int) -> IntArray:
    """(n,) the number of answers that have each artist among their nearest."""
    named = [found.nearest.rows for found in answers]
    return np.bincount(np.concatenate(named), minlength=n_artists) if named else np.zeros(n_artists, np.int64)


def gather_evidence(matrix: csr_array, query_row: int, rows: IntArray) -> Evidence:
    """What the known edges, `matrix` (n, n), say about the results `rows` (k,) for `query_row`."""
    degree = degrees(matrix)
    known = np.isin(rows, neighbours_of(matrix, query_row))
    return Evidence(
        query_row, rows, known, shared_counts(matrix, query_row, rows), degree[rows], int(degree[query_row])
    )


def shared_tags(catalogue: Catalogue, *rows: int) -> dict[str, list[str]]:
    """Genres, moods and themes that all artists have, by column, in the first artist's order, without empty lists."""
    common = {}
    for column in LIST_COLUMNS:
        first, *others = (list(tags) for tags in catalogue.artists[column].iloc[list(rows)])
        common[column] = [tag for tag in first if all(tag in tags for tags in others)]
    return {column: tags for column, tags in common.items() if tags}


def neighbours_in_common(matrix: csr_array, rows: Sequence[int]) -> IntArray:
    """Artists with a known edge to all of `rows`, those with the fewest edges first."""
    common = reduce(np.intersect1d, [neighbours_of(matrix, row) for row in rows])
    degree = degrees(matrix)[common]
    return common[np.argsort(degree, kind="stable")].astype(np.int64)


def uses_edges(catalogue: Catalogue, space: Space) -> bool:
    """Whether the space uses known edges. Content and models without graph layers use none."""
    if space.name.is_run:
        return open_run(catalogue, space.name.id).config.model.layers > 0
    return space.name.is_walk or space.name.is_fusion or space.name.is_pairs


def default_spaces(spaces: Sequence[Space], most: int = 4, wanted: str | None = None) -> list[Space]:
    """The spaces to compare first, at most `most`: a model, content, and the graph walk.

    The model is the recommended one, or else a fusion, a pair ranker or the newest run, whichever there is first.
    If the space named `wanted` is a model, it replaces the model; otherwise it comes before other content.
    """
    models = [space for space in spaces if space.name.is_run or space.name.is_fusion or space.name.is_pairs]
    models.sort(key=lambda space: (space.name.id != RECOMMENDED, not space.name.is_fusion, not space.name.is_pairs))
    walks = [space for space in spaces if space.name.is_walk][:1]
    content = [space for space in spaces if space not in models and not space.name.is_walk]
    first = [space for space in [*content, *models] if space.name == wanted]
    models = first if first and first[0] in models else models[:1]
    content = sorted(content, key=lambda space: space not in first)
    return [*models, *content[: most - len(walks) - len(models)], *walks]
