"""Reading AcousticBrainz low-level documents and the output of current essentia under one set of names."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.audio.encoders.acousticbrainz.leaves import PEAKS
from core.errors import CatalogueError

SECTIONS = ("lowlevel", "rhythm", "tonal")
KEY_PROFILE = "temperley"
"""The key profile behind AcousticBrainz's `tonal.key_*`; current essentia also reports two others."""

_LARGEST = 8 << 20
_WHAT = "an AcousticBrainz low-level document (JSON with the sections lowlevel, rhythm and tonal)"


def read_document(path: Path) -> dict[str, Any]:
    """Read the document in a JSON file, with AcousticBrainz's names.

    Raises CatalogueError for a file that cannot be read, is not JSON or is another kind of document.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise CatalogueError(f"{path.name} is too large to be {_WHAT}. Give one document per file.")
        return parse_document(path.read_bytes(), path.name)
    except OSError as error:
        raise CatalogueError(f"{path.name} cannot be read: {error.strerror}.") from error


def parse_document(content: bytes, name: str) -> dict[str, Any]:
    """The document in the bytes of a JSON file, with AcousticBrainz's names.

    Raises CatalogueError, which begins with `name`, for bytes that are not JSON or another kind of document.
    """
    try:
        document = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise CatalogueError(f"{name} is not JSON. Give {_WHAT}.") from error
    if isinstance(document, dict) and "highlevel" in document and "lowlevel" not in document:
        raise CatalogueError(f"{name} is AcousticBrainz's high-level document. Give the low-level one.")
    if not isinstance(document, dict) or not all(isinstance(document.get(section), dict) for section in SECTIONS):
        raise CatalogueError(f"{name} is not {_WHAT}.")
    return with_acousticbrainz_names(document)


def with_acousticbrainz_names(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the document with AcousticBrainz's names for everything that essentia has renamed since.

    `tonal.key_temperley.{key,scale,strength}` becomes `tonal.key_{key,scale,strength}`, and each single value of the
    bpm histogram becomes its own mean. A document with the old names is returned unchanged.
    """
    tonal, rhythm = dict(document["tonal"]), dict(document["rhythm"])
    profile = tonal.get(f"key_{KEY_PROFILE}")
    if isinstance(profile, Mapping):
        tonal = {f"key_{name}": value for name, value in profile.items()} | tonal
    for peak in PEAKS:
        if isinstance(rhythm.get(peak), int | float):
            rhythm[peak] = {"mean": rhythm[peak]}
    return {**document, "tonal": tonal, "rhythm": rhythm}


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
