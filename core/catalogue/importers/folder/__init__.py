"""A folder of music: artists, tracks and who played with whom, from the tags of the files.

Everything that was decided on the way stands in a review beside the catalogue. Read again, the folder gives the next
version of the same catalogue, at the cost of what is new.
"""

from core.catalogue.importers.folder.reading import (
    EXCEPTIONS,
    LICENCE,
    check_dest,
    look_at,
    read_folder,
    write_early_review,
    write_folder,
)
from core.catalogue.importers.registry import Growth, Importer, Option

IMPORTER = Importer(
    name="folder",
    title="A folder of your own music",
    reads="a folder with music files (FLAC, Ogg, Opus, MP3, M4A, WAV, AIFF, WMA …), tagged or in folders by artist",
    citation="",
    licence=LICENCE,
    read=look_at,
    options=(Option(EXCEPTIONS, "a text with names that are never split, one a line", "FILE"),),
    growth=Growth(read_folder, write_folder, check_dest),
    review=write_early_review,
)
