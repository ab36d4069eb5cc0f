"""Commands that evaluate and compare rankers, print results, and fit fusions."""

import json
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from core.catalogue import open_catalogue
from core.cli.options import AsJson, CatalogueFolder, KeepEdges, Protocol, Split, Threads, texts
from core.cli.output import key_value_table, ranking_figures, say, show, time_left_line
from core.errors import NearfieldError
from core.experiments.result_rows import METRICS
from core.experiments.results import read_results
from core.search.fusion import DEGREE_KNOTS
from core.space_name import UNTRAINED

_FUSE_STAGES = {"views": "of the views of validation artists scored", "weights": "of the weights fitted"}


def evaluate(
    folder: CatalogueFolder,
    ranker: Annotated[
        str,
        typer.Option(help=f"{', '.join(UNTRAINED)}, cosine:FEATURES, run:ID, fusion:NAME or pairs:NAME"),
    ],
    protocol: Protocol = "standard",
    split: Split = "test",
    hide_validation: Annotated[
        bool, typer.Option("--hide-validation", help="show the ranker train artists only")
    ] = False,
    keep_edges: KeepEdges = None,
    as_json: AsJson = False,
) -> int:
    """Score a ranker and print every metric, with NDCG by visible degree."""
    from core.experiments.measure import evaluate_ranker

    catalogue = open_catalogue(folder)
    evaluation, row = evaluate_ranker(catalogue, ranker, protocol, split, hide_validation, keep_edges)
    interval = evaluation.interval()
    content = {
        "ranker": ranker,
        "protocol": protocol,
        "split": split,
        "hide_validation": hide_validation,
        "kept_edges": keep_edges,
        "metric": evaluation.headline,
        "ndcg@200": interval.mean,
        "ndcg@200_low": interval.low,
        "ndcg@200_high": interval.high,
        "ndcg@200_standard": row["ndcg"],
        "ndcg@200_published": row["ndcg_published"],
        "recall@200": row["recall"],
        "mrr": row["mrr"],
        "queries": row["queries"],
        "candidates": row["candidates"],
        "by_degree": evaluation.by_degree(),
        "catalogue": catalogue.name,
        "catalogue_hash": catalogue.content_hash,
    }
    show(as_json, content, pd.DataFrame([{"ranker": ranker, "split": split} | ranking_figures(row)]))
    if not as_json:
        print("\nBy visible edges of the query:")
        show(as_json, {}, pd.DataFrame(evaluation.by_degree()))
    return 0


def compare(
    folder: CatalogueFolder,
    first: Annotated[
        str, typer.Argument(metavar="RANKER", help="as for evaluate; seeds of one model stand with commas: run:A,run:B")
    ],
    others: Annotated[list[str], typer.Argument(metavar="RANKER...", help="those to compare it with")],
    protocol: Protocol = "standard",
    split: Split = "test",
    hide_validation: Annotated[
        bool, typer.Option("--hide-validation", help="show the rankers train artists only")
    ] = False,
    keep_edges: KeepEdges = None,
    as_json: AsJson = False,
) -> int:
    """Evaluate rankers on the same queries and print how the first differs from each other one, with its interval.

    The interval holds the chance of queries, of seeds and of the draws of kept edges. Of several comparisons Holm's
    adjustment says which hold at once.
    """
    from core.experiments.comparison import compare_with
    from core.experiments.measure import evaluate_ranker

    catalogue = open_catalogue(folder)
    view = (protocol, split, hide_validation, keep_edges)
    evaluations = [[evaluate_ranker(catalogue, name, *view)[0] for name in texts(names)] for names in (first, *others)]
    values = [np.stack([evaluation.by_draw() for evaluation in seeds]) for seeds in evaluations]
    if values[0].shape[-1] < 2:
        raise NearfieldError("Only one artist is asked for here, so nothing can be said about noise.")
    rows = [
        {
            "first": first,
            "second": second,
            "metric": evaluations[0][0].headline,
            "ndcg@200_first": found.first,
            "ndcg@200_second": found.second,
            "difference": found.difference.mean,
            "low": found.difference.low,
            "high": found.difference.high,
            "p": found.p,
            "p_holm": found.adjusted,
            "queries": values[0].shape[-1],
            "verdict": "beyond noise" if found.holds else "within noise",
        }
        for second, found in zip(others, compare_with(values[0], values[1:]), strict=True)
    ]
    if len(rows) == 1:
        show(as_json, rows[0], key_value_table(rows[0]))
    else:
        show(as_json, {"comparisons": rows}, pd.DataFrame(rows).drop(columns=["first", "metric"]))
    return 0


def results(
    folders: Annotated[list[Path], typer.Argument(parser=Path, metavar="CATALOGUE", help="folders of catalogues")],
    csv: Annotated[bool, typer.Option("--csv", help="print every column as CSV")] = False,
    as_json: AsJson = False,
) -> int:
    """Print what was measured on catalogues: the main figures, or with --csv every column."""
    table = pd.concat([read_results(open_catalogue(folder)) for folder in folders], ignore_index=True)
    if csv:
        print(table.to_csv(index=False), end="")
        return 0
    if not as_json and not len(table):
        say("Nothing has been measured yet. Train a model, or evaluate a ranker that needs no training: pagerank.")
        return 0
    shown = table.reindex(
        columns=["catalogue", "ranker", "protocol", "split", "hide_validation", "kept_edges", *METRICS]
    )
    show(as_json, {"results": json.loads(table.to_json(orient="records"))}, shown)
    return 0


def fuse(
    folder: CatalogueFolder,
    name: Annotated[str, typer.Option(help="it is then the ranker and the space fusion:NAME")],
    parts: Annotated[str, typer.Option(metavar="LIST", help="for example pagerank,run:ID,cosine:clap")],
    threads: Threads = None,
    as_json: AsJson = False,
) -> int:
    """Fit a fusion on validation artists, store it and print its weights by degree."""
    from core.experiments.measure import fit_and_save_fusion
    from core.jobs.working import at_work
    from core.training.device import set_threads

    catalogue = open_catalogue(folder)
    set_threads(threads)

    def on_progress(stage: str, done: float, left: float) -> None:
        work.check()
        work.report(stage, done)
        time_left_line(f"{done:4.0%}  {_FUSE_STAGES[stage]}", left, stage == "weights" and done == 1)

    with at_work(catalogue.path, "fusion", name, {"parts": texts(parts)}) as work:
        weights = fit_and_save_fusion(catalogue, name, texts(parts), on_progress)
    rows = [
        {"part": part} | {f"{degree} edges": weight for degree, weight in zip(DEGREE_KNOTS, row, strict=True)}
        for part, row in zip(weights.parts, weights.weights, strict=True)
    ]
    show(as_json, {"fusion": name, "weights": rows}, pd.DataFrame(rows))
    return 0
