"""Evaluate clips: how well each route finds the true neighbours of held-out artists, and the artist of a new track.

A query is the features of a clip by a held-out artist, made from tracks that are not in the catalogue. The artist's own
row is neither an answer nor linked to the clip. In both views only the edges of other artists are known:

cold    the candidates are the held-out artists, which have no known edges either, as in the protocol "cold".
clip    the candidates are all artists, as for a clip by an artist outside the catalogue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from core.arrays import FloatArray, IntArray
from core.catalogue import Catalogue
from core.clips.routes import (
    N_LINKED,
    ClipRoutes,
    clip_fusions,
    clip_runs,
    content_spaces,
    nearest_by_content,
)
from core.clips.search import BY_TRACK
from core.clips.vectors import Clips
from core.errors import NearfieldError
from core.evaluation.bootstrap import Interval, mean_interval, paired_difference
from core.evaluation.evaluate import Evaluation, evaluate
from core.evaluation.metrics import recall_at_k
from core.experiments.results import record_results, result_row
from core.graph.protocols import EvaluationView, evaluation_view
from core.runs.record import library_versions, source_commit
from core.space_name import SpaceName

COLD, CLIP = "cold", "clip"
VIEWS = (COLD, CLIP)


@dataclass(frozen=True)
class ClipEvaluation:
    """The figures of every space and route for clips in one view: `evaluations` by name, all on the same queries."""

    view: EvaluationView
    evaluations: Mapping[str, Evaluation]
    settings: Mapping[str, Any]

    def table(self) -> pd.DataFrame:
        """NDCG@200 with its 95% interval, best first. Columns: ranker, ndcg, low, high, recall, mrr, queries."""
        rows = []
        for name, evaluation in self.evaluations.items():
            interval = evaluation.interval("ndcg")
            scores = evaluation.scores
            rows.append(
                {"ranker": name, "ndcg": interval.mean, "low": interval.low, "high": interval.high}
                | {"recall": scores.recall.mean(), "mrr": scores.mrr.mean(), "queries": len(evaluation.queries)}
            )
        return pd.DataFrame(rows).sort_values("ndcg", ascending=False, ignore_index=True)

    def differences(self) -> pd.DataFrame:
        """Paired differences of NDCG@200 for all pairs. Columns: first, second, mean, low, high, within_noise."""
        names = self.table()["ranker"].tolist()
        rows = []
        for place, first in enumerate(names):
            for second in names[place + 1 :]:
                one, other = (self.evaluations[name].scores.ndcg for name in (first, second))
                found = paired_difference(one, other)
                rows.append(
                    {"first": first, "second": second, "mean": found.mean, "low": found.low, "high": found.high}
                    | {"within_noise": found.within_noise}
                )
        return pd.DataFrame(rows)


def clip_view(catalogue: Catalogue, name: str = COLD, split: str = "test") -> EvaluationView:
    """The view "cold" or "clip" of the artists of `split`; see the module. Raises NearfieldError for another name."""
    view = evaluation_view(catalogue, "cold", split)
    if name == COLD:
        return view
    if name != CLIP:
        raise NearfieldError(f"“{name}” is no view of clips. There are: {', '.join(VIEWS)}.")
    edges = catalogue.learned_edges
    hidden = edges[np.isin(edges, view.candidates).any(axis=1)]
    queries = np.intersect1d(hidden, view.candidates)
    return replace(view, protocol=CLIP, hidden=hidden, candidates=np.arange(len(catalogue)), queries=queries)


def evaluate_clips(
    catalogue: Catalogue,
    artists: IntArray,
    clips: Clips,
    view: str = COLD,
    split: str = "test",
    run: str | None = None,
    fusion: str | None = None,
    n_linked: int = N_LINKED,
) -> ClipEvaluation:
    """NDCG@200 of every route and content space for clips of held-out artists.

    `artists` (c,) are rows of `split`, each once, and `clips` the features of their clips, set -> (c, d). `run` and
    `fusion` are as in ClipSearch. Artists without a hidden edge are left out. The names are clip:random, clip:isolated,
    clip:tied and clip:fusion, and clip:SET and clip:SET:tracks for each content space. Raises NearfieldError if nothing
    can be compared or found.
    """
    seen = clip_view(catalogue, view, split)
    chosen = np.flatnonzero(np.isin(artists, seen.queries))
    order = chosen[np.argsort(artists[chosen])]
    queries = artists[order].astype(np.int64)
    if len(np.unique(queries)) != len(queries):
        raise NearfieldError("Each artist can be evaluated with one clip only.")
    if not len(queries):
        raise NearfieldError(f"None of these artists is a {split} artist with an edge to find.")
    seen = replace(seen, queries=queries)
    ordered = {name: values[order] for name, values in clips.items()}
    run = run or next((found.run_id for found in clip_runs(catalogue, clips)), None)
    fusion = fusion or next(iter(clip_fusions(catalogue, clips)), None)
    tables = _tables(catalogue, seen, queries, ordered, run, fusion, n_linked)
    named = [(SpaceName.clip(name), table) for name, table in tables]
    evaluations: dict[str, Evaluation] = {name: evaluate(_Table(name, queries, table), seen) for name, table in named}
    return ClipEvaluation(seen, evaluations, {"run": run, "fusion": fusion, "ties": n_linked})


def record_clips(catalogue: Catalogue, found: ClipEvaluation, command: str) -> list[dict[str, Any]]:
    """Write the figures to the catalogue's results table, and return the rows. `command` reproduces them."""
    provenance = {
        "features": None,
        "backbone": None,
        "layers": None,
        "seed": None,
        "config": dict(found.settings),
        "commit": source_commit(),
        "versions": library_versions(),
        "command": command,
    }
    rows = [
        result_row(evaluation, catalogue, provenance) | {"ranker": name}
        for name, evaluation in found.evaluations.items()
    ]
    record_results(catalogue, rows)
    return rows


