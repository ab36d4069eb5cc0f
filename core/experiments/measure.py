"""Evaluate a ranker by name, or train and evaluate a run, and record the figures."""

from collections.abc import Callable, Sequence
from typing import Any

from core.catalogue import Catalogue
from core.evaluation.evaluate import Evaluation, evaluate, mean_evaluation
from core.experiments.results import record_results, result_row
from core.graph.protocols import EVALUATED_SPLITS, check_evaluable, evaluation_view
from core.pairs.store import load_pairs
from core.runs.record import EpochReport, Run, finish_run, library_versions, open_run, source_commit
from core.search.fusion import FusionWeights
from core.search.fusions import check_fusion_name, load_fusion, save_fusion
from core.search.spaces import ranker_in_views
from core.space_name import Kind, SpaceName

DRAWS = 5
"""Number of draws of the kept edges to average over."""


def evaluate_ranker(
    catalogue: Catalogue,
    ranker: str,
    protocol: str,
    split: str,
    hide_validation: bool = False,
    kept_edges: int | None = None,
) -> tuple[Evaluation, dict[str, Any]]:
    """Evaluate one ranker on one view and record the figures. Returns the evaluation and its row.

    With `kept_edges` each query's figures are the mean over DRAWS draws of the kept edges. Raises NearfieldError where
    there is nothing to find.
    """
    check_evaluable(catalogue, split)
    draws = DRAWS if kept_edges else 1
    views = [evaluation_view(catalogue, protocol, split, hide_validation, kept_edges, draw) for draw in range(draws)]
    opened = ranker_in_views(catalogue, ranker)
    evaluation = mean_evaluation([evaluate(opened(view), view) for view in views])
    provenance = _provenance(catalogue, SpaceName(ranker))
    hidden = " --hide-validation" if hide_validation else ""
    kept = "" if kept_edges is None else f" --keep-edges {kept_edges}"
    provenance["command"] = (
        f"python -m core evaluate CATALOGUE --ranker {ranker} --protocol {protocol} --split {split}{hidden}{kept}"
    )
    row = result_row(evaluation, catalogue, provenance) | {"ranker": str(ranker)}
    record_results(catalogue, [row])
    return evaluation, row


def fit_and_save_fusion(
    catalogue: Catalogue,
    name: str,
    parts: Sequence[str],
    on_progress: Callable[[str, float, float], None] = lambda stage, done, left: None,
) -> FusionWeights:
    """Fit a fusion of `parts` on validation artists and store it under `name`."""
    from core.experiments.fitting import fit_fusion

    check_fusion_name(name)
    weights = fit_fusion(catalogue, parts, on_progress)
    command = f"python -m core fuse CATALOGUE --name {name} --parts {','.join(parts)}"
    provenance = {"command": command, "commit": source_commit(), "versions": library_versions()}
    save_fusion(catalogue, name, weights, provenance)
    return weights


def train_and_evaluate(
    catalogue: Catalogue,
    run: Run,
    on_epoch: Callable[[EpochReport, int], None] = lambda report, epochs: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any] | None:
    """Train a run to its end, evaluate it on validation and test under its protocol, and record both rows.

    Returns the metrics by split, or None if `should_stop` ended the run early. A split without hidden edges is left
    out.
    """
    from core.training.checkpoints import train_run

    if not train_run(catalogue, run, on_epoch, should_stop):
        return None
    metrics = {}
    for split in EVALUATED_SPLITS:
        protocol = run.config.protocol
        if len(evaluation_view(catalogue, protocol, split).queries):
            metrics[split] = evaluate_ranker(catalogue, SpaceName.run(run.run_id), protocol, split)[1]
    finish_run(run, metrics)
    return metrics


def _provenance(catalogue: Catalogue, ranker: SpaceName) -> dict[str, Any]:
    settings: dict[str, Any] = {"features": None, "backbone": None, "layers": None, "seed": None, "config": {}}
    commit, versions = source_commit(), library_versions()
    if ranker.is_run:
        run = open_run(catalogue, ranker.id)
        config, details = run.config, run.checkpoint_details()
        settings |= {
            "features": config.features,
            "backbone": config.model.backbone,
            "layers": config.model.layers,
            "seed": config.seed,
            "config": config.as_dict(),
            "trained_seconds": details["seconds"],
            "chosen_epoch": details["chosen_epoch"],
            "train_command": details["command"],
            "device": details["device"],
        }
        commit, versions = details["commit"], details["versions"]
    elif ranker.is_fusion:
        details = load_fusion(catalogue, ranker.id)[1]
        settings |= {"config": details["weights"], "train_command": details["command"]}
        commit, versions = details["commit"], details["versions"]
    elif ranker.is_pairs:
        stored = load_pairs(catalogue, ranker.id)
        settings |= {
            "seed": stored.config.seed,
            "config": stored.config.as_dict(),
            "trained_seconds": stored.details["seconds"],
            "train_command": stored.details["command"],
        }
        commit, versions = stored.details["commit"], stored.details["versions"]
    elif ranker.kind is Kind.COSINE:
        settings["features"] = ranker.id
    return settings | {"commit": commit, "versions": versions}
