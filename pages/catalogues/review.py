"""The review of a music folder: what was decided about its files, and names that are never split."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.catalogue.importers.folder.reading import EXCEPTIONS
from core.catalogue.importers.folder.review import review_lines, review_sections, review_text
from pages.catalogues import texts
from pages.shell.text import plain


def show_review(review: Mapping[str, Any], name: str, unheard: Sequence[str] = ()) -> None:
    """The counts, and every decision by kind. `name` is that of the catalogue; `unheard` has a line for each file that
    was listened to in vain."""
    st.markdown("\n".join(f"- {plain(line, texts.LONGEST_LINE)}" for line in review_lines(review)))
    later = [(texts.UNHEARD_SECTION, list(unheard))] if unheard else []
    for title, lines in [*review_sections(review), *later]:
        with st.expander(texts.review_section(title, len(lines))):
            shown = lines[: texts.MOST_LINES]
            st.markdown("\n".join(f"- {plain(line, texts.LONGEST_LINE)}" for line in shown))
            if len(lines) > len(shown):
                st.caption(texts.more_in_review(len(lines) - len(shown)))
    st.download_button(
        texts.SAVE_REVIEW,
        lambda: review_text(review, later).encode("utf-8", "replace"),
        f"{name}-review.txt",
        "text/plain",
        key="save_review",
        icon=":material/download:",
        type="tertiary",
    )


def choose_exceptions(review: Mapping[str, Any], name: str) -> list[str] | None:
    """Credits that are to stay whole; None while they are those with which the folder was read."""
    given = list(review.get(EXCEPTIONS, []))
    split = [each["credit"] for each in review["splits"]]
    chosen = st.multiselect(
        texts.WHOLE_LABEL,
        sorted({*given, *split}, key=str.casefold),
        default=given,
        key=f"whole_{name}",
        help=texts.WHOLE_HELP,
        placeholder=texts.WHOLE_PLACEHOLDER,
        accept_new_options=True,
        select_all=False,
    )
    return None if sorted(chosen) == sorted(given) else chosen
