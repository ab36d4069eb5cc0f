"""Type aliases for arrays, by the type of their elements, and the ranks of what an array holds."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float32]
DoubleArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]


def average_ranks(values: npt.ArrayLike) -> DoubleArray:
    """(n,) the rank of each value (n,), 1 for the lowest; equal values share the mean of theirs. There is no NaN.

    What scipy.stats.rankdata returns, whose import takes as long as all else that the app starts with.
    """
    given = np.asarray(values)
    order = np.argsort(given, kind="stable")
    in_order = given[order]
    begins = np.append(True, in_order[1:] != in_order[:-1])[: len(given)]
    starts = np.flatnonzero(begins)
    ends = np.append(starts, len(given))[1:]
    ranks = np.empty(len(given))
    ranks[order] = ((starts + ends + 1) / 2)[np.cumsum(begins) - 1]
    return ranks
