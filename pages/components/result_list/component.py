"""One space's nearest artists as a Streamlit component: a single element, however long the list is."""

from collections.abc import Callable, Container, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from core.text import plain_text, short_label

_HERE = Path(__file__).parent
_LONGEST_NAME = 40


@dataclass(frozen=True)
class Result:
    """One line of the list as texts.

    `bar` is how much of the score's bar is filled, 0 to 100; `audible` whether there is anything to play.
    """

    artist_id: str
    name: str
    score: str
    bar: int
    evidence: str
    audible: bool = False


@dataclass(frozen=True)
class ResultEvent:
    """One choice in a list: to go on from an artist, to hear it, or to see why it is there; no two have one `nonce`."""

    kind: Literal["go", "play", "why"]
    artist_id: str
    nonce: int


def result_list(
    results: Sequence[Result],
    *,
    key: str,
    label: str,
    known_ids: Container[str],
    on_event: Callable[[ResultEvent], None],
    playing: str | None = None,
) -> None:
    """Draw the results; a choice calls `on_event` before the page runs again. Names may be any text.

    `playing`: the id of the artist that is heard, to be marked.
    """

    def take() -> None:
        if event := event_from_payload(st.session_state[key].chosen, known_ids):
            on_event(event)

    _LIST(key=key, data=list_data(results, label, playing), on_chosen_change=take)


def event_from_payload(payload: object, known_ids: Container[str]) -> ResultEvent | None:
    """What the browser sent, as an event; None if it is nothing or not about an artist of `known_ids`."""
    match payload:
        case {"kind": "go" | "play" | "why" as kind, "artist_id": str(artist_id), "nonce": int(nonce)}:
            return ResultEvent(kind, artist_id, nonce) if artist_id in known_ids else None
        case _:
            return None


def list_data(results: Sequence[Result], label: str, playing: str | None = None) -> dict[str, Any]:
    """What the browser lays out: the list's name and its lines, names on one line and cut."""
    return {"label": plain_text(label), "results": [_line(result, playing) for result in results]}


def _line(result: Result, playing: str | None) -> dict[str, Any]:
    name = short_label(result.name, _LONGEST_NAME)
    said = {"name": name, "play": f"Play {name}", "why": f"Why {name}?"}
    return asdict(result) | said | {"playing": result.artist_id == playing}


_LIST = st.components.v2.component(
    "nearfield_result_list",
    css=(_HERE / "result_list.css").read_text(encoding="utf-8"),
    js=(_HERE / "result_list.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)
"""Not isolated: only a button of the page itself gets the focus back from the dialog that it opened."""
