"""Commands that train one run or a grid of runs, or resume a run."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from core.catalogue import Catalogue, open_catalogue
from core.cli.options import (
    AsJson,
    CatalogueFolder,
    Device,
    JobId,
    Threads,
    TrainedProtocol,
    one_of,
    read_numbers,
    texts,
)
from core.cli.output import progress_line, ranking_figures, say, show
from core.errors import NearfieldError
from core.experiments.grid import GridProgress, execute_grid, grid_configs, paper_feature_sets, plan_grid
from core.features import check_features
from core.graph.protocols import check_trainable
from core.jobs import ClaimLostError, Jobs
from core.jobs.progress import share
from core.jobs.working import Work, at_work
from core.runs.claims import TRAINING, claimed, new_claimed_run
from core.runs.config import (
    ANCHORS,
    LOSSES,
    MODELS,
    NEGATIVES,
    PRECISIONS,
    ModelConfig,
    ObjectiveConfig,
    TrainingConfig,
)
from core.runs.record import EpochReport, Run, open_run

PAPER = TrainingConfig("random")
_MODEL = {"rich_help_panel": "Model and optimiser (the defaults are the paper's)"}
_OBJECTIVE = {"rich_help_panel": "What is learned (the defaults are the paper's)"}

Hidden = Annotated[int, typer.Option(help="units of the layers", **_MODEL)]
Embedding = Annotated[int, typer.Option(help="units of an embedding", **_MODEL)]
LearningRate = Annotated[float, typer.Option(**_MODEL)]
WeightDecay = Annotated[float, typer.Option(**_MODEL)]
Precision = Annotated[str, typer.Option(help="of matrix products in training", **one_of(PRECISIONS), **_MODEL)]
Loss = Annotated[str, typer.Option(**one_of(LOSSES), **_OBJECTIVE)]
Negatives = Annotated[str, typer.Option(help="how triplets draw them", **one_of(NEGATIVES), **_OBJECTIVE)]
Anchors = Annotated[str, typer.Option(help="ends of each edge that are anchors", **one_of(ANCHORS), **_OBJECTIVE)]
Temperature = Annotated[float, typer.Option(help="of the softmax loss", **_OBJECTIVE)]
HiddenShare = Annotated[
    float,
    typer.Option(
        metavar="SHARE",
        help="share of artists per step whose edges are hidden and predicted (0: none)",
        **_OBJECTIVE,
    ),
]
ConnectionDropout = Annotated[
    float,
    typer.Option(metavar="SHARE", help="share of edges that carry no messages in each step", **_OBJECTIVE),
]
Thinning = Annotated[
    float,
    typer.Option(
        metavar="SHARE", help="share of artists per step that keep a random part of their edges", **_OBJECTIVE
    ),
]
Missing = Annotated[
    float,
    typer.Option(metavar="SHARE", help="share of feature sets that an artist lacks in each step", **_OBJECTIVE),
]
Batch = Annotated[int, typer.Option(metavar="EDGES", help="look at this many edges per step (0: all)", **_OBJECTIVE)]


def train(
    folder: CatalogueFolder,
    features: Annotated[str, typer.Option(metavar="NAME[+NAME]", help="for example clap+moods_themes; random")],
    backbone: Annotated[str, typer.Option(**one_of(sorted(MODELS)))] = PAPER.model.backbone,
    layers: Annotated[int, typer.Option(help="graph layers; 0 is the MLP baseline")] = PAPER.model.layers,
    protocol: TrainedProtocol = PAPER.protocol,
    seed: int = PAPER.seed,
    steps: Annotated[int, typer.Option(help="full-graph optimiser steps; 3200 are the paper's")] = PAPER.steps,
    hidden: Hidden = PAPER.model.hidden,
    embedding: Embedding = PAPER.model.embedding,
    learning_rate: LearningRate = PAPER.learning_rate,
    weight_decay: WeightDecay = PAPER.weight_decay,
    precision: Precision = PAPER.precision,
    loss: Loss = PAPER.objective.loss,
    negatives: Negatives = PAPER.objective.negatives,
    anchors: Anchors = PAPER.objective.anchors,
    temperature: Temperature = PAPER.objective.temperature,
    hidden_share: HiddenShare = PAPER.objective.hidden_share,
    connection_dropout: ConnectionDropout = PAPER.objective.connection_dropout,
    thinning: Thinning = PAPER.objective.thinning,
    missing: Missing = PAPER.objective.missing,
    batch: Batch = PAPER.objective.batch,
    device: Device = PAPER.device,
    threads: Threads = None,
    as_json: AsJson = False,
) -> int:
    """Train, evaluate and record one run."""
    config = TrainingConfig(
        features=features,
        model=ModelConfig(backbone, layers, hidden, embedding),
        protocol=protocol,
        seed=seed,
        steps=steps,
        device=device,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        precision=precision,
        objective=ObjectiveConfig(
            loss, negatives, anchors, temperature, hidden_share, connection_dropout, thinning, missing, batch
        ),
    )
    from core.training.device import choose_device, set_threads

    catalogue = open_catalogue(folder)
    choose_device(config.device)
    set_threads(threads)
    check_features(catalogue, config.features)
    check_trainable(catalogue)
    with new_claimed_run(catalogue, config) as (run, work):
        return _work_on(folder, catalogue, run, work, as_json)


def grid(
    folder: CatalogueFolder,
    features: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="separated by commas (default: the paper's eight, as far as there)"),
    ] = None,
    backbones: Annotated[str, typer.Option(metavar="LIST")] = "sage",
    layers: Annotated[str, typer.Option(metavar="LIST")] = "0-4",
    seeds: Annotated[str, typer.Option(metavar="LIST", help="for example 0-2")] = "0",
    protocols: Annotated[str, typer.Option(metavar="LIST")] = "standard",
    steps: Annotated[int, typer.Option(help="optimiser steps of each run")] = PAPER.steps,
    workers: Annotated[int, typer.Option(help="runs at once, one CPU thread each")] = 1,
    hidden: Hidden = PAPER.model.hidden,
    embedding: Embedding = PAPER.model.embedding,
    learning_rate: LearningRate = PAPER.learning_rate,
    weight_decay: WeightDecay = PAPER.weight_decay,
    precision: Precision = PAPER.precision,
    loss: Loss = PAPER.objective.loss,
    negatives: Negatives = PAPER.objective.negatives,
    anchors: Anchors = PAPER.objective.anchors,
    temperature: Temperature = PAPER.objective.temperature,
    hidden_share: HiddenShare = PAPER.objective.hidden_share,
    connection_dropout: ConnectionDropout = PAPER.objective.connection_dropout,
    thinning: Thinning = PAPER.objective.thinning,
    missing: Missing = PAPER.objective.missing,
    batch: Batch = PAPER.objective.batch,
    device: Device = PAPER.device,
    plan_only: Annotated[bool, typer.Option("--plan", help="print what would be done, and stop")] = False,
    as_json: AsJson = False,
) -> int:
    """Plan a grid, work through it, and print the figures of all its runs."""
    depths, all_seeds = read_numbers("--layers", layers, _numbers), read_numbers("--seeds", seeds, _numbers)
    catalogue = open_catalogue(folder)
    base = TrainingConfig(
        "random",
        model=ModelConfig(hidden=hidden, embedding=embedding),
        steps=steps,
        device=device,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        precision=precision,
        objective=ObjectiveConfig(
            loss, negatives, anchors, temperature, hidden_share, connection_dropout, thinning, missing, batch
        ),
    )
    inputs = paper_feature_sets(catalogue) if features is None else texts(features)
    configs = grid_configs(base, inputs, texts(backbones), depths, all_seeds, texts(protocols))
    Jobs(catalogue.path).settle(TRAINING)
    plan = plan_grid(catalogue, configs)
    check_trainable(catalogue)
    say(
        f"{len(configs)} runs: {len(plan.finished)} finished, {len(plan.stopped)} to go on with, {len(plan.new)} new, "
        f"{len(plan.busy)} at work elsewhere; {plan.epochs_left:,} epochs left."
    )
    if plan_only:
        rows = [{"features": config.features} | config.model.as_dict() | {"seed": config.seed} for config in plan.new]
        show(as_json, {"new": rows, "stopped": [run.run_id for run in plan.stopped]}, pd.DataFrame(rows))
        return 0

    def on_progress(progress: GridProgress) -> None:
        work.report("epochs", share(progress.epochs_done, progress.epochs))
        if progress.epochs_done:
            text = f"{progress.runs_done} of {progress.runs} runs, {progress.latest}"
            progress_line(progress.epochs_done, progress.epochs, progress.seconds, text)

    parameters = {"configs": [config.as_dict() for config in configs], "workers": workers}
    with at_work(catalogue.path, "grid", "", parameters, exclusive=False) as work, _stop_on_signal() as stop:

        def should_stop() -> bool:
            return stop.is_set() or work.is_lost or work.is_cancelled()

        failures = execute_grid(catalogue, plan, workers, on_progress, should_stop)
        if should_stop():
            work.end_as("cancelled")
        elif failures:
            work.end_as("failed", failures[0])
    for failure in failures:
        say(failure)
    now = plan_grid(catalogue, configs)
    rows = []
    for run in now.finished:
        try:
            rows += [_metrics_row(run, split, row) for split, row in run.metrics.items()]
        except NearfieldError as fault:
            failures.append(str(fault))
            say(str(fault))
    if now.busy:
        say(f"{len(now.busy)} at work elsewhere.")
    show(as_json, {"finished": rows, "failed": failures}, pd.DataFrame(rows))
    return 1 if failures else 130 if now.runs_left else 0


def resume(
    folder: CatalogueFolder,
    run_id: Annotated[str, typer.Argument(metavar="RUN")],
    threads: Threads = None,
    job: JobId = None,
    as_json: AsJson = False,
) -> int:
    """Start or continue a run, as the app's background jobs do."""
    catalogue = open_catalogue(folder)
    run = open_run(catalogue, run_id)
    with claimed(run, job) as work:
        from core.training.device import set_threads  # takes seconds to load, so the run is claimed first

        set_threads(threads)
        return _work_on(folder, catalogue, run, work, as_json)


