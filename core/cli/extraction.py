"""`python -m core extract`: feature sets from a folder of audio, in a new version of a catalogue."""

import time
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from core.audio.music_files import shown_path
from core.catalogue import Catalogue, open_catalogue, update_catalogue
from core.cli.options import AsJson, CatalogueFolder, ClapCheckpoint, one_of, texts
from core.cli.output import progress_line, say, show
from core.cli.versions import say_versions
from core.errors import NearfieldError, StoppedError
from core.experiments.migration import belongings, record_inputs
from core.features.audio_folders import AudioListing, list_audio, list_tracks
from core.features.audio_sets import AUDIO_SETS, CLAP, sets_at_hand
from core.features.extraction import (
    Extraction,
    Runner,
    check_sets,
    extract_audio,
    extract_shard,
    extractors,
    merge_shards,
)
from core.features.extraction_work import ExtractionProgress
from core.features.shards import Shard
from core.jobs import Jobs
from core.jobs.progress import share
from core.jobs.working import at_work
from core.text import counted

RUNNERS = ("local", "ray")
_AT_ONCE = {"local": 1, "ray": 100_000}
"""Files at once unless told otherwise; on Ray never more than the cluster has processors."""

_EXTRACTION = "extraction"
EXIT_PROBLEMS = 1
EXIT_STOPPED = 130


def extract(
    folder: CatalogueFolder,
    audio: Annotated[
        Path | None,
        typer.Option(
            parser=Path,
            metavar="FOLDER",
            help="a folder for each artist, named by its artist_id, MBID or exact name (default: the files of the "
            "catalogue's tracks)",
        ),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            parser=Path, metavar="CSV", help="instead: columns artist, file, and if wanted title, recording_mbid"
        ),
    ] = None,
    audio_root: Annotated[
        Path | None,
        typer.Option(parser=Path, metavar="FOLDER", help="where the files of the catalogue's tracks are now"),
    ] = None,
    features: Annotated[
        str | None,
        typer.Option(
            metavar="LIST", help=f"of {', '.join(AUDIO_SETS)} (default: all whose checkpoints are on this machine)"
        ),
    ] = None,
    checkpoint: ClapCheckpoint = None,
    workers: Annotated[
        int | None,
        typer.Option(help="files at once, one CPU thread each (default: 1, or all processors of a Ray cluster)"),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="put the sets in the place of another extractor's")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="listen again to files that gave no vectors, though they have not changed")
    ] = False,
    shard: Annotated[
        str | None,
        typer.Option(metavar="I/N", help="listen to part I of N alone, as one of many machines; then --merge"),
    ] = None,
    merge: Annotated[
        bool, typer.Option("--merge", help="make the new version of what all the shards have listened to")
    ] = False,
    runner: Annotated[
        str,
        typer.Option(**one_of(RUNNERS), help="listen here, or on the Ray cluster of RAY_ADDRESS, or a new one here"),
    ] = RUNNERS[0],
    as_json: AsJson = False,
) -> int:
    """Extract feature sets from a folder of audio into a new version of the catalogue; resumable."""
    part = None if shard is None else Shard.parse(shard)
    if merge and (part or again or runner != RUNNERS[0]):
        raise NearfieldError("--merge listens to nothing: leave --shard, --again and --runner out.")
    if part and audio_root is not None:
        raise NearfieldError("--audio-root changes the catalogue: give it once without --shard, before the shards.")
    catalogue = open_catalogue(folder)
    names = list(sets_at_hand()) if features is None else texts(features)
    if audio_root is not None:
        catalogue = _moved(catalogue, audio_root)
    if table is not None and audio is None:
        raise NearfieldError("--table names files in a folder: give that by --audio.")
    listing = list_tracks(catalogue) if audio is None else list_audio(catalogue, audio, table)
    wanted = extractors(names, checkpoint)
    check_sets(catalogue, wanted, replace)
    artists = len({file.artist for file in listing.files})
    found_here = f"{counted(len(listing.files), 'file')} of {counted(artists, 'artist')}"
    if part:
        falls = sum(part.holds(file) for file in listing.files)
        say(f"Of {found_here}, {counted(falls, 'file')} {'falls' if falls == 1 else 'fall'} to shard {part}.")
    else:
        say(f"{found_here}; what was extracted before is taken from there.")
    started = time.monotonic()

    def on_progress(progress: ExtractionProgress) -> None:
        work.check()
        work.report("files", share(progress.done, progress.files))
        progress_line(progress.done, progress.files, time.monotonic() - started, progress.latest, progress.known)

    try:
        parameters = {"features": names, "audio": shown_path(str(listing.folder))}
        with at_work(catalogue.path, _EXTRACTION, f"shard {part}" if part else "", parameters) as work:
            ears, at_once = checkpoint or _bundled(names), _AT_ONCE[runner] if workers is None else workers
            if part:
                found = extract_shard(
                    catalogue, listing, wanted, part, ears, at_once, on_progress, again, _runner(runner)
                )
                say(f"Shard {part} has ended. When all have, --merge makes the new version.")
                return _report(catalogue, found, listing, {"shard": str(part)}, as_json)
            record_inputs(catalogue)
            before = belongings(catalogue)
            if merge:
                _check_no_shard_is_at_work(catalogue)
                found = merge_shards(catalogue, listing, wanted, replace, on_progress)
            else:
                found = extract_audio(
                    catalogue, listing, wanted, ears, at_once, replace, on_progress, again, _runner(runner)
                )
    except (KeyboardInterrupt, StoppedError):
        say("\nStopped; the files that were done are kept. The same command goes on from there.")
        return EXIT_STOPPED
    after = belongings(found.catalogue)
    left = [run_id for run_id in before.runs if run_id not in after.runs]
    if found.catalogue.content_hash == catalogue.content_hash:
        say("The catalogue is as it was.")
    else:
        say_versions(before, after)
    kept = {
        "artists": artists,
        "runs_kept": after.runs,
        "fusions_kept": after.fusions,
        "runs_left": left,
        "figures_kept": after.figures,
        "figures_left": before.figures - after.figures,
    }
    return _report(catalogue, found, listing, kept, as_json)


