"""Which of Streamlit's own routes are open."""

_CORE = "/_stcore/"
_OPEN = ("health", "host-config", "stream")
_OPEN_BELOW = ("upload_file/", "bidi-components/")
"""What pages need. Not metrics, which say how many visitors do what; nor the agent's interface, which no page uses."""


def is_closed(path: str) -> bool:
    """Whether a URL path is one of Streamlit's own routes that no page needs."""
    _, core, rest = path.partition(_CORE)
    return bool(core) and rest not in _OPEN and not rest.startswith(_OPEN_BELOW)


def is_health(path: str) -> bool:
    """Whether a URL path asks whether the server lives. Whoever watches over it asks by any name."""
    return path.endswith(f"{_CORE}health")
