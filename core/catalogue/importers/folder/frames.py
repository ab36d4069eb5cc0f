"""The tables of a catalogue from what a folder says, in the rows of the catalogue that is there already."""

import hashlib
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.arrays import FloatArray
from core.catalogue.catalogue import Catalogue
from core.catalogue.importers.folder.credits import folded
from core.catalogue.importers.folder.people import Library, Person
from core.catalogue.importers.tables.people import made_splits
from core.catalogue.relations import COLLABORATED, Relation

SEED = 0
SPLIT_METHOD = f"80 / 10 / 10 by the SHA-256 of seed {SEED} and artist_id"
TOGETHER = Relation(
    COLLABORATED,
    "played together",
    "the credits in the tags of the music files",
    "Your own files",
    algorithm="The weight counts the tracks that credit both artists; one on which either is featured counts 0.25.",
)


@dataclass(frozen=True)
class Frames:
    """Artists, edges and tracks as a catalogue holds them. `row_of` is by the key of a person.

    `identified` are ids whose artist has got an MBID, and `empty` the rows of artists who have no file any more.
    """

    artists: pd.DataFrame
    edges: pd.DataFrame
    tracks: pd.DataFrame
    row_of: dict[str, int]
    identified: list[str] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)


def frames_of(library: Library, before: Catalogue | None) -> Frames:
    """The tables for `library`; the artists of `before` keep their rows, ids and splits, also where no file is left."""
    old = before.artists if before else _nobody()
    row_of, identified = _known_rows(old, library)
    new = [key for key in library.people if key not in row_of]
    row_of |= {key: row for row, key in enumerate(new, len(old))}
    found = {row_of[key]: person for key, person in library.people.items()}
    artists = _artists(old, found)
    tracks = _tracks(library, row_of, artists["artist_id"], before)
    empty = [row for row in range(len(old)) if row not in found]
    ids = [old["artist_id"].iloc[row] for row in identified]
    return Frames(artists, _edges(library, row_of), tracks, row_of, ids, empty)


def kept_vectors(before: Catalogue, frames: Frames) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """The vectors of the tracks that stay, set by set, and the sets whose means change since other tracks are gone."""
    track_features, features = {}, {}
    ids = frames.tracks["track_id"].tolist()
    places = np.array([before.row_of_track.get(track, -1) for track in ids], np.int64)
    gone = np.setdiff1d(np.arange(len(before.tracks)), places)
    artist = frames.tracks["artist"].to_numpy(np.int64)
    for name in before.track_feature_names:
        old = before.track_array(name)
        values = np.full((len(ids), old.shape[1]), np.nan, np.float32)
        values[places >= 0] = old[places[places >= 0]]
        track_features[name] = values
        lost = gone[~np.isnan(old[gone]).any(axis=1)]
        if len(lost):
            means = np.full((len(frames.artists), old.shape[1]), np.nan, np.float32)
            means[: len(before)] = before.feature_array(name)
            for row in np.unique(before.tracks["artist"].to_numpy(np.int64)[lost]):
                _put_mean(means, int(row), values[artist == row])
            features[name] = means
    return track_features, features


def _put_mean(means: FloatArray, row: int, vectors: FloatArray) -> None:
    """The mean of the vectors that are known; without any the artist keeps the old one."""
    known = vectors[~np.isnan(vectors).any(axis=1)]
    if len(known):
        means[row] = known.mean(axis=0, dtype=np.float64)


def _nobody() -> pd.DataFrame:
    return pd.DataFrame({"artist_id": [], "name": [], "mbid": [], "split": [], "genres": []}, dtype=object)


def _known_rows(old: pd.DataFrame, library: Library) -> tuple[dict[str, int], list[int]]:
    """The rows of the people who are known already, and the rows of those who have got an MBID since.

    A name that all tags now give one and the same new MBID stays the artist that it was.
    """
    mbids = old["mbid"].fillna("").tolist()
    keys = [mbid or folded(name) for mbid, name in zip(mbids, old["name"], strict=True)]
    known = {key: row for row, key in enumerate(keys)}
    named: dict[str, list[str]] = {}
    for key, person in library.people.items():
        if person.mbid and key not in known:
            for name in {folded(name) for name in person.names}:
                named.setdefault(name, []).append(key)
    identified = []
    for key, row in list(known.items()):
        candidates = named.get(key, []) if not mbids[row] and key not in library.people else []
        if len(candidates) == 1 and candidates[0] not in known:
            known[candidates[0]] = row
            identified.append(row)
    return {key: row for key, row in known.items() if key in library.people}, identified


def _artists(old: pd.DataFrame, found: dict[int, Person]) -> pd.DataFrame:
    columns = {name: old[name].tolist() for name in ("artist_id", "name", "mbid", "split", "genres")}
    for row in sorted(found):
        person = found[row]
        if row < len(old):
            columns["name"][row], columns["genres"][row] = person.name, person.common_genres()
            columns["mbid"][row] = person.mbid or columns["mbid"][row]
        else:
            columns["artist_id"].append(_new_id(person))
            columns["name"].append(person.name)
            columns["mbid"].append(person.mbid or None)
            columns["genres"].append(person.common_genres())
    columns["split"] += made_splits(columns["artist_id"][len(old) :], SEED)
    artists = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
    for name in old:
        if name not in artists:
            artists[name] = old[name].reindex(range(len(artists)))
    for name in ("moods", "themes"):
        if name in artists:
            artists[name] = [list(value) if isinstance(value, list | np.ndarray) else [] for value in artists[name]]
    return artists


def _new_id(person: Person) -> str:
    """The MBID, or else a text made from the name alone, which is the same on every machine."""
    return person.mbid or f"name-{hashlib.sha256(person.key.encode()).hexdigest()[:16]}"


def _edges(library: Library, row_of: dict[str, int]) -> pd.DataFrame:
    pairs = sorted((row_of[one], row_of[other], weight) for (one, other), weight in library.together.items())
    return pd.DataFrame(
        {
            "source": np.array([source for source, _, _ in pairs], np.int32),
            "target": np.array([target for _, target, _ in pairs], np.int32),
            "relation": pd.Series([COLLABORATED] * len(pairs), dtype="str"),
            "weight": np.array([weight for _, _, weight in pairs], np.float32),
        }
    )


def _tracks(library: Library, row_of: dict[str, int], ids: pd.Series, before: Catalogue | None) -> pd.DataFrame:
    """The tracks of the folder, behind those of the catalogue that are from elsewhere."""
    tracks = library.tracks.frame(row_of, ids)
    if before is None or not len(before.tracks):
        return tracks
    old = before.tracks
    others = old[old["path"].fillna("") == ""] if "path" in old else old
    others = others[~others["track_id"].isin(tracks["track_id"])]
    return pd.concat([others, tracks], ignore_index=True) if len(others) else tracks
