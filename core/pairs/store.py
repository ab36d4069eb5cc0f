"""The stored pair rankers of a catalogue.

pairs/<name>.safetensors holds the networks, what was fitted on the content of train artists, and the full provenance.
Nothing is unpickled, and torch is not needed to read it.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from core.arrays import FloatArray
from core.catalogue import Catalogue
from core.catalogue.identity import belongs, inputs_fault
from core.errors import NearfieldError
from core.pairs.config import PairConfig
from core.pairs.content import GENRES, ContentStatistics
from core.pairs.network import PairNetwork
from core.reading import open_regular, parse_json_object
from core.storage import atomic_path

PAIRS_FOLDER = "pairs"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_CONTENT, _NETWORK = "content.", "network."


@dataclass(frozen=True)
class StoredPairs:
    """A trained pair ranker. `columns` and `groups` are the network's; `details` is everything stored with it."""

    config: PairConfig
    network: PairNetwork
    columns: tuple[str, ...]
    groups: tuple[str, ...]
    statistics: ContentStatistics
    details: dict[str, Any]

    @property
    def relations(self) -> list[str]:
        """The other relations that it reads, sorted."""
        return sorted(self.details.get("relations", []))


def save_pairs(catalogue: Catalogue, name: str, stored: StoredPairs) -> None:
    """Store a pair ranker under `name`, replacing any of that name. Raises NearfieldError for a bad name."""
    check_pairs_name(name)
    tensors = {"mean": stored.network.mean, "deviation": stored.network.deviation}
    for number, layers in enumerate(stored.network.layers):
        for depth, (weight, bias) in enumerate(layers):
            tensors[f"{_NETWORK}{number}.{depth}.weight"] = weight
            tensors[f"{_NETWORK}{number}.{depth}.bias"] = bias
    tensors |= {f"{_CONTENT}{key}": array for key, array in stored.statistics.arrays.items()}
    hashes = {"catalogue_hash": catalogue.content_hash, "split_hash": catalogue.split_hash}
    details = stored.details | hashes
    details |= {"config": stored.config.as_dict(), "columns": stored.columns, "groups": stored.groups}
    details |= {"genres": stored.statistics.genres, "numbers": stored.statistics.numbers}
    details |= {"inputs": catalogue.inputs(features_of_pairs(stored), relations=stored.relations)}
    with atomic_path(pairs_file(catalogue, name)) as temporary:
        save_file(tensors, temporary, metadata={"details": json.dumps(details)})


def load_pairs(catalogue: Catalogue, name: str) -> StoredPairs:
    """The pair ranker `name`.

    Raises NearfieldError, which lists the known ones, for an unknown name or another version of the catalogue, and
    where the file cannot be used.
    """
    found, faults = scan_pairs(catalogue)
    if name in faults:
        raise NearfieldError(faults[name])
    if name not in found:
        listed = ", ".join(found) or "none yet; train one with python -m core pairs"
        raise NearfieldError(f"{catalogue.name} has no pair ranker “{name}” for this version. There are: {listed}.")
    return _read(pairs_file(catalogue, name))


def scan_pairs(catalogue: Catalogue) -> tuple[dict[str, PairConfig], dict[str, str]]:
    """The usable pair rankers of this version by name, sorted, and by name why others cannot be used."""
    found: dict[str, PairConfig] = {}
    faults: dict[str, str] = {}
    for file in pairs_files(catalogue):
        try:
            check_pairs_name(file.stem)
            details = _details(file)
            if details.get("inputs") is None or (fault := inputs_fault(details["inputs"])):
                raise NearfieldError(f"{fault if details.get('inputs') else 'it does not give its inputs'}.")
            if belongs(details, catalogue):
                found[file.stem] = PairConfig.from_dict(details.get("config"))
        except NearfieldError as fault:
            faults[file.stem] = f"The pair ranker {file.stem} cannot be used: {fault}"
    return found, faults


def pairs_files(catalogue: Catalogue) -> list[Path]:
    """The files of all pair rankers, of this version or another, sorted."""
    return sorted((catalogue.path / PAIRS_FOLDER).glob("[!.]*.safetensors"))


def pairs_file(catalogue: Catalogue, name: str) -> Path:
    """Where the pair ranker `name` is stored."""
    return catalogue.path / PAIRS_FOLDER / f"{name}.safetensors"


def pairs_stamp(catalogue: Catalogue, name: str) -> int:
    """A number that changes whenever the pair ranker is trained again; 0 if there is none."""
    file = pairs_file(catalogue, name)
    return file.stat().st_mtime_ns if _NAME.fullmatch(name) and os.path.isfile(file) else 0


def check_pairs_name(name: str) -> None:
    """Raise NearfieldError unless `name` can be the name of a pair ranker."""
    if not _NAME.fullmatch(name):
        raise NearfieldError(
            f"“{name}” is no name for a pair ranker: use up to 40 small letters, digits, - and _, a letter or digit "
            "first."
        )


def features_of_pairs(stored: StoredPairs) -> set[str]:
    """Names of the feature sets that a pair ranker reads."""
    ends = (".idf", ".mean")
    keys = [key for key in stored.statistics.arrays if key.endswith(ends)]
    return {key.rpartition(".")[0] for key in keys} - ({GENRES} if stored.statistics.genres else set())


def _details(file: Path) -> dict[str, Any]:
    try:
        open_regular(file).close()
        with safe_open(file, framework="numpy") as checkpoint:
            return parse_json_object(checkpoint.metadata()["details"], "its description")
    except (OSError, SafetensorError, KeyError, TypeError, NearfieldError) as fault:
        raise NearfieldError(f"{file.name} cannot be read ({fault}). Train it again.") from None


def _read(file: Path) -> StoredPairs:
    details = _details(file)
    try:
        with safe_open(file, framework="numpy") as checkpoint:
            tensors: dict[str, FloatArray] = {key: checkpoint.get_tensor(key) for key in checkpoint.keys()}  # noqa: SIM118
        config = PairConfig.from_dict(details["config"])
        network = PairNetwork(tensors["mean"], tensors["deviation"], _networks(tensors))
        arrays = {key.removeprefix(_CONTENT): array for key, array in tensors.items() if key.startswith(_CONTENT)}
        genres, numbers = tuple(map(str, details["genres"])), tuple(map(str, details["numbers"]))
        statistics = ContentStatistics(arrays, genres, numbers)
        columns, groups = tuple(map(str, details["columns"])), tuple(map(str, details["groups"]))
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as fault:
        raise NearfieldError(f"{file.name} does not fit its description ({fault}). Train it again.") from None
    widths = {len(columns), len(groups), len(network.mean), len(network.deviation)}
    if not network.layers or widths != {network.layers[0][0][0].shape[1]}:
        raise NearfieldError(f"{file.name} does not fit its description. Train it again.")
    return StoredPairs(config, network, columns, groups, statistics, details)


def _networks(tensors: dict[str, FloatArray]) -> tuple[tuple[tuple[FloatArray, FloatArray], ...], ...]:
    places = sorted(
        {
            (int(number), int(depth))
            for number, depth in (
                key.removeprefix(_NETWORK).split(".")[:2] for key in tensors if key.startswith(_NETWORK)
            )
        }
    )
    networks: dict[int, list[tuple[FloatArray, FloatArray]]] = {}
    for number, depth in places:
        prefix = f"{_NETWORK}{number}.{depth}"
        networks.setdefault(number, []).append((tensors[f"{prefix}.weight"], tensors[f"{prefix}.bias"]))
    return tuple(map(tuple, networks.values()))
