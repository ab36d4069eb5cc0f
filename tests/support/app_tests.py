"""AppTest without the work that no test looks at, which takes most of its time.

For each app that is opened, AppTest reads the metadata of every installed package, in search of components: here once a
process. And it asks a thousand times a second whether the script has ended: here it waits for the script's thread.
"""

from __future__ import annotations

from functools import cache

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import local_script_runner
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

_scan = manifest_scanner.scan_component_manifests


def make_light() -> None:
    """From here on AppTest does that work once, or not at all, in this process."""
    manifest_scanner.scan_component_manifests = cache(_scan)
    local_script_runner.require_widgets_deltas = _wait


def _wait(runner: LocalScriptRunner, timeout: float = 3) -> None:
    """Wait until the script has ended. Raises RuntimeError as AppTest does where that takes longer than `timeout`."""
    thread = runner._script_thread
    assert thread is not None
    thread.join(timeout)
    if not runner.script_stopped():
        runner.request_stop()
        runner.join()
        raise RuntimeError(f"AppTest script run timed out after {timeout}(s)")
