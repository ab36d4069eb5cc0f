"""Extraction of feature sets from a folder of audio into a new version of the catalogue.

Every file gives a vector, and every artist the mean of its files. Vectors are kept in the catalogue's folder, in
extracted/<extractor>/ under the hash of the file's content, so that finished work is never repeated.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from core.arrays import FloatArray, IntArray
from core.audio.decoding import DECODING
from core.audio.encoders.family import encoder_of_set
from core.audio.music_files import stored_path
from core.catalogue import Catalogue, FeatureInfo, update_catalogue
from core.errors import NearfieldError
from core.features.audio_folders import AudioFile, AudioListing
from core.features.audio_sets import AUDIO_SETS, CLAP
from core.features.extraction_work import EXTRACTED_FOLDER, ExtractionProgress, Extractor, Work
from core.features.extraction_workers import Outcome, Task, run_tasks
from core.features.pipelines import licence_of, pipeline
from core.features.shards import Shard, drop_records, take_in_records
from core.storage import sha256_text, sweep
from core.text import counted

Runner = Callable[[Iterable[Task], str | Path | None, int, Callable[[Outcome], None]], None]
"""What runs tasks, as `run_tasks` does."""

_POOLED = "mean over the artist's tracks"


@dataclass(frozen=True)
class Extraction:
    """The result: the new version of the catalogue, or the old one if no file gave a vector.

    `extracted` files were extracted now, `known` files earlier; `failures` are (name, reason), of which `known_faults`
    were not tried again, and `notes` (name, what is wrong with a file that was extracted now). `repeated` files are
    (name, name of the same sound by the same artist, with which they count once).
    """

    catalogue: Catalogue
    extracted: int
    known: int
    failures: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    repeated: list[tuple[str, str]] = field(default_factory=list)
    known_faults: int = 0


def extractors(names: Sequence[str], checkpoint: str | Path | None) -> list[Extractor]:
    """The extractors of the sets `names`; "clap" is by `checkpoint`, an argument of `open_encoder`.

    Raises NearfieldError for another name, for no name, and for a checkpoint that is missing.
    """
    if not names:
        raise NearfieldError(f"No feature set is named. There are: {', '.join(AUDIO_SETS)}.")
    return [_extractor(name, checkpoint if name == CLAP else None) for name in dict.fromkeys(names)]


def check_sets(catalogue: Catalogue, wanted: Sequence[Extractor], may_replace: bool) -> None:
    """Raise NearfieldError if a set would replace one that another extractor made, unless `may_replace`."""
    for extractor in wanted:
        if extractor.name in catalogue.feature_names and not may_replace:
            info = catalogue.feature_info(extractor.name)
            if not extractor.made(info):
                raise NearfieldError(
                    f"{catalogue.name} has a set {extractor.name} by another extractor "
                    f"({info.extractor or 'which it does not name'}), and the two cannot be mixed. "
                    "Give --replace to put the new one in its place for all artists."
                )


def extract_audio(
    catalogue: Catalogue,
    listing: AudioListing,
    wanted: Sequence[Extractor],
    checkpoint: str | Path | None = None,
    workers: int = 1,
    may_replace: bool = False,
    on_progress: Callable[[ExtractionProgress], None] = lambda progress: None,
    again: bool = False,
    runner: Runner | None = None,
) -> Extraction:
    """Extract the sets `wanted` from the listed files and replace the catalogue by a new version.

    An artist's vector is the mean over its tracks with vectors; artists without files keep theirs if the same extractor
    made it. Files that gave no vectors before, and are as they were, are tried only `again`. The work can be stopped at
    any moment and resumed by another call. `runner` runs the tasks, by default in processes of this machine. Raises
    NearfieldError as `check_sets` and `update_catalogue` do, and for fewer than one worker.
    """
    check_sets(catalogue, wanted, may_replace)
    work = Work(catalogue, listing.files, wanted, on_progress, again)
    _listen(catalogue, work, checkpoint, workers, runner)
    return _extraction(catalogue, listing, wanted, work)


def extract_shard(
    catalogue: Catalogue,
    listing: AudioListing,
    wanted: Sequence[Extractor],
    shard: Shard,
    checkpoint: str | Path | None = None,
    workers: int = 1,
    on_progress: Callable[[ExtractionProgress], None] = lambda progress: None,
    again: bool = False,
    runner: Runner | None = None,
) -> Extraction:
    """Do of `extract_audio` what falls to one shard: its files are listened to, and the catalogue stays as it is.

    Raises NearfieldError for fewer than one worker.
    """
    files = [file for file in listing.files if shard.holds(file)]
    work = Work(catalogue, files, wanted, on_progress, again, shard)
    _listen(catalogue, work, checkpoint, workers, runner)
    return _found(catalogue, files, work)


def merge_shards(
    catalogue: Catalogue,
    listing: AudioListing,
    wanted: Sequence[Extractor],
    may_replace: bool = False,
    on_progress: Callable[[ExtractionProgress], None] = lambda progress: None,
) -> Extraction:
    """Replace the catalogue by a new version, as `extract_audio` does, from what shards have extracted.

    Raises NearfieldError as that does, and if a file has neither vectors nor a known fault.
    """
    check_sets(catalogue, wanted, may_replace)
    folder = catalogue.path.resolve() / EXTRACTED_FOLDER
    shards = take_in_records(folder)
    work = Work(catalogue, listing.files, wanted, on_progress, again=False)
    if lacking := {task.digest for task in work.tasks()}:
        files = [file for file in listing.files if work.digests.get(file.name) in lacking]
        raise NearfieldError(_unfinished(files, len(listing.files), shards))
    work.report_end()
    extraction = _extraction(catalogue, listing, wanted, work)
    drop_records(extraction.catalogue.path.resolve() / EXTRACTED_FOLDER)
    return replace(extraction, known_faults=0)


def _listen(
    catalogue: Catalogue, work: Work, checkpoint: str | Path | None, workers: int, runner: Runner | None
) -> None:
    if workers < 1:
        raise NearfieldError("Extraction needs at least one worker.")
    sweep(catalogue.path / EXTRACTED_FOLDER, depth=2)
    (runner or run_tasks)(work.tasks(), checkpoint, workers, work.on_outcome)
    work.report_end()


def _unfinished(files: Sequence[AudioFile], n_files: int, shards: Sequence[Shard]) -> str:
    """That `files` have not been listened to, and which shards they fall to, where any of so many has begun."""
    lacking = Counter(Shard.of(file, count) for count in {shard.count for shard in shards} for file in files)
    parts = [f"{count:,} of shard {shard}" for shard, count in sorted(lacking.items())]
    of_shards = f" ({', '.join(parts[:8])}{', …' if len(parts) > 8 else ''})" if parts else ""
    verb = "has" if len(files) == 1 else "have"
    return (
        f"{len(files):,} of {counted(n_files, 'file')} {verb} not been listened to{of_shards}. Run "
        f"{'these shards again' if of_shards else 'the shards first'}, "
        "or “extract” with neither --shard nor --merge, which does the rest on this machine."
    )


def _extraction(catalogue: Catalogue, listing: AudioListing, wanted: Sequence[Extractor], work: Work) -> Extraction:
    """The new version of the catalogue, from the work that is done."""
    found, digests, faults = _found(catalogue, listing.files, work), work.digests, work.faults()
    done = [file for file in listing.files if file.name not in faults]
    if not done:
        return found
    vectors = {
        extractor.name: np.stack([_read(work.targets(digests[file.name])[extractor.name]) for file in done])
        for extractor in wanted
    }
    return replace(found, catalogue=_new_version(catalogue, listing.folder, done, vectors, wanted))


def _found(catalogue: Catalogue, files: Sequence[AudioFile], work: Work) -> Extraction:
    """What came of the work on these files; the catalogue stays as it is."""
    digests, faults = work.digests, work.faults()
    done = [file for file in files if file.name not in faults]
    failures = [(file.shown, faults[file.name]) for file in files if file.name in faults]
    notes = [(name, note) for name, found in work.notes.items() for note in found]
    fresh = sum(digests[file.name] in work.asked for file in done)
    return Extraction(catalogue, fresh, len(done) - fresh, failures, notes, _repeated(done, digests), work.known_faults)


def _repeated(files: Sequence[AudioFile], digests: Mapping[str, str]) -> list[tuple[str, str]]:
    """Files with the content of another one of the same artist, with the name of that."""
    first: dict[tuple[int, str], str] = {}
    repeated = []
    for file in files:
        other = first.setdefault((file.artist, digests[file.name]), file.shown)
        if other != file.shown:
            repeated.append((file.shown, other))
    return repeated


def _read(file: Path) -> FloatArray:
    vector: FloatArray = np.load(file, allow_pickle=False)
    return vector


def _new_version(
    catalogue: Catalogue,
    folder: Path,
    files: Sequence[AudioFile],
    vectors: dict[str, FloatArray],
    wanted: Sequence[Extractor],
) -> Catalogue:
    """The catalogue with the files as tracks and their vectors, and the means of their artists."""
    old = catalogue.tracks
    ids = _track_ids(catalogue, files)
    stays = np.flatnonzero(~old["track_id"].isin(ids))
    audio_root = _audio_root(catalogue, folder, old.iloc[stays])
    new = _tracks(folder, catalogue.path / audio_root, files).assign(track_id=ids)
    tracks = pd.concat([old.iloc[stays], new], ignore_index=True)
    features, track_features = {}, {}
    for name in catalogue.track_feature_names:
        if name not in vectors:
            before = np.array([catalogue.row_of_track.get(track_id, -1) for track_id in tracks["track_id"]])
            track_features[name] = np.where(
                before[:, None] >= 0, catalogue.track_array(name)[before], np.float32(np.nan)
            )
    for extractor in wanted:
        name, values = extractor.name, vectors[extractor.name]
        info = catalogue.feature_infos.get(name)
        same = info is not None and extractor.made(info)
        kept = np.full((len(stays), values.shape[1]), np.nan, np.float32)
        if same and name in catalogue.track_feature_names:
            kept = catalogue.track_array(name)[stays]
        track_features[name] = np.concatenate([kept, values])
        means = np.full((len(catalogue), values.shape[1]), np.nan, np.float32)
        if same:
            means[:] = catalogue.feature_array(name)
        rows = np.unique(new["artist"].to_numpy())
        means[rows] = _means(track_features[name], tracks["artist"].to_numpy(np.int64), len(catalogue))[rows]
        features[name] = (means, info if same and info is not None else extractor.info)
    note = f"Tracks and {', '.join(features)} of some artists were extracted from audio files."
    return update_catalogue(catalogue, features, tracks, track_features, [note], audio_root=audio_root)


def _track_ids(catalogue: Catalogue, files: Sequence[AudioFile]) -> list[str]:
    ids = catalogue.artists["artist_id"]
    return [file.track_id or f"{ids.iloc[file.artist]}/{file.name}" for file in files]


def _audio_root(catalogue: Catalogue, folder: Path, stays: pd.DataFrame) -> str:
    """The folder where paths of tracks begin: the new one, unless tracks that stay are in the old one."""
    has_old = "path" in stays and bool((stays["path"].fillna("") != "").any())
    is_needed = has_old and catalogue.audio_folder.is_dir()
    return catalogue.manifest.audio_root if is_needed else str(folder.resolve())


def _tracks(folder: Path, root: Path, files: Sequence[AudioFile]) -> pd.DataFrame:
    """The tracks of files in `folder`, without their ids; a file that is not below `root` has an absolute path."""
    places = [_place(file.path, folder, root.resolve()) for file in files]
    tracks = pd.DataFrame(
        {
            "artist": np.array([file.artist for file in files], np.int32),
            "title": [file.title for file in files],
            "recording_mbid": pd.Series([file.recording_mbid for file in files], dtype="str"),
            "kind": "file",
            "recipe": pd.Series([recipe for _, recipe in places], dtype="str"),
            "path": pd.Series([path for path, _ in places], dtype="str"),
        }
    )
    albums = pd.Series([file.album for file in files], dtype="str")
    return tracks.assign(album=albums) if albums.notna().any() else tracks


def _place(path: Path, folder: Path, root: Path) -> tuple[str | None, str | None]:
    """The path of a file below `root`, or else its absolute path as a recipe."""
    whole = folder.resolve() / path.relative_to(folder) if path.is_relative_to(folder) else path
    if whole.is_relative_to(root) and ".." not in whole.parts:
        return stored_path(whole.relative_to(root).as_posix()), None
    return None, stored_path(str(path.resolve()))


def _means(vectors: FloatArray, artist: IntArray, n_artists: int) -> FloatArray:
    """(n, d) mean over the tracks (t, d) of each artist that have a vector, NaN where none has.

    Tracks of one artist with equal vectors are the same sound, and count once.
    """
    rows = {
        (int(artist[at]), vectors[at].tobytes()): at for at in np.flatnonzero(~np.isnan(vectors[:, 0]))[::-1].tolist()
    }
    known = np.sort(np.fromiter(rows.values(), np.int64, len(rows)))
    total = np.zeros((n_artists, vectors.shape[1]))
    np.add.at(total, artist[known], vectors[known])
    count = np.bincount(artist[known], minlength=n_artists)[:, None]
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0).astype(np.float32)


def _extractor(name: str, checkpoint: str | Path | None) -> Extractor:
    encoder = encoder_of_set(name, checkpoint)
    making = encoder.open(checkpoint).making(name)
    columns = encoder.columns() if encoder.columns else None
    info = FeatureInfo(
        name,
        encoder.set_title,
        columns=columns,
        extractor=making.extractor,
        version=making.version,
        checkpoint_hash=making.checkpoint_hash,
        notes=f"Mean over the artist's tracks. Of each track: {making.pooling}.",
        licence=licence_of(encoder, making),
        pipeline=pipeline(making, _POOLED),
    )
    identity = making.checkpoint_hash or sha256_text(making.version, *(columns or ()))
    return Extractor(name, f"{name}-{identity[:16]}-{DECODING}", info)
