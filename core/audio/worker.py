"""The process behind `run_limited`: it limits itself, reads one request from its input and writes one reply."""

import importlib
import math
import os
import resource
import signal
import sys
from typing import Any

from core.audio.limits import OUT_OF_MEMORY
from core.audio.messages import read_message, write_message
from core.errors import NearfieldError

_GRACE_SECONDS = 2


def limit_process(seconds: float, megabytes: int) -> None:
    """Limit this process permanently: processor and elapsed time, address space and file size; no core dumps."""
    whole = math.ceil(seconds) + _GRACE_SECONDS
    size = megabytes << 20
    for kind, bound in (
        (resource.RLIMIT_CPU, whole),
        (resource.RLIMIT_AS, size),
        (resource.RLIMIT_FSIZE, size),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        lowest = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(kind, (lowest, lowest))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(whole)


def main() -> int:
    """Answer one request and return the exit status. Anything that libraries print goes to standard error."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as outlet:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        request = read_message(sys.stdin.buffer)
        limit_process(request["seconds"], request["megabytes"])
        reply: dict[str, Any]
        try:
            function = getattr(importlib.import_module(request["module"]), request["function"])
            reply = {"value": function(*request.pop("arguments"))}
        except NearfieldError as fault:
            reply = {"error": str(fault)}
        except MemoryError:
            return OUT_OF_MEMORY
        write_message(outlet, reply)
    return 0


if __name__ == "__main__":
    sys.exit(main())
