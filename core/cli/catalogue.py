"""Commands that import and check catalogues."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from core.catalogue import open_catalogue
from core.catalogue.importers import IMPORTERS
from core.catalogue.writing import check_destination
from core.cli.options import AsJson, CatalogueFolder, one_of
from core.cli.output import catalogue_summary, key_value_table, say, show
from core.errors import CatalogueError
from core.jobs.working import at_work

_LAYOUTS = sorted(IMPORTERS)
_LAYOUT = one_of(_LAYOUTS) | {"metavar": "LAYOUT"}


def import_catalogue(
    layout: Annotated[str, typer.Argument(help=f"layout of the source: {', '.join(_LAYOUTS)}", **_LAYOUT)],
    source: Annotated[Path, typer.Argument(parser=Path, metavar="SOURCE", help="folder with the source's files")],
    dest: Annotated[
        Path,
        typer.Argument(parser=Path, metavar="DEST", help="folder of the new catalogue, for example data/disco-olga"),
    ],
    as_json: AsJson = False,
) -> int:
    """Import a data set and print what the new catalogue holds."""
    check_destination(dest)
    with at_work(dest, "import", dest.resolve().name, {"layout": layout, "source": str(source)}):
        say(f"Importing {layout} from {source} …")
        catalogue = open_catalogue(IMPORTERS[layout](source, dest))
    summary = catalogue_summary(catalogue)
    show(as_json, summary, key_value_table(summary))
    return 0


def check(folder: CatalogueFolder, as_json: AsJson = False) -> int:
    """Print the problems of a catalogue and of its runs, fusions, maps and results; exit code 1 when there are any."""
    from core.experiments.inspection import inspect

    if not folder.is_dir():
        raise CatalogueError(f"There is no folder {folder}.")
    listed = [asdict(problem) for problem in inspect(folder)]
    if not listed and not as_json:
        summary = catalogue_summary(open_catalogue(folder))
        show(as_json, summary, key_value_table(summary | {"problems": "none"}))
    else:
        show(as_json, {"problems": listed}, pd.DataFrame(listed).astype({"row": "Int64"} if listed else {}))
    return 1 if listed else 0
