"""The set-up script, run for real in a scratch project whose `.venv` holds a stand-in for Python.

The stand-in answers the version probe, writes down every other call and can be told to fail on one.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from app.startup import X11_LIBRARIES
from engine.cli import COMMANDS

SCRIPT = Path(__file__).parents[1] / "packaging" / "start.py"
CHECKS = ["ruff check", "ruff format", "lint-imports", "pytest", "pyright"]
STAND_IN = """#!/bin/sh
case "$*" in *"import sys, pip"*) echo 3 11; exit 0;; esac
echo noise on standard output
printf '%s|%s\\n' "$PWD" "$*" >> "$CALLS"
case "$*" in *"${FAIL_FIRST:-nothing}"*) exit 7;; *"${FAIL_SECOND:-nothing}"*) exit 8;; esac
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")


@dataclass(frozen=True)
class Outcome:
    """What one start did: exit code, standard output and error, and the stand-in's new calls as (folder, arguments)."""

    code: int
    out: str
    err: str
    calls: list[tuple[str, str]]

    @property
    def installs(self) -> list[str]:
        return [arguments for _, arguments in self.calls if "pip install" in arguments]


class Project:
    """A copy of the script in a folder with a space in its name, started from another folder."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "band saw"
        self.elsewhere = folder / "elsewhere"
        self.calls = folder / "calls"
        self.python = self.root / ".venv" / "bin" / "python"
        for part in (self.root / "packaging", self.elsewhere, self.python.parent):
            part.mkdir(parents=True)
        shutil.copy(SCRIPT, self.root / "packaging")
        (self.root / "pyproject.toml").write_text("[project]\n")
        self.python.write_text(STAND_IN)
        self.python.chmod(0o755)

    def start(self, *arguments: str, **environment: str) -> Outcome:
        self.calls.write_text("")
        # -S leaves only the standard library; the empty PATH hides apt-get, so that no test installs anything.
        finished = subprocess.run(
            [sys.executable, "-I", "-S", self.root / "packaging" / "start.py", *arguments],
            cwd=self.elsewhere,
            env={"CALLS": str(self.calls), "PATH": "", "HOME": "/nonexistent", **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        lines = [line.partition("|") for line in self.calls.read_text().splitlines()]
        calls = [(folder, arguments) for folder, _, arguments in lines]
        return Outcome(finished.returncode, finished.stdout, finished.stderr, calls)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def start() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("start", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_environment_nobody_vouches_for_is_installed_into_once(project: Project) -> None:
    first, second = project.start("info"), project.start("info")
    assert first.installs == ["-m pip install -e ."]
    assert second.installs == []
    assert [arguments for _, arguments in second.calls] == ["-P -m engine info"]


@pytest.mark.parametrize("change", ["pyproject", "moved"])
def test_what_an_environment_was_made_for_is_checked_again(project: Project, change: str) -> None:
    project.start("info")
    if change == "pyproject":
        (project.root / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    else:
        project.root = project.root.rename(project.root.with_name("moved"))
    assert len(project.start("info").installs) == 1


def test_the_test_tools_are_installed_when_they_are_first_needed(project: Project) -> None:
    project.start("info")
    assert project.start("test").installs == ["-m pip install -e .[test]"]
    assert project.start("test").installs == []
    assert project.start("info").installs == []


def test_a_failed_installation_ends_the_start_with_its_exit_code_and_is_tried_again(project: Project) -> None:
    failed = project.start("info", FAIL_FIRST="pip install")
    assert failed.code == 7
    assert [arguments for _, arguments in failed.calls] == ["-m pip install -e ."]
    assert "exit code 7" in failed.err
    assert len(project.start("info").installs) == 1


def test_a_command_runs_where_the_user_is_with_its_arguments_and_exit_code(project: Project) -> None:
    outcome = project.start("split", "my song.wav", "--json", FAIL_FIRST="engine split")
    assert outcome.calls[-1] == (str(project.elsewhere), "-P -m engine split my song.wav --json")
    assert outcome.code == 7


def test_standard_output_belongs_to_the_command(project: Project) -> None:
    outcome = project.start("info")
    assert outcome.installs
    assert outcome.out == "noise on standard output\n"  # the command's own; the installer's went to standard error
    assert outcome.err.count("noise on standard output\n") == 1


@pytest.mark.parametrize("arguments", [(), ("a song.flac", "other.mp3")])
def test_no_command_opens_the_window_with_the_files(project: Project, arguments: tuple[str, ...]) -> None:
    outcome = project.start(*arguments)
    assert outcome.calls[-1] == (str(project.elsewhere), " ".join(("-P -m app", *arguments)))


def test_every_check_runs_in_the_root_and_is_reported_when_all_pass(project: Project) -> None:
    outcome = project.start("test", "-k", "mixer")
    checks = outcome.calls[1:]
    assert {folder for folder, _ in checks} == {str(project.root)}
    assert [arguments.startswith("-m ") or "importlinter" in arguments for _, arguments in checks] == [True] * 5
    (pytest_run,) = [arguments for _, arguments in checks if arguments.startswith("-m pytest ")]
    assert pytest_run.startswith("-m pytest -n logical ")
    assert pytest_run.endswith(" -k mixer")
    assert outcome.out == 5 * "noise on standard output\n"
    assert outcome.err.splitlines()[-5:] == [f"{name}: passed" for name in CHECKS]
    assert outcome.code == 0


def test_checks_go_on_after_a_failure_and_the_first_exit_code_is_returned(project: Project) -> None:
    outcome = project.start("test", FAIL_FIRST="pytest", FAIL_SECOND="pyright")
    assert outcome.code == 7
    results = dict(line.split(": ") for line in outcome.err.splitlines()[-5:])
    assert list(results) == CHECKS
    failed = {name: result for name, result in results.items() if result != "passed"}
    assert failed == {"pytest": "failed with exit code 7", "pyright": "failed with exit code 8"}


def test_an_interrupted_check_ends_by_itself_and_what_it_started_with_it() -> None:
    interrupted = "kill -INT $PPID; sleep 0.5; echo tidied up"  # Python's own `call` would kill it after 0.25 s
    code = (
        "import signal, start\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"start.run_to_its_end(['/bin/sh', '-c', {interrupted!r}])\n"
    )
    finished = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=SCRIPT.parent, capture_output=True, text=True, check=False
    )
    assert finished.stdout == "tidied up\n"
    assert "KeyboardInterrupt" in finished.stderr


def test_the_command_words_are_the_engines(start: ModuleType) -> None:
    assert start.HEADLESS == COMMANDS


def test_the_libraries_that_the_window_asks_for_are_installed(start: ModuleType) -> None:
    assert X11_LIBRARIES.items() <= start.WINDOW_LIBRARIES.items()


@pytest.mark.parametrize(
    ("arguments", "libraries"),
    [
        (["split", "x.wav"], None),
        (["--help"], None),
        (["test"], "TEST_LIBRARIES"),
        ([], "WINDOW_LIBRARIES"),
        (["x.wav"], "WINDOW_LIBRARIES"),
    ],
)
def test_libraries_are_looked_for_only_where_they_are_needed(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, arguments: list[str], libraries: str | None
) -> None:
    asked: list[dict[str, str]] = []
    monkeypatch.setattr(start, "missing_packages", lambda wanted: asked.append(wanted) or [])
    monkeypatch.setattr(start, "prepare_environment", lambda _extra: 0)
    monkeypatch.setattr(start, "run_checks", lambda _options: 0)
    monkeypatch.setattr(start.os, "execv", lambda _path, _command: None)
    monkeypatch.setattr(start.subprocess, "call", lambda _command: 0)
    assert start.main(arguments) == 0
    assert asked == ([getattr(start, libraries)] if libraries else [])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux wheels leave libraries out")
def test_only_libraries_that_do_not_load_are_missing(start: ModuleType) -> None:
    assert start.missing_packages({"libc.so.6": "libc6", "libnowhere.so.1": "libnowhere1"}) == ["libnowhere1"]


@pytest.mark.parametrize(("user", "apt_code", "installed"), [(0, 0, True), (0, 100, False), (1000, 0, False)])
def test_packages_are_installed_by_root_and_named_to_everybody_else(
    start: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    user: int,
    apt_code: int,
    installed: bool,
) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr(start.shutil, "which", lambda _name: "apt-get")
    monkeypatch.setattr(start.os, "geteuid", lambda: user)
    monkeypatch.setattr(start.subprocess, "call", lambda command, **_: calls.append(command) or apt_code)
    assert start.install_packages(["libgl1", "libegl1"]) is installed
    assert [command[-2:] for command in calls if "install" in command] == ([["libgl1", "libegl1"]] if user == 0 else [])
    assert ("sudo apt-get install libgl1 libegl1" in capsys.readouterr().err) is not installed


@pytest.mark.parametrize(
    ("installed", "without_ensurepip", "chosen"),
    [
        (["3.11", "3.12", "3.13"], [], "3.11"),
        (["3.12", "3.13"], [], "3.12"),
        (["3.14"], [], "3.14"),
        (["3.11", "3.13"], ["3.11"], "3.13"),
        ([], [], None),
    ],
)
def test_the_first_python_that_can_make_an_environment_is_chosen(
    start: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    installed: list[str],
    without_ensurepip: list[str],
    chosen: str | None,
) -> None:
    def version(python: str, module: str) -> tuple[int, ...] | None:
        number = python.removeprefix("python")
        missing = module == "ensurepip" and number in without_ensurepip
        return None if missing else tuple(int(part) for part in number.split("."))

    own = SimpleNamespace(version_info=(3, 15, 0), executable="python3.15", stderr=sys.stderr)
    monkeypatch.setattr(start, "sys", own)
    monkeypatch.setattr(start, "python_version", version)
    monkeypatch.setattr(start.shutil, "which", lambda name: name if name.removeprefix("python") in installed else None)
    assert start.choose_python() == (f"python{chosen}" if chosen else None)


def test_debians_missing_ensurepip_is_asked_for_by_its_package(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(start, "python_version", lambda _python, module: None if module == "ensurepip" else (3, 11))
    monkeypatch.setattr(start.shutil, "which", lambda name: "/usr/bin/python3.11" if name == "python3.11" else None)
    monkeypatch.setattr(start, "install_packages", lambda packages: asked.append(packages) or True)
    assert start.choose_python() in {sys.executable, "/usr/bin/python3.11"}
    assert asked == [["python3.11-venv"]]


def answers(start: ModuleType, monkeypatch: pytest.MonkeyPatch, answer: str) -> list[list[str]]:
    """Let every interpreter that is asked answer this; returns what they were asked."""
    asked: list[list[str]] = []
    monkeypatch.setattr(start.subprocess, "check_output", lambda command, **_: asked.append(command) or answer.encode())
    return asked


def test_the_launcher_of_windows_finds_what_is_not_on_the_path(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = r"D:\Users\Jürgen\Python 3.12\python.exe"
    asked = answers(start, monkeypatch, folder + "\r\n")
    monkeypatch.setattr(start.shutil, "which", lambda name: r"C:\Windows\py.exe" if name == "py" else None)
    assert start.launched_python((3, 12)) is None  # not on this system
    monkeypatch.setattr(start, "os", SimpleNamespace(name="nt"))
    assert start.launched_python((3, 12)) == folder
    assert [command[:2] for command in asked] == [[r"C:\Windows\py.exe", "-3.12"]]


@pytest.mark.parametrize(
    ("answer", "obstacle"),
    [
        ("darwin x86_64 True", "Intel Macs"),
        ("darwin arm64 True", ""),
        ("win32 AMD64 False", "32 bits"),
        ("win32 AMD64 True", ""),
        ("linux x86_64 True glibc 2.36", ""),
        ("linux aarch64 True glibc 2.36", "this is 2.36"),
        ("linux aarch64 True glibc 2.39", ""),
        ("linux aarch64 True", ""),
        ("", ""),
    ],
)
def test_an_interpreter_that_there_is_no_pytorch_or_qt_for_is_told_in_a_sentence(
    start: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
    obstacle: str,
) -> None:
    monkeypatch.setattr(start.shutil, "which", lambda name: name)
    monkeypatch.setattr(start, "python_version", lambda python, _module: tuple(map(int, python[6:].split("."))))
    monkeypatch.setattr(start.sys, "version_info", (3, 9))
    answers(start, monkeypatch, answer)
    assert start.choose_python() == (None if obstacle else "python3.11")
    assert obstacle in capsys.readouterr().err


@pytest.mark.parametrize(
    ("machine", "compiler", "headers", "missing"),
    [
        ("aarch64", None, False, ["g++", "python3.12-dev"]),
        ("aarch64", "/usr/bin/g++", False, ["python3.12-dev"]),
        ("aarch64", "/usr/bin/g++", True, []),
        ("x86_64", None, False, []),
    ],
)
def test_on_arm_what_compiles_is_asked_for_by_its_packages(
    start: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    machine: str,
    compiler: str | None,
    headers: bool,
    missing: list[str],
) -> None:
    folder = tmp_path / "python3.12"
    folder.mkdir()
    if headers:
        (folder / "Python.h").touch()
    answers(start, monkeypatch, f"{folder}\n")
    monkeypatch.setattr(start.sys, "platform", "linux")
    monkeypatch.setattr(start.platform, "machine", lambda: machine)
    monkeypatch.setattr(start.shutil, "which", lambda _name: compiler)
    assert start.compilers() == missing
