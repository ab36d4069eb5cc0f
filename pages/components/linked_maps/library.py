"""plotly.js, which draws the maps, and where the server has it.

It is taken from the installed plotly. Its address changes with its content, so a browser keeps it, compiled.
"""

import gzip
import hashlib
from functools import cache
from importlib.resources import files

import streamlit as st

_DIGITS = 16


@cache
def plotly_script() -> bytes:
    """plotly.js, compressed by gzip."""
    return gzip.compress(_source(), mtime=0)


@cache
def plotly_path() -> str:
    """The path of plotly.js on this server, below the path that the app has."""
    return f"/_nearfield/plotly-{hashlib.sha256(_source()).hexdigest()[:_DIGITS]}.js"


def plotly_address() -> str:
    """What a page asks for."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}{plotly_path()}" if base else plotly_path()


def _source() -> bytes:
    return files("plotly").joinpath("package_data/plotly.min.js").read_bytes()
