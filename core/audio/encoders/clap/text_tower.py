"""The text tower of CLAP, which is RoBERTa's (Liu et al., 2019), for embedding only; named as in transformers."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from core.audio.encoders.clap.htsat import Dense


@dataclass(frozen=True)
class TextConfig:
    """The shape of the tower; names and defaults are those of a config.json's `text_config`."""

    vocab_size: int = 50_265
    hidden_size: int = 768
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    intermediate_size: int = 3072
    max_position_embeddings: int = 514
    type_vocab_size: int = 1
    layer_norm_eps: float = 1e-12
    pad_token_id: int = 1


class TextTower(nn.Module):
    """Tokens (b, t) of texts of one length, without padding, to vectors (b, hidden_size)."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.embeddings = _Embeddings(config)
        layers = nn.ModuleList(_Layer(config) for _ in range(config.num_hidden_layers))
        self.encoder = nn.ModuleDict({"layer": layers})
        self.pooler = Dense(config.hidden_size, config.hidden_size)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.embeddings(tokens)
        for layer in self.encoder["layer"].children():
            x = layer(x)
        return torch.tanh(self.pooler(x[:, 0]))


class _Embeddings(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        width = config.hidden_size
        self._pad = config.pad_token_id
        self.word_embeddings = _table(config.vocab_size, width)
        self.token_type_embeddings = _table(config.type_vocab_size, width)
        self.position_embeddings = _table(config.max_position_embeddings, width)
        self.LayerNorm = nn.LayerNorm(width, eps=config.layer_norm_eps)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        counted = tokens.ne(self._pad).int()
        places = (torch.cumsum(counted, dim=1).type_as(counted) * counted).long() + self._pad
        x = self.word_embeddings(tokens) + self.token_type_embeddings(torch.zeros_like(tokens))
        made: torch.Tensor = self.LayerNorm(x + self.position_embeddings(places))
        return made


class _Layer(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        width = config.hidden_size
        self.attention = _Attention(config)
        self.intermediate = Dense(width, config.intermediate_size)
        self.output = _Added(config.intermediate_size, width, config.layer_norm_eps)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.attention(x)
        made: torch.Tensor = self.output(functional.gelu(self.intermediate(x)), x)
        return made


class _Attention(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        width = config.hidden_size
        self._heads = config.num_attention_heads
        self.self = nn.ModuleDict({name: nn.Linear(width, width) for name in ("query", "key", "value")})
        self.output = _Added(width, width, config.layer_norm_eps)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, width = x.shape
        query, key, value = (
            self.self[name](x).view(batch, length, self._heads, -1).transpose(1, 2)
            for name in ("query", "key", "value")
        )
        scores = torch.matmul(query, key.transpose(2, 3)) * (width // self._heads) ** -0.5
        context = torch.matmul(functional.softmax(scores, dim=-1), value).transpose(1, 2).contiguous()
        made: torch.Tensor = self.output(context.reshape(batch, length, width).contiguous(), x)
        return made


class _Added(nn.Module):
    """A linear layer whose result is added to what it was made of, and normalised."""

    def __init__(self, inputs: int, outputs: int, epsilon: float) -> None:
        super().__init__()
        self.dense = nn.Linear(inputs, outputs)
        self.LayerNorm = nn.LayerNorm(outputs, eps=epsilon)

    def forward(self, x: torch.Tensor, before: torch.Tensor) -> torch.Tensor:
        made: torch.Tensor = self.LayerNorm(self.dense(x) + before)
        return made


def _table(rows: int, width: int) -> nn.Embedding:
    """Without weights: on the meta device, drawing them would import PyTorch's compiler, which takes seconds."""
    return nn.Embedding.from_pretrained(torch.empty(rows, width))
