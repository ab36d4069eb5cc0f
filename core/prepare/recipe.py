"""What a prepared catalogue has, as data: a better ranker is another line here.

Names of parts: "model:content" and "model:graph" are models of MODELS; others are names of rankers.
"""

from dataclasses import dataclass

from core.experiments.recommended import NEWCOMERS
from core.pairs.config import PairConfig
from core.runs.presets import PRESETS
from core.space_name import RECOMMENDED

YARDSTICKS = ("random", "popularity", "common-neighbours", "adamic-adar", "pagerank")
"""Rankers that are evaluated beside the cosine of each feature set."""

CONTENT_MODEL, GRAPH_MODEL = "model:content", "model:graph"
MODELS = {CONTENT_MODEL: PRESETS[NEWCOMERS], GRAPH_MODEL: PRESETS["Graph alone (LightGCN)"]}
"""Part -> settings; the content model learns from the catalogue's own sets."""

PAIRS = {RECOMMENDED: PairConfig()}
"""Name of a pair ranker -> its settings."""

FUSIONS = {RECOMMENDED: (f"pairs:{RECOMMENDED}", CONTENT_MODEL)}
"""Name of a fusion -> its parts."""

CLIP_FUSIONS = {"clip": ("pagerank", GRAPH_MODEL, CONTENT_MODEL, "cosine:clap", "cosine:acousticbrainz")}
"""Name of a fusion that answers clips -> its parts."""

FEWEST_TO_TRAIN = 100
"""Train artists with known edges from which on a model finds more than it knows by heart."""
FEWEST_TO_FIT = 20
"""Validation artists with edges to one another, from which on the weights of a fusion mean something."""


@dataclass(frozen=True)
class Cost:
    """Seconds on one core of a server of 2026: `fixed`, and for each artist."""

    fixed: float
    per_artist: float

    def of(self, n_artists: int) -> float:
        return self.fixed + self.per_artist * n_artists


COSTS = {
    "yardstick": Cost(0.2, 0.0002),
    CONTENT_MODEL: Cost(5.0, 0.015),
    GRAPH_MODEL: Cost(2.0, 0.006),
    "pairs": Cost(8.0, 0.02),
    "fusion": Cost(4.0, 0.004),
    "map": Cost(6.0, 0.006),
}
"""By kind of product; those of a fusion are for two parts."""

BYTES_PER_SECOND = {".wav": 176_000, ".aiff": 176_000, ".aif": 176_000, ".flac": 110_000}
USUAL_BYTES_PER_SECOND = 24_000
SECONDS_PER_SECOND = {"clap": 0.008, "acousticbrainz": 0.08, "musicnn_msd": 0.02, "musicnn_mtt": 0.02}
"""Seconds of work for each second of sound, by feature set; what is not named costs little beside them."""
