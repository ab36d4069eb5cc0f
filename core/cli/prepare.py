"""`python -m core prepare`: everything that a catalogue needs, in one go."""

import os
from typing import Annotated, Any

import pandas as pd
import typer

from core.catalogue import Catalogue, open_catalogue
from core.cli.options import AsJson, CatalogueFolder, JobId, Threads, one_of, texts
from core.cli.output import ranking_figures, say, show, time_left_line
from core.errors import NearfieldError, StoppedError
from core.experiments.results import read_results
from core.features.audio_sets import AUDIO_SETS, sets_at_hand
from core.prepare.plan import TITLES, Plan, plan_preparation
from core.relations.sources import SOURCES
from core.text import duration

EXIT_PROBLEMS = 1
EXIT_STOPPED = 130
_SERVICES = [source.name for source in SOURCES.values() if source.is_service]


def prepare(
    folder: CatalogueFolder,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="print the plan with times, and stop")] = False,
    features: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="sets to extract from sound; descriptors take longest (default: all whose checkpoints are here)",
        ),
    ] = None,
    relations: Annotated[
        str | None, typer.Option(help="ask this service for similar artists (default: none)", **one_of(_SERVICES))
    ] = None,
    contact: Annotated[
        str,
        typer.Option(
            envvar="NEARFIELD_CONTACT",
            metavar="ADDRESS",
            help="mail or web address, sent so that the service can reach you (default: NEARFIELD_CONTACT)",
        ),
    ] = "",
    workers: Annotated[int, typer.Option(help="files to listen to at once (default: half the cores)")] = 0,
    again: Annotated[
        bool, typer.Option("--again", help="listen again to files that gave no vectors, though they have not changed")
    ] = False,
    threads: Threads = None,
    job: JobId = None,
    as_json: AsJson = False,
) -> int:
    """Make a catalogue ready: sound, yardsticks, models, the recommended ranker, maps and clips; resumable."""
    from core.jobs.working import at_work
    from core.prepare.jobs import PREPARE
    from core.prepare.pieces import Choice
    from core.prepare.preparing import Progress
    from core.prepare.preparing import prepare as make_ready
    from core.training.device import set_threads

    catalogue = open_catalogue(folder)
    choice = Choice(_sets(features), relations or "", contact, workers or max(1, (os.cpu_count() or 1) // 2), again)
    plan = plan_preparation(catalogue, choice)
    rows = [
        {
            "step": step.title,
            "to make": len(step.pieces),
            "there": step.there,
            "about": duration(step.seconds) if step.pieces else "–",
        }
        for step in plan.steps
    ]
    if dry_run or not as_json:
        content = {"steps": [vars(step) | {"title": step.title} for step in plan.steps], "seconds": plan.seconds}
        show(as_json, content, pd.DataFrame(rows))
    for why, titles in _reasons(plan).items():
        say(f"{', '.join(titles)}: {why}")
    say("Everything is there." if plan.is_done else f"In all: {duration(plan.seconds)}, estimated from sizes.")
    if dry_run or (plan.is_done and job is None):
        return 0
    set_threads(threads)

    def on_progress(progress: Progress) -> None:
        work.check()
        work.report(progress.step, progress.share)
        text = f"{progress.share:4.0%}  {TITLES[progress.step]}: {progress.label}"
        if text != last[0]:
            last[0] = text
            time_left_line(text, progress.seconds_left, False)

    last = [""]
    try:
        with at_work(catalogue.path, PREPARE, "", choice.as_dict(), job) as work:
            prepared = make_ready(folder, choice, on_progress)
            if prepared.failures:
                work.end_as("finished", " ".join(f"{label}: {reason}" for label, reason in prepared.failures))
    except (KeyboardInterrupt, StoppedError):
        say("\nStopped; what is made is kept. The same command goes on from there.")
        return EXIT_STOPPED
    for sentence in prepared.told:
        say(sentence)
    for label, reason in prepared.failures:
        say(f"Not made: {label}: {reason}")
    figures = _figures(open_catalogue(folder))
    show(as_json, {"made": prepared.made, "failures": prepared.failures, "figures": figures}, pd.DataFrame(figures))
    return EXIT_PROBLEMS if prepared.failures else 0


def _reasons(plan: Plan) -> dict[str, list[str]]:
    """Why there is no more to make -> the titles of the steps."""
    reasons: dict[str, list[str]] = {}
    for step in plan.steps:
        if step.why:
            reasons.setdefault(step.why, []).append(step.title)
    return reasons


def _sets(listed: str | None) -> tuple[str, ...]:
    if listed is None:
        return sets_at_hand()
    names = tuple(texts(listed))
    if unknown := [name for name in names if name not in AUDIO_SETS]:
        raise NearfieldError(f"“{unknown[0]}” cannot be extracted from audio. There are: {', '.join(AUDIO_SETS)}.")
    return names


def _figures(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The figures of every ranker on validation artists, best first."""
    rows = read_results(catalogue)
    rows = rows[(rows["protocol"] == "standard") & (rows["split"] == "val") & rows["kept_edges"].isna()]
    rows = rows[~rows["hide_validation"].astype(bool)].sort_values("ndcg", ascending=False)
    records = [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]
    return [{"ranker": row["ranker"]} | ranking_figures(row) for row in records]
