"""Commands that look behind a figure: who is named in the answers, and whether the test split was luck."""

import time
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from core.catalogue import open_catalogue
from core.cli.options import AsJson, CatalogueFolder, Protocol, Split, Threads, texts
from core.cli.output import progress_line, show
from core.evaluation.bootstrap import mean_interval, paired_difference
from core.graph.protocols import check_evaluable, evaluation_view


def breadth(
    folder: CatalogueFolder,
    rankers: Annotated[list[str], typer.Argument(metavar="RANKER...", help="as for evaluate")],
    protocol: Protocol = "everybody",
    split: Split = "test",
    hide_validation: Annotated[
        bool, typer.Option("--hide-validation", help="show the rankers train artists only")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Print which artists the first ten answers name, beside the neighbours that are to be found.

    Shares of candidates that are ever named, of answers that name the hundredth named most, and of answers with a genre
    or the decade of the query; the popularity of the named, from 0 to 1; and the figure by genre and decade.
    """
    from core.experiments.breadth import GROUPS, breadth_of_answers, breadth_of_neighbours, by_group, has_group
    from core.experiments.misses import query_hits
    from core.search.spaces import open_ranker

    catalogue = open_catalogue(folder)
    check_evaluable(catalogue, split)
    view = evaluation_view(catalogue, protocol, split, hide_validation)
    hits = {name: query_hits(open_ranker(catalogue, name, view), view) for name in rankers}
    rows = [{"of": name} | vars(breadth_of_answers(catalogue, each, view.candidates)) for name, each in hits.items()]
    of_neighbours = breadth_of_neighbours(catalogue, next(iter(hits.values())), view.candidates)
    rows.append({"of": "neighbours to be found"} | vars(of_neighbours))
    groups = {
        name: {column: by_group(catalogue, each, column) for column in GROUPS if has_group(catalogue, column)}
        for name, each in hits.items()
    }
    by_name = {
        name: {column: table.to_dict("records") for column, table in tables.items()} for name, tables in groups.items()
    }
    show(as_json, {"breadth": rows, "groups": by_name}, pd.DataFrame(rows))
    if not as_json:
        for name, tables in groups.items():
            for column, table in tables.items():
                print(f"\n{name}, by {column} of the artist asked for:")
                show(False, {}, table)
    return 0


def folds(
    folder: CatalogueFolder,
    rankers: Annotated[str, typer.Option(metavar="LIST", help="untrained, cosine:FEATURES, or pairs: trained anew")],
    number: Annotated[int, typer.Option("--folds", help="disjoint sets, each as large as the test split")] = 5,
    seed: int = 0,
    threads: Threads = None,
    as_json: AsJson = False,
) -> int:
    """Print NDCG@200 on other test artists, drawn at random: whether the given test split was luck.

    Each ranker is compared with the first one, query by query. Nothing is stored.
    """
    from core.experiments.folds import NEW_PAIRS, check_rankers, measure_folds

    catalogue = open_catalogue(folder)
    check_evaluable(catalogue, "test")
    names = texts(rankers)
    check_rankers(names)
    if NEW_PAIRS in names:
        from core.training.device import set_threads

        set_threads(threads)
    started = time.monotonic()

    def on_fold(done: int, steps: int, ranker: str) -> None:
        progress_line(done, steps, time.monotonic() - started, ranker)

    found = measure_folds(catalogue, names, number, seed, on_fold=on_fold)
    rows = []
    for name in names:
        of_folds = [float(fold.values[name].mean()) for fold in found]
        values, first = (np.concatenate([fold.values[which] for fold in found]) for which in (name, names[0]))
        interval, above = mean_interval(values), paired_difference(values, first)
        row = {"ranker": name, "mean": interval.mean, "low": interval.low, "high": interval.high}
        row |= {f"fold {place}": value for place, value in enumerate(of_folds, 1)}
        rows.append(row | {"above the first": above.mean, "above, low": above.low, "above, high": above.high})
    content = {"folds": rows, "queries": [fold.queries for fold in found]}
    show(as_json, content, pd.DataFrame(rows))
    return 0
