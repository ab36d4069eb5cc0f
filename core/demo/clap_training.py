"""Training the bundled CLAP: audio is matched with its caption and with another track of the same artist.

The first loss is CLAP's (Wu et al., ICASSP 2023, equation 1); the second is the same contrast between two tracks of an
artist (NT-Xent; Chen et al., ICML 2020), because Nearfield searches the space for artists that sound alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy, normalize

from core.arrays import IntArray
from core.audio.encoders.clap.small import encode_captions, new_small_model, train_tokenizer
from core.demo.training_set import CAPTIONS_PER_TRACK, TrainingSet

VOCABULARY = 1024
LARGEST_SCALE = float(np.log(100))
HELD_OUT_ARTISTS = 0.06


@dataclass(frozen=True)
class ClapTraining:
    """`artists` of a batch have two tracks each; `artist_weight` is that of the second loss; `gain` is the largest
    random change of level, in decibels."""

    seed: int = 0
    steps: int = 900
    artists: int = 96
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.02
    artist_weight: float = 1.0
    artist_temperature: float = 0.1
    gain: float = 6.0
    same_scene_share: float = 0.5


Report = Callable[[int, dict[str, float]], None]


def train_clap(
    training_set: TrainingSet, scenes: IntArray, config: ClapTraining, device: torch.device, report: Report
) -> tuple[Any, Any]:
    """The trained model and its tokenizer. With `scenes` (artists,), a share of every batch comes from few scenes.

    `report(step, figures)` receives the losses and, every hundred steps, the recall on held-out artists.
    """
    rng = np.random.default_rng(config.seed)
    tokenizer = train_tokenizer((text for texts in training_set.captions for text in texts), VOCABULARY)
    model: Any = new_small_model(config.seed, tokenizer.get_vocab_size())
    model.to(device)
    known = training_set.artists - round(HELD_OUT_ARTISTS * training_set.artists)
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(parameters, config.learning_rate, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.learning_rate, config.steps, pct_start=0.08)
    for step in range(1, config.steps + 1):
        model.train()
        rows = _batch(rng, scenes[:known], training_set.tracks, config)
        sound = torch.from_numpy(training_set.sounds(rows)).to(device)
        sound += torch.from_numpy(rng.uniform(-config.gain, config.gain, (len(rows), 1, 1, 1)).astype(np.float32)).to(
            device
        )
        chosen = rng.integers(CAPTIONS_PER_TRACK, size=len(rows))
        texts = [training_set.captions[row][number] for row, number in zip(rows, chosen, strict=True)]
        ids, mask = encode_captions(tokenizer, texts)
        out = model(input_ids=ids.to(device), attention_mask=mask.to(device), input_features=sound, return_loss=True)
        artist_loss = _same_artist_loss(out.audio_embeds, config.artist_temperature)
        loss = out.loss + config.artist_weight * artist_loss
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        schedule.step()
        with torch.no_grad():
            model.logit_scale_a.clamp_(max=LARGEST_SCALE)
            model.logit_scale_t.clamp_(max=LARGEST_SCALE)
        figures = {"text_loss": float(out.loss.detach()), "artist_loss": float(artist_loss.detach())}
        if step % 100 == 0 or step == config.steps:
            figures |= _held_out(model, tokenizer, training_set, known, device)
        report(step, figures)
    return model.eval(), tokenizer


def _batch(rng: np.random.Generator, scenes: IntArray, tracks: int, config: ClapTraining) -> IntArray:
    """Rows (2 b,): the first tracks of b artists, then their second ones."""
    few = np.isin(scenes, rng.choice(scenes, 3))
    near = rng.permutation(np.flatnonzero(few))[: round(config.same_scene_share * config.artists)]
    others = rng.permutation(np.setdiff1d(np.arange(len(scenes)), near))[: config.artists - len(near)]
    artists = np.concatenate([near, others])
    pair = np.argsort(rng.random((len(artists), tracks)), axis=1)[:, :2]
    return (artists[:, None] * tracks + pair).T.reshape(-1)  # (2, b) -> (2 b,)


def _same_artist_loss(sounds: torch.Tensor, temperature: float) -> torch.Tensor:
    """The loss of finding, for every track (2 b, d), the other track of its artist among all tracks."""
    sounds = normalize(sounds, dim=1)
    alike = sounds @ sounds.T / temperature
    alike.fill_diagonal_(-torch.inf)
    half = len(sounds) // 2
    twin = torch.arange(2 * half, device=sounds.device).roll(half)
    return cross_entropy(alike, twin)


@torch.no_grad()
def _held_out(
    model: Any, tokenizer: Any, training_set: TrainingSet, known: int, device: torch.device
) -> dict[str, float]:
    """On held-out artists: recall@1 and @10 of the artist from an unseen track, and of a track from its caption."""
    model.eval()
    rows = np.arange(known * training_set.tracks, len(training_set))
    parts = np.array_split(rows, max(1, len(rows) // 64))
    sounds = normalize(
        torch.cat(
            [
                model.get_audio_features(torch.from_numpy(training_set.sounds(part)).to(device)).pooler_output
                for part in parts
            ]
        ),
        dim=1,
    )
    ids, mask = encode_captions(tokenizer, [training_set.captions[row][0] for row in rows])
    texts = normalize(model.get_text_features(ids.to(device), attention_mask=mask.to(device)).pooler_output, dim=1)
    by_artist = sounds.reshape(-1, training_set.tracks, sounds.shape[1])  # (held out, tracks, d)
    centres = normalize(by_artist[:, :-1].mean(dim=1), dim=1)
    ranks = _ranks(by_artist[:, -1] @ centres.T)
    text_ranks = _ranks(texts @ sounds.T)
    return {
        "artist_recall_1": float((ranks < 1).mean()),
        "artist_recall_10": float((ranks < 10).mean()),
        "text_recall_10": float((text_ranks < 10).mean()),
    }


def _ranks(scores: torch.Tensor) -> IntArray:
    """The rank (q,), from 0, of the diagonal's candidate in each row of square scores."""
    return (scores > scores.diagonal()[:, None]).sum(dim=1).cpu().numpy()


