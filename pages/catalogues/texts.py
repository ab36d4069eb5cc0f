"""Texts of the Catalogues page."""

from core.text import counted, file_size
from pages.shell.text import plain

TITLE = "Catalogues"
LIST_ALT = "The catalogues on this machine"
INSPECTED_LABEL = "Look into"
WAYS = {"music": "Add my music", "tables": "Add tables", "import": "Add a data set"}
ICONS = {"music": "library_music", "tables": "table_view", "import": "dataset"}
TO_LIST = "To the catalogues"
NO_CATALOGUE = (
    "There is no catalogue on this machine yet. Add my music makes one of a folder of music files, by their tags."
)
PARTS_LABEL = "What to do"
PARTS = {
    "content": "What it holds",
    "relations": "Similarities",
    "prepare": "Prepare",
    "folder": "Music folder",
    "check": "Check for errors",
    "remove": "Remove",
}
USE = "Use this catalogue"
EXPLORE_IMPORTED = "Explore it"

CATALOGUE, FOLDER, ARTISTS_ARE, STATE = "Catalogue", "Folder", "Artists are", "State"
KINDS = {"real": "real", "synthetic": "invented"}
UNKNOWN_KIND = "unknown"
READY = "ready"

SYNTHETIC = "Synthetic: every artist of this catalogue is invented."
ARTISTS = "Artists"
EDGES = "Known edges"
EDGES_HELP_NONE = "Pairs of artists that models learn from. There are none here."
TRACKS, TRACKS_HELP = "Tracks", "Recordings of the artists that can be played."
FEATURE_SETS = "Feature sets"

SPLITS_TITLE = "Splits and known edges"
SPLITS_ALT = "Artists and known edges per split"
SPLIT, ALL = "Split", "All"
SPLITS = ("Train", "Validation", "Test")
EDGES_INSIDE, WITHOUT_EDGE = "Edges inside", "Without an edge"
MEAN_EDGES = "Edges per artist, mean"
LOWER_QUARTILE, MEDIAN, UPPER_QUARTILE = "lower quartile", "median", "upper quartile"

SPLITS_MADE = "The source has no splits: these were made at the import."

RELATIONS_TITLE = "Kinds of edges"
RELATIONS_ALT = "Source, licence, date and algorithm of each kind of edge"
NO_RELATION = (
    "None: this catalogue has no edges, so no model can be trained on it and nothing can be measured. "
    "Import it again with a table of edges."
)
NONE_LEARNED = (
    "Models learn none of these, so no model can be trained here and nothing can be measured. Import its tables "
    "again with --learned and the name of one."
)
RELATION, RELATION_NAME, RELATION_EDGES, ELSEWHERE = "An edge means", "Name", "Edges", "Artists elsewhere"
USE_OF_RELATION, LEARNED, SHOWN_ONLY = "Used for", "models learn it", "not learned"
ALGORITHM, DATE = "Found by", "Date"
MAY_PASS_ON, YES, NO = "May be passed on", "yes", "no, stays on this machine"

FEATURES_TITLE = "Feature sets"
FEATURES_ALT = "Coverage and origin of each feature set"
NO_FEATURE_SET = "None. If you have recordings of the artists, extract feature sets from them:"
FEATURE_SET, NAME, NUMBERS, KIND = "Feature set", "Name", "Numbers", "Kind"
COVERAGE, SINGLE_TRACKS, EXTRACTOR, NOTES = "Coverage", "Single tracks", "Extractor", "Notes"
MODEL, FRONT_END, POOLING, PRECISION = "Model", "Front end", "Pooling", "Precision"

FEW_NOTES = 5
"""How many notes of a catalogue are shown without a click."""

ORIGIN_TITLE = "Where it comes from"
SOURCE, LICENCE, CITE, MADE_BY = "Source", "Licence", "Cite", "Made by"
NOT_STATED = "not stated"

HOW_CHECK_WORKS = "The full check reads every file and compares it with the hash that the catalogue lists for it."
CHECK = "Check every file"
CHECKING = "Checking every file …"
SOUND = "Sound: every file is there and unchanged, and every row can be used."
PROBLEMS_ALT = "Problems of the catalogue"
LEFT_OUT_ALT = "What cannot be read of this catalogue's runs, fusions, maps and results"
FILE, ROW, REASON = "File", "Row", "Reason"

