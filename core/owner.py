"""The owner of a server, who alone may add, prepare and remove what all visitors see; and where visitors come from.

On a server that only its own machine reaches everybody is the owner. Elsewhere the owner is who knows the token, a
secret that is made once and kept in the data folder, readable by the server's user alone. A server that strangers may
use says so by NEARFIELD_PUBLIC=1: there no address proves anything, since a proxy is on the same machine.
"""

import hmac
import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from core.errors import NearfieldError
from core.reading import read_regular
from core.storage import writing

PUBLIC_VARIABLE = "NEARFIELD_PUBLIC"
PROXIES_VARIABLE = "NEARFIELD_PROXIES"
TOKEN_FILE = ".owner-token"
_NOT_PUBLIC = ("", "0", "false", "no", "off")
_FORM = re.compile(rb"[0-9a-f]{32}")
_PRIVATE = 0o600
_PASSED_ON = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")
"""Headers of a request that somebody else has passed on: it may come from anywhere."""


def is_public() -> bool:
    """Whether strangers may use this server: NEARFIELD_PUBLIC is set, and not to one of 0, false, no and off."""
    return os.environ.get(PUBLIC_VARIABLE, "").strip().lower() not in _NOT_PUBLIC


def is_local(address: str | None) -> bool:
    """Whether a server that listens at `address` is reached from its own machine only. None means every address."""
    if address == "localhost":
        return True
    try:
        return address is not None and ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def was_passed_on(headers: Mapping[str, str]) -> bool:
    """Whether a request has come through a proxy, so that its sender may be anywhere."""
    return any(name in headers for name in _PASSED_ON)


def address_of(peer: str | None, forwarded: str) -> str | None:
    """The address that a request was sent from, as far as can be told.

    `peer` is the other end of the connection, None if it is on this machine, and `forwarded` the X-Forwarded-For
    headers, joined. NEARFIELD_PROXIES says how many proxies stand in front; unless it does, one on this machine is
    believed, and nobody else: what a visitor writes into that header is before what the proxies add.
    """
    given = os.environ.get(PROXIES_VARIABLE, "")
    proxies = int(given) if given.isdecimal() else 1 if peer is None else 0
    told = [part.strip() for part in forwarded.split(",") if part.strip()]
    return told[-proxies] if 0 < proxies <= len(told) else peer


def network_of(address: str | None) -> str:
    """The network of an address, which one household has: of IPv6 a /64, of IPv4 the address. "" for anything else."""
    try:
        parsed = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return ""
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


def sender_of(folder: Path, address: str | None) -> str:
    """What stands for an address in the data of `folder`, as hexadecimal text; "" where none is known.

    Nobody finds the address by it without the owner's token. Addresses of one network are one sender.
    Raises NearfieldError where the token cannot be read or written.
    """
    if not (text := network_of(address)):
        return ""
    return hmac.new(owner_token(folder).encode(), f"sender {text}".encode(), "sha256").hexdigest()


def owner_token(folder: Path) -> str:
    """The token of the server whose data are in `folder`, which is made where there is none.

    Raises NearfieldError where it cannot be read or written.
    """
    file = folder / TOKEN_FILE
    if not file.exists():
        _make(file)
    token = read_regular(file).strip()
    if not _FORM.fullmatch(token):
        raise NearfieldError(f"{TOKEN_FILE} in the data folder holds no token. Remove it; then a new one is made.")
    with suppress(OSError):
        file.chmod(_PRIVATE)
    return token.decode("ascii")


def is_token(folder: Path, given: str) -> bool:
    """Whether `given` is the token of the server whose data are in `folder`."""
    return secrets.compare_digest(owner_token(folder).encode(), given.strip().encode())


def _make(file: Path) -> None:
    """Write a new token, unless another process is first: a reader sees a whole one or none."""
    temporary = file.with_name(f"{file.name}.tmp-{secrets.token_hex(4)}")
    with writing("The owner's token"):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(temporary, "x", opener=lambda name, flags: os.open(name, flags, _PRIVATE)) as made:
                made.write(f"{secrets.token_hex(16)}\n")
            with suppress(FileExistsError):
                os.link(temporary, file)
        finally:
            temporary.unlink(missing_ok=True)
