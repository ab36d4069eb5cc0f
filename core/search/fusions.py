"""The stored fusions of a catalogue: fusions/<name>.json holds the weights and their full provenance."""

import re
from pathlib import Path
from typing import Any

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.search.fusion import FusionWeights
from core.storage import read_json, write_json

FUSIONS_FOLDER = "fusions"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def save_fusion(catalogue: Catalogue, name: str, weights: FusionWeights, provenance: dict[str, Any]) -> None:
    """Store a fusion under `name`, replacing any of that name. Raises NearfieldError for a bad name."""
    check_fusion_name(name)
    hashes = {"catalogue_hash": catalogue.content_hash, "split_hash": catalogue.split_hash}
    content = {"weights": weights.as_dict(), **hashes, **provenance}
    write_json(catalogue.path / FUSIONS_FOLDER / f"{name}.json", content)


def load_fusion(catalogue: Catalogue, name: str) -> tuple[FusionWeights, dict[str, Any]]:
    """The weights of a fusion and everything stored with them.

    Raises NearfieldError, which lists the known fusions, for an unknown name or another catalogue version.
    """
    known = list_fusions(catalogue)
    if name not in known:
        listed = ", ".join(known) or "none yet; fit one with python -m core fuse"
        raise NearfieldError(f"{catalogue.name} has no fusion “{name}” for this version. Fusions: {listed}.")
    content = read_json(catalogue.path / FUSIONS_FOLDER / f"{name}.json")
    return FusionWeights.from_dict(content.get("weights", {})), content


def list_fusions(catalogue: Catalogue) -> list[str]:
    """Names of the fusions fitted on this version of the catalogue, sorted."""
    files = fusion_files(catalogue)
    return [file.stem for file in files if read_json(file).get("catalogue_hash") == catalogue.content_hash]


def fusion_files(catalogue: Catalogue) -> list[Path]:
    """The files of all fusions, of this version or another, sorted."""
    return sorted((catalogue.path / FUSIONS_FOLDER).glob("[!.]*.json"))


def fusion_stamp(catalogue: Catalogue, name: str) -> int:
    """A number that changes whenever the fusion is fitted again; 0 if there is none."""
    file = catalogue.path / FUSIONS_FOLDER / f"{name}.json"
    return file.stat().st_mtime_ns if file.is_file() else 0


def check_fusion_name(name: str) -> None:
    """Raise NearfieldError unless `name` can be the name of a fusion."""
    if not _NAME.fullmatch(name):
        raise NearfieldError(f"“{name}” is no name for a fusion: use up to 40 small letters, digits, - and _.")
