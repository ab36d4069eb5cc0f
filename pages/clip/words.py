"""Words instead of sound: one or several phrases, each with a weight, and the artists nearest to them."""

import streamlit as st

from core.catalogue import Catalogue
from core.search.texts import MOST_PHRASES, text_answers_by_name
from pages.clip.choosing import desk
from pages.clip.lists import asked_reasons, choose_length, kept_rows, shortened, show_list
from pages.clip.reasons import show_text_reasons
from pages.clip.waiting import wait_for
from pages.clip.wording import meaning_for_words, query_text
from pages.shell.text import plain

EXAMPLES: dict[str, tuple[tuple[str, float], ...]] = {
    "slow, sad piano, no drums": (("slow, sad piano, no drums", 1.0),),
    "upbeat house, synth bass": (("upbeat house, synth bass", 1.0),),
    "fierce metal, growled vocals": (("fierce metal, growled vocals", 1.0),),
    "gentle folk guitar, and less singing": (("gentle acoustic folk, fingerpicked guitar", 1.0), ("singing", -0.5)),
}
"""Label -> phrases with their weights."""

_PHRASES = "clip_phrases"
"""Session: ids of the phrases' rows, in their order; texts and weights are the widgets' own."""


def show_words(catalogue: Catalogue) -> None:
    """The boxes for words, and what the catalogue answers."""
    phrases, weights = choose_words()
    if not phrases:
        st.info("Type what the music should sound like, or choose an example.")
        return
    report = wait_for(desk().ask(catalogue, phrases, weights))
    if report is None:
        return
    for doubt in report.doubts:
        st.warning(plain(doubt))
    heading, narrow = st.columns([5, 1], vertical_alignment="bottom")
    heading.subheader("Nearest artists", anchor=False)
    with narrow:
        length = choose_length()
    query, found = query_text(phrases, weights), text_answers_by_name(report.answers)
    kept = kept_rows(catalogue)
    for column, entire in zip(st.columns(len(found), gap="medium"), found.values(), strict=True):
        answer = shortened(entire, length)
        lines = ["kept" if row in kept else "" for row in answer.nearest.rows.tolist()]
        with column:
            show_list(catalogue, answer, meaning_for_words(answer.space), lines, query, relative=True)
    if asked := asked_reasons(catalogue, found):
        space, row = asked
        show_text_reasons(catalogue, found, report.answers.tracks, row, space, query)


def choose_words() -> tuple[list[str], list[float]]:
    """Phrases and weights as typed; nothing while every box is empty."""
    rows: list[int] = st.session_state.setdefault(_PHRASES, [0])
    said: list[tuple[str, float]] = []
    for place, row in enumerate(rows):
        said.append(_phrase(row, place, len(rows)))
    with st.container(horizontal=True):
        if len(rows) < MOST_PHRASES:
            st.button("Add a phrase", key="clip_add", icon=":material/add:", on_click=_add)
        for number, (label, phrases) in enumerate(EXAMPLES.items()):
            st.button(label, key=f"clip_example_{number}", type="tertiary", icon=":material/lightbulb:",
                      on_click=_fill, args=(phrases,))  # fmt: skip
    typed = [(text.strip(), weight) for text, weight in said if text.strip()]
    return [text for text, _ in typed], [weight for _, weight in typed]


def _phrase(row: int, place: int, count: int) -> tuple[str, float]:
    """One phrase's box, with its weight where there are several."""
    label = "Describe the music" if place == 0 else f"Phrase {place + 1}"
    hint = "Instruments, tempo, mood, kind of music" if place == 0 else "Another quality"
    if count == 1:
        return st.text_input(label, key=f"clip_phrase_{row}", placeholder=hint, max_chars=300,
                             persist_state="session"), 1.0  # fmt: skip
    words, weight, remove = st.columns([6, 3, 1], vertical_alignment="bottom")
    text = words.text_input(label, key=f"clip_phrase_{row}", placeholder=hint, max_chars=300, persist_state="session")
    st.session_state.setdefault(f"clip_weight_{row}", 1.0)
    share = weight.slider(
        f"Weight of phrase {place + 1}", -2.0, 2.0, step=0.25, key=f"clip_weight_{row}", persist_state="session",
        help="Below zero means: not this.",
    )  # fmt: skip
    remove.button("", key=f"clip_remove_{row}", icon=":material/close:", help=f"Remove phrase {place + 1}",
                  on_click=_remove, args=(row,))  # fmt: skip
    return text, float(share)


def _add() -> None:
    rows = st.session_state[_PHRASES]
    rows.append(max(rows) + 1)


def _remove(row: int) -> None:
    st.session_state[_PHRASES].remove(row)


def _fill(phrases: tuple[tuple[str, float], ...]) -> None:
    first = max(st.session_state[_PHRASES]) + 1
    st.session_state[_PHRASES] = list(range(first, first + len(phrases)))
    for row, (text, weight) in enumerate(phrases, first):
        st.session_state[f"clip_phrase_{row}"] = text
        st.session_state[f"clip_weight_{row}"] = weight
