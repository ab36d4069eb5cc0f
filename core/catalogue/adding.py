"""Adding a data set to the catalogues of this machine under a new name."""

import re
from pathlib import Path

from core.catalogue.importers import IMPORTERS, Options
from core.catalogue.library import check_not_reserved, data_folder
from core.errors import CatalogueError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def check_new_name(name: str, folder: Path | None = None) -> Path:
    """The folder for a new catalogue `name`. Raises CatalogueError if the name is invalid or taken."""
    if not _NAME.fullmatch(name):
        raise CatalogueError(
            "Name the catalogue with 1 to 40 small letters, digits and hyphens, the first of them no hyphen."
        )
    check_not_reserved(name)
    dest = (folder or data_folder()) / name
    if dest.exists():
        raise CatalogueError(f"There is already a catalogue “{name}”. Choose another name.")
    return dest


def add_catalogue(
    layout: str, source: Path | str, name: str, folder: Path | None = None, options: Options | None = None
) -> Path:
    """Import the data set in `source`, a folder or file, by the importer `layout` as catalogue `name`; return that.

    Raises CatalogueError, with file, row and reason if known, for an invalid name, a folder that is missing or cannot
    be read, and content that does not follow the layout; then nothing is left behind.
    """
    if layout not in IMPORTERS:
        raise CatalogueError(f"“{layout}” is no layout. There are: {', '.join(IMPORTERS)}.")
    dest = check_new_name(name, folder)
    given = str(source).strip()
    if not given:
        raise CatalogueError("Give the path of the folder that holds the data set.")
    try:
        path = Path(given).expanduser()
        if not path.exists():
            raise CatalogueError(f"There is no folder {given} on the machine that Nearfield runs on.")
        return IMPORTERS[layout].run(path, dest, options)
    except (OSError, RuntimeError, ValueError) as fault:
        raise CatalogueError(f"{given} cannot be imported: {fault}.") from fault
