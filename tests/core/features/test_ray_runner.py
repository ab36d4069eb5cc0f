"""Extraction on a Ray cluster: a real one on this machine, and the rules of its crew on one that is made up."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil
import pytest

from core.cli import main
from core.errors import NearfieldError
from core.features import ray_runner
from core.features.extraction_workers import Extractors, Outcome, Task
from core.features.ray_runner import TRIES, run_tasks_on_ray
from tests.support.audio_samples import harmonics
from tests.support.catalogues import tiny_catalogue
from tests.support.server import wait_until


def tasks(folder: Path, names: list[str]) -> list[Task]:
    return [Task(folder / f"{name}.wav", {"acousticbrainz": folder / f"{name}.npy"}, name) for name in names]


class RayFault(Exception):
    """What the made-up Ray raises where a worker is gone."""


class TaskFault(RayFault):
    """What it raises where the task has raised something."""


class MadeUpRay:
    """Does what Ray does for a crew, at once and in this process. `work` answers a task, or raises RayFault."""

    exceptions = SimpleNamespace(RayError=RayFault, RayTaskError=TaskFault)

    def __init__(self, work: Callable[[Task], Any], starts: bool = True, ends: bool = True, places: int = 9) -> None:
        self._work, self._starts, self._ends, self._places = work, starts, ends, places
        self.started = self.killed = 0
        self._answers: dict[str, Callable[[], Any]] = {}

    def remote(self, **_: object) -> Callable[[type], Any]:
        return lambda worker: SimpleNamespace(remote=lambda checkpoint: self._start())

    def _start(self) -> Any:
        self.started += 1
        has_place = self.started <= self._places
        ready = lambda: self._reference(self._begin, has_place)  # noqa: E731
        work = lambda task: self._reference(lambda: self._work(task), self._ends)  # noqa: E731
        return SimpleNamespace(ready=SimpleNamespace(remote=ready), work=SimpleNamespace(remote=work))

    def _begin(self) -> None:
        if not self._starts:
            raise RayFault("a trace\nThere is no such module.")

    def _reference(self, answer: Callable[[], Any], ends: bool = True) -> str:
        name = f"{len(self._answers)}{'' if ends else ' never'}"
        self._answers[name] = answer
        return name

    def wait(self, references: list[str], num_returns: int, timeout: float) -> tuple[list[str], list[str]]:
        return [one for one in references if not one.endswith("never")][:num_returns], []

    def get(self, reference: str) -> Any:
        return self._answers[reference]()

    def kill(self, worker: object) -> None:
        self.killed += 1


def run(ray: MadeUpRay, given: list[Task], most: int = 2, seconds: float = 900.0) -> list[Outcome]:
    outcomes: list[Outcome] = []
    ray_runner._Crew(ray, None, most, outcomes.append, seconds).run(iter(given))
    return outcomes


def test_a_crew_keeps_its_workers_and_does_every_task_once(tmp_path: Path) -> None:
    ray = MadeUpRay(lambda task: ("", ["a note"], False))
    given = tasks(tmp_path, [str(number) for number in range(9)])
    outcomes = run(ray, given)
    assert sorted(outcome.task.digest for outcome in outcomes) == [task.digest for task in given]
    assert all(outcome.notes == ("a note",) and not outcome.fault for outcome in outcomes)
    assert ray.started == 2
    unused = MadeUpRay(lambda task: None)
    assert run(unused, []) == []
    assert unused.started == 0


def test_a_task_whose_worker_dies_is_done_by_another(tmp_path: Path) -> None:
    def raises(task: Task) -> None:
        raise TaskFault("AttributeError")

    ray = MadeUpRay(raises)
    (outcome,) = run(ray, tasks(tmp_path, ["a"]))
    assert "crashed on this file" in outcome.fault, "another worker would fare no better"
    assert ray.started == 1
    deaths = {"a": TRIES - 1, "b": TRIES}

    def work(task: Task) -> tuple[str, list[str], bool]:
        if deaths.get(task.digest, 0):
            deaths[task.digest] -= 1
            raise RayFault("The actor is dead.")
        return "", [], False

    ray = MadeUpRay(work)
    outcomes = {outcome.task.digest: outcome for outcome in run(ray, tasks(tmp_path, ["a", "b", "c"]))}
    assert (outcomes["a"].fault, outcomes["c"].fault) == ("", "")
    assert f"died {TRIES} times on this file" in outcomes["b"].fault
    assert outcomes["b"].is_final


def test_a_task_that_never_ends_is_given_up(tmp_path: Path) -> None:
    ray = MadeUpRay(lambda task: None, ends=False)
    outcomes = run(ray, tasks(tmp_path, ["a", "b", "c"]), seconds=0.0)
    assert [outcome.task.digest for outcome in outcomes] == ["a", "b", "c"]
    assert all("was given up after 0 seconds" in outcome.fault for outcome in outcomes)
    assert ray.killed == 3


def test_a_worker_that_finds_no_place_keeps_no_task(tmp_path: Path) -> None:
    ray = MadeUpRay(lambda task: ("", [], False), places=1)
    given = tasks(tmp_path, ["a", "b", "c", "d"])
    assert {outcome.task.digest for outcome in run(ray, given)} == {"a", "b", "c", "d"}
    assert (ray.started, ray.killed) == (2, 1)


def test_workers_that_cannot_start_end_the_run(tmp_path: Path) -> None:
    with pytest.raises(NearfieldError, match=r"^Ray cannot start a program that listens: There is no such module\.$"):
        run(MadeUpRay(lambda task: None, starts=False), tasks(tmp_path, ["a", "b"]))


def test_without_ray_the_remedy_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    catalogue = tiny_catalogue(tmp_path / "c", 2)
    harmonics(tmp_path / "audio" / "id-0" / "a.wav")
    command = ["extract", str(catalogue.path), "--audio", str(tmp_path / "audio"), "--features", "acousticbrainz"]
    assert main([*command, "--runner", "ray"]) == 2
    assert "requirements-scale.txt" in capsys.readouterr().err


def kill_the_first_at_work(killed: list[int]) -> None:
    """Kill a worker of Ray while it listens."""
    until = time.monotonic() + 120
    while not killed and time.monotonic() < until:
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                if "ray::_Worker.work" in " ".join(process.cmdline()):
                    process.kill()
                    killed.append(process.pid)
                    return
        time.sleep(0.05)


@pytest.mark.usefixtures("ray")
def test_a_cluster_makes_the_same_vectors_though_a_worker_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    for place in range(3):
        harmonics(tmp_path / f"{place}.wav", 200 + 90 * place, seconds=8)
    (tmp_path / "broken.wav").write_bytes(b"no sound at all")
    good = tasks(tmp_path, ["0", "1", "2"])
    crash = Task(good[0].path, {"acousticbrainz": "no path"}, "crash")  # type: ignore[dict-item]
    killed: list[int] = []
    killer = threading.Thread(target=kill_the_first_at_work, args=(killed,))
    killer.start()
    outcomes: list[Outcome] = []
    run_tasks_on_ray([*good, *tasks(tmp_path, ["broken"]), crash], None, 2, outcomes.append)
    killer.join()
    assert len(killed) == 1
    faults = {outcome.task.digest: outcome.fault for outcome in outcomes}
    assert {name: bool(fault) for name, fault in faults.items()} == {
        "0": False,
        "1": False,
        "2": False,
        "broken": True,
        "crash": True,
    }
    assert "crashed on this file" in faults["crash"]
    ears = Extractors(None)
    for task in good:
        here = tmp_path / "here.npy"
        assert ears.work(Task(task.path, {"acousticbrainz": here})) == ("", [], False)
        np.testing.assert_array_equal(np.load(here), np.load(task.targets["acousticbrainz"]))
    wait_until(lambda: not [child for child in psutil.Process().children(recursive=True) if "ray" in child.name()])


@pytest.mark.usefixtures("ray")
def test_a_cluster_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:9")
    with pytest.raises(NearfieldError, match="The Ray cluster that RAY_ADDRESS names cannot be used"):
        run_tasks_on_ray([], None, 1, lambda outcome: None)
