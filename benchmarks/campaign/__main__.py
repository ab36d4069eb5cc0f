"""Campaigns, seeded: what was tried, what failed, and the figures. Exit code 1 where something failed.

python -m benchmarks.campaign kills [--times N] [--only train,grid,...]
python -m benchmarks.campaign mutations [--count N] [--pages M] [--first K]
python -m benchmarks.campaign sounds [--count N] [--first K]
"""

import argparse
import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from benchmarks.campaign import kills, mutations, sounds, writers
from benchmarks.campaign.asking import Tally
from benchmarks.campaign.music import MUSIC_SUBJECTS
from benchmarks.campaign.subjects import SUBJECTS, Subject

ALL_SUBJECTS = SUBJECTS | MUSIC_SUBJECTS


def run_kills(options: argparse.Namespace) -> Iterator[tuple[Any, str]]:
    for subject in options.only:
        tally = _watched(kills.campaign(subject, options.times, options.seed), subject.name, options.json)
        yield (
            tally,
            f"{subject.name:13} {tally.tried:4} killed within {tally.seconds:5.1f} s: {tally.unfinished} found "
            f"unfinished, {tally.finished} finished, {tally.too_late} too late; {len(tally.failures)} failed",
        )


def run_mutations(options: argparse.Namespace) -> Iterator[tuple[Any, str]]:
    for count, pages in ((options.count, False), (options.pages, True)):
        if count:
            numbers = range(options.first, options.first + count)
            name = "through every page" if pages else "checked and opened"
            tally = _watched(mutations.campaign(numbers, options.seed, pages), name, options.json)
            yield tally, _line(tally, f"mutations {name}")


def run_sounds(options: argparse.Namespace) -> Iterator[tuple[Any, str]]:
    numbers = range(options.first, options.first + options.count)
    tally = _watched(sounds.campaign(numbers, options.seed), "sounds", options.json)
    yield tally, _line(tally, "malformed sounds")


def _line(tally: Tally, what: str) -> str:
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(tally.outcomes.items()))
    return (
        f"{tally.tried} {what}: {outcomes}; at most {tally.most_seconds:.1f} s of processor time and "
        f"{tally.most_bytes >> 20:,} MB; {len(tally.failures)} failed"
    )


def run_writers(options: argparse.Namespace) -> Iterator[tuple[Any, str]]:
    tally = writers.campaign(options.minutes * 60)
    if not options.json:
        for failure in tally.failures:
            print(f"FAILED: {failure}", flush=True)
    yield (
        tally,
        f"{tally.tried} processes for {tally.seconds:g} s: {tally.list_changes:,} changes of one visitor's lists, "
        f"{tally.jobs_done:,} jobs done, {tally.jobs_refused:,} refused; {len(tally.failures)} failed",
    )


def _subjects(listed: str) -> list[Subject]:
    """The subjects "train,grid". Raises argparse.ArgumentTypeError for another name."""
    names = listed.split(",")
    if unknown := [name for name in names if name not in ALL_SUBJECTS]:
        raise argparse.ArgumentTypeError(f"{unknown[0]} is not one of {', '.join(ALL_SUBJECTS)}")
    return [ALL_SUBJECTS[name] for name in names]


def _watched(tallies: Iterator[Any], name: str, quiet: bool) -> Any:
    """The last tally; failures are printed as they come."""
    tally, said = None, 0
    for tally in tallies:
        for failure in tally.failures[said:]:
            if not quiet:
                print(f"FAILED: {name}, {failure}", flush=True)
        said = len(tally.failures)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description="Campaigns against the ground that Nearfield stands on.")
    actions = parser.add_subparsers(dest="campaign", required=True)
    killing = actions.add_parser("kills", help="writers killed at random moments")
    killing.add_argument("--times", type=int, default=30, help="kills of each (default: %(default)s)")
    killing.add_argument("--only", type=_subjects, default=",".join(ALL_SUBJECTS), help="default: %(default)s")
    killing.set_defaults(run=run_kills)
    mutating = actions.add_parser("mutations", help="foreign bytes in a catalogue and in what was made from it")
    mutating.add_argument("--count", type=int, default=4000, help="to check and open (default: %(default)s)")
    mutating.add_argument("--pages", type=int, default=400, help="to take through pages (default: %(default)s)")
    mutating.add_argument("--first", type=int, default=0, help="number of the first (default: %(default)s)")
    mutating.set_defaults(run=run_mutations)
    sounding = actions.add_parser("sounds", help="malformed sound files, decoded and heard by every encoder")
    sounding.add_argument("--count", type=int, default=3000, help="default: %(default)s")
    sounding.add_argument("--first", type=int, default=0, help="number of the first (default: %(default)s)")
    sounding.set_defaults(run=run_sounds)
    writing = actions.add_parser("writers", help="four processes on the same lists and jobs, and clocks that are set")
    writing.add_argument("--minutes", type=float, default=2.0, help="default: %(default)s")
    writing.set_defaults(run=run_writers)
    for action in (killing, mutating, sounding, writing):
        action.add_argument("--seed", type=int, default=0)
        action.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    found = []
    for tally, line in options.run(options):
        found.append(asdict(tally) | {"failed": len(tally.failures)})
        if not options.json:
            print(line, flush=True)
    if options.json:
        print(json.dumps(found, indent=1))
    return 1 if any(one["failed"] for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
