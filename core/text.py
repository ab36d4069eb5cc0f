"""Names, counts and times as short plain text."""

import unicodedata

LABEL_LENGTH = 28
_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain_text(name: str) -> str:
    """`name` on one line, without control characters and without marks that turn the text around it."""
    if name.isprintable():  # all but a few names, and much faster than letter by letter
        return " ".join(name.split())
    kept = "".join(
        character if unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} else " "
        for character in name
        if character not in _DIRECTION_CONTROLS
    )
    return " ".join(kept.split())


def short_label(name: str, length: int = LABEL_LENGTH) -> str:
    """At most `length` characters of `name`, cut before a combining mark's base, with an ellipsis if cut."""
    text = plain_text(name)
    if len(text) <= length:
        return text
    end = length - 1
    while end > 1 and (unicodedata.combining(text[end]) or "\u200d" in text[end - 1 : end + 1]):
        end -= 1
    return text[:end].rstrip() + "…"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 artist", "1,200 artists"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """ "under a minute", "5 minutes", "1 h 20 min"."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return "under a minute"
    if minutes < 60:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"{minutes // 60} h {minutes % 60:02d} min"
