"""Campaigns, seeded: what was tried, what failed, and the figures. Exit code 1 where something failed.

python -m benchmarks.campaign kills [--times N] [--only train,grid,...] [--keep-compiled]
python -m benchmarks.campaign mutations [--count N] [--pages M] [--first K]
python -m benchmarks.campaign sounds [--count N] [--first K]
python -m benchmarks.campaign uploads [--count N] [--through M]
python -m benchmarks.campaign links [--links N] [--minutes M]
python -m benchmarks.campaign strangers [--visits N] [--pages K] [--minutes M]
python -m benchmarks.campaign visitors [--catalogue FOLDER] [--visitors N] [--sessions K] [--minutes M]
python -m benchmarks.campaign soak [--catalogue FOLDER] [--chromium PATH] [--minutes M]
"""

import argparse
import json
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.campaign import kills, mutations, sounds, writers
from benchmarks.campaign.asking import Tally
from benchmarks.campaign.music import MUSIC_SUBJECTS
from benchmarks.campaign.subjects import SUBJECTS, Subject
from core.catalogue.library import BUNDLED
from tests.support.server import ROOT

BUNDLED_FOLDER = ROOT / "data" / BUNDLED
ALL_SUBJECTS = SUBJECTS | MUSIC_SUBJECTS
_FIRST = (0, "number of the first")


def run_kills(options: argparse.Namespace) -> Iterator[tuple[Any, str]]:
    for subject in options.only:
        tally = _watched(
            kills.campaign(subject, options.times, options.seed, options.keep_compiled), subject.name, options.json
        )
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


def run_uploads(options: argparse.Namespace) -> Iterator[tuple[Any, str]]:
    from benchmarks.campaign import uploads

    if options.count:
        tally = _watched(uploads.campaign(range(options.count), options.seed), "uploads", options.json)
        yield tally, _line(tally, "mutated uploads")
    if options.through:
        yield _found(uploads.through_endpoint(options.through, options.seed), options)


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


def run_links(options: argparse.Namespace) -> Iterator[tuple[Any, str]]:
    from benchmarks.campaign import links

    yield _found(links.campaign(options.links, options.minutes, options.seed), options)


def run_strangers(options: argparse.Namespace) -> Iterator[tuple[Any, str]]:
    from benchmarks.campaign import strangers

    yield _found(strangers.campaign(options.visits, options.pages, options.minutes, options.seed), options)


def run_visitors(options: argparse.Namespace) -> Iterator[tuple[Any, str]]:
    from benchmarks.campaign import visitors

    sizes = (options.visitors, options.sessions, options.training)
    yield _found(visitors.campaign(options.catalogue, *sizes, options.minutes, options.seed), options)


def run_soak(options: argparse.Namespace) -> Iterator[tuple[Any, str]]:
    from benchmarks.campaign import soak

    yield _found(soak.campaign(options.catalogue, options.chromium, options.minutes, options.seed), options)


def _found(tallies: Iterator[Any], options: argparse.Namespace) -> tuple[Any, str]:
    found = _watched(tallies, options.campaign, options.json)
    return found, found.line()


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


def _numbers(action: argparse.ArgumentParser, **numbers: tuple[float, str]) -> None:
    """Options that are numbers, of the type of their default: name=(default, what it counts)."""
    for name, (default, what) in numbers.items():
        action.add_argument(f"--{name}", type=type(default), default=default, help=f"{what} (default: %(default)s)")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Campaigns against the ground that Nearfield stands on.")
    actions = parser.add_subparsers(dest="campaign", required=True)

    def action(name: str, run: Callable[[argparse.Namespace], Any], what: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=what)
        made.add_argument("--seed", type=int, default=0)
        made.add_argument("--json", action="store_true", help="print JSON")
        made.set_defaults(run=run)
        return made

    killing = action("kills", run_kills, "writers killed at random moments")
    _numbers(killing, times=(30, "kills of each"))
    killing.add_argument("--only", type=_subjects, default=",".join(ALL_SUBJECTS), help="default: %(default)s")
    killing.add_argument("--keep-compiled", action="store_true", help="let no try compile again, which takes long")
    mutating = action("mutations", run_mutations, "foreign bytes in a catalogue and in what was made from it")
    _numbers(mutating, count=(4000, "to check and open"), pages=(400, "to take through pages"), first=_FIRST)
    sounding = action("sounds", run_sounds, "malformed sound files, decoded and heard by every encoder")
    _numbers(sounding, count=(3000, "sounds"), first=_FIRST)
    uploading = action("uploads", run_uploads, "mutated lists and sounds, read, and sent to a public server")
    _numbers(uploading, count=(10_000, "to read"), through=(200, "to send"))
    writing = action("writers", run_writers, "four processes on the same lists and jobs, and clocks that are set")
    _numbers(writing, minutes=(2.0, "of writing"))
    linking = action("links", run_links, "hostile links on every page of a public server")
    _numbers(linking, links=(1000, "on each page"), minutes=(60.0, "at most"))
    keeping = action("strangers", run_strangers, "strangers who keep lists, most of them without a cookie")
    _numbers(keeping, visits=(550, "in the list store"), pages=(50, "by clicks on Explore"), minutes=(10.0, "at most"))
    visiting = action("visitors", run_visitors, "many visitors at once, with and without a training beside them")
    _numbers(visiting, visitors=(50, "at once"), sessions=(1000, "opened and closed"), minutes=(30.0, "of visits"))
    visiting.add_argument(
        "--training", action=argparse.BooleanOptionalAction, default=True, help="with one beside them"
    )
    soaking = action("soak", run_soak, "a real browser that walks through the app")
    _numbers(soaking, minutes=(30.0, "of walking"))
    soaking.add_argument("--chromium", default=shutil.which("chromium") or "", help="default: %(default)s")
    for one in (visiting, soaking):
        one.add_argument("--catalogue", type=Path, default=BUNDLED_FOLDER, help="default: the bundled one")
    return parser


def main() -> int:
    options = _parser().parse_args()
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
