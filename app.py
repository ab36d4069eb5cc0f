"""Nearfield: `streamlit run app.py`.

The app's script is one folder down. If it were next to a folder named `pages`, Streamlit would treat the first request
to a fresh server as one to a legacy multipage app and answer a deep link with "Page not found".
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from threadpoolctl import threadpool_limits

from pages.serving.door import middleware
from pages.serving.leaving import watch_visits
from pages.shell.starting import tell_owner


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[dict[str, Any]]:
    """What happens around the server's life. Each answer has one core, so that visitors do not wait for one another."""
    tell_owner()
    with threadpool_limits(1, "blas"):
        async with watch_visits():
            yield {}


app = st.App(
    Path(__file__).resolve().parent / "pages" / "shell" / "main.py", lifespan=lifespan, middleware=middleware()
)
