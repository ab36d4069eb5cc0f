"""Percentile bootstrap over queries: exact cases, coverage, pairing and bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from core.evaluation.bootstrap import Interval, mean_interval, paired_difference


@settings(max_examples=30, deadline=None)
@given(
    values=st.lists(st.floats(0, 1), min_size=2, max_size=30),
    seed=st.integers(0, 2**31),
)
def test_interval_surrounds_the_mean_within_the_range_of_the_values(values, seed):
    interval = mean_interval(values, resamples=1000, seed=seed)
    assert interval.mean == pytest.approx(np.mean(values))
    slack = 1e-12
    assert min(values) - slack <= interval.low <= interval.high <= max(values) + slack
    assert interval.low - slack <= interval.mean <= interval.high + slack


def test_two_values_have_the_three_equally_spaced_means_of_their_resamples():
    # Resamples of (0, 1): mean 0 and 1 with probability 1/4 each, .5 with 1/2.
    assert mean_interval([0.0, 1.0], level=0.9) == Interval(0.5, 0.0, 1.0)
    assert mean_interval([0.0, 1.0], level=0.4) == Interval(0.5, 0.5, 0.5)


def test_constant_values_have_no_spread():
    assert mean_interval(np.full(9, 0.25)) == Interval(0.25, 0.25, 0.25)


def test_large_sample_agrees_with_the_normal_interval():
    values = np.random.default_rng(3).beta(1, 2, size=868)
    interval = mean_interval(values)
    reach = stats.norm.ppf(0.975) * values.std() / np.sqrt(len(values))
    assert interval.mean - interval.low == pytest.approx(reach, rel=0.1)
    assert interval.high - interval.mean == pytest.approx(reach, rel=0.1)


def test_intervals_cover_the_true_mean_about_as_often_as_they_claim():
    rng = np.random.default_rng(5)
    intervals = [mean_interval(rng.random(60), level=0.9, resamples=300, seed=i) for i in range(200)]
    covered = np.mean([interval.low <= 0.5 <= interval.high for interval in intervals])
    assert 0.82 <= covered <= 0.96


def test_the_seed_alone_decides_the_resamples(monkeypatch):
    values = np.random.default_rng(0).random(50)
    interval = mean_interval(values, seed=1)
    assert interval == mean_interval(values, seed=1)
    assert interval != mean_interval(values, seed=2)
    monkeypatch.setattr("core.evaluation.bootstrap._BLOCK_CELLS", 64)
    assert interval == mean_interval(values, seed=1)


def test_a_higher_level_widens_the_interval():
    values = np.random.default_rng(0).random(50)
    narrow, wide = mean_interval(values, level=0.5), mean_interval(values, level=0.99)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_pairing_sees_a_small_steady_gain_among_very_different_queries():
    rng = np.random.default_rng(1)
    baseline = rng.random(200)
    better = baseline + rng.normal(0.02, 0.02, size=200)
    gain = paired_difference(better, baseline)
    assert gain.mean == pytest.approx(np.mean(better - baseline))
    assert 0 < gain.low < gain.high
    assert not gain.within_noise
    loss = paired_difference(baseline, better)
    assert loss.high < 0
    assert not loss.within_noise
    spread = mean_interval(better)
    assert spread.high - spread.low > 5 * (gain.high - gain.low)


def test_differences_that_may_be_chance_are_within_noise():
    rng = np.random.default_rng(2)
    baseline = rng.random(200)
    noise = rng.normal(0, 0.1, size=200)
    assert paired_difference(baseline + noise - noise.mean(), baseline).within_noise
    same = paired_difference(baseline, baseline)
    assert same == Interval(0.0, 0.0, 0.0)
    assert same.within_noise


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "at least two queries"),
        ([0.5], "at least two queries"),
        ([[0.5, 0.6]], "shape"),
        ([0.5, np.nan], "finite"),
        ([0.5, np.inf], "finite"),
    ],
)
def test_bad_values_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        mean_interval(values)
    with pytest.raises(ValueError, match=message):
        paired_difference(values, [0.1, 0.2])


@pytest.mark.parametrize("level", [0.0, 1.0, 95, np.nan])
def test_levels_outside_the_unit_interval_are_refused(level):
    with pytest.raises(ValueError, match="level"):
        mean_interval([0.1, 0.2], level=level)


def test_rankers_with_different_queries_are_refused():
    with pytest.raises(ValueError, match="same queries"):
        paired_difference([0.1, 0.2], [0.1, 0.2, 0.3])


def test_no_resamples_are_refused():
    with pytest.raises(ValueError, match="resamples"):
        mean_interval([0.1, 0.2], resamples=0)
