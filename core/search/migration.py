"""Move runs and fusions from an old version of a catalogue to a new one that leaves them valid.

A run belongs to one version of a catalogue, given by its content hash. If the artists, the edges and every feature set
that it reads are the same files in the new version, the run is still valid and gets the new hash. The old hash stays in
its record.
"""

from dataclasses import dataclass, field

from core.catalogue import Catalogue
from core.catalogue.catalogue import feature_file
from core.catalogue.format import ARTISTS_FILE, EDGES_FILE
from core.features import LEARNED, RANDOM, split_feature_names
from core.runs.record import list_runs
from core.search.fusions import FUSIONS_FOLDER, scan_fusions
from core.space_name import Kind, SpaceName
from core.storage import write_json

MIGRATED_FROM = "carried_from"


@dataclass(frozen=True)
class Migration:
    """Names of the runs and fusions that moved to the new version, and of the runs that were left behind."""

    runs: list[str] = field(default_factory=list)
    fusions: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def migrate(before: Catalogue, after: Catalogue) -> Migration:
    """Move the valid runs and fusions of `before` to `after`, the new version in the same folder.

    Rows of the results table stay with the old version, so evaluate again.
    """
    found = Migration()
    if before.content_hash == after.content_hash:
        return found
    for run in list_runs(after):
        details = run.details
        if details["catalogue_hash"] != before.content_hash:
            continue
        if run.finished and _is_same(before, after, run.config.features):
            write_json(run.path / "config.json", _renamed(details, before, after))
            found.runs.append(run.run_id)
        else:
            found.left.append(run.run_id)
    for name, (weights, content) in scan_fusions(before)[0].items():
        if all(_part_stays(before, after, part, found.runs) for part in weights.parts):
            write_json(after.path / FUSIONS_FOLDER / f"{name}.json", _renamed(content, before, after))
            found.fusions.append(name)
    return found


def _part_stays(before: Catalogue, after: Catalogue, part: SpaceName, runs: list[str]) -> bool:
    if part.is_run:
        return part.id in runs
    return _is_same(before, after, part.id if part.kind is Kind.COSINE else RANDOM)


def _is_same(before: Catalogue, after: Catalogue, features: str) -> bool:
    """Whether the artists, the edges and these feature sets are the same files in both versions."""
    sets = [name for name in split_feature_names(features) if name not in (RANDOM, LEARNED)]
    old, new = before.manifest.files, after.manifest.files
    return all(old.get(file) == new.get(file) for file in (ARTISTS_FILE, EDGES_FILE, *map(feature_file, sets)))


def _renamed(content: dict, before: Catalogue, after: Catalogue) -> dict:
    earlier = content.get(MIGRATED_FROM)
    origin = [*(earlier if isinstance(earlier, list) else []), before.content_hash]
    return content | {"catalogue_hash": after.content_hash, MIGRATED_FROM: origin}
