"""LAION's CLAP package (laion-clap 1.1.7) offline: the paper's encoder, from a checkpoint in safetensors.

The package downloads tokenizers and a language model at import and construction, imports torchvision only for names
that this path never uses, crops long audio at random, and unpickles checkpoints. This module prevents all four.
"""

import contextlib
import importlib
import importlib.machinery
import io
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
import transformers
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from torch.overrides import TorchFunctionMode
from transformers import RobertaConfig, RobertaModel

from core.arrays import FloatArray
from core.audio.encoders.batches import device, in_batches
from core.audio.encoders.clap.encoders import AudioEmbedding, embedding_of, normalised, plain_texts
from core.audio.encoders.clap.windows import WINDOWS_IN_WORDS, windows
from core.audio.encoders.threads import one_thread
from core.errors import NearfieldError

AUDIO_MODELS = {96: "HTSAT-tiny", 128: "HTSAT-base", 256: "HTSAT-large"}
VOCABULARY = 50_265
_TOKENS = 77
_PATCHES = "audio_branch.patch_embed.proj.weight"
_FUSION = "audio_branch.patch_embed.mel_conv2d.weight"
_IMPORTING = threading.Lock()


class LaionClap:
    """A checkpoint converted by `core.audio.encoders.clap.conversion`, run by the laion-clap package.

    `tokenizer_folder` holds RoBERTa's vocab.json and merges.txt; without them there are no text queries, and the
    text tower is not kept in memory.
    """

    def __init__(self, path: Path, name: str, title: str, tokenizer_folder: Path | None = None) -> None:
        try:
            with safe_open(path, "pt") as file:
                facts = file.metadata() or {}
            state = load_file(path)
        except (SafetensorError, OSError) as fault:
            raise NearfieldError(f"{path} cannot be read ({fault}). Get the checkpoint again.") from None
        self.name = name
        self.title = title
        self.checkpoint_hash = facts.get("source_sha256", "")
        self.front_end = f"{WINDOWS_IN_WORDS}; the log-mel spectrogram of the laion-clap package"
        self._module = build_module(audio_model(state))
        try:
            self._module.model.load_state_dict(state, assign=True)
        except RuntimeError as fault:
            raise NearfieldError(f"{path} is no checkpoint of LAION's CLAP ({str(fault)[:200]}).") from None
        self._module.eval()
        self._module.model.to(device())
        self._tokenizer = roberta_tokenizer(tokenizer_folder) if tokenizer_folder else None
        self.has_text = self._tokenizer is not None
        if not self.has_text:
            self._module.model.text_branch = None
        self.width = int(self._module.model.joint_embed_shape)

    def embed_audio(self, waveform: FloatArray, rate: int) -> AudioEmbedding:
        """Embed mono audio (n,) of `rate` Hz. Raises AudioError where it is empty or not finite."""
        cut, starts = windows(waveform, rate)
        (vectors,) = in_batches(self._embed_windows, torch.from_numpy(cut))
        return embedding_of(vectors.numpy(), starts)

    def _embed_windows(self, part: torch.Tensor) -> list[torch.Tensor]:
        """Vectors of windows (w, 480000). One of exactly 10 s is neither cropped nor padded by the package."""
        return [torch.from_numpy(self._module.get_audio_embedding_from_data(list(part.cpu().numpy())))]

    def embed_text(self, texts: Sequence[str]) -> FloatArray:
        """Embed texts as (t, d) rows of length 1. Raises NearfieldError without RoBERTa's tokenizer."""
        if self._tokenizer is None:
            raise NearfieldError(
                f"{self.title} reads words only with RoBERTa's tokenizer (vocab.json and merges.txt of "
                "FacebookAI/roberta-base). Run: python -m core checkpoint get " + self.name
            )
        tokenised = [self._tokenizer.encode(text) for text in plain_texts(texts)]
        if not tokenised:
            return np.empty((0, self.width), np.float32)
        with one_thread(), torch.inference_mode():
            vectors = [
                self._module.model.get_text_embedding(
                    {
                        "input_ids": torch.tensor([one.ids], device=device()),
                        "attention_mask": torch.tensor([one.attention_mask], device=device()),
                    }
                )
                for one in tokenised
            ]
        return normalised(torch.cat(vectors).cpu().numpy())


def audio_model(state: dict[str, torch.Tensor]) -> str:
    """The HTSAT that a state dict belongs to. Raises NearfieldError unless it is a CLAP without fusion."""
    patches = state.get(_PATCHES)
    name = AUDIO_MODELS.get(patches.shape[0]) if patches is not None and patches.ndim == 4 else None
    if name is None:
        raise NearfieldError("This file is no CLAP checkpoint of LAION's with an HTSAT audio tower.")
    if _FUSION in state:
        raise NearfieldError(
            "This checkpoint uses feature fusion, which draws windows at random. Choose one without, "
            "for example music_audioset_epoch_15_esc_90.14.pt."
        )
    return name


