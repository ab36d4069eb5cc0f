"""The recommended ranker: the pair ranker joined with a content model by known edges.

The pair ranker is best where an artist has known edges, the content model where it has none. A fusion weighs the two by
the edges of both artists. Without content, or without validation artists to fit it on, it is the pair ranker alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.catalogue import Catalogue
from core.errors import StoppedError
from core.experiments.measure import fit_and_save_fusion, train_and_evaluate
from core.features.audio_sets import ACOUSTICBRAINZ, CLAP, audio_set_of
from core.graph.protocols import evaluation_view
from core.jobs.progress import share
from core.pairs.config import PairConfig
from core.runs.claims import new_claimed_run
from core.runs.config import TrainingConfig
from core.runs.presets import PRESETS
from core.space_name import SpaceName

NEWCOMERS = "Newcomers (SIGN on content)"
_TAGS = "moods_themes"

Progress = Callable[[str, float], None]
"""Receives what is done now and the share of it that is done; whatever it raises stops the work."""


def content_config(catalogue: Catalogue, seed: int) -> TrainingConfig | None:
    """The settings of the content model for this catalogue; None where it has no feature set."""
    sets = content_sets(catalogue.feature_names)
    return replace(PRESETS[NEWCOMERS], features="+".join(sets), seed=seed) if sets else None


def content_sets(names: Sequence[str]) -> list[str]:
    """Those of the feature sets that the content model learns from.

    A set of one track says nothing that the set of all tracks lacks. Beside CLAP and tags, descriptors cost the bundled
    catalogue's validation artists 0.04.
    """
    whole = [name for name in names if audio_set_of(name) == name or audio_set_of(name) not in names]
    return [name for name in whole if name != ACOUSTICBRAINZ or not {CLAP, _TAGS} <= set(whole)]


def train_recommended(
    catalogue: Catalogue,
    name: str,
    config: PairConfig,
    content: TrainingConfig | None,
    on_progress: Progress = lambda stage, done: None,
) -> SpaceName:
    """Train the parts and join them as pairs:`name` and fusion:`name`. Returns the name of what is recommended.

    `content` are the settings of the content model, None for none. Raises NearfieldError as `train_pairs` does.
    """
    from core.experiments.pairs import train_pairs  # loads torch, which settings do without

    train_pairs(catalogue, name, config, lambda done, steps, _: on_progress("pair ranker", share(done, steps)))
    pairs = SpaceName.pairs(name)
    if content is None or not len(evaluation_view(catalogue, "standard", "val").queries):
        return pairs
    with new_claimed_run(catalogue, content) as (run, work):

        def on_epoch(epoch: int, epochs: int) -> None:
            work.report("epochs", share(epoch, epochs))
            on_progress("content model", share(epoch, epochs))

        metrics = train_and_evaluate(
            catalogue, run, lambda report, epochs: on_epoch(report.epoch, epochs), work.is_cancelled
        )
        if metrics is None:
            work.end_as("cancelled")
            raise StoppedError
    parts = [pairs, SpaceName.run(run.run_id)]
    fit_and_save_fusion(catalogue, name, parts, lambda stage, done, left: on_progress(f"fusion, {stage}", done))
    return SpaceName.fusion(name)