def artist_recall(
    catalogue: Catalogue, artists: IntArray, clips: Clips, cutoffs: Sequence[int] = (1, 10)
) -> pd.DataFrame:
    """How often an unseen track finds its own artist among the first k artists, in every content space.

    Shapes: `artists` (c,) rows, one for each track; `clips` set -> (c, d). Columns: space, k, recall, low, high (95%
    over tracks), chance, tracks. Recall is its expectation over all orders of equal scores.
    """
    relevant = np.zeros((len(artists), len(catalogue)), dtype=bool)
    relevant[np.arange(len(artists)), artists] = True
    rows = []
    for name, scores in _content_tables(catalogue, clips):
        ranked = np.where(np.isnan(scores), -np.inf, scores)
        for k in cutoffs:
            found = _interval(recall_at_k(ranked, relevant, k))
            rows.append(
                {"space": name, "k": k, "recall": found.mean, "low": found.low, "high": found.high}
                | {"chance": k / len(catalogue), "tracks": len(artists)}
            )
    return pd.DataFrame(rows)


def _tables(
    catalogue: Catalogue,
    view: EvaluationView,
    queries: IntArray,
    clips: Clips,
    run: str | None,
    fusion: str | None,
    n_linked: int,
) -> list[tuple[str, FloatArray]]:
    """Name and scores (c, n) of chance and of every space and route, without the artist itself."""
    spaces = content_spaces(catalogue, clips)
    if not spaces:
        raise NearfieldError(f"{catalogue.name} has no feature set that these clips can be compared in.")
    linked = nearest_by_content(spaces, clips, n_linked, queries)
    routes = ClipRoutes(catalogue, view.visible, run, fusion)
    by_graph = [(route, routes.scores(route, clips, linked, queries)) for route in routes.offered]
    chance = np.zeros((len(queries), len(catalogue)), np.float32)
    return [("random", chance), *_content_tables(catalogue, clips), *by_graph]


def _content_tables(catalogue: Catalogue, clips: Clips) -> list[tuple[str, FloatArray]]:
    tables = []
    for space in content_spaces(catalogue, clips):
        tables.append((space.name, space.scores(clips[space.name])))
        if space.has_tracks:
            tables.append((space.name + BY_TRACK, space.best_tracks(clips[space.name]).scores))
    return tables


class _Table:
    """A similarity made of the scores (q, n) of `queries` (q,), which are ascending."""

    def __init__(self, name: str, queries: IntArray, table: FloatArray) -> None:
        self.name, self.n_artists = name, table.shape[1]
        self._queries, self._scores = queries, table

    def scores(self, queries: IntArray) -> FloatArray:
        return self._scores[np.searchsorted(self._queries, queries)]


def _interval(values: Any) -> Interval:
    return mean_interval(values) if len(values) > 1 else Interval(float(values.mean()), float("nan"), float("nan"))
