"""Words instead of sound: one or several phrases, each with a weight, and the artists nearest to them."""

import streamlit as st

from core.catalogue import Catalogue
from core.clips.texts import MOST_PHRASES, text_answers_by_name
from pages.clip.choosing import service
from pages.clip.lists import asked_reasons, kept_rows, shortened, show_list
from pages.clip.parameters import WEIGHTS, WORDS
from pages.clip.reasons import show_text_reasons
from pages.clip.waiting import wait_for
from pages.clip.wording import meaning_for_words, query_text
from pages.shell import boxes
from pages.shell.choices import choose_length
from pages.shell.text import plain

EXAMPLES: dict[str, tuple[tuple[str, float], ...]] = {
    "slow, sad piano, no drums": (("slow, sad piano, no drums", 1.0),),
    "upbeat house, synth bass": (("upbeat house, synth bass", 1.0),),
    "fierce metal, growled vocals": (("fierce metal, growled vocals", 1.0),),
    "gentle folk guitar, and less singing": (("gentle acoustic folk, fingerpicked guitar", 1.0), ("singing", -0.5)),
}
"""Label -> phrases with their weights."""

LONGEST, HEAVIEST, STEP = 300, 2.0, 0.25


def show_words(catalogue: Catalogue) -> None:
    """The boxes for words, and what the catalogue answers."""
    phrases, weights = choose_words()
    if not phrases:
        st.info("Type what the music should sound like, or choose an example.")
        return
    report = wait_for(service().submit_words(catalogue, phrases, weights))
    if report is None:
        return
    for doubt in report.doubts:
        st.warning(plain(doubt))
    query, found = query_text(phrases, weights), text_answers_by_name(report.answers)
    st.header(plain(query.capitalize() if len(phrases) > 1 else f"Words “{phrases[0]}”", 80), anchor=False)
    heading, narrow = st.columns([5, 1], vertical_alignment="bottom")
    heading.subheader("Nearest artists", anchor=False)
    with narrow:
        length = choose_length()
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
    """Phrases and weights as the URL has them; nothing while every box is empty."""
    words, weights = words_in_url()
    for place, (text, weight) in enumerate(zip(words, weights, strict=True)):
        _show_phrase(place, len(words), text, weight)
    with st.container(horizontal=True):
        if len(words) < MOST_PHRASES:
            st.button(
                "Add a phrase",
                key="clip_add",
                icon=":material/add:",
                on_click=_write,
                args=([*words, ""], [*weights, 1.0]),
            )
        for number, (label, phrases) in enumerate(EXAMPLES.items()):
            st.button(
                label,
                key=f"clip_example_{number}",
                type="tertiary",
                icon=":material/lightbulb:",
                on_click=_write,
                args=tuple(map(list, zip(*phrases, strict=True))),
            )
    typed = [(text.strip(), weight) for text, weight in zip(words, weights, strict=True) if text.strip()]
    return [text for text, _ in typed], [weight for _, weight in typed]


def words_in_url() -> tuple[list[str], list[float]]:
    """Phrases with a weight each: 1 where the URL has no number between -2 and 2; one empty phrase at least."""
    words = [text[:LONGEST] for text in WORDS.get_all()][:MOST_PHRASES] or [""]
    weights = [_weight(text) for text in WEIGHTS.get_all()][: len(words)]
    return words, [*weights, *[1.0] * (len(words) - len(weights))]


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 1.0
    return round(weight / STEP) * STEP if abs(weight) <= HEAVIEST else 1.0


def _show_phrase(place: int, count: int, text: str, weight: float) -> None:
    """One phrase's box, with its weight where there are several."""
    label = "Describe the music" if place == 0 else f"Phrase {place + 1}"
    hint = "Instruments, tempo, mood, kind of music" if place == 0 else "Another quality"
    st.session_state[_word_key(place)] = text
    parts = st.columns([6, 3, 1], vertical_alignment="bottom") if count > 1 else [st.container()]
    parts[0].text_input(
        label, key=_word_key(place), placeholder=hint, max_chars=LONGEST, on_change=_take, args=(count,)
    )
    if count == 1:
        return
    st.session_state[_weight_key(place)] = weight
    parts[1].slider(
        f"Weight of phrase {place + 1}",
        -HEAVIEST,
        HEAVIEST,
        step=STEP,
        key=_weight_key(place),
        help="Below zero means: not this.",
        on_change=_take,
        args=(count,),
    )
    parts[2].button(
        "",
        key=f"clip_remove_{place}",
        icon=":material/close:",
        help=f"Remove phrase {place + 1}",
        on_click=_remove,
        args=(place,),
    )


def _take(count: int) -> None:
    """Put what the boxes hold into the URL."""
    words = [st.session_state[_word_key(place)] or "" for place in range(count)]
    _write(words, [float(st.session_state.get(_weight_key(place), 1.0)) for place in range(count)])


def _remove(place: int) -> None:
    words, weights = words_in_url()
    _write(words[:place] + words[place + 1 :], weights[:place] + weights[place + 1 :])


def _write(words: list[str], weights: list[float]) -> None:
    boxes.close()
    WEIGHTS.put([f"{weight:g}" for weight in weights] if set(weights) != {1.0} else None)
    WORDS.put(words if words != [""] else None)


def _word_key(place: int) -> str:
    return f"clip_phrase_{place}"


def _weight_key(place: int) -> str:
    return f"clip_weight_{place}"
