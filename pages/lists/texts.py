"""Texts about lists: the panel in the sidebar, the dialog, and the buttons that keep artists."""

from collections.abc import Mapping

from core.curation import CurationList, Entry, FileFormat, Order
from core.text import counted, short_label
from pages.shell.text import plain

PANEL_TITLE = "**Your list**"
PANEL_HELP = "Kept on this computer or server for your browser only, for each catalogue."
NOTHING_KEPT = (
    "Nothing kept yet. Choose **Keep** on an artist’s card, or **Keep these** under a list; "
    "here you find them again, also after a reload."
)
LIST_LABEL = "List"
OPEN, IMPORT_FIRST = "Open", "Import"
NO_COOKIES = "This browser keeps no cookies, so your lists end with this visit. Export what you need."

KEEP = "Keep"
KEEP_SKIPPED = "Rejected: keep"
TAKE_OUT_KEPT = "Kept: take out"
REJECT, TAKE_OUT_REJECTED = "Reject", "Rejected: take out"
REJECT_HELP = "Your list notes that this artist is not wanted, and answers leave it out."

LEAVE_OUT_HELP = "Artists that your list rejects step back. Without this they are in their places, and marked."

DIALOG_TITLE = "Your lists"
PARTS_LABEL = "What to do"
ARTISTS, EXPORT, IMPORT, LISTS = "Artists", "Export", "Import", "Lists"
UNDO = "Undo"

NO_ARTIST = "This list is empty. Choose Keep on an artist’s card, or “Keep these” under a list of artists."
TOP, UP, DOWN = "To top", "Up", "Down"
SORT = "Sort"
ORDERS: dict[Order, str] = {
    "name": "by name",
    "rank": "by place in the answer",
    "newest": "newest first",
    "kept first": "kept before rejected",
}
UNDO_SORT = "Put the list back in its order"
PLAY, STOP = "Play", "Stop"
NOT_IN_CATALOGUE = "not in this catalogue"

NOTHING_TO_EXPORT = "This list is empty, so there is nothing to export yet. Keep some artists first."
FORMAT_LABEL = "Format"
FORMATS: dict[FileFormat, str] = {
    "csv": "**CSV** for spreadsheets: every artist, rejected ones too, with verdict, note and where it was found.",
    "json": "**JSON** for programs: every artist, rejected ones too, with verdict, note and where it was found.",
    "jspf": "**JSPF**, a playlist for ListenBrainz and others: the kept artists, a track of each if known, and notes.",
    "xspf": "**XSPF**, a playlist for players such as VLC: the kept artists, a track of each if known, and notes.",
    "txt": "**Text**: the names of the kept artists, one a line.",
    "m3u8": "**M3U8**, a playlist for nearly every player: the kept artists, a file of each if known, and notes.",
}
ONLY_RECORDINGS = "Only artists with a MusicBrainz recording"
ONLY_RECORDINGS_HELP = "ListenBrainz refuses a playlist that has a track without one."

RELATIVE_PATHS = "The paths begin in the music folder. Save the playlist there."

LINK_LABEL = "A link that opens the kept artists on any Nearfield with this catalogue, to read and to take over:"

SHARED_TITLE = "A list from a link"
TAKE_OVER = "Keep as a list of mine"

IMPORT_LABEL = "A list as CSV, JSON, JSPF, XSPF, M3U8 or plain text"
IMPORT_HELP = (
    "Nearfield’s own, or another program’s, such as Exportify, TuneMyMusic, Soundiiz or ListenBrainz. Artists are "
    "found by id, MusicBrainz id, file or name."
)
PERHAPS = "not found. Perhaps one of these?"

ACTIVE_LABEL = "The list at hand"
NEW_LABEL, NEW_PLACEHOLDER, MAKE = "A new list", "Its name", "Make it"
RENAME_LABEL, RENAME = "Another name for the list at hand", "Rename"
DELETE, DELETE_HELP = "Delete the list at hand", "You can undo this afterwards."


def newest(curated: CurationList, most: int) -> str:
    """The line below the names in the panel, of which there are at most `most`."""
    shown = f", the last {most} shown" if len(curated) > most else ""
    return f"{summary(curated)}{shown}"


def summary(curated: CurationList) -> str:
    """How many artists a list keeps and rejects."""
    kept = len(curated.kept)
    skipped = len(curated) - kept
    return f"{kept:,} kept" + (f", {skipped:,} rejected" if skipped else "")


def keep_these(number: int, are_new: bool, rejected: int = 0) -> str:
    """The label of a button that keeps several artists, of whom the list has `rejected`. `are_new` if it lacks any."""
    if are_new:
        return f"Keep these {number}"
    if not rejected:
        return f"All {number} are in your list"
    return (
        f"{number - rejected} are in your list, {rejected} rejected"
        if rejected < number
        else f"All {number} are rejected"
    )


def kept_toast(name: str, number: int) -> str:
    """What was just kept: one artist by name, or how many."""
    who = plain(name, 40) if number == 1 else counted(number, "artist")
    return f"{who}: in your list."


def leave_out_rejected(number: int) -> str:
    """The label of the switch that leaves rejected artists out of answers."""
    return f"Leave out {number:,} rejected"


def rejected_toast(name: str) -> str:
    """That an artist was just rejected."""
    return f"{plain(name, 40)}: rejected. The sidebar has {UNDO}."


def undo_kept(number: int) -> str:
    """The label of the button that undoes keeping several artists."""
    return f"Take {counted(number, 'artist')} out again"


