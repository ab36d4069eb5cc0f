"""Records of a manifest: dataclasses that are read from JSON and written back with what they do not know.

A record of a newer minor version may have fields that this Nearfield does not know. They are kept in the record's
`extra` and written back where they were.
"""

import json
import re
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from core.errors import CatalogueError
from core.text import short_label

LONGEST_REASON = 200

_EXTRA = "extra"
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_Record = TypeVar("_Record")


def is_text(value: Any) -> bool:
    """Whether `value` is text that files can hold; a lone surrogate (half a character) is not."""
    return isinstance(value, str) and not _HALF_CHARACTER.search(value)


def are_texts(values: Any) -> bool:
    """Whether `values` is a list of such texts."""
    return isinstance(values, list) and all(map(is_text, values))


def check_extra(extra: Any, where: str) -> None:
    """Raise CatalogueError unless the unknown fields `extra` can be written to a file."""
    try:
        is_sound = isinstance(extra, dict) and bool(json.dumps(extra, ensure_ascii=False).encode())
    except (TypeError, ValueError, RecursionError):
        is_sound = False
    if not is_sound:
        raise CatalogueError(f"{where} has a field of a newer version that cannot be kept: it is no JSON.")


def read_record(cls: type[_Record], content: Any, where: str, is_newer: bool = False) -> _Record:
    """Make a record from JSON.

    Fields that the record lacks are kept in its `extra` if the file `is_newer`. Raises CatalogueError, which begins
    with `where`, for fields that are missing, and for unknown ones otherwise.
    """
    if not isinstance(content, dict):
        raise CatalogueError(f"{where} must be a JSON object.")
    known = {field.name for field in fields(cls)} - {_EXTRA}  # type: ignore[arg-type]
    unknown = sorted(set(content) - known)
    if unknown and not is_newer:
        raise CatalogueError(f"{where} has unknown fields: {short_label(', '.join(unknown), LONGEST_REASON)}.")
    own = {name: value for name, value in content.items() if name in known}
    try:
        return cls(**own, **({_EXTRA: {name: content[name] for name in unknown}} if unknown else {}))
    except TypeError as fault:
        raise CatalogueError(f"{where} is incomplete: {fault}.") from None


def record_dict(record: Any) -> dict[str, Any]:
    """The fields of a record as JSON, with those that it does not know."""
    own = {field.name: _plain(getattr(record, field.name)) for field in fields(record) if field.name != _EXTRA}
    return getattr(record, _EXTRA, {}) | own


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return record_dict(value)
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
