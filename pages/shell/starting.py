"""What the server says when it starts."""

import streamlit as st

from core.catalogue.library import data_folder
from core.errors import NearfieldError
from core.owner import is_local, is_public, owner_token
from pages.shell import texts


def tell_owner() -> None:
    """Print how the owner gets in, on a server that others can reach too."""
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    try:
        token = owner_token(data_folder())
    except NearfieldError as fault:
        print(texts.no_token(str(fault)), flush=True)
        return
    if is_public() or not is_local(st.get_option("server.address")):
        names = [name for name in st.get_option("server.allowedHosts") or [] if "*" not in name]
        place = names[0] if names else f"http://localhost:{st.get_option('server.port')}"
        print(texts.owner_address(f"{place}/{base}/" if base else f"{place}/", token), flush=True)
        if is_public() and not st.get_option("server.allowedHosts"):
            print(texts.NO_NAME_YET, flush=True)
