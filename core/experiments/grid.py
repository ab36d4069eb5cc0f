"""The experiment grid: every combination of features, backbone, layers and seed as one run each.

A grid is defined only by its configurations, and the runs on disk show what is finished. So a grid can be stopped or
killed at any time and started again. Finished runs are left alone, stopped runs continue from their last state, and no
row is computed twice. Several grids can work at once: each looks again at the runs before it begins one.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.features import RANDOM, check_features, split_feature_names
from core.runs.claims import starting
from core.runs.config import TrainingConfig
from core.runs.jobs import job_state, log_tail, start_new_run, start_process
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
    """What a grid has done and has left to do. `stopped` runs will continue; `busy` runs belong to another process."""

    finished: list[Run]
    stopped: list[Run]
    new: list[TrainingConfig]
    busy: list[Run] = field(default_factory=list)

    @property
    def epochs_left(self) -> int:
        """Number of epochs left to compute."""
        return sum(self.epochs_left_by_config.values())

    @property
    def epochs_left_by_config(self) -> dict[TrainingConfig, int]:
        """Number of epochs left of each configuration that is not finished and not busy, stopped runs first."""
        begun = {run.config: _epochs_left(run) for run in self.stopped}
        return begun | {config: config.epochs for config in self.new}

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


def plan_grid(catalogue: Catalogue, configs: Sequence[TrainingConfig]) -> GridPlan:
    """Compare the configurations with the runs of this version of the catalogue."""
    for names in {config.features for config in configs}:
        check_features(catalogue, names)
    known: dict[TrainingConfig, list[Run]] = {}
    for run in list_runs(catalogue):
        if run.belongs_to(catalogue):
            known.setdefault(run.config, []).append(run)
    plan = GridPlan([], [], [], [])
    for config in configs:
        runs = known.get(config, [])
        if finished := next((run for run in runs if run.finished), None):
            plan.finished.append(finished)
        elif busy := next((run for run in runs if job_state(run).is_active), None):
            plan.busy.append(busy)
        elif runs:
            plan.stopped.append(runs[0])
        else:
            plan.new.append(config)
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
    left = plan.epochs_left_by_config
    waiting = list(left)
    working: dict[Run, subprocess.Popen[bytes]] = {}
    failures, ended_epochs, done, latest, stopping = [], 0, 0, "", False
    while waiting or working:
        if should_stop() and not stopping:
            stopping = True
            waiting.clear()
            for process in working.values():
                process.send_signal(signal.SIGINT)
        while waiting and len(working) < workers:
            config = waiting.pop(0)
            try:
                begun = _begin(catalogue, config)
            except NearfieldError as fault:
                failures.append(str(fault))
                waiting.clear()
                break
            if begun is None:
                del left[config]
            else:
                run, working[run], left[config] = begun
        for run in [run for run, process in working.items() if process.poll() is not None]:
            working.pop(run)
            done, latest = done + 1, run.run_id
            ended_epochs += left[run.config] - _epochs_left(run)
            if not run.finished and not stopping:
                failures.append(f"{run.run_id}: {job_state(run).message or log_tail(run, 1)}")
        under_way = sum(left[run.config] - _epochs_left(run) for run in working)
        epochs_done, epochs, seconds = max(0, ended_epochs + under_way), sum(left.values()), time.monotonic() - started
        on_progress(GridProgress(done, len(left), epochs_done, epochs, seconds, latest))
        if working:
            time.sleep(_POLL_SECONDS)
    return failures


def _begin(catalogue: Catalogue, config: TrainingConfig) -> "tuple[Run, subprocess.Popen[bytes], int] | None":
    """Start or continue the run of a configuration: the run, its process and its number of epochs left.

    None where another process has finished it or is at work on it by now.
    """
    with starting(catalogue):
        now = plan_grid(catalogue, [config])
        if now.stopped:
            run = now.stopped[0]
            left = _epochs_left(run)
            return run, start_process(catalogue, run, "--threads", "1"), left
        if now.new:
            return *start_new_run(catalogue, config, "--threads", "1"), config.epochs
    return None


def _epochs_left(run: Run) -> int:
    return max(0, run.config.epochs - len(run.history()))
