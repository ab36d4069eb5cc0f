"""`python -m core checkpoint`: list, get and verify the CLAP checkpoints."""

import time
from argparse import Namespace

import pandas as pd

from core.audio.clap.checkpoints import KNOWN, Checkpoint, checkpoint_folder, get, is_installed, known, verify
from core.cli.output import progress_line, say, show
from core.errors import NearfieldError


def list_checkpoints(options: Namespace) -> int:
    """Print the known checkpoints and which of them are on this machine."""
    rows = [_row(checkpoint) for checkpoint in KNOWN.values()]
    table = pd.DataFrame(rows)[["name", "here", "gigabytes", "licence", "about"]]
    show(options, {"checkpoints": rows}, table.assign(here=table["here"].map({True: "yes", False: "no"})))
    return 0


def get_checkpoint(options: Namespace) -> int:
    """Download a checkpoint, check it and make it ready; goes on where an earlier attempt ended."""
    checkpoint = known(options.name)
    said = get(checkpoint, _progress())
    for sentence in said:
        say(sentence)
    content = _row(checkpoint) | {"checks": said}
    show(options, content, pd.DataFrame([{"name": checkpoint.name, "folder": content["folder"]}]))
    return 0


def verify_checkpoints(options: Namespace) -> int:
    """Read the files of a checkpoint, or of all installed ones, again; exit code 1 where one has changed."""
    chosen = [known(options.name)] if options.name else [one for one in KNOWN.values() if is_installed(one)]
    if not chosen:
        raise NearfieldError("No checkpoint is on this machine. Run: python -m core checkpoint list")
    rows = []
    for checkpoint in chosen:
        faults = verify(checkpoint)
        rows.append({"name": checkpoint.name, "result": " ".join(faults) or "whole", "whole": not faults})
    show(options, {"checkpoints": rows}, pd.DataFrame(rows)[["name", "result"]])
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


class _progress:
    """Says each whole percent once, with the time left."""

    def __init__(self) -> None:
        self._said = -1
        self._started = time.monotonic()

    def __call__(self, done: int, total: int | None) -> None:
        if not total or (percent := 100 * done // total) == self._said:
            return
        self._said = percent
        progress_line(percent, 100, time.monotonic() - self._started, f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB")
