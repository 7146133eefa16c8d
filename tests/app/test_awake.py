"""Staying awake, with a program of the test's own in the place of the system's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.jobs.awake import KeepAwake, launch

ROOT = Path(__file__).parents[2]
UNTIL_ITS_INPUT_ENDS = [sys.executable, "-c", "import sys; sys.stdin.read()"]


class Launches:
    """Starts a harmless program whatever it is told to start."""

    def __init__(self, program: Sequence[str] = UNTIL_ITS_INPUT_ENDS) -> None:
        self.program = program
        self.commands: list[list[str]] = []
        self.children: list[subprocess.Popen[bytes]] = []

    def __call__(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        self.commands.append(list(command))
        self.children.append(launch(self.program))
        return self.children[-1]


def test_on_linux_one_inhibitor_runs_as_long_as_there_is_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jobs.awake._END_SECONDS", 60.0)  # on a busy machine Python takes long to start
    launches = Launches()
    awake = KeepAwake("linux", launches)
    awake.set(False)
    assert launches.commands == []
    awake.set(True)
    awake.set(True)
    assert len(launches.commands) == 1
    command = launches.commands[0]
    assert command[:2] == ["systemd-inhibit", "--what=idle:sleep"]
    assert command[-1] == "cat"
    assert launches.children[0].poll() is None
    awake.set(False)
    assert launches.children[0].returncode == 0  # its input ended
    awake.set(True)
    awake.set(False)
    assert len(launches.commands) == 2


def test_on_a_mac_the_inhibitor_watches_this_process_and_is_ended() -> None:
    launches = Launches()
    awake = KeepAwake("darwin", launches)
    awake.set(True)
    assert launches.commands[0][0] == "caffeinate"
    awake.set(False)
    assert launches.children[0].returncode is not None


def test_a_missing_program_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def missing(command: Sequence[str]) -> subprocess.Popen[bytes]:
        raise FileNotFoundError(2, "No such file", command[0])

    caplog.set_level("INFO")
    awake = KeepAwake("linux", missing)
    for on in (True, False, True, False):
        awake.set(on)
    assert caplog.text.count("may go to sleep") == 1


def test_a_program_that_refuses_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    launches = Launches([sys.executable, "-c", "raise SystemExit(3)"])
    awake = KeepAwake("linux", launches)
    awake.set(True)
    launches.children[0].wait()
    awake.set(False)
    assert "exit code 3" in caplog.text


def test_a_program_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jobs.awake._END_SECONDS", 0.05)
    launches = Launches([sys.executable, "-c", "import time; time.sleep(60)"])
    awake = KeepAwake("linux", launches)
    awake.set(True)
    awake.set(False)
    assert launches.children[0].returncode is not None


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal")
def test_the_inhibitor_ends_when_this_process_is_killed() -> None:
    code = (
        "import sys, time\nfrom app.jobs.awake import KeepAwake, launch\n"
        "program = [sys.executable, '-c', 'import sys; sys.stdin.read(); print(7, flush=True)']\n"
        "import subprocess\n"
        "start = lambda command: subprocess.Popen(program, stdin=subprocess.PIPE, stdout=sys.stdout)\n"
        "awake = KeepAwake('linux', start)\nawake.set(True)\nprint('on', flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-B", "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "on\n"
        other.kill()
        assert other.stdout.readline() == "7\n"  # the inhibitor outlived it just long enough to say so
