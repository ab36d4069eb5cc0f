"""A link that holds a list: the same artists in the same order, for whoever has them."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.catalogue import Catalogue
from core.curation import CurationList, entry_of, export_list, import_list
from core.curation.links import MOST_LINKED, link_code, list_of_link
from core.errors import NearfieldError
from tests.support.catalogues import tiny_catalogue


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return tiny_catalogue(tmp_path_factory.mktemp("links") / "tiny", MOST_LINKED + 1)


def listed(catalogue: Catalogue, *rows: int) -> CurationList:
    return CurationList("A list", tuple(entry_of(catalogue, row) for row in rows))


def test_the_kept_artists_come_back_in_order(catalogue: Catalogue) -> None:
    mine = listed(catalogue, 7, 0, 299)
    rejected = replace(entry_of(catalogue, 5), verdict="skip", note="private")
    code = link_code(replace(mine, entries=(rejected, *mine.entries)))
    assert list_of_link(catalogue, code, "A list") == (mine, 0)
    assert len(code) == 20


def test_another_version_of_the_catalogue_knows_them_by_id(catalogue: Catalogue, tmp_path: Path) -> None:
    code = link_code(listed(catalogue, 7, 0, 299))
    fewer = tiny_catalogue(tmp_path / "fewer", 10)
    shared, n_lacking = list_of_link(fewer, code, "")
    assert [entry.artist_id for entry in shared.entries] == ["id-7", "id-0"]
    assert (shared.name, n_lacking) == ("My list", 1)


def test_a_link_stays_short(catalogue: Catalogue) -> None:
    assert len(link_code(listed(catalogue, *range(MOST_LINKED)))) <= 2000
    with pytest.raises(NearfieldError, match="at most 300"):
        link_code(listed(catalogue, *range(MOST_LINKED + 1)))
    with pytest.raises(NearfieldError, match="nothing to link"):
        link_code(listed(catalogue))


@pytest.mark.parametrize("code", ["", "a", "!!!!!!!", "AAAA", "é", "A" * 10_000, "=" * 8])
def test_a_damaged_link_is_told(catalogue: Catalogue, code: str) -> None:
    with pytest.raises(NearfieldError, match="damaged"):
        list_of_link(catalogue, code, "x")


def test_plain_text_has_a_name_a_line_and_comes_back(catalogue: Catalogue) -> None:
    mine = listed(catalogue, 3, 1)
    rejected = replace(entry_of(catalogue, 5), verdict="skip")
    export = export_list(catalogue, replace(mine, entries=(*mine.entries, rejected)), "txt")
    assert export.content.decode() == "artist 3\nartist 1\n"
    assert [one.reason for one in export.left_out] == ["It is rejected."]
    assert import_list(catalogue, export.content, "A list").curated == mine
