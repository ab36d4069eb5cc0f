"""Learning curves and the tables that say the same."""

import pandas as pd
import plotly.graph_objects as go

from core.palette import series_encoding
from core.runs.config import ObjectiveConfig
from core.runs.overview import RunOverview
from core.titles import features_title, layers_title
from pages.components.charts import tidy

STATES = {
    "waiting": "Starting",
    "running": "Training",
    "finished": "Finished",
    "cancelled": "Cancelled",
    "failed": "Failed",
    "interrupted": "Interrupted",
}


def run_title(run: RunOverview) -> str:
    """What a run is, for lists: short, with four characters of its id that make it unique."""
    config = run.config
    loss = "" if config.objective.loss == ObjectiveConfig().loss else f", {config.objective.loss}"
    return (
        f"{config.model.title}, {layers_title(config.model.layers)}, {features_title(config.features)}, "
        f"{config.protocol}, seed {config.seed}, {config.steps:,} steps{loss} ({run.run_id[-4:]})"
    )


def history_table(runs: list[RunOverview]) -> pd.DataFrame:
    """One row per run and epoch."""
    rows = [
        {
            "run": run_title(run),
            "epoch": report.epoch,
            "step": report.step,
            "loss": report.loss,
            "validation NDCG@200": report.val_ndcg,
            "learning rate": report.learning_rate,
            "seconds": report.seconds,
        }
        for run in runs
        for report in run.history
    ]
    columns = ["run", "epoch", "step", "loss", "validation NDCG@200", "learning rate", "seconds"]
    return pd.DataFrame(rows, columns=columns)


def runs_table(runs: list[RunOverview]) -> pd.DataFrame:
    """One row per run: settings, state and figures."""
    return pd.DataFrame(
        [
            {
                "state": STATES.get(run.job.state, run.job.state),
                "features": features_title(run.config.features),
                "layers": run.config.model.layers,
                "backbone": run.config.model.title,
                "protocol": run.config.protocol,
                "seed": run.config.seed,
                "epochs": f"{len(run.history)} of {run.config.epochs}",
                "best validation NDCG@200 so far": run.best_val_ndcg,
                "validation NDCG@200": run.score("val"),
                "test NDCG@200": run.score("test"),
                "made with": "this catalogue" if run.fits_catalogue else "another version of the catalogue",
                "device": run.device,
                "started": run.created,
                "run": run.run_id,
                "command": run.command,
            }
            for run in runs
        ]
    )


def learning_curve(runs: list[RunOverview], quantity: str, y_title: str) -> go.Figure:
    """`quantity` ("loss" or "val_ndcg") after each epoch, a line per run."""
    figure = go.Figure()
    for index, run in enumerate(runs):
        encoding = series_encoding(index)
        figure.add_scatter(
            x=[report.epoch for report in run.history],
            y=[getattr(report, quantity) for report in run.history],
            mode="lines+markers" if len(run.history) < 3 else "lines",
            name=run_title(run),
            line={"color": encoding.colour, "dash": encoding.dash, "width": 2},
            marker={"symbol": encoding.symbol},
            hovertemplate="epoch %{x}: %{y:.4f}<extra></extra>",
        )
    longest = max((len(run.history) for run in runs), default=0)
    figure.update_xaxes(tickformat="d", dtick=1 if longest < 8 else None)
    figure.update_yaxes(rangemode="tozero")
    tidy(figure, "Epoch", y_title, height=320 if len(runs) == 1 else 320 + 26 * len(runs))
    return figure.update_layout(showlegend=len(runs) > 1)


def metrics_table(runs: list[RunOverview]) -> pd.DataFrame:
    """Runs against their figures on both splits, each in the NDCG of its own protocol."""
    rows = [
        {
            "run": run_title(run),
            "split": {"val": "validation", "test": "test"}[split],
            "NDCG": "with the off-by-one" if run.config.protocol == "published" else "textbook",
            "NDCG@200": run.score(split),
            "recall@200": row["recall"],
            "MRR": row["mrr"],
            "epochs": len(run.history),
        }
        for run in runs
        for split, row in run.metrics.items()
    ]
    return pd.DataFrame(rows)
