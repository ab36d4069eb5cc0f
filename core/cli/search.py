"""Commands that search a space and map it."""

from dataclasses import replace
from typing import Annotated, Any

import pandas as pd
import typer

from core.catalogue import open_catalogue
from core.cli.options import AsJson, CatalogueFolder, HowMany, JobId
from core.cli.output import say, show, stage_lines
from core.errors import NearfieldError
from core.graph.protocols import check_edges
from core.search.fusion import Fusion
from core.search.indexed import nearest_artists
from core.search.indexes import approximate, worth
from core.search.lookup import resolve_artist
from core.search.spaces import open_space
from core.space_name import SpaceName


def similar_artists(
    folder: CatalogueFolder,
    artist: Annotated[
        str, typer.Option(metavar="NAME-OR-ID", help="a name that begins with a dash is written --artist=-NAME")
    ],
    space_name: Annotated[
        str, typer.Option("--space", help="a feature set, run:ID, fusion:NAME, pairs:NAME or pagerank")
    ],
    k: HowMany = 10,
    as_json: AsJson = False,
) -> int:
    """List the nearest artists in one space."""
    catalogue = open_catalogue(folder)
    row = resolve_artist(catalogue, artist)
    names, ids = catalogue.display_names, catalogue.artists["artist_id"]
    if len(catalogue) == 1:
        raise NearfieldError(
            f"{names.iloc[row]} is the only artist of {catalogue.name}: there is nobody to compare with."
        )
    if SpaceName(space_name).is_walk:
        check_edges(catalogue)
    space = open_space(catalogue, space_name)
    found = nearest_artists(space, row, k)
    if SpaceName(space_name).is_walk:
        reached = found.scores > 0
        found = replace(found, rows=found.rows[reached], scores=found.scores[reached])
    parts = pd.DataFrame(index=range(len(found)))
    if isinstance(space, Fusion):
        parts = pd.DataFrame(space.contributions(row, found.rows).T, columns=list(space.weights.parts))
    rows = [
        {"rank": rank + 1, "artist": names.iloc[other], "artist_id": ids.iloc[other], "score": float(score)}
        | parts.iloc[rank].to_dict()
        for rank, (other, score) in enumerate(zip(found.rows, found.scores, strict=True))
    ]
    content: dict[str, Any] = {"artist": names.iloc[row], "artist_id": ids.iloc[row]}
    if not rows and SpaceName(space_name).is_walk:
        say(
            f"{names.iloc[row]} has no known edges, and {space_name} only follows those: it reaches nobody. Ask a "
            "feature set or a model instead."
        )
    elif not rows:
        say(f"{space_name} knows nothing about {names.iloc[row]}. Try another space.")
    if said := approximate(found):
        say(said)
        content["approximate"] = worth(found)
    show(as_json, content | {"space": space_name, "similar": rows}, pd.DataFrame(rows))
    return 0


def make_map(
    folder: CatalogueFolder,
    space: Annotated[str, typer.Option(help="a feature set or run:ID")],
    seed: int = 0,
    job: JobId = None,
    as_json: AsJson = False,
) -> int:
    """Lay out a space, store the map and print how faithful it is."""
    from core.jobs.working import at_work
    from core.maps.build import map_space
    from core.maps.jobs import MAP
    from core.maps.store import map_path

    catalogue = open_catalogue(folder)
    print_stage = stage_lines()
    with at_work(catalogue.path, MAP, space, {"space": space, "seed": seed}, job) as work:

        def on_progress(stage: str, done: float) -> None:
            work.check()
            work.report(stage, done)
            print_stage(stage, done)

        stored = map_space(catalogue, space, seed, on_progress)
    fidelity = stored.fidelity
    rows = [
        {"nearest": k, "kept on the map": kept, "by chance": chance}
        for k, kept, chance in zip(fidelity.k, fidelity.preserved, fidelity.chance, strict=True)
    ]
    content = {"space": space, "file": str(map_path(catalogue, space)), "fidelity": fidelity.as_dict()}
    show(as_json, content, pd.DataFrame(rows))
    return 0
