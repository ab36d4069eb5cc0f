"""Texts of the Train page."""

from collections.abc import Sequence

from core.runs.config import ModelConfig, ObjectiveConfig, TrainingConfig
from core.runs.overview import RunOverview
from core.text import counted, duration
from core.titles import features_title, layers_title
from pages.shell.text import plain

TITLE = "Train"
ABOUT = "A run works in a process of its own: you can close this page, and others can go on exploring meanwhile."

RECOMMENDED_TITLE = "The recommended ranker"
RECOMMENDED_ABOUT = (
    "It joins a pair ranker, which is strong where artists have known edges, with a content model, which is strong "
    "where they have none. There is nothing to set. It takes minutes: one or two for a thousand artists, five to ten "
    "for 17,000."
)
RECOMMENDED_START, RECOMMENDED_AGAIN = "Train it", "Train it again"
RECOMMENDED_EXPLORE = "Explore with it"
SAME_BY_COMMAND = "The same by a command"
RECOMMENDED_STAGES = {
    "": "Loading the catalogue and PyTorch",
    "pair ranker": "1 of 4: the pair ranker learns",
    "content model": "2 of 4: the content model learns",
    "fusion, views": "3 of 4: both rank the validation artists",
    "fusion, weights": "4 of 4: both are weighed against each other",
}

NEW_RUN_TITLE = "A new run"
START = "Start training"
TO_CATALOGUE = "What this catalogue holds"
NO_VALIDATION = (
    "No two validation artists share a known edge, so a run has no figures on them, and its last epoch is kept."
)
NO_RUN_POSSIBLE = "No model was trained on this catalogue."
RUN_UNDER_WAY = "A run is under way on this catalogue. Wait for it, or cancel it, before you start the next one."

RECOMMENDED_UNDER_WAY = "The recommended ranker is being trained. Wait for it, or cancel it, before you start a run."

RECIPE_LABEL, RECIPE_HELP = "Recipe", "Where the settings below start. All of them can be changed."
FEATURES_LABEL = "Feature sets"
FEATURES_HELP = (
    "What the model knows about an artist besides the graph. Several are joined. Random knows nothing: it "
    "shows what the graph alone can do. LightGCN reads none: it learns a vector for every train artist."
)
NO_FEATURE_SET = "Choose at least one feature set. Random is always there."
LAYERS_LABEL = "Graph layers"
LAYERS_HELP = "0 ignores the graph: the content baseline. For SIGN and LightGCN these are steps along the edges."
BACKBONE_LABEL = "Backbone"
BACKBONE_HELP = "How a layer listens to an artist's neighbours. Without layers it has no meaning."
PROTOCOL_LABEL = "Protocol"
PROTOCOL_HELP = (
    "Standard is right. Published repeats the paper with its faults. In Cold start the artists a model is "
    "evaluated on have no edges."
)
SEED_LABEL, SEED_HELP = "Seed", "Chance: first weights and negatives."
LENGTH_LABEL = "Length"
QUICK, FULL, OWN = "Quick look", "Full length", "Own"
STEPS_LABEL = "Optimiser steps"

OBJECTIVE_TITLE = "What is learned"
LOSS_LABEL = "Loss"
LOSS_HELP = "What a training step asks for: a neighbour nearer than a stranger, or the neighbours out of all artists."
LOSSES = {"triplet": "Triplets with a margin", "softmax": "Softmax over all artists"}
NEGATIVES_LABEL = "Negatives"
NEGATIVES_HELP = "The stranger in each triplet: any, or one that is hard to tell from a neighbour. Softmax uses all."
NEGATIVES = {
    "uniform": "Any stranger",
    "distance-weighted": "Strangers at every distance alike",
    "semi-hard": "The nearest beyond the neighbour",
}
ANCHORS_LABEL = "Anchors"
ANCHORS_HELP = "From which end of an edge a triplet starts; the paper takes both. Softmax takes all artists."
ANCHORS = {"both": "Both ends of every edge", "one": "One end, drawn anew at each step"}
TEMPERATURE_LABEL = "Temperature"
TEMPERATURE_HELP = "Of the softmax: low values look at the nearest artists only. It has no meaning for triplets."
HIDDEN_SHARE_LABEL = "Hidden share"
HIDDEN_SHARE_HELP = (
    "Edges among this share of artists carry no messages in a step and are what it has to predict, as later "
    "for new artists; 0 is the paper's."
)
DROPOUT_LABEL = "Connection dropout"
DROPOUT_HELP = "Each edge is left out of a step with this chance, so that artists with few edges fare better."
THINNING_LABEL = "Thinning"
THINNING_HELP = (
    "With this chance an artist keeps only a random share of its edges in a step, often none, so that "
    "newcomers are learned from too."
)
BATCH_LABEL = "Edges per step"
BATCH_HELP = (
    "A step looks only at the ends of so many edges, which is faster; 0 looks at all artists. A hidden share "
    "chooses the artists of a step already."
)

