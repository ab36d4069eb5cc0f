"""Asking with words: one or more phrases, each with a weight, and the artists nearest to them."""

import streamlit as st

from core.catalogue import Catalogue
from core.clips.texts import MOST_PHRASES
from pages.clip import texts
from pages.clip.choosing import asker, service
from pages.clip.lists import reasons_open, shortened, show_list
from pages.clip.parameters import WEIGHTS, WORDS
from pages.clip.reasons import show_text_reasons
from pages.clip.waiting import wait_for
from pages.lists.keeping import rows_to_leave_out
from pages.shell import boxes
from pages.shell.choices import choose_length
from pages.shell.parameters import Parameter, put_together
from pages.shell.text import plain

_ASKED = "clip_words_asked"
LONGEST, HEAVIEST, STEP, MOST_LISTS = 300, 2.0, 0.25, 3


def show_words(catalogue: Catalogue) -> None:
    """The boxes for words, and the nearest artists."""
    phrases, weights = choose_words()
    if not phrases:
        st.info(texts.NO_WORDS)
        return
    _leave_earlier(catalogue, phrases, weights)
    report = wait_for(service().submit_words(catalogue, phrases, weights, asker()))
    if report is None:
        return
    for doubt in report.doubts:
        st.warning(plain(doubt))
    query, found = texts.words_query(phrases, weights), dict(report.found.answers)
    st.header(plain(texts.words_heading(phrases, weights), 80), anchor=False)
    if report.found.understood is not None:
        st.markdown(texts.understood_line(report.found.understood))
    if not found:
        st.info(texts.nothing_like_that(report.found.alone))
        return
    heading, narrow = st.columns([5, 1], vertical_alignment="bottom")
    heading.subheader(texts.NEAREST_ARTISTS, anchor=False)
    with narrow:
        length = choose_length()
    left_out = rows_to_leave_out(catalogue)
    shown = list(found.values())[:MOST_LISTS]
    for column, entire in zip(st.columns(len(shown), gap="medium"), shown, strict=True):
        answer = shortened(entire, length, left_out)
        lines = [""] * len(answer.nearest)
        with column:
            chance = report.found.chance.get(answer.space.name)
            about = texts.meaning_for_words(answer.space, chance, answer.nearest.scores.tolist())
            show_list(catalogue, answer, about, lines, query)
    if why := reasons_open(catalogue, found):
        space, row = why
        show_text_reasons(catalogue, report.found, row, space, query)


def _leave_earlier(catalogue: Catalogue, phrases: list[str], weights: list[float]) -> None:
    """Stop the work on the words that were asked with before, which wait for nothing any more."""
    now = (phrases, weights)
    before: tuple[list[str], list[float]] = st.session_state.get(_ASKED, now)
    st.session_state[_ASKED] = now
    if before != now:
        service().forget_words(catalogue, before[0], before[1], asker())


def choose_words() -> tuple[list[str], list[float]]:
    """Phrases and weights from the URL. Empty while every box is empty."""
    words, weights = words_in_url()
    for place, (text, weight) in enumerate(zip(words, weights, strict=True)):
        _show_phrase(place, len(words), text, weight)
    with st.container(horizontal=True):
        if len(words) < MOST_PHRASES:
            st.button(
                texts.ADD_PHRASE,
                key="clip_add",
                icon=":material/add:",
                on_click=_write,
                args=([*words, ""], [*weights, 1.0]),
            )
        for number, (label, phrases) in enumerate(texts.EXAMPLES.items()):
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
    """The phrases in the URL, or one empty phrase, with their weights: 1 if the URL has no number from -2 to 2."""
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
    """The box of one phrase, with its weight if there are several phrases."""
    st.session_state[_word_key(place)] = text
    parts = st.columns([6, 3, 1], vertical_alignment="bottom") if count > 1 else [st.container()]
    parts[0].text_input(
        texts.phrase_label(place),
        key=_word_key(place),
        placeholder=texts.phrase_hint(place),
        max_chars=LONGEST,
        on_change=_take,
        args=(count,),
    )
    if count == 1:
        return
    st.session_state[_weight_key(place)] = weight
    parts[1].slider(
        texts.weight_label(place),
        -HEAVIEST,
        HEAVIEST,
        step=STEP,
        key=_weight_key(place),
        help=texts.WEIGHT_HELP,
        on_change=_take,
        args=(count,),
    )
    parts[2].button(
        "",
        key=f"clip_remove_{place}",
        icon=":material/close:",
        help=texts.remove_phrase(place),
        on_click=_remove,
        args=(place,),
    )


def _take(count: int) -> None:
    """Write the contents of the boxes into the URL."""
    words = [st.session_state[_word_key(place)] or "" for place in range(count)]
    _write(words, [float(st.session_state.get(_weight_key(place), 1.0)) for place in range(count)])


def _remove(place: int) -> None:
    words, weights = words_in_url()
    _write(words[:place] + words[place + 1 :], weights[:place] + weights[place + 1 :])


def _write(words: list[str], weights: list[float]) -> None:
    changes: dict[Parameter, list[str] | None] = {
        **dict.fromkeys(boxes.BOXES),
        WEIGHTS: [f"{weight:g}" for weight in weights] if set(weights) != {1.0} else None,
        WORDS: words if words != [""] else None,
    }
    put_together(changes)


def _word_key(place: int) -> str:
    return f"clip_phrase_{place}"


def _weight_key(place: int) -> str:
    return f"clip_weight_{place}"
