"""The commands: each reads its options, calls the core and shows what came out."""

import json
import os
import signal
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import pandas as pd

from core.catalogue import Catalogue, open_catalogue, validate
from core.catalogue.importers import IMPORTERS
from core.catalogue.writing import check_destination
from core.cli.output import progress_line, say, show
from core.errors import CatalogueError, NearfieldError
from core.evaluation.bootstrap import paired_difference
from core.experiments.grid import GridProgress, execute_grid, grid_configs, paper_feature_sets, plan_grid
from core.experiments.measure import evaluate_ranker, fit_and_save_fusion, train_and_evaluate
from core.experiments.results import METRICS, read_results
from core.features import check_features
from core.maps.build import map_space
from core.maps.store import map_path
from core.runs.config import TUNABLE, ModelConfig, ObjectiveConfig, TrainingConfig
from core.runs.jobs import CANCEL_FILE, is_cancelled, job_state
from core.runs.record import EpochReport, Run, new_run, open_run
from core.search.fusion import DEGREE_KNOTS, Fusion
from core.search.lookup import resolve_artist
from core.search.spaces import open_space
from core.similarity import similar
from core.training.device import choose_device, describe_device, set_threads

Command = Callable[[Namespace], int]


def import_catalogue(options: Namespace) -> int:
    """Import a data set and print what the new catalogue holds."""
    check_destination(options.dest)
    say(f"Importing {options.layout} from {options.source} …")
    catalogue = open_catalogue(IMPORTERS[options.layout](options.source, options.dest))
    show(options, catalogue_summary(catalogue), key_value_table(catalogue_summary(catalogue)))
    return 0


def check(options: Namespace) -> int:
    """Print the problems of a catalogue; exit code 1 when there are any."""
    if not options.catalogue.is_dir():
        raise CatalogueError(f"There is no folder {options.catalogue}.")
    listed = [asdict(problem) for problem in validate(options.catalogue)]
    if not listed and not options.json:
        summary = catalogue_summary(open_catalogue(options.catalogue))
        show(options, summary, key_value_table(summary | {"problems": "none"}))
    else:
        show(options, {"problems": listed}, pd.DataFrame(listed).astype({"row": "Int64"} if listed else {}))
    return 1 if listed else 0


def train(options: Namespace) -> int:
    """Train, evaluate and record one run."""
    config = TrainingConfig(
        features=options.features,
        model=ModelConfig(options.backbone, options.layers, options.hidden, options.embedding),
        protocol=options.protocol,
        seed=options.seed,
        steps=options.steps,
        device=options.device,
        objective=_objective(options),
        **_tuning(options),
    )
    catalogue = open_catalogue(options.catalogue)
    choose_device(config.device)
    set_threads(options.threads)
    check_features(catalogue, config.features)
    return _work_on(options, catalogue, new_run(catalogue, config))


def grid(options: Namespace) -> int:
    """Plan a grid, work through it, and print the figures of all its runs."""
    catalogue = open_catalogue(options.catalogue)
    features = options.features or paper_feature_sets(catalogue)
    base = TrainingConfig(
        "random",
        model=ModelConfig(hidden=options.hidden, embedding=options.embedding),
        steps=options.steps,
        device=options.device,
        objective=_objective(options),
        **_tuning(options),
    )
    configs = grid_configs(base, features, options.backbones, options.layers, options.seeds, options.protocols)
    plan = plan_grid(catalogue, configs)
    say(
        f"{len(configs)} runs: {len(plan.finished)} finished, {len(plan.stopped)} to go on with, {len(plan.new)} new, "
        f"{len(plan.busy)} at work elsewhere; {plan.epochs_left:,} epochs left."
    )
    if options.plan:
        rows = [{"features": config.features} | config.model.as_dict() | {"seed": config.seed} for config in plan.new]
        show(options, {"new": rows, "stopped": [run.run_id for run in plan.stopped]}, pd.DataFrame(rows))
        return 0

    def on_progress(progress: GridProgress) -> None:
        if progress.epochs_done:
            text = f"{progress.runs_done} of {progress.runs} runs, {progress.latest}"
            progress_line(progress.epochs_done, progress.epochs, progress.seconds, text)

    with _asked_to_stop() as stop:
        failures = execute_grid(catalogue, plan, options.workers, on_progress, stop.is_set)
    for failure in failures:
        say(failure)
    runs = plan_grid(catalogue, configs).finished
    rows = [{"run": run.run_id, "split": split} | _figures(row) for run in runs for split, row in run.metrics.items()]
    show(options, {"finished": rows, "failed": failures}, pd.DataFrame(rows))
    return 1 if failures else 130 if len(runs) < len(configs) - len(plan.busy) else 0


