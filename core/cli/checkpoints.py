"""`python -m core checkpoint`: list, get and verify the checkpoints of encoders."""

import time
from typing import Annotated, Literal

import pandas as pd
import typer

from core.audio.encoders.checkpoints import KNOWN, Checkpoint, checkpoint_folder, get, is_installed, known, verify
from core.cli.options import AsJson
from core.cli.output import progress_line, say, show
from core.errors import NearfieldError


def checkpoint(
    action: Annotated[Literal["list", "get", "verify"], typer.Argument(metavar="ACTION", help="list, get or verify")],
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="of the checkpoint; verify: default all that are here")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """List, get or verify checkpoints of encoders."""
    if action == "list":
        return list_checkpoints(as_json)
    if action == "verify":
        return verify_checkpoints(name, as_json)
    if name is None:
        raise NearfieldError("Say which checkpoint to get: python -m core checkpoint list shows them.")
    return get_checkpoint(name, as_json)


def list_checkpoints(as_json: bool) -> int:
    """Print the known checkpoints and which of them are on this machine."""
    rows = [_row(one) for one in KNOWN.values()]
    table = pd.DataFrame(rows)[["name", "here", "gigabytes", "licence", "about"]]
    show(as_json, {"checkpoints": rows}, table.assign(here=table["here"].map({True: "yes", False: "no"})))
    return 0


def get_checkpoint(name: str, as_json: bool) -> int:
    """Download a checkpoint, check it and prepare it. Continues an earlier attempt."""
    wanted = known(name)
    notes = get(wanted, _Progress())
    for sentence in notes:
        say(sentence)
    content = _row(wanted) | {"checks": notes}
    show(as_json, content, pd.DataFrame([{"name": wanted.name, "folder": content["folder"]}]))
    return 0


def verify_checkpoints(name: str | None, as_json: bool) -> int:
    """Check the files of a checkpoint, or of all installed ones. The exit code is 1 if one has changed."""
    chosen = [known(name)] if name else [one for one in KNOWN.values() if is_installed(one)]
    if not chosen:
        raise NearfieldError("No checkpoint is on this machine. Run: python -m core checkpoint list")
    rows = []
    for one in chosen:
        faults = verify(one)
        rows.append({"name": one.name, "result": " ".join(faults) or "whole", "whole": not faults})
    show(as_json, {"checkpoints": rows}, pd.DataFrame(rows)[["name", "result"]])
    return 0 if all(row["whole"] for row in rows) else 1


def _row(checkpoint: Checkpoint) -> dict[str, object]:
    return {
        "name": checkpoint.name,
        "title": checkpoint.title,
        "here": is_installed(checkpoint),
        "gigabytes": round(checkpoint.size / 1e9, 2) if checkpoint.size else None,
        "licence": checkpoint.licence,
        "source": checkpoint.source,
        "citation": checkpoint.citation,
        "about": checkpoint.about,
        "folder": str(checkpoint_folder(checkpoint)),
        "sha256": {file.name: file.sha256 for file in checkpoint.files},
    }


class _Progress:
    """Prints each whole percent once, with the time left."""

    def __init__(self) -> None:
        self._printed = -1
        self._started = time.monotonic()

    def __call__(self, done: int, total: int | None) -> None:
        if not total or (percent := 100 * done // total) == self._printed:
            return
        self._printed = percent
        progress_line(percent, 100, time.monotonic() - self._started, f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB")
