"""The steps that rank and learn: yardsticks, models, the pair ranker, and the fusions of them."""

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from core.catalogue import Catalogue
from core.errors import NearfieldError, StoppedError
from core.experiments.grid import plan_grid
from core.experiments.measure import evaluate_ranker, fit_and_save_fusion, train_and_evaluate
from core.experiments.recommended import content_sets
from core.experiments.results import read_results
from core.features import split_feature_names
from core.features.audio_sets import AUDIO_SETS
from core.features.sets import LEARNED
from core.graph.protocols import EVALUATED_SPLITS, evaluation_view, training_view
from core.jobs.progress import share
from core.jobs.working import Work
from core.pairs.store import features_of_pairs, load_pairs
from core.prepare import recipe
from core.prepare.pieces import Found, Make, Outlook, Piece, Report
from core.prepare.recipe import CONTENT_MODEL
from core.runs.claims import claimed, new_claimed_run
from core.runs.config import TrainingConfig
from core.runs.record import EpochReport, Run
from core.search.fusion import adds_to_chances
from core.search.fusions import FUSIONS_FOLDER, load_fusion, scan_fusions
from core.space_name import Kind, SpaceName
from core.text import counted

_GRAPH_FREE = ("random",)


def find_yardsticks(outlook: Outlook) -> Found:
    """Figures of rankers without training, on every split with edges to find."""
    if why := _why_no_edges(outlook):
        return Found(why=why)
    rankers = [*map(SpaceName, recipe.YARDSTICKS), *map(SpaceName.cosine, outlook.sets)]
    rows = read_results(outlook.catalogue)
    known = set(zip(rows["ranker"], rows["protocol"], rows["split"], strict=True)) if len(rows) else set()
    seconds = recipe.COSTS["yardstick"].of(len(outlook.catalogue))
    todo, there = [], 0
    for ranker in rankers:
        sets = split_feature_names(ranker.id) if ranker.kind is Kind.COSINE else ()
        for protocol in ("standard", "cold") if sets or ranker in _GRAPH_FREE else ("standard",):
            for split in _splits(outlook):
                if (ranker, protocol, split) in known and not outlook.differs(sets):
                    there += 1
                else:
                    todo.append(
                        Piece(f"{ranker}, {protocol}, {split}", seconds, _scored(outlook, ranker, protocol, split))
                    )
    return Found(tuple(todo), there, "" if todo or there else "No two validation or test artists share a known edge.")


def find_models(outlook: Outlook) -> Found:
    """The trained models."""
    if why := _why_not_trained(outlook):
        return Found(why=why)
    todo, there = [], 0
    for part in recipe.MODELS:
        config = _config(part, outlook.sets)
        if config is None:
            continue
        if _finished(outlook, config) is not None:
            there += 1
        else:
            todo.append(Piece(_title(config), recipe.COSTS[part].of(len(outlook.catalogue)), _trained(outlook, config)))
    return Found(tuple(todo), there)


def find_pairs(outlook: Outlook) -> Found:
    """The pair ranker, with its figures."""
    if why := _why_not_trained(outlook):
        return Found(why=why)
    todo, there = [], 0
    for name, config in recipe.PAIRS.items():
        ranker = SpaceName.pairs(name)
        if not _has_pairs(outlook, name):
            seconds = recipe.COSTS["pairs"].of(len(outlook.catalogue))
            todo.append(Piece(ranker, seconds, _train_pairs(outlook, name)))
        elif missing := _unscored(outlook, ranker, config.as_dict()):
            todo += missing
        else:
            there += 1
    return Found(tuple(todo), there)


def find_recommended(outlook: Outlook) -> Found:
    """The recommended fusions, with their figures."""
    return _find_fusions(outlook, recipe.FUSIONS, are_scored=True)


def find_clip_routes(outlook: Outlook) -> Found:
    """The fusions that answer clips."""
    if set(outlook.sets).isdisjoint(AUDIO_SETS):
        return Found(why="Clips are compared by their sound, and the catalogue has no vectors of sound.")
    return _find_fusions(outlook, recipe.CLIP_FUSIONS, are_scored=False)


def content_model(outlook: Outlook) -> SpaceName | None:
    """The finished content model of the recipe, if there is one and it stays."""
    return _part(outlook, CONTENT_MODEL)


def trains_content(outlook: Outlook) -> bool:
    """Whether a content model is to be trained."""
    return not _why_not_trained(outlook) and _will_be(outlook, CONTENT_MODEL)


