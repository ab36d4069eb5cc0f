"""CLAP checkpoints in transformers' form: the bundled small one, and LAION's (`laion/larger_clap_music` and others)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from core.arrays import FloatArray
from core.audio.encoders.batches import device, in_batches
from core.audio.encoders.clap.encoders import AudioEmbedding, embedding_of, normalised, plain_texts
from core.audio.encoders.clap.mel import MelFrontEnd, MelSettings
from core.audio.encoders.clap.network import WEIGHTS, load_model
from core.audio.encoders.clap.text_tower import TextConfig
from core.audio.encoders.clap.windows import WINDOWS_IN_WORDS, windows
from core.audio.encoders.threads import one_thread
from core.errors import NearfieldError
from core.storage import read_json, sha256_file


class HuggingFaceClap:
    """An encoder from a folder with config.json, model.safetensors and tokenizer.json."""

    def __init__(self, folder: Path, name: str = "", title: str = "") -> None:
        self.name = name or folder.name
        self.title = title or self.name
        self._model = load_model(folder).to(device())
        settings = _mel_settings(folder)
        self._mel = MelFrontEnd(settings)
        self.front_end = f"{WINDOWS_IN_WORDS}; {settings.in_words}"
        self._tokenizer = _tokenizer(folder, self._model.text_config)
        self.checkpoint_hash = sha256_file(folder / WEIGHTS)
        self.width = self._model.width
        self.has_text = self._tokenizer is not None

    def embed_audio(self, waveform: FloatArray, rate: int) -> AudioEmbedding:
        """Embed mono audio (n,) of `rate` Hz. Raises AudioError where it is empty or not finite."""
        cut, starts = windows(waveform, rate)
        with one_thread():
            mels = self._mel(cut)

        (vectors,) = in_batches(lambda part: [self._model.of_audio(part)], mels)
        return embedding_of(vectors.numpy(), starts)

    def embed_text(self, texts: Sequence[str]) -> FloatArray:
        """Embed texts as (t, d) rows of length 1. Raises NearfieldError where the folder has no tokenizer."""
        if self._tokenizer is None:
            raise NearfieldError(
                f"{self.title} has no tokenizer.json, so it cannot read words. Put the file beside its weights."
            )
        rows = [self._tokenizer.encode(text).ids for text in plain_texts(texts)]
        if not rows:
            return np.empty((0, self.width), np.float32)
        inputs = [torch.tensor([row], device=device()) for row in rows]
        with one_thread(), torch.inference_mode():
            vectors = [self._model.of_text(ids) for ids in inputs]
        return normalised(torch.cat(vectors).cpu().numpy())


def _mel_settings(folder: Path) -> MelSettings:
    path = folder / "preprocessor_config.json"
    return MelSettings.from_preprocessor(read_json(path)) if path.is_file() else MelSettings()


def _tokenizer(folder: Path, config: TextConfig) -> Tokenizer | None:
    """The folder's tokenizer, truncated to the model's positions; None if there is none."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        return None
    tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
    if tokenizer.get_vocab_size() > config.vocab_size:
        raise NearfieldError(f"tokenizer.json in {folder} belongs to another model: it has too many tokens.")
    tokenizer.no_padding()
    tokenizer.enable_truncation(config.max_position_embeddings - 1 - config.pad_token_id)
    return tokenizer