LAYOUT_LABEL = "Layout"
SOURCE_LABEL = "Folder of the data set"
IMPORTER_READS, IMPORTER_LICENCE, IMPORTER_CITE = "It reads", "Licence", "Cite"
NAME_LABEL, NAME_HELP = "Name of the new catalogue", "Small letters, digits and hyphens."
IMPORT = "Import"

LINK_GOES = "Its folder is a link. The link goes; the folder that it leads to stays as it is."
MUSIC_STAYS = "Your music stays where it is."
BUNDLED_GOES = "It came with Nearfield. Unpacking Nearfield anew brings it back."

NO_ROOTS = (
    "No folder of this machine is offered here. Name those that may be chosen from in NEARFIELD_MUSIC_ROOTS in the "
    "environment, separated by colons, and start Nearfield again."
)
TO_BEGINNING = "Begin again"
LONGEST_FOLDER, MOST_FOLDERS, MOST_FILES_LISTED = 60, 40, 500
FIND_FOLDER = "Find a folder here"
FILE_LABEL, WHOLE_FOLDER = "A file of it", "none: the whole folder"

MUSIC_HOW = (
    "Choose a folder of music. Its tags say who the artists are; you see what was understood before anything is added."
)
WAY_LABEL, FROM_HERE, FROM_UPLOAD = "Where the music is", "On the machine of Nearfield", "Upload it"
READ_HOME = "Read the whole home folder"
HOME_HOW = (
    "This looks for music in everything that you have, also in downloads, games and backups, and takes long. If your "
    "music is in a folder of its own, choose that above."
)
READ_ALL = "Read all of it"
ONLY_READ = "The music is only read; nothing is moved or changed."
UPLOAD_LABEL = "A folder of music"
IS_KEPT = "What you upload is kept in the data folder of Nearfield, where it can be played."
TO_FOLDER = "Read it again"
NOTHING_ADDED = "The link names no catalogue that is being added."
READING_FOLDER = "The import"
WAITING_FOR_JOB = "starting"
MAY_LEAVE = "You can leave this page; the work goes on, and Catalogues leads back here."
IMPORT_STOPPED = "It was stopped. What was read is kept, and it can go on from there."
NO_REASON = "It ended without saying why. Try again."
GO_ON, FORGET, CHOOSE_AGAIN = "Go on", "Forget what was read", "Choose again"
SAVE_REVIEW = "Save the review"
WHOLE_LABEL = "Keep whole"
WHOLE_HELP = "Names with “feat.”, “/” or “;” that are one artist. They are never split again."
WHOLE_PLACEHOLDER = "Choose a credit that was split, or type a name"
READ_WITH_EXCEPTIONS = "Read again with these"
AGAIN_HOW = (
    "Where files were added, changed or removed, read the folder again: only those are read, and artists stay who they "
    "are. Below stands what was decided the last time."
)
READ_AGAIN = "Read the folder again"
PREPARING, PREPARE = "Preparing", "Prepare"
ALL_PREPARED = "It is prepared: all that can be made of it is there."
UNHEARD_SECTION = "Listened to in vain"
UNHEARD_HOW = (
    "They gave nothing that artists could be compared by, and are not tried again while they stay as they are. "
    "Everything else about them is kept."
)
TRY_AGAIN = "Try them again"
NO_REVIEW = "There is no review of this catalogue."
MOVED_TITLE, READ_MOVED = "The music has moved", "Read it from this folder"

RELATIONS_FROM = "Similarities from"
RELATIONS_INTRO = (
    "More similarities may be had from open data and services. Each source becomes a kind of edge of its own, and "
    "similar artists that the catalogue lacks are kept as known elsewhere. Nothing is sent anywhere before you press "
    "the button."
)
CONTACT_LABEL = "Your contact"
CONTACT_HELP = "A mail or web address. It is sent along, so that the service can reach whoever asks too much."
COLLECT = "Get them"
SAME_BY_COMMAND = "The same by the command line, which has more options:"
NO_MBID = (
    "No artist of this catalogue has a MusicBrainz id, by which artists are matched. Import it again with a column of "
    "MusicBrainz ids."
)
INVENTED_ARTISTS = "The artists of this catalogue are invented, so open data and services know none of them."
RELATIONS_ADDED = "The last time this source was asked, its relations were added."

