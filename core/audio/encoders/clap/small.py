"""A small CLAP: HTSAT audio tower, RoBERTa text tower and byte-level BPE, like LAION's, but with about 2 M parameters.

Wu et al., "Large-scale contrastive language-audio pretraining with feature fusion and keyword-to-caption
augmentation" (2023); HTSAT: Chen et al. (2022).
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import ClapAudioConfig, ClapConfig, ClapModel, ClapTextConfig

from core.audio.encoders.clap.mel import MelSettings
from core.storage import atomic_path, write_json

SMALL_WIDTH = 128
SPECIAL_TOKENS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
_MAX_TOKENS = 64


def new_small_model(seed: int, vocab_size: int) -> ClapModel:
    """A small CLAP with random weights, for spectrograms (b, 1, 1001, 64) and up to 64 tokens.

    Patches of 8 x 8 and stages of 1, 1, 2 and 2 blocks keep a training step near 9 CPU-ms per clip. The batch
    normalisation of the input only standardises: learned scales would double the cost of the gradient.
    """
    audio = ClapAudioConfig(
        num_mel_bins=64,
        spec_size=256,
        patch_size=8,
        patch_stride=[8, 8],
        patch_embeds_hidden_size=32,
        depths=[1, 1, 2, 2],
        num_attention_heads=[2, 4, 8, 8],
        num_hidden_layers=4,
        hidden_size=256,
        window_size=4,
        mlp_ratio=2.0,
        hidden_dropout_prob=0.0,
        num_classes=1,
    )
    text = ClapTextConfig(
        vocab_size=vocab_size,
        hidden_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=256,
        max_position_embeddings=_MAX_TOKENS + 2,
        layer_norm_eps=1e-5,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        config = ClapConfig(text_config=text.to_dict(), audio_config=audio.to_dict(), projection_dim=SMALL_WIDTH)
        model = ClapModel(config)
    model.audio_model.audio_encoder.batch_norm.requires_grad_(False)
    return model


def train_tokenizer(captions: Iterable[str], vocab_size: int) -> Tokenizer:
    """Byte-level BPE over lower-cased captions with RoBERTa's special tokens (<s> 0, <pad> 1, </s> 2).

    Any text can be encoded. The vocabulary is smaller than `vocab_size` if the captions hold few words.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase(), normalizers.Strip()])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        captions,
        trainers.BpeTrainer(
            vocab_size=vocab_size, special_tokens=list(SPECIAL_TOKENS), initial_alphabet=alphabet, show_progress=False
        ),
    )
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=True)
    tokenizer.enable_truncation(_MAX_TOKENS)
    return tokenizer


def encode_captions(tokenizer: Tokenizer, captions: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids (b, t) and attention mask (b, t), padded to the longest of the batch."""
    encoded = [encoding.ids for encoding in tokenizer.encode_batch(list(captions))]
    ids = torch.ones((len(encoded), max(map(len, encoded))), dtype=torch.int64)
    for row, tokens in zip(ids, encoded, strict=True):
        row[: len(tokens)] = torch.tensor(tokens)
    mask = torch.zeros_like(ids)
    for row, tokens in zip(mask, encoded, strict=True):
        row[: len(tokens)] = 1
    return ids, mask


def save_clap(folder: Path, model: ClapModel, tokenizer: Tokenizer, card: str, facts: dict[str, Any]) -> None:
    """Write model.safetensors, config.json, preprocessor_config.json, tokenizer.json and card.md into `folder`.

    `facts` are stored as text in the header of the safetensors file. `ClapModel.from_pretrained` reads the folder too.
    """
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    metadata = {"format": "pt"} | {name: str(value) for name, value in facts.items()}
    with atomic_path(folder / "model.safetensors") as temporary:
        save_file(weights, temporary, metadata)
    config = model.config.to_dict() | {"architectures": ["ClapModel"]}
    write_json(folder / "config.json", config)
    write_json(folder / "preprocessor_config.json", MelSettings().feature_extractor().to_dict())
    with atomic_path(folder / "tokenizer.json") as temporary:
        temporary.write_text(tokenizer.to_str(pretty=False), encoding="utf-8")
    with atomic_path(folder / "card.md") as temporary:
        temporary.write_text(card, encoding="utf-8")
