"""What is left to extract of a catalogue's files, and which of them were tried in vain."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.features.audio_folders import AudioFile, AudioListing, list_tracks
from core.features.audio_sets import sets_at_hand
from core.features.digests import DIGESTS_FILE, Digests
from core.features.extraction_work import EXTRACTED_FOLDER
from core.features.faults import FAULTS_FILE, Faults, identity_of_locked


@dataclass(frozen=True)
class Left:
    """The files that are to be listened to, and those of which it is known that they give no vectors, with reasons."""

    todo: list[AudioFile]
    unheard: list[tuple[AudioFile, str]]


def files_left(catalogue: Catalogue, listing: AudioListing, names: Sequence[str], again: bool = False) -> Left:
    """Those of the listed files that have no vector in one of the sets `names`, or have changed since.

    Files that were tried in vain, and are as they were, are left only `again`.
    """
    has = np.ones(len(catalogue.tracks), dtype=bool)
    for name in names:
        known = name in catalogue.track_feature_names
        has &= ~np.isnan(catalogue.track_array(name)[:, 0]) if known else False
    row_of = catalogue.row_of_track
    folder = catalogue.path.resolve() / EXTRACTED_FOLDER
    digests, faults = Digests(folder / DIGESTS_FILE), Faults(folder / FAULTS_FILE, names)
    left = Left([], [])
    for file, digest in zip(listing.files, digests.kept(file.path for file in listing.files), strict=True):
        row = row_of.get(file.track_id, -1)
        if row >= 0 and has[row] and digest != "":
            continue
        reason = _reason(faults, file, digest)
        if reason:
            left.unheard.append((file, reason))
        if again or not reason:
            left.todo.append(file)
    return left


def unheard_files(catalogue: Catalogue) -> list[tuple[str, str]]:
    """(name, reason) of the catalogue's files that were listened to in vain, by name; none where its music is away."""
    with suppress(NearfieldError):
        found = files_left(catalogue, list_tracks(catalogue), sets_at_hand()).unheard
        return sorted((file.shown, reason) for file, reason in found)
    return []


def _reason(faults: Faults, file: AudioFile, digest: str | None) -> str:
    if digest or not faults:
        return faults.reason(digest) if digest else ""
    with suppress(OSError):
        return faults.reason(identity_of_locked(file.path))
    return ""
