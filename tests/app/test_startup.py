from __future__ import annotations

import faulthandler
import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import PySide6
import pytest
from PySide6.QtCore import qInstallMessageHandler, qWarning

from app.startup import X11_LIBRARIES, display_obstacle, missing_library_text, start_log

ROOT = Path(__file__).parents[2]
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")


def found(_name: str) -> object:
    return object()


def missing(name: str) -> object:
    raise OSError(f"{name}: cannot open shared object file")


@on_linux
def test_without_a_display_there_is_one_sentence() -> None:
    text = display_obstacle({}, found)
    assert "no screen" in text
    assert "\n" not in text


@on_linux
def test_missing_x11_libraries_are_named_by_their_packages_and_no_others() -> None:
    lacking = {"libxcb-icccm.so.4", "libxcb-keysyms.so.1"}
    text = display_obstacle({"DISPLAY": ":0"}, lambda name: missing(name) if name in lacking else found(name))
    assert text.endswith("apt-get install libxcb-icccm4 libxcb-keysyms1")
    assert "\n" not in text


@on_linux
def test_every_library_that_the_x11_plugin_needs_and_qt_alone_does_not_is_looked_for() -> None:
    qt = Path(PySide6.__file__).parent / "Qt"
    plugin = {*needed(qt / "plugins/platforms/libqxcb.so"), *needed(qt / "lib/libQt6XcbQpa.so.6")}
    anyway = {name for part in ("Core", "Gui", "Widgets", "DBus") for name in needed(qt / f"lib/libQt6{part}.so.6")}
    own = {path.name for path in (qt / "lib").iterdir()}
    assert plugin - anyway - own == set(X11_LIBRARIES)


def needed(library: Path) -> list[str]:
    """The shared libraries that this one asks for, as `objdump` tells."""
    if not shutil.which("objdump"):
        pytest.skip("needs objdump")
    told = subprocess.check_output(["objdump", "-p", library], text=True)
    return [line.split()[1] for line in told.splitlines() if line.split()[:1] == ["NEEDED"]]


@pytest.mark.parametrize(
    ("environment", "load"),
    [
        ({"DISPLAY": ":0"}, found),
        ({"WAYLAND_DISPLAY": "wayland-0"}, missing),
        ({"QT_QPA_PLATFORM": "offscreen"}, missing),
    ],
)
def test_nothing_stands_in_the_way_where_qt_can_open_a_window(environment: dict[str, str], load: type[object]) -> None:
    assert display_obstacle(environment, load) == ""


@on_linux
def test_a_missing_library_is_named_with_what_installs_it() -> None:
    text = missing_library_text(ImportError("libEGL.so.1: cannot open shared object file"))
    assert "libEGL.so.1" in text
    assert "packaging/start.py" in text


@on_linux
def test_a_missing_library_in_a_bundle_names_no_script_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("app.startup._SET_UP", tmp_path / "start.py")
    text = missing_library_text(ImportError("libEGL.so.1: cannot open shared object file"))
    assert "libEGL.so.1" in text
    assert "start.py" not in text


def run_app(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@on_linux
def test_the_window_without_a_display_ends_with_one_line_and_code_1() -> None:
    finished = run_app("song.wav")
    assert finished.returncode == 1
    assert len(finished.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(("option", "word"), [("--help", "SONG"), ("--version", "Bandsaw")])
def test_help_and_version_need_no_display(option: str, word: str) -> None:
    finished = run_app(option)
    assert finished.returncode == 0
    assert word in finished.stdout


def test_help_and_version_load_no_qt() -> None:
    code = "import sys; from app.__main__ import main\ntry: main(['--version'])\nexcept SystemExit: pass\n"
    finished = subprocess.run(
        [sys.executable, "-c", code + "print([name for name in sys.modules if 'PySide6' in name])"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert finished.stdout.splitlines()[-1] == "[]"


def test_a_commands_name_starts_it_without_a_window() -> None:
    finished = run_app("split", "--help")
    assert finished.returncode == 0
    assert "--out" in finished.stdout


def test_wrong_usage_ends_with_code_2() -> None:
    assert run_app("--no-such-option").returncode == 2


@pytest.fixture
def restored() -> Iterator[None]:
    hook, handlers, level = sys.excepthook, logging.root.handlers[:], logging.root.level
    yield
    sys.excepthook = hook
    qInstallMessageHandler(None)
    faulthandler.disable()
    for handler in set(logging.root.handlers) - set(handlers):
        logging.root.removeHandler(handler)
        handler.close()
    logging.root.setLevel(level)


# The file for crashes stays open as long as the program runs.
@pytest.mark.filterwarnings("ignore:.*unclosed file.*crash.log:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("restored")
def test_the_log_holds_warnings_of_qt_and_unexpected_errors_and_the_user_hears_of_them(tmp_path: Path) -> None:
    told: list[str] = []
    file = tmp_path / "logs" / "bandsaw.log"
    start_log(file, told.append)
    qWarning("a warning of Qt")
    error = RuntimeError("nobody caught this")
    sys.excepthook(RuntimeError, error, None)
    text = file.read_text()
    assert "a warning of Qt" in text
    assert "nobody caught this" in text
    assert len(told) == 1
    assert faulthandler.is_enabled()


@pytest.mark.usefixtures("restored")
def test_a_log_folder_that_cannot_be_written_to_is_no_obstacle(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    start_log(blocked / "logs" / "bandsaw.log", lambda _text: None)
