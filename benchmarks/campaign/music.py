"""What is killed on the way from a folder of music to a catalogue that is ready: the import, and the preparation."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import soundfile

from benchmarks.campaign.subjects import CATALOGUE, Lost, Subject, core, opened, run_figures, smaller
from benchmarks.folder import make_album
from core.catalogue import Catalogue, update_catalogue
from core.catalogue.importers.folder.reading import MUSIC_FOLDER, STORE_FILE
from core.catalogue.importers.folder.review import REVIEW_FILE
from core.experiments.result_rows import METRICS
from core.experiments.results import read_results
from core.maps.build import current_map
from core.pairs.store import load_pairs
from core.prepare.pieces import Choice
from core.prepare.plan import plan_preparation
from core.reading import read_regular
from core.runs.record import list_runs
from core.search.fusions import list_fusions, load_fusion
from core.storage import sha256_arrays
from tests.support.audio_samples import by_soundfile, tone
from tests.support.catalogues import trainable
from tests.support.recipes import in_small

_ALBUMS = 120
_CHOICE = Choice(("acousticbrainz",))
_MAPS = ("acousticbrainz", "clap")


def make_music(folder: Path) -> None:
    """Some albums, with guests."""
    sound = folder / "sound.flac"
    soundfile.write(sound, np.zeros(800, np.float32), 8_000)
    for album in range(_ALBUMS):
        make_album(folder / "music", album, sound.read_bytes(), 0)


def import_outcome(folder: Path) -> str | None:
    """The catalogue by its content, and the review, where both are written and nothing is left to tell."""
    if not (folder / CATALOGUE).exists():
        return None
    catalogue = opened(folder)
    music = catalogue.path / MUSIC_FOLDER
    if not (music / REVIEW_FILE).is_file() or not _is_settled(music / STORE_FILE):
        return None
    return json.dumps([catalogue.content_hash, json.loads(read_regular(music / REVIEW_FILE))["files"]])


def _is_settled(file: Path) -> bool:
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        facts = dict(database.execute("SELECT name, value FROM facts").fetchall())
        return bool(facts.get("built"))


def make_unprepared(folder: Path) -> None:
    """A catalogue with edges, one feature set, and files of sound for three artists."""
    catalogue = trainable(folder / CATALOGUE)
    tracks = []
    for row in range(3):
        samples = np.sum([tone(1.5, 22_050, 220.0 * (1 + row) * k, 0.2 / k) for k in (1, 2, 3)], axis=0)
        samples += 0.01 * np.random.default_rng(row).standard_normal(len(samples))
        file = folder / "audio" / f"{row}.wav"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(by_soundfile(samples.astype(np.float32), 22_050, "WAV"))
        tracks.append({"artist": row, "track_id": f"t{row}", "title": "A track", "kind": "file", "path": file.name})
    update_catalogue(catalogue, tracks=pd.DataFrame(tracks), audio_root="../audio")


def prepare_outcome(folder: Path) -> str | None:
    """All figures, weights and coordinates, where nothing is left to make."""
    catalogue = opened(folder)
    with in_small():
        if not plan_preparation(catalogue, _CHOICE).is_done:
            return None
    runs = list_runs(catalogue)
    if len(runs) != 2:
        raise Lost(f"there are {len(runs)} runs for two models")
    return json.dumps([*sorted(run_figures(catalogue, run) for run in runs), *_made(catalogue)])


def _made(catalogue: Catalogue) -> list[Any]:
    """What was made besides runs, with MODEL for their names."""
    rows = read_results(catalogue)
    rows = rows.assign(ranker=["MODEL" if name.startswith("run:") else name for name in rows["ranker"]])
    rows = rows.sort_values(["ranker", "protocol", "split", "ndcg"])[["ranker", "protocol", "split", *METRICS]]
    pairs = load_pairs(catalogue, "recommended").network
    fusions = {name: load_fusion(catalogue, name)[0].weights for name in list_fusions(catalogue)}
    maps = {name: current_map(catalogue, name) for name in _MAPS}
    places = {name: sha256_arrays(found.coordinates) for name, found in maps.items() if found}
    layers = [array for network in pairs.layers for layer in network for array in layer]
    return [rows.to_numpy().tolist(), sha256_arrays(pairs.mean, *layers), fusions, places]


MUSIC_SUBJECTS = {
    subject.name: subject
    for subject in (
        Subject(
            "import-folder",
            make_music,
            lambda folder: core("import", "folder", folder / "music", folder / CATALOGUE),
            import_outcome,
        ),
        Subject(
            "prepare",
            make_unprepared,
            lambda folder: smaller(
                "prepare", folder / CATALOGUE, "--features", ",".join(_CHOICE.features), "--workers", 1, "--threads", 1
            ),
            prepare_outcome,
        ),
    )
}
"""By name."""
