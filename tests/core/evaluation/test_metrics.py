"""Ranking metrics: equal to scikit-learn and to brute force, invariant, bounded, and strict about input."""

from itertools import permutations
from math import comb, log2

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from sklearn.metrics import ndcg_score

from core.evaluation import metrics
from core.evaluation.metrics import (
    ndcg_at_k,
    ndcg_ceiling,
    recall_at_k,
    reciprocal_rank,
    score_queries,
)

FIELDS = ("ndcg", "ndcg_published", "recall", "mrr")
EXACT = {"rtol": 1e-12, "atol": 1e-12}
fast = settings(max_examples=60, deadline=None)

few_levels = st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 2.0])
any_level = st.floats(-1e6, 1e6, width=32)


@st.composite
def rankings(draw, max_queries=4, min_candidates=2, max_candidates=12, levels=few_levels | any_level):
    """Scores, often tied, and relevance with at least one positive per query."""
    shape = (draw(st.integers(1, max_queries)), draw(st.integers(min_candidates, max_candidates)))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    scores = draw(hnp.arrays(np.float64, shape, elements=levels)).astype(dtype)
    relevant = draw(hnp.arrays(np.bool_, shape))
    sure = draw(hnp.arrays(np.int64, shape[0], elements=st.integers(0, shape[1] - 1)))
    relevant[np.arange(shape[0]), sure] = True
    return scores, relevant


cutoffs = st.integers(1, 15)


def assert_same(actual, expected):
    for field in FIELDS:
        np.testing.assert_allclose(getattr(actual, field), getattr(expected, field), **EXACT, err_msg=field)


def first_k_metrics(order_relevant, k):
    """Both NDCGs, recall and reciprocal rank of one untied ranking, straight from the definitions."""
    n_positives = sum(order_relevant)
    discounts = [1 / log2(rank + 2) for rank in range(k)]
    dcg = sum(d for d, hit in zip(discounts, order_relevant, strict=False) if hit)
    return (
        dcg / sum(discounts[:n_positives]),
        dcg / sum(discounts[: n_positives + 1]),
        sum(order_relevant[:k]) / n_positives,
        1 / (order_relevant.index(True) + 1),
    )


def test_hand_computed_example():
    # Ranks of the positives (1-based): query 0 at 1 and 4; query 1 at 3; query 2 tied over ranks 1 and 2.
    scores = np.array([[0.9, 0.8, 0.7, 0.6], [0.9, 0.8, 0.7, 0.6], [0.5, 0.5, 0.1, -np.inf]])
    relevant = np.array([[1, 0, 0, 1], [0, 0, 1, 0], [1, 0, 0, 0]], dtype=bool)
    second = 1 / log2(3)  # .6309; ranks 1, 3 and 4 are discounted by 1, .5 and .4307
    fourth = 1 / log2(5)
    result = score_queries(scores, relevant, k=3)
    np.testing.assert_allclose(result.ndcg, [1 / (1 + second), 0.5, (1 + second) / 2])
    np.testing.assert_allclose(result.ndcg_published, [1 / (1 + second + 0.5), 0.5 / (1 + second), 0.5])
    np.testing.assert_allclose(result.recall, [0.5, 1.0, 1.0])
    np.testing.assert_allclose(result.mrr, [1.0, 1 / 3, (1 + 1 / 2) / 2])
    np.testing.assert_allclose(ndcg_at_k(scores, relevant), [(1 + fourth) / (1 + second), 0.5, (1 + second) / 2])
    np.testing.assert_allclose(recall_at_k(scores, relevant, k=1), [0.5, 0.0, 0.5])


@fast
@given(ranking=rankings(), k=cutoffs)
def test_standard_ndcg_equals_scikit_learn(ranking, k):
    scores, relevant = ranking
    finite = np.where(np.isneginf(scores), -1e7, scores.astype(np.float64))
    expected = [ndcg_score([r], [s], k=k) for r, s in zip(relevant, finite, strict=True)]
    np.testing.assert_allclose(ndcg_at_k(scores, relevant, k=k), expected, **EXACT)


