"""Files of a catalogue that were listened to in vain, with the reasons, and another try."""

import streamlit as st

from core.catalogue import Catalogue
from core.features.left import unheard_files
from core.prepare.jobs import PREPARE, preparation_job, start_preparation
from core.prepare.pieces import Choice
from pages.catalogues import texts
from pages.shell.caching import cached_per_catalogue
from pages.shell.jobs import attempt_as_owner
from pages.shell.text import plain
from pages.shell.visitor import visitor_id


def unheard_lines(catalogue: Catalogue) -> list[str]:
    """The files and why they gave no vectors, a line a file. What to do about a clip is left out."""
    job = preparation_job(catalogue)
    found = _unheard(catalogue, f"{job.job_id} {job.state}" if job else "")
    return [f"{name}: {reason.partition('. ')[0].rstrip('.')}." for name, reason in found]


def show_unheard(catalogue: Catalogue) -> None:
    """How many files gave no vectors, which and why, and a button to try them again; nothing where there are none."""
    lines = unheard_lines(catalogue)
    if not lines:
        return
    with st.expander(texts.unheard(len(lines)), icon=":material/hearing_disabled:"):
        st.write(texts.UNHEARD_HOW)
        st.markdown("\n".join(f"- {plain(line, texts.LONGEST_LINE)}" for line in lines[: texts.MOST_LINES]))
        if len(lines) > texts.MOST_LINES:
            st.caption(texts.more_unheard(len(lines) - texts.MOST_LINES))
        st.button(
            texts.TRY_AGAIN,
            key="try_unheard",
            icon=":material/refresh:",
            on_click=attempt_as_owner,
            args=(PREPARE, start_preparation, catalogue, Choice(again=True), visitor_id()),
        )


@cached_per_catalogue(4, seconds=20)
def _unheard(catalogue: Catalogue, job: str) -> list[tuple[str, str]]:
    """The files with the reasons. `job` is the last preparation and its state."""
    return unheard_files(catalogue)
