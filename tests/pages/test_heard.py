"""Words for sound on the pages: on the card, in the reasons, on the Clip page, and the button that gets musicnn."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.audio.encoders import checkpoints
from core.audio.encoders.musicnn.listening import HeardTags
from core.audio.encoders.musicnn.tags import TAGS
from core.catalogue import Catalogue, FeatureInfo, update_catalogue
from core.catalogue.library import DATA_VARIABLE
from core.errors import NearfieldError
from core.features.audio_sets import MUSICNN_SETS, MUSICNN_TAGS
from core.jobs import Jobs
from core.maps.colouring import colouring, colouring_names
from core.maps.tag_enrichment import tag_table
from core.prepare.jobs import PREPARE
from core.prepare.pieces import Choice
from core.search.filters import FilterIndex, Filters
from core.search.spaces import Space
from core.space_name import SpaceName
from pages.clip import choosing, hearing, musicnn
from pages.clip.heard import moments_table
from pages.clip.texts import meaning_for_words, nothing_like_that
from tests.support.musicnn import install_random
from tests.support.pages import hostile_catalogue, open_app, texts


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    """Artists 0 and 1 sound of guitar and singing, the second of drums as well; the others of nothing that is named."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    plain = hostile_catalogue(tmp_path)
    tags = np.full((len(plain), len(TAGS)), 0.02, np.float32)
    tags[:2, [TAGS.index("guitar"), TAGS.index("vocal")]] = 0.4, 0.3
    tags[1, TAGS.index("drums")] = 0.6
    info = FeatureInfo(MUSICNN_TAGS, "Words for sound", columns=list(TAGS))
    choosing.service.clear()
    yield update_catalogue(plain, {MUSICNN_TAGS: (tags, info)})
    choosing.service.clear()


