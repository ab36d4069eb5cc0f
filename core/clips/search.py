"""From a clip to artists: by mean and by best track in each content space, and through the graph, with evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from core.arrays import FloatArray, IntArray
from core.catalogue import Catalogue
from core.clips.routes import (
    FUSION,
    ISOLATED,
    N_LINKED,
    TIED,
    ClipRoutes,
    clip_fusions,
    clip_runs,
    content_spaces,
    nearest_by_content,
)
from core.clips.vectors import ClipAnalysis, sets_of_clips
from core.errors import NearfieldError
from core.features.audio_sets import CLAP
from core.graph.adjacency import adjacency, neighbours_of
from core.graph.protocols import serving_view
from core.search.evidence import Answer
from core.search.spaces import Space
from core.similarity import best
from core.space_name import Kind, SpaceName
from core.titles import CLIP_SPACES

BY_TRACK = ":tracks"
DEFAULT_ROUTES = (FUSION, TIED, ISOLATED)
"""The routes in order of preference, the best measured first (core.experiments.clips)."""


@dataclass(frozen=True)
class Moment:
    """The window of a clip, starting at `start` seconds, that sounds most like an artist.

    `track` is the row of the artist's most similar track, or -1 if only the artist's mean could be compared.
    """

    window: int
    start: float
    track: int
    score: float


@dataclass(frozen=True)
class ClipEvidence:
    """Why one artist is an answer.

    `ranks` and `scores` are by name of the space, with rank 1 for the nearest and 0 for unknown. `moment` is where the
    artist sounds most like the clip in CLAP space. `best_track` is the row of its most similar track by space, -1 for
    none. `linked` says whether the clip was linked to it. `neighbours` are the other answers with a known edge to it.
    """

    row: int
    ranks: Mapping[str, int]
    scores: Mapping[str, float]
    moment: Moment | None
    best_track: Mapping[str, int]
    linked: bool
    neighbours: IntArray


@dataclass(frozen=True)
class ClipAnswers:
    """The answers of all spaces to one clip.

    `answers` are by name of the space. `tracks` hold the row of each artist's best track, (n,), by name. `linked` (k,)
    are the artists that the clip was linked to, nearest first. `default` names the answer to show first.
    """

    answers: Mapping[str, Answer]
    tracks: Mapping[str, IntArray]
    linked: IntArray
    default: str


class ClipSearch:
    """Finds artists for clips in one catalogue. Make it once and keep it.

    `analysis` is any clip from the same extractors; it decides which of the catalogue's spaces can be used. `run` and
    `fusion` name the graph model and the fusion; the defaults are the first of `clip_runs` and `clip_fusions`. Raises
    NearfieldError if the catalogue has no feature set that such clips fill.
    """

    def __init__(
        self, catalogue: Catalogue, analysis: ClipAnalysis, run: str | None = None, fusion: str | None = None
    ) -> None:
        clips = analysis.as_clips()
        self.catalogue = catalogue
        self.content = content_spaces(catalogue, clips)
        if not self.content:
            raise NearfieldError(
                f"{catalogue.name} has no feature set that a clip can be compared in. "
                "Extract its audio with the same encoder first: python -m core extract."
            )
        if run is None:
            run = next((found.run_id for found in clip_runs(catalogue, clips)), None)
        if fusion is None:
            fusion = next(iter(clip_fusions(catalogue, clips)), None)
        self.routes = ClipRoutes(catalogue, serving_view(catalogue), run, fusion)

    @property
    def spaces(self) -> list[Space]:
        """The spaces that answer, in the order in which to show them."""
        names = [SpaceName.route(route) for route in DEFAULT_ROUTES if route in self.routes.offered]
        for space in self.content:
            content = (space.name, space.name + BY_TRACK) if space.has_tracks else (space.name,)
            names += map(SpaceName, content)
        return [Space(name, self._title(name), name.kind is not Kind.ROUTE) for name in names]

    def _title(self, name: SpaceName) -> str:
        own = name.removesuffix(BY_TRACK)
        if name in CLIP_SPACES or own not in self.catalogue.feature_names:
            return CLIP_SPACES[name]
        return self.catalogue.feature_info(own).title + (", best track" if own != name else "")

    @property
    def default(self) -> str:
        """The name of the space that answers by default."""
        return self.spaces[0].name

    def describe_model(self) -> str:
        """The name of the model's space; empty if there is no model."""
        return SpaceName.run(self.routes.run) if self.routes.run else ""

    def answer(self, analysis: ClipAnalysis, k: int = 10) -> ClipAnswers:
        """The answers of all spaces to a clip, each with its k nearest artists."""
        clips = sets_of_clips(self.catalogue, analysis.as_clips())
        linked = nearest_by_content(self.content, clips, min(N_LINKED, len(self.catalogue)))
        scores: dict[str, FloatArray] = {
            SpaceName.route(route): self.routes.scores(route, analysis.as_clips(), linked)[0]
            for route in self.routes.offered
        }
        tracks: dict[str, IntArray] = {}
        for space in self.content:
            scores[space.name] = space.scores(clips[space.name])[0]
            if space.has_tracks:
                found = space.best_tracks(clips[space.name])
                scores[space.name + BY_TRACK] = found.scores[0]
                tracks[space.name] = found.tracks[0]
        answers: dict[str, Answer] = {space.name: _answer(space, scores[space.name], k) for space in self.spaces}
        return ClipAnswers(answers, tracks, linked[0], self.default)

    def evidence(
        self, analysis: ClipAnalysis, answers: ClipAnswers, rows: Sequence[int] | IntArray
    ) -> list[ClipEvidence]:
        """The evidence for each of the artists in `rows`."""
        chosen = np.asarray(rows, np.int64)
        ranks = {name: answer.ranks(chosen) for name, answer in answers.answers.items()}
        moments = self._moments(analysis, chosen)
        return [
            ClipEvidence(
                row=int(row),
                ranks={name: int(places[place]) for name, places in ranks.items()},
                scores={name: float(answer.scores[row]) for name, answer in answers.answers.items()},
                moment=moments[place],
                best_track={name: int(found[row]) for name, found in answers.tracks.items()},
                linked=bool(np.isin(row, answers.linked)),
                neighbours=np.intersect1d(neighbours_of(self._adjacency, int(row)), chosen),
            )
            for place, row in enumerate(chosen)
        ]

    @cached_property
    def _adjacency(self) -> csr_array:
        return adjacency(self.catalogue.learned_edges, len(self.catalogue))

    def _moments(self, analysis: ClipAnalysis, rows: IntArray) -> list[Moment | None]:
        """For each artist, the clip's window and the artist's track that are most alike in CLAP space."""
        space = next((space for space in self.content if space.name == CLAP), None)
        if space is None or not len(analysis.windows):
            return [None] * len(rows)
        found = space.best_tracks(analysis.windows)
        scores = found.scores[:, rows]
        moments: list[Moment | None] = []
        for column, row in enumerate(rows):
            if np.isnan(scores[:, column]).all():
                moments.append(None)
                continue
            window = int(np.nanargmax(scores[:, column]))
            track = int(found.tracks[window, row])
            moments.append(Moment(window, float(analysis.starts[window]), track, float(scores[window, column])))
        return moments


def _answer(space: Space, scores: FloatArray, k: int) -> Answer:
    return Answer(space, -1, scores, best(scores, k), 0)
