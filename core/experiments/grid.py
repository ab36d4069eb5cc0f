"""The experiment grid: every combination of features, backbone, layers and seed as one run each.

A grid is defined only by its configurations, and the runs on disk show what is finished. So a grid can be stopped or
killed at any time and started again. Finished runs are left alone, stopped runs continue from their last state, and no
row is computed twice. Several grids can work at once: each looks again at the runs before it begins one.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import product

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.features import RANDOM, check_features, split_feature_names
from core.jobs import Job, Jobs
from core.runs.claims import TRAINING, plan_new_run, plan_work
from core.runs.config import TrainingConfig
from core.runs.jobs import JobState, job_state, log_tail, start_planned_run, start_process, training_jobs
from core.runs.record import Run, list_runs

PAPER_FEATURE_SETS = (
    "random",
    "acousticbrainz",
    "moods_themes",
    "clap",
    "acousticbrainz+moods_themes",
    "acousticbrainz+clap",
    "clap+moods_themes",
    "acousticbrainz+clap+moods_themes",
)

_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class GridPlan:
    """What a grid has done and has left to do. `stopped` runs will continue; `busy` runs belong to another process.

    `epochs_left_by_config` has each configuration that is not finished and not busy, with its epochs left to compute,
    stopped runs first.
    """

    finished: list[Run] = field(default_factory=list)
    stopped: list[Run] = field(default_factory=list)
    new: list[TrainingConfig] = field(default_factory=list)
    busy: list[Run] = field(default_factory=list)
    epochs_left_by_config: dict[TrainingConfig, int] = field(default_factory=dict)

    @property
    def epochs_left(self) -> int:
        """Number of epochs left to compute."""
        return sum(self.epochs_left_by_config.values())

    @property
    def runs_left(self) -> int:
        return len(self.stopped) + len(self.new)


@dataclass(frozen=True)
class GridProgress:
    """The progress of a grid: runs and epochs, done and in total, and seconds since the start."""

    runs_done: int
    runs: int
    epochs_done: int
    epochs: int
    seconds: float
    latest: str


def grid_configs(
    base: TrainingConfig,
    features: Sequence[str],
    backbones: Sequence[str] = ("sage",),
    layers: Iterable[int] = range(5),
    seeds: Iterable[int] = (0,),
    protocols: Sequence[str] = ("standard",),
) -> list[TrainingConfig]:
    """All combinations on top of `base`. Seeds are outermost, so that a grid that is cut short has complete seeds.

    Runs without graph layers occur once, because the backbone does not matter for them.
    """
    backbones, layers = list(dict.fromkeys(backbones)), list(dict.fromkeys(layers))
    combined = product(dict.fromkeys(seeds), dict.fromkeys(protocols), dict.fromkeys(features), backbones, layers)
    return [
        replace(
            base,
            features=names,
            model=replace(base.model, backbone=backbone, layers=depth),
            protocol=protocol,
            seed=seed,
        )
        for seed, protocol, names, backbone, depth in combined
        if depth > 0 or backbone == backbones[0]
    ]


def paper_feature_sets(catalogue: Catalogue) -> list[str]:
    """Those of the eight inputs of the seed paper's Figure 1 whose sets the catalogue has."""
    stored = set(catalogue.feature_names)
    return [names for names in PAPER_FEATURE_SETS if names == RANDOM or set(split_feature_names(names)) <= stored]


