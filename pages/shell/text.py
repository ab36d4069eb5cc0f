"""Escapes names and tags of a catalogue, so that Streamlit shows them literally."""

import re
import unicodedata
from collections.abc import Iterable

from core.text import plain_text, short_label

_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")
_WORD_JOINER = "\u2060"
"""Invisible, without width. It splits text that Streamlit replaces even when escaped: shortcodes, links, arrows."""

_REPLACED_ANYWAY = re.compile(
    r"(?<=[:@])(?=\S)"  # :smile:, https://, a@b.c
    r"|(?<=www)(?=\\\.)"
    r"|(?<=[-<>~])(?=\\[-=>])"  # -- -> <- >= ~=
)
_ISOLATE, _POP = "\u2068", "\u2069"


def plain(text: str, length: int | None = None) -> str:
    """`text` escaped for Streamlit's markdown: it yields no formatting, link, HTML, formula, icon or shortcode.

    The result is on one line and, with `length`, truncated to that many characters. Right-to-left text is isolated, so
    that it does not reorder the text around it.
    """
    line = plain_text(text) if length is None else short_label(text, length)
    escaped = _REPLACED_ANYWAY.sub(_WORD_JOINER, _SIGNS.sub(r"\\\1", line))
    return f"{_ISOLATE}{escaped}{_POP}" if _runs_right_to_left(line) else escaped


def plain_list(texts: Iterable[str], most: int = 8, length: int = 40) -> str:
    """Up to `most` texts, escaped and joined, and how many are left out."""
    shown = [plain(text, length) for text in texts]
    rest = len(shown) - most
    return ", ".join(shown[:most]) + (f" and {rest} more" if rest > 0 else "")


def _runs_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)
