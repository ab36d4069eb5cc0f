"""Decoding hears all of a file, whatever its header says, and tells what it found."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
import soundfile

from core.arrays import FloatArray
from core.audio.checks import OGG, recognise
from core.audio.decoding import decode_here, troubles
from core.audio.silence import sounding
from core.audio.streams import _frame_length, first_mp3_frame, ogg_links, says_its_length
from tests.support.audio_samples import KINDS, by_pyav, by_soundfile, stereo, tone

RATE = 48_000
WITHIN = 0.05


def quiet_then_loud(seconds: float, rate: int = 44_100) -> FloatArray:
    """What needs few bits a second at first, and many afterwards."""
    half = tone(seconds / 2, rate, level=0.1)
    return np.concatenate([half, 0.5 * np.random.default_rng(0).uniform(-1, 1, len(half)).astype(np.float32)])


def variable_mp3(samples: FloatArray, rate: int = 44_100) -> bytes:
    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer, "w", rate, 1, format="MP3", bitrate_mode="VARIABLE", compression_level=0.1
    ) as file:
        file.write(samples)
    return buffer.getvalue()


def without_first_frame(mp3: bytes) -> bytes:
    at = first_mp3_frame(mp3)
    assert at is not None
    assert says_its_length(mp3, at)
    length = _frame_length(mp3[at : at + 4])
    assert length
    return mp3[at + length :]


def seconds_in_frames(mp3: bytes) -> float:
    at, count = 0, 0
    while length := _frame_length(mp3[at : at + 4]):
        at, count = at + length, count + 1
    return count * 1152 / 44_100


def seconds_of(data: bytes) -> float:
    return len(decode_here(data, RATE)[0]) / RATE


def test_an_mp3_of_variable_rate_without_its_length_is_heard_whole() -> None:
    data = variable_mp3(quiet_then_loud(30.0))
    bare = without_first_frame(data)
    assert soundfile.info(io.BytesIO(bare)).duration < 25  # what libsndfile guesses
    samples, notes = decode_here(bare, RATE)
    assert len(samples) / RATE == pytest.approx(30.0, abs=WITHIN)
    assert notes == ()
    assert seconds_of(data) == pytest.approx(30.0, abs=WITHIN)


def test_an_mp3_that_begins_amid_a_frame_is_heard_from_the_next() -> None:
    data = KINDS["mp3, 44.1 kHz stereo"](8.0)
    for cut in (700, 2000, 5000, 20_000):
        at = first_mp3_frame(data[cut:])
        assert at is not None
        assert at > 0
        samples, notes = decode_here(data[cut:], RATE)
        assert len(samples) / RATE == pytest.approx(seconds_in_frames(data[cut + at :]), abs=WITHIN), cut
        assert troubles(notes) == []


def test_frames_that_only_look_like_mp3_are_not_taken_for_it() -> None:
    noise = np.random.default_rng(3).bytes(200_000)
    assert first_mp3_frame(noise) is None
    assert first_mp3_frame(b"\xff\xfb\x90\x00" * 4) is None
    assert first_mp3_frame(b"") is None


@pytest.mark.parametrize("second", ["ogg vorbis, 44.1 kHz stereo", "ogg opus, 48 kHz"])
def test_every_part_of_a_chained_ogg_is_heard(second: str) -> None:
    first = by_soundfile(stereo(tone(3.0)), 44_100, "OGG", "VORBIS")
    chained = first + KINDS[second](4.0) + by_soundfile(tone(2.0, 22_050), 22_050, "OGG", "VORBIS")
    assert recognise(chained) is OGG
    assert [len(link) for link in ogg_links(chained)][0] == len(first)
    samples, notes = decode_here(chained, RATE)
    assert len(samples) / RATE == pytest.approx(9.0, abs=WITHIN)
    assert troubles(notes) == []


def test_a_damaged_part_of_a_chained_ogg_costs_that_part() -> None:
    first = bytearray(by_soundfile(tone(3.0), 44_100, "OGG", "VORBIS"))
    third = by_soundfile(tone(2.0), 44_100, "OGG", "VORBIS")
    broken = bytearray(by_soundfile(tone(3.0), 44_100, "OGG", "VORBIS"))
    broken[28:60] = bytes(32)
    samples, notes = decode_here(bytes(first + broken + third), RATE)
    assert len(samples) / RATE == pytest.approx(5.0, abs=WITHIN)
    assert notes[0].startswith("The file is damaged")


def test_an_ogg_of_one_part_is_left_alone() -> None:
    data = by_soundfile(tone(3.0), 44_100, "OGG", "VORBIS")
    assert ogg_links(data) == [data]
    assert ogg_links(b"OggS") == [b"OggS"]
    assert ogg_links(data[:-7]) == [data[:-7]]


@pytest.mark.parametrize("kind", ["OGG", "WAV"])
def test_a_constant_offset_is_taken_out_and_told(kind: str) -> None:
    plain = tone(5.0, level=0.3)
    samples, notes = decode_here(by_soundfile(plain + np.float32(0.4), 44_100, kind), RATE)
    assert len(samples) / RATE == pytest.approx(5.0, abs=WITHIN)
    assert abs(samples.mean()) < 2e-3
    assert np.abs(samples[RATE:-RATE]).max() == pytest.approx(0.3, abs=0.03)
    assert len(notes) == 1
    assert re.fullmatch(
        r"A constant offset of 40\.\d% of full scale was taken out: a fault of the recording\.", notes[0]
    )
    assert decode_here(by_soundfile(plain, 44_100, kind), RATE)[1] == ()


@pytest.mark.parametrize("kind", ["wav", "mp3", "ogg"])
@pytest.mark.parametrize(("before", "after"), [(30.0, 0.0), (0.0, 2.0), (3.0, 4.0)])
def test_silence_at_the_ends_is_not_described(kind: str, before: float, after: float) -> None:
    silent = [np.zeros(int(seconds * 44_100), np.float32) for seconds in (before, after)]
    music = np.concatenate([silent[0], tone(4.0), silent[1]])
    data = {
        "wav": lambda: by_soundfile(music, 44_100, "WAV", "PCM_16"),
        "mp3": lambda: by_pyav(music, 44_100, "mp3", "libmp3lame"),
        "ogg": lambda: by_soundfile(music, 44_100, "OGG", "VORBIS"),
    }[kind]()
    samples, _ = decode_here(data, RATE)
    assert len(samples) / RATE == pytest.approx(4 + before + after, abs=WITHIN)
    heard = sounding(samples, RATE)
    assert len(heard.samples) / RATE == pytest.approx(4.0, abs=0.08)
    assert heard.before == pytest.approx(before, abs=0.08)
    assert len(heard.notes) == (before > 0) + (after > 0)
    if before:
        assert heard.notes[0].startswith(f"{heard.before:.1f} seconds of silence at the beginning")


def test_a_breath_of_silence_stays_and_so_does_a_second_of_sound() -> None:
    music = np.concatenate([np.zeros(RATE // 3), tone(2.0, RATE), np.zeros(RATE // 3)]).astype(np.float32)
    assert sounding(music, RATE) == (pytest.approx(music), 0.0, 0.0)
    click = np.zeros(10 * RATE, np.float32)
    click[5 * RATE] = 0.9
    heard = sounding(click, RATE)
    assert len(heard.samples) == RATE
    assert 0.9 in heard.samples
    assert heard.before + 1 + heard.after == pytest.approx(10)
    nothing = np.zeros(2 * RATE, np.float32)
    assert sounding(nothing, RATE).samples is nothing
