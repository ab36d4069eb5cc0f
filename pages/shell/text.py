"""Names and tags of a catalogue as text that Streamlit shows letter by letter, whatever they hold."""

import re
import unicodedata
from collections.abc import Iterable

from core.text import plain_text, short_label

_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")
_WORD_JOINER = "\u2060"
"""Invisible, takes no room: parts what Streamlit would replace even when escaped (shortcodes, links, arrows)."""

_REPLACED_ANYWAY = re.compile(
    r"(?<=[:@])(?=\S)"  # :smile:, https://, a@b.c
    r"|(?<=www)(?=\\\.)"
    r"|(?<=[-<>~])(?=\\[-=>])"  # -- -> <- >= ~=
)
_ISOLATE, _POP = "\u2068", "\u2069"


def plain(text: str, length: int | None = None) -> str:
    """`text` escaped for Streamlit's markdown: no formatting, link, HTML, formula, icon or shortcode comes of it.

    It stands on one line, is cut to `length` characters where that is given, and text that runs from right to left
    is kept from turning what stands around it.
    """
    line = plain_text(text) if length is None else short_label(text, length)
    escaped = _REPLACED_ANYWAY.sub(_WORD_JOINER, _SIGNS.sub(r"\\\1", line))
    return f"{_ISOLATE}{escaped}{_POP}" if _runs_right_to_left(line) else escaped


def plain_list(texts: Iterable[str], most: int = 8, length: int = 40) -> str:
    """Texts one after another, escaped, at most `most` of them, and how many are left out."""
    shown = [plain(text, length) for text in texts]
    rest = len(shown) - most
    return ", ".join(shown[:most]) + (f" and {rest} more" if rest > 0 else "")


def _runs_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)
