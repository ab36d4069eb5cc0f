"""A list as short text for a link: the kept artists in order, each by 40 bits of a hash of its id.

The text means the same for whoever has these artists, in any version of the catalogue. Nothing is stored on a server.
"""

import base64
import binascii
import hashlib

from core.catalogue import Catalogue
from core.curation.finding import entry_of
from core.curation.lists import FIRST_LIST, CurationList, add, checked_list_name
from core.errors import NearfieldError

MOST_LINKED = 300
"""With more artists, links are longer than many programs pass on."""

_HASH_BYTES = 5


def link_code(curated: CurationList) -> str:
    """The kept artists of a list as text for a URL. Raises NearfieldError if there are none, or more than 300."""
    kept = curated.kept
    if not kept:
        raise NearfieldError("The list keeps nobody, so there is nothing to link to yet.")
    if len(kept) > MOST_LINKED:
        raise NearfieldError(f"A link holds at most {MOST_LINKED} artists, and the list keeps {len(kept)}. Export it.")
    hashes = b"".join(_hash(entry.artist_id) for entry in kept)
    return base64.urlsafe_b64encode(hashes).rstrip(b"=").decode()


def list_of_link(catalogue: Catalogue, code: str, name: str) -> tuple[CurationList, int]:
    """The list of a link, and how many of its artists the catalogue lacks. Raises NearfieldError for other text."""
    try:
        hashes = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        hashes = b""
    if not hashes or len(hashes) % _HASH_BYTES or len(hashes) > MOST_LINKED * _HASH_BYTES:
        raise NearfieldError("The link to a list is damaged. Ask for it again, or for an exported file.")
    asked = [hashes[start : start + _HASH_BYTES] for start in range(0, len(hashes), _HASH_BYTES)]
    wanted = set(asked)
    rows: dict[bytes, int] = {}
    for artist_id, row in catalogue.row_of.items():
        if (one := _hash(artist_id)) in wanted:
            rows.setdefault(one, row)
    try:
        named = checked_list_name(name)
    except NearfieldError:
        named = FIRST_LIST
    known = [rows[one] for one in asked if one in rows]
    return add(CurationList(named), [entry_of(catalogue, row) for row in known]), len(asked) - len(known)


def _hash(artist_id: str) -> bytes:
    return hashlib.blake2b(artist_id.encode(), digest_size=_HASH_BYTES).digest()