def _find_fusions(outlook: Outlook, fusions: Mapping[str, Sequence[str]], are_scored: bool) -> Found:
    if why := _why_not_trained(outlook) or _why_not_fitted(outlook):
        return Found(why=why)
    todo, there = [], 0
    for name, parts in fusions.items():
        there_will_be = [part for part in parts if _will_be(outlook, part)]
        if len(there_will_be) < 2:
            continue
        ranker = SpaceName.fusion(name)
        if not _has_fusion(outlook, name, there_will_be):
            seconds = recipe.COSTS["fusion"].of(len(outlook.catalogue)) * len(there_will_be) / 2
            todo.append(Piece(ranker, seconds, _fit(outlook, name, there_will_be, are_scored)))
        elif are_scored and (missing := _unscored(outlook, ranker, load_fusion(outlook.catalogue, name)[0].as_dict())):
            todo += missing
        else:
            there += 1
    why = "" if todo or there else "A fusion needs two rankers, and the catalogue has one only."
    return Found(tuple(todo), there, why)


def _why_no_edges(outlook: Outlook) -> str:
    """Why nothing can be learned or scored, and what would be gained; "" where there are edges."""
    if outlook.has_edges:
        return ""
    catalogue = outlook.catalogue
    identified = int(catalogue.artists["mbid"].fillna("").ne("").sum())
    return (
        f"{catalogue.name} has no edges that models learn from. With edges there would also be the graph walk, trained "
        "models, the recommended ranker and figures of how good each is; until then similar artists and answers to "
        "clips come from sound and tags alone. Services such as ListenBrainz have edges for artists with a MusicBrainz "
        f"id: {identified:,} of {counted(len(catalogue), 'artist')} here."
    )


def _why_not_trained(outlook: Outlook) -> str:
    """Why no model is worth training; "" where one is."""
    if why := _why_no_edges(outlook):
        return why
    if outlook.new_edges:
        return ""
    count = len(np.unique(training_view(outlook.catalogue, "standard").edges))
    if count < recipe.FEWEST_TO_TRAIN:
        return (
            f"Only {counted(count, 'train artist')} share known edges: a model would know them by heart and say "
            f"nothing of others. It is worth it from about {recipe.FEWEST_TO_TRAIN} on. The feature sets and the graph "
            "walk answer without training."
        )
    return ""


def _why_not_fitted(outlook: Outlook) -> str:
    """Why no fusion is worth fitting; "" where one is."""
    count = len(evaluation_view(outlook.catalogue, "standard", "val").queries)
    if outlook.new_edges or count >= recipe.FEWEST_TO_FIT:
        return ""
    return (
        f"Only {counted(count, 'validation artist')} with edges to another: too few to fit weights on. It is worth it "
        f"from about {recipe.FEWEST_TO_FIT} on."
    )


def _splits(outlook: Outlook) -> Iterator[str]:
    """The splits with edges to find."""
    for split in EVALUATED_SPLITS:
        if outlook.new_edges or len(evaluation_view(outlook.catalogue, "standard", split).queries):
            yield split


def _config(part: str, sets: Sequence[str]) -> TrainingConfig | None:
    """The settings of a model of the recipe; None for a content model without content."""
    preset = recipe.MODELS[part]
    if preset.features == LEARNED:
        return preset
    chosen = content_sets(sets)
    return replace(preset, features="+".join(chosen)) if chosen else None


def _title(config: TrainingConfig) -> str:
    return f"{config.model.title} on {config.features}"


def _finished(outlook: Outlook, config: TrainingConfig) -> Run | None:
    """The finished run with these settings, if what it is made from stays."""
    sets = [name for name in split_feature_names(config.features) if name != LEARNED]
    if outlook.differs(sets) or not set(sets) <= set(outlook.catalogue.feature_names):
        return None
    return next(iter(plan_grid(outlook.catalogue, [config]).finished), None)


def _part(outlook: Outlook, part: str) -> SpaceName | None:
    """The ranker that a part of the recipe stands for; None where there is none yet."""
    if part in recipe.MODELS:
        config = _config(part, outlook.sets)
        run = None if config is None else _finished(outlook, config)
        return None if run is None else SpaceName.run(run.run_id)
    name = SpaceName(part)
    if name.is_pairs:
        return name if _has_pairs(outlook, name.id) else None
    return name if _will_be(outlook, part) else None


def _will_be(outlook: Outlook, part: str) -> bool:
    """Whether there will be such a ranker, where models are trained."""
    if part in recipe.MODELS:
        return _config(part, outlook.sets) is not None
    name = SpaceName(part)
    return name.id in outlook.sets if name.kind is Kind.COSINE else True


def _has_pairs(outlook: Outlook, name: str) -> bool:
    try:
        stored = load_pairs(outlook.catalogue, name)
    except NearfieldError:
        return False
    read = features_of_pairs(stored)
    more = [one for one in outlook.catalogue.feature_names if one not in read and _tells(outlook.catalogue, one)]
    return stored.config == recipe.PAIRS[name] and not more and not outlook.differs(outlook.sets)


