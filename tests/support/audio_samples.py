"""Small sound files of every kind for the tests, made with soundfile and PyAV."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import soundfile

from core.arrays import FloatArray

TONE = 440.0


def tone(seconds: float, rate: int = 44_100, frequency: float = TONE, level: float = 0.5) -> FloatArray:
    """A sine (n,)."""
    return (level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def stereo(samples: FloatArray) -> FloatArray:
    """Mono (n,) as two channels (n, 2), the right one at half the level."""
    return np.stack([samples, samples / 2], axis=1)


def by_soundfile(samples: FloatArray, rate: int, container: str, subtype: str | None = None) -> bytes:
    """A file that libsndfile writes, of samples (n,) or (n, channels)."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=container, subtype=subtype)
    return buffer.getvalue()


def by_pyav(samples: FloatArray, rate: int, muxer: str, codec: str) -> bytes:
    """A file that FFmpeg's libraries write, of samples (n,) or (n, 2)."""
    channels = samples.reshape(len(samples), -1).T
    layout = "mono" if len(channels) == 1 else "stereo"
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(channels), format="fltp", layout=layout)
    frame.sample_rate = rate
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=muxer) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        context = stream.codec_context
        cutter = av.AudioResampler(context.format, layout, rate, frame_size=context.frame_size or 1024)
        for piece in [*cutter.resample(frame), *cutter.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return buffer.getvalue()


KINDS: dict[str, Callable[[float], bytes]] = {
    "wav, 16 bit, 44.1 kHz stereo": lambda s: by_soundfile(stereo(tone(s)), 44_100, "WAV", "PCM_16"),
    "wav, float, 96 kHz": lambda s: by_soundfile(tone(s, 96_000), 96_000, "WAV", "FLOAT"),
    "wav, 8 bit, 8 kHz": lambda s: by_soundfile(tone(s, 8_000), 8_000, "WAV", "PCM_U8"),
    "wav, ADPCM": lambda s: by_soundfile(tone(s), 44_100, "WAV", "MS_ADPCM"),
    "flac, 24 bit": lambda s: by_soundfile(stereo(tone(s)), 44_100, "FLAC", "PCM_24"),
    "ogg vorbis, 44.1 kHz stereo": lambda s: by_soundfile(stereo(tone(s)), 44_100, "OGG", "VORBIS"),
    "ogg opus, 48 kHz": lambda s: by_soundfile(tone(s, 48_000), 48_000, "OGG", "OPUS"),
    "mp3, 22.05 kHz mono": lambda s: by_soundfile(tone(s, 22_050), 22_050, "MP3", "MPEG_LAYER_III"),
    "mp3, 44.1 kHz stereo": lambda s: by_pyav(stereo(tone(s)), 44_100, "mp3", "libmp3lame"),
    "aiff": lambda s: by_soundfile(stereo(tone(s)), 44_100, "AIFF", "PCM_16"),
    "m4a, AAC": lambda s: by_pyav(stereo(tone(s)), 44_100, "ipod", "aac"),
    "m4a, ALAC": lambda s: by_pyav(stereo(tone(s)), 44_100, "ipod", "alac"),
    "aac, ADTS": lambda s: by_pyav(tone(s), 44_100, "adts", "aac"),
    "mp4, AAC": lambda s: by_pyav(stereo(tone(s, 48_000)), 48_000, "mp4", "aac"),
    "webm, opus": lambda s: by_pyav(stereo(tone(s, 48_000)), 48_000, "webm", "libopus"),
    "caf": lambda s: by_soundfile(tone(s), 44_100, "CAF", "PCM_16"),
    "au": lambda s: by_soundfile(tone(s), 44_100, "AU", "PCM_16"),
}

FORMATS: dict[str, Callable[[FloatArray, int], bytes]] = {
    "FLAC": lambda samples, rate: by_soundfile(samples, rate, "FLAC"),
    "Vorbis": lambda samples, rate: by_soundfile(samples, rate, "OGG", "VORBIS"),
    "Opus": lambda samples, rate: by_soundfile(samples, rate, "OGG", "OPUS"),
    "MP3": lambda samples, rate: by_soundfile(samples, rate, "MP3", "MPEG_LAYER_III"),
    "M4A": lambda samples, rate: by_pyav(samples, rate, "ipod", "aac"),
}
"""The formats that people keep music in, the lossless one first: each makes a file of samples at a rate of 48 kHz."""


def harmonics(path: Path, frequency: float = 440.0, seconds: float = 1.5, container: str = "WAV") -> Path:
    """A short file of three harmonics and a little noise, which essentia can describe."""
    rate = 22_050
    samples = sum(tone(seconds, rate, frequency * k, 0.2 / k) for k in (1, 2, 3))
    samples = samples + 0.01 * np.random.default_rng(int(frequency)).standard_normal(len(samples)).astype(np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(by_soundfile(samples.astype(np.float32), rate, container))
    return path
