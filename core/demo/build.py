"""Building the bundled catalogue: the tables of the synthetic world, recipes of tracks, and features of their sound."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from core.arrays import FloatArray, IntArray
from core.audio.encoders.acousticbrainz_descriptors import Descriptors
from core.catalogue import (
    Catalogue,
    FeatureInfo,
    Manifest,
    Pipeline,
    Relation,
    Splits,
    open_catalogue,
    write_catalogue,
)
from core.catalogue.relations import SIMILAR
from core.demo.recipes import TRACKS, demo_recipes
from core.demo.world import DEFAULT_ARTISTS, DEFAULT_SEED, generate
from core.features.pipelines import pipeline
from core.jobs.pools import worker_pool
from core.storage import atomic_path, sha256_arrays, sha256_file, write_array
from core.synthesis.recipes import Recipe, track_title
from core.synthesis.render import VERSION, render
from core.synthesis.tones import RATE

BLOCK = 60
LICENCE = "CC0-1.0"

RELATION = Relation(
    SIMILAR,
    "listed as similar",
    "Invented by Nearfield's own generator.",
    LICENCE,
    algorithm="Degree-corrected kernel over invented positions of the artists, with triadic closure.",
)

Report = Callable[[str, float], None]


def build_demo(
    dest: Path,
    clap: Path,
    cache: Path,
    report: Report,
    seed: int = DEFAULT_SEED,
    n_artists: int = DEFAULT_ARTISTS,
    workers: int = 1,
) -> Catalogue:
    """Build the catalogue in the new folder `dest`, with the CLAP in folder `clap`.

    Extracted vectors are kept in `cache`, so that an interrupted build can be resumed.
    """
    world = generate(seed, n_artists)
    made = demo_recipes(world, seed, range(TRACKS))
    recipes = [recipe for _, recipe in made]
    artist = np.array([row for row, _ in made])
    described = extract("acousticbrainz", recipes, cache, workers, report)
    embedded = extract("clap", recipes, cache, workers, report, clap)

    info = feature_infos(clap)
    features = dict(world.features)
    for name, vectors in (("clap", embedded), ("acousticbrainz", described)):
        first = artist_vectors(vectors[::TRACKS], artist[::TRACKS], n_artists)
        features[name] = (artist_vectors(vectors, artist, n_artists), info[name])
        features[f"{name}_one_track"] = (first, info[f"{name}_one_track"])
    tracks = pd.DataFrame(
        {
            "artist": artist,
            "track_id": [f"{world.artists['artist_id'][row]}-{recipe.track + 1}" for row, recipe in made],
            "title": [track_title(recipe) for recipe in recipes],
            "recording_mbid": None,
            "kind": "synthetic",
            "recipe": [recipe.as_text() for recipe in recipes],
        }
    )
    manifest = _manifest(seed, n_artists)
    write_catalogue(dest, manifest, world.artists, world.edges, features, tracks, {"clap": embedded})
    return open_catalogue(dest)


def artist_vectors(vectors: FloatArray, artist: IntArray, n_artists: int) -> FloatArray:
    """Mean over the tracks (t, d) of each artist: (n, d), NaN for artists without tracks."""
    total = np.zeros((n_artists, vectors.shape[1]), np.float64)
    np.add.at(total, artist, vectors)
    count = np.bincount(artist, minlength=n_artists)[:, None]
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0).astype(np.float32)


def extract(
    name: str, recipes: Sequence[Recipe], cache: Path, workers: int, report: Report, clap: Path | None = None
) -> FloatArray:
    """Vectors (t, d) of set `name`, clap or acousticbrainz, of rendered tracks.

    Blocks that are in `cache` already are taken from there.
    """
    blocks = [list(recipes[start : start + BLOCK]) for start in range(0, len(recipes), BLOCK)]
    extractor = f"{name}-{VERSION}-{clap_hash(clap)[:12] if clap else ''}"
    files = [cache / f"{extractor}-{_digest(block)}.npy" for block in blocks]
    missing = [(file, block) for file, block in zip(files, blocks, strict=True) if not file.exists()]
    done = len(files) - len(missing)
    report(f"{name} of rendered tracks", done / len(files))
    with worker_pool(workers) as pool:
        jobs = [pool.submit(_extract_block, name, file, block, clap) for file, block in missing]
        for job in jobs:
            job.result()
            done += 1
            report(f"{name} of rendered tracks", done / len(files))
    return np.concatenate([np.load(file, allow_pickle=False) for file in files])


def clap_hash(folder: Path) -> str:
    """The hash that identifies the encoder in `folder`."""
    from core.audio.encoders.clap.network import WEIGHTS

    return sha256_file(folder / WEIGHTS)


def feature_infos(clap: Path) -> dict[str, FeatureInfo]:
    """Descriptions of the sets that are extracted from sound."""
    from core.audio.encoders.acousticbrainz import DESCRIPTOR_NAMES, EXTRACTOR, DescriptorExtractor

    titles = {"clap": "Character (CLAP)", "acousticbrainz": "Traits (AcousticBrainz)"}
    made = {}
    for name, title in titles.items():
        for suffix, which in (("", f"mean of {TRACKS} tracks"), ("_one_track", "one track")):
            is_clap = name == "clap"
            made[name + suffix] = FeatureInfo(
                name=name + suffix,
                title=title if not suffix else f"{title}, one track",
                columns=None if is_clap else list(DESCRIPTOR_NAMES),
                extractor="Nearfield's small CLAP" if is_clap else EXTRACTOR,
                version=VERSION if is_clap else DescriptorExtractor().version,
                checkpoint_hash=clap_hash(clap) if is_clap else None,
                notes=f"Extracted from ten seconds of rendered sound per track: {which} of the artist.",
                licence=LICENCE,
                pipeline=_pipeline(name, clap, which),
            )
    return made


def _pipeline(name: str, clap: Path, tracks: str) -> Pipeline:
    from core.audio.encoders.clap.huggingface import HuggingFaceClap
    from core.audio.encoders.clap.listening import ClapListener

    if name == "acousticbrainz":
        return pipeline(Descriptors().making(name), tracks)
    return pipeline(ClapListener(HuggingFaceClap(clap, title="Nearfield's small CLAP")).making(name), tracks)


def _extract_block(name: str, file: Path, recipes: list[Recipe], clap: Path | None) -> None:
    import torch

    torch.set_num_threads(1)
    if clap:
        from core.audio.encoders.clap.huggingface import HuggingFaceClap

        encoder = HuggingFaceClap(clap)
        vectors = [encoder.embed_audio(render(recipe), RATE).mean for recipe in recipes]
    else:
        from core.audio.encoders.acousticbrainz import DescriptorExtractor

        describe = DescriptorExtractor()
        vectors = [describe(render(recipe), RATE) for recipe in recipes]
    with atomic_path(file) as temporary:
        write_array(temporary, np.stack(vectors).astype(np.float32))


def _digest(recipes: list[Recipe]) -> str:
    text = "\n".join(recipe.as_text() for recipe in recipes)
    return sha256_arrays(np.frombuffer(text.encode(), np.uint8))[:24]


def _manifest(seed: int, n_artists: int) -> Manifest:
    made_by = f"Nearfield's own generator and synthesiser, seed {seed}, {n_artists} artists"
    return Manifest(
        name="nearfield-demo",
        title="Nearfield demo (synthetic)",
        kind="synthetic",
        source=f"Made by {made_by}.",
        licence=LICENCE,
        citation=f"None needed. Everything in it was invented by {made_by}.",
        created_by="core.demo.build",
        notes=[
            "Every artist, name, tag, track and edge is invented; likeness to a real act is coincidence.",
            "Tracks are rendered by a synthesiser; CLAP and AcousticBrainz vectors are extracted from that sound.",
            "Scores on this catalogue say nothing about real music.",
        ],
        relations=[RELATION],
        splits=Splits("made", f"At random by seed {seed}: 80% train, 10% validation, 10% test."),
    )