def undo_gone(name: str) -> str:
    """The label of the button that restores an artist or a list."""
    return f"Put {name} back"


def active_list(curated: CurationList) -> str:
    """The name of the active list and its counts."""
    return f"**{plain(curated.name)}**: {summary(curated)}"


def numbered_entry(number: int, name: str, is_kept: bool) -> str:
    """One artist of a list. The name is escaped, here and below."""
    return f"{number}\\. {f'**{name}**' if is_kept else f':gray[{name} (rejected)]'}"


def move_label(name: str, direction: str) -> str:
    """The label of the button that moves an artist in `direction`, UP or DOWN."""
    return f"{_unseen(f'Move {name} ')}{direction}"


def judge_label(name: str, is_kept: bool) -> str:
    """The label of the button that turns a kept artist into a rejected one and back."""
    return f"{REJECT if is_kept else KEEP} {_unseen(name)}"


def take_out_label(name: str) -> str:
    """The label of the button that removes an artist from the list."""
    return f"Take out {_unseen(name)}"


def open_note_label(name: str) -> str:
    """The label of the button that opens the note on an artist."""
    return f"Note {_unseen(f'on {name}')}"


def note_label(name: str) -> str:
    """The label of the note itself."""
    return f"Note on {name}"


def _unseen(text: str) -> str:
    """Escaped text in a button's label for screen readers. The page's style hides it from view."""
    return f":gray[{text}]"


def found_line(entry: Entry, title: str) -> str:
    """Where an artist was found, in words and escaped. `title` is the title of the space."""
    origin = entry.origin
    parts = [
        f"place {origin.rank:,} in {plain(title, 40)}" if origin.rank else plain(title, 40),
        plain(origin.query, 200),
        f"on {plain(origin.date[:10])}" if origin.date else "",
        "" if entry.row is not None else NOT_IN_CATALOGUE,
    ]
    return " · ".join(part for part in parts if part)


def partly_exported(number: int, total: int) -> str:
    """That a file lacks some artists of the list. Their names follow."""
    return f"{number:,} of {counted(total, 'artist')} are in the file. Left out:"


def all_exported(number: int) -> str:
    """That a file holds the whole list."""
    return f"All {counted(number, 'artist')} are in the file."


def files_held(number: int, n_files: int) -> str:
    """What a player finds in an M3U8 playlist of so many artists, of whom `n_files` have a file."""
    artists = counted(number, "artist")
    if not n_files:
        return "There is nothing to play in it: the catalogue has no file of a kept artist. Comments name them."
    if n_files == number:
        return f"It plays {counted(n_files, 'file')}, one of each artist."
    return f"It plays a file of {n_files:,} of {artists}. Comments, which players skip, name the others."


def tracks_held(number: int, n_tracks: int, n_files: int, n_recordings: int) -> str:
    """How many of the artists in a JSPF or XSPF playlist come with a track, and what the others are.

    `n_files` of the tracks have a file, `n_recordings` a MusicBrainz recording.
    """
    artists = counted(number, "artist")
    if not n_tracks:
        return "It names the kept artists, without tracks: the catalogue knows none of theirs."
    known = (
        f"It has a track of {n_tracks:,} of {artists}: {n_files:,} with a file, "
        f"{n_recordings:,} with a MusicBrainz recording."
    )
    return known if n_tracks == number else f"{known} It names the others, without a track."


def shared_list(number: int, n_lacking: int) -> str:
    """How many artists a list from a link has here."""
    lacking = f" {counted(n_lacking, 'artist')} of it are not in this catalogue." if n_lacking else ""
    return f"{counted(number, 'artist')}, to read: nothing here changes the list of whoever sent it.{lacking}"


def play_label(name: str, playing: bool) -> str:
    """The label of the button that plays an artist of the list, or stops it."""
    return f"{STOP if playing else PLAY} {_unseen(name)}"


def player_alt(name: str) -> str:
    """What plays, for screen readers."""
    return f"The beginning of a track of {short_label(name, 60)}"


def elsewhere_line(links: Mapping[str, str]) -> str:
    """Links to an artist in other services."""
    return " · ".join(f"[{service}]({address})" for service, address in links.items())


def download_label(file_name: str) -> str:
    """The label of the button that saves the list."""
    return f"Download {file_name}"


def import_as_new(name: str) -> str:
    """The label of the button that makes a list of the file."""
    return f"Add as the list “{plain(name)}”"


def import_into(name: str) -> str:
    """The label of the button that adds the file to the active list."""
    return f"Add to “{plain(name)}”"


def found_in_file(number: int, n_repeated: int) -> str:
    """How many artists of a file are in the catalogue."""
    again = f" {counted(n_repeated, 'repetition')} of an artist left out." if n_repeated else ""
    return f"{counted(number, 'artist')} found in the catalogue.{again}"


def not_found_in_file(number: int) -> str:
    """How many artists of a file are not in the catalogue. Their names follow."""
    return f"{counted(number, 'artist')} of the file could not be found:"


def left_out_line(name: str, reason: str) -> str:
    """An artist that is left out of a file, and why."""
    return f"{plain(name, 60)}: {plain(reason)}"


def not_found_line(place: int, name: str, reason: str) -> str:
    """An artist of a file that was not found, and why."""
    return f"{place}. {left_out_line(name, reason)}"


def and_more(number: int) -> str:
    """How many more lines there are."""
    return f"and {number:,} more"
