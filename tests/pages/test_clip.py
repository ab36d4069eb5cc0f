"""The Clip page: handing in, waiting, answers with evidence, words, and what it says where clips cannot be asked."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.audio import Clip, wav_bytes
from core.audio.encoders.acousticbrainz import DESCRIPTOR_NAMES
from core.audio.encoders.checkpoints import BUNDLED, KNOWN, PAPER
from core.audio.encoders.clap.encoders import AudioEmbedding, embedding_of
from core.audio.encoders.clap.windows import windows
from core.catalogue import Catalogue, FeatureInfo, open_catalogue, write_catalogue
from core.catalogue.library import DATA_VARIABLE
from core.clips import encoder as listening
from core.clips import service as clip_service
from core.clips.encoder import ClipEncoder
from core.clips.search import ClipEvidence, Moment
from core.clips.service import AnalysedClip, ClipFile, ClipService, outline
from core.clips.vectors import ClipAnalysis
from core.clips.word_search import MEANINGLESS
from core.demo.recipes import recipe_of
from core.demo.world.latent import latent_world
from core.errors import AudioError, NearfieldError
from core.search.evidence import Answer
from core.search.spaces import Space
from core.similarity import Neighbours
from core.space_name import SpaceName
from core.synthesis import RATE, recipe_from_text
from pages.artists.nearest import results_of
from pages.clip import checkpoint, choosing, lists
from pages.clip.answers import default_lists
from pages.clip.figures import wave_figure, window_ends
from pages.clip.samples import samples_of
from pages.clip.texts import EXAMPLES, clock, evidence_line, stages_line, windows_sentence, words_query
from tests.support import pages as pages_support
from tests.support.audio_samples import tone
from tests.support.catalogues import MANIFEST, tiny_artists, tiny_edges
from tests.support.maps import maps_of
from tests.support.pages import button_labels, open_app, parameter, press, texts
from tests.support.stored_maps import scattered

hostile = pages_support.hostile
N, WIDTH, TRACKS = 12, 8, 2
SECONDS = 3.0


class FakeEncoder:
    """Directions that depend on how loud a window is, and on how many letters a text has."""

    name, title, checkpoint_hash, width, has_text = BUNDLED, "A fake CLAP", "fake", WIDTH, True
    front_end = "none"

    def embed_audio(self, waveform: np.ndarray, rate: int) -> AudioEmbedding:
        cut, starts = windows(waveform, rate)
        return embedding_of(np.abs(cut).mean(axis=1, keepdims=True) + np.eye(WIDTH, dtype=np.float32)[:1], starts)

    def embed_text(self, phrases: Sequence[str]) -> np.ndarray:
        rows = np.array([[len(phrase), *range(1, WIDTH)] for phrase in phrases], np.float32)
        meaning = np.array([[phrase not in MEANINGLESS] for phrase in phrases], np.float32)
        return meaning * rows / np.linalg.norm(rows, axis=1, keepdims=True)


def audible_catalogue(folder: Path) -> Catalogue:
    """Artists with rendered tracks, both heard sets and edges in a ring; the last one was never heard."""
    rng = np.random.default_rng(0)
    clap = rng.normal(size=(N, WIDTH)).astype(np.float32)
    described = rng.normal(size=(N, len(DESCRIPTOR_NAMES))).astype(np.float32)
    clap[-1] = described[-1] = np.nan
    world = latent_world(0, N)
    artist = np.repeat(np.arange(N - 1), TRACKS).astype(np.int32)
    tracks = pd.DataFrame(
        {
            "artist": artist,
            "track_id": [f"t{row}" for row in range(len(artist))],
            "title": [f"*Track* {row}" for row in range(len(artist))],
            "kind": "synthetic",
            "recipe": [recipe_of(world, row, track, 0).as_text() for row in range(N - 1) for track in range(TRACKS)],
        }
    )
    features = {
        "clap": (clap, FeatureInfo("clap", "CLAP", checkpoint_hash="fake")),
        "acousticbrainz": (described, FeatureInfo("acousticbrainz", "Traits", columns=list(DESCRIPTOR_NAMES))),
    }
    names = ["<b>*One*</b>", *(f"artist {row}" for row in range(1, N))]
    edges = tiny_edges([(row, (row + 1) % N) for row in range(N)])
    artists = tiny_artists(N, name=names, genres=[["Rock"]] * N)
    vectors = {"clap": clap[artist] + 0.1 * rng.normal(size=(len(artist), WIDTH)).astype(np.float32)}
    return open_catalogue(
        write_catalogue(folder / "audible", MANIFEST, artists, edges, features, tracks=tracks, track_features=vectors)
    )


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    """The audible catalogue as the only one, and fakes in the place of what listens."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    monkeypatch.setattr(clip_service, "clip_encoder_for", lambda catalogue: ClipEncoder(FakeEncoder(), True))
    monkeypatch.setattr(checkpoint, "checkpoint_of", lambda catalogue: KNOWN[BUNDLED])
    monkeypatch.setattr(checkpoint, "is_installed", lambda known: known.name == BUNDLED)
    monkeypatch.setattr(listening, "extract_descriptors", descriptors)
    # The process that decodes takes a second to start; tests/core/audio/test_decoding.py has it.
    monkeypatch.setattr(clip_service, "decode", decoded)
    choosing.service.clear()
    yield audible_catalogue(tmp_path)
    choosing.service.clear()


