"""What a visitor leaves is freed soon after: Streamlit by itself keeps it until somebody else comes or goes."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from pages.serving.bounds import Account
from pages.serving.uploads import account_of_server

GRACE_S = 30.0
"""How long a visitor may be away, as when a telephone loses its network, before the visit is over."""

LOOK_S = 5.0


@dataclass
class Leaving:
    """Ends visits with files whose visitors are gone for `grace_s`."""

    account: Account
    grace_s: float = GRACE_S
    _gone_since: dict[str, float] = field(default_factory=dict)

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.look(time.monotonic())

    def look(self, now: float) -> None:
        """End what is due at `now`, in seconds of a clock that only moves on."""
        store = self.account.store
        held = store.held()
        away = {session for session in {*held, *self.account.offers.sessions()} if not store.is_here(session)}
        self._gone_since = {session: self._gone_since.get(session, now) for session in away}
        over = {session for session, since in self._gone_since.items() if now - since >= self.grace_s}
        for session in over & set(held):
            store.end(session)
        self.account.forget_all_but({*held, *self.account.offers.sessions()} - over)


@asynccontextmanager
async def watch_visits() -> AsyncIterator[None]:
    """Within it, the visits to this server end when their visitors have left."""
    watching = asyncio.create_task(Leaving(account_of_server()).watch())
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
