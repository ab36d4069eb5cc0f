"""AcousticBrainz descriptors: its documents, their vector, essentia's side of it, and the words for people."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.audio.encoders.acousticbrainz import (
    COLUMN_OF,
    DESCRIPTOR_NAMES,
    TRAITS,
    USUAL,
    DescriptorExtractor,
    compare_traits,
    describe,
    descriptors_of,
    extract_descriptors,
    key_of,
    likeness,
    read_document,
    reference_of,
    trait_values,
)
from core.audio.encoders.acousticbrainz.leaves import PITCH_CLASSES, fifths_angle, key_at
from core.audio.limits import run_limited
from core.errors import AudioError, CatalogueError
from tests.support.documents import descriptor_document as document

RATE = 44100
ROOT = Path(__file__).resolve().parents[4]


def music(seed: int, seconds: float = 2.0, rate: int = RATE) -> np.ndarray:
    """Plucked notes of C major and noise bursts at 120 bpm, over soft noise: nowhere silent."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(seconds * rate)) / rate
    sound = 0.003 * rng.standard_normal(len(time))
    for beat in np.arange(0, seconds, 0.5):
        after = np.clip(time - beat, 0, None)
        envelope = (time >= beat) * np.exp(-6 * after)
        pitch = 261.63 * 2 ** (rng.choice([0, 4, 7, 12]) / 12)
        sound += envelope * sum(np.sin(2 * np.pi * pitch * k * after) / k for k in range(1, 5)) / 4
        sound += 0.3 * envelope**6 * rng.standard_normal(len(time))
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


def with_gap(samples: np.ndarray) -> np.ndarray:
    gapped = samples.copy()
    gapped[len(gapped) // 3 : len(gapped) // 2] = 0
    return gapped


def vector(**traits: float) -> np.ndarray:
    """The usual values of all traits but those given, in A minor."""
    values = np.zeros(len(DESCRIPTOR_NAMES), np.float32)
    for trait in TRAITS.values():
        values[COLUMN_OF[trait.column]] = traits.get(trait.key, trait.usual[0])
    values[COLUMN_OF["tonal.key_key.cos"]] = 1.0
    return values


@pytest.fixture(scope="module")
def extractor() -> DescriptorExtractor:
    return DescriptorExtractor()


@pytest.fixture(scope="module")
def clip_document(extractor: DescriptorExtractor) -> dict:
    return extractor.document(music(1), RATE)


# The vector


def test_every_number_of_the_vector_has_its_own_name() -> None:
    values = descriptors_of(document())
    assert values.shape == (len(DESCRIPTOR_NAMES),)
    assert values.dtype == np.float32
    assert len(set(DESCRIPTOR_NAMES)) == len(DESCRIPTOR_NAMES)
    assert 800 < len(DESCRIPTOR_NAMES) < 1000


def test_leaves_land_under_their_names() -> None:
    content = document()
    values = descriptors_of(content)
    assert values[COLUMN_OF["rhythm.bpm"]] == np.float32(content["rhythm"]["bpm"])
    assert values[COLUMN_OF["lowlevel.mfcc.mean.12"]] == np.float32(content["lowlevel"]["mfcc"]["mean"][12])
    assert values[COLUMN_OF["tonal.hpcp.dvar.35"]] == np.float32(content["tonal"]["hpcp"]["dvar"][35])


@pytest.mark.parametrize("major", [False, True])
@pytest.mark.parametrize("pitch_class", range(12))
def test_a_key_comes_back_from_the_circle_of_fifths(pitch_class: int, major: bool) -> None:
    name = f"{PITCH_CLASSES[pitch_class]} {'major' if major else 'minor'}"
    assert key_at(fifths_angle(pitch_class, major), major) == name
    assert key_at(fifths_angle(pitch_class, major) - 2 * np.pi, major) == name


def test_related_keys_lie_together() -> None:
    assert fifths_angle(PITCH_CLASSES.index("A"), False) == fifths_angle(PITCH_CLASSES.index("C"), True)
    fifth = fifths_angle(PITCH_CLASSES.index("G"), True) - fifths_angle(PITCH_CLASSES.index("C"), True)
    assert fifth == pytest.approx(np.pi / 6)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d["rhythm"].pop("bpm"), "rhythm.bpm is missing"),
        (lambda d: d["rhythm"].update(bpm="fast"), "rhythm.bpm should be one number"),
        (lambda d: d["rhythm"].update(bpm=[120.0]), "rhythm.bpm should be one number"),
        (lambda d: d["rhythm"].update(bpm=float("nan")), "rhythm.bpm is too large or not a number"),
        (lambda d: d["rhythm"].update(bpm=1e300), "rhythm.bpm is too large or not a number"),
        (lambda d: d["rhythm"].update(bpm=10**400), "rhythm.bpm is too large or not a number"),
        (lambda d: d["lowlevel"]["mfcc"]["mean"].pop(), "lowlevel.mfcc.mean should be a list of 13 numbers"),
        (lambda d: d["lowlevel"].update(mfcc=[1, 2]), "lowlevel.mfcc.mean is missing"),
        (lambda d: d["tonal"].update(key_key="H"), "tonal.key_key should be a key"),
        (lambda d: d["tonal"].update(chords_scale=["minor"]), "tonal.chords_key should be a key"),
    ],
)
def test_a_leaf_that_is_not_as_it_should_be_is_named(change, reason: str) -> None:
    content = document()
    change(content)
    with pytest.raises(CatalogueError, match=reason):
        descriptors_of(content)


