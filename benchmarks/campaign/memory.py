"""How much memory a worker of a campaign takes, and the most that it may take."""

import resource
from pathlib import Path

MOST_BYTES = 2 << 30


def limit_memory() -> None:
    """From here on this process may map two gigabytes more than it has mapped."""
    most = int(bytes_of("VmSize") + MOST_BYTES)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def bytes_of(name: str) -> int:
    """Bytes by the system's account of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) << 10
    return 0


def forget_peak() -> None:
    """The peak of the memory in use, `bytes_of("VmHWM")`, begins anew."""
    Path("/proc/self/clear_refs").write_text("5")