def descriptors(samples: np.ndarray, rate: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=len(DESCRIPTOR_NAMES)).astype(np.float32)


def decoded(data: bytes, name: str) -> Clip:
    if data.startswith(b"bad"):
        raise AudioError(f"{name}: This is a *text* file. Choose a sound file.")
    return Clip(tone(SECONDS, RATE), RATE, ("The 2 channels were mixed to one.",))


WAV = wav_bytes(tone(SECONDS, 8_000), 8_000)


def settled(app: AppTest, until: Callable[[AppTest], object] | None = None) -> AppTest:
    """Run again, as the page does by itself in a browser, until there is an answer."""
    patience = time.monotonic() + 120
    while time.monotonic() < patience:
        assert not app.exception
        if until(app) if until else has_answer(app):
            return app
        time.sleep(0.1)
        app.run()
    raise AssertionError(f"no answer: {texts(app)}")


def has_answer(app: AppTest) -> bool:
    return any(heading.value == "Nearest artists" for heading in app.subheader)


def hand_in(app: AppTest, data: bytes = WAV, name: str = "song.wav") -> AppTest:
    return app.file_uploader[0].set_value((name, data, "audio/wav")).run()


def lists_of(app: AppTest) -> list[str]:
    """The spaces of the lists on the page."""
    protos = [element.proto for element in app.get("bidi_component")]
    return [proto.id.rpartition("clip_results_")[2] for proto in protos if "clip_results_" in proto.id]


# Handing in


def test_the_page_offers_a_file_the_microphone_and_samples(catalogue: Catalogue) -> None:
    app = open_app("clip")
    assert not app.exception
    assert len(app.file_uploader) == 1
    assert len(app.get("audio_input")) == 1
    assert sum(button.key.startswith("clip_sample_") for button in app.button) >= 2
    assert any("Nearfield's small CLAP" in text.replace("\\", "") for text in texts(app))
    assert any(f"checkpoint get {PAPER}" in code.value for code in app.code)


def test_a_file_is_answered_side_by_side_with_its_analysis(catalogue: Catalogue) -> None:
    app = settled(hand_in(open_app("clip"), name="a *b*.wav"))
    assert lists_of(app) == ["clap", "clap:tracks", "acousticbrainz"]
    said = texts(app)
    assert any("The 2 channels were mixed to one" in text for text in said)
    assert any("tempo" in text and "0:03" in text for text in said)
    assert any("until ten seconds are full" in text for text in said)
    assert "a \\*b\\*\\.wav" in [heading.value for heading in app.header]
    assert any("yours alone" in text for text in said)
    assert len(app.get("plotly_chart")) == 1
    assert any("no map of its sound yet" in text for text in said)


def test_a_bad_file_is_refused_with_the_remedy_and_another_can_follow(catalogue: Catalogue) -> None:
    app = settled(hand_in(open_app("clip"), b"bad", "x.mp3"), lambda app: app.error)
    assert app.error[0].value == "x\\.mp3\\: This is a \\*text\\* file\\. Choose a sound file\\."
    settled(hand_in(app))
    assert not app.error


