"""Strangers who keep lists: visits without a cookie that press Keep, from one address and from many, and lists that
others keep meanwhile, which must stay."""

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.campaign.found import Found, percentile, seeded
from core.catalogue import Catalogue
from core.catalogue.library import DATA_VARIABLE
from core.curation import Keeper, add, change_lists, entry_of, lists_stamp, with_list
from core.curation.store import MAX_COLLECTIONS, MAX_OF_ONE_SENDER
from core.database import open_database
from core.database.schema import LISTS
from core.errors import NearfieldError
from core.owner import PUBLIC_VARIABLE
from tests.support.furnished import furnished
from tests.support.pages import open_app, press

REGULARS = 20
"""Visitors with cookies and addresses of their own, who come back."""


@dataclass(frozen=True)
class Visit:
    """A visitor of the list store."""

    lists_id: str
    keeper: Keeper


def campaign(visits: int, pages: int, minutes: float, seed: int) -> Iterator[Found]:
    """Up to `visits` strangers keep an artist in the store, and up to `pages` more by clicks; the owner and some
    regulars have lists before. Yields what was found so far.

    A failure is a visitor who is refused, lists of the owner or of a regular that are gone, and more than the bounds.
    """
    found, seconds, end = Found("strangers"), list[float](), time.monotonic() + minutes * 60
    with tempfile.TemporaryDirectory(prefix="nearfield-strangers-") as name:
        os.environ |= {DATA_VARIABLE: name, PUBLIC_VARIABLE: "1"}
        folder = Path(name)
        catalogue = furnished(folder)
        owner = Visit("0" * 32, Keeper("the owner's", is_owner=True))
        regulars = [Visit(f"{number + 1:032x}", Keeper(f"home {number}")) for number in range(REGULARS)]
        for visit in (owner, *regulars):
            for times in range(3):
                keep(folder, catalogue, visit, times)
        for number in range(visits):
            if time.monotonic() > end:
                break
            rng = seeded(seed, number)
            sender = "one address" if rng.random() < 0.5 else f"address {rng.randrange(200)}"
            begun = time.monotonic()
            try:
                keep(folder, catalogue, Visit(f"{rng.getrandbits(128):032x}", Keeper(sender)), 0)
            except NearfieldError as fault:
                found.failures.append(f"visit {number} was refused: {fault}")
            seconds.append(time.monotonic() - begun)
            found.tried += 1
            yield found
        for number in range(pages):
            if time.monotonic() > end:
                break
            found.tried += 1
            if fault := _press_keep(number):
                found.failures.append(f"page {number}: {fault}")
            yield found
        found.failures += _check(folder, catalogue, (owner, *regulars))
        rows = open_database(folder).rows(select(func.count()).select_from(LISTS))
        found.figures = {"lists_kept": float(rows[0][0]), "p95_seconds": percentile(seconds, 0.95)}
        yield found


def keep(folder: Path, catalogue: Catalogue, visit: Visit, row: int) -> None:
    """What a click on Keep does."""
    change_lists(
        folder,
        visit.lists_id,
        catalogue,
        lambda lists: with_list(lists, add(lists.lists[0], [entry_of(catalogue, row)])),
        visit.keeper,
    )


def _press_keep(number: int) -> str:
    """Open Explore as somebody without a cookie, and press Keep; returns what is wrong, "" if nothing is."""
    app = press(open_app("explore", artist=f"id-{number % 20}"), "Keep")
    if app.exception:
        return str(app.exception[0].message)[:500]
    return app.error[0].value if app.error else ""


def _check(folder: Path, catalogue: Catalogue, stay: tuple[Visit, ...]) -> Iterator[str]:
    for visit in stay:
        if lists_stamp(folder, visit.lists_id, catalogue) is None:
            yield f"the lists of {visit.keeper.sender} are gone"
    rows = open_database(folder).rows(select(LISTS.c.sender, func.count().label("lists")).group_by(LISTS.c.sender))
    total = sum(row.lists for row in rows)
    if total > MAX_COLLECTIONS:
        yield f"there are {total} lists"
    for row in rows:
        if row.sender and row.lists > MAX_OF_ONE_SENDER:
            yield f"there are {row.lists} lists of one address"
