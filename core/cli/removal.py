"""`python -m core remove`: a catalogue goes, with all that was made for it."""

import os
import sys
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from core.catalogue.removing import Removal, remove_catalogue, what_goes
from core.cli.options import AsJson, CatalogueFolder
from core.cli.output import say, show
from core.curation.store import visitors_with_lists
from core.errors import NearfieldError
from core.text import counted, file_size

EXIT_KEPT = 1


def remove(
    folder: CatalogueFolder,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    uploads: Annotated[
        bool, typer.Option("--uploads", help="also remove the music that was uploaded for it in the app")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Remove a catalogue: its folder with runs, maps and figures. Music and visitors' lists stay."""
    folder = Path(os.path.abspath(folder))
    goes = what_goes(folder)
    for line in _lines(goes, folder.name, visitors_with_lists(folder.parent, folder.name), uploads):
        say(line)
    if not yes and not _is_confirmed(folder.name):
        say("Nothing was removed.")
        return EXIT_KEPT
    remove_catalogue(folder, uploads)
    say(f"{folder.name} is removed.")
    show(
        as_json, {"removed": folder.name, "bytes": goes.size, "uploads": uploads and goes.uploaded > 0}, pd.DataFrame()
    )
    return 0


def _lines(goes: Removal, name: str, lists: int, uploads: bool) -> list[str]:
    if goes.is_link:
        return [f"{name} is a link. The link goes; the folder that it leads to stays."]
    runs = f", with {counted(goes.runs, 'run')}" if goes.runs else ""
    lines = [f"{name} goes: {file_size(goes.size)}{runs}."]
    if goes.uploaded:
        kept = "goes too" if uploads else "stays (--uploads removes it too)"
        lines.append(f"The music that was uploaded for it ({counted(goes.uploaded, 'file')}) {kept}.")
    if lists:
        lines.append(f"The lists of {counted(lists, 'visitor')} stay, for a catalogue in a folder of the same name.")
    return lines


def _is_confirmed(name: str) -> bool:
    if not sys.stdin.isatty():
        raise NearfieldError("Nobody can be asked here. Give --yes to remove it.")
    return input(f"Remove {name} for good? [y/N] ").strip().casefold() in ("y", "yes")
