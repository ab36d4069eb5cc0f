"""`python -m core index`: an approximate index of each space that has vectors, for catalogues of millions."""

import time
from typing import Annotated

import pandas as pd
import typer

from core.catalogue import open_catalogue
from core.cli.options import AsJson, CatalogueFolder
from core.cli.output import say, show
from core.errors import NearfieldError
from core.search.indexes import LEAST_RECALL, build_index, built_index
from core.search.spaces import list_spaces, open_space
from core.search.vectors import CosineSimilarity

EXIT_PROBLEMS = 1


def index(
    folder: CatalogueFolder,
    space: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="a feature set or run:ID; repeat it for more (default: all that have vectors)"
        ),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="build anew what is built")] = False,
    as_json: AsJson = False,
) -> int:
    """Build approximate indexes with Lance, and say how much of the exact ten nearest they find."""
    catalogue = open_catalogue(folder)
    names = space or [each.name for each in list_spaces(catalogue) if each.has_vectors]
    if not names:
        raise NearfieldError(f"{catalogue.name} has no space with vectors, so there is nothing to index.")
    rows, too_little = [], False
    for name in names:
        similarity = open_space(catalogue, name)
        if not isinstance(similarity, CosineSimilarity):
            raise NearfieldError(f"{name} compares artists without vectors, so it has no index.")
        started = time.monotonic()
        found = None if again else built_index(similarity)
        if found is None:
            say(f"Building the index of {name}.")
            found = build_index(similarity, str(catalogue.path.resolve()))
        seconds = time.monotonic() - started
        rows.append({"space": name, "recall@10": found.recall, "cells": found.cells, "seconds": seconds})
        if found.recall < LEAST_RECALL:
            too_little = True
            say(f"The index of {name} finds too little to be used: search stays exact there.")
    show(as_json, {"catalogue": catalogue.name, "indexes": rows}, pd.DataFrame(rows))
    return EXIT_PROBLEMS if too_little else 0
