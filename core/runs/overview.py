"""Overviews of a catalogue's runs at one moment, each read once from the run's folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.jobs import Job
from core.jobs.progress import share
from core.reading import is_figure
from core.runs.config import TrainingConfig
from core.runs.jobs import JobState, job_state, training_jobs
from core.runs.record import EpochReport, Run, scan_runs
from core.text import short_label
from core.titles import METRIC_COLUMNS, SPLITS


@dataclass(frozen=True)
class RunOverview:
    """A run at the moment of reading. `metrics` is the results row of each split, empty until the run is finished."""

    run: Run
    config: TrainingConfig
    job: JobState
    history: list[EpochReport]
    metrics: dict[str, Any]
    created: str
    command: str
    device: str
    fits_catalogue: bool

    @property
    def run_id(self) -> str:
        return self.run.run_id

    @property
    def best_val_ndcg(self) -> float | None:
        """The best validation NDCG so far, under the protocol of the run."""
        return max((report.val_ndcg for report in self.history), default=None)

    @property
    def share_done(self) -> float:
        """The part of the run's epochs that is done, 0 to 1."""
        return share(len(self.history), self.config.epochs)

    @property
    def seconds_left(self) -> float | None:
        """Estimated by the mean time of the epochs so far; None before the first one."""
        if not self.history:
            return None
        return self.history[-1].seconds / len(self.history) * max(0, self.config.epochs - len(self.history))

    def score(self, split: str) -> float | None:
        """NDCG@200 of the protocol on a split, or None where it was not measured."""
        row = self.metrics.get(split)
        metric = "ndcg_published" if self.config.protocol == "published" else "ndcg"
        return None if row is None else float(row[metric])


def overview(catalogue: Catalogue, run: Run, jobs: Mapping[str, Job] | None = None) -> RunOverview:
    """Read a run's folder, and its job unless `jobs` are the `training_jobs`. Raises NearfieldError if that fails."""
    try:
        details, job = run.details, job_state(run, jobs)
        return RunOverview(
            run=run,
            config=run.config,
            job=job,
            history=run.history(),
            metrics=_figures(run) if job.state == "finished" else {},
            created=details["created"],
            command=details["command"],
            device=run.status.get("device", ""),
            fits_catalogue=run.belongs_to(catalogue),
        )
    except NearfieldError as fault:
        raise NearfieldError(f"The run {run.run_id} cannot be read: {fault}") from None


def _figures(run: Run) -> dict[str, Any]:
    """The run's metrics, with numbers where numbers are shown."""
    metrics = run.metrics
    for split, row in metrics.items():
        for name in METRIC_COLUMNS:
            if split not in SPLITS or not is_figure(row.get(name)):
                raise NearfieldError(f"metrics.json has no number as “{name}” of {short_label(split)}.")
    return metrics


def overviews(catalogue: Catalogue) -> tuple[list[RunOverview], list[str]]:
    """All runs that can be read, newest first, and one message for each that cannot.

    Where the database of the jobs cannot be read, another message says so, and no run counts as active.
    """
    runs, unreadable = scan_runs(catalogue)
    read, faults = [], list(unreadable.values())
    try:
        jobs = training_jobs(catalogue)
    except NearfieldError as fault:
        jobs = {}
        faults.append(str(fault))
    for run in runs:
        try:
            read.append(overview(catalogue, run, jobs))
        except NearfieldError as fault:
            faults.append(str(fault))
    return read, faults


def estimate_seconds(earlier: list[RunOverview], config: TrainingConfig) -> tuple[float, int] | None:
    """Estimated seconds for `config` by the pace of similar runs, and the number of those runs.

    Similar runs have the same features and model on this version of the catalogue. None if there are none.
    """
    similar = [
        run.history[-1].seconds / run.history[-1].step
        for run in earlier
        if run.history
        and run.fits_catalogue
        and run.config.features == config.features
        and run.config.model == config.model
    ]
    return (median(similar) * config.steps, len(similar)) if similar else None
