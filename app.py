"""Nearfield: `streamlit run app.py`.

The script of the app stands one folder down: beside a folder named `pages`, Streamlit would take the first request to
a fresh server for a legacy multipage app and answer a deep link with "Page not found".
"""

from pathlib import Path

import streamlit as st

app = st.App(Path(__file__).resolve().parent / "pages" / "shell" / "main.py")