def compare(options: Namespace) -> int:
    """Evaluate two rankers on the same queries and print their difference with its interval."""
    catalogue = open_catalogue(options.catalogue)
    view = (options.protocol, options.split, options.hide_validation, options.keep_edges)
    evaluations = [evaluate_ranker(catalogue, name, *view)[0] for name in (options.first, options.second)]
    values = [getattr(evaluation.scores, evaluation.headline) for evaluation in evaluations]
    difference = paired_difference(*values)
    verdict = "within noise" if difference.within_noise else "beyond noise"
    content = {
        "first": options.first,
        "second": options.second,
        "metric": evaluations[0].headline,
        "ndcg@200_first": float(values[0].mean()),
        "ndcg@200_second": float(values[1].mean()),
        "difference": difference.mean,
        "low": difference.low,
        "high": difference.high,
        "queries": len(values[0]),
        "verdict": verdict,
    }
    show(options, content, key_value_table(content))
    return 0


def resume(options: Namespace) -> int:
    """Start or continue a run, as the app's background jobs do."""
    set_threads(options.threads)
    catalogue = open_catalogue(options.catalogue)
    run = open_run(catalogue, options.run_id)
    state = job_state(run)
    if run.finished:
        raise NearfieldError(f"{run.run_id} is finished; there is nothing to resume.")
    if state.is_active and run.status["pid"] != os.getpid():
        raise NearfieldError(f"{run.run_id} is {state.state} in another process. Wait for it or cancel it first.")
    if state.can_resume:
        (run.path / CANCEL_FILE).unlink(missing_ok=True)
    return _work_on(options, catalogue, run)


def _objective(options: Namespace) -> ObjectiveConfig:
    return ObjectiveConfig(**{name: getattr(options, name) for name in ObjectiveConfig().as_dict()})


def _tuning(options: Namespace) -> dict[str, Any]:
    return {name: getattr(options, name) for name in TUNABLE}


