"""The rows of the list store: in each, the JSON text of one visitor's lists of one catalogue."""

import os
import re
import secrets
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import Connection, Select, and_, insert, select, update
from sqlalchemy.sql import ColumnElement

from core.curation.lists import ListCollection
from core.curation.records import Provenance, collection_from, collection_record, json_bytes
from core.database.schema import LISTS
from core.errors import NearfieldError

MAX_COLLECTION_BYTES = 4 << 20
_LISTS_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class Key:
    """Whose lists, and of which catalogue."""

    catalogue: str
    lists_id: str

    @property
    def name(self) -> str:
        """What a transaction holds that changes these lists."""
        return f"{self.catalogue_name} of {self.lists_id}"

    @property
    def catalogue_name(self) -> str:
        """What one holds as well that makes room among all lists of the catalogue."""
        return f"lists on {self.catalogue}"

    @property
    def matches(self) -> ColumnElement[bool]:
        return and_(LISTS.c.catalogue == self.catalogue, LISTS.c.lists_id == self.lists_id)


def key_of(folder_name: str, lists_id: str) -> Key:
    """The key of a visitor's lists of the catalogue in a folder of this name. Raises NearfieldError for a bad id."""
    if not _LISTS_ID.fullmatch(lists_id):
        raise NearfieldError("The id of lists is made of at most 64 letters, digits, - and _. Use another.")
    # The name of a folder may hold bytes that are no text, which databases refuse.
    return Key(quote(os.fsencode(folder_name)), lists_id)


@dataclass(frozen=True)
class Keeper:
    """Who changes lists: `sender` stands for the address, "" where it is unknown; `is_owner` is the server's owner."""

    sender: str = ""
    is_owner: bool = False


def row_of(key: Key) -> Select[tuple[str, str, float, str | None]]:
    """Selects the row of these lists: content, stamp, opened, moved_from."""
    return select(LISTS.c.content, LISTS.c.stamp, LISTS.c.opened, LISTS.c.moved_from).where(key.matches)


def put(
    connection: Connection, key: Key, content: str, opened: float, moved_from: str | None, keeper: Keeper | None = None
) -> None:
    """Write the row of these lists, whether there is one or not. What has been an owner's stays one's."""
    keeper = keeper or Keeper()
    values = {"content": content, "stamp": secrets.token_hex(8), "opened": opened, "moved_from": moved_from}
    owners = {"is_owners": True} if keeper.is_owner else {}
    changed = update(LISTS).where(key.matches).values(values | owners | {"changes": LISTS.c.changes + 1})
    if not connection.execute(changed).rowcount:
        first = {"catalogue": key.catalogue, "lists_id": key.lists_id, "changes": 1, "sender": keeper.sender or None}
        connection.execute(insert(LISTS).values(values | first | {"is_owners": keeper.is_owner}))


def content_of(collection: ListCollection, provenance: Provenance) -> str:
    """The JSON text of a collection. Raises NearfieldError for one that could not be read again, or is too large."""
    record = collection_record(collection, provenance)
    collection_from(record, {})
    content = json_bytes(record)
    if len(content) > MAX_COLLECTION_BYTES:
        raise NearfieldError(
            f"The lists together have become larger than {MAX_COLLECTION_BYTES >> 20} MB, about "
            "8,000 artists. Export a list and delete it, or shorten notes."
        )
    return content.decode()
