"""Places for files: the server takes what a page has a place for, and the page says what was refused."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.components.uploads import tell_of_refusals
from pages.serving.offers import OFFERS, Offer
from pages.serving.texts import was_refused
from pages.shell.text import plain


@contextmanager
def place_for_files(name: str, offer: Offer) -> Iterator[None]:
    """Draw a place for files inside, of which the server takes what `offer` says.

    Over it stands why the last file was refused, if one was.
    """
    context = get_script_run_ctx()
    session = context.session_id if context else ""
    OFFERS.make(session, name, offer)
    box = f"place_{name}"
    with st.container(key=box):
        if why := OFFERS.take_refusal(session):
            st.error(plain(was_refused(why)))
        yield
        tell_of_refusals(box, f"{box}_refusals")
