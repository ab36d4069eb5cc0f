"""Whether the server of this container answers: exit code 0 if it does. For Docker's HEALTHCHECK."""

import os
import sys
import urllib.request

PORT = os.environ.get("STREAMLIT_SERVER_PORT", "8501")
BASE = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")


def main() -> int:
    """Ask once; what went wrong stands on standard error."""
    path = "/".join(part for part in (BASE, "_stcore/health") if part)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/{path}", timeout=5) as reply:
            return 0 if reply.status == 200 else 1
    except OSError as fault:
        print(fault, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
