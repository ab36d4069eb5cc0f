"""By which names the server may be asked.

A page of somebody else can have its own name point at this machine (DNS rebinding). Its visitors' browsers would then
take the server for that page's, and on a server that only its machine reaches that page would be the owner. So a name
must be known before anything is answered: it is one of `server.allowedHosts`; or, where that is empty, one that nobody
else can point anywhere: `localhost`, and on a server that others reach also its IP addresses and the machine's name.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

Known = Callable[[str], bool]
"""Whether a server answers to a name, which is in lower case and has no port."""


def known_names(allowed: Sequence[str], is_local: bool, machine: str) -> Known:
    """By which names a server may be asked.

    `allowed` are names, `*.name` for all below a name, `*` for every name, as in Streamlit's `server.allowedHosts`;
    `is_local` says whether only its own machine reaches the server, and `machine` is that machine's name.
    """
    patterns = [pattern.strip().lower().rstrip(".") for pattern in allowed]
    if patterns:
        return lambda name: any(_fits(name, pattern) for pattern in patterns)
    own = {"localhost"} if is_local else {"localhost", *names_of_machine(machine)}

    def is_known(name: str) -> bool:
        address = _address(name)
        if address is None:
            return name in own
        return address.is_loopback or not is_local

    return is_known


def names_of_machine(name: str) -> set[str]:
    """The names by which the others in its network know a machine."""
    whole = name.strip().lower().rstrip(".")
    first = whole.partition(".")[0]
    return {whole, first, f"{first}.local"} if first else set()


def host_name(header: str) -> str:
    """The name in a Host header, in lower case, without port and brackets; "" where there is none in it."""
    try:
        parts = urlsplit(f"//{header}")
        name, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    # Only a name and a port stand in a Host header; whatever else is there is nobody's address.
    if name is None or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        return ""
    return name.lower().rstrip(".")


def this_machine() -> str:
    """The name of this machine; "" where it has none."""
    try:
        return socket.gethostname()
    except OSError:
        return ""


def _fits(name: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return name.endswith(pattern[1:])
    return pattern in ("*", name)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
