"""Training the network of a pair ranker, listwise: the hidden neighbours of a query shall come first.

The loss is the listwise softmax (Cao et al., ICML 2007, with every positive as its own list) over the pairs of a query
that have columns.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core.arrays import FloatArray, IntArray
from core.pairs.columns import PairTable
from core.pairs.network import PairNetwork, standardised

HIDDEN = (96, 48)
DROPOUT = (0.2, 0.1)
BATCH = 64
LEARNING_RATE = 4e-3
WEIGHT_DECAY = 1e-2


@dataclass(frozen=True)
class Lists:
    """Pairs of training, grouped into lists by query.

    Shapes: `values` (p, columns); `ends` (lists + 1,) where each list begins and the last ends; `positive` (p,) sums to
    one in every list.
    """

    values: FloatArray
    ends: IntArray
    positive: FloatArray

    @classmethod
    def of(cls, table: PairTable, relevant: FloatArray) -> "Lists":
        """The lists of an episode's queries that have a positive among their pairs; `relevant` (q, c) holds ones."""
        positive = relevant[table.query, table.candidate].astype(np.float32)
        total = np.bincount(table.query, positive, minlength=len(table.base))
        kept = total[table.query] > 0
        query = table.query[kept]
        starts = np.flatnonzero(np.diff(query, prepend=-1))
        return cls(
            table.values[kept],
            np.append(starts, len(query)),
            (positive[kept] / total[query]).astype(np.float32),
        )

    @classmethod
    def joined(cls, parts: list["Lists"]) -> "Lists":
        offsets = np.cumsum([0, *(part.ends[-1] for part in parts)])
        ends = [part.ends[:-1] + offset for part, offset in zip(parts, offsets, strict=False)]
        return cls(
            np.concatenate([part.values for part in parts]),
            np.concatenate([*ends, offsets[-1:]]),
            np.concatenate([part.positive for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.ends) - 1


def fit_network(
    lists: Lists,
    seeds: list[int],
    epochs: int,
    groups: list[list[int]],
    missing: float = 0.0,
    on_epoch: Callable[[int, int, float], None] = lambda done, epochs, loss: None,
) -> PairNetwork:
    """Train one network for each of `seeds` on `lists`.

    With the probability `missing` the columns of each of `groups` are unknown throughout a list of a step. `on_epoch`
    receives the number of epochs done and to do, over all networks, and the mean loss.
    """
    mean, deviation = _scaling(lists.values)
    inputs = torch.from_numpy(standardised(lists.values, mean, deviation))
    trained = []
    for done, seed in enumerate(seeds):

        def report(epoch: int, loss: float, done: int = done) -> None:
            on_epoch(done * epochs + epoch, len(seeds) * epochs, loss)

        trained.append(_fit_one(lists, inputs, seed, epochs, groups, missing, report))
    return PairNetwork(mean, deviation, tuple(map(_layers, trained)))


def _scaling(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0).sum(axis=0, dtype=np.float64) / count
    square = np.where(known, values - mean, 0)
    deviation = np.sqrt(np.square(square).sum(axis=0, dtype=np.float64) / count)
    deviation[deviation <= 1e-6 * np.maximum(np.abs(mean), 1)] = 1.0
    return mean.astype(np.float32), deviation.astype(np.float32)


def make_network(columns: int) -> nn.Sequential:
    """The network that scores pairs (p, columns) as (p, 1)."""
    first, second = HIDDEN
    return nn.Sequential(
        nn.Linear(columns, first),
        nn.GELU(),
        nn.Dropout(DROPOUT[0]),
        nn.Linear(first, second),
        nn.GELU(),
        nn.Dropout(DROPOUT[1]),
        nn.Linear(second, 1),
    )


def _fit_one(
    lists: Lists,
    inputs: Tensor,
    seed: int,
    epochs: int,
    groups: list[list[int]],
    missing: float,
    on_epoch: Callable[[int, float], None],
) -> nn.Sequential:
    torch.manual_seed(seed)
    network = make_network(inputs.shape[1])
    batch = min(BATCH, len(lists))
    per_epoch = len(lists) // batch
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE / 2, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=epochs * per_epoch)
    positive, lengths = torch.from_numpy(lists.positive), np.diff(lists.ends)
    network.train()
    for epoch in range(epochs):
        order = torch.randperm(len(lists)).numpy()
        total = 0.0
        for start in range(0, per_epoch * batch, batch):
            chosen = order[start : start + batch]
            rows, owner, place = _places(lists.ends, lengths, chosen)
            values = inputs[rows]
            if missing:
                values = _drop_groups(values, owner, len(chosen), groups, missing)
            loss = _loss(network(values)[:, 0], positive[rows], owner, place, (len(chosen), int(place.max()) + 1))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        on_epoch(epoch + 1, total / per_epoch)
    return network.eval()


def _places(ends: IntArray, lengths: IntArray, chosen: IntArray) -> tuple[Tensor, Tensor, Tensor]:
    """Of all pairs of the chosen lists: their rows, the place of their list, and their place in it."""
    length = lengths[chosen]
    owner = np.repeat(np.arange(len(chosen)), length)
    place = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    return torch.from_numpy(ends[chosen][owner] + place), torch.from_numpy(owner), torch.from_numpy(place)


def _drop_groups(values: Tensor, owner: Tensor, n_lists: int, groups: list[list[int]], missing: float) -> Tensor:
    """Standardised values with the mean, zero, in the columns of randomly chosen groups of each list."""
    dropped = torch.rand(n_lists, len(groups)) < missing
    keep = torch.ones(n_lists, values.shape[1])
    for number, columns in enumerate(groups):
        keep[:, columns] = (~dropped[:, number]).float()[:, None]
    return values * keep[owner]


def _loss(scores: Tensor, positive: Tensor, owner: Tensor, place: Tensor, shape: tuple[int, int]) -> Tensor:
    listed = scores.new_full(shape, -1e9).index_put((owner, place), scores)
    wanted = scores.new_zeros(shape).index_put((owner, place), positive)
    return -(listed.log_softmax(dim=1) * wanted).sum(dim=1).mean()


def _layers(network: nn.Sequential) -> tuple[tuple[FloatArray, FloatArray], ...]:
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    return tuple((layer.weight.detach().numpy().copy(), layer.bias.detach().numpy().copy()) for layer in linear)