OPTIMISER_TITLE = "Model and optimiser"
HIDDEN_LABEL = "Hidden width"
HIDDEN_HELP = "Numbers per artist inside the model: more can hold more, and take longer. LightGCN has none."
EMBEDDING_LABEL, EMBEDDING_HELP = "Embedding width", "Numbers per artist that come out and are compared."
RATE_LABEL = "Learning rate"
RATE_HELP = "How far each step goes: too high and it does not settle, too low and it does not arrive."
DECAY_LABEL = "Weight decay"
DECAY_HELP = "Pulls weights towards zero, which keeps a model from learning artists by heart."
PRECISION_LABEL = "Precision"
PRECISION_HELP = (
    "Half the bits are about twice as fast where the processor can. Where it cannot, full precision is used all the "
    "same."
)
PRECISIONS = {"float32": "Full (float32)", "bfloat16": "Half (bfloat16)"}

BACK_TO_RECIPE = "Back to the recipe"
BACK_TO_RECIPE_HELP = "Puts the recipe's values back into all of these settings."
ENOUGH_TO_SEE = "Enough to see that it learns, too short for figures to quote. "
AS_THE_PAPER = "200 epochs of 16 full-graph steps; at the size of DISCO-OLGA up to an hour on two idle cores. "
LENGTH_UNKNOWN = "No run like this one was made here, so its first epochs will tell how long it takes."

WATCH_TITLE = "Watch"
RUN_LABEL = "Run"
NOTHING_TRAINED = "Nothing was trained on this catalogue yet."
NO_RUN = (
    "Nothing was trained on this catalogue yet. Choose the settings and press Start training; a quick look "
    "takes a few minutes at most on the bundled catalogue."
)
STATES = {
    "waiting": "Starting",
    "running": "Training",
    "finished": "Finished",
    "cancelled": "Cancelled",
    "failed": "Failed",
    "interrupted": "Interrupted",
}
LOADING = "Loading the catalogue and PyTorch …"
FAILED = "The run failed."
NO_MESSAGE = "It left no message."
INTERRUPTED = "The run's process ended before the run was finished. Resume goes on from the last saved state."
LOG_TITLE, NO_LOG = "The end of its log", "The log is empty."
OTHER_CATALOGUE = "This run was made with another version of the catalogue, so its model cannot be used here any more."
CANCEL, CANCEL_HELP = "Cancel", "Stops after the epoch it is in. It can be resumed."
RESUME = "Resume"
EXPLORE = "Explore with this model"
LOSS_AXIS = "Loss"
EPOCH_AXIS = "Epoch"
CURVE_HOVER = "epoch %{x}: %{y:.4f}<extra></extra>"
NDCG_CAPTION = "Validation NDCG, higher is better"
FINISHED_ALT = "Figures of the finished run"
REPEAT_TITLE = "How to repeat this run"

ALL_RUNS_TITLE, ALL_RUNS_ALT = "All runs", "All runs of this catalogue"
COMPARE_TITLE, COMPARE_LABEL = "Compare", "Runs to compare"
COMPARED_ALT = "Figures of the compared runs"

RUN, EPOCH, STEP, LOSS, LEARNING_RATE, SECONDS = "run", "epoch", "step", "loss", "learning rate", "seconds"
VALIDATION_NDCG, TEST_NDCG = "validation NDCG@200", "test NDCG@200"
STATE, FEATURES, LAYERS, BACKBONE, PROTOCOL, SEED = "state", "features", "layers", "backbone", "protocol", "seed"
EPOCHS, BEST_NDCG = "epochs", "best validation NDCG@200 so far"
MADE_WITH, DEVICE, STARTED, COMMAND = "made with", "device", "started", "command"
SPLIT, NDCG, NDCG_200 = "split", "NDCG", "NDCG@200"
SPLITS = {"val": "validation", "test": "test"}
PUBLISHED_NDCG, TEXTBOOK_NDCG = "with the off-by-one", "textbook"


