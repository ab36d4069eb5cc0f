"""Identity by value: what a run, a fusion, a map or a figure was made from, as hashes of the values themselves.

Another column of the artists, another Parquet writer or another set leaves these hashes as they are. A record carries
them as `inputs`: {"artists": sha256, "edges": sha256, "features": {set: sha256}}, with the sets that it used, "tracks":
{set: sha256} where it used the vectors of single tracks, and "relations": {relation: sha256} where it used other
relations than the learned one. It belongs to every catalogue with the same inputs,
whatever its name. `content_hash`, over the bytes of every file, is for caches.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.arrays import FloatArray, IntArray
from core.catalogue.format import RESERVED_FEATURE_NAMES, FeatureInfo
from core.catalogue.records import is_text

if TYPE_CHECKING:
    from core.catalogue.catalogue import Catalogue

LEARNED = "learned"
"""No content: the model learns a vector for every train artist."""
COMPUTED = (*RESERVED_FEATURE_NAMES, LEARNED)
"""Names that stand for feature sets without stored values."""

_BLOCK_VALUES = 1 << 24
_HIGH = 32
"""Bits to the left of an edge's second row in its key."""


def artists_hash(artists: pd.DataFrame) -> str:
    """SHA-256 over the ids of the artists in order, their splits and, where each has one, their published rows.

    Published rows count because they decide which way messages flow under the published protocol.
    """
    content = [artists["artist_id"].tolist(), artists["split"].tolist()]
    if "published_row" in artists and len(artists) and artists["published_row"].notna().all():
        content.append(artists["published_row"].astype(np.int64).tolist())
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def edges_hash(edges: IntArray) -> str:
    """SHA-256 over undirected edges (m, 2); their order, direction and repetitions do not matter."""
    return directed_edges_hash(np.sort(np.asarray(edges, np.int64).reshape(-1, 2), axis=1))


def directed_edges_hash(edges: IntArray) -> str:
    """SHA-256 over edges (m, 2) from the first artist to the second; their order and repetitions do not matter."""
    ends = np.asarray(edges, np.int64).reshape(-1, 2)
    keys = (ends[:, 0] << _HIGH) | ends[:, 1]
    if (keys[1:] <= keys[:-1]).any():
        keys = np.unique(keys)
    return hashlib.sha256(keys.astype("<i8").data).hexdigest()


def feature_hash(values: FloatArray, info: FeatureInfo) -> str:
    """SHA-256 over a feature set: its values (n, d) as float32, its kind and its column names, if any.

    All NaN are one value and -0.0 is 0.0. The kind counts because binary sets are not standardised. Values are read in
    blocks, so a memory-mapped set of any size can be hashed.
    """
    digest = hashlib.sha256(json.dumps([list(values.shape), info.kind, info.columns]).encode())
    _digest_values(digest, values)
    return digest.hexdigest()


def tracks_hash(artist: IntArray, values: FloatArray) -> str:
    """SHA-256 over the vectors (t, d) of single tracks, as in `feature_hash`, and the rows (t,) of their artists."""
    digest = hashlib.sha256(json.dumps([list(values.shape), np.asarray(artist).tolist()]).encode())
    _digest_values(digest, values)
    return digest.hexdigest()


def _digest_values(digest: "hashlib._Hash", values: FloatArray) -> None:
    step = max(1, _BLOCK_VALUES // max(1, values.shape[1]))
    for start in range(0, len(values), step):
        block = np.array(values[start : start + step], dtype="<f4", order="C")
        block[np.isnan(block)] = np.nan
        block += 0.0  # turns -0.0 into 0.0
        digest.update(block.data)


def belongs(record: Mapping[str, Any], catalogue: "Catalogue") -> bool:
    """Whether what `record` describes was made from the artists, edges and feature sets of `catalogue`.

    All inputs that the record names must be equal. A record without `inputs`, from before there were any, belongs to
    the version whose content hash it has.
    """
    inputs = record.get("inputs")
    if inputs is None:
        return bool(record.get("catalogue_hash") == catalogue.content_hash)
    if inputs_fault(inputs):
        return False
    return (
        inputs["artists"] == catalogue.artists_hash
        and inputs["edges"] == catalogue.edges_hash
        and set(inputs["features"]) <= set(catalogue.feature_names)
        and set(inputs.get("tracks", {})) <= set(catalogue.track_feature_names)
        and set(inputs.get("relations", {})) <= set(catalogue.relations)
        and all(digest == catalogue.relation_hash(name) for name, digest in inputs.get("relations", {}).items())
        and all(digest == catalogue.feature_hash(name) for name, digest in inputs["features"].items())
        and all(digest == catalogue.tracks_hash(name) for name, digest in inputs.get("tracks", {}).items())
    )


def inputs_fault(inputs: Any) -> str:
    """Why `inputs` cannot be the inputs of a record; "" where they can."""
    if not isinstance(inputs, dict) or not all(is_text(inputs.get(name)) for name in ("artists", "edges")):
        return "its inputs do not give hashes of artists and edges"
    for hashes in (inputs.get("features"), inputs.get("tracks", {}), inputs.get("relations", {})):
        if not isinstance(hashes, dict) or not all(map(is_text, [*hashes, *hashes.values()])):
            return "its inputs do not give a hash for each feature set and relation"
    return ""
