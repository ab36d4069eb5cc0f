"""The device that computes: a GPU if there is one, otherwise the CPU."""

import os
import platform

import torch

from core.errors import ConfigError


def choose_device(name: str = "auto") -> torch.device:
    """The device for "auto", "cpu" or "cuda". Raises ConfigError if a GPU is requested and there is none."""
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigError("This machine has no GPU that PyTorch can use. Choose the device auto or cpu.")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def describe_device(device: torch.device) -> str:
    """For people: "GPU: NVIDIA H100" or "CPU: x86_64, 1 thread"."""
    if device.type == "cuda":
        return f"GPU: {torch.cuda.get_device_name(device)}"
    threads = torch.get_num_threads()
    return f"CPU: {platform.machine()}, {threads} thread{'s' if threads > 1 else ''}"


def multiplies_half(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 itself. Where it does not, PyTorch imitates it: on a processor with AVX2
    alone a product then takes 70 times as long as in float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.backends.mkldnn.is_available() and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def set_threads(threads: int | None = None) -> None:
    """Set PyTorch's CPU threads; None takes half the cores, because threads that wait for a busy core slow training
    down."""
    cores = os.cpu_count() or 1
    if threads is None:
        threads = max(1, cores // 2)
    if not 1 <= threads <= cores:
        raise ConfigError(f"This machine has {cores} cores, so choose 1 to {cores} threads, not {threads}.")
    torch.set_num_threads(threads)