def recommended_progress(stage: str) -> str:
    """What the training of the recommended ranker does now."""
    return f"{RECOMMENDED_STAGES.get(stage, plain(stage))} …"


def recommended_failed(reason: str) -> str:
    """Why the recommended ranker was not trained, "" where nobody knows."""
    return f"The recommended ranker was not trained. {plain(reason) or NO_MESSAGE}"


def run_title(run: RunOverview) -> str:
    """A short title of a run for lists. Four characters of its id make it unique."""
    config = run.config
    loss = "" if config.objective.loss == ObjectiveConfig().loss else f", {config.objective.loss}"
    return (
        f"{config.model.title}, {layers_title(config.model.layers)}, {features_title(config.features)}, "
        f"{config.protocol}, seed {config.seed}, {config.steps:,} steps{loss} ({run.run_id[-4:]})"
    )


def full_length_help(steps: int) -> str:
    """How long the full length is."""
    return f"Full length is the recipe's, {steps:,} steps."


def length_text(config: TrainingConfig, estimate: tuple[float, int] | None, quick_steps: int, paper_steps: int) -> str:
    """What the number of steps means and, if known, how long it may take."""
    text = f"{config.steps:,} steps, {config.epochs} epoch{'' if config.epochs == 1 else 's'}. "
    if config.steps == quick_steps:
        text += ENOUGH_TO_SEE
    if config.steps == paper_steps and config.model.backbone == ModelConfig().backbone:
        text += AS_THE_PAPER
    if estimate is None:
        return text + LENGTH_UNKNOWN
    seconds, runs = estimate
    about = "" if seconds < 60 else "about "
    return text + f"It takes {about}{duration(seconds)}, going by {counted(runs, 'earlier run')} like it."


def differences_text(differences: Sequence[str]) -> str:
    """The settings in which a run differs from its preset."""
    return f"Other than the recipe: {', '.join(differences)}."


def cannot_learn(reason: str) -> str:
    """Why no model can learn from the catalogue, and what to do."""
    return f"No model can be trained here. {plain(reason)}"


def not_started(reason: str) -> str:
    """Why a run was not started."""
    return f"The run was not started. {reason}"


def not_resumed(reason: str) -> str:
    """Why a run was not resumed."""
    return f"The run was not resumed. {reason}"


def state_text(run: RunOverview) -> str:
    """The state of a run, and the device that it uses."""
    return STATES[run.job.state] + (f" on {run.device}" if run.device else "")


def progress_text(run: RunOverview) -> str:
    """How far a run is, and how long it will take."""
    done = f"Epoch {len(run.history)} of {run.config.epochs}"
    if not run.job.is_active:
        return done
    if run.job.is_stopping:
        return f"{done}, stopping after this epoch …"
    if run.seconds_left is None:
        return LOADING
    if not run.seconds_left:
        return f"{done}, measuring on validation and test artists …"
    return f"{done}, {duration(run.seconds_left)} left"


def repeat_caption(run: RunOverview) -> str:
    """What the command of a run does not fix, and the id of the run."""
    return f"CATALOGUE stands for the folder of the catalogue. Run {run.run_id}, started {run.created}."


def loss_caption(run: RunOverview) -> str:
    """The title of a run's loss curve."""
    return f"{run.config.objective.loss.capitalize()} loss, lower is better"


def loss_alt(epoch: int, loss: float) -> str:
    """The text alternative of a run's loss curve."""
    return f"Loss by epoch; after epoch {epoch} it is {loss:.4f}."


def ndcg_title(metric: str) -> str:
    """The title of the NDCG curves on the validation artists."""
    return f"Validation {metric}"


def ndcg_alt(metric: str, run: RunOverview) -> str:
    """The text alternative of a run's NDCG curve."""
    return f"Validation {metric} by epoch; best so far {run.best_val_ndcg:.4f}."


def compared_alt(title: str, n_runs: int) -> str:
    """The text alternative of the curves of several runs."""
    return f"{title} by epoch of {n_runs} run{'s' if n_runs > 1 else ''}."


def epochs_done(done: int, total: int) -> str:
    """How far a run is, for a table."""
    return f"{done} of {total}"


def made_with(fits_catalogue: bool) -> str:
    """Which version of the catalogue a run belongs to, for a table."""
    return "this catalogue" if fits_catalogue else "another version of the catalogue"
