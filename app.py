"""Nearfield: `streamlit run app.py`.

The app's script is one folder down. If it were next to a folder named `pages`, Streamlit would treat the first request
to a fresh server as one to a legacy multipage app and answer a deep link with "Page not found".
"""

from pathlib import Path

import streamlit as st

app = st.App(Path(__file__).resolve().parent / "pages" / "shell" / "main.py")
