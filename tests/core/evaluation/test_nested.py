"""Intervals over queries, seeds and draws at once: exact cases, coverage, pairing, and Holm's adjustment by hand."""

import numpy as np
import pytest
from scipy import stats

from core.evaluation.bootstrap import Interval, mean_interval, paired_difference
from core.evaluation.nested import holm, nested_differences, nested_interval, over_seeds


def test_one_seed_and_draw_give_the_interval_over_queries():
    values = np.random.default_rng(0).random(300)
    nested, plain = nested_interval(values[None, None]), mean_interval(values)
    assert nested.mean == pytest.approx(plain.mean)
    assert nested.low == pytest.approx(plain.low, abs=0.003)
    assert nested.high == pytest.approx(plain.high, abs=0.003)


def test_constant_values_have_no_spread():
    found = nested_interval(np.full((3, 5, 9), 0.25))
    assert (found.mean, found.low, found.high) == pytest.approx((0.25, 0.25, 0.25))


def test_of_two_seeds_one_is_drawn_so_the_interval_reaches_both():
    values = np.repeat([[[0.2]], [[0.4]]], 50, axis=2)
    found = nested_interval(values)
    assert (found.mean, found.low, found.high) == (pytest.approx(0.3), pytest.approx(0.2), pytest.approx(0.4))


def test_seeds_that_differ_widen_the_interval_and_more_resamples_than_a_block_change_nothing(monkeypatch):
    rng = np.random.default_rng(1)
    queries = rng.random(200)
    seeds = queries + np.array([-0.1, 0.0, 0.1])[:, None]
    nested = nested_interval(seeds[:, None])
    plain = mean_interval(queries)
    assert nested.high - nested.low > 1.5 * (plain.high - plain.low)
    monkeypatch.setattr("core.evaluation.nested._BLOCK_CELLS", 1000)
    again = nested_interval(seeds[:, None])
    assert (again.low, again.high) == pytest.approx((nested.low, nested.high))


def test_nested_intervals_cover_the_truth_about_as_often_as_they_claim():
    rng = np.random.default_rng(2)
    covered = 0
    for trial in range(150):
        seeds, draws, queries = rng.normal(0, 0.05, (4, 1, 1)), rng.normal(0, 0.05, (1, 5, 1)), rng.normal(0, 1, 60)
        values = seeds + draws + queries + rng.normal(0, 0.3, (4, 5, 60))
        found = nested_interval(values, level=0.9, resamples=300, seed=trial)
        covered += found.low <= 0 <= found.high
    assert 0.84 <= covered / 150 <= 0.99


def test_a_difference_is_paired_by_query_and_draw_but_not_by_seed():
    rng = np.random.default_rng(3)
    hard = rng.random((1, 5, 200))
    better = hard + rng.normal(0.02, 0.02, (3, 5, 200))
    (gain,) = nested_differences(better, [hard])
    assert gain.interval.mean == pytest.approx(0.02, abs=0.002)
    assert 0 < gain.interval.low < gain.interval.high
    assert gain.p == pytest.approx(2 / 4001)
    loss, same = nested_differences(hard, [better, hard])
    assert loss.interval.high < 0
    assert (same.interval, same.p) == (Interval(0.0, 0.0, 0.0), 1.0)
    plain = paired_difference(better[0, 0], hard[0, 0])
    one = nested_differences(better[:1, :1], [hard[:, :1]])[0].interval
    assert (one.low, one.high) == (pytest.approx(plain.low, abs=0.001), pytest.approx(plain.high, abs=0.001))


def test_holm_multiplies_the_smallest_most_and_keeps_the_order():
    # By hand: .01 · 4, .02 · 3, .03 · 2 (not below .06), .9 · 1.
    assert holm([0.03, 0.01, 0.9, 0.02]) == pytest.approx([0.06, 0.04, 0.9, 0.06])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []


def test_of_one_seed_the_interval_over_queries_stays():
    assert over_seeds([0.5], [0.4], [0.7]) == Interval(0.5, pytest.approx(0.4), pytest.approx(0.7))
    assert over_seeds([0.5, 0.5], [0.4, 0.4], [0.6, 0.6]) == Interval(0.5, pytest.approx(0.4), pytest.approx(0.6))


def test_variances_of_queries_and_seeds_add_up():
    reach = stats.norm.ppf(0.975)
    figures = np.array([0.48, 0.5, 0.52])
    found = over_seeds(figures, figures - 0.03 * reach, figures + 0.03 * reach)
    of_seeds = figures.var(ddof=1) / 3
    total = 0.03**2 + of_seeds
    expected = stats.t.ppf(0.975, 2 * (total / of_seeds) ** 2) * np.sqrt(total)
    assert (found.mean, found.high - 0.5, 0.5 - found.low) == pytest.approx((0.5, expected, expected))
    alone = over_seeds(figures, figures, figures)
    assert alone.high - 0.5 == pytest.approx(stats.t.ppf(0.975, 2) * np.sqrt(of_seeds))
    assert np.isnan(over_seeds(figures, [np.nan] * 3, [np.nan] * 3).low)


@pytest.mark.parametrize(
    ("values", "message"),
    [([0.1, 0.2], "shape"), (np.empty((0, 1, 3)), "shape"), ([[[0.1]]], "two queries"), ([[[0.1, np.nan]]], "finite")],
)
def test_bad_values_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        nested_interval(values)


def test_rankers_with_different_queries_are_refused():
    with pytest.raises(ValueError, match="same draws and queries"):
        nested_differences([[[0.1, 0.2]]], [[[[0.1, 0.2, 0.3]]]])
