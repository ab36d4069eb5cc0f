"""A made-up catalogue of any size, the same each time: communities, fame, tags, vectors and names in many scripts.

Degrees average 11 and follow fame, which is log-normal. Four in five edges join artists of one community of about 300;
the others join anybody. Vectors of 128 numbers stand around the centre of their community, and one artist in twenty
lacks them. Tags, decade and popularity follow community and fame, with gaps as in real tables. More than two million
are variations of a million (tall.py).
"""

import uuid
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.scale.names import artist_names
from benchmarks.scale.tall import tall_catalogue
from core.arrays import DoubleArray, FloatArray, IntArray
from core.catalogue import FeatureInfo, Manifest, write_catalogue
from core.catalogue.writing import Features

MILLION, MOST_AT_ONCE = 1_000_000, 2_000_000
MEAN_DEGREE = 11
COLUMNS = 128
SOUND, TAGS = "sound", "tags"
_VERSION = 1
"""Part of the folder's name: raise it whenever another catalogue would be made."""

_TAGS = 64
_COMMUNITY = 300
_STYLES = 40
_WITHIN = 0.8
_LACKING = 0.05
_SPLITS = np.array(["train", "train", "train", "train", "train", "train", "train", "train", "val", "test"], object)


def made_catalogue(folder: Path, n_artists: int) -> Path:
    """The catalogue of `n_artists` in `folder`, made there unless it is there already."""
    path = folder / f"made-{n_artists}-v{_VERSION}"
    if path.is_dir():
        return path
    if n_artists > MOST_AT_ONCE and n_artists % MILLION == 0:
        return tall_catalogue(path, made_catalogue(folder, MILLION), n_artists // MILLION)
    rng = np.random.default_rng(n_artists)
    community, fame = _communities(rng, n_artists), rng.lognormal(0, 1, n_artists)
    title = f"{n_artists:,} made-up artists"
    manifest = Manifest(path.name, title, "synthetic", "made by benchmarks.scale", "CC0-1.0", "none")
    edges = _edges(rng, community, fame)
    table = pd.DataFrame({"source": edges[:, 0], "target": edges[:, 1], "relation": "similar", "weight": 1.0})
    return write_catalogue(path, manifest, _artists(rng, community, fame), table, _features(rng, community))


def _communities(rng: np.random.Generator, n: int) -> IntArray:
    """(n,) communities of very different sizes."""
    sizes = rng.lognormal(0, 1, max(2, n // _COMMUNITY))
    return np.searchsorted(np.cumsum(sizes / sizes.sum()), rng.random(n), side="right").clip(0, len(sizes) - 1)


def _edges(rng: np.random.Generator, community: IntArray, fame: DoubleArray) -> IntArray:
    """(m, 2) edges, lower row first, each once; both ends are drawn by fame."""
    n = len(community)
    order = np.argsort(community, kind="stable")
    reached = np.cumsum(fame[order])
    starts = np.searchsorted(community[order], np.arange(community.max() + 2))
    below = np.concatenate([[0.0], reached])
    wanted, keys = n * MEAN_DEGREE // 2, np.empty(0, np.int64)
    while len(keys) < wanted:
        count = (wanted - len(keys)) * 5 // 4 + 100
        source = order[np.searchsorted(reached, rng.random(count) * reached[-1], side="right").clip(0, n - 1)]
        own, within = community[source], rng.random(count) < _WITHIN
        low = np.where(within, below[starts[own]], 0.0)
        high = np.where(within, below[starts[own + 1]], reached[-1])
        place = np.searchsorted(reached, low + rng.random(count) * (high - low), side="right")
        ends = np.sort(np.stack([source, order[place.clip(0, n - 1)]]), axis=0)
        keys = np.unique(np.concatenate([keys, (ends[0] * n + ends[1])[ends[0] < ends[1]]]))
    return np.stack(np.divmod(np.sort(rng.choice(keys, wanted, replace=False)), n), axis=1)


def _artists(rng: np.random.Generator, community: IntArray, fame: DoubleArray) -> pd.DataFrame:
    n = len(community)
    raw = rng.integers(0, 256, (n, 16), np.uint8)
    ids = np.array([str(uuid.UUID(bytes=bytes(row), version=4)) for row in raw], object)
    known = rng.random((3, n)) > np.array([[0.03], [0.25], [0.1]])
    return pd.DataFrame(
        {
            "artist_id": ids,
            "name": artist_names(rng, n),
            "mbid": np.where(known[0], ids, None),
            "allmusic_id": None,
            "split": _SPLITS[rng.integers(0, len(_SPLITS), n)],
            "genres": _tag_lists(rng, community, "genre", 400, 3),
            "moods": _tag_lists(rng, community, "mood", 200, 5),
            "themes": _tag_lists(rng, community, "theme", 100, 2),
            "popularity": np.where(known[2], np.round(fame * 1000), np.nan),
            "decade": pd.array(np.where(known[1], 1950 + 10 * (community % 8), np.nan)).astype("Int32"),
        }
    )


def _tag_lists(rng: np.random.Generator, community: IntArray, kind: str, n_tags: int, most: int) -> list[list[str]]:
    """Lists of up to `most` of `n_tags` tags, those of the community more often than any."""
    names = [f"{kind} {number}" for number in range(n_tags)]
    own = (community[:, None] * 7 + rng.integers(0, 3, (len(community), most))) % n_tags
    anyone = rng.integers(0, n_tags, own.shape)
    chosen = np.where(rng.random(own.shape) < 0.7, own, anyone)
    count = rng.integers(0, most + 1, len(community))
    return [
        [names[code] for code in dict.fromkeys(codes[:length])]
        for codes, length in zip(chosen.tolist(), count.tolist(), strict=True)
    ]


def _features(rng: np.random.Generator, community: IntArray) -> Features:
    n, n_communities = len(community), int(community.max()) + 1
    style = rng.integers(0, _STYLES, n_communities)
    centres = rng.normal(size=(_STYLES, COLUMNS))[style] + 0.7 * rng.normal(size=(n_communities, COLUMNS))
    sound: FloatArray = rng.standard_normal((n, COLUMNS), np.float32)
    sound += centres.astype(np.float32)[community]
    sound[rng.random(n) < _LACKING] = np.nan
    likely = rng.random((n_communities, _TAGS)) ** 8
    tags = (rng.random((n, _TAGS), np.float32) < likely.astype(np.float32)[community]).astype(np.float32)
    tags[rng.random(n) < _LACKING] = np.nan
    named = FeatureInfo(TAGS, "Tags", "binary", [f"heard {number}" for number in range(_TAGS)])
    return {SOUND: (sound, FeatureInfo(SOUND, "Sound")), TAGS: (tags, named)}
