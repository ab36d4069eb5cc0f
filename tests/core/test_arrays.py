"""What core/arrays.py computes."""

import numpy as np
import pytest
from scipy.stats import rankdata

from core.arrays import average_ranks


def test_equal_values_share_the_mean_of_their_ranks() -> None:
    assert average_ranks([30, 10, 20, 10]).tolist() == [4.0, 1.5, 3.0, 1.5]


@pytest.mark.parametrize("kinds", [1, 3, 10_000])
@pytest.mark.parametrize("length", [0, 1, 2, 500])
def test_ranks_are_those_of_scipy(length: int, kinds: int) -> None:
    rng = np.random.default_rng(length)
    values = np.append(-rng.integers(0, kinds, length).astype(float), [-np.inf] * (length // 9))
    np.testing.assert_array_equal(average_ranks(values), rankdata(values))
