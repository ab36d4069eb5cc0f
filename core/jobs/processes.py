"""Processes that outlive the request that started them, identified by number and start time."""

from collections.abc import Mapping
from typing import Any

import psutil


def process_stamp(pid: int) -> dict[str, Any]:
    """What identifies a living process beyond its number, which the system reuses: `pid`, and `started` in seconds."""
    return {"pid": pid, "started": psutil.Process(pid).create_time()}


def is_alive(stamp: Mapping[str, Any]) -> bool:
    """Whether the process of `stamp` still runs: not if it has ended or its number now belongs to another process."""
    try:
        process = psutil.Process(stamp["pid"])
        return process.create_time() == stamp["started"] and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, psutil.AccessDenied, KeyError):
        return False