def _tells(catalogue: Catalogue, name: str) -> bool:
    """Whether a train artist has this set, so that something can be learned from it."""
    return not np.isnan(catalogue.feature_array(name)[catalogue.in_split("train"), 0]).all()


def _has_fusion(outlook: Outlook, name: str, parts: Sequence[str]) -> bool:
    if outlook.differs(outlook.sets):
        return False
    stored = scan_fusions(outlook.catalogue)[0].get(name)
    if stored is None or list(stored[0].parts) != [_part(outlook, part) for part in parts]:
        return False
    return stored[0].calibrated == adds_to_chances(stored[0].parts)


def _unscored(outlook: Outlook, ranker: SpaceName, config: Mapping[str, Any]) -> list[Piece]:
    """The figures of a trained ranker with these settings that are missing."""
    rows = read_results(outlook.catalogue)
    rows = rows[rows["ranker"] == ranker]
    known = {row["split"] for row in rows.to_dict("records") if _is_of(row, config)}
    seconds = recipe.COSTS["yardstick"].of(len(outlook.catalogue))
    return [
        Piece(f"{ranker}, standard, {split}", seconds, _scored(outlook, ranker, "standard", split))
        for split in _splits(outlook)
        if split not in known
    ]


def _is_of(row: Mapping[Hashable, Any], config: Mapping[str, Any]) -> bool:
    """Whether a row of the results was measured on a ranker with these settings."""
    is_standard = row["protocol"] == "standard" and pd.isna(row["kept_edges"]) and not row["hide_validation"]
    return is_standard and json.loads(str(row["config"])) == json.loads(json.dumps(config))


def _scored(outlook: Outlook, ranker: SpaceName, protocol: str, split: str) -> Make:
    def make(report: Report) -> list[str]:
        evaluate_ranker(outlook.catalogue, ranker, protocol, split)
        return []

    return make


def _trained(outlook: Outlook, config: TrainingConfig) -> Make:
    def make(report: Report) -> list[str]:
        stopped = plan_grid(outlook.catalogue, [config]).stopped
        working = claimed(stopped[0]) if stopped else None
        if working is not None:
            with working as work:
                _work_on(outlook.catalogue, stopped[0], work, report)
        else:
            with new_claimed_run(outlook.catalogue, config) as (run, work):
                _work_on(outlook.catalogue, run, work, report)
        return []

    return make


def _work_on(catalogue: Catalogue, run: Run, work: Work, report: Report) -> None:
    def on_epoch(epoch: EpochReport, epochs: int) -> None:
        work.report("epochs", share(epoch.epoch, epochs))
        report(share(epoch.epoch, epochs))

    try:
        if train_and_evaluate(catalogue, run, on_epoch, work.is_cancelled) is None:
            raise StoppedError
    except StoppedError:
        raise
    except NearfieldError as fault:
        run.set_status("failed", message=str(fault))
        raise


def _train_pairs(outlook: Outlook, name: str) -> Make:
    def make(report: Report) -> list[str]:
        from core.experiments.pairs import train_pairs  # loads torch, which a plan does without

        catalogue, ranker = outlook.catalogue, SpaceName.pairs(name)
        _drop_fusions_of(catalogue, ranker)
        train_pairs(catalogue, name, recipe.PAIRS[name], lambda done, steps, _: report(share(done, steps)))
        for split in _splits(outlook):
            evaluate_ranker(catalogue, ranker, "standard", split)
        return []

    return make


def _drop_fusions_of(catalogue: Catalogue, part: SpaceName) -> None:
    """Remove the fusions that were fitted on a part that is about to be replaced."""
    for name, (weights, _) in scan_fusions(catalogue)[0].items():
        if part in weights.parts:
            (catalogue.path / FUSIONS_FOLDER / f"{name}.json").unlink(missing_ok=True)


def _fit(outlook: Outlook, name: str, parts: Sequence[str], is_scored: bool) -> Make:
    def make(report: Report) -> list[str]:
        ready = [ranker for part in parts if (ranker := _part(outlook, part)) is not None]
        if len(ready) < 2:
            raise NearfieldError("A fusion needs two rankers, and they could not be made.")

        def on_progress(stage: str, done: float, left: float) -> None:
            report(done / 2 if stage == "views" else 0.5 + done / 2)

        fit_and_save_fusion(outlook.catalogue, name, ready, on_progress)
        for split in _splits(outlook) if is_scored else ():
            evaluate_ranker(outlook.catalogue, SpaceName.fusion(name), "standard", split)
        return []

    return make
