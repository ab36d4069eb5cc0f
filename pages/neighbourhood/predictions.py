"""What a space predicts for one artist of the drawing."""

from dataclasses import dataclass

from scipy.sparse import csr_array

from core.graph.links import predictions
from core.search.evidence import Answer, answer
from core.search.spaces import Space
from core.similarity import Neighbours, Similarity


@dataclass(frozen=True)
class ArtistPredictions:
    """Everybody's score, and the nearest of those that no known edge leads to, best first."""

    answer: Answer
    unlisted: Neighbours

    def nearest(self, k: int) -> Neighbours:
        """The k nearest without a known edge, or as many as were looked for at first."""
        return Neighbours(self.unlisted.rows[:k], self.unlisted.scores[:k])


def predictions_of(
    similarity: Similarity, space: Space, matrix: csr_array, artist: int, most: int
) -> ArtistPredictions:
    """What `similarity` predicts for `artist`: the `most` nearest that `matrix`, the known edges, does not list."""
    found = answer(similarity, space, artist, 1)
    return ArtistPredictions(found, predictions(found.scores, matrix, artist, most))
