"""Compare new sound with a catalogue's artists and tracks in one feature set."""

from dataclasses import dataclass

import numpy as np

from core.arrays import FloatArray, IntArray
from core.catalogue import Catalogue
from core.features import feature_inputs, load_feature_set
from core.search.vectors import CosineSimilarity


@dataclass(frozen=True)
class BestTracks:
    """Artists by their most similar track.

    Shapes: `scores` (q, n) float32, NaN for artists without a track or a vector; `tracks` (q, n) the row of each
    artist's track, or -1 if it has no track and its own vector was compared.
    """

    scores: FloatArray
    tracks: IntArray


class ContentSpace:
    """One feature set of the artists, and of their tracks if stored, to compare vectors of new sound with.

    Vectors are standardised on train artists, as in the catalogue's space of that name. With `raw` they are compared
    as they are. Words need this, because text and sound vectors of CLAP share directions but not statistics.
    """

    def __init__(self, catalogue: Catalogue, name: str, raw: bool = False) -> None:
        self.name = name
        stored = load_feature_set(catalogue, name)
        width = stored.values.shape[1]
        self._mean, self._deviation = np.zeros(width, np.float32), np.ones(width, np.float32)
        if not raw:
            scaling = feature_inputs(catalogue, name).scaling
            self._mean, self._deviation = scaling.mean, scaling.deviation
        self.artists = CosineSimilarity(name, np.nan_to_num(self._scaled(stored.values)), stored.present)
        self._set_tracks(catalogue, name)

    @property
    def width(self) -> int:
        return len(self._mean)

    @property
    def has_tracks(self) -> bool:
        return len(self._track_rows) > 0

    def scores(self, vectors: FloatArray) -> FloatArray:
        """Similarity (q, n) of extracted vectors (q, d) to every artist."""
        return self.artists.scores_of_vectors(self._scaled(vectors))

    def best_tracks(self, vectors: FloatArray) -> BestTracks:
        """Each artist's most similar track for each vector (q, d), or the artist itself if it has no track."""
        best = BestTracks(self.scores(vectors), np.full((len(vectors), self.artists.n_artists), -1, np.int64))
        if not self.has_tracks:
            return best
        scores = self.tracks.scores_of_vectors(self._scaled(vectors))
        highest = np.fmax.reduceat(scores, self._starts, axis=1)
        best.scores[:, self._owners] = highest
        group = np.repeat(np.arange(len(self._starts)), np.diff(self._starts, append=scores.shape[1]))
        last = scores.shape[1] - 1
        places = np.where(scores == highest[:, group], np.arange(scores.shape[1]), last)
        best.tracks[:, self._owners] = self._track_rows[np.minimum.reduceat(places, self._starts, axis=1)]
        return best

    def _scaled(self, vectors: FloatArray) -> FloatArray:
        scaled: FloatArray = (vectors - self._mean) / self._deviation
        return scaled

    def _set_tracks(self, catalogue: Catalogue, name: str) -> None:
        """Load the tracks that have the set, grouped by artist."""
        self._track_rows = np.empty(0, np.int64)
        if name not in catalogue.track_feature_names:
            return
        values = catalogue.track_array(name)
        artist = catalogue.tracks["artist"].to_numpy(np.int64)
        known = np.flatnonzero(~np.isnan(values[:, 0]))
        if not len(known):
            return
        self._track_rows = known[np.argsort(artist[known], kind="stable")]
        self._owners, self._starts = np.unique(artist[self._track_rows], return_index=True)
        self.tracks = CosineSimilarity(f"{name} of tracks", self._scaled(values[self._track_rows]))
