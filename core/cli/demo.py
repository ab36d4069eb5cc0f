"""`python -m core demo`: the bundled catalogue and its CLAP, made again from nothing but seeds."""

import time
from argparse import Namespace
from pathlib import Path

import numpy as np
import pandas as pd

from core.audio.clap.checkpoints import cache_folder
from core.catalogue import open_catalogue
from core.catalogue.writing import check_destination
from core.cli.commands import catalogue_summary, key_value_table, stage_lines
from core.cli.output import say, show
from core.demo.world import DEFAULT_SEED, latent_world
from core.training.device import choose_device, describe_device

BUNDLED_CLAP = Path(__file__).resolve().parents[2] / "assets" / "clap-small"
LESSON_SEED = 7


def build(options: Namespace) -> int:
    """Render the tracks, extract their features and write the catalogue."""
    from core.demo.build import build_demo

    check_destination(options.dest)
    seed = DEFAULT_SEED if options.seed is None else options.seed
    catalogue = build_demo(options.dest, options.clap, _cache(), stage_lines(), seed, options.artists, options.workers)
    show(options, catalogue_summary(catalogue), key_value_table(catalogue_summary(catalogue)))
    return 0


def clap(options: Namespace) -> int:
    """Train the small CLAP on rendered tracks of another world and write it to a folder."""
    from core.audio.clap.small import save_clap
    from core.demo.clap_training import ClapTraining, model_card, train_clap
    from core.demo.lessons import WORLD, prepare_lessons

    check_destination(options.dest)
    device = choose_device(options.device)
    progress = stage_lines()
    lessons = prepare_lessons(
        _cache(),
        LESSON_SEED,
        options.artists,
        options.tracks,
        options.workers,
        lambda done, of: progress("rendering lessons", done / of),
    )
    config = ClapTraining(seed=options.seed or 0, steps=options.steps)
    say(f"Training on {describe_device(device)}.")
    started, last = time.monotonic(), {}

    def report(step: int, figures: dict[str, float]) -> None:
        last.update(figures)
        if step % 20 == 0:
            numbers = ", ".join(f"{name} {value:.3f}" for name, value in last.items())
            left = (time.monotonic() - started) / step * (config.steps - step)
            say(f"step {step} of {config.steps}, {left / 60:.0f} min left: {numbers}")

    scenes = latent_world(LESSON_SEED, WORLD).scene[: options.artists]
    model, tokenizer = train_clap(lessons, scenes, config, device, report)
    facts = {"world": LESSON_SEED, "artists": options.artists, "tracks": options.tracks, "steps": config.steps}
    save_clap(options.dest, model, tokenizer, model_card(config, lessons, last), facts | {"seed": config.seed} | last)
    show(options, facts | last, key_value_table(facts | {name: f"{value:.3f}" for name, value in last.items()}))
    return 0


def score(options: Namespace) -> int:
    """Measure features and clip search on unseen tracks; the routes' figures go into the results table."""
    from core.audio.clap.huggingface import HuggingFaceClap
    from core.demo.scoring import scene_accuracy, text_recall, unseen_captions, unseen_tracks
    from core.experiments.clips import VIEWS, artist_recall, evaluate_clips, record_clips

    catalogue = open_catalogue(options.catalogue)
    heard = unseen_tracks(catalogue, options.clap, _cache(), stage_lines(), options.artists, options.workers)
    recall = artist_recall(catalogue, heard.artists, heard.clips)
    scene = scene_accuracy(catalogue, heard)
    text = text_recall(heard, HuggingFaceClap(options.clap).embed_text(unseen_captions(heard)))
    tested = catalogue.split[heard.artists] == 2
    clips = {name: np.ascontiguousarray(vectors[tested]) for name, vectors in heard.clips.items()}
    found = {view: evaluate_clips(catalogue, heard.artists[tested], clips, view) for view in VIEWS}
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
    show(options, content, pd.DataFrame({"figures": list(tables)}))
    return 0


def _cache() -> Path:
    folder = cache_folder() / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