def test_a_clip_stays_while_the_visitor_is_elsewhere_and_goes_on_request(catalogue: Catalogue) -> None:
    app = settled(hand_in(open_app("clip")))
    app.switch_page("../explore/page.py").run()
    app.switch_page("../clip/page.py").run()
    settled(app)
    press(app, "Remove")
    assert not app.exception
    assert not has_answer(app)


def test_a_sample_says_where_its_own_artist_is(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.clip.samples.render", lambda recipe, seconds: tone(1, RATE))
    app = open_app("clip")
    settled(next(button for button in app.button if button.key.startswith("clip_sample_")).click().run())
    assert any("The track is by" in text and " of 11 in Sound" in text for text in texts(app))
    assert not any("yours alone" in text for text in texts(app))


def test_a_link_brings_a_sample_with_its_answers_and_reasons(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.clip.samples.render", lambda recipe, seconds: tone(1, RATE))
    app = settled(open_app("clip", sample="2", answers="clap", length="20"))
    assert lists_of(app) == ["clap"]
    app.query_params["why"] = ["id-0", "clap"]
    app.run()
    assert any("| Space | Place | Own score |" in text for text in texts(app))
    app.query_params["why"] = ["stranger", "clap"]
    app.run()
    assert not app.exception
    press(app, "Remove")
    assert parameter(app, "sample") is None
    assert not has_answer(app)


@pytest.mark.parametrize("sample", ["0", "99", "x", "-1"])
def test_a_link_to_no_sample_is_an_empty_page(catalogue: Catalogue, sample: str) -> None:
    app = open_app("clip", sample=sample)
    assert not app.exception
    assert not has_answer(app)


def test_a_file_takes_the_place_of_a_sample(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.clip.samples.render", lambda recipe, seconds: tone(1, RATE))
    app = settled(open_app("clip", sample="1"))
    app = settled(hand_in(app, name="mine.wav"))
    assert parameter(app, "sample") is None
    assert "mine\\.wav" in [heading.value for heading in app.header]


def test_a_fault_of_the_checkpoint_leaves_the_descriptors(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(catalogue: Catalogue) -> ClipEncoder:
        raise NearfieldError("The CLAP vectors come from another checkpoint. Extract them again.")

    monkeypatch.setattr(clip_service, "clip_encoder_for", refuse)
    app = settled(hand_in(open_app("clip")))
    assert lists_of(app) == ["acousticbrainz"]
    assert "another checkpoint" in app.warning[0].value


# Answers


def test_the_evidence_is_told_played_and_kept(catalogue: Catalogue) -> None:
    app = settled(hand_in(open_app("clip")))
    app.query_params["why"] = ["id-0", "clap"]
    app.run()
    assert not app.exception
    said = texts(app)
    assert any("Most alike" in text for text in said)
    assert any(text.startswith("**") and ", place " in text for text in said)
    assert any("| Space | Place | Own score |" in text for text in said)
    assert len(app.get("audio")) == 3
    next(button for button in app.button if button.key == "clip_keep_0").click().run()
    assert len([button for button in app.button if button.key.startswith("lists_go_id-")]) == 1


def test_an_artist_of_a_list_is_explored(catalogue: Catalogue) -> None:
    app = settled(hand_in(open_app("clip")))
    app.session_state[lists.GO] = "id-3"
    app.run()
    assert not app.exception
    assert app.title[0].value == "Explore"
    assert app.query_params["artist"] in ("id-3", ["id-3"])


def test_a_list_is_kept_and_the_panel_lets_go(catalogue: Catalogue) -> None:
    app = settled(hand_in(open_app("clip")))
    press(app, "Keep these")
    assert "All 10 are in your list" in button_labels(app)
    assert any("10 kept, the last 6 shown" in text for text in texts(app))
    app.query_params["why"] = ["id-0", "clap"]
    press(app.run(), "Kept: take out")
    assert any("9 kept" in text for text in texts(app))
    press(app, "Undo")
    assert any("10 kept" in text for text in texts(app))


def test_the_clip_stands_on_the_map(catalogue: Catalogue) -> None:
    scattered(catalogue, "clap")
    app = settled(hand_in(open_app("clip")))
    assert any("An estimate" in text for text in texts(app))
    (drawn,) = maps_of(app)["maps"]
    assert drawn["guest"]["name"] == "Your clip (estimate)"
    assert len(drawn["nearest"]) > 0


# Words


def test_words_are_answered_with_weights(catalogue: Catalogue) -> None:
    app = open_app("clip", by="Words")
    assert any("Type what the music should sound like" in text for text in texts(app))
    app.text_input(key="clip_phrase_0").set_value("slow piano").run()
    settled(app)
    assert lists_of(app) == ["clap:tracks", "clap"]
    press(app, "Add a phrase")
    app.text_input(key="clip_phrase_1").set_value("drums").run()
    app.slider(key="clip_weight_1").set_value(-1.0).run()
    settled(app)
    press(app, "Keep these")
    press(app, "Open")
    assert any("drums" in text for text in texts(app))


def test_an_example_fills_the_boxes(catalogue: Catalogue) -> None:
    app = open_app("clip", by="Words")
    label, phrases = next((label, phrases) for label, phrases in EXAMPLES.items() if len(phrases) == 2)
    settled(press(app, label))
    assert [box.value for box in app.text_input] == [text for text, _ in phrases]
    assert [slider.value for slider in app.slider] == [weight for _, weight in phrases]


def test_a_link_brings_words_and_weights(catalogue: Catalogue) -> None:
    app = AppTest.from_file(str(pages_support.ROOT / "pages" / "shell" / "main.py"), default_timeout=60)
    app.query_params["by"] = "Words"
    app.query_params["words"] = ["slow piano", "drums", "x" * 400]
    app.query_params["weights"] = ["1", "-1", "99"]
    app.run()
    app = settled(app.switch_page("../clip/page.py").run())
    assert [box.value for box in app.text_input] == ["slow piano", "drums", "x" * 300]
    assert [slider.value for slider in app.slider] == [1.0, -1.0, 1.0]
    app.button(key="clip_remove_1").click().run()
    assert app.query_params["words"] == ["slow piano", "x" * 300]
    assert parameter(app, "weights") is None


def test_weights_that_cancel_out_are_refused_plainly(catalogue: Catalogue) -> None:
    app = press(open_app("clip", by="Words"), "Add a phrase")
    app.text_input(key="clip_phrase_0").set_value("a").run()
    app.text_input(key="clip_phrase_1").set_value("b").run()
    app.slider(key="clip_weight_1").set_value(-1.0).run()
    settled(app, lambda app: app.error)
    assert "cancel each other out" in app.error[0].value


# Where clips cannot be asked


def test_a_catalogue_without_audio_sets_says_what_to_do(hostile: Catalogue) -> None:
    app = open_app("clip")
    assert not app.exception
    assert not app.file_uploader
    assert any("cannot be asked with a clip" in text and "checkpoint get" in text for text in texts(app))
    assert any("core extract" in code.value for code in app.code)


# The service


def test_the_service_opens_encoders_once_and_before_they_are_needed(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = clip_service.clip_encoder_for
    monkeypatch.setattr(clip_service, "clip_encoder_for", lambda of: opened.append(of.name) or real(of))
    service = ClipService()
    service.get_ready(catalogue)
    service.get_ready(catalogue)
    assert service.submit_clip(catalogue, ClipFile(WAV, "a")).result().clip.encoder
    assert opened == [catalogue.name]


def test_the_service_analyses_the_same_bytes_once(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(clip_service, "decode", lambda data, name: calls.append(name) or decoded(data, name))
    service = ClipService()
    first = service.submit_clip(catalogue, ClipFile(WAV, "a")).result()
    again = service.submit_clip(catalogue, ClipFile(bytes(WAV), "b")).result()
    assert first is again
    service.forget(catalogue, ClipFile(WAV, "c"))
    assert service.submit_clip(catalogue, ClipFile(WAV, "c")).result() is not first
    assert calls == ["a"]
    np.testing.assert_array_equal(first.window_artists, np.argmax(first.answers.answers["clap:tracks"].scores[:-1]))


def test_a_file_that_browsers_cannot_play_gets_a_preview(catalogue: Catalogue) -> None:
    service = ClipService()
    assert service.submit_clip(catalogue, ClipFile(WAV, "a")).result().clip.preview is None
    clip = service.submit_clip(catalogue, ClipFile(b"caff" + WAV, "a")).result().clip
    assert clip.preview is not None
    assert clip.preview.startswith(b"RIFF")
    assert clip.media == "audio/wav"


# Words and figures


def clip_of(seconds: float, n_windows: int) -> AnalysedClip:
    starts = np.minimum(np.arange(n_windows) * 10, max(seconds - 10, 0)).astype(np.float32)
    vectors = ClipAnalysis({}, np.ones((n_windows, 2), np.float32), starts)
    return AnalysedClip(seconds, (), (), "", np.array([[-1, 1]] * 50, np.float32), starts, vectors, "audio/wav", None)


def test_windows_end_with_the_clip() -> None:
    np.testing.assert_array_equal(window_ends(clip_of(24, 3)), [10, 20, 24])
    np.testing.assert_array_equal(window_ends(clip_of(4, 1)), [4])
    assert len(wave_figure(clip_of(24, 3)).layout.annotations) == 3
    assert not wave_figure(clip_of(900, 90)).layout.annotations
    assert windows_sentence(3, 24) == "CLAP hears the clip as 3 windows of ten seconds."


def test_the_outline_holds_the_extremes() -> None:
    samples = np.zeros(1000, np.float32)
    samples[[10, 999]] = 0.5, -0.7
    low, high = outline(Clip(samples, 1000), 50).T
    assert (len(low), high.max(), low.min()) == (50, np.float32(0.5), np.float32(-0.7))
    assert len(outline(Clip(samples[:7], 1000), 50)) == 7


def test_default_lists_show_one_of_each_kind() -> None:
    everything = ["graph:fusion", "graph:tied", "clap", "clap:tracks", "acousticbrainz"]
    assert default_lists(everything, "graph:fusion") == ["graph:fusion", "clap:tracks", "acousticbrainz"]
    assert default_lists(["clap", "clap:tracks"], "clap") == ["clap", "clap:tracks"]
    assert default_lists(["acousticbrainz"], "acousticbrainz") == ["acousticbrainz"]
    real = ["musicnn_msd", "musicnn_msd:tracks", "musicnn_mtt", "clap", "clap:tracks"]
    assert default_lists(real, "musicnn_msd") == ["musicnn_msd", "musicnn_msd:tracks", "clap:tracks"]
    assert default_lists(everything, "clap") == ["clap", "acousticbrainz", "graph:fusion"]


def test_evidence_in_a_line() -> None:
    evidence = ClipEvidence(
        3, {"clap": 1, "acousticbrainz": 1200, "graph:tied": 0}, {}, Moment(1, 70.0, 4, 0.5), {}, True, np.array([5])
    )
    shown = ["clap", "acousticbrainz", "graph:tied"]
    assert evidence_line(evidence, "clap", shown) == "at 1:10 · descriptors #1,200 · 1 edge"
    assert evidence_line(evidence, "acousticbrainz", shown) == "sound #1 · 1 edge"


def test_small_words() -> None:
    assert clock(83.9) == "1:23"
    assert words_query(["a"], [1.0]) == "words “a”"
    assert words_query(["a", "b"], [1.0, -0.5]) == "words “a” × 1, “b” × -0.5"
    assert stages_line("").startswith("Waiting")
    assert stages_line("Measuring descriptors").count("✓") == 4
    assert stages_line("Reading the words") == "**Reading the words …**"


def test_samples_are_unseen_tracks_of_known_artists(catalogue: Catalogue) -> None:
    found = samples_of(catalogue)
    assert 2 <= len(found) <= 6
    assert len({sample.scene for sample in found}) == len(found)
    known = {recipe_from_text(text) for text in catalogue.tracks["recipe"]}
    for sample in found:
        assert sample.recipe not in known
        assert sample.recipe.artist_seed == sample.artist
    assert button_labels(open_app("clip"))


def test_catalogues_without_rendered_tracks_have_no_samples(hostile: Catalogue) -> None:
    assert samples_of(hostile) == []


def test_an_answers_lines_say_who_can_be_heard(catalogue: Catalogue) -> None:
    scores = np.full(N, np.nan, np.float32)
    scores[[0, 11]] = 0.4, 0.2
    space = Space(SpaceName("clap"), "Sound", True)
    answer = Answer(space, -1, scores, Neighbours(np.array([0, 11]), scores[[0, 11]]), 0)
    lines = results_of(catalogue, answer, ["0.4", "0.2"], ["", "x"])
    assert [result.audible for result in lines] == [True, False]
    assert [(result.score, result.evidence) for result in lines] == [("0.4", ""), ("0.2", "x")]
