"""Where encoders compute: on a GPU in batches if there is one, else on one thread of the CPU, one input at a time.

On the CPU an answer is the same bit for bit whatever else is heard. On a GPU sums are added in another order, so
vectors differ from the CPU's by rounding: less than TOLERANCE in any cosine.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.audio.encoders.threads import one_thread

if TYPE_CHECKING:
    import torch

TOLERANCE = 1e-4
_BATCH = {"cuda": 32, "cpu": 1}


def device() -> "torch.device":
    """The GPU if there is one that PyTorch can use, else the CPU."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def in_batches(
    function: "Callable[[torch.Tensor], Sequence[torch.Tensor]]", inputs: "torch.Tensor", size: int | None = None
) -> "list[torch.Tensor]":
    """What `function` gives for inputs (n, ...), each of its results as one tensor (n, ...) on the CPU.

    `function` gets `size` inputs at a time, on the device of `device()`; without `size` as many as suit that device.
    It computes in float32 throughout: TensorFloat-32 would cost three digits. cuDNN stays on, which `flags` turns off
    unless it is told otherwise.
    """
    import torch

    place = device()
    step = size or _BATCH[place.type]
    with one_thread(), torch.inference_mode(), torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        parts = [function(inputs[at : at + step].to(place)) for at in range(0, len(inputs), step)]
        return [torch.cat(results).cpu() for results in zip(*parts, strict=True)]