@settings(max_examples=40, deadline=None)
@given(
    ranking=rankings(max_queries=1, max_candidates=6, levels=st.sampled_from([-np.inf, 0.0, 1.0])),
    k=st.integers(1, 7),
)
def test_every_metric_is_its_mean_over_all_orders_of_ties(ranking, k):
    scores, relevant = ranking
    score, marks = scores[0], relevant[0].tolist()
    descending = np.sort(score)[::-1]
    orders = [o for o in permutations(range(len(score))) if (descending == score[list(o)]).all()]
    expected = np.mean([first_k_metrics([marks[i] for i in order], k) for order in orders], axis=0)
    result = score_queries(scores, relevant, k=k)
    np.testing.assert_allclose([getattr(result, field)[0] for field in FIELDS], expected, **EXACT)


@fast
@given(ranking=rankings(), k=cutoffs, data=st.data())
def test_nan_means_the_candidate_is_not_there(ranking, k, data):
    scores, relevant = ranking
    column = data.draw(st.integers(0, scores.shape[1] - 1))
    relevant[:, column] = False
    assume(relevant.any(axis=1).all())
    scores[:, column] = np.nan
    without = score_queries(np.delete(scores, column, axis=1), np.delete(relevant, column, axis=1), k=k)
    assert_same(score_queries(scores, relevant, k=k), without)


@fast
@given(ranking=rankings(), k=cutoffs, seed=st.integers(0, 2**31))
def test_order_of_candidates_and_queries_is_irrelevant(ranking, k, seed):
    scores, relevant = ranking
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(scores.shape[0]), rng.permutation(scores.shape[1])
    result = score_queries(scores, relevant, k=k)
    shuffled = score_queries(scores[rows][:, columns], relevant[rows][:, columns], k=k)
    for field in FIELDS:
        np.testing.assert_allclose(getattr(shuffled, field), getattr(result, field)[rows], **EXACT)


@fast
@given(ranking=rankings(), k=cutoffs)
def test_bounds_and_published_never_exceeds_standard_nor_its_ceiling(ranking, k):
    scores, relevant = ranking
    result = score_queries(scores, relevant, k=k)
    for field in FIELDS:
        values = getattr(result, field)
        assert values.dtype == np.float64
        assert values.shape == (len(scores),)
        assert (values >= 0).all()
        assert (values <= 1).all()
    assert (result.mrr > 0).all()
    assert (result.ndcg_published <= result.ndcg).all()
    assert (result.ndcg_published <= ndcg_ceiling(relevant.sum(axis=1), k, "published")).all()


@fast
@given(ranking=rankings(), k=cutoffs)
def test_perfect_ranking_reaches_the_ceiling(ranking, k):
    _, relevant = ranking
    perfect = score_queries(relevant.astype(np.float32), relevant, k=k)
    n_positives = relevant.sum(axis=1)
    np.testing.assert_array_equal(ndcg_ceiling(n_positives, k), np.ones(len(relevant)))
    np.testing.assert_allclose(perfect.ndcg, 1.0, **EXACT)
    np.testing.assert_allclose(perfect.ndcg_published, ndcg_ceiling(n_positives, k, "published"), **EXACT)
    np.testing.assert_allclose(perfect.mrr, 1.0, **EXACT)
    np.testing.assert_allclose(perfect.recall, np.minimum(1.0, k / n_positives), **EXACT)


def test_published_ceiling_by_hand():
    # One positive: 1 / (1 + .6309); two: 1.6309 / 2.1309; with k positives there is no discount left to add.
    np.testing.assert_allclose(
        ndcg_ceiling([1, 2, 3, 4], k=3, variant="published"), [0.613147, 0.765360, 1, 1], atol=1e-6
    )


@fast
@given(ranking=rankings(max_queries=1), k=cutoffs, data=st.data())
def test_swapping_a_positive_upwards_never_lowers_a_metric(ranking, k, data):
    scores, relevant = ranking
    positive = data.draw(st.sampled_from(np.flatnonzero(relevant[0]).tolist()))
    assume(not relevant[0].all())
    other = data.draw(st.sampled_from(np.flatnonzero(~relevant[0].astype(bool)).tolist()))
    pair = np.sort(scores[0, [positive, other]])
    lower, higher = scores.copy(), scores.copy()
    lower[0, [positive, other]], higher[0, [other, positive]] = pair, pair
    before, after = score_queries(lower, relevant, k=k), score_queries(higher, relevant, k=k)
    for field in FIELDS:
        assert getattr(after, field)[0] >= getattr(before, field)[0] - 1e-12