TABLES_HOW = (
    "Upload tables of artists, of edges between them and of numbers about them, in one file or several: CSV, TSV, "
    "Parquet, JSON lines, GraphML, GEXF, node-link JSON, or .npy with a file of ids. What the columns mean is guessed; "
    "you can change it, and nothing is kept until you import."
)
TABLES_LABEL = "Tables"
READING_TABLES = "Reading the tables …"
COLUMNS_TITLE = "What the columns mean"
TABLE_OF_ARTISTS, TABLE_LABEL = "Artists", "Table of artists"
ONLY_ENDS, NO_COLUMN, GUESSED = "none: the ends of edges are the artists", "none", "found out"
TABLES_OF_EDGES = "Tables of edges"
SETS_LABEL = "Feature sets to bring in"
FIELDS = {
    "id": "Id",
    "name": "Name",
    "mbid": "MBID",
    "split": "Split",
    "decade": "Decade or year",
    "popularity": "Popularity",
    "genres": "Genres",
    "moods": "Moods",
    "themes": "Themes",
    "source": "One end",
    "target": "The other end",
    "weight": "Weight",
    "relation": "Column of the relation",
    "joined_by": "The ends are",
}
WOULD_COME_IN = "What would come in"
LONGEST_LINE, MOST_LINES = 300, 60
SAVE_MAPPING = "Save the mapping"
MAPPING_HELP = "What the columns mean, as a file: python -m core import tables SOURCE DEST --mapping mapping.toml"
TITLE_LABEL = "Title"
TABLES_SOURCE_LABEL, TABLES_SOURCE_PLACEHOLDER = "Source", "Where the tables come from"
LICENCE_LABEL, LICENCE_PLACEHOLDER = "Licence", "CC0-1.0, CC BY 4.0, all rights reserved …"
CITATION_LABEL = "What to cite"
LEARNED_LABEL = "Relation that models learn"
MISSING_TERMS = {"source": "where the tables come from", "licence": "their licence"}


def matched_artists(with_mbid: int, total: int) -> str:
    """How many artists can be matched."""
    return f"{with_mbid:,} of {total:,} artists have a MusicBrainz id; the others cannot be matched."


def terms_of_source(means: str, licence: str) -> str:
    """What a source is and on which terms it may be used."""
    return f"{means} Licence: {licence}."


def key_missing(title: str, variable: str) -> str:
    """That a key is needed, and where it is put."""
    return f"This source needs a {title} of your own. Set {variable} in the environment and start Nearfield again."


def key_optional(title: str, variable: str) -> str:
    """That a token may be given, and where it is put."""
    return f"A {title} of yours is sent along if {variable} is set in the environment."


def not_collected(reason: str) -> str:
    """Why collecting relations failed."""
    return f"Nothing was changed. {plain(reason)}".strip()


def tables_limits(files: int, size: int) -> str:
    """How much can be uploaded."""
    return f"Up to {files} files, {size >> 20} MB together. Larger ones: python -m core import tables."


def edges_of(table: str) -> str:
    """The heading above the columns of a table of edges."""
    return f"Edges of {plain(table, 60)}"


def more_lines(number: int) -> str:
    """That a report is longer than what is shown."""
    return f"And {number} more; python -m core import tables … --dry-run prints all."


def terms_missing(missing: list[str]) -> str:
    """What has to be filled in before an import."""
    return f"Say {' and '.join(missing)}: whoever sees the catalogue has to know."


def collecting(title: str) -> str:
    """That relations are being collected."""
    return f"{title}, being collected. You can leave this page"


def files_wanted(what: str) -> str:
    """Which files a source reads."""
    return f"Choose the files: {plain(what)}."


def what_is_inside(folders: int, music: int) -> str:
    """How many folders and music files are in a folder."""
    return f"{counted(folders, 'folder')}, {counted(music, 'music file')} beside them"


def more_folders(number: int) -> str:
    """That there are more folders than are shown."""
    return f"And {number:,} more. Type a part of the name."


def read_folder(name: str) -> str:
    """The button that reads a folder of music."""
    return f"Read the folder {plain(name, LONGEST_FOLDER)}" if name else "Read this folder"


def folder_is_known(title: str) -> str:
    """That a folder is a catalogue already."""
    return f"This folder is the catalogue {plain(title)} already."


def go_on_with(name: str) -> str:
    """The button that leads to music that was read and not added."""
    return f"Go on with {plain(name)}"


def at_work(name: str) -> str:
    """The button that leads to an import at work."""
    return f"{plain(name)} is being imported"