def _work_on(folder: Path, catalogue: Catalogue, run: Run, work: Work, as_json: bool) -> int:
    from core.experiments.measure import train_and_evaluate
    from core.training.device import choose_device, describe_device

    say(f"{run.run_id} on {describe_device(choose_device(run.config.device))}")

    def on_epoch(report: EpochReport, epochs: int) -> None:
        work.report("epochs", share(report.epoch, epochs))
        text = f"loss {report.loss:.4f}  validation NDCG@200 {report.val_ndcg:.4f}"
        progress_line(report.epoch, epochs, report.seconds, text)

    try:
        with _stop_on_signal() as stop:
            metrics = train_and_evaluate(catalogue, run, on_epoch, lambda: stop.is_set() or work.is_cancelled())
    except ClaimLostError:
        raise
    except NearfieldError as fault:
        with suppress(NearfieldError, OSError):  # the disk may be what has failed
            run.set_status("failed", message=str(fault))
        raise
    if metrics is None:
        work.end_as("cancelled")
        say(f"Stopped; nothing is lost. Go on with: python -m core resume {folder} {run.run_id}")
        return 130
    rows = [_metrics_row(run, split, row) for split, row in metrics.items()]
    show(as_json, {"run": run.run_id, "metrics": metrics}, pd.DataFrame(rows))
    return 0


@contextmanager
def _stop_on_signal() -> Iterator[threading.Event]:
    """An event that the first SIGINT or SIGTERM sets. A second one stops at once."""
    stop = threading.Event()

    def on_signal(*_: Any) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        say("Stopping after this epoch …")

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _metrics_row(run: Run, split: str, row: dict[str, Any]) -> dict[str, Any]:
    return {"run": run.run_id, "split": split} | ranking_figures(row)


def _numbers(listed: str) -> list[int]:
    """ "0-2,4" -> [0, 1, 2, 4]."""
    numbers: list[int] = []
    for part in listed.split(","):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers
