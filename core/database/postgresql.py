"""PostgreSQL: a server, which several machines may write at a time. It needs psycopg (requirements-scale.txt).

Changes are transactions that see what others have committed. What one of them has read and is about to change it holds
by a lock with a name, which ends with the transaction: by commit, by a fault, or when its connection is gone.
"""

import hashlib
import logging
import time

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from core.errors import NearfieldError

PSYCOPG_MISSING = (
    "NEARFIELD_DATABASE names a PostgreSQL server, and psycopg is not installed. Install it: "
    "sh scripts/environment.sh requirements.txt requirements-scale.txt"
)
_CONNECTION = {
    "connect_timeout": "5",
    "keepalives_idle": "20",
    "keepalives_interval": "5",
    "keepalives_count": "4",
    "tcp_user_timeout": "20000",
    "client_encoding": "utf8",
    "application_name": "nearfield",
}
"""libpq's, in seconds but for `tcp_user_timeout`: a server that is gone without a word is told from a slow one. The
address may say otherwise."""

_SETTINGS = {
    "lock_timeout": "30s",
    "statement_timeout": "45s",
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "20",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
}
"""The server's, for each connection: nobody waits for ever, and what a lost machine held is free within a minute."""

_KEPT_OPEN, _MOST_OPEN = 4, 20
_POOL_SECONDS = 10
_SAID_AGAIN_SECONDS = 60.0
_LOG = logging.getLogger(__name__)

_AWAY = "cannot be reached", "What was saved before is kept. Try again in a minute."
_BUSY = "keeps others' changes waiting for long", "Try again later."
_LETTERS = "cannot hold all letters", "Make one with the encoding UTF8, and name it there."
_SEE_LOGS = "The logs of Nearfield and of the server say why."
_ODD = "has an address that PostgreSQL does not understand", _SEE_LOGS
_WHY = {
    "08": _AWAY,
    "57P": _AWAY,
    "3D000": ("has no such database", "Create it, or name another one in NEARFIELD_DATABASE."),
    "28": ("refuses Nearfield", "Check the user and the password in NEARFIELD_DATABASE."),
    "42501": ("does not let Nearfield do this", "Allow its user to create, read and change tables there."),
    "42P01": ("has lost Nearfield's tables", "Try again: they are made anew."),
    "25006": ("can only be read", "Name the server that takes changes in NEARFIELD_DATABASE, or try again later."),
    "53100": ("has no room", "Make room there and try again."),
    "53300": ("takes no more connections", "Try again in a minute, or have it allow more."),
    "22P05": _LETTERS,
    "55P03": _BUSY,
    "57014": _BUSY,
    "40": _BUSY,
}
"""What is wrong and what to do, by SQLSTATE or by how it begins."""


class PostgreSQL:
    """The database at an address, whatever driver it names: psycopg is the one that is used.

    Raises NearfieldError where psycopg is missing.
    """

    name = "The database that NEARFIELD_DATABASE names"

    def __init__(self, address: URL) -> None:
        self.engine = _engine(address)
        self._secrets = _secrets(address)
        self._said = ("", 0.0)

    def hold(self, connection: Connection, what: str) -> None:
        """Wait until nobody else holds what is called `what`, and hold it until the transaction ends."""
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _lock_key(what)})

    def check(self, connection: Connection) -> None:
        """Raise NearfieldError where the database cannot hold every name. SQL_ASCII keeps bytes as they are."""
        if connection.execute(text("show server_encoding")).scalar_one() not in ("UTF8", "SQL_ASCII"):
            raise NearfieldError(f"{self.name} {'. '.join(_LETTERS)}")

    def sentence(self, fault: DBAPIError) -> str:
        """What is wrong with the database, for visitors too: no host, no user. The log has what the server said."""
        self._log(str(fault.orig).strip())
        what, remedy = _why(fault)
        return f"{self.name} {what}. {remedy}"

    def _log(self, said: str) -> None:
        """Warn of it, but not again and again: many ask while the server is away."""
        for secret in self._secrets:
            said = said.replace(secret, "***")
        now = time.monotonic()
        before, when = self._said
        if said != before or now - when > _SAID_AGAIN_SECONDS:
            self._said = said, now
            _LOG.warning("The database server says: %s", said)


def _why(fault: DBAPIError) -> tuple[str, str]:
    state = getattr(fault.orig, "sqlstate", None)
    if state is None:  # libpq itself says so, which has no such codes
        return _AWAY if isinstance(fault, OperationalError | InterfaceError) else _ODD
    return next((why for begin, why in _WHY.items() if state.startswith(begin)), (f"has failed ({state})", _SEE_LOGS))


def _engine(address: URL) -> Engine:
    address = address.set(drivername="postgresql+psycopg")
    defaults = {name: value for name, value in _CONNECTION.items() if name not in address.query}
    try:
        engine = create_engine(
            address.update_query_dict(defaults),
            # Poolers between Nearfield and the server may hand each transaction to another connection.
            connect_args={"prepare_threshold": None},
            pool_pre_ping=True,  # the server may have restarted since
            pool_size=_KEPT_OPEN,
            max_overflow=_MOST_OPEN - _KEPT_OPEN,
            pool_timeout=_POOL_SECONDS,
        )
    except ModuleNotFoundError:
        raise NearfieldError(PSYCOPG_MISSING) from None
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    settings = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in _SETTINGS.items())
    connection.execute(f"select {settings}")
    connection.commit()


def _lock_key(what: str) -> int:
    """64 bits with a sign, as PostgreSQL names such locks."""
    return int.from_bytes(hashlib.sha256(what.encode("utf-8", "backslashreplace")).digest()[:8], signed=True)


def _secrets(address: URL) -> list[str]:
    """What stands in the address and may stand nowhere else, the longest first."""
    hidden = [value for name, value in address.query.items() if "password" in name]
    told = [str(address.password or ""), *(part for value in hidden for part in _parts(value))]
    return sorted(filter(None, told), key=len, reverse=True)


def _parts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