def _report(before: Catalogue, found: Extraction, listing: AudioListing, more: dict[str, Any], as_json: bool) -> int:
    """Say what came of it, file by file where something is to be said; returns the exit code."""
    for reason in listing.left_out:
        say(f"Left out: {reason}")
    for reason in listing.passed_over:
        say(f"Passed over: {reason}")
    for name, other in found.repeated:
        say(f"{name} is the same as {other}, and counts once.")
    for name, note in found.notes:
        say(f"Noticed: {name}: {note}")
    for name, reason in found.failures:
        say(f"Failed: {name}: {reason}")
    if found.known_faults:
        say(f"{counted(found.known_faults, 'file')} of these failed before and were not tried: --again tries them.")
    content = {
        "catalogue": found.catalogue.name,
        "catalogue_hash": found.catalogue.content_hash,
        "before": before.content_hash,
        "extracted": found.extracted,
        "known": found.known,
        "left_out": listing.left_out,
        "passed_over": listing.passed_over,
        "repeated": [{"file": name, "same_as": other} for name, other in found.repeated],
        "notes": [{"file": name, "note": note} for name, note in found.notes],
        "failures": [{"file": name, "reason": reason} for name, reason in found.failures],
    }
    figures = {"extracted now": found.extracted, "known before": found.known, "failed": len(found.failures)}
    show(as_json, content | more, pd.DataFrame([figures | {"left out": len(listing.left_out)}]))
    return EXIT_PROBLEMS if found.failures or listing.left_out else 0


def _check_no_shard_is_at_work(catalogue: Catalogue) -> None:
    for job in Jobs(catalogue.path).listed(_EXTRACTION):
        if job.subject and job.is_active:
            raise NearfieldError(f"{job.subject.capitalize()} is still at work. Merge when it has ended.")


def _runner(name: str) -> Runner | None:
    if name != "ray":
        return None
    from core.features.ray_runner import run_tasks_on_ray

    return run_tasks_on_ray


def _moved(catalogue: Catalogue, folder: Path) -> Catalogue:
    """The catalogue, whose music is now in `folder`. Raises NearfieldError if there is no such folder."""
    if not folder.is_dir():
        raise NearfieldError(f"There is no folder {shown_path(str(folder))}.")
    return update_catalogue(catalogue, audio_root=str(folder.resolve()))


def _bundled(features: list[str]) -> str | None:
    from core.audio.encoders.checkpoints import BUNDLED

    return BUNDLED if CLAP in features else None
