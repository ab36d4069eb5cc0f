"""The review of an import: every decision, proposal, duplicate and refusal, for programs and for people.

`review.json` and `review.txt` stand in the folder `music` of the catalogue.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.catalogue.importers.folder.credits import folded
from core.catalogue.importers.folder.frames import Frames
from core.catalogue.importers.folder.people import Library
from core.storage import atomic_path, write_json
from core.text import counted, short_label

REVIEW_FILE = "review.json"
TEXT_FILE = "review.txt"

_MOST_LINES = 200
"""Entries of one kind in the readable form; the JSON has them all."""
_MOST_FILES = 1000
"""Changed files that are named."""
_MOST_NAMED = 8
"""Artists by their folders that are named beside the counts."""


def review_of(
    root: str, library: Library, frames: Frames, changes: Mapping[str, Sequence[str]], passed: Mapping[str, Any]
) -> dict[str, Any]:
    """All that there is to tell about an import. `changes` are names of files by kind of change."""
    artist_id = frames.artists["artist_id"].tolist()
    ids = {key: artist_id[row] for key, row in frames.row_of.items()}
    return {
        "version": 1,
        "folder": root,
        "files": {"read": library.read, "refused": len(library.refused), "untagged": library.untagged},
        "artists": len(frames.artists),
        "tracks": len(frames.tracks),
        "collaborations": len(frames.edges),
        "changes": {kind: list(names)[:_MOST_FILES] for kind, names in changes.items()},
        "refused": [{"file": file, "reason": reason} for file, reason in library.refused],
        "splits": _decisions(library.splits, "rule"),
        "kept_whole": _decisions(library.kept_whole, "because"),
        "spellings": [
            {"artist_id": ids[key], "name": person.name, "aliases": person.aliases}
            for key, person in library.people.items()
            if person.aliases
        ],
        "merges_proposed": _proposals(library, ids),
        "duplicates": {"same_content": library.same_content, "same_recording": library.same_recording},
        "no_artist": [{"file": file, "reason": reason} for file, reason in library.nobody],
        "artists_by_folder": [{"artist": name, "files": files} for name, files in library.by_folder.items()],
        "identified": frames.identified,
        "without_files": [
            {"artist_id": artist_id[row], "name": frames.artists["name"].iloc[row]} for row in frames.empty
        ],
        "without_tracks": [
            {"artist_id": ids[key], "name": person.name} for key, person in library.people.items() if not person.tracks
        ],
        **passed,
    }


def _decisions(told: Mapping[tuple[str, str], Any], what: str) -> list[dict[str, Any]]:
    return [
        {"credit": shown, what: why, "artists": list(found.parts), "files": found.files, "example": found.example}
        for (shown, why), found in told.items()
    ]


def _proposals(library: Library, ids: Mapping[str, str]) -> list[dict[str, Any]]:
    """Artists without an MBID whose name one with an MBID has too: perhaps the same, which only people can say."""
    with_mbid: dict[str, list[str]] = {}
    for key, person in library.people.items():
        if person.mbid:
            for name in {folded(name) for name in person.names}:
                with_mbid.setdefault(name, []).append(key)
    return [
        {"name": person.name, "artist_id": ids[key], "perhaps": [ids[other] for other in with_mbid[key]]}
        for key, person in library.people.items()
        if not person.mbid and key in with_mbid
    ]


def review_lines(review: Mapping[str, Any]) -> list[str]:
    """The counts of a review, a line each; nothing for what did not happen."""
    files, duplicates = review["files"], review["duplicates"]
    lines = [
        f"{counted(files['read'], 'file')} read, {counted(review['artists'], 'artist')}, "
        f"{counted(review['tracks'], 'track')}, {counted(review['collaborations'], 'pair')} who played together"
    ]
    counts = (
        (len(review["changes"].get("new", ())), "new file"),
        (len(review["changes"].get("changed", ())), "changed file"),
        (len(review["changes"].get("gone", ())), "file that is gone", "files that are gone"),
        (files["refused"], "file refused", "files refused"),
        (files["untagged"], "file without tags", "files without tags"),
        (len(review["no_artist"]), "file of no artist", "files of no artist"),
        (len(review["splits"]), "credit split", "credits split"),
        (len(review["kept_whole"]), "credit kept whole", "credits kept whole"),
        (len(review["spellings"]), "artist in several spellings", "artists in several spellings"),
        (len(review["merges_proposed"]), "merge proposed", "merges proposed"),
        (len(duplicates["same_content"]), "file stands there more than once", "files stand there more than once"),
        (len(duplicates["same_recording"]), "recording in several files", "recordings in several files"),
        (len(review["identified"]), "artist has an MBID now", "artists have an MBID now"),
        (len(review["without_files"]), "artist without files stays", "artists without files stay"),
    )
    lines += [counted(number, *words) for number, *words in counts if number]
    return [*lines, *_named_after_folders(review), *(f"left out: {sentence}" for sentence in review["left_out"])]


def _named_after_folders(review: Mapping[str, Any]) -> list[str]:
    """Who is called after a folder, and what to do if that is wrong."""
    names = [each["artist"] for each in review["artists_by_folder"]]
    if not names:
        return []
    shown = ", ".join(map(short_label, names[:_MOST_NAMED]))
    more = f" and {len(names) - _MOST_NAMED:,} more, whom the review lists" if len(names) > _MOST_NAMED else ""
    return [
        f"{counted(len(names), 'artist')} named after folders, since files there name nobody: {shown}{more}",
        "if these are no artists, put the artists into the tags or rename the folders, and read the folder again",
    ]


def review_text(review: Mapping[str, Any], later: Sequence[tuple[str, list[str]]] = (), most: int | None = None) -> str:
    """The review as people read it; `later` are sections about what came to light since. At most `most` cases of a
    kind are told, all where it is None."""
    sections = [(f"Music in {review['folder']}", review_lines(review)), *review_sections(review), *later]
    return "\n\n".join(_section(title, lines, most) for title, lines in sections) + "\n"


def review_sections(review: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """What was decided, proposed and refused: the titles of the kinds, each with its cases, a line a case."""
    sections: list[tuple[str, list[str]]] = [
        ("Refused", [f"{each['file']}: {each['reason']}" for each in review["refused"]]),
        ("Files of no artist", [f"{each['file']}: {each['reason']}" for each in review["no_artist"]]),
        (
            "Artists named after folders, since files there name nobody",
            [f"{each['artist']}: {counted(each['files'], 'file')}" for each in review["artists_by_folder"]],
        ),
        (
            "Split",
            [
                f"“{each['credit']}” into {_quoted(each['artists'])}: {each['rule']} "
                f"({counted(each['files'], 'file')}, such as {each['example']})"
                for each in review["splits"]
            ],
        ),
        (
            "Kept whole",
            [
                f"“{each['credit']}”: {each['because']} ({counted(each['files'], 'file')}, such as {each['example']})"
                for each in review["kept_whole"]
            ],
        ),
        (
            "One artist in several spellings",
            [f"“{each['name']}”, also {_quoted(each['aliases'])}" for each in review["spellings"]],
        ),
        (
            "Perhaps the same artist; give both the same MBID in the tags if so",
            [
                f"“{each['name']}” without an MBID, and {', '.join(each['perhaps'])}"
                for each in review["merges_proposed"]
            ],
        ),
        (
            "The same file more than once; the first counts",
            [" = ".join(names) for names in review["duplicates"]["same_content"]],
        ),
        (
            "The same recording in several files; all count",
            [" = ".join(names) for names in review["duplicates"]["same_recording"]],
        ),
        ("Artists who are only guests", [each["name"] for each in review["without_tracks"]]),
        ("Artists without files any more; they stay", [each["name"] for each in review["without_files"]]),
        *((f"Files {kind}", list(names)) for kind, names in review["changes"].items()),
        ("Other files there", [f"{suffix or 'no suffix'}: {count:,}" for suffix, count in review["others"].items()]),
    ]
    return [(title, lines) for title, lines in sections if lines]


def write_review(folder: Path, review: Mapping[str, Any]) -> None:
    """Write both forms into `folder`."""
    write_json(folder / REVIEW_FILE, review)
    with atomic_path(folder / TEXT_FILE) as temporary:
        temporary.write_text(review_text(review, most=_MOST_LINES), encoding="utf-8")


def _section(title: str, lines: list[str], most: int | None) -> str:
    shown = [f"  {line}" for line in lines[:most]]
    if len(lines) > len(shown):
        shown.append(f"  … and {len(lines) - len(shown):,} more, which {REVIEW_FILE} has")
    return "\n".join([title, *shown])


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
