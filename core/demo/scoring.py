"""How well features of sound distinguish the synthetic artists, on tracks that nothing was fitted to.

Every figure is for one unseen track per artist, against the artists of the bundled catalogue as it is stored.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from core.arrays import FloatArray, IntArray
from core.catalogue import Catalogue
from core.clips.vectors import Clips
from core.demo.build import Report, extract
from core.demo.captions import caption
from core.demo.recipes import TRACKS
from core.evaluation.bootstrap import mean_interval
from core.features.audio_sets import CLAP
from core.search.content import ContentSpace
from core.synthesis.recipes import Recipe, arrange, recipe_from_text

UNSEEN_TRACK = TRACKS
NEIGHBOURS = 10
CAPTION_SEED = 1000


@dataclass(frozen=True)
class UnseenTracks:
    """One track per artist that is not in the catalogue.

    Shapes: `artists` (c,) rows; `recipes` c of them; `clips` set -> (c, d).
    """

    artists: IntArray
    recipes: list[Recipe]
    clips: Clips


def unseen_tracks(
    catalogue: Catalogue, clap: Path, cache: Path, report: Report, most: int, workers: int = 1
) -> UnseenTracks:
    """Render and extract one more track of up to `most` artists with recordings, test artists before others."""
    first = catalogue.tracks.drop_duplicates("artist")
    artists = first["artist"].to_numpy(np.int64)
    others = np.random.default_rng(0).permutation(artists[catalogue.split[artists] != 2])
    tested = artists[catalogue.split[artists] == 2]
    chosen = np.sort(np.concatenate([tested, others])[:most])
    texts = first.set_index("artist").loc[chosen, "recipe"]
    recipes = [replace(recipe_from_text(text), track=UNSEEN_TRACK) for text in texts]
    clips = {
        name: extract(name, recipes, cache, workers, report, clap if name == CLAP else None)
        for name in (CLAP, "acousticbrainz")
    }
    return UnseenTracks(chosen, recipes, clips)


def scene_accuracy(catalogue: Catalogue, unseen: UnseenTracks) -> pd.DataFrame:
    """How often the nearest artists vote for the scene of an unseen track; its own artist has no vote.

    Columns: space, accuracy, low, high (95% over tracks), chance (the share of the largest scene).
    """
    scene = _scenes(catalogue)
    shares = np.bincount(scene[scene >= 0]) / (scene >= 0).sum()
    rows = []
    for name, vectors in unseen.clips.items():
        scores = ContentSpace(catalogue, name).scores(vectors)
        scores[np.arange(len(scores)), unseen.artists] = -np.inf
        scores[:, scene < 0] = -np.inf
        nearest = np.argsort(-np.nan_to_num(scores, nan=-np.inf), axis=1)[:, :NEIGHBOURS]
        votes = np.zeros((len(scores), shares.size))
        np.add.at(votes, (np.arange(len(scores))[:, None], scene[nearest]), 1.0)
        right = votes.argmax(axis=1) == scene[unseen.artists]
        found = mean_interval(right.astype(float))
        rows.append(
            {"space": name, "accuracy": found.mean, "low": found.low, "high": found.high, "chance": shares.max()}
        )
    return pd.DataFrame(rows)


def text_recall(unseen: UnseenTracks, texts: FloatArray, k: int = 10) -> pd.DataFrame:
    """How often a caption (c, d) finds its own unseen track among the first k of all unseen tracks."""
    sounds = unseen.clips[CLAP] / np.linalg.norm(unseen.clips[CLAP], axis=1, keepdims=True)
    scores = texts @ sounds.T
    ranks = (scores > scores.diagonal()[:, None]).sum(axis=1)
    found = mean_interval((ranks < k).astype(float))
    return pd.DataFrame(
        [{"k": k, "recall": found.mean, "low": found.low, "high": found.high, "chance": k / len(texts)}]
    )


def unseen_captions(unseen: UnseenTracks) -> list[str]:
    """A caption of every unseen track, in newly drawn words."""
    return [caption(arrange(recipe), CAPTION_SEED) for recipe in unseen.recipes]


def _scenes(catalogue: Catalogue) -> IntArray:
    """(n,) the scene of every artist, -1 without recordings."""
    scene = np.full(len(catalogue), -1)
    first = catalogue.tracks.drop_duplicates("artist")
    scene[first["artist"]] = [recipe_from_text(text).scene for text in first["recipe"]]
    return scene