def build_module(amodel: str) -> Any:
    """`laion_clap.CLAP_Module` without weights and tokenizer, built without network access."""
    with _IMPORTING, contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), _offline(), _torchvision():
        warnings.simplefilter("ignore")
        package = _import_package()
        with _NoRandomWeights():
            return package.CLAP_Module(enable_fusion=False, amodel=amodel, device="cpu")


def roberta_tokenizer(folder: Path) -> Tokenizer | None:
    """RoBERTa's byte-level BPE, padded to CLAP's 77 tokens; None if the folder lacks its two files.

    Raises NearfieldError if the vocabulary is not RoBERTa's 50,265 tokens: another one would make queries meaningless
    without an error.
    """
    vocabulary, merges = folder / "vocab.json", folder / "merges.txt"
    if not (vocabulary.is_file() and merges.is_file()):
        return None
    tokenizer = Tokenizer(models.BPE.from_file(str(vocabulary), str(merges)))
    if tokenizer.get_vocab_size() != VOCABULARY or tokenizer.token_to_id("<pad>") != 1:
        raise NearfieldError(f"{vocabulary} is not the vocabulary of roberta-base ({VOCABULARY:,} tokens).")
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    tokenizer.enable_truncation(_TOKENS)
    tokenizer.enable_padding(pad_id=1, pad_token="<pad>", length=_TOKENS)
    return tokenizer


class _NoRandomWeights(TorchFunctionMode):
    """Leaves new weights uninitialised: drawing 150 million of them takes longer than reading the real ones."""

    _DRAWS = (torch.Tensor.normal_, torch.Tensor.uniform_, torch.Tensor.erfinv_)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func in self._DRAWS or getattr(func, "__module__", "") == "torch.nn.init":
            return kwargs.get("tensor", *args[:1])
        return func(*args, **kwargs)


def _import_package() -> Any:
    """Import laion_clap and remove the folder that it adds to the import path."""
    before = list(sys.path)
    try:
        return importlib.import_module("laion_clap")
    except ImportError as fault:
        raise NearfieldError(
            f"The laion-clap package cannot be imported ({fault}). Install requirements.txt."
        ) from None
    finally:
        sys.path[:] = before


@contextmanager
def _offline() -> Iterator[None]:
    """Give the package an untrained RoBERTa and no tokenizers: the checkpoint brings the weights of its text tower."""
    shape = RobertaConfig(
        vocab_size=VOCABULARY, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1
    )
    with contextlib.ExitStack() as stack:
        for tokenizer in ("BertTokenizer", "RobertaTokenizer", "BartTokenizer"):
            stack.enter_context(_loading(getattr(transformers, tokenizer), lambda *_, **__: None))
        stack.enter_context(_loading(RobertaModel, lambda *_, **__: RobertaModel(shape)))
        yield


@contextmanager
def _loading(owner: type, replacement: Any) -> Iterator[None]:
    """Temporarily replace the class method `from_pretrained`, whether `owner` inherits or defines it."""
    own = vars(owner).get("from_pretrained")
    type.__setattr__(owner, "from_pretrained", staticmethod(replacement))
    try:
        yield
    finally:
        if own is None:
            type.__delattr__(owner, "from_pretrained")
        else:
            type.__setattr__(owner, "from_pretrained", own)


@contextmanager
def _torchvision() -> Iterator[None]:
    """Temporarily provide torchvision: the real one if it works, otherwise stubs of the names that laion_clap
    imports."""
    before = set(sys.modules)
    try:
        importlib.import_module("torchvision")
    except (ImportError, RuntimeError):
        for name in set(sys.modules) - before:
            if name.partition(".")[0] == "torchvision":
                del sys.modules[name]
    else:
        yield
        return
    stubs = _torchvision_stubs()
    sys.modules.update(stubs)
    try:
        yield
    finally:
        for name in stubs:
            del sys.modules[name]


def _torchvision_stubs() -> dict[str, ModuleType]:
    names: dict[str, tuple[str, ...]] = {
        "torchvision": (),
        "torchvision.datasets": (),
        "torchvision.transforms": (
            "Normalize",
            "Compose",
            "RandomResizedCrop",
            "InterpolationMode",
            "ToTensor",
            "Resize",
            "CenterCrop",
        ),
        "torchvision.ops": (),
        "torchvision.ops.misc": ("FrozenBatchNorm2d",),
    }
    stubs = {}
    for name, classes in names.items():
        module = ModuleType(name)
        module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
        module.__path__ = []
        for missing in classes:
            setattr(module, missing, type(missing, (torch.nn.Module,), {}))
        stubs[name] = module
    for name, module in stubs.items():
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(stubs[parent], child, module)
    return stubs
