"""Tables that a visitor uploads: looked at as often as the visitor likes, then imported as a new catalogue."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from core.catalogue.adding import check_new_name
from core.catalogue.importers import IMPORTERS, Content
from core.catalogue.importers.tables.mapping import Mapping as TableMapping
from core.catalogue.importers.tables.reading import guess_source
from core.errors import CatalogueError
from core.jobs.tasks import Stage
from core.jobs.working import at_work

MOST_FILES = 20
LARGEST_UPLOAD = 500 << 20
"""Bytes of all files of an upload together."""

READING, WRITING = "Reading the tables", "Writing the catalogue"
_MAPPING = "mapping.toml"


def guess_upload(files: Mapping[str, bytes], artists_in: str = "") -> tuple[dict[str, list[str]], TableMapping]:
    """The columns of each uploaded table, and what they probably mean if `artists_in` is the table of artists."""
    with _stored(files, "") as (source, _):
        return guess_source(source, artists_in)


def plan_upload(files: Mapping[str, bytes], mapping: str = "") -> Content:
    """What the uploaded files would bring in, by a mapping in TOML or by a guess."""
    with _stored(files, mapping) as (source, options):
        return IMPORTERS["tables"].plan(source, options)


def import_upload(
    files: Mapping[str, bytes], mapping: str, terms: Mapping[str, str], name: str, folder: Path | None, enter: Stage
) -> str:
    """Import the uploaded files as catalogue `name` in `folder` and return the name.

    `terms` are options of the importer, such as source and licence; `enter` is told each stage. Raises CatalogueError
    for an invalid name, missing terms and content that cannot be used; then nothing is left behind.
    """
    dest = check_new_name(name, folder)
    tables = IMPORTERS["tables"]
    with at_work(dest, "import", name, {"layout": tables.name, "source": ", ".join(files)}) as work:
        enter(READING)
        work.report(READING, 0.0)
        with _stored(files, mapping) as (source, options):
            content = tables.plan(source, options | dict(terms))
        enter(WRITING)
        work.report(WRITING, 0.5)
        return tables.write(content, dest).name


@contextmanager
def _stored(files: Mapping[str, bytes], mapping: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """The files in a folder of their own while they are read, and the option that names the mapping."""
    _check(files)
    with tempfile.TemporaryDirectory(prefix="nearfield-upload-") as place:
        source = Path(place) / "tables"
        source.mkdir()
        for name, content in files.items():
            (source / name).write_bytes(content)
        options = {}
        if mapping:
            options["mapping"] = str(Path(place) / _MAPPING)
            Path(options["mapping"]).write_text(mapping, encoding="utf-8")
        yield source, options


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
