"""The synthesiser: the same every time, different where it should be, and what the captions say is what is played."""

from dataclasses import replace

import numpy as np
import pytest

from core.demo.captions import SCENE_WORDS, caption, captions
from core.demo.recipes import recipe_of
from core.demo.world import latent_world
from core.errors import CatalogueError
from core.synthesis import RATE, Recipe, arrange, recipe_from_text, render
from core.synthesis.drums import KITS, hit
from core.synthesis.notes import BASS_LINES, COMPING, PICKING
from core.synthesis.recipes import MODES
from core.synthesis.scenes import SCENES
from core.synthesis.styles import STYLES
from core.synthesis.tones import TIMBRES, tone

SEED = 11


@pytest.fixture(scope="module")
def recipes() -> list[Recipe]:
    """One track of an artist of every scene."""
    world = latent_world(SEED, 600)
    return [recipe_of(world, int(np.flatnonzero(world.scene == scene)[0]), 0, SEED) for scene in range(len(SCENES))]


def test_every_scene_has_a_style_of_things_that_exist() -> None:
    assert set(STYLES) == {scene.name for scene in SCENES} == set(SCENE_WORDS)
    for style in STYLES.values():
        assert set(style.kits) <= set(KITS)
        played = (*style.basses, *style.chords, *style.leads, *style.pads, style.voice)
        assert set(played) <= set(TIMBRES)
        assert set(style.comping) <= {*COMPING, *PICKING, "boom chick"}
        assert set(style.bass_lines) <= set(BASS_LINES)
        assert set(style.modes) <= set(MODES)
        assert all(
            len(rhythm) == 16 and set(rhythm) <= set("Xxo.") for groove in style.grooves for rhythm in groove.values()
        )


def test_every_scene_renders_ten_audible_seconds_within_full_scale(recipes: list[Recipe]) -> None:
    for recipe in recipes:
        sound = render(recipe)
        assert sound.shape == (10 * RATE,)
        assert sound.dtype == np.float32
        assert np.isfinite(sound).all()
        assert np.abs(sound).max() < 1
        assert 0.03 < np.sqrt(np.mean(sound**2)) < 0.4, SCENES[recipe.scene].name


def test_a_recipe_always_sounds_the_same_and_survives_as_text(recipes: list[Recipe]) -> None:
    first = render(recipes[4], 3)
    render(recipes[5], 2)
    assert recipe_from_text(recipes[4].as_text()) == recipes[4]
    np.testing.assert_array_equal(render(recipe_from_text(recipes[4].as_text()), 3), first)


def test_tracks_of_an_artist_differ_and_artists_differ_more(recipes: list[Recipe]) -> None:
    """In instruments, kit and room, not in samples, which never coincide."""

    def habits(recipe: Recipe) -> tuple[object, ...]:
        track = arrange(recipe)
        return (track.kit, track.chords.instrument, track.comping, track.bass_line, round(track.drum_tuning, 3))

    others = [replace(recipe, track=1) for recipe in recipes]
    alike = [len(set(habits(one)) & set(habits(other))) for one, other in zip(recipes, others, strict=True)]
    assert np.mean(alike) > 3.8
    assert not any(np.array_equal(render(one, 2), render(other, 2)) for one, other in zip(recipes, others, strict=True))
    assert len({habits(replace(recipes[0], artist_seed=seed)) for seed in range(30)}) > 20


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"scene": 1}',
        "null",
        '{"scene":99,"second_scene":0,"lean":0,"sound":[],"artist_seed":1,"track":0}',
    ],
)
def test_a_text_that_is_no_recipe_is_refused_plainly(text: str) -> None:
    with pytest.raises(CatalogueError, match="cannot be played"):
        recipe_from_text(text)


@pytest.mark.parametrize(
    "change", [{"scene": 21}, {"track": -1}, {"sound": (0.0,) * 11}, {"sound": (1e9,) * 12}, {"lean": 2.0}]
)
def test_a_recipe_out_of_range_is_refused(recipes: list[Recipe], change: dict[str, object]) -> None:
    with pytest.raises(CatalogueError):
        recipe_from_text(replace(recipes[0], **change).as_text())  # type: ignore[arg-type]


@pytest.mark.parametrize(("seconds", "start"), [(0, 0), (10, -1), (601, 0), (10, 595)])
def test_nothing_is_rendered_outside_the_track(recipes: list[Recipe], seconds: float, start: float) -> None:
    with pytest.raises(ValueError, match="nothing from"):
        render(recipes[0], seconds, start)


@pytest.mark.parametrize("name", TIMBRES)
def test_every_instrument_plays_the_key_it_is_given(name: str) -> None:
    plain = replace(TIMBRES[name], vibrato=0, partials=(), noise=0, detune=0, voices=1)
    sound = tone(plain, 220.0, 1.0)
    spectrum = np.abs(np.fft.rfft(sound[:RATE]))
    strongest = np.argmax(spectrum) * RATE / len(sound[:RATE])
    assert strongest / 220 == pytest.approx(round(strongest / 220), abs=0.02)


@pytest.mark.parametrize("kit", KITS)
@pytest.mark.parametrize("piece", ["kick", "snare", "clap", "hat", "open", "ride", "shaker", "tom", "rim"])
def test_drums_start_loud_and_end_silent(kit: str, piece: str) -> None:
    sound = hit(KITS[kit], piece, 1.0, 3)
    assert np.abs(sound).max() > 0.05
    assert np.abs(sound[-10:]).max() < 0.1 * np.abs(sound).max()


def test_captions_say_what_is_played(recipes: list[Recipe]) -> None:
    for recipe in recipes:
        track = arrange(recipe)
        words = " / ".join(captions(track, 12))
        assert track.chords.instrument in words
        if track.groove:
            assert "no drums" not in words
        else:
            assert "drums" in words or "percussion" in words
        assert not ({"sad", "mournful"} & set(words.split(", ")) and track.mode == "major")
    assert caption(arrange(recipes[0]), 1) == caption(arrange(recipes[0]), 1)
