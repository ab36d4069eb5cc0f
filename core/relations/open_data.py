"""A catalogue of real artists from open data that may be passed on: listens, MusicBrainz and AcousticBrainz, all CC0.

The artists are those that are listened to together, by the current MBIDs and names of MusicBrainz. What is learned is
who is listened to together; MusicBrainz' links are kept beside it. The features are AcousticBrainz' descriptors, a mean
over an artist's recordings that are listened to most. Genres and tags of MusicBrainz are not CC0, and are left out.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from core.arrays import FloatArray
from core.audio.encoders.acousticbrainz import DESCRIPTOR_NAMES
from core.catalogue import FeatureInfo, Manifest, Relation, Splits, write_catalogue
from core.catalogue.writing import check_destination
from core.errors import NearfieldError
from core.relations import listens, musicbrainz
from core.relations.acousticbrainz import EXTRACTOR, Descriptors, mean_descriptors
from core.relations.collecting import MEMORY_MB
from core.relations.dump import unpacked
from core.relations.found import Found
from core.relations.listens import Counting, Pairs, count_pairs, recordings_of
from core.relations.mbids import known_mbids

LICENCE = "CC0-1.0"
SET_NAME = "acousticbrainz"
SPLITS_MADE = "80 / 10 / 10 by the SHA-256 of the MBID"
_SHARES = (("train", 0.8), ("val", 0.9), ("test", 1.0))

Report = Callable[[str, int, int], None]
"""Called with the name of a step, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class Dumps:
    """What a catalogue is made of. `acousticbrainz` may be empty: then there is no feature set."""

    listens: Path
    musicbrainz: Path
    acousticbrainz: Sequence[Path] = ()
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """How much is taken: the artists with the most co-listening (None: all), recordings of each, and memory."""

    artists: int | None = None
    recordings: int = 20
    ranges: int | None = None
    memory_mb: int = MEMORY_MB


def make_catalogue(
    dumps: Dumps,
    dest: Path,
    counting: Counting | None = None,
    limits: Limits | None = None,
    report: Report = lambda step, done, total: None,
    today: Callable[[], date] = date.today,
) -> Path:
    """Write the catalogue into the new folder `dest` and return it.

    Raises NearfieldError where a dump is missing, damaged or none, where nobody is listened to together, and if `dest`
    exists; then nothing is left behind.
    """
    check_destination(dest)
    counting, limits = counting or Counting(), limits or Limits()
    pairs = count_pairs(
        dumps.listens,
        dict(dumps.columns),
        counting,
        limits.ranges,
        limits.memory_mb,
        lambda done, total: report("Counting listens", done, total),
    )
    day = musicbrainz.day_of(dumps.musicbrainz) or today().isoformat()
    with unpacked(
        dumps.musicbrainz, musicbrainz.TABLES, lambda done, total: report("Unpacking MusicBrainz", done, total)
    ) as files:
        ids = pd.unique(pd.concat([pairs.table["a"], pairs.table["b"]]))
        known = musicbrainz.identities(files, ids, limits.memory_mb)
        artists, edges = _artists_and_edges(pairs.table, known, limits.artists)
        links = musicbrainz.relations_in(files, known_mbids(artists["mbid"]), None, day, limits.memory_mb)
    notes = _notes(pairs, len(ids) - len(known))
    features: dict[str, tuple[FloatArray, FeatureInfo]] = {}
    if dumps.acousticbrainz:
        sound = _descriptors(dumps, limits, artists, known, report)
        features[SET_NAME] = (sound.values, _describe(limits.recordings))
        notes.append(_sound_note(sound))
    relations = [_listened(counting, today()), *(one.relation for one in links)]
    manifest = _manifest(dest.name, relations, notes, bool(features))
    return write_catalogue(dest, manifest, artists, _all_edges(edges, links), features, elsewhere=_all_elsewhere(links))


def made_splits(ids: Sequence[str]) -> list[str]:
    """The split of each id by its hash: it stays when artists are added."""
    places = [int.from_bytes(hashlib.sha256(one.encode()).digest()[:8]) / 2.0**64 for one in ids]
    return [next(split for split, end in _SHARES if place < end) for place in places]


