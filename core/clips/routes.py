"""Three routes from the sound of a clip to artists through the graph. A clip is a node without known edges.

isolated    the model embeds the node from its content, and no messages arrive.
tied        the node receives messages from its nearest artists by content, and sends none.
fusion      a fitted fusion of content, models and the walk, weighted by the known edges of clip and artist. The clip
            counts as having none, although models and the walk use the inductive edges of the second route.

Routes return scores (c, n) of c clips and n artists. Clips do not influence each other, except in models with
attention among all nodes (gps).
"""

from collections.abc import Callable, Sequence

import numpy as np

from core.arrays import FloatArray, IntArray
from core.audio.encoders.checkpoints import BUNDLED, KNOWN
from core.catalogue import Catalogue
from core.clips.inductive import with_inductive_nodes
from core.clips.vectors import Clips, append_clips, sets_of_clips, suits_clips
from core.errors import NearfieldError
from core.features import LEARNED, FeatureInputs, feature_inputs, split_feature_names
from core.features.audio_sets import ACOUSTICBRAINZ, AUDIO_SETS, CLAP
from core.graph.protocols import GraphView
from core.graph.rankers import PAGERANK_CONTINUE, PersonalisedPageRank
from core.runs.record import Run, list_runs, open_run
from core.search.content import ContentSpace
from core.search.fusion import Fusion, FusionWeights
from core.search.fusions import list_fusions, load_fusion
from core.space_name import Kind, SpaceName

ISOLATED, TIED, FUSION = "isolated", "tied", "fusion"
_WALK = SpaceName("pagerank")

N_LINKED = 10
"""Number of nearest artists that a clip is linked to."""


class ClipModel:
    """A trained model that embeds clips as inductive nodes. It reads the model and the artists' input once."""

    def __init__(self, catalogue: Catalogue, run: Run) -> None:
        from core.training.checkpoints import load_model

        self._catalogue = catalogue
        self._model, scaling = load_model(run)
        self._inputs: FeatureInputs = feature_inputs(catalogue, run.config.features, scaling)

    def scores(self, clips: Clips, linked: IntArray, view: GraphView) -> FloatArray:
        """Cosine (c, n) of clips, linked to artists `linked` (c, k), with all artists. NaN for zero embeddings."""
        from core.training.checkpoints import embed

        n = view.n_artists
        inputs = append_clips(self._catalogue, self._inputs, clips, len(linked))
        embeddings = embed(self._model, inputs, with_inductive_nodes(view, linked))
        scores: FloatArray = embeddings[n:] @ embeddings[:n].T
        scores[~embeddings[n:].any(axis=1)] = np.nan
        scores[:, ~embeddings[:n].any(axis=1)] = np.nan
        return scores


class ClipRoutes:
    """The routes of one catalogue, with the edges of `view` known.

    The first two routes use the model `run`, and the third uses `fusion`. A route is not offered if its name is None.
    Raises NearfieldError if the catalogue has no such run or fusion.
    """

    def __init__(self, catalogue: Catalogue, view: GraphView, run: str | None, fusion: str | None) -> None:
        self.run, self.fusion = run, fusion
        self._catalogue, self._view = catalogue, view
        self._model = None if run is None else ClipModel(catalogue, open_run(catalogue, run))
        self._weights = None if fusion is None else load_fusion(catalogue, fusion)[0]
        self._parts = [] if self._weights is None else [self._part(name) for name in self._weights.parts]
        self._walk: PersonalisedPageRank | None = None

    @property
    def offered(self) -> tuple[str, ...]:
        """The routes on offer."""
        by_model = () if self._model is None else (ISOLATED, TIED)
        return by_model if self._weights is None else (*by_model, FUSION)

    def scores(self, route: str, clips: Clips, linked: IntArray, barred: IntArray | None = None) -> FloatArray:
        """Scores (c, n) by one of the routes. Higher is nearer, and NaN is unknown.

        Shapes: `linked` (c, k) each clip's nearest artists; `barred` (c,) an artist that a clip must not be compared
        with, or -1. Raises NearfieldError for a route that is not on offer.
        """
        if route not in self.offered:
            raise NearfieldError(f"“{route}” is no route of this catalogue. There are: {', '.join(self.offered)}.")
        if route == FUSION:
            return self._fused(clips, linked, barred)
        assert self._model is not None
        scores = self._model.scores(clips, linked if route == TIED else linked[:, :0], self._view)
        return _without(scores, barred)

    def contributions(self, clips: Clips, linked: IntArray, rows: IntArray) -> dict[str, FloatArray]:
        """What each part of the fusion adds to the scores of the first clip: part -> (len(rows),)."""
        fusion = self._fusion(clips, linked, None)
        added = fusion.contributions(self._view.n_artists, rows)
        return dict(zip(fusion.weights.parts, added, strict=True))

    def _fused(self, clips: Clips, linked: IntArray, barred: IntArray | None) -> FloatArray:
        n = self._view.n_artists
        return self._fusion(clips, linked, barred).scores(n + np.arange(len(linked)))[:, :n]

    def _fusion(self, clips: Clips, linked: IntArray, barred: IntArray | None) -> Fusion:
        assert self._weights is not None
        parts = [_WithClipsAppended(_without(part(clips, linked), barred)) for part in self._parts]
        degree = np.concatenate([self._view.degree, np.zeros(len(linked), np.int64)])
        return Fusion(FUSION, parts, self._weights, degree)

    def _part(self, name: SpaceName) -> Callable[[Clips, IntArray], FloatArray]:
        """A part of the fusion: a function from clips and linked artists to scores (c, n)."""
        if name.is_run:
            model = ClipModel(self._catalogue, open_run(self._catalogue, name.id))
            return lambda clips, linked: model.scores(clips, linked, self._view)
        if name.kind is Kind.COSINE:
            space = ContentSpace(self._catalogue, name.id)
            return lambda clips, linked: space.scores(sets_of_clips(self._catalogue, clips)[space.name])
        return self._walked

    def _walked(self, clips: Clips, linked: IntArray) -> FloatArray:
        """The walk from a node whose only edges lead to its linked artists: the mean of their walks, one step later."""
        if not linked.shape[1]:
            return np.full((len(linked), self._view.n_artists), np.nan, np.float32)
        if self._walk is None:
            self._walk = PersonalisedPageRank(self._view)
        rows, places = np.unique(linked, return_inverse=True)
        walks = self._walk.scores(rows)
        scores: FloatArray = PAGERANK_CONTINUE * walks[places.reshape(linked.shape)].mean(axis=1)
        return scores.astype(np.float32)