def model_card(config: ClapTraining, training_set: TrainingSet, figures: dict[str, float]) -> str:
    """What the model is, what it learned from, how good it is on held-out artists, and what it is not for."""
    held_out = round(HELD_OUT_ARTISTS * training_set.artists)
    trained, tracks = training_set.artists - held_out, held_out * training_set.tracks
    return f"""# Nearfield's small CLAP

A contrastive language-audio model (HTSAT audio tower, RoBERTa text tower, 128 numbers per clip) in the form of
transformers' `ClapModel`. It exists so that text queries and clip search work offline on the bundled catalogue.

**It is no substitute for LAION's checkpoints on real music.** It has heard nothing but Nearfield's own synthesiser and
read nothing but captions written from the synthesiser's parameters. On recordings of real music its answers mean
little.

- Learned from: {len(training_set):,} rendered clips of ten seconds by {trained:,} invented artists of a
  world of their own (none of the bundled catalogue's), {CAPTIONS_PER_TRACK} captions per clip.
- Losses: CLAP's contrast between a clip and its caption, and the same contrast between two clips of one artist.
- {config.steps} steps of {2 * config.artists} clips, AdamW, seed {config.seed}. Command:
  `python -m core demo clap FOLDER`.
- On {held_out} held-out artists of that world: an unseen clip finds its artist first in
  {figures["artist_recall_1"]:.0%} and among the first ten in {figures["artist_recall_10"]:.0%} of cases (chance
  {1 / held_out:.1%} and {10 / held_out:.0%}); a caption finds its clip among the first ten of
  {tracks} in {figures["text_recall_10"]:.0%} (chance {10 / tracks:.1%}).
- Figures on the bundled catalogue: `docs/findings.md`. Licence: MIT, as Nearfield.
"""
