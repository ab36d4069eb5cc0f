"""Decoding: sound files of any kind become mono samples, in a separate process with limits on time and memory."""

from core.audio.decoding import Clip, decode, resample, wav_bytes
from core.audio.limits import run_limited
from core.errors import AudioError

__all__ = ["AudioError", "Clip", "decode", "resample", "run_limited", "wav_bytes"]
