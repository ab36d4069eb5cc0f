"""CLAP checkpoints in transformers' form: the bundled small one, and LAION's (`laion/larger_clap_music` and others)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from safetensors import SafetensorError
from tokenizers import Tokenizer
from transformers import ClapConfig, ClapModel
from transformers.utils import logging

from core.arrays import FloatArray
from core.audio.encoders.batches import device, in_batches
from core.audio.encoders.clap.encoders import AudioEmbedding, embedding_of, normalised, plain_texts
from core.audio.encoders.clap.mel import MelFrontEnd, MelSettings
from core.audio.encoders.clap.windows import WINDOWS_IN_WORDS, windows
from core.audio.encoders.threads import one_thread
from core.errors import NearfieldError
from core.storage import read_json, sha256_file

WEIGHTS = "model.safetensors"
# Index buffers that follow from the configuration; older files leave them out.
_DERIVED = ("position_ids", "token_type_ids", "relative_position_index")


class HuggingFaceClap:
    """An encoder from a folder with config.json, model.safetensors and tokenizer.json."""

    def __init__(self, folder: Path, name: str = "", title: str = "") -> None:
        self.name = name or folder.name
        self.title = title or self.name
        self._model = load_model(folder)
        torch.nn.Module.to(self._model, device())
        settings = _mel_settings(folder)
        self._mel = MelFrontEnd(settings)
        self.front_end = f"{WINDOWS_IN_WORDS}; {settings.in_words}"
        self._tokenizer = _tokenizer(folder, self._model.config)
        self.checkpoint_hash = sha256_file(folder / WEIGHTS)
        self.width = int(self._model.config.projection_dim)
        self.has_text = self._tokenizer is not None

    def embed_audio(self, waveform: FloatArray, rate: int) -> AudioEmbedding:
        """Embed mono audio (n,) of `rate` Hz. Raises AudioError where it is empty or not finite."""
        cut, starts = windows(waveform, rate)
        with one_thread():
            mels = self._mel(cut)

        def embed(part: torch.Tensor) -> list[torch.Tensor]:
            return [self._model.get_audio_features(input_features=part).pooler_output]

        (vectors,) = in_batches(embed, mels)
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
            vectors = [self._model.get_text_features(input_ids=ids).pooler_output for ids in inputs]
        return normalised(torch.cat(vectors).cpu().numpy())


def load_model(folder: Path) -> ClapModel:
    """The model of a folder, ready to embed. Raises NearfieldError if a file is missing, damaged or of another
    model."""
    config = read_json(folder / "config.json")
    if config.get("model_type") != "clap":
        raise NearfieldError(f"{folder} holds no CLAP model: its config.json says {config.get('model_type')!r}.")
    if not (folder / WEIGHTS).is_file():
        raise NearfieldError(
            f"{WEIGHTS} is missing in {folder}. Weights in other formats are not opened, since they can run code; "
            "convert them to safetensors first."
        )
    if config.get("audio_config", {}).get("enable_fusion"):
        raise NearfieldError(
            "This checkpoint uses feature fusion, which draws windows at random. Choose one without fusion, "
            "for example laion/larger_clap_music."
        )
    try:
        with _quiet():
            loaded: Any = ClapModel.from_pretrained(
                folder,
                config=ClapConfig.from_dict(config),
                use_safetensors=True,
                local_files_only=True,
                dtype=torch.float32,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
            )
    except (SafetensorError, OSError, RuntimeError, ValueError) as fault:
        raise NearfieldError(f"The weights in {folder} cannot be read ({fault}). Download them again.") from None
    model, report = loaded
    missing = [name for name in report["missing_keys"] if not name.endswith(_DERIVED)]
    if missing or report["mismatched_keys"]:
        raise NearfieldError(
            f"The weights in {folder} do not belong to its config.json: "
            f"{len(missing)} are missing and {len(report['mismatched_keys'])} have another shape."
        )
    return cast(ClapModel, model.eval())


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the library's progress bars and reports; problems are raised instead."""
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


def _mel_settings(folder: Path) -> MelSettings:
    path = folder / "preprocessor_config.json"
    return MelSettings.from_preprocessor(read_json(path)) if path.is_file() else MelSettings()


def _tokenizer(folder: Path, config: ClapConfig) -> Tokenizer | None:
    """The folder's tokenizer, truncated to the model's positions; None if there is none."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        return None
    text: Any = config.text_config
    tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
    if tokenizer.get_vocab_size() > text.vocab_size:
        raise NearfieldError(f"tokenizer.json in {folder} belongs to another model: it has too many tokens.")
    tokenizer.no_padding()
    tokenizer.enable_truncation(text.max_position_embeddings - 1 - text.pad_token_id)
    return tokenizer
