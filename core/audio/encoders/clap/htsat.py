"""HTSAT, the audio tower of CLAP (Chen et al., 2022), for embedding only; weights are named as in transformers.

transformers' own class computes the same, and bit for bit on the bundled checkpoint, but takes seconds to import.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

_OUT_OF_WINDOW = -100.0


@dataclass(frozen=True)
class AudioConfig:
    """The shape of the tower; names and defaults are those of a config.json's `audio_config`."""

    num_mel_bins: int = 64
    spec_size: int = 256
    window_size: int = 8
    patch_size: int | Sequence[int] = 4
    patch_stride: int | Sequence[int] = (4, 4)
    patch_embeds_hidden_size: int = 96
    enable_patch_layer_norm: bool = True
    depths: Sequence[int] = (2, 2, 6, 2)
    num_attention_heads: Sequence[int] = (4, 8, 16, 32)
    hidden_size: int = 768
    mlp_ratio: float = 4.0
    qkv_bias: bool = True
    layer_norm_eps: float = 1e-5


class Dense(nn.Module):
    """A linear layer under the name that transformers gives it."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.dense = nn.Linear(inputs, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        made: torch.Tensor = self.dense(x)
        return made


class AudioTower(nn.Module):
    """Spectrograms (b, 1, frames, bins) to vectors (b, hidden_size)."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        last = config.patch_embeds_hidden_size << (len(config.depths) - 1)
        self._bins, self._size = config.num_mel_bins, config.spec_size
        self.batch_norm = nn.BatchNorm2d(config.num_mel_bins)
        self.batch_norm.num_batches_tracked = None
        self.patch_embed = _Patches(config)
        self.layers = nn.ModuleList(_Stage(config, place) for place in range(len(config.depths)))
        self.norm = nn.LayerNorm(last)

    def forward(self, spectrograms: torch.Tensor) -> torch.Tensor:
        normed = self.batch_norm(spectrograms.transpose(1, 3)).transpose(1, 3)
        x, (height, width) = self.patch_embed(self._image(normed))
        for stage in self.layers:
            x, height, width = stage(x, height, width)
        x = self.norm(x)
        return torch.flatten(functional.adaptive_avg_pool1d(self._by_band(x, height, width), 1), 1)

    def _by_band(self, x: torch.Tensor, height: int, width: int) -> torch.Tensor:
        """(b, channels, places): the stretches of the image one after the other again, band by band."""
        ratio = self._size // self._bins
        x = x.permute(0, 2, 1).contiguous().reshape(len(x), x.shape[2], ratio, height // ratio, width)
        return torch.flatten(x.permute(0, 1, 3, 2, 4).contiguous(), 2)

    def _image(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """(b, 1, size, size): the spectrogram cut into stretches of time that lie above each other."""
        ratio = self._size // self._bins
        frames, bins = self._size * ratio, self._size // ratio
        if spectrograms.shape[2] < frames:
            spectrograms = _stretched(spectrograms, frames, spectrograms.shape[3])
        if spectrograms.shape[3] < bins:
            spectrograms = _stretched(spectrograms, spectrograms.shape[2], bins)
        batch, channels, time, frequency = spectrograms.shape
        cut = spectrograms.reshape(batch, channels * ratio, time // ratio, frequency)
        return cut.permute(0, 1, 3, 2).contiguous().reshape(batch, channels, frequency * ratio, time // ratio)


class _Patches(nn.Module):
    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        size, stride = _pair(config.patch_size), _pair(config.patch_stride)
        width = config.patch_embeds_hidden_size
        padding = ((size[0] - stride[0]) // 2, (size[1] - stride[1]) // 2)
        self.proj = nn.Conv2d(1, width, size, stride, padding)
        self.norm = nn.LayerNorm(width) if config.enable_patch_layer_norm else nn.Identity()

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, tuple[int, int]]:
        x = self.proj(image)
        return self.norm(x.flatten(2).transpose(1, 2)), (x.shape[2], x.shape[3])


class _Stage(nn.Module):
    """Blocks at one resolution; all but the last stage then merge four patches into one."""

    def __init__(self, config: AudioConfig, place: int) -> None:
        super().__init__()
        width, heads = config.patch_embeds_hidden_size << place, config.num_attention_heads[place]
        self.blocks = nn.ModuleList(
            _Block(config, width, heads, shift=config.window_size // 2 if number % 2 else 0)
            for number in range(config.depths[place])
        )
        self.downsample = _Merging(width) if place < len(config.depths) - 1 else None

    def forward(self, x: torch.Tensor, height: int, width: int) -> tuple[torch.Tensor, int, int]:
        for block in self.blocks:
            x = block(x, height, width)
        if self.downsample is None:
            return x, height, width
        return self.downsample(x, height, width), (height + 1) // 2, (width + 1) // 2


class _Merging(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.reduction = nn.Linear(4 * width, 2 * width, bias=False)
        self.norm = nn.LayerNorm(4 * width)

    def forward(self, x: torch.Tensor, height: int, width: int) -> torch.Tensor:
        x = x.view(len(x), height, width, x.shape[2])
        x = functional.pad(x, (0, 0, 0, width % 2, 0, height % 2))
        four = torch.cat([x[:, row::2, column::2] for column in range(2) for row in range(2)], dim=-1)
        made: torch.Tensor = self.reduction(self.norm(four.view(len(x), -1, four.shape[3])))
        return made


class _Block(nn.Module):
    """Attention within windows of the image, shifted in every other block, and a network for each patch."""

    def __init__(self, config: AudioConfig, width: int, heads: int, shift: int) -> None:
        super().__init__()
        self._window, self._shift = config.window_size, shift
        self.layernorm_before = nn.LayerNorm(width, eps=config.layer_norm_eps)
        self.attention = _Attention(config, width, heads)
        self.layernorm_after = nn.LayerNorm(width, eps=config.layer_norm_eps)
        self.intermediate = Dense(width, int(config.mlp_ratio * width))
        self.output = Dense(int(config.mlp_ratio * width), width)

    def forward(self, x: torch.Tensor, height: int, width: int) -> torch.Tensor:
        fits = min(height, width) <= self._window
        window, shift = (min(height, width), 0) if fits else (self._window, self._shift)
        image = self.layernorm_before(x).view(len(x), height, width, x.shape[2])
        image = functional.pad(image, (0, 0, 0, -width % window, 0, -height % window))
        _, padded_height, padded_width, channels = image.shape
        if shift:
            image = torch.roll(image, (-shift, -shift), (1, 2))
        mask = _mask(padded_height, padded_width, window, shift, image) if shift else None
        windows = _windows(image, window).view(-1, window * window, channels)
        image = _joined(self.attention(windows, mask), window, padded_height, padded_width)
        if shift:
            image = torch.roll(image, (shift, shift), (1, 2))
        x = x + image[:, :height, :width].contiguous().view(len(x), height * width, channels)
        made: torch.Tensor = x + self.output(functional.gelu(self.intermediate(self.layernorm_after(x))))
        return made


class _Attention(nn.Module):
    def __init__(self, config: AudioConfig, width: int, heads: int) -> None:
        super().__init__()
        self.self = _WindowAttention(width, heads, config.window_size, config.qkv_bias)
        self.output = Dense(width, width)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        made: torch.Tensor = self.output(self.self(x, mask))
        return made


class _WindowAttention(nn.Module):
    """Attention (windows, places, width) with a learned bias for each relative place in a window."""

    def __init__(self, width: int, heads: int, window: int, bias: bool) -> None:
        super().__init__()
        self._heads, self._window = heads, window
        self.relative_position_bias_table = nn.Parameter(torch.empty((2 * window - 1) ** 2, heads))
        self.query = nn.Linear(width, width, bias=bias)
        self.key = nn.Linear(width, width, bias=bias)
        self.value = nn.Linear(width, width, bias=bias)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        count, places, width = x.shape
        query, key, value = (
            made.view(count, places, self._heads, -1).transpose(1, 2)
            for made in (self.query(x), self.key(x), self.value(x))
        )
        scores = torch.matmul(query, key.transpose(-1, -2)) / math.sqrt(width // self._heads)
        scores = scores + self._bias().unsqueeze(0)
        if mask is not None:
            scores = scores.view(count // len(mask), len(mask), self._heads, places, places)
            scores = (scores + mask.unsqueeze(1).unsqueeze(0)).view(-1, self._heads, places, places)
        context = torch.matmul(functional.softmax(scores, dim=-1), value)
        return context.permute(0, 2, 1, 3).contiguous().view(count, places, width)

    def _bias(self) -> torch.Tensor:
        """(heads, places, places)."""
        side = torch.arange(self._window, device=self.relative_position_bias_table.device)
        at = torch.stack(torch.meshgrid(side, side, indexing="ij")).flatten(1)
        apart = at[:, :, None] - at[:, None, :] + self._window - 1
        number = apart[0] * (2 * self._window - 1) + apart[1]
        return self.relative_position_bias_table[number].permute(2, 0, 1).contiguous()


def _mask(height: int, width: int, window: int, shift: int, like: torch.Tensor) -> torch.Tensor:
    """(windows, places, places): what was brought together by the shift alone does not attend to each other."""
    down, along = (torch.arange(length, device=like.device) for length in (height, width))
    rows = (down >= height - window).long() + (down >= height - shift).long()
    columns = (along >= width - window).long() + (along >= width - shift).long()
    regions = (rows[None, :, None, None] * 3 + columns[None, None, :, None]).to(like.dtype)
    regions = _windows(regions, window).view(-1, window * window)
    apart = regions.unsqueeze(1) - regions.unsqueeze(2)
    return torch.where(apart != 0, _OUT_OF_WINDOW, 0.0).to(like.dtype)


def _windows(image: torch.Tensor, window: int) -> torch.Tensor:
    """(b, height, width, channels) as (windows, window, window, channels)."""
    batch, height, width, channels = image.shape
    cut = image.view(batch, height // window, window, width // window, window, channels)
    return cut.permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, window, window, channels)


def _joined(windows: torch.Tensor, window: int, height: int, width: int) -> torch.Tensor:
    """The image (b, height, width, channels) of its windows."""
    cut = windows.view(-1, height // window, width // window, window, window, windows.shape[-1])
    return cut.permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, height, width, windows.shape[-1])


def _stretched(spectrograms: torch.Tensor, frames: int, bins: int) -> torch.Tensor:
    return functional.interpolate(spectrograms, (frames, bins), mode="bicubic", align_corners=True)


def _pair(size: int | Sequence[int]) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else (size[0], size[1])
