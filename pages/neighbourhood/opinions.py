"""What a space says of one artist of the drawing."""

from dataclasses import dataclass

from scipy.sparse import csr_array

from core.graph.links import predictions
from core.search.evidence import Answer, answer
from core.search.spaces import Space
from core.similarity import Neighbours, Similarity


@dataclass(frozen=True)
class Opinion:
    """Everybody's score, and the nearest of those that no known edge leads to, best first."""

    answer: Answer
    unlisted: Neighbours

    def predicted(self, k: int) -> Neighbours:
        """The k nearest without a known edge, or as many as were asked for at first."""
        return Neighbours(self.unlisted.rows[:k], self.unlisted.scores[:k])


def opinion_of(similarity: Similarity, space: Space, matrix: csr_array, artist: int, most: int) -> Opinion:
    """What `similarity` says of `artist`, with its `most` nearest that `matrix`, the known edges, does not list."""
    said = answer(similarity, space, artist, 1)
    return Opinion(said, predictions(said.scores, matrix, artist, most))
