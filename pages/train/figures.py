"""Learning curves, and tables with the same content."""

import pandas as pd
import plotly.graph_objects as go

from core.palette import series_encoding
from core.runs.overview import RunOverview
from core.titles import METRICS, features_title
from pages.components.charts import tidy
from pages.train import texts


def history_table(runs: list[RunOverview]) -> pd.DataFrame:
    """One row per run and epoch."""
    rows = [
        {
            texts.RUN: texts.run_title(run),
            texts.EPOCH: report.epoch,
            texts.STEP: report.step,
            texts.LOSS: report.loss,
            texts.VALIDATION_NDCG: report.val_ndcg,
            texts.LEARNING_RATE: report.learning_rate,
            texts.SECONDS: report.seconds,
        }
        for run in runs
        for report in run.history
    ]
    columns = [
        texts.RUN,
        texts.EPOCH,
        texts.STEP,
        texts.LOSS,
        texts.VALIDATION_NDCG,
        texts.LEARNING_RATE,
        texts.SECONDS,
    ]
    return pd.DataFrame(rows, columns=columns)


def runs_table(runs: list[RunOverview]) -> pd.DataFrame:
    """One row per run: settings, state and figures."""
    return pd.DataFrame(
        [
            {
                texts.STATE: texts.STATES.get(run.job.state, run.job.state),
                texts.FEATURES: features_title(run.config.features),
                texts.LAYERS: run.config.model.layers,
                texts.BACKBONE: run.config.model.title,
                texts.PROTOCOL: run.config.protocol,
                texts.SEED: run.config.seed,
                texts.EPOCHS: texts.epochs_done(len(run.history), run.config.epochs),
                texts.BEST_NDCG: run.best_val_ndcg,
                texts.VALIDATION_NDCG: run.score("val"),
                texts.TEST_NDCG: run.score("test"),
                texts.MADE_WITH: texts.made_with(run.fits_catalogue),
                texts.DEVICE: run.device,
                texts.STARTED: run.created,
                texts.RUN: run.run_id,
                texts.COMMAND: run.command,
            }
            for run in runs
        ]
    )


def learning_curve(runs: list[RunOverview], quantity: str, y_title: str) -> go.Figure:
    """`quantity` ("loss" or "val_ndcg") after each epoch, with a line per run."""
    figure = go.Figure()
    for index, run in enumerate(runs):
        encoding = series_encoding(index)
        figure.add_scatter(
            x=[report.epoch for report in run.history],
            y=[getattr(report, quantity) for report in run.history],
            mode="lines+markers" if len(run.history) < 3 else "lines",
            name=texts.run_title(run),
            line={"color": encoding.colour, "dash": encoding.dash, "width": 2},
            marker={"symbol": encoding.symbol},
            hovertemplate=texts.CURVE_HOVER,
        )
    longest = max((len(run.history) for run in runs), default=0)
    figure.update_xaxes(tickformat="d", dtick=1 if longest < 8 else None)
    tidy(figure, texts.EPOCH_AXIS, y_title, height=320 if len(runs) == 1 else 320 + 26 * len(runs))
    return figure.update_layout(showlegend=len(runs) > 1)


def metrics_table(runs: list[RunOverview]) -> pd.DataFrame:
    """The figures of runs on both splits, each with the NDCG of its own protocol."""
    rows = [
        {
            texts.RUN: texts.run_title(run),
            texts.SPLIT: texts.SPLITS[split],
            texts.NDCG: texts.PUBLISHED_NDCG if run.config.protocol == "published" else texts.TEXTBOOK_NDCG,
            texts.NDCG_200: run.score(split),
            METRICS["recall"]: row["recall"],
            METRICS["mrr"]: row["mrr"],
            texts.EPOCHS: len(run.history),
        }
        for run in runs
        for split, row in run.metrics.items()
    ]
    return pd.DataFrame(rows)
