"""Adding a data set to the catalogues of this machine under a new name."""

import re
import unicodedata
from contextlib import suppress
from pathlib import Path

from core.catalogue.importers.folder.reading import records_folder
from core.catalogue.library import check_not_reserved, data_folder
from core.catalogue.music_uploads import uploaded_folder
from core.errors import CatalogueError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LONGEST_PROPOSED = 34


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


def free_name(title: str, folder: Path | None = None) -> str:
    """A name for a new catalogue that is called `title`: its letters and digits, and a number where that is taken."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_PROPOSED].strip("-") or "music"
    for number in range(1, 10_000):
        name = stem if number == 1 else f"{stem}-{number}"
        if records_folder((folder or data_folder()) / name).exists() or uploaded_folder(name, folder).exists():
            continue  # music was read or uploaded under this name
        with suppress(CatalogueError):
            check_new_name(name, folder)
            return name
    raise CatalogueError("There are too many catalogues of this name. Choose another one.")


def is_name(name: str) -> bool:
    """Whether a catalogue can be called so."""
    return _NAME.fullmatch(name) is not None
