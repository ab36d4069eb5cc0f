"""From words to artists: phrases with weights become one vector in CLAP space."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import FloatArray, IntArray
from core.catalogue import Catalogue
from core.clips.search import BY_TRACK
from core.errors import NearfieldError
from core.features.audio_sets import CLAP
from core.search.content import ContentSpace
from core.search.evidence import Answer
from core.search.spaces import Space
from core.similarity import best
from core.space_name import SpaceName

MOST_PHRASES = 8
LARGEST_WEIGHT = 10.0


@dataclass(frozen=True)
class TextAnswers:
    """The artists nearest to words: `by_mean`, and `by_track` if tracks are stored. `tracks` (n,) are their rows."""

    by_mean: Answer
    by_track: Answer | None
    tracks: IntArray | None

    @property
    def first(self) -> Answer:
        """The answer to show first. A single track can match words that the mean of its artist does not."""
        return self.by_track or self.by_mean


def weighted_query(vectors: FloatArray, weights: Sequence[float]) -> FloatArray:
    """The unit vector (d,) of phrases (p, d), each of unit length, with weights (p,). A negative weight means "not".

    Raises NearfieldError for too many phrases, for bad weights, and for phrases that cancel each other out.
    """
    scale = np.asarray(weights, np.float32)
    if not 1 <= len(vectors) <= MOST_PHRASES:
        raise NearfieldError(f"Give 1 to {MOST_PHRASES} phrases.")
    if len(scale) != len(vectors):
        raise NearfieldError(f"There are {len(vectors)} phrases and {len(scale)} weights. Give each phrase one weight.")
    if not (np.abs(scale) <= LARGEST_WEIGHT).all():
        raise NearfieldError(f"Weights lie between -{LARGEST_WEIGHT:g} and {LARGEST_WEIGHT:g}.")
    query = scale @ vectors
    length = np.linalg.norm(query)
    if length < 1e-6:
        raise NearfieldError("These weights cancel each other out. Give one phrase a larger weight.")
    unit: FloatArray = (query / length).astype(np.float32)
    return unit


class TextSearch:
    """Finds artists for words in one catalogue. Make it once and keep it. Raises CatalogueError without a CLAP set."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._space = ContentSpace(catalogue, CLAP, raw=True)

    def answer(self, query: FloatArray, k: int = 10) -> TextAnswers:
        """The k artists nearest to a vector (d,) in CLAP space, by their mean and by their best track."""
        vectors = query[np.newaxis]
        by_mean = _answer(CLAP, "Words (CLAP)", self._space.scores(vectors)[0], k)
        if not self._space.has_tracks:
            return TextAnswers(by_mean, None, None)
        found = self._space.best_tracks(vectors)
        by_track = _answer(CLAP + BY_TRACK, "Words (CLAP), best track", found.scores[0], k)
        return TextAnswers(by_mean, by_track, found.tracks[0])


def text_answers_by_name(answers: TextAnswers) -> Mapping[str, Answer]:
    """The answers by name of their space, the one to show first in front."""
    both = [answers.first, answers.by_mean]
    return {answer.space.name: answer for answer in both}


def _answer(name: str, title: str, scores: FloatArray, k: int) -> Answer:
    return Answer(Space(SpaceName(name), title, True), -1, scores, best(scores, k), 0)