def plan_grid(
    catalogue: Catalogue, configs: Sequence[TrainingConfig], jobs: Mapping[str, Job] | None = None
) -> GridPlan:
    """Compare the configurations with the runs of this version of the catalogue.

    `jobs` are the catalogue's `training_jobs`, if they have been read. Raises NearfieldError where they cannot be read.
    """
    jobs = training_jobs(catalogue) if jobs is None else jobs
    for names in {config.features for config in configs}:
        check_features(catalogue, names)
    known: dict[TrainingConfig, list[tuple[Run, JobState]]] = {}
    for run in list_runs(catalogue):
        with suppress(NearfieldError):  # a run that has become unreadable is none of the grid's
            if run.belongs_to(catalogue):
                known.setdefault(run.config, []).append((run, job_state(run, jobs)))
    plan = GridPlan()
    stopped, new = {}, {}
    for config in configs:
        runs = known.get(config, [])
        if finished := next((run for run, state in runs if state.state == "finished"), None):
            plan.finished.append(finished)
        elif busy := next((run for run, state in runs if state.is_active), None):
            plan.busy.append(busy)
        elif runs:
            plan.stopped.append(runs[0][0])
            stopped[config] = _epochs_left(runs[0][0], config)
        else:
            plan.new.append(config)
            new[config] = config.epochs
    plan.epochs_left_by_config.update(stopped | new)
    return plan


def execute_grid(
    catalogue: Catalogue,
    plan: GridPlan,
    workers: int = 1,
    on_progress: Callable[[GridProgress], None] = lambda progress: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> list[str]:
    """Execute the plan with `workers` processes at once, and return the messages of failed runs.

    What other processes have begun or finished since the plan was made is left to them. Where no run can be started, as
    on a full disk, those under way go on to their end. After `should_stop` they end with their current epoch and can
    continue later. Raises NearfieldError for fewer than one worker.
    """
    if workers < 1:
        raise NearfieldError("A grid needs at least one worker.")
    started = time.monotonic()
    left = dict(plan.epochs_left_by_config)
    waiting = list(left)
    working: dict[TrainingConfig, _Started] = {}
    failures, ended_epochs, done, latest, stopping = [], 0, 0, "", False
    while waiting or working:
        if should_stop() and not stopping:
            stopping = True
            waiting.clear()
            for begun in working.values():
                begun.process.send_signal(signal.SIGINT)
        while waiting and len(working) < workers:
            config = waiting.pop(0)
            try:
                begun_now = _begin(catalogue, config)
            except NearfieldError as refusal:
                failures.append(str(refusal))
                waiting.clear()
                break
            if begun_now is None:
                del left[config]
            else:
                working[config], left[config] = begun_now, begun_now.epochs_left
        for config in [config for config, begun in working.items() if begun.process.poll() is not None]:
            run = working.pop(config).run
            done, latest = done + 1, run.run_id
            ended_epochs += left[config] - _epochs_left(run, config)
            fault = _fault(run)
            if fault is not None and not stopping:
                failures.append(f"{run.run_id}: {fault}")
        under_way = sum(left[config] - _epochs_left(begun.run, config) for config, begun in working.items())
        epochs_done, epochs, seconds = max(0, ended_epochs + under_way), sum(left.values()), time.monotonic() - started
        on_progress(GridProgress(done, len(left), epochs_done, epochs, seconds, latest))
        if working:
            time.sleep(_POLL_SECONDS)
    return failures


@dataclass(frozen=True)
class _Started:
    run: Run
    process: "subprocess.Popen[bytes]"
    epochs_left: int


def _begin(catalogue: Catalogue, config: TrainingConfig) -> _Started | None:
    """Start or continue the run of a configuration; None if another process has finished it or is at work on it."""
    jobs = Jobs(catalogue.path)
    with jobs.planning() as planning:
        now = plan_grid(catalogue, [config], planning.newest_by_subject(TRAINING))
        if now.stopped:
            run = now.stopped[0]
            claim = plan_work(planning, run, detached=True)
        elif now.new:
            run, claim = plan_new_run(planning, catalogue, config, detached=True)
        else:
            return None
    start = start_planned_run if now.new else start_process
    return _Started(run, start(jobs, run, claim, "--threads", "1"), now.epochs_left)


def _fault(run: Run) -> str | None:
    """Why a run whose process has ended is not finished; None if it is."""
    try:
        return None if run.finished else job_state(run).message or log_tail(run, 1)
    except NearfieldError as fault:
        return str(fault)


def _epochs_left(run: Run, config: TrainingConfig) -> int:
    """Epochs left to compute; all of them where the run's progress cannot be read."""
    try:
        return max(0, config.epochs - len(run.history()))
    except NearfieldError:
        return config.epochs