@pytest.fixture
def unheard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """A catalogue whose tracks are files, which nobody hears in these tests."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    tracks = pd.DataFrame([{"artist": 0, "track_id": "t0", "title": "One", "kind": "file", "path": "one.flac"}])
    return update_catalogue(hostile_catalogue(tmp_path), tracks=tracks, audio_root="../audio")


def settled(app: AppTest, until: Callable[[str], bool]) -> str:
    """What the page says once `until` holds; it runs again as it does by itself in a browser."""
    patience = time.monotonic() + 120
    while not until(said := "\n".join(texts(app))):
        assert not app.exception
        assert time.monotonic() < patience, said
        time.sleep(0.1)
        app.run()
    return said


def test_the_card_and_the_reasons_name_what_is_heard(catalogue: Catalogue) -> None:
    app = open_app("explore", artist="a00")
    app.query_params["why"] = ["a01", "clap"]
    text = "\n".join(texts(app.run()))
    assert "Heard: :gray-badge[guitar] :gray-badge[vocal]" in text
    assert "**Heard in both:** guitar, vocal" in text.replace("\\", "")
    assert "drums (60% and 2%)" in text or "drums (2% and 60%)" in text


def test_the_card_names_the_rarest_tags_of_a_set(catalogue: Catalogue) -> None:
    names = ["<b>rock</b>", "rare", *(f"tag {number}" for number in range(7))]
    has = np.ones((len(catalogue), len(names)), np.float32)
    has[2:, 1] = 0
    has[0, 2] = 0
    update_catalogue(catalogue, {"folk_tags": (has, FeatureInfo("folk_tags", "**Folk** tags", "binary", names))})
    app = open_app("explore", artist="a00")
    lines = [line.strip() for text in texts(app.run()) for line in text.splitlines()]
    line = next(line for line in lines if line.startswith("\\*\\*Folk"))
    assert line.startswith("\\*\\*Folk\\*\\* tags: :gray-badge[rare] :gray-badge[")
    assert line.endswith(":gray-badge[+2]")
    assert line.count(":gray-badge[") == 7
    assert "<b>" not in line


def test_what_is_heard_filters_colours_and_names(catalogue: Catalogue) -> None:
    index = FilterIndex(catalogue)
    assert index.options().tags[f"set_{MUSICNN_TAGS}"] == {"guitar": 2, "vocal": 2, "drums": 1}
    of_guitar = Filters(sets=((MUSICNN_TAGS, ("guitar",)),))
    np.testing.assert_array_equal(np.flatnonzero(index.mask(of_guitar)), [0, 1])
    assert "Sound" in colouring_names(catalogue)
    found = colouring(catalogue, "Sound", np.zeros(len(catalogue), np.int64))
    assert found.unknown == "No sound known"
    assert found.values()[2:] == [""] * (len(catalogue) - 2)
    np.testing.assert_array_equal(np.flatnonzero(tag_table(catalogue).having("heard", "drums")), [1])


def test_words_are_answered_by_what_was_heard_without_any_checkpoint(catalogue: Catalogue) -> None:
    app = open_app("clip", by="Words", words="fast drums and qwertz")
    text = settled(app, lambda said: "Understood" in said)
    assert "Understood: **fast**, **drums**. Not understood: qwertz." in text
    assert "By chance the nearest artist reaches" in text
    app = open_app("clip", by="Words", words="xylophone from mars")
    text = settled(app, lambda said: "Not understood" in said)
    assert "None of these words is the name of anything that is heard" in text
    assert "Nothing here is nearer to these words than to words without a meaning" in text
    assert "By themselves" not in text
    assert "themselves these find something: “jazz”, “female voice”. Name" in nothing_like_that(
        ["jazz", "female voice"]
    )


def test_answers_that_do_not_exceed_chance_are_said_to_say_nothing() -> None:
    space = Space(SpaceName("clap"), "CLAP", True)
    assert "this list says nothing about the words" in meaning_for_words(space, 0.426, [0.43, 0.41])
    assert "Only the first 2 are nearer" in meaning_for_words(space, 0.41, [0.46, 0.44, 0.41])
    assert "Only the first one is nearer" in meaning_for_words(space, 0.41, [0.46, 0.41])
    assert "nearer" not in meaning_for_words(space, 0.2, [0.46, 0.41]).replace("nearest", "")
    assert "chance" not in meaning_for_words(space, None, [0.46])


def test_the_moments_of_a_clip_are_named() -> None:
    likelihood = np.zeros((8, len(TAGS)), np.float32)
    likelihood[:4, TAGS.index("piano")] = 0.5
    likelihood[4:, TAGS.index("drums")] = 0.7
    table = moments_table(HeardTags(likelihood, np.arange(8, dtype=np.float32) * 3), 24.0)
    assert table["From"].tolist() == ["0:00", "0:10", "0:20"]
    assert table["Heard"].tolist() == ["piano 50%", "drums 70%", "drums 70%"]


def test_a_button_says_what_musicnn_is_for_and_gets_it(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(checkpoint, on_progress, cancelled=None):
        on_progress(1, 2)
        raise NearfieldError("pip could not get musicnn==0.1.0 (no index). Check the connection.")

    monkeypatch.setattr(musicnn, "get", refuse)
    app = open_app("clip")
    text = "\n".join(texts(app))
    assert "CC BY-NC-SA 4.0" in text
    folds = [block.proto.id for block in app.get("popover")]
    assert len(set(folds)) == len(folds) == 2, "without ids the second opens when the first goes"
    (button,) = [each for each in app.button if each.key == "clip_musicnn_get"]
    assert "29 MB" in button.label
    said = settled(button.click().run(), lambda said: "pip could not get" in said)
    assert not checkpoints.is_installed(checkpoints.KNOWN[checkpoints.MUSICNN])
    assert "Check the connection" in said


def test_one_click_gets_musicnn_and_has_it_hear_the_catalogue(
    unheard: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, Choice]] = []
    monkeypatch.setattr(musicnn, "get", lambda checkpoint, on_progress: install_random(tmp_path / "cache"))
    monkeypatch.setattr(
        hearing, "start_preparation", lambda catalogue, choice, owner: started.append((catalogue.path.name, choice))
    )
    app = open_app("clip")
    assert "Then it hears 1 file of this catalogue" in "\n".join(texts(app))
    (button,) = [each for each in app.button if each.key == "clip_musicnn_get"]
    assert button.label == "Get it and hear this catalogue"
    said = settled(button.click().run(), lambda said: "musicnn hears 1 file of this catalogue" in said)
    assert "In all: under a minute" in said
    assert started == [(unheard.path.name, Choice(MUSICNN_SETS))]
    app.button(key="clip_hear").click().run()
    assert started[1:] == started[:1]


def test_only_the_owner_has_a_catalogue_heard(
    unheard: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_random(tmp_path / "cache")
    monkeypatch.setattr("pages.shell.owner.is_local", lambda address: False)
    app = open_app("clip")
    assert [field.key for field in app.text_input if "owner" in field.key] == ["owner_token_hear"]
    assert not [button for button in app.button if button.key == "clip_hear"]


def test_how_far_the_hearing_is_and_why_it_failed(
    unheard: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_random(tmp_path / "cache")
    jobs = Jobs(unheard.path)
    claim = jobs.create(PREPARE, "", Choice(MUSICNN_SETS).as_dict(), owner="somebody", state="waiting")
    bars = [str(bar.proto) for bar in open_app("clip").get("progress")]
    assert any("Hearing this catalogue with musicnn: starting" in bar for bar in bars)
    jobs.end(claim, "failed", "The disk is full. Make room.")
    app = open_app("clip")
    assert any("not heard to the end" in error.value and "disk is full" in error.value for error in app.error)
    assert app.button(key="clip_hear")