@fast
@given(ranking=rankings(), k=cutoffs)
def test_metrics_alone_agree_with_score_queries_also_on_sparse_relevance(ranking, k):
    scores, relevant = ranking
    together = score_queries(scores, relevant, k=k)
    for container in (np.asarray, sparse.csr_array, sparse.csr_matrix, sparse.coo_array):
        marks = container(relevant)
        published = ndcg_at_k(scores, marks, k=k, variant="published")
        np.testing.assert_array_equal(ndcg_at_k(scores, marks, k=k), together.ndcg)
        np.testing.assert_array_equal(published, together.ndcg_published)
        np.testing.assert_array_equal(recall_at_k(scores, marks, k=k), together.recall)
        np.testing.assert_array_equal(reciprocal_rank(scores, marks), together.mrr)


def test_sparse_relevance_ignores_stored_false_and_repeated_entries():
    relevant = sparse.csr_array((np.array([True, True, False]), np.array([2, 2, 0]), np.array([0, 3])), shape=(1, 3))
    scores = [[3.0, 2.0, 1.0]]
    np.testing.assert_allclose(reciprocal_rank(scores, relevant), [1 / 3])
    np.testing.assert_allclose(recall_at_k(scores, relevant, k=3), [1.0])
    assert relevant.nnz == 3


@fast
@given(ranking=rankings(), k=cutoffs)
def test_blocks_do_not_change_the_result(ranking, k):
    scores, relevant = ranking
    whole = score_queries(scores, relevant, k=k)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "_BLOCK_CELLS", 1)
        assert_same(score_queries(scores, relevant, k=k), whole)


def test_constant_scores_give_the_random_expectation():
    relevant = np.zeros((1, 1000), dtype=bool)
    relevant[0, :3] = True
    result = score_queries(np.full((1, 1000), -np.inf), relevant, k=200)
    discounts = 1 / np.log2(np.arange(200) + 2)
    np.testing.assert_allclose(result.ndcg, 3 * discounts.sum() / 1000 / discounts[:3].sum())
    np.testing.assert_allclose(result.recall, 0.2)
    # The first of 3 among n stands at rank r with probability C(n - r, 2) / C(n, 3).
    expected = sum(comb(1000 - rank, 2) / comb(1000, 3) / rank for rank in range(1, 999))
    np.testing.assert_allclose(result.mrr, expected)


def test_no_queries_give_empty_results():
    result = score_queries(np.empty((0, 5)), np.empty((0, 5), dtype=bool))
    assert all(getattr(result, field).shape == (0,) for field in FIELDS)


@pytest.mark.parametrize(
    ("scores", "relevant", "message"),
    [
        ([1.0, 2.0], [True, False], "shape"),
        ([[1.0, 2.0]], [[True, False, False]], "shape"),
        ([[1.0, 2.0]], [[1, 0]], "boolean"),
        ([[1.0, 2.0]], sparse.csr_array([[1.0, 0.0]]), "boolean"),
        ([["a", "b"]], [[True, False]], "real numbers"),
        ([[1.0, 2.0], [1.0, 2.0]], [[True, False], [False, False]], "no relevant candidate"),
        ([[np.nan, 2.0]], [[True, False]], "-inf"),
    ],
)
def test_bad_input_is_refused(scores, relevant, message):
    for metric in (score_queries, ndcg_at_k, recall_at_k, reciprocal_rank):
        with pytest.raises(ValueError, match=message):
            metric(scores, relevant)


@pytest.mark.parametrize("metric", [score_queries, ndcg_at_k, recall_at_k])
def test_bad_cutoffs_are_refused(metric):
    with pytest.raises(ValueError, match="at least 1"):
        metric([[1.0]], [[True]], k=0)
    with pytest.raises(TypeError):
        metric([[1.0]], [[True]], k=2.5)


def test_unknown_variants_and_bad_counts_are_refused():
    with pytest.raises(ValueError, match="'standard' or 'published'"):
        ndcg_at_k([[1.0]], [[True]], variant="Standard")
    with pytest.raises(ValueError, match="'standard' or 'published'"):
        ndcg_ceiling([1], variant="ideal")
    for counts in ([0, 1], [1.5]):
        with pytest.raises(ValueError, match="integers"):
            ndcg_ceiling(counts)
