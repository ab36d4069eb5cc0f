"""One bad file never hides the others: it is left out, and the check names it."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.catalogue import Catalogue, open_catalogue, validate
from core.catalogue.library import list_catalogues
from core.errors import NearfieldError
from core.experiments.inspection import derived_problems, inspect
from core.experiments.results import read_results
from core.maps import list_maps
from core.maps.build import current_map
from core.runs.jobs import active_run
from core.runs.overview import overviews
from core.runs.record import list_runs
from core.search.fusions import list_fusions
from core.search.spaces import list_spaces, open_space
from core.storage import sha256_file
from tests.support.furnished import (
    DEEP,
    DIGITS,
    SPACES,
    SPOILT,
    changed,
    equal_edges,
    flip,
    furnished,
    halve,
    make_huge,
    make_pipe,
    make_tall,
    make_wide,
    set_shape,
)

pytestmark = pytest.mark.timeout(60)
MUTATIONS = 200


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnished(tmp_path_factory.mktemp("sound")).path


@pytest.fixture
def catalogue(sound: Path, tmp_path: Path) -> Catalogue:
    return open_catalogue(shutil.copytree(sound, tmp_path / "catalogues" / sound.name))


def test_nothing_is_wrong_with_a_furnished_catalogue(catalogue: Catalogue) -> None:
    assert inspect(catalogue.path) == []
    assert len(list_runs(catalogue)) == len(overviews(catalogue)[0]) == 1
    assert len(read_results(catalogue)) == 2
    assert len(list_maps(catalogue)) == 1


@pytest.mark.parametrize("kind", list(SPOILT))
def test_what_is_bad_is_left_out_and_named(catalogue: Catalogue, kind: str) -> None:
    offered = {str(space.name) for space in list_spaces(catalogue)}
    (good,) = list_runs(catalogue)
    where = SPOILT[kind](catalogue)
    assert where in {problem.file for problem in inspect(catalogue.path)} or where.startswith("runs/")
    assert any(where.rpartition("/")[2] in str(problem) for problem in inspect(catalogue.path))
    after = {str(space.name) for space in list_spaces(catalogue)}
    assert after >= offered
    assert after >= SPACES
    if where.startswith("fusions/"):
        assert after == offered
    assert good.run_id in {run.run_id for run in list_runs(catalogue)}
    assert good.run_id in {run.run_id for run in overviews(catalogue)[0]}
    assert list_fusions(catalogue) == ["good"]
    assert active_run(catalogue) is None
    assert [stored.space for stored in list_maps(catalogue)] == ["clap"] * (2 if where == "other" else 1)
    for name in after:
        open_space(catalogue, name)


def test_everything_bad_at_once(catalogue: Catalogue) -> None:
    offered = {space.name for space in list_spaces(catalogue)}
    places = [spoil(catalogue) for kind, spoil in SPOILT.items() if "result" not in kind]
    said = " ".join(map(str, derived_problems(catalogue)))
    assert all(place.rpartition("/")[2] in said for place in places)
    assert {space.name for space in list_spaces(catalogue)} >= offered


MANIFEST_SPOILT = {
    "a number of 5,000 digits": lambda file: file.write_text(f'{{"format": {DIGITS}}}'),
    "nested deeply": lambda file: file.write_text(DEEP),
    "nested a little too deeply": lambda file: changed(file, "notes", value=json.loads("[" * 200 + "]" * 200)),
    "a pipe": make_pipe,
    "3 GB": make_huge,
    "half": halve,
    "a name of 300 letters": lambda file: changed(file, "files", f"features/{'x' * 300}.npy", value="0" * 64),
    "a number for a file": lambda file: changed(file, "files", "artists.parquet", value=1),
}


@pytest.mark.parametrize("kind", list(MANIFEST_SPOILT))
def test_a_bad_manifest_hides_no_other_catalogue(catalogue: Catalogue, kind: str) -> None:
    other = Path(shutil.copytree(catalogue.path, catalogue.path.with_name("other")))
    MANIFEST_SPOILT[kind](catalogue.path / "catalogue.json")
    assert inspect(catalogue.path)
    with pytest.raises(NearfieldError):
        open_catalogue(catalogue.path)
    entries = {entry.key: entry for entry in list_catalogues(other.parent)}
    assert entries["other"].manifest
    open_catalogue(other)


CONTENT_SPOILT = {
    "features/clap.npy": {
        "half": halve,
        "a wrong byte in the header": lambda file: flip(file, 0.03),
        "a bracket in the header": lambda file: set_shape(file, "(24, 4, (("),
        "a minus in the header": lambda file: set_shape(file, "(" + "-" * 5000 + "24, 4)"),
        "a huge shape": lambda file: set_shape(file, "(24, 99999999999999999999)"),
        "a negative shape": lambda file: set_shape(file, "(24, -4)"),
        "a long header": lambda file: file.write_bytes(b"\x93NUMPY\x02\x00\xff\xff\xff\xff"),
        "a pipe": make_pipe,
        "3 GB": make_huge,
        "200 million rows": make_tall,
        "33 million columns": make_wide,
    },
    "features/clap.json": {
        "5,000 digits": lambda file: file.write_text(f'{{"name": {DIGITS}}}'),
        "a pipe": make_pipe,
        "3 GB": make_huge,
    },
    "edges.parquet": {
        "a pipe": make_pipe,
        "3 GB": make_huge,
        "half": halve,
        "lists": lambda file: _with_column(file, "relation", [["similar"]]),
        "huge numbers": lambda file: _with_column(file, "weight", [float("inf")]),
    },
    "artists.parquet": {
        "lists for ids": lambda file: _with_column(file, "artist_id", [["a"]]),
        "lists for splits": lambda file: _with_column(file, "split", [["train"]]),
        "lists for popularity": lambda file: _with_column(file, "popularity", [[1.0]]),
        "lists for decades": lambda file: _with_column(file, "decade", [[1990]]),
        "bytes for names": lambda file: _with_column(file, "name", [b"\xff\xfe"]),
    },
    "tracks.parquet": {
        "lists for ids": lambda file: _with_column(file, "track_id", [["a"]]),
        "lists for kinds": lambda file: _with_column(file, "kind", [["file"]]),
    },
}


def _with_column(file: Path, column: str, value: list[object]) -> None:
    frame = pd.read_parquet(file)
    frame.assign(**{column: value * len(frame)}).to_parquet(file, index=False)


@pytest.mark.parametrize(("file", "kind"), [(file, kind) for file, kinds in CONTENT_SPOILT.items() for kind in kinds])
def test_a_bad_file_is_refused_in_a_sentence(catalogue: Catalogue, file: str, kind: str) -> None:
    CONTENT_SPOILT[file][kind](catalogue.path / file)
    with pytest.raises(NearfieldError, match=Path(file).name):
        open_catalogue(catalogue.path)
    assert file in {problem.file for problem in inspect(catalogue.path)}


@pytest.mark.parametrize("grow", [make_huge, make_tall, make_wide])
@pytest.mark.parametrize("file", ["features/clap.npy", "tracks/clap.npy", "runs/*/embeddings.npy"])
def test_no_array_is_hashed_that_is_larger_than_the_tables_need(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, file: str, grow: Callable[[Path], None]
) -> None:
    def hashed(path: Path) -> str:
        assert path.stat().st_size < 1 << 20
        return sha256_file(path)

    for module in ("core.catalogue.validation", "core.maps.build"):
        monkeypatch.setattr(f"{module}.sha256_file", hashed)
    (path,) = catalogue.path.glob(file)
    grow(path)
    said = " ".join(map(str, inspect(catalogue.path)))
    assert "embeddings.npy" in said if "runs" in file else file in said
    if "runs" in file:
        with pytest.raises(NearfieldError, match=r"embeddings\.npy"):
            current_map(catalogue, f"run:{path.parent.name}")


def test_millions_of_equal_edges_are_refused_before_they_are_read(catalogue: Catalogue) -> None:
    equal_edges(catalogue.path / "edges.parquet")
    assert (catalogue.path / "edges.parquet").stat().st_size < 10 << 20
    with pytest.raises(NearfieldError, match="205,000,000 rows"):
        open_catalogue(catalogue.path)


def test_vectors_that_are_no_numbers_make_artists_unknown(catalogue: Catalogue) -> None:
    (run,) = list_runs(catalogue)
    vectors = np.load(run.path / "embeddings.npy")
    vectors[3] = np.nan
    vectors[5, 0] = np.inf
    np.save(run.path / "embeddings.npy", vectors)
    scores = open_space(catalogue, f"run:{run.run_id}").scores(np.array([0]))[0]
    assert set(np.flatnonzero(np.isnan(scores))) == {3, 5}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_mutation_raises_anything_but_plain_sentences(sound: Path, tmp_path: Path) -> None:
    rng = random.Random(20261129)
    files = sorted(file.relative_to(sound) for file in sound.rglob("*") if file.is_file() and file.suffix != ".lock")
    for number in range(MUTATIONS):
        folder = tmp_path / str(number)
        shutil.copytree(sound, folder)
        file = folder / rng.choice(files)
        _mutate(file, rng)
        _mend(folder)
        try:
            catalogue = open_catalogue(folder)
        except NearfieldError:
            assert inspect(folder)
        else:
            _use(catalogue)
        shutil.rmtree(folder)


def _mutate(file: Path, rng: random.Random) -> None:
    content = bytearray(file.read_bytes())
    if file.suffix in (".json", ".jsonl") and rng.random() < 0.6:
        text = content.decode()
        values = ["null", "[]", "{}", "1.5", "-1", "true", '"foo"', DIGITS, "NaN", "1e999", "[[[]]]", '"\\ud800"']
        places = [place for place, letter in enumerate(text) if letter in ":,["]
        place = rng.choice(places) + 1
        end = next((end for end in range(place + 1, len(text)) if text[end] in ",]}"), len(text))
        file.write_text(text[:place] + rng.choice(values) + text[end:])
        return
    match rng.randrange(4):
        case 0:
            del content[rng.randrange(len(content)) :]
        case 1:
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        case 2:
            place = rng.randrange(len(content))
            content[place : place + 8] = rng.randbytes(8)
        case _:
            place = rng.randrange(len(content))
            del content[place : place + rng.randrange(1, 40)]
    file.write_bytes(content)


def _mend(folder: Path) -> None:
    """Give the manifest the new hashes, so that runs, maps and results still belong to the catalogue."""
    try:
        manifest = json.loads((folder / "catalogue.json").read_text())
        for file in manifest["files"]:
            manifest["files"][file] = sha256_file(folder / file)
    except (ValueError, OSError, TypeError, KeyError):
        return


def _use(catalogue: Catalogue) -> None:
    validate(catalogue.path)
    derived_problems(catalogue)
    overviews(catalogue)
    catalogue.display_names.tolist()
    for space in list_spaces(catalogue):
        try:
            open_space(catalogue, space.name).scores(np.array([0, 1]))
            if space.has_vectors:
                current_map(catalogue, space.name)
        except NearfieldError:
            assert space.name in {"clap", "fusion:good"}  # whose values are looked at only when they are asked for
    try:
        read_results(catalogue)
    except NearfieldError:
        assert "results.parquet" in {problem.file for problem in derived_problems(catalogue)}