class _WithClipsAppended:
    """Scores (c, n) as a similarity over n artists followed by c clips. Scores between clips are unknown."""

    name = "clips"

    def __init__(self, table: FloatArray) -> None:
        count, n = table.shape
        self.n_artists = n + count
        self._table = np.concatenate([table, np.full((count, count), np.nan, np.float32)], axis=1)

    def scores(self, queries: IntArray) -> FloatArray:
        return self._table[queries - self.n_artists + len(self._table)]


def clip_runs(catalogue: Catalogue, clips: Clips) -> list[Run]:
    """Finished runs of this catalogue version that can embed such clips.

    Runs trained with thinning come first, since some of their artists had edges hidden in training. Then come runs
    whose feature sets the clips all fill, then the newest.
    """
    filled = sets_of_clips(catalogue, clips)
    runs = [
        run
        for run in list_runs(catalogue)
        if run.finished and run.belongs_to(catalogue) and suits_clips(catalogue, run.config.features, filled)
    ]

    def preference(run: Run) -> tuple[bool, bool]:
        config = run.config
        return config.objective.thinning == 0, not set(split_feature_names(config.features)) <= set(filled)

    return sorted(runs, key=preference)


def clip_fusions(catalogue: Catalogue, clips: Clips) -> list[str]:
    """Names of the fusions whose parts can all answer clips and are not only the walk; "clip" and "best" first."""
    names = [name for name in list_fusions(catalogue) if _answers(catalogue, load_fusion(catalogue, name)[0], clips)]
    return sorted(names, key=lambda name: (name != "clip", name != "best", name))


def nearest_by_content(
    spaces: Sequence[ContentSpace], clips: Clips, k: int = N_LINKED, barred: IntArray | None = None
) -> IntArray:
    """(c, k) the artists that each clip is linked to: the nearest in the first of `spaces`, nearest first.

    There are fewer than k if a clip can be compared with fewer artists.
    """
    space = spaces[0]
    scores = _without(space.scores(clips[space.name]), barred)
    known = int((~np.isnan(scores)).sum(axis=1).min(initial=k))
    return np.argsort(-np.nan_to_num(scores, nan=-np.inf), axis=1, kind="stable")[:, :known].astype(np.int64)


def content_spaces(catalogue: Catalogue, clips: Clips) -> list[ContentSpace]:
    """The content spaces in which clips can be compared, the best for this catalogue first."""
    filled = sets_of_clips(catalogue, clips)
    return [ContentSpace(catalogue, name) for name in content_order(catalogue) if name in filled]


def content_order(catalogue: Catalogue) -> list[str]:
    """The sets from sound in the order of their worth: CLAP before descriptors, and on real music musicnn before the
    bundled CLAP, which has heard none (docs/findings.md, “Which ears?”)."""
    usual = [CLAP, ACOUSTICBRAINZ]
    others = [name for name in AUDIO_SETS if name not in usual]
    of_clap = catalogue.feature_info(CLAP).extractor if CLAP in catalogue.feature_names else ""
    hears_little = catalogue.manifest.kind == "real" and of_clap in ("", KNOWN[BUNDLED].title)
    return others + usual if hears_little else usual + others


def _answers(catalogue: Catalogue, weights: FusionWeights, clips: Clips) -> bool:
    filled = sets_of_clips(catalogue, clips)
    runs = {run.run_id: run for run in list_runs(catalogue)}
    for part in weights.parts:
        if part.is_run:
            run = runs.get(part.id)
            if run is None or not (
                run.config.features == LEARNED or suits_clips(catalogue, run.config.features, filled)
            ):
                return False
        elif part.kind is Kind.COSINE:
            if part.id not in filled:
                return False
        elif part != _WALK:
            return False
    return any(part != _WALK for part in weights.parts)


def _without(scores: FloatArray, barred: IntArray | None) -> FloatArray:
    if barred is not None:
        place = np.flatnonzero(barred >= 0)
        scores[place, barred[place]] = np.nan
    return scores
