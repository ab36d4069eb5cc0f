"""What is heard in a clip, in words: as a whole and from moment to moment."""

import numpy as np
import pandas as pd
import streamlit as st

from core.audio.encoders.musicnn.listening import HeardTags, mean_tags, tags_between
from core.audio.encoders.musicnn.tags import likeliest
from core.clips.service import AnalysedClip
from pages.clip import texts
from pages.clip.texts import clock
from pages.components.charts import dataframe

MOMENT_SECONDS = 10


def show_heard(clip: AnalysedClip) -> None:
    """The likeliest tags of the clip, and a table of its moments. Nothing where musicnn is not on this machine."""
    tags = clip.analysis.tags
    if tags is None:
        return
    st.markdown(texts.heard_line([tag for tag, _ in likeliest(mean_tags(tags))]))
    if clip.seconds > MOMENT_SECONDS:
        with st.expander(texts.MOMENTS, icon=":material/timeline:"):
            dataframe(moments_table(tags, clip.seconds), hide_index=True)


def moments_table(tags: HeardTags, seconds: float) -> pd.DataFrame:
    """One row for each ten seconds of a clip: from when to when, and the likeliest tags."""
    starts = np.arange(tags.starts[0], seconds, MOMENT_SECONDS) if len(tags.starts) else np.empty(0)
    rows = []
    for start in starts.tolist():
        end = min(start + MOMENT_SECONDS, seconds)
        heard = likeliest(tags_between(tags, start, end))
        words = ", ".join(f"{tag} {likelihood:.0%}" for tag, likelihood in heard)
        rows.append({"From": clock(start), "To": clock(end), "Heard": words})
    return pd.DataFrame(rows, columns=["From", "To", "Heard"])