def _work_on(options: Namespace, catalogue: Catalogue, run: Run) -> int:
    say(f"{run.run_id} on {describe_device(choose_device(run.config.device))}")

    def on_epoch(report: EpochReport, epochs: int) -> None:
        text = f"loss {report.loss:.4f}  validation NDCG@200 {report.val_ndcg:.4f}"
        progress_line(report.epoch, epochs, report.seconds, text)

    try:
        with _asked_to_stop() as stop:
            metrics = train_and_evaluate(catalogue, run, on_epoch, lambda: stop.is_set() or is_cancelled(run))
    except NearfieldError as fault:
        run.set_status("failed", message=str(fault))
        raise
    if metrics is None:
        say(f"Stopped; nothing is lost. Go on with: python -m core resume {options.catalogue} {run.run_id}")
        return 130
    rows = [{"run": run.run_id, "split": split} | _figures(row) for split, row in metrics.items()]
    show(options, {"run": run.run_id, "metrics": metrics}, pd.DataFrame(rows))
    return 0


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """An event that the first SIGINT or SIGTERM sets; a second one stops at once."""
    stop = threading.Event()

    def ask(*_: Any) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        say("Stopping after this epoch …")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def evaluate(options: Namespace) -> int:
    """Score a ranker and print every metric, with NDCG by visible degree."""
    catalogue = open_catalogue(options.catalogue)
    evaluation, row = evaluate_ranker(
        catalogue, options.ranker, options.protocol, options.split, options.hide_validation, options.keep_edges
    )
    interval = evaluation.interval()
    content = {
        "ranker": options.ranker,
        "protocol": options.protocol,
        "split": options.split,
        "hide_validation": options.hide_validation,
        "kept_edges": options.keep_edges,
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
    show(options, content, pd.DataFrame([{"ranker": options.ranker, "split": options.split} | _figures(row)]))
    if not options.json:
        print("\nBy visible edges of the query:")
        show(options, {}, pd.DataFrame(evaluation.by_degree()))
    return 0


def fuse(options: Namespace) -> int:
    """Fit a fusion on validation artists, store it and print its weights by degree."""
    catalogue = open_catalogue(options.catalogue)
    set_threads(options.threads)
    started = time.monotonic()

    def on_progress(done: int, views: int) -> None:
        if done:
            progress_line(done, views, time.monotonic() - started, "views of validation artists scored")

    weights = fit_and_save_fusion(catalogue, options.name, options.parts, on_progress)
    rows = [
        {"part": part} | {f"{degree} edges": weight for degree, weight in zip(DEGREE_KNOTS, row, strict=True)}
        for part, row in zip(weights.parts, weights.weights, strict=True)
    ]
    show(options, {"fusion": options.name, "weights": rows}, pd.DataFrame(rows))
    return 0


def results(options: Namespace) -> int:
    """Print what was measured on catalogues: the main figures, or with --csv every column."""
    table = pd.concat([read_results(open_catalogue(path)) for path in options.catalogues], ignore_index=True)
    if options.csv:
        print(table.to_csv(index=False), end="")
        return 0
    shown = table[["catalogue", "ranker", "protocol", "split", "hide_validation", "kept_edges", *METRICS]]
    show(options, {"results": json.loads(table.to_json(orient="records"))}, shown)
    return 0


def similar_artists(options: Namespace) -> int:
    """List the nearest artists in one space."""
    catalogue = open_catalogue(options.catalogue)
    row = resolve_artist(catalogue, options.artist)
    space = open_space(catalogue, options.space)
    found = similar(space, row, options.k)
    names = catalogue.display_names
    parts = pd.DataFrame(index=range(len(found)))
    if isinstance(space, Fusion):
        parts = pd.DataFrame(space.contributions(row, found.rows).T, columns=list(space.weights.parts))
    rows = [
        {"rank": rank + 1, "artist": names.iloc[other], "artist_id": catalogue.artists["artist_id"].iloc[other]}
        | {"score": float(score)}
        | parts.iloc[rank].to_dict()
        for rank, (other, score) in enumerate(zip(found.rows, found.scores, strict=True))
    ]
    content = {"artist": names.iloc[row], "artist_id": catalogue.artists["artist_id"].iloc[row]}
    if not rows:
        say(f"{options.space} knows nothing about {names.iloc[row]}. Try another space.")
    show(options, content | {"space": options.space, "similar": rows}, pd.DataFrame(rows))
    return 0


def make_map(options: Namespace) -> int:
    """Lay out a space, store the map and print how faithful it is."""
    catalogue = open_catalogue(options.catalogue)
    stored = map_space(catalogue, options.space, options.seed, stage_lines())
    fidelity = stored.fidelity
    rows = [
        {"nearest": k, "kept on the map": kept, "by chance": chance}
        for k, kept, chance in zip(fidelity.k, fidelity.preserved, fidelity.chance, strict=True)
    ]
    content = {"space": options.space, "file": str(map_path(catalogue, options.space)), "fidelity": fidelity.as_dict()}
    show(options, content, pd.DataFrame(rows))
    return 0


def stage_lines() -> Callable[[str, float], None]:
    """Says each whole percent of each stage once; the app reads these lines."""
    said: set[str] = set()

    def report(stage: str, share: float) -> None:
        line = f"{share:4.0%}  {stage}"
        if line not in said:
            said.add(line)
            say(line)

    return report


def catalogue_summary(catalogue: Catalogue) -> dict[str, Any]:
    """What the commands that make a catalogue say of it."""
    splits = catalogue.artists["split"].value_counts()
    return {
        "catalogue": catalogue.name,
        "kind": catalogue.manifest.kind,
        "artists": len(catalogue),
        "edges": len(catalogue.similar_edges),
        "train / val / test": " / ".join(str(splits.get(split, 0)) for split in ("train", "val", "test")),
        "tracks": len(catalogue.tracks),
        "feature sets": ", ".join(catalogue.all_feature_names),
        "sha256": catalogue.content_hash,
    }


def key_value_table(content: dict[str, Any]) -> pd.DataFrame:
    """Names on the left, values on the right."""
    return pd.DataFrame({"": list(content), " ": list(content.values())})


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    titles = {"ndcg": "NDCG@200", "ndcg_published": "NDCG@200 (published)", "recall": "recall@200", "mrr": "MRR"}
    figures = {titles[metric]: row[metric] for metric in METRICS}
    return {"protocol": row["protocol"], "queries": row["queries"], "candidates": row["candidates"]} | figures
