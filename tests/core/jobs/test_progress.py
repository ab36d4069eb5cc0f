"""Progress is a number between 0 and 1, whatever was counted."""

import math

import pytest

from core.jobs.progress import share


@pytest.mark.parametrize(
    ("done", "total", "expected"),
    [(0, 4, 0), (1, 4, 0.25), (4, 4, 1), (8, 4, 1), (-1, 4, 0), (1, 0, 0), (0, 0, 0), (3, -1, 0)],
)
def test_a_share_lies_between_none_and_all(done: int, total: int, expected: float) -> None:
    assert share(done, total) == expected


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_no_number_leads_out_of_the_bounds(odd: float) -> None:
    for value in (share(odd, 1.0), share(1.0, odd), share(odd, odd)):
        assert 0 <= value <= 1
