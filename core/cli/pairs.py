"""The commands that train a pair ranker, by itself or as a part of the recommended ranker."""

import time
from typing import Annotated, Any

import pandas as pd
import typer

from core.catalogue import open_catalogue
from core.cli.options import AsJson, CatalogueFolder, JobId, Threads, one_of
from core.cli.output import progress_line, ranking_figures, say, show, stage_lines
from core.graph.protocols import evaluation_view
from core.pairs.config import CANDIDATES, PairConfig
from core.space_name import RECOMMENDED, RELATED, SpaceName

USUAL = PairConfig()
Relations = Annotated[bool, typer.Option("--relations", help="read the catalogue's other relations too")]


def pairs(
    folder: CatalogueFolder,
    name: Annotated[str, typer.Option(help="it is then the ranker and the space pairs:NAME")],
    seed: int = USUAL.seed,
    episodes: Annotated[int, typer.Option(help="imitations of the evaluation, all edges visible")] = USUAL.episodes,
    thinned: Annotated[int, typer.Option(help="more of them, with 0, 1, 2, 3 or 5 visible edges")] = USUAL.thinned,
    share: Annotated[float, typer.Option(help="of the train artists that an episode hides")] = USUAL.share,
    epochs: int = USUAL.epochs,
    networks: Annotated[int, typer.Option(help="whose scores are averaged")] = USUAL.networks,
    candidates: Annotated[str, typer.Option(help="of an episode", **one_of(CANDIDATES))] = USUAL.candidates,
    missing: Annotated[float, typer.Option(metavar="SHARE", help="of content that a step hides")] = USUAL.missing,
    relations: Relations = False,
    threads: Threads = None,
    job: JobId = None,
    as_json: AsJson = False,
) -> int:
    """Train a pair ranker, store it and print its figures on validation artists."""
    config = PairConfig(
        seed, episodes, thinned, share, epochs, networks, candidates, missing=missing, relations=relations
    )
    from core.experiments.measure import evaluate_ranker
    from core.experiments.pairs import train_pairs
    from core.jobs.progress import share as share_of
    from core.jobs.working import at_work
    from core.training.device import set_threads

    catalogue = open_catalogue(folder)
    set_threads(threads)
    started = time.monotonic()

    def on_progress(done: int, steps: int, text: str) -> None:
        work.check()
        work.report("training", share_of(done, steps))
        progress_line(done, steps, time.monotonic() - started, text)

    rows = []
    with at_work(catalogue.path, "pairs", name, config.as_dict(), job) as work:
        stored = train_pairs(catalogue, name, config, on_progress)
        say(f"Trained on {stored.details['lists']:,} queries in {stored.details['seconds']:.0f} s.")
        if len(evaluation_view(catalogue, "standard", "val").queries):
            _, row = evaluate_ranker(catalogue, SpaceName.pairs(name), "standard", "val")
            rows.append({"ranker": SpaceName.pairs(name), "split": "val"} | ranking_figures(row))
    show(as_json, {"pairs": name, "config": config.as_dict(), "metrics": rows}, pd.DataFrame(rows))
    return 0


def recommend(
    folder: CatalogueFolder,
    name: Annotated[
        str | None, typer.Option(help=f"of the ranker (default: {RECOMMENDED}, or {RELATED} with --relations)")
    ] = None,
    seed: int = USUAL.seed,
    relations: Relations = False,
    threads: Threads = None,
    job: JobId = None,
    as_json: AsJson = False,
) -> int:
    """Train the recommended ranker: a pair ranker and a content model, joined by known edges.

    With other relations it is a separate setting, and has another name unless one is given.
    """
    from core.experiments.measure import evaluate_ranker
    from core.experiments.recommended import content_config, train_recommended
    from core.jobs.working import at_work
    from core.pairs.jobs import RECOMMEND
    from core.training.device import set_threads

    catalogue = open_catalogue(folder)
    set_threads(threads)
    config, print_stage = PairConfig(seed, relations=relations), stage_lines()
    name = name or (RELATED if relations else RECOMMENDED)
    settings: dict[str, Any] = {"seed": seed} | ({"relations": True} if relations else {})

    def on_progress(stage: str, done: float) -> None:
        work.check()
        work.report(stage, done)
        print_stage(stage, done)

    with at_work(catalogue.path, RECOMMEND, name, settings, job) as work:
        found = train_recommended(catalogue, name, config, content_config(catalogue, seed), on_progress)
        rows = []
        if len(evaluation_view(catalogue, "standard", "val").queries):
            _, row = evaluate_ranker(catalogue, found, "standard", "val")
            rows.append({"ranker": found, "split": "val"} | ranking_figures(row))
    show(as_json, {"recommended": found, "metrics": rows}, pd.DataFrame(rows))
    return 0
