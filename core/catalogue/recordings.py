"""The sound of a catalogue's tracks: rendered from a recipe, or read from a file."""

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from core.arrays import FloatArray
from core.audio.decoding import decode
from core.audio.music_files import find_file
from core.catalogue import Catalogue
from core.errors import AudioError
from core.synthesis import RATE, recipe_from_text, render

PREVIEW_SECONDS = 10.0


def recording(
    catalogue: Catalogue, track: int, seconds: float = PREVIEW_SECONDS, start: float = 0.0
) -> tuple[FloatArray, int]:
    """Mono samples (n,) and their rate: `seconds` of the track in this row of `catalogue.tracks`, from `start` on.

    Raises AudioError, with the remedy, if a file is gone or has no sound there, and CatalogueError for a bad recipe.
    """
    entry = catalogue.tracks.iloc[track]
    if entry["kind"] == "synthetic":
        return render(recipe_from_text(entry["recipe"]), seconds, start), RATE
    return _read(recording_path(catalogue, entry), seconds, start)


def recording_path(catalogue: Catalogue, entry: Mapping[Hashable, Any] | pd.Series) -> Path:
    """The path of a track's file: below the catalogue's audio folder, or as its recipe says."""
    path = entry.get("path")
    if isinstance(path, str) and path:
        return find_file(catalogue.audio_folder, path)
    return find_file(catalogue.path, entry["recipe"])


def _read(path: Path, seconds: float, start: float) -> tuple[FloatArray, int]:
    if not path.is_file():
        raise AudioError(
            f"The recording {path.name} is no longer where it was. Extract the catalogue's features again."
        )
    clip = decode(path)
    samples = clip.samples[round(start * clip.rate) : round((start + seconds) * clip.rate)]
    if not len(samples):
        raise AudioError(f"The recording {path.name} ends before {start:g} seconds.")
    return samples, clip.rate