# Documents


def test_a_document_is_read(tmp_path: Path) -> None:
    path = tmp_path / "document.json"
    path.write_text(json.dumps(document()))
    assert np.array_equal(descriptors_of(read_document(path)), descriptors_of(document()))


def test_flat_key_names_and_the_names_of_new_essentia_are_understood(tmp_path: Path) -> None:
    old, new = document(), document()
    old["tonal"] |= {"key_key": "A#", "key_scale": "major", "key_strength": 0.5}
    for name in ("key_key", "key_scale", "key_strength"):
        del new["tonal"][name]
    new["tonal"]["key_temperley"] = {"key": "Bb", "scale": "major", "strength": 0.5}
    new["rhythm"] = {
        name: value["mean"] if name.startswith("bpm_histogram") else value for name, value in new["rhythm"].items()
    }
    path = tmp_path / "document.json"
    path.write_text(json.dumps(new))
    assert np.array_equal(descriptors_of(read_document(path)), descriptors_of(old))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe\x00garbage", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"lowlevel": NaN}', "is not JSON"),
        (b'{"lowlevel": {}, "rhythm": 1' + b"0" * 5000 + b"}", "is not"),
        (b"[1, 2]", "is not an AcousticBrainz low-level document"),
        (b'{"lowlevel": {}, "rhythm": []}', "is not an AcousticBrainz low-level document"),
        (b'{"highlevel": {"gender": {}}}', "Give the low-level one"),
        (b" " * (9 << 20), "too large"),
    ],
)
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "document.json"
    path.write_bytes(content)
    with pytest.raises(CatalogueError, match=reason):
        read_document(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        read_document(tmp_path / "none.json")


def test_real_documents_give_the_same_vector_as_sound(shared_datasets: Path, clip_document: dict) -> None:
    paths = sorted((shared_datasets / "acousticbrainz").glob("*.json"))
    assert len(paths) == 4
    for path in paths:
        content = read_document(path)
        assert np.isfinite(descriptors_of(content)).all()
        assert len(common_leaves(content, clip_document)) == 462


def common_leaves(first: dict, second: dict) -> set[tuple]:
    return {*leaves(first)} & {*leaves(second)}


def leaves(content: dict) -> set[tuple]:
    found = set()
    places = [((section,), content[section]) for section in ("lowlevel", "rhythm", "tonal")]
    while places:
        path, value = places.pop()
        if isinstance(value, dict):
            places += [((*path, name), inner) for name, inner in value.items()]
        else:
            found.add((path, np.shape(value)))
    return found


def test_a_real_document_in_words(shared_datasets: Path) -> None:
    bowie = read_document(shared_datasets / "acousticbrainz" / "e8afe383-1478-497e-90b1-7885c7f37f6e.json")
    assert describe(descriptors_of(bowie))[:2] == ["tempo 147 bpm", "D major"]


# Extraction


def test_what_is_played_is_heard(extractor: DescriptorExtractor) -> None:
    values = extractor(music(3, seconds=6), RATE)
    assert values.shape == (len(DESCRIPTOR_NAMES),)
    assert values[COLUMN_OF["rhythm.bpm"]] == pytest.approx(120, abs=2)
    assert key_of(values) == "C major"


def test_equal_samples_give_equal_descriptors_whatever_came_before(extractor: DescriptorExtractor) -> None:
    clips = [music(1, 1.0), with_gap(music(2, 1.5))]
    first = [extractor(clip, RATE).tobytes() for clip in clips]
    for place in (1, 0, 1):
        assert extractor(clips[place], RATE).tobytes() == first[place]
    assert DescriptorExtractor()(clips[1], RATE).tobytes() == first[1]
    assert extract_descriptors(clips[1], RATE).tobytes() == first[1]


def test_sound_without_silence_is_described_as_by_acousticbrainz(clip_document: dict, tmp_path: Path) -> None:
    import essentia.standard

    path = tmp_path / "clip.wav"
    soundfile.write(path, music(1), RATE, subtype="FLOAT")
    pool, _ = essentia.standard.MusicExtractor()(str(path))
    ours = clip_document
    assert pool["lowlevel.spectral_centroid.mean"] == ours["lowlevel"]["spectral_centroid"]["mean"]
    assert np.array_equal(pool["lowlevel.barkbands.dvar"], np.float32(ours["lowlevel"]["barkbands"]["dvar"]))


@pytest.mark.parametrize("factor", [1e-3, 30.0])
def test_loudness_does_not_matter(extractor: DescriptorExtractor, factor: float) -> None:
    plain, louder = extractor(music(1, 1), RATE), extractor(music(1, 1) * np.float32(factor), RATE)
    np.testing.assert_allclose(louder, plain, rtol=0.01, atol=1e-3)


def test_another_rate_gives_nearly_the_same(extractor: DescriptorExtractor) -> None:
    plain, other = extractor(music(1), RATE), extractor(music(1, rate=48000), 48000)
    gaps = np.abs(USUAL.places(plain) - USUAL.places(other))
    assert np.median(gaps) < 0.5


def refused() -> dict[str, tuple[np.ndarray, str]]:
    return {
        "silence": (np.zeros(2 * RATE, np.float32), "only silence"),
        "nearly silence": (np.full(2 * RATE, 1e-7, np.float32), "only silence"),
        "constant": (np.full(2 * RATE, 0.2, np.float32), "too little to describe"),
        "short": (music(1)[: RATE - 1], "shorter than 1 second"),
        "nothing": (np.zeros(0, np.float32), "shorter than 1 second"),
        "NaN": (np.where(np.arange(2 * RATE) == 5, np.nan, music(1)).astype(np.float32), "not finite"),
        "infinite": (np.where(np.arange(2 * RATE) == 5, np.inf, music(1)).astype(np.float32), "not finite"),
        "stereo": (np.zeros((2, RATE), np.float32), "one channel"),
    }


@pytest.mark.parametrize("case", refused())
def test_sound_that_cannot_be_described_is_refused(extractor: DescriptorExtractor, case: str) -> None:
    samples, reason = refused()[case]
    with pytest.raises(AudioError, match=reason):
        extractor(samples, RATE)


def test_refusals_come_through_the_worker() -> None:
    with pytest.raises(AudioError, match="only silence"):
        extract_descriptors(np.zeros(2 * RATE, np.float32), RATE)


def test_no_file_stays_behind(extractor: DescriptorExtractor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    extractor(music(1, 1), RATE)
    with pytest.raises(AudioError):
        extractor(np.full(2 * RATE, 0.2, np.float32), RATE)
    with pytest.raises(AudioError, match="stopped"):
        run_limited(describe_forever, seconds=1.5, megabytes=2000)
    assert not list(tmp_path.iterdir())


def describe_forever() -> None:
    """In the worker: leaves a file open in its temporary folder and never ends by itself."""
    folder = tempfile.mkdtemp()
    (Path(folder) / "clip.wav").write_bytes(b"RIFF")
    while True:
        pass


def test_importing_the_package_loads_no_essentia_and_extracting_prints_nothing() -> None:
    lines = (
        "import sys, numpy as np",
        "from core.audio.encoders.acousticbrainz import DescriptorExtractor",
        "assert 'essentia' not in sys.modules",
        "DescriptorExtractor()(np.random.default_rng(0).standard_normal(44100, dtype=np.float32) / 9, 44100)",
    )
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout + done.stderr == b""


# Traits


def test_the_usual_is_not_worth_a_word() -> None:
    assert describe(vector()) == ["tempo 118 bpm", "A minor"]


def test_what_stands_out_is_said_first() -> None:
    words = describe(vector(tempo=121, brightness=2600, dynamics=1.2, onsets=4.9))
    assert words == ["tempo 121 bpm", "A minor", "bright", "little dynamics", "dense onsets"]
    assert describe(vector(brightness=2600, dynamics=1.2), most=1)[2:] == ["bright"]


def test_words_depend_on_the_catalogue() -> None:
    bright = np.stack([vector(brightness=value) for value in np.linspace(2500, 4500, 100)])
    assert "bright" in describe(bright[0])
    assert "dark" in describe(bright[0], reference_of(bright))
    assert "bright" in describe(bright[-1], reference_of(bright))


def test_a_reference_leaves_out_artists_without_descriptors() -> None:
    known = np.stack([vector(tempo=value) for value in np.linspace(80, 160, 81)])
    unknown = np.full((40, known.shape[1]), np.nan, np.float32)
    reference = reference_of(np.concatenate([unknown, known]))
    assert reference.middle[0] == pytest.approx(120)
    assert (reference.low[0], reference.high[0]) == pytest.approx((96, 144))
    assert reference.deviation[0] == pytest.approx(80 * 0.3413, rel=0.01)
    assert (reference.deviation > 0).all()
    assert reference_of(known[:10]) is USUAL


def test_trait_values_and_places_of_one_and_of_many() -> None:
    one, many = trait_values(vector(tempo=150)), trait_values(np.stack([vector(), vector(tempo=150)]))
    assert one["tempo"] == 150
    assert many["tempo"].tolist() == [118, 150]
    assert list(one) == list(TRAITS)
    assert USUAL.places(np.stack([vector(), vector(tempo=170)]))[:, 0] == pytest.approx([0, 2])


def test_an_average_over_keys_has_no_key() -> None:
    c_major, f_sharp_major, c_minor = (
        descriptors_of(document() | {"tonal": document()["tonal"] | {"key_key": key, "key_scale": scale}})
        for key, scale in (("C", "major"), ("F#", "major"), ("C", "minor"))
    )
    assert key_of(c_major) == "C major"
    assert key_of((c_major + f_sharp_major) / 2) is None
    assert key_of((c_major + c_minor) / 2) is None


def test_only_traits_that_stand_out_are_alike_or_unlike() -> None:
    first = vector(tempo=120, brightness=2600, dynamics=1.0, bass=0.03)
    second = vector(tempo=123, brightness=2650, dynamics=6.5, bass=0.05)
    found = likeness(first, second)
    assert [one.name for one in found.alike] == ["bright"]
    assert [one.trait.key for one in found.unlike] == ["bass", "dynamics"]
    tempo = compare_traits(first, second)[0]
    assert (tempo.name, tempo.figures) == ("tempo", ("120", "123"))
    assert np.isnan(tempo.shares).all()
    assert tempo.gap == pytest.approx(3 / 26)
    assert not tempo.alike, "two average values are no likeness"
    assert not tempo.unlike


def test_a_trait_says_where_two_artists_stand_among_the_others() -> None:
    known = np.stack([vector(tempo=value, brightness=20 * value) for value in np.linspace(80, 179, 100)])
    tempo, *others = compare_traits(vector(tempo=90), vector(tempo=1000), reference_of(known))
    assert tempo.shares == (0.1, 1.0)
    by_key = {comparison.trait.key: comparison for comparison in others}
    assert by_key["brightness"].figures == ("1,450", "1,450")
    assert by_key["dynamics"].figures == ("4", "4")
    assert by_key["chords"].trait.unit == ""


def test_comparing_is_symmetric() -> None:
    first, second = vector(tempo=90, onsets=1.0), vector(tempo=150, onsets=1.5)
    for one, other in zip(compare_traits(first, second), compare_traits(second, first), strict=True):
        assert (one.gap, one.place, one.word, one.first) == (other.gap, other.place, other.word, other.second)
