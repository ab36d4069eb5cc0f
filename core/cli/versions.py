"""What commands say of a catalogue that has a new version: which runs, fusions and figures still belong to it."""

from core.cli.output import say
from core.experiments.migration import Belongings


def say_versions(before: Belongings, after: Belongings) -> None:
    """Say that a catalogue has a new version, and what belonged to the old one and no longer does."""
    left = [run_id for run_id in before.runs if run_id not in after.runs]
    say("The catalogue has a new version.")
    if kept := len(after.runs) + len(after.fusions):
        say(f"{kept} of its runs and fusions rest on nothing that changed, and stay.")
    if left:
        say(f"{len(left)} of its runs rest on what has changed, and are no longer offered. Train again:")
        for run_id in left:
            say(f"  {run_id}")
    if fusions := [name for name in before.fusions if name not in after.fusions]:
        say(f"Fusions that rest on what has changed: {', '.join(fusions)}. Fit them again.")
    if figures := before.figures - after.figures:
        say(f"{figures} of its {before.figures} figures were measured on what has changed. Evaluate again.")
