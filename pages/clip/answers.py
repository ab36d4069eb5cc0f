"""What a catalogue answers to a clip: lists of artists side by side, with the evidence for each of them."""

from collections.abc import Sequence

import streamlit as st

from core.catalogue import Catalogue
from core.clips.routes import FUSION
from core.clips.service import ClipReport
from core.search.spaces import Space
from core.space_name import SpaceName
from pages.clip.choosing import Chosen
from pages.clip.lists import asked_reasons, kept_rows, shortened, show_list, shown_rows
from pages.clip.parameters import ANSWERS
from pages.clip.reasons import show_clip_reasons
from pages.clip.wording import HOW_TO_READ, default_lists, evidence_line, meaning, own_artist_sentence
from pages.shell import choices
from pages.shell.choices import choose_length

MOST_LISTS = 4


def show_nearest(catalogue: Catalogue, chosen: Chosen, report: ClipReport) -> None:
    """The nearest artists in each chosen space, and the reasons that were asked for."""
    st.subheader("Nearest artists", anchor=False)
    wide, narrow = st.columns([5, 1])
    with wide:
        spaces = _choose_lists(report.search.spaces, report.answers.default)
    with narrow:
        length = choose_length()
    if not spaces:
        st.info("Choose at least one answer above.")
        return
    if chosen.artist is not None:
        st.markdown(own_artist_sentence(catalogue, report.answers, chosen.artist, spaces))
    st.caption(HOW_TO_READ)
    query = f"clip “{chosen.file.name}”"
    answers = [shortened(report.answers.answers[name], length) for name in spaces]
    shown = shown_rows(answers)
    found = report.search.evidence(report.clip.analysis, report.answers, shown)
    evidence = dict(zip(shown.tolist(), found, strict=True))
    kept = kept_rows(catalogue)
    for column, answer in zip(st.columns(len(answers), gap="medium"), answers, strict=True):
        name = answer.space.name
        lines = [evidence_line(evidence[row], name, spaces, row in kept) for row in answer.nearest.rows.tolist()]
        with column:
            show_list(catalogue, answer, meaning(answer.space), lines, query, name == SpaceName.route(FUSION))
    if (asked := asked_reasons(catalogue, spaces)) and asked[1] in evidence:
        space, row = asked
        show_clip_reasons(catalogue, chosen, report, evidence[row], space, query)


def _choose_lists(spaces: Sequence[Space], default: str) -> list[str]:
    titles = {space.name: space.title for space in spaces}
    usual = default_lists(list(titles), default)
    return st.multiselect(
        "Answers side by side",
        list(titles),
        format_func=titles.__getitem__,
        max_selections=MOST_LISTS,
        select_all=False,
        **choices.many_in_url(ANSWERS, list(titles), usual, most=MOST_LISTS),
    )
