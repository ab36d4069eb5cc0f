"""Sound: files of any kind to mono samples, in a process of its own with limits on time and memory."""

from core.audio.decoding import Clip, decode, resample, wav_bytes
from core.audio.limits import run_limited
from core.errors import AudioError

__all__ = ["AudioError", "Clip", "decode", "resample", "run_limited", "wav_bytes"]
