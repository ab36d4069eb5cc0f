"""`python -m core demo`: the bundled catalogue and its CLAP, made again from nothing but seeds."""

import time
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
import typer

from core.catalogue import open_catalogue
from core.catalogue.writing import check_destination
from core.cli.options import AsJson, one_of
from core.cli.output import catalogue_summary, key_value_table, say, show, stage_lines
from core.kept_arrays import cache_folder
from core.runs.config import DEVICES
from core.storage import sweep, writing

BUNDLED_CLAP = Path(__file__).resolve().parents[2] / "assets" / "clap-small"
LESSON_SEED = 7
_ARTISTS = {"build": 1500, "clap": 2000, "score": 500}


def demo(
    action: Annotated[Literal["build", "clap", "score"], typer.Argument(metavar="ACTION", help="build, clap or score")],
    folder: Annotated[
        Path, typer.Argument(parser=Path, metavar="FOLDER", help="new folder to write; score: the catalogue")
    ],
    seed: Annotated[int | None, typer.Option(help="another world, or another model, than the bundled one")] = None,
    clap: Annotated[
        Path, typer.Option(parser=Path, metavar="FOLDER", help="default the bundled one", show_default=False)
    ] = BUNDLED_CLAP,
    artists: Annotated[int | None, typer.Option(help="how many; score: how many to play (default: as bundled)")] = None,
    tracks: Annotated[int, typer.Option(help="clap: of each artist")] = 4,
    steps: Annotated[int, typer.Option(help="clap: of the optimiser")] = 900,
    device: Annotated[str, typer.Option(help="clap", **one_of(DEVICES))] = "auto",
    workers: Annotated[int, typer.Option(help="processes that render and extract")] = 1,
    as_json: AsJson = False,
) -> int:
    """Make the bundled catalogue or its CLAP again, or measure what clips find."""
    count = artists or _ARTISTS[action]
    if action == "build":
        return _build(folder, clap, seed, count, workers, as_json)
    if action == "clap":
        return _train_clap(folder, seed or 0, count, tracks, steps, device, workers, as_json)
    return _score(folder, clap, count, workers, as_json)


def _build(dest: Path, clap: Path, seed: int | None, artists: int, workers: int, as_json: bool) -> int:
    """Render the tracks, extract their features and write the catalogue."""
    from core.demo.build import build_demo
    from core.demo.world import DEFAULT_SEED

    check_destination(dest)
    world = DEFAULT_SEED if seed is None else seed
    catalogue = build_demo(dest, clap, _cache(), stage_lines(), world, artists, workers)
    summary = catalogue_summary(catalogue)
    show(as_json, summary, key_value_table(summary))
    return 0


def _train_clap(
    dest: Path, seed: int, artists: int, tracks: int, steps: int, device_name: str, workers: int, as_json: bool
) -> int:
    """Train the small CLAP on rendered tracks of another world and write it to a folder."""
    from core.audio.encoders.clap.small import save_clap
    from core.demo.clap_training import ClapTraining, model_card, train_clap
    from core.demo.training_set import WORLD, prepare_training_set
    from core.demo.world import latent_world
    from core.training.device import choose_device, describe_device

    check_destination(dest)
    device = choose_device(device_name)
    progress = stage_lines()
    training_set = prepare_training_set(
        _cache(),
        LESSON_SEED,
        artists,
        tracks,
        workers,
        lambda done, of: progress("rendering lessons", done / of),
    )
    config = ClapTraining(seed=seed, steps=steps)
    say(f"Training on {describe_device(device)}.")
    started, last = time.monotonic(), {}

    def report(step: int, figures: dict[str, float]) -> None:
        last.update(figures)
        if step % 20 == 0:
            numbers = ", ".join(f"{name} {value:.3f}" for name, value in last.items())
            left = (time.monotonic() - started) / step * (config.steps - step)
            say(f"step {step} of {config.steps}, {left / 60:.0f} min left: {numbers}")

    scenes = latent_world(LESSON_SEED, WORLD).scene[:artists]
    model, tokenizer = train_clap(training_set, scenes, config, device, report)
    facts = {"world": LESSON_SEED, "artists": artists, "tracks": tracks, "steps": config.steps}
    save_clap(dest, model, tokenizer, model_card(config, training_set, last), facts | {"seed": config.seed} | last)
    show(as_json, facts | last, key_value_table(facts | {name: f"{value:.3f}" for name, value in last.items()}))
    return 0


def _score(folder: Path, clap: Path, artists: int, workers: int, as_json: bool) -> int:
    """Measure features and clip search on unseen tracks; the routes' figures go into the results table."""
    from core.audio.encoders.clap.huggingface import HuggingFaceClap
    from core.demo.scoring import scene_accuracy, text_recall, unseen_captions, unseen_tracks
    from core.experiments.clips import VIEWS, artist_recall, evaluate_clips, record_clips

    catalogue = open_catalogue(folder)
    unseen = unseen_tracks(catalogue, clap, _cache(), stage_lines(), artists, workers)
    recall = artist_recall(catalogue, unseen.artists, unseen.clips)
    scene = scene_accuracy(catalogue, unseen)
    text = text_recall(unseen, HuggingFaceClap(clap).embed_text(unseen_captions(unseen)))
    tested = catalogue.split[unseen.artists] == 2
    clips = {name: np.ascontiguousarray(vectors[tested]) for name, vectors in unseen.clips.items()}
    found = {view: evaluate_clips(catalogue, unseen.artists[tested], clips, view) for view in VIEWS}
    for evaluation in found.values():
        record_clips(catalogue, evaluation, f"python -m core demo score data/{catalogue.name}")
    routes = {view: evaluation.table() for view, evaluation in found.items()}
    tables = {"artist recall": recall, "scene accuracy": scene, "text to track": text} | {
        f"{view} NDCG": table for view, table in routes.items()
    }
    tables |= {f"{view} differences": evaluation.differences() for view, evaluation in found.items()}
    for name, table in tables.items():
        say(f"\n{name}\n{table.round(4).to_string(index=False)}")
    content = {name: table.to_dict("records") for name, table in tables.items()}
    show(as_json, content, pd.DataFrame({"figures": list(tables)}))
    return 0


def _cache() -> Path:
    folder = cache_folder() / "demo"
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    return folder
