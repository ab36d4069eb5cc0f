"""A small catalogue with one of everything that can be made from it, and the ways to spoil each file."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.catalogue import Catalogue, open_catalogue, write_catalogue
from core.catalogue.relations import Pipeline, Relation, Splits
from core.experiments.results import RESULTS_FILE, record_results
from core.runs.config import ModelConfig, TrainingConfig
from core.runs.record import Run, new_run
from core.search.fusion import DEGREE_KNOTS, FusionWeights
from core.search.fusions import save_fusion
from core.space_name import SpaceName
from tests.support.catalogues import MANIFEST, describe, tiny_artists, tiny_edges
from tests.support.stored_maps import scattered

LENGTH = 24
ELSEWHERE = "00000000-0000-4000-8000-000000000000"
SPACES = {"clap", "pagerank", "fusion:good"}
"""What is on offer whatever is wrong with other files; and the good run, whose name holds the time."""

METRICS = {
    f"{name}{bound}": 0.5 for name in ("ndcg", "ndcg_published", "recall", "mrr") for bound in ("", "_low", "_high")
}


def furnished(folder: Path, name: str = "furnished") -> Catalogue:
    """A ring of artists with `clap` and tracks, one elsewhere, a finished run, a fusion, a map and a table of results.

    Tracks have vectors, and relations, splits and `clap` are described in all that format 2 says of them.
    """
    rng = np.random.default_rng(0)
    tracks = pd.DataFrame(
        {
            "artist": np.arange(LENGTH, dtype=np.int32),
            "track_id": [f"t{row}" for row in range(LENGTH)],
            "title": "A track",
            "kind": "file",
            "recipe": "a.wav",
        }
    )
    ring = [(row, (row + step) % LENGTH) for row in range(LENGTH) for step in (1, 4)]
    values, info = describe("clap", rng.normal(size=(LENGTH, 4)))
    features = {"clap": (values, replace(info, licence="CC0-1.0", pipeline=Pipeline("a model", "mel", "mean")))}
    manifest = replace(
        MANIFEST,
        relations=[
            Relation("similar", source="a test", licence="CC0-1.0"),
            Relation("collaborated", date="2026-01-01"),
        ],
        splits=Splits("made", "every third and fourth of four"),
    )
    near = {"mbid": ELSEWHERE, "name": "Somebody", "artist": 0, "relation": "collaborated", "weight": 1.0}
    path = write_catalogue(
        folder / name,
        manifest,
        tiny_artists(LENGTH),
        tiny_edges(ring),
        features,
        tracks,
        {"clap": values},
        pd.DataFrame([near]),
    )
    catalogue = open_catalogue(path)
    run = finished_run(catalogue)
    parts = (SpaceName.cosine("clap"), SpaceName("pagerank"))
    save_fusion(catalogue, "good", FusionWeights(parts, (False, True), ((1.0,) * len(DEGREE_KNOTS),) * 2), {})
    scattered(catalogue)
    record_results(catalogue, [result_row(catalogue, SpaceName.run(run.run_id)), result_row(catalogue, "pagerank")])
    return catalogue


def finished_run(catalogue: Catalogue) -> Run:
    """A run with everything that the pages read of it."""
    run = new_run(catalogue, TrainingConfig("clap", ModelConfig(layers=1), steps=32))
    rng = np.random.default_rng(1)
    np.save(run.path / "embeddings.npy", rng.normal(size=(len(catalogue), 4)).astype(np.float32))
    report = {"step": 16, "loss": 0.5, "val_ndcg": 0.2, "learning_rate": 0.001, "seconds": 1.5}
    lines = [json.dumps({"epoch": epoch} | report) + "\n" for epoch in (1, 2)]
    (run.path / "progress.jsonl").write_text("".join(lines))
    (run.path / "metrics.json").write_text(json.dumps({"val": METRICS, "test": METRICS}))
    run.set_status("finished", device="cpu")
    return run


def result_row(catalogue: Catalogue, ranker: str) -> dict[str, Any]:
    """A row of the table of results with invented figures."""
    name = SpaceName(ranker)
    config = TrainingConfig("clap", ModelConfig(layers=1))
    own = {"features": "clap", "backbone": "sage", "layers": 1, "seed": 0, "config": json.dumps(config.as_dict())}
    none = dict.fromkeys(("features", "backbone", "layers", "seed")) | {"config": "{}"}
    degree = [{"degree": "1–2", "queries": 3, "mean": 0.5, "low": 0.4, "high": 0.6}]
    return {
        "ranker": ranker,
        "protocol": "standard",
        "split": "test",
        "hide_validation": False,
        "kept_edges": None,
        "queries": 6,
        "candidates": 23,
        **METRICS,
        "by_degree": json.dumps(degree),
        "catalogue": catalogue.name,
        "catalogue_hash": catalogue.content_hash,
        "split_hash": catalogue.split_hash,
        **(own if name.is_run else none),
        "commit": "unknown",
        "versions": "{}",
        "command": "python -m core evaluate",
    }


def changed(path: Path, *keys: str, value: Any) -> None:
    """Put another value into a JSON file."""
    content = json.loads(path.read_text())
    inner = content
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    path.write_text(json.dumps(content))


def flip(path: Path, place: float, mask: int = 0x10) -> None:
    """Flip a bit at this share of a file's length."""
    content = bytearray(path.read_bytes())
    content[int(place * (len(content) - 1))] ^= mask
    path.write_bytes(content)


