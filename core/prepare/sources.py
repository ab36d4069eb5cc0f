"""The steps that bring something into the catalogue: vectors of sound, and relations from a service."""

from collections.abc import Sequence
from pathlib import PurePath

import numpy as np

from core.audio.checks import MAX_SECONDS
from core.audio.encoders.checkpoints import BUNDLED, is_installed
from core.audio.encoders.family import encoder_of_set
from core.catalogue import Catalogue
from core.clips.encoder import checkpoint_of, has_own_descriptors
from core.errors import NearfieldError
from core.experiments.migration import record_inputs
from core.features.audio_folders import AudioFile, AudioListing, list_tracks
from core.features.audio_sets import ACOUSTICBRAINZ, CLAP, sets_at_hand
from core.features.extraction import extract_audio, extractors
from core.features.extraction_work import ExtractionProgress
from core.features.left import Left, files_left
from core.jobs.progress import share
from core.jobs.working import at_work
from core.prepare.pieces import Found, Outlook, Piece, Report
from core.prepare.recipe import BYTES_PER_SECOND, SECONDS_PER_SECOND, USUAL_BYTES_PER_SECOND
from core.relations.collecting import Wanted, add_relations, cached_answers, collect, key_from_environment
from core.relations.mbids import known_artists
from core.relations.sources import SOURCES
from core.text import counted

_MOST_TOLD = 20


def find_extraction(outlook: Outlook) -> Found:
    """Vectors of the catalogue's files of sound that have none yet, or that have changed."""
    catalogue = outlook.catalogue
    if not (catalogue.tracks["kind"] == "file").any():
        return Found(why="The catalogue has no files of sound.")
    names, checkpoint, left = _extractable(catalogue, outlook.choice.features)
    if not names:
        return Found(why=" ".join(left))
    try:
        listing = list_tracks(catalogue)
    except NearfieldError as fault:
        return Found(why=str(fault))
    found = files_left(catalogue, listing, names, outlook.choice.again)
    there = len(listing.files) - len(found.todo)
    if found.unheard and not outlook.choice.again:
        there -= len(found.unheard)
        left.append(
            f"{counted(len(found.unheard), 'file')} gave no vectors and {'is' if len(found.unheard) == 1 else 'are'} "
            "not tried again unless --again is given."
        )
    if not found.todo:
        return Found(there=there, why=" ".join(left))

    def make(report: Report) -> list[str]:
        return _extract(outlook, listing, names, checkpoint, found, report)

    seconds = sum(map(_seconds_of_sound, found.todo)) * sum(SECONDS_PER_SECOND.get(name, 0.01) for name in names)
    label = f"{', '.join(names)} of {counted(len(found.todo), 'file')}"
    piece = Piece(label, seconds / outlook.choice.workers, make)
    return Found((piece,), there, " ".join(left), tuple(names))


def find_relations(outlook: Outlook) -> Found:
    """Similar artists from the service that was chosen, if any."""
    catalogue, source = outlook.catalogue, outlook.choice.relations
    if not source:
        return Found(why="Not asked for.")
    wanted = Wanted(source, contact=outlook.choice.contact, key=key_from_environment(SOURCES[source]))
    known = known_artists(catalogue)
    left = len(known.row_of) - cached_answers(wanted, known)

    def make(report: Report) -> list[str]:
        found = collect(catalogue, wanted, lambda done, total: report(share(done, total)))
        record_inputs(catalogue)
        learn = not len(catalogue.learned_edges)
        after = add_relations(catalogue, found, learn)
        return [f"{counted(len(after.edges) - len(catalogue.edges), 'edge')} more between artists."]

    label = f"{SOURCES[source].title}: {counted(len(known.row_of), 'artist')}"
    return Found((Piece(label, left * max(wanted.described.interval, 0.3), make),))


def _extractable(catalogue: Catalogue, wanted: Sequence[str]) -> tuple[list[str], str | None, list[str]]:
    """The sets that can be extracted, the CLAP checkpoint for them, and why others cannot."""
    at_hand = sets_at_hand()
    names, checkpoint, left = [name for name in wanted if name in at_hand], None, []
    if missing := [name for name in wanted if name not in at_hand]:
        encoder = encoder_of_set(missing[0])
        left.append(f"For {', '.join(missing)} run: python -m core checkpoint get {encoder.checkpoint}.")
    if CLAP in names:
        checkpoint = BUNDLED
        if CLAP in catalogue.feature_names:
            try:
                known = checkpoint_of(catalogue)
            except NearfieldError:
                known = None
            if known and is_installed(known):
                checkpoint = known.name
            else:
                names.remove(CLAP)
                left.append("The checkpoint of its CLAP vectors is not on this machine, so they stay as they are.")
    if ACOUSTICBRAINZ in names and ACOUSTICBRAINZ in catalogue.feature_names and not has_own_descriptors(catalogue):
        names.remove(ACOUSTICBRAINZ)
        left.append("Its descriptors come from another extractor, so they stay as they are.")
    return names, checkpoint if CLAP in names else None, left


def _extract(
    outlook: Outlook, listing: AudioListing, names: Sequence[str], checkpoint: str | None, left: Left, report: Report
) -> list[str]:
    """Extract what is left; returns which files gave no vectors this time, and why."""
    catalogue, choice = outlook.catalogue, outlook.choice
    over = np.cumsum([0.0, *map(_seconds_of_sound, left.todo)])

    def on_progress(progress: ExtractionProgress) -> None:
        work.check()
        work.report("files", share(progress.done, progress.files))
        report(share(over[min(progress.done - progress.known, len(left.todo))], over[-1]))

    with at_work(catalogue.path, "extraction", "", {"features": list(names)}) as work:
        record_inputs(catalogue)
        made = extractors(names, checkpoint)
        found = extract_audio(
            catalogue, listing, made, checkpoint, choice.workers, on_progress=on_progress, again=choice.again
        )
    tried = {file.shown for file in left.todo}
    told = [f"{name}: {reason}" for name, reason in found.failures if name in tried] + listing.left_out
    more = [f"… and {len(told) - _MOST_TOLD:,} more files."] if len(told) > _MOST_TOLD else []
    return told[:_MOST_TOLD] + more


def _seconds_of_sound(file: AudioFile) -> float:
    """About how long a file sounds, by its size."""
    size = file.path.stat().st_size
    per_second = BYTES_PER_SECOND.get(PurePath(file.name).suffix.lower(), USUAL_BYTES_PER_SECOND)
    return min(size / per_second, MAX_SECONDS)
