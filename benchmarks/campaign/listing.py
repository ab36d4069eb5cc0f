"""What is killed while it saves lists: a process that puts artists on a list, and loads nothing else."""

import sys
from pathlib import Path

from core.catalogue import Catalogue, open_catalogue
from core.curation import CurationList, ListCollection, add, change_lists, entry_of, read_lists, with_list
from core.curation.lists import FIRST_LIST


def save_lists(path: Path, count: int) -> None:
    """Put the first artists of the catalogue at `path` on a list one by one, each saved by itself.

    It goes on where the last writer was killed, and tells told.txt beside the catalogue of each artist that is saved.
    """
    folder, catalogue = path.parent, open_catalogue(path)
    begun = len(read_lists(folder, "visitor", catalogue)[FIRST_LIST])
    with (folder / "told.txt").open("a") as told:
        for row in range(begun, count):
            change_lists(folder, "visitor", catalogue, lambda lists, row=row: _with_artist(catalogue, lists, row))
            told.write("x\n")
            told.flush()


def _with_artist(catalogue: Catalogue, lists: ListCollection, row: int) -> ListCollection:
    grown: CurationList = add(lists[FIRST_LIST], [entry_of(catalogue, row)])
    return with_list(lists, grown)


if __name__ == "__main__":
    save_lists(Path(sys.argv[1]), int(sys.argv[2]))
