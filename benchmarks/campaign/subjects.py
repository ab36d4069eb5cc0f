"""What is killed: each writer of Nearfield on a small made world, and how to see what a kill has left of its work."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from safetensors.numpy import load_file

from core.catalogue import Catalogue, open_catalogue, validate
from core.curation import read_lists
from core.curation.lists import FIRST_LIST
from core.experiments.result_rows import METRICS
from core.experiments.results import read_results
from core.maps.build import current_map
from core.runs.jobs import job_state
from core.runs.record import Run, list_runs
from core.search.fusions import list_fusions, load_fusion
from core.storage import sha256_arrays, sha256_text
from tests.support.audio_samples import by_soundfile, tone
from tests.support.catalogues import tiny_catalogue, trainable
from tests.support.furnished import furnished

CATALOGUE = "catalogue"
_SETTINGS = ("--hidden", "8", "--embedding", "4", "--steps", "128")
_CORE = ("-m", "core")
_SMALLER = ("-m", "benchmarks.campaign.smaller")
_N_LISTED = 150


class Lost(Exception):
    """Something that was finished before the kill is gone or another."""


@dataclass(frozen=True)
class Subject:
    """A writer. `prepare` fills an empty folder; `command` is what is killed there, in words for Python.

    `outcome` is what the next start finds: None where the work is not done, else its figures as text. It raises Lost
    where the kill has taken more than the work under way. `again` is what goes on, by default the same command.
    """

    name: str
    prepare: Callable[[Path], object]
    command: Callable[[Path], list[str]]
    outcome: Callable[[Path], str | None]
    again: Callable[[Path], list[str]] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def next_command(self, folder: Path) -> list[str]:
        return (self.again or self.command)(folder)


def core(*words: object) -> list[str]:
    return [*_CORE, *map(str, words)]


def smaller(*words: object) -> list[str]:
    return [*_SMALLER, *map(str, words)]


def opened(folder: Path) -> Catalogue:
    catalogue = open_catalogue(folder / CATALOGUE)
    if problems := validate(catalogue.path):
        raise Lost(f"the catalogue has problems: {problems[0]}")
    return catalogue


def _train_command(folder: Path) -> list[str]:
    return smaller("train", folder / CATALOGUE, "--features", "clap", "--layers", 1, *_SETTINGS, "--threads", 1)


def _resume_command(folder: Path) -> list[str]:
    runs = list_runs(open_catalogue(folder / CATALOGUE))
    if not runs:
        return _train_command(folder)
    return smaller("resume", folder / CATALOGUE, runs[0].run_id, "--threads", 1)


def _grid_command(folder: Path) -> list[str]:
    return core("grid", folder / CATALOGUE, "--features", "clap", "--layers", "0,1", *_SETTINGS)


def _runs_outcome(count: int, detached: bool = False) -> Callable[[Path], str | None]:
    """The figures of so many runs; `detached` trainings live on where the grid that has started them is killed."""

    def outcome(folder: Path) -> str | None:
        catalogue = opened(folder)
        runs = list_runs(catalogue)
        if len(runs) > count:
            raise Lost(f"there are {len(runs)} runs for {count} configurations")
        active = [run.run_id for run in runs if job_state(run).state == "running"]
        if active and not detached:
            raise Lost(f"{active[0]} counts as running, and its process was killed")
        if sum(run.finished for run in runs) < count:
            return None
        return _text(sorted(run_figures(catalogue, run) for run in runs))

    return outcome


def run_figures(catalogue: Catalogue, run: Run) -> list[Any]:
    """Weights, vectors, history and figures of a finished run, without anything that a clock has written."""
    weights = load_file(run.path / "model.safetensors")
    history = [(report.step, report.loss, report.val_ndcg, report.learning_rate) for report in run.history()]
    rows = read_results(catalogue)
    rows = rows[rows["ranker"] == f"run:{run.run_id}"].sort_values("split")
    metrics = {split: [row[name] for name in METRICS] for split, row in sorted(run.metrics.items())}
    return [
        run.config.model.layers,
        sha256_arrays(*(weights[name] for name in sorted(weights))),
        sha256_arrays(np.array(run.embeddings())),
        history,
        metrics,
        rows[["split", *METRICS]].to_numpy().tolist(),
    ]


def _fuse_command(folder: Path) -> list[str]:
    return core("fuse", folder / CATALOGUE, "--name", "killed", "--parts", "pagerank,cosine:clap", "--threads", 1)


def _fuse_outcome(folder: Path) -> str | None:
    catalogue = _furnished_as_before(folder)
    if "killed" not in list_fusions(catalogue):
        return None
    return _text(load_fusion(catalogue, "killed")[0].as_dict())


def _map_outcome(folder: Path) -> str | None:
    stored = current_map(opened(folder), "clap")
    return None if stored is None else sha256_arrays(stored.coordinates, stored.local_fidelity)


def _prepare_audio(folder: Path) -> None:
    furnished(folder, CATALOGUE)
    for row in range(3):
        for track in range(2):
            rate, frequency = 22_050, 220.0 * (1 + row) + 40 * track
            samples = np.sum([tone(1.5, rate, frequency * k, 0.2 / k) for k in (1, 2, 3)], axis=0)
            samples += 0.01 * np.random.default_rng(row).standard_normal(len(samples))
            file = folder / "audio" / f"id-{row}" / f"{track}.wav"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(by_soundfile(samples.astype(np.float32), rate, "WAV"))


def _extract_command(folder: Path) -> list[str]:
    audio = ("--audio", folder / "audio", "--features", "acousticbrainz")
    return core("extract", folder / CATALOGUE, *audio)


def _extract_outcome(folder: Path) -> str | None:
    catalogue = _furnished_as_before(folder)
    if "acousticbrainz" not in catalogue.feature_names:
        return None
    ids = sorted(catalogue.tracks["track_id"])
    return _text([sha256_arrays(np.array(catalogue.feature_array("acousticbrainz"))), ids])


def _furnished_as_before(folder: Path) -> Catalogue:
    """The catalogue of `furnished`, if all that was made from it before is there still."""
    catalogue = opened(folder)
    fusion, layout = catalogue.path / "fusions" / "good.json", list((catalogue.path / "maps").glob("clap-*.npz"))
    if len(list_runs(catalogue)) != 1 or not fusion.is_file() or len(layout) != 1:
        raise Lost("a run, a fusion or a map that was there before is gone")
    if read_results(catalogue).empty and "acousticbrainz" not in catalogue.feature_names:
        raise Lost("the results that were there before are gone")
    return catalogue


def _prepare_source(folder: Path) -> None:
    """OLGA's public layout with a few hundred artists."""
    n, rng = 300, np.random.default_rng(0)
    source = folder / "source"
    source.mkdir()
    splits = rng.permutation(["train", "val", "test"] * (n // 3))
    ids = [f"00000000-0000-4000-8000-{row:012d}" for row in range(n)]
    pd.DataFrame({"musicbrainz_id": ids, "partition": splits}).to_csv(source / "olga.csv", index=False)
    np.save(source / "acousticbrainz.npy", rng.normal(size=(n, 2613)).astype(np.float32))
    matrix = sp.random_array((n, n), density=0.02, format="csr", rng=rng)
    sp.save_npz(source / "artist_connections.npz", matrix)


def _import_command(folder: Path) -> list[str]:
    return core("import", "olga-official", folder / "source", folder / CATALOGUE)


def _built_outcome(folder: Path) -> str | None:
    return opened(folder).content_hash if (folder / CATALOGUE).exists() else None


def _demo_command(folder: Path) -> list[str]:
    return smaller("demo", "build", folder / CATALOGUE, "--artists", 12)


def _prepare_lists(folder: Path) -> None:
    tiny_catalogue(folder / CATALOGUE, _N_LISTED)


def _lists_command(folder: Path) -> list[str]:
    return ["-m", "benchmarks.campaign.listing", str(folder / CATALOGUE), str(_N_LISTED)]


def _lists_outcome(folder: Path) -> str | None:
    """All that the writer has been told is on the list, in order, and at most one more."""
    told = folder / "told.txt"
    saved = len(told.read_text().split()) if told.exists() else 0
    catalogue = open_catalogue(folder / CATALOGUE)
    listed = [entry.artist_id for entry in read_lists(folder, "visitor", catalogue)[FIRST_LIST].entries]
    if listed != [catalogue.id_of(row) for row in range(len(listed))]:
        raise Lost("the list holds other artists than were put there")
    if len(listed) not in (saved, saved + 1):
        raise Lost(f"{saved} artists were saved, and the list holds {len(listed)}")
    told.write_text("x\n" * len(listed))
    return sha256_text(*listed) if len(listed) == _N_LISTED else None


def _text(content: Iterable[Any]) -> str:
    return json.dumps(content)


SUBJECTS = {
    subject.name: subject
    for subject in (
        Subject("import", _prepare_source, _import_command, _built_outcome),
        Subject("lists", _prepare_lists, _lists_command, _lists_outcome),
        Subject("fuse", lambda folder: furnished(folder, CATALOGUE), _fuse_command, _fuse_outcome),
        Subject(
            "train", lambda folder: trainable(folder / CATALOGUE), _train_command, _runs_outcome(1), _resume_command
        ),
        Subject("grid", lambda folder: trainable(folder / CATALOGUE), _grid_command, _runs_outcome(2, detached=True)),
        Subject("extract", _prepare_audio, _extract_command, _extract_outcome),
        Subject(
            "map",
            lambda folder: trainable(folder / CATALOGUE),
            lambda folder: core("map", folder / CATALOGUE, "--space", "clap"),
            _map_outcome,
        ),
        Subject("demo", lambda folder: None, _demo_command, _built_outcome),
    )
}
"""By name, the cheap ones first."""