def upload_limits(files: int, size: int) -> str:
    """How much music can be uploaded."""
    return f"Up to {files:,} music files, {size >> 20} MB together. Other files of the folder are left out."


def what_was_uploaded(files: int, size: int) -> str:
    """How much music was uploaded."""
    return f"{counted(files, 'music file')}, {max(1, size >> 20):,} MB"


def adding(name: str) -> str:
    """The heading above a catalogue that is being added."""
    return f"New catalogue: {plain(name)}"


def progress(title: str, stage: str, time_left: str) -> str:
    """What a job does now, and how long that takes."""
    return f"{title}: {stage}" + (f", {time_left} left" if time_left else "")


def prepare_takes(time: str) -> str:
    """What preparing is for, and how long it takes."""
    return f"Preparing listens to the music, and makes similar artists, maps and clips of it. In all: {time}."


def not_prepared(reason: str) -> str:
    """Why preparing failed."""
    return f"It is not prepared to the end; what was made is kept. {plain(reason)}"


def not_all_made(reasons: str) -> str:
    """What preparing could not make, and why."""
    return f"Not everything could be made. {plain(reasons)}"


def unheard(number: int) -> str:
    """How many files gave no vectors."""
    return f"{counted(number, 'file')} could not be used for the sound"


def more_unheard(number: int) -> str:
    """That there are more such files than are shown."""
    return f"And {number:,} more, in the review of the music folder that you can save."


def review_section(title: str, number: int) -> str:
    """The heading of the decisions of one kind."""
    return f"{title} ({number:,})"


def more_in_review(number: int) -> str:
    """That a review holds more than is shown."""
    return f"And {number:,} more, in the review that you can save."


def add_artists(number: int) -> str:
    """The button that makes a catalogue of what was read."""
    return f"Add {counted(number, 'artist')}"


def came_in(title: str, artists: int, tracks: int) -> str:
    """What a new catalogue holds."""
    heard = f" and {counted(tracks, 'track')}" if tracks else ""
    return f"{plain(title)} is added: {counted(artists, 'artist')}{heard}."


def what_goes(size: int, runs: int) -> str:
    """What a catalogue takes with it: bytes of its folder, and its runs."""
    trained = f" and {counted(runs, 'trained model')}" if runs else ""
    return f"All that was read, heard and made for it goes: {file_size(size)}{trained}. It cannot be brought back."


def lists_stay(visitors: int) -> str:
    """That lists are kept, and when they are seen again."""
    whose = "The lists that a visitor has" if visitors == 1 else f"The lists that {visitors:,} visitors have"
    return f"{whose} kept of it stay. They are seen again when a catalogue is added under the same name."


def uploads_too(files: int) -> str:
    """The choice to remove uploaded music as well."""
    return f"Remove the uploaded music too ({counted(files, 'file')})"


def remove(title: str) -> str:
    """The button that removes a catalogue."""
    return f"Remove {plain(title, LONGEST_FOLDER)} for good"


def removed(title: str) -> str:
    """That a catalogue is gone."""
    return f"{plain(title)} is removed."


def not_imported(reason: str) -> str:
    """Why an import failed."""
    return f"Nothing was imported. {plain(reason)}"


def broken_catalogue(reason: str) -> str:
    """Why a catalogue cannot be opened."""
    return f"This catalogue cannot be opened. {plain(reason)}"


def edges_help(meaning: str) -> str:
    """What a known edge is. `meaning` is the label of the relation that models learn."""
    return f"Pairs of artists that models learn from ({plain(meaning)}), each counted once."


def splits_made(method: str) -> str:
    """That the splits come from Nearfield, and how they were made."""
    return f"{SPLITS_MADE} Method: {plain(method.rstrip('.'))}." if method else SPLITS_MADE


def origin_line(title: str, text: str) -> str:
    """One line about the origin of a catalogue."""
    return f"{title}: {plain(text) or NOT_STATED}"


def content_hash(digest: str) -> str:
    """The hash that identifies a version of a catalogue."""
    return f"Content hash (SHA-256): {digest}"


def left_out(number: int) -> str:
    """That some of what was made from a catalogue cannot be read."""
    what = "1 thing that was" if number == 1 else f"{number} things that were"
    return f"{what} made from this catalogue cannot be read, and no page shows it. Make it again, or move it away."


def problems_found(number: int) -> str:
    """The number of problems in a catalogue, and what to do about them."""
    return f"{number} found. Import the source again, or put the changed files back."