def halve(path: Path) -> None:
    """Cut a file in half."""
    os.truncate(path, path.stat().st_size // 2)


def make_pipe(path: Path) -> None:
    """Put a pipe in a file's place, which nobody will ever write to."""
    path.unlink()
    os.mkfifo(path)


def make_huge(path: Path) -> None:
    """Make a file 3 GB long that takes no space."""
    os.truncate(path, 3 << 30)


def set_shape(path: Path, shape: str) -> None:
    """Let the header of an .npy file tell of another shape."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    content = path.read_bytes()
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + content[128:])


def make_tall(path: Path) -> None:
    """Give an .npy file 200 million rows of 4, which take no space, and the header that suits them."""
    set_shape(path, "(200000000, 4)")
    os.truncate(path, 128 + 200_000_000 * 16)


def make_wide(path: Path) -> None:
    """Give an .npy file of 24 rows 33 million columns, which take no space, and the header that suits them."""
    set_shape(path, "(24, 33000000)")
    os.truncate(path, 128 + 24 * 33_000_000 * 4)


def equal_edges(path: Path, rows: int = 205_000_000, block: int = 5_000_000) -> None:
    """As many equal edges as one asks for, which take hardly any space in the file."""
    table = pa.table(
        {
            "source": pa.array(np.zeros(block, np.int32)),
            "target": pa.array(np.ones(block, np.int32)),
            "relation": pa.DictionaryArray.from_arrays(pa.array(np.zeros(block, np.int32)), ["similar"]).cast("string"),
            "weight": pa.array(np.ones(block, np.float32)),
        }
    )
    with pq.ParquetWriter(path, table.schema) as writer:
        for _ in range(rows // block):
            writer.write_table(table)


def _of_run(catalogue: Catalogue, spoil: Callable[[Path], None], file: str) -> str:
    run = finished_run(catalogue)
    spoil(run.path / file)
    return f"runs/{run.run_id}"


def _fusion(catalogue: Catalogue, name: str, **weights: Any) -> str:
    file = catalogue.path / "fusions" / f"{name}.json"
    content = json.loads((file.parent / "good.json").read_text())
    content["weights"] |= weights
    file.unlink(missing_ok=True)  # which may be a pipe
    file.write_text(json.dumps(content))
    return f"fusions/{name}.json"


def _spoilt_fusion(catalogue: Catalogue, spoil: Callable[[Path], None]) -> str:
    name = _fusion(catalogue, "bad")
    spoil(catalogue.path / name)
    return name


def _nested(catalogue: Catalogue, names: list[str]) -> str:
    """A fusion of the next one, and so on; the last one is of the first."""
    one = ((1.0,) * len(DEGREE_KNOTS),)
    for name, part in zip(names, names[1:] + names[:1], strict=True):
        _fusion(catalogue, name, parts=[f"fusion:{part}"], logarithmic=[False], weights=one)
    return f"fusions/{names[0]}.json"


def _of_map(catalogue: Catalogue, spoil: Callable[[Path], None]) -> str:
    (good,) = (catalogue.path / "maps").glob("clap-*.npz")
    bad = good.with_name("other.npz")
    bad.unlink(missing_ok=True)
    bad.write_bytes(good.read_bytes())
    spoil(bad)
    return "maps/other.npz"


def _parts(number: int) -> dict[str, Any]:
    return {
        "parts": ["pagerank"] * number,
        "logarithmic": [True] * number,
        "weights": [[1.0] * len(DEGREE_KNOTS)] * number,
    }


DIGITS = "9" * 5000
DEEP = "[" * 100_000

SPOILT: dict[str, Callable[[Catalogue], str]] = {
    "a run with an unknown setting": lambda c: _of_run(
        c, lambda file: changed(file, "config", "attention", value="new"), "config.json"
    ),
    "a run with an unknown setting of its loss": lambda c: _of_run(
        c, lambda file: changed(file, "config", "objective", "attention", value=1), "config.json"
    ),
    "a run with half a config.json": lambda c: _of_run(c, halve, "config.json"),
    "a run with layers in words": lambda c: _of_run(
        c, lambda file: changed(file, "config", "model", "layers", value="two"), "config.json"
    ),
    "a run with half a layer": lambda c: _of_run(
        c, lambda file: changed(file, "config", "model", "layers", value=1.5), "config.json"
    ),
    "a run with a list for its configuration": lambda c: _of_run(
        c, lambda file: changed(file, "config", value=[]), "config.json"
    ),
    "a run created null": lambda c: _of_run(c, lambda file: changed(file, "created", value=None), "config.json"),
    "a run in state foo": lambda c: _of_run(c, lambda file: changed(file, "state", value="foo"), "status.json"),
    "a run in a list of states": lambda c: _of_run(c, lambda file: changed(file, "state", value=[]), "status.json"),
    "a run of pid 1.5": lambda c: _of_run(
        c, lambda file: file.write_text('{"state": "running", "pid": 1.5, "started": 1}'), "status.json"
    ),
    "a run whose status is a pipe": lambda c: _of_run(c, make_pipe, "status.json"),
    "a run whose configuration is a pipe": lambda c: _of_run(c, make_pipe, "config.json"),
    "a run whose configuration is 3 GB": lambda c: _of_run(c, make_huge, "config.json"),
    "a run with a number of 5,000 digits": lambda c: _of_run(
        c, lambda file: file.write_text(f'{{"a": {DIGITS}}}'), "config.json"
    ),
    "a run nested deeply": lambda c: _of_run(c, lambda file: file.write_text(DEEP), "config.json"),
    "a run with half its embeddings": lambda c: _of_run(c, halve, "embeddings.npy"),
    "a run without embeddings": lambda c: _of_run(c, Path.unlink, "embeddings.npy"),
    "a run whose embeddings are a pipe": lambda c: _of_run(c, make_pipe, "embeddings.npy"),
    "a run with a wrong byte in a header": lambda c: _of_run(c, lambda file: flip(file, 0.03), "embeddings.npy"),
    "a run with an open bracket in a header": lambda c: _of_run(
        c, lambda file: set_shape(file, "(24, 4, (("), "embeddings.npy"
    ),
    "a run of a huge shape": lambda c: _of_run(
        c, lambda file: set_shape(file, "(99999999999999999999, 4)"), "embeddings.npy"
    ),
    "a run of a huge empty shape": lambda c: _of_run(
        c, lambda file: set_shape(file, "(0, 99999999999999999999)"), "embeddings.npy"
    ),
    "a run of a negative shape": lambda c: _of_run(c, lambda file: set_shape(file, "(-24, 4)"), "embeddings.npy"),
    "a run whose embeddings are 3 GB": lambda c: _of_run(c, make_huge, "embeddings.npy"),
    "a run of 200 million rows": lambda c: _of_run(c, make_tall, "embeddings.npy"),
    "a run of 33 million columns": lambda c: _of_run(c, make_wide, "embeddings.npy"),
    "a run with a line of progress that is none": lambda c: _of_run(
        c, lambda file: file.write_text('{"epoch": 1}\n'), "progress.jsonl"
    ),
    "a run with progress in words": lambda c: _of_run(
        c, lambda file: file.write_text(file.read_text().replace("0.5", '"much"')), "progress.jsonl"
    ),
    "a run with figures in words": lambda c: _of_run(
        c, lambda file: changed(file, "test", "ndcg", value="good"), "metrics.json"
    ),
    "a fusion with an unknown setting": lambda c: _fusion(c, "bad", gate="new"),
    "a fusion that is half a file": lambda c: _spoilt_fusion(c, halve),
    "a fusion that is a pipe": lambda c: _spoilt_fusion(c, make_pipe),
    "a fusion of itself": lambda c: _nested(c, ["bad"]),
    "fusions in a circle": lambda c: _nested(c, ["bad", "worse", "worst"]),
    "fusions nested deeply": lambda c: _nested(c, [f"deep{place:04}" for place in range(200)]),
    "a fusion of 10,000 parts": lambda c: _fusion(c, "bad", **_parts(10_000)),
    "a fusion of no parts": lambda c: _fusion(c, "bad", **_parts(0)),
    "a fusion with a weight in words": lambda c: _fusion(c, "bad", weights=[["1"] * len(DEGREE_KNOTS)] * 2),
    "a fusion with a weight of 1e999": lambda c: _fusion(c, "bad", weights=[[float("inf")] * len(DEGREE_KNOTS)] * 2),
    "a fusion with a weight too few": lambda c: _fusion(c, "bad", logarithmic=[True]),
    "half a map": lambda c: _of_map(c, halve),
    "a map with flipped bits": lambda c: _of_map(c, lambda file: flip(file, 0.2)),
    "a map without its last bytes": lambda c: _of_map(c, lambda file: os.truncate(file, file.stat().st_size - 9)),
    "a map that is a pipe": lambda c: _of_map(c, make_pipe),
    "half a table of results": lambda c: halve(c.path / RESULTS_FILE) or RESULTS_FILE,
    "a table of results that is a pipe": lambda c: make_pipe(c.path / RESULTS_FILE) or RESULTS_FILE,
    "a result of a setting unknown": lambda c: _result(c, config='{"model": {}, "features": "clap", "new": 1}'),
    "a result in words": lambda c: _result(c, by_degree="much"),
    "a result of a model unknown": lambda c: _result(c, backbone="newer"),
}
"""Each makes one more bad thing in a furnished catalogue, and returns where the check names it; good ones stay."""


MANIFEST_BESIDE: dict[str, Callable[[Path], Any]] = {
    "digits": lambda file: file.write_text(f'{{"format": {DIGITS}}}'),
    "deep": lambda file: file.write_text(DEEP),
    "pipe": make_pipe,
    "huge": make_huge,
    "half": halve,
    "long": lambda file: changed(file, "files", f"features/{'x' * 300}.npy", value="0" * 64),
}
"""Manifests of other catalogues in the same folder."""


def _result(catalogue: Catalogue, **columns: Any) -> str:
    record_results(catalogue, [result_row(catalogue, SpaceName.run("newer")) | columns])
    return RESULTS_FILE
