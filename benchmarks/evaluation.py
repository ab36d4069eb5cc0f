"""How long evaluating rankers takes, and how much memory, beside scikit-learn's NDCG asked query by query.

    python -m benchmarks.evaluation [CATALOGUE] [--rankers NAME,…] [--protocol P] [--split S] [--repeats N] [--json]

    build     opening the ranker on the view's visible edges
    evaluate  scoring all queries against all artists, ranking the candidates, all four metrics
    peak      what evaluation allocates at most beyond the ranker, in a pass of its own that is not timed
    metrics   the metrics alone, all four, from scores that are ready
    plain     `sklearn.metrics.ndcg_score`, one metric, from the same scores

Times are medians; metrics and plain take turns, and their ratio is the median over the turns.
"""

import argparse
import json
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np
from sklearn.metrics import ndcg_score

from core.catalogue import Catalogue, open_catalogue
from core.catalogue.library import BUNDLED
from core.evaluation.evaluate import CUTOFF, evaluate, relevance
from core.evaluation.metrics import score_queries
from core.graph.protocols import EVALUATED_SPLITS, PROTOCOLS, EvaluationView, evaluation_view
from core.search.spaces import open_ranker
from core.similarity import Similarity
from core.space_name import SpaceName

DEFAULT = Path(__file__).resolve().parents[1] / "data" / BUNDLED


@dataclass(frozen=True)
class Measurement:
    """One ranker. `ratio`: how many times as fast our metrics are as the plain ones; `difference`: the largest between
    their NDCGs."""

    ranker: str
    build_seconds: float
    evaluate_seconds: float
    queries_per_second: float
    peak_bytes: int
    metrics_seconds: float
    plain_seconds: float
    ratio: float
    difference: float


def measure(catalogue: Catalogue, name: str, view: EvaluationView, repeats: int) -> Measurement:
    """Everything about the ranker `name` on one view."""
    build = median(seconds(lambda: open_ranker(catalogue, name, view)) for _ in range(repeats))
    ranker = open_ranker(catalogue, name, view)
    evaluate(ranker, view)
    whole = median(seconds(lambda: evaluate(ranker, view)) for _ in range(repeats))
    scores, relevant = ready_scores(ranker, view)
    turns = [
        (
            seconds(lambda: score_queries(scores, relevant, CUTOFF)),
            seconds(lambda: plain_ndcg(scores, relevant)),
        )
        for _ in range(repeats)
    ]
    difference = np.abs(score_queries(scores, relevant, CUTOFF).ndcg - plain_ndcg(scores, relevant)).max()
    return Measurement(
        name,
        build,
        whole,
        len(view.queries) / whole,
        peak_of(lambda: evaluate(ranker, view)),
        median(ours for ours, _ in turns),
        median(plain for _, plain in turns),
        median(plain / ours for ours, plain in turns),
        float(difference),
    )


def ready_scores(ranker: Similarity, view: EvaluationView) -> tuple[np.ndarray, np.ndarray]:
    """(q, c) scores, NaN for the query itself, and (q, c) relevance. Unknown artists come last, below the lowest score:
    scikit-learn takes no infinity."""
    scores = ranker.scores(view.queries)[:, view.candidates]
    scores = np.where(np.isnan(scores), np.nanmin(scores) - 1, scores)
    scores[np.arange(len(view.queries)), np.searchsorted(view.candidates, view.queries)] = np.nan
    return scores, relevance(view, view.queries).toarray()


def plain_ndcg(scores: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """(q,) NDCG, one query after the other."""
    others = ~np.isnan(scores)
    return np.array(
        [
            ndcg_score(truth[None, candidate], row[None, candidate], k=CUTOFF)
            for truth, row, candidate in zip(relevant, scores, others, strict=True)
        ]
    )


def seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def peak_of(act: Callable[[], object]) -> int:
    """Bytes that `act` has allocated at most at any one time, NumPy's arrays included."""
    tracemalloc.start()
    act()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def default_rankers(catalogue: Catalogue) -> list[str]:
    return ["pagerank", "adamic-adar", "random", *map(SpaceName.cosine, catalogue.feature_names[:1])]


def print_table(found: Sequence[Measurement]) -> None:
    print(
        f"{'ranker':26} {'build':>8} {'evaluate':>9} {'queries/s':>10} {'peak':>8} {'metrics':>9} {'plain':>9} "
        f"{'ratio':>6} {'difference':>11}"
    )
    for one in found:
        print(
            f"{one.ranker:26} {one.build_seconds:6.3f} s {one.evaluate_seconds:7.3f} s {one.queries_per_second:10,.0f} "
            f"{one.peak_bytes / 1e6:5.0f} MB {one.metrics_seconds:7.3f} s {one.plain_seconds:7.3f} s {one.ratio:6.1f} "
            f"{one.difference:11.1e}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Time and memory of evaluating rankers.")
    parser.add_argument("catalogue", type=Path, nargs="?", default=DEFAULT, help="default: the bundled one")
    parser.add_argument("--rankers", help="as `python -m core evaluate` names them (default: three and a cosine)")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="standard")
    parser.add_argument("--split", choices=EVALUATED_SPLITS, default="test")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    catalogue = open_catalogue(options.catalogue)
    view = evaluation_view(catalogue, options.protocol, options.split)
    rankers = options.rankers.split(",") if options.rankers else default_rankers(catalogue)
    found = [measure(catalogue, name, view, options.repeats) for name in rankers]
    if options.json:
        print(json.dumps([asdict(one) for one in found], indent=1))
        return
    print(
        f"{catalogue.manifest.name}: {len(catalogue):,} artists, {len(view.candidates):,} candidates, "
        f"{len(view.queries):,} queries"
    )
    print_table(found)


if __name__ == "__main__":
    main()
