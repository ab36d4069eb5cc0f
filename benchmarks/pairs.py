"""How long a pair ranker takes to answer, and how many true neighbours its choice of candidates loses.

    python -m benchmarks.pairs data/disco-olga --ranker pairs:NAME

An answer is the scores of all artists for one query, as in the app, after the first answers have warmed it up. The
share lost is that of the hidden neighbours of validation artists that are not among the candidates that the network
scores, when all artists are candidates.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from core.catalogue import Catalogue, open_catalogue
from core.evaluation.evaluate import relevance
from core.graph.protocols import evaluation_view
from core.pairs.ranker import PairRanker
from core.search.spaces import open_ranker, open_space

WARM_UP = 3


def milliseconds_of_answers(catalogue: Catalogue, ranker: str, answers: int) -> list[float]:
    """The time of each of `answers` single queries, in a fixed random order."""
    space = open_space(catalogue, ranker)
    queries = np.random.default_rng(0).permutation(len(catalogue))[: answers + WARM_UP]
    times = []
    for query in queries:
        started = time.perf_counter()
        space.scores(np.array([query]))
        times.append(1000 * (time.perf_counter() - started))
    return times[WARM_UP:]


def share_lost(catalogue: Catalogue, ranker: str) -> float:
    """The share of hidden neighbours of validation artists that the network does not score."""
    view = evaluation_view(catalogue, "everybody", "val")
    opened = open_ranker(catalogue, ranker, view)
    if not isinstance(opened, PairRanker):
        raise SystemExit(f"{ranker} is no pair ranker.")
    lost = 0
    for start in range(0, len(view.queries), 64):
        queries = view.queries[start : start + 64]
        table = opened.table(queries)
        relevant = relevance(view, queries).toarray()
        relevant[table.query, table.candidate] = False
        lost += int(relevant.sum())
    return lost / (2 * len(view.hidden))


def main() -> None:
    parser = argparse.ArgumentParser(description="Answers of a pair ranker: their time, and the neighbours they lose.")
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("--ranker", required=True, help="pairs:NAME")
    parser.add_argument("--answers", type=int, default=50, help="number of queries (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")
    options = parser.parse_args()
    catalogue = open_catalogue(options.catalogue)
    times = milliseconds_of_answers(catalogue, options.ranker, options.answers)
    found = {
        "artists": len(catalogue),
        "answers": len(times),
        "median_ms": float(np.median(times)),
        "slowest_tenth_ms": float(np.quantile(times, 0.9)),
        "share_lost": share_lost(catalogue, options.ranker),
    }
    if options.json:
        print(json.dumps(found, indent=1))
        return
    print(f"{len(times)} answers among {len(catalogue):,} artists: median {found['median_ms']:.0f} ms,")
    print(
        f"the slowest tenth from {found['slowest_tenth_ms']:.0f} ms; {found['share_lost']:.1%} of the hidden neighbours"
    )
    print("of validation artists are not scored")


if __name__ == "__main__":
    main()
