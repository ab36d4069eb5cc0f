"""Columns of the content: of the two artists themselves, and of their neighbours."""

import numpy as np
import scipy.sparse as sp

from core.arrays import BoolArray, FloatArray, IntArray
from core.pairs.asked import Asked, Columns, Pairs
from core.pairs.content import PairContent, unit_rows
from core.pairs.walks import VisibleGraph

PROFILE, NEIGHBOURHOOD, CONTENT, NUMBER = "profile", "neighbourhood", "content:", "number:"
_PRODUCTS = (
    ("own", "own"),
    ("own", "near"),
    ("near", "own"),
    ("near", "near"),
    ("near", "far"),
    ("far", "near"),
    ("far", "far"),
)
"""Whose profiles are compared: of the query, and of the candidate."""
_UNKNOWN = -2.0
"""Below every cosine."""


class Likeness:
    """The content of artists and of their neighbours on a visible graph.

    `rows` (r,) are the only artists that are compared, ascending; None stands for all.
    """

    def __init__(self, graph: VisibleGraph, content: PairContent, rows: IntArray | None = None) -> None:
        self._content, self._compared = content, rows
        self._rows: dict[tuple[str, str], FloatArray] = {}
        for name, own in content.profiles.items():
            near, far = _around(graph.steps, own, rows)
            self._rows[name, "own"] = own if rows is None else own[rows]
            self._rows[name, "near"] = unit_rows(near)
            self._rows[name, "far"] = unit_rows(far)
        self._known = {key: found.any(axis=1) for key, found in self._rows.items()}
        self._joined, self._has_any = self._join(graph.n_artists if rows is None else len(rows))
        self._near_numbers = {name: _means(graph.links, values, rows) for name, values in content.numbers.items()}

    def _join(self, n_rows: int) -> tuple[FloatArray, BoolArray]:
        parts = [rows for (_, which), rows in self._rows.items() if which != "far"]
        if not parts:
            return np.zeros((n_rows, 1), np.float32), np.zeros(n_rows, bool)
        joined = np.concatenate(parts, axis=1) / np.float32(np.sqrt(len(parts)))
        return joined, joined.any(axis=1)

    def _places(self, rows: IntArray) -> IntArray:
        """Where these artists are among those that are compared."""
        return rows if self._compared is None else np.searchsorted(self._compared, rows)

    def alike(self, asked: Asked) -> FloatArray:
        """(q, c) how alike content and content of neighbours are; NaN where one of the two artists has neither.

        A candidate that lacks some of it scores less, so that what two artists lack does not bring them together.
        """
        queries, rows = self._places(asked.queries), self._places(asked.rows)
        alike: FloatArray = unit_rows(self._joined[queries]) @ self._joined[rows].T
        alike[~self._has_any[queries]] = np.nan
        alike[:, ~self._has_any[rows]] = np.nan
        return alike

    def add(self, found: Columns, pairs: Pairs, alike: FloatArray) -> None:
        """Cosines of every set, of the profiles and of the neighbours' profiles, and differences of the numbers."""
        content, own, others = self._content, self._places(pairs.one), self._places(pairs.other)
        for name in content.sets:
            found.add(f"{CONTENT}{name}", **{f"cosine_{name}": content.cosine(name, pairs.one, pairs.other)})
        for name in content.profiles:
            for which, whose in _PRODUCTS:
                self._add_products(found, own, others, name, which, whose)
        if content.profiles:
            found.add(PROFILE, alike_gap=pairs.gaps(alike, -1.0), alike_rank=pairs.ranks(alike))
        for name, values in content.numbers.items():
            near, one, other = self._near_numbers[name], values[pairs.one], values[pairs.other]
            found.add(f"{NUMBER}{name}", **{f"{name}_difference": np.abs(one - other)})
            found.add(
                NEIGHBOURHOOD,
                **{
                    f"{name}_near_near": np.abs(near[own] - near[others]),
                    f"{name}_near_own": np.abs(near[own] - other),
                    f"{name}_own_near": np.abs(one - near[others]),
                },
            )

    def _add_products(self, found: Columns, own: IntArray, others: IntArray, name: str, one: str, other: str) -> None:
        """Products of rows; NaN where one of them is unknown, which is a row of zeros."""
        known = self._known[name, one][own] & self._known[name, other][others]
        products = _dots(self._rows[name, one], self._rows[name, other], own, others)
        group = PROFILE if one == other == "own" else NEIGHBOURHOOD
        found.add(group, **{f"{name}_{one}_{other}": np.where(known, products, np.nan)})


def least_of_best(scores: FloatArray, count: IntArray) -> FloatArray:
    """(q,) the score that the best `count` (q,) of each row reach; NaN counts as the lowest."""
    ranked = np.nan_to_num(scores, nan=_UNKNOWN)
    least = np.full(len(ranked), np.inf, np.float32)
    for row, (one, wanted) in enumerate(zip(ranked, np.minimum(count, ranked.shape[1]), strict=True)):
        if wanted:
            least[row] = np.partition(one, len(one) - wanted)[len(one) - wanted]
    return least


def _around(steps: sp.csr_array, own: FloatArray, rows: IntArray | None) -> tuple[FloatArray, FloatArray]:
    """What stands one step and two steps around some artists, None for all, of what is their `own` (n, d)."""
    if rows is None:
        near = steps @ own
        return near, steps @ near
    leading = steps[rows]
    reached = np.unique(leading.indices)
    return leading @ own, leading[:, reached] @ (steps[reached] @ own)


def _means(links: sp.csr_array, values: FloatArray, rows: IntArray | None) -> FloatArray:
    """The mean over the neighbours of some artists, None for all, that have a value; NaN where none has."""
    own = links if rows is None else links[rows]
    known = ~np.isnan(values)
    count = own @ known.astype(np.float32)
    means: FloatArray = np.where(count > 0, own @ np.where(known, values, 0) / np.maximum(count, 1), np.nan)
    return means


def _dots(left: FloatArray, right: FloatArray, one: IntArray, other: IntArray) -> FloatArray:
    products: FloatArray = np.einsum("pd,pd->p", left[one], right[other])
    return products
