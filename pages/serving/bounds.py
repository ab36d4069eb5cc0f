"""How much of visitors' files the server holds at a time: per visitor, per network and in all.

Streamlit keeps uploads in memory. What arrives counts from its first byte; what is there is counted where Streamlit
keeps it, so nothing is lost from the account when a file goes.
"""

import os
from collections.abc import Container
from dataclasses import dataclass, field

from core.owner import network_of
from pages.serving import texts
from pages.serving.offers import Offer, Offers
from pages.serving.store import Store

UPLOADS_VARIABLE = "NEARFIELD_UPLOADS_MB"
DEFAULT_MB = 1000
AT_ONCE = 4
"""Files of one visitor that may be on their way at a time. The owner's are bounded by their number alone."""

_SPARE = 1
"""Files beyond those of the offers: when a file replaces another, it may arrive before the other is gone."""

FRAMING = 64 * 1024
"""Bytes that a browser sends around a file: lines of boundaries and the file's name."""


class Refused(Exception):
    """An upload is not taken: the status of HTTP, and a sentence for the visitor."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


@dataclass(eq=False)
class Arriving:
    """A file on its way, and how much of it is there."""

    session: str
    file: str
    n_bytes: int = 0


@dataclass
class Account:
    """What the server holds and may hold: `most` bytes of all visitors' files, and half of that for one network."""

    offers: Offers
    store: Store
    most: int = DEFAULT_MB * 1_000_000
    _arriving: list[Arriving] = field(default_factory=list)
    _networks: dict[str, str] = field(default_factory=dict)

    def begin(self, session: str, file: str, address: str | None, n_bytes: int) -> Arriving:
        """Let a file begin that says it has `n_bytes`. Raises Refused where there is no room for it now.

        Room is taken by what arrives and not by what is said: else who sends slowly would keep others out.
        """
        offers = self.offers.of(session)
        if not offers:
            raise Refused(403, texts.NO_PLACE)
        if not _are_owners(offers) and len(self._on_way(session)) >= AT_ONCE:
            raise Refused(429, texts.AT_ONCE)
        self._networks[session] = network_of(address)
        arriving = Arriving(session, file)
        self._arriving.append(arriving)
        try:
            self._make_room(arriving, offers, n_bytes)
        except Refused:
            self.end(arriving)
            raise
        return arriving

    def grow(self, arriving: Arriving, n_bytes: int) -> None:
        """Let `n_bytes` of a file be there. Raises Refused."""
        self._make_room(arriving, self.offers.of(arriving.session), n_bytes)
        arriving.n_bytes = n_bytes

    def check_name(self, arriving: Arriving, name: str | None) -> None:
        """Raise Refused unless a place takes a file of this name. None: the name is not known."""
        offers = self.offers.of(arriving.session)
        if not any(offer.takes(name) for offer in offers):
            raise Refused(415, texts.wrong_kind(sorted({suffix for offer in offers for suffix in offer.suffixes})))

    def end(self, arriving: Arriving) -> None:
        """The file has arrived, or will not."""
        self._arriving.remove(arriving)

    def forget_all_but(self, sessions: Container[str]) -> None:
        """Drop what is known of sessions that are over."""
        self.offers.forget_all_but(sessions)
        self._networks = {session: network for session, network in self._networks.items() if session in sessions}

    def _on_way(self, session: str) -> list[Arriving]:
        return [each for each in self._arriving if each.session == session]

    def _make_room(self, arriving: Arriving, offers: list[Offer], n_bytes: int) -> None:
        """Raise Refused unless another `n_bytes` have a place, for which a visitor's older files may have to go."""
        largest = max((offer.largest for offer in offers), default=0)
        if n_bytes > largest + FRAMING:
            raise Refused(413, texts.too_large(largest))
        own = dict(self.store.held().get(arriving.session, {}))
        own.pop(arriving.file, None)
        on_way = self._on_way(arriving.session)
        coming = n_bytes + sum(each.n_bytes for each in on_way if each is not arriving)
        most_files = sum(offer.most_files for offer in offers) + _SPARE
        most_bytes = sum(offer.together for offer in offers) + FRAMING * len(on_way)
        while len(own) + len(on_way) > most_files or sum(own.values()) + coming > most_bytes:
            # A visitor's places take one file each, so the oldest is one that was replaced. The owner's take many.
            if not own or _are_owners(offers):
                raise Refused(413, texts.TOO_MANY)
            oldest = next(iter(own))
            own.pop(oldest)
            self.store.drop(arriving.session, oldest)
        if not _are_owners(offers):
            self._check_others(arriving, n_bytes)

    def _check_others(self, arriving: Arriving, n_bytes: int) -> None:
        """Raise Refused where all visitors, or those of one network, have no room for another `n_bytes`."""
        network = self._networks[arriving.session]
        in_all = near = n_bytes
        sizes = [(session, sum(files.values())) for session, files in self.store.held().items()]
        sizes += [(each.session, each.n_bytes) for each in self._arriving if each is not arriving]
        for session, size in sizes:
            if not _are_owners(self.offers.of(session)):
                in_all += size
                near += size * (self._networks.get(session) == network)
        if in_all > self.most:
            raise Refused(503, texts.ALL_FULL)
        if near > self.most // 2:
            raise Refused(429, texts.ADDRESS_FULL)


def most_held() -> int:
    """Bytes of all visitors' files together, by NEARFIELD_UPLOADS_MB."""
    given = os.environ.get(UPLOADS_VARIABLE, "").strip()
    return 1_000_000 * (int(given) if given.isascii() and given.isdigit() and len(given) < 9 else DEFAULT_MB)


def _are_owners(offers: list[Offer]) -> bool:
    return any(offer.is_owners for offer in offers)