def _artists_and_edges(pairs: pd.DataFrame, known: pd.DataFrame, most: int | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of artists, and the edges between them by row. Ids that were merged into one artist become one."""
    current = dict(zip(known["mbid"], known["current"], strict=True))
    edges = pd.DataFrame({"a": pairs["a"].map(current), "b": pairs["b"].map(current), "score": pairs["score"]})
    edges["weight"] = pairs["weight"]
    edges = edges[edges["a"].notna() & edges["b"].notna() & (edges["a"] != edges["b"])]
    if not len(edges):
        raise NearfieldError(
            "No two artists of MusicBrainz are listened to together often enough in these listens. Give more of them."
        )
    ends = pd.concat([edges[["a", "score"]].rename(columns={"a": "b"}), edges[["b", "score"]]])
    total = ends.groupby("b")["score"].sum().reset_index().sort_values(["score", "b"], ascending=[False, True])
    kept = sorted(total["b"].head(most) if most else total["b"])
    names = known.drop_duplicates("current").set_index("current")["name"]
    artists = pd.DataFrame(
        {"artist_id": kept, "name": names.loc[kept].to_numpy(), "mbid": kept, "split": made_splits(kept)}
    )
    row_of = {mbid: row for row, mbid in enumerate(kept)}
    rows = pd.DataFrame({"source": edges["a"].map(row_of), "target": edges["b"].map(row_of), "weight": edges["weight"]})
    rows = rows.dropna().astype({"source": "int64", "target": "int64"})
    return artists, rows.reset_index(drop=True)


def _descriptors(
    dumps: Dumps, limits: Limits, artists: pd.DataFrame, known: pd.DataFrame, report: Report
) -> Descriptors:
    """The descriptors of the artists, whose recordings the listens name, be it under MBIDs that were merged."""
    row_of = {mbid: row for row, mbid in enumerate(artists["mbid"])}
    of_listens = {old: row_of[new] for old, new in zip(known["mbid"], known["current"], strict=True) if new in row_of}
    wanted = recordings_of(dumps.listens, dict(dumps.columns), of_listens, limits.recordings, limits.memory_mb)
    return mean_descriptors(
        list(dumps.acousticbrainz),
        wanted,
        len(artists),
        lambda done, total: report("Reading AcousticBrainz", done, total),
    )


def _listened(counting: Counting, day: date) -> Relation:
    return Relation(
        listens.NAME,
        title="listened to together",
        source="ListenBrainz listens, counted by Nearfield",
        licence=LICENCE,
        date=day.isoformat(),
        algorithm=str(counting),
    )


def _manifest(name: str, relations: list[Relation], notes: list[str], has_sound: bool) -> Manifest:
    sound = ", AcousticBrainz low-level documents" if has_sound else ""
    return Manifest(
        name,
        "Artists who are listened to together (open data)",
        "real",
        f"ListenBrainz listens, MusicBrainz core data{sound}",
        LICENCE,
        "MetaBrainz Foundation: ListenBrainz, MusicBrainz, AcousticBrainz",
        created_by="python -m core open-data",
        notes=notes,
        relations=relations,
        learned=listens.NAME,
        splits=Splits("made", SPLITS_MADE),
    )


def _all_edges(listened: pd.DataFrame, links: Sequence[Found]) -> pd.DataFrame:
    parts = [listened.assign(relation=listens.NAME), *(one.edges.assign(relation=one.relation.name) for one in links)]
    return pd.concat(parts, ignore_index=True)


def _all_elsewhere(links: Sequence[Found]) -> pd.DataFrame | None:
    parts = [one.elsewhere.assign(relation=one.relation.name) for one in links if len(one.elsewhere)]
    return pd.concat(parts, ignore_index=True) if parts else None


def _describe(recordings: int) -> FeatureInfo:
    return FeatureInfo(
        SET_NAME,
        "Traits (AcousticBrainz)",
        columns=list(DESCRIPTOR_NAMES),
        extractor=EXTRACTOR,
        version="1.0",
        notes=f"Mean over up to {recordings} of the artist's recordings, those that are listened to most.",
        licence=LICENCE,
    )


def _notes(pairs: Pairs, unknown: int) -> list[str]:
    said = ["Similar here means listened to together, which is no editor's judgement."]
    if unknown:
        said.append(f"{unknown:,} artists of the listens are not in MusicBrainz' dump and were left out.")
    if pairs.unusable:
        said.append(f"{pairs.unusable:,} of {pairs.listens:,} listens had no user, time or artist.")
    return said


def _sound_note(found: Descriptors) -> str:
    refused = f"; {found.refused:,} could not be used" if found.refused else ""
    return f"{found.documents:,} documents of AcousticBrainz were read{refused}."
