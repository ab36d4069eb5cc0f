"""A test that leaves a process behind fails by itself; its neighbours, and what wider fixtures hold, are left alone."""

import os
import subprocess
import sys
from pathlib import Path

import psutil

from tests.support.processes import lasts, left_behind, wait_for_children
from tests.support.server import ROOT

TESTS = """
import subprocess, sys
import psutil
import pytest

ENDLESS = [sys.executable, "-c", "import time; time.sleep(600)"]

@pytest.fixture(scope="module")
def server():
    starting = "import subprocess, sys; input(); subprocess.Popen(%r); print(flush=True); input()" % ENDLESS
    process = subprocess.Popen([sys.executable, "-c", starting], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    yield process
    child, = psutil.Process(process.pid).children()
    child.kill()
    process.kill()
    process.communicate()

def test_before():
    subprocess.run([sys.executable, "-c", ""], check=True)

def test_that_leaves_one_of_a_session_of_its_own(server):
    leave = f"import subprocess as s; s.Popen({ENDLESS}, start_new_session=True, stdout=s.DEVNULL, stderr=s.DEVNULL)"
    subprocess.run([sys.executable, "-c", leave], check=True)

def test_that_has_the_server_start_one(server):
    server.stdin.write(b"\\n")
    server.stdin.flush()
    server.stdout.readline()

def test_after(server):
    assert len(psutil.Process(server.pid).children()) == 1
"""


def test_a_test_that_leaves_a_process_behind_fails_by_itself(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "from tests.conftest import own_processes\nfrom tests.support import processes\nprocesses.GRACE_S = 2.0\n"
    )
    (tmp_path / "test_leaving.py").write_text(TESTS)
    before = psutil.pids()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "test_leaving.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "4 passed, 1 error" in done.stdout, done.stdout + done.stderr
    assert "ERROR test_leaving.py::test_that_leaves_one_of_a_session_of_its_own" in done.stdout
    assert "time.sleep(600)" in done.stdout
    assert not left_behind(before)


def test_helpers_that_stay_are_not_waited_for() -> None:
    wait = [sys.executable, "-c", "import time; time.sleep(600)"]
    helper, server = subprocess.Popen([*wait, "resource_tracker"]), subprocess.Popen(wait)
    lasts(server.pid)
    worker = subprocess.Popen([sys.executable, "-c", ""])
    wait_for_children()
    assert worker.poll() == 0
    for one in (helper, server):
        assert one.poll() is None
        one.kill()
        one.wait()
