"""Decoding: every kind of file, what is refused and with which words, what is noted, and WAV for players."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.arrays import FloatArray
from core.audio import AudioError, Clip, decode, resample, wav_bytes
from core.audio.checks import MAX_BYTES, MAX_SECONDS, recognise
from core.audio.decoding import decode_here
from tests.support.audio_samples import KINDS, TONE, by_pyav, by_soundfile, tone


def pitch(samples: FloatArray, rate: int) -> float:
    """The strongest frequency."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


def purity(samples: FloatArray, rate: int) -> float:
    """Share of the energy of the middle that a sine of the tone's frequency explains."""
    middle = samples[len(samples) // 4 : -len(samples) // 4].astype(np.float64)
    angle = 2 * np.pi * TONE * np.arange(len(middle)) / rate
    basis = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    fitted = basis @ np.linalg.lstsq(basis, middle, rcond=None)[0]
    return float(np.sum(fitted**2) / np.sum(middle**2))


@pytest.mark.parametrize("rate", [48_000, 44_100])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_its_sound(kind: str, rate: int) -> None:
    samples, notes = decode_here(KINDS[kind](8.0), rate)
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert len(samples) / rate == pytest.approx(8.0, abs=0.1)
    assert pitch(samples, rate) == pytest.approx(TONE, abs=0.5)
    assert purity(samples, rate) > (0.98 if "8 bit" not in kind else 0.9)
    is_mixed = bool(notes)
    assert notes == (("The 2 channels were mixed to one.",) if is_mixed else ())
    loudest = 0.375 if is_mixed else 0.5
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(loudest / np.sqrt(2), rel=0.05)


@pytest.mark.parametrize("kind", ["ogg vorbis, 44.1 kHz stereo", "m4a, AAC"])
def test_a_clip_comes_from_bytes_and_from_a_path(kind: str, tmp_path: Path) -> None:
    data = KINDS[kind](2.0)
    path = tmp_path / "a wrong extension.pdf"
    path.write_bytes(data)
    clip, same = decode(data, 44_100), decode(path, 44_100)
    assert isinstance(clip, Clip)
    assert clip.rate == 44_100
    assert clip.seconds == len(clip.samples) / 44_100
    np.testing.assert_array_equal(clip.samples, same.samples)
    assert clip.notes == ("The 2 channels were mixed to one.",)
    np.testing.assert_array_equal(clip.samples, decode_here(data, 44_100)[0])


def test_wide_files_and_files_of_several_rates_are_mixed() -> None:
    six = np.tile(tone(2.0)[:, None], (1, 6))
    samples, notes = decode_here(by_soundfile(six, 44_100, "FLAC"), 48_000)
    assert notes == ("The 6 channels were mixed to one.",)
    assert np.abs(samples).max() == pytest.approx(0.5, abs=0.01)
    joined = by_pyav(tone(1.0), 44_100, "adts", "aac") + by_pyav(tone(1.0, 22_050), 22_050, "adts", "aac")
    samples, _ = decode_here(joined, 48_000)
    assert len(samples) / 48_000 == pytest.approx(2.1, abs=0.2)
    assert pitch(samples, 48_000) == pytest.approx(TONE, abs=2)


def test_a_small_file_that_holds_many_hours_is_cut_at_fifteen_minutes() -> None:
    buffer = io.BytesIO()
    quiet = np.zeros(8_000 * 600, np.int16)
    with soundfile.SoundFile(buffer, "w", 8_000, 1, format="FLAC", subtype="PCM_16") as file:
        file.write(tone(2.0, 8_000))
        for _ in range(60):
            file.write(quiet)
    assert len(buffer.getvalue()) < 1_000_000
    clip = decode(buffer.getvalue(), 16_000)
    assert clip.seconds == MAX_SECONDS
    assert clip.notes == ("Only the first 15 minutes were used.",)


@pytest.mark.parametrize(
    ("kind", "note"),
    [(kind, True) for kind in KINDS if kind.startswith(("wav, 16", "flac", "aiff", "mp3", "webm", "aac", "au"))]
    + [("ogg vorbis, 44.1 kHz stereo", False), ("ogg opus, 48 kHz", False)],
)
def test_what_is_left_of_a_file_cut_off_is_used(kind: str, note: bool) -> None:
    data = KINDS[kind](8.0)
    samples, notes = decode_here(data[: len(data) // 2], 48_000)
    assert 1.0 <= len(samples) / 48_000 < 6.5
    assert pitch(samples, 48_000) == pytest.approx(TONE, abs=1)
    if note:
        assert notes[0] == "The file is damaged or breaks off: only the part that could be read was used."


@pytest.mark.parametrize("size", [b"\xff\xff\xff\xff", b"\0\0\0\x80"])
def test_a_wav_that_was_written_to_a_pipe_is_whole(size: bytes) -> None:
    data = bytearray(by_soundfile(tone(2.0), 44_100, "WAV", "PCM_16"))
    data[4:8] = data[40:44] = size
    samples, notes = decode_here(bytes(data), 44_100)
    assert len(samples) == 88_200
    assert notes == ()


def test_an_mp4_cut_off_has_lost_its_index() -> None:
    data = KINDS["m4a, AAC"](8.0)
    with pytest.raises(AudioError, match="MP4 file holds no sound that can be read.*Save it again"):
        decode_here(data[: len(data) // 2], 48_000)


def test_bad_packets_cost_those_packets_only() -> None:
    data = bytearray(KINDS["m4a, AAC"](4.0))
    middle = len(data) // 2
    data[middle : middle + 2000] = b"\xff" * 2000
    samples, notes = decode_here(bytes(data), 44_100)
    assert len(samples) / 44_100 > 3.5
    assert notes[0].startswith("The file is damaged")


def test_clipping_and_levels_beyond_full_scale_are_noted() -> None:
    loud = np.clip(3 * tone(2.0), -1, 1)
    samples, notes = decode_here(by_soundfile(loud, 44_100, "WAV", "PCM_16"), 48_000)
    assert len(notes) == 1
    assert notes[0].startswith("The sound is clipped: ")
    assert np.abs(samples).max() <= 1
    samples, notes = decode_here(by_soundfile(tone(2.0) * 1000, 44_100, "WAV", "FLOAT"), 44_100)
    assert notes == ("The level was lowered: the file goes 500 times beyond full scale.",)
    np.testing.assert_allclose(samples, tone(2.0) * 2, atol=1e-6)


FLOATS = tone(2.0)
BROKEN = {value: np.where(np.arange(len(FLOATS)) == 4000, np.float32(value), FLOATS) for value in ("nan", "inf")}
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "The file is empty"),
    "too short": (by_soundfile(tone(0.5), 44_100, "WAV"), "lasts 0.50 seconds"),
    "no samples": (by_soundfile(tone(0.0), 44_100, "WAV"), "holds no sound|lasts 0.00 seconds"),
    "silent": (by_soundfile(tone(2.0, level=0.0), 44_100, "FLAC"), "silent or far too quiet"),
    "nearly silent": (by_soundfile(tone(2.0, level=0.0005), 44_100, "FLAC"), "silent or far too quiet"),
    "constant": (by_soundfile(tone(2.0, level=0.0) + 0.5, 44_100, "WAV"), "do not vary"),
    "cancelling": (by_soundfile(tone(2.0)[:, None] * [1, -1], 44_100, "WAV"), "cancel each other out"),
    "NaN": (by_soundfile(BROKEN["nan"], 44_100, "WAV", "FLOAT"), "values that are not numbers"),
    "infinite": (by_soundfile(BROKEN["inf"], 44_100, "WAV", "FLOAT"), "values that are not numbers"),
    "slow": (by_soundfile(tone(2.0, 1000, 100.0), 1000, "WAV"), "claims 1,000 samples a second"),
    "wide": (by_soundfile(np.tile(tone(2.0)[:, None], (1, 64)), 44_100, "WAV"), "has 64 channels"),
    "random": (np.random.default_rng(0).bytes(5000), "not a sound file that can be read"),
    "only a header": (KINDS["wav, 16 bit, 44.1 kHz stereo"](2.0)[:44], "holds no sound|lasts 0.00 seconds"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "This is a PDF document"),
    "ZIP": (b"PK\x03\x04" + bytes(100), "This is a ZIP archive or an office document"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(100), "This is a PNG picture"),
    "JPEG": (b"\xff\xd8\xff\xe0" + bytes(100), "This is a JPEG picture"),
    "WebP": (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(100), "This is a WebP picture"),
    "HEIC": (b"\0\0\0\x18ftypheic" + bytes(100), "This is a HEIC picture"),
    "MIDI": (b"MThd\0\0\0\x06" + bytes(100), "This is a MIDI file, which holds notes and no sound, not a sound file"),
    "text": ("Ceci n'est pas une chanson. \u266b".encode(), "This is a text file"),
    "UTF-16": ("no song".encode("utf-16"), "This is a text file"),
    "playlist": (b"#EXTM3U\n#EXTINF:1\n/etc/passwd\n", "This is a text file"),
    "web page": (b"<!DOCTYPE html><html></html>", "This is a text file"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_says_why(case: str) -> None:
    data, message = REFUSED[case]
    with pytest.raises(AudioError, match=message) as refusal:
        decode_here(data, 48_000) if data else decode(data)
    assert str(refusal.value).count(". ") >= 1, "the remedy is a sentence of its own"


def test_a_refusal_names_the_file_as_its_user_knows_it(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"^a song\.wav: This is a PDF"):
        decode(b"%PDF-1.7", name="a\u202esong.wav")
    with pytest.raises(AudioError, match=r"^x{80}\.\.\.: The file is empty"):
        decode(b"", name="x" * 300)
    with pytest.raises(AudioError, match=r"^gone\.wav: There is no such file"):
        decode(tmp_path / "gone.wav")
    with pytest.raises(AudioError, match="There is no such file"):
        decode(tmp_path)
    with pytest.raises(AudioError, match="cannot be read"):
        decode(tmp_path / ("y" * 300))


def test_what_is_too_big_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "big.wav"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1_000_000)
    with pytest.raises(AudioError, match="has 201 MB; at most 200 MB"):
        decode(path)


def test_a_video_without_sound_is_refused() -> None:
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(30):
            container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode(None))
    with pytest.raises(AudioError, match="no sound track"):
        decode_here(buffer.getvalue(), 48_000)


def test_tags_in_front_do_not_hide_what_a_file_is() -> None:
    tag = b"ID3\x04\0\0\0\0\x02\x00" + bytes(256)
    for kind in ("mp3, 22.05 kHz mono", "flac, 24 bit", "aac, ADTS"):
        data = KINDS[kind](2.0)
        assert recognise(tag + data) == recognise(data)
        samples, _ = decode_here(tag + data, 48_000)
        assert pitch(samples, 48_000) == pytest.approx(TONE, abs=1)


def test_resampling_keeps_pitch_and_length() -> None:
    samples = tone(2.0, 44_100)
    there = resample(samples, 44_100, 48_000)
    assert there.dtype == np.float32
    assert len(there) == 96_000
    assert pitch(there, 48_000) == pytest.approx(TONE, abs=0.5)
    assert resample(samples, 44_100, 44_100) is samples


def test_wav_bytes_are_read_back() -> None:
    samples = tone(1.5, 48_000, level=1.5)
    data = wav_bytes(samples, 48_000)
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 48_000)
    np.testing.assert_allclose(decode_here(data, 48_000)[0], np.clip(samples, -1, 1), atol=1e-4)
