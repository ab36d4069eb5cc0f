"""The stored fusions of a catalogue: fusions/<name>.json holds the weights and their full provenance."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

from core.catalogue import Catalogue
from core.catalogue.identity import belongs, inputs_fault
from core.errors import NearfieldError
from core.features import split_feature_names
from core.pairs.store import features_of_pairs, load_pairs
from core.runs.record import open_run
from core.search.fusion import MOST_PARTS, FusionWeights
from core.space_name import Kind, SpaceName
from core.storage import read_json, write_json
from core.text import short_label

FUSIONS_FOLDER = "fusions"
_DEEPEST = 8
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")

Stored: TypeAlias = tuple[FusionWeights, dict[str, Any]]
"""The weights of a fusion and everything stored with them."""


def save_fusion(catalogue: Catalogue, name: str, weights: FusionWeights, provenance: dict[str, Any]) -> None:
    """Store a fusion under `name`, replacing any of that name. Raises NearfieldError for a bad name."""
    check_fusion_name(name)
    hashes = {"catalogue_hash": catalogue.content_hash, "split_hash": catalogue.split_hash}
    inputs = inputs_of(catalogue, weights.parts)
    content = {"weights": weights.as_dict(), **hashes, "inputs": inputs, **provenance}
    write_json(catalogue.path / FUSIONS_FOLDER / f"{name}.json", content)


def features_of(catalogue: Catalogue, ranker: SpaceName) -> set[str]:
    """Names of the feature sets that a ranker of the catalogue uses, by itself or in its model or its parts."""
    if ranker.is_run:
        return set(split_feature_names(open_run(catalogue, ranker.id).config.features))
    if ranker.is_fusion:
        parts = load_fusion(catalogue, ranker.id)[0].parts
        return set().union(*(features_of(catalogue, part) for part in parts))
    if ranker.is_pairs:
        return features_of_pairs(load_pairs(catalogue, ranker.id))
    return set(split_feature_names(ranker.id)) if ranker.kind in (Kind.COSINE, Kind.FEATURES) else set()


def relations_of(catalogue: Catalogue, ranker: SpaceName) -> set[str]:
    """Names of the relations besides the learned one that a ranker of the catalogue uses, by itself or in its parts."""
    if ranker.is_fusion:
        parts = load_fusion(catalogue, ranker.id)[0].parts
        return set().union(*(relations_of(catalogue, part) for part in parts))
    return set(load_pairs(catalogue, ranker.id).relations) if ranker.is_pairs else set()


def inputs_of(catalogue: Catalogue, rankers: Iterable[SpaceName]) -> dict[str, Any]:
    """The `inputs` of what is made from these rankers. Raises NearfieldError where a set, run or part is missing."""
    used = list(rankers)
    return catalogue.inputs(
        set().union(*(features_of(catalogue, ranker) for ranker in used)),
        relations=set().union(*(relations_of(catalogue, ranker) for ranker in used)),
    )


def load_fusion(catalogue: Catalogue, name: str) -> tuple[FusionWeights, dict[str, Any]]:
    """The weights of a fusion and everything stored with them.

    Raises NearfieldError, which lists the known fusions, for an unknown name or another catalogue version, and where
    the fusion cannot be used.
    """
    found, faults = scan_fusions(catalogue)
    if name in faults:
        raise NearfieldError(faults[name])
    if name not in found:
        listed = ", ".join(found) or "none yet; fit one with python -m core fuse"
        raise NearfieldError(f"{catalogue.name} has no fusion “{name}” for this version. Fusions: {listed}.")
    return found[name]


def list_fusions(catalogue: Catalogue) -> list[str]:
    """Names of the fusions fitted on this version of the catalogue that this Nearfield can use, sorted."""
    return list(scan_fusions(catalogue)[0])


def scan_fusions(catalogue: Catalogue) -> tuple[dict[str, Stored], dict[str, str]]:
    """The usable fusions of this version of the catalogue by name, sorted, and by name why others cannot be used."""
    read: dict[str, Stored] = {}
    faults: dict[str, str] = {}
    for file in fusion_files(catalogue):
        try:
            check_fusion_name(file.stem)
            content = read_json(file)
            if content.get("inputs") is not None and (fault := inputs_fault(content["inputs"])):
                raise NearfieldError(f"{fault}.")
            if belongs(content, catalogue):
                read[file.stem] = FusionWeights.from_dict(content.get("weights", {})), content
        except NearfieldError as fault:
            faults[file.stem] = f"The fusion {short_label(file.stem)} cannot be used: {fault}"
    found = {}
    for name, stored in read.items():
        if reason := _nesting_fault(read, name):
            faults[name] = f"The fusion {name} cannot be used: {reason}"
        else:
            found[name] = stored
    return found, faults


def _nesting_fault(read: dict[str, Stored], name: str) -> str:
    """Why the fusions among a fusion's parts make it unusable; "" where they do not."""
    left = [(name, frozenset({name}))]
    parts = 0
    while left:
        outer, above = left.pop()
        if outer not in read:
            return f"its part {short_label(outer)} cannot be used."
        for part in read[outer][0].parts:
            if not part.is_fusion:
                parts += 1
            elif part.id in above:
                return "it is a part of itself."
            elif len(above) >= _DEEPEST:
                return f"its fusions are nested more than {_DEEPEST} deep."
            else:
                left.append((part.id, above | {part.id}))
        if parts + len(left) > MOST_PARTS:
            return f"it has more than {MOST_PARTS} parts."
    return ""


def fusion_files(catalogue: Catalogue) -> list[Path]:
    """The files of all fusions, of this version or another, sorted."""
    return sorted((catalogue.path / FUSIONS_FOLDER).glob("[!.]*.json"))


def fusion_stamp(catalogue: Catalogue, name: str) -> int:
    """A number that changes whenever the fusion is fitted again; 0 if there is none."""
    file = catalogue.path / FUSIONS_FOLDER / f"{name}.json"
    return file.stat().st_mtime_ns if _NAME.fullmatch(name) and os.path.isfile(file) else 0


def check_fusion_name(name: str) -> None:
    """Raise NearfieldError unless `name` can be the name of a fusion."""
    if not _NAME.fullmatch(name):
        raise NearfieldError(f"“{name}” is no name for a fusion: use up to 40 small letters, digits, - and _.")
