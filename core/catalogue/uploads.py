"""Tables that a visitor uploads: looked at as often as the visitor likes, then imported as a new catalogue."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from core.catalogue.adding import check_new_name
from core.catalogue.import_jobs import IMPORT, import_job, start_import
from core.catalogue.importers import IMPORTERS, Content
from core.catalogue.importers.tables.mapping import Mapping as TableMapping
from core.catalogue.importers.tables.reading import guess_source
from core.catalogue.library import data_folder
from core.errors import CatalogueError, NearfieldError
from core.jobs import JobBusyError, active_jobs
from core.storage import is_temporary, move_into_place, temporary_folder

MOST_FILES = 20
LARGEST_UPLOAD = 500 << 20
"""Bytes of all files of an upload together."""

TABLES_FOLDER = ".tables"
"""Folder in the data folder that holds uploaded tables while they are imported."""
_TABLES, _MAPPING = "tables", "mapping.toml"


def guess_upload(files: Mapping[str, bytes], artists_in: str = "") -> tuple[dict[str, list[str]], TableMapping]:
    """The columns of each uploaded table, and what they probably mean if `artists_in` is the table of artists."""
    with _stored(files, "") as (source, _):
        return guess_source(source, artists_in)


def plan_upload(files: Mapping[str, bytes], mapping: str = "") -> Content:
    """What the uploaded files would bring in, by a mapping in TOML or by a guess."""
    with _stored(files, mapping) as (source, options):
        return IMPORTERS["tables"].plan(source, options)


def start_upload(
    files: Mapping[str, bytes],
    mapping: str,
    terms: Mapping[str, str],
    name: str,
    owner: str,
    folder: Path | None = None,
) -> None:
    """Import the uploaded files as catalogue `name` in `folder` for `owner`, in a process of its own.

    `terms` are options of the importer, such as source and licence. Raises CatalogueError for an invalid name, for
    missing terms and for files that cannot be taken, JobBusyError where such an import is at work, and NearfieldError
    where nothing can be written; then nothing is left behind.
    """
    dest = check_new_name(name, folder)
    _check(files)
    if missing := [term for term in ("source", "licence") if not terms.get(term)]:
        raise CatalogueError(f"Say the {' and the '.join(missing)} of the tables.")
    if (job := import_job(dest)) and job.is_active:
        raise JobBusyError(job)
    forget_uploads(folder)
    kept = dest.parent / TABLES_FOLDER / name
    with temporary_folder(kept) as building:
        _write(building, files, mapping)
        move_into_place(building, kept)
    options = {"mapping": str(kept / _MAPPING)} if mapping else {}
    try:
        start_import("tables", kept / _TABLES, dest, owner, options=options | dict(terms))
    except NearfieldError:
        shutil.rmtree(kept, ignore_errors=True)
        raise


def forget_uploads(folder: Path | None = None) -> None:
    """Remove the uploaded tables of imports that have ended."""
    data = folder or data_folder()
    if not (data / TABLES_FOLDER).is_dir():
        return
    at_work = active_jobs(data, IMPORT)
    for kept in (data / TABLES_FOLDER).iterdir():
        if kept.name not in at_work and not is_temporary(kept.name):
            shutil.rmtree(kept, ignore_errors=True)


@contextmanager
def _stored(files: Mapping[str, bytes], mapping: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """The files in a folder of their own while they are read, and the option that names the mapping."""
    _check(files)
    with tempfile.TemporaryDirectory(prefix="nearfield-upload-") as place:
        options = _write(Path(place), files, mapping)
        yield Path(place) / _TABLES, options


def _write(place: Path, files: Mapping[str, bytes], mapping: str) -> dict[str, str]:
    """Write the files and the mapping into a folder; returns the option that names the mapping, if there is one."""
    source = place / _TABLES
    source.mkdir()
    for name, content in files.items():
        (source / name).write_bytes(content)
    if not mapping:
        return {}
    (place / _MAPPING).write_text(mapping, encoding="utf-8")
    return {"mapping": str(place / _MAPPING)}


def _check(files: Mapping[str, bytes]) -> None:
    if not files:
        raise CatalogueError("Choose the files first.")
    if len(files) > MOST_FILES:
        raise CatalogueError(f"These are {len(files)} files; at most {MOST_FILES} can be uploaded at once.")
    size = sum(map(len, files.values()))
    if size > LARGEST_UPLOAD:
        raise CatalogueError(
            f"These files have {size >> 20:,} MB together; at most {LARGEST_UPLOAD >> 20} MB can be uploaded. Import "
            "larger ones by python -m core import tables."
        )
    for name in files:
        if PurePosixPath(name).name != name or "\\" in name or "\0" in name or name.startswith(".") or len(name) > 120:
            raise CatalogueError(f"“{name[:120]}” cannot be the name of an uploaded file. Rename it.")
