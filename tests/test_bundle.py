"""What `packaging/bundle.py` takes along, how a bundle starts, and how a desktop gets to know it; builds no bundle."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType

import pytest
import soundfile

import engine
from engine.naming import AUDIO_SUFFIXES

PACKAGING = Path(__file__).parents[1] / "packaging"
LINUX = PACKAGING / "linux"
PROGRAM = "Jörgs Müll & $Musik `50 %` \"laut\" \\ 'leise'"
STAND_IN = "#!/bin/sh\nfor each; do printf '%s\\n' \"$each\"; done\n"
KINDS = {
    "aiff": "audio/x-aiff",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "ogg": "audio/x-vorbis+ogg",
    "opus": "audio/x-opus+ogg",
    "wav": "audio/x-wav",
}
LOADED = """
import json, sys
import torch, numba, safetensors.torch, tqdm, av, soundfile, soxr, python_stretch, miniaudio
import engine.model.fast_network, engine.training.loop
import app.compose
print(json.dumps([module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)]))
"""

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bundles are made for and on Linux")


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"loaded_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def bundle(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(PACKAGING)
    return load(PACKAGING / "bundle.py")


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """A bundle with a stand-in for Python, which prints its arguments, in a folder whose name has all that hurts."""
    folder = tmp_path / PROGRAM
    python = folder / "python" / "bin" / "python3"
    python.parent.mkdir(parents=True)
    for file in LINUX.iterdir():
        if file.is_file():
            shutil.copy2(file, folder / "python" if file.suffix == ".py" else folder)
    (folder / "bandsaw.svg").write_text("<svg/>")
    python.write_text(STAND_IN)
    python.chmod(0o755)
    return folder


def test_what_nobody_needs_is_left_out_and_what_starts_is_not(bundle: ModuleType) -> None:
    unneeded = ["torch/include/torch/all.h", "torch/test/run", "torch/lib/libonnx.a", "numba/tests/test_x.py"]
    unneeded += ["PySide6/QtQml.abi3.so", "PySide6/Qt/lib/libQt6Quick.so.6", "PySide6/designer", "tkinter/ttk.py"]
    unneeded += ["lib-dynload/_tkinter.cpython-311-x86_64-linux-gnu.so", "numpy/__init__.pyi", "../../../bin/f2py"]
    needed = ["torch/lib/libtorch_cpu.so", "torch/bin/torch_shm_manager", "torch/testing/_comparison.py"]
    needed += ["PySide6/QtWidgets.abi3.so", "PySide6/Qt/plugins/platforms/libqxcb.so", "resources/models/default.md"]
    needed += ["PySide6/Qt/translations/qtbase_de.qm", "resources/demo/bandsaw-demo.flac", "av-18.1.0.dist-info/RECORD"]
    assert [path for path in unneeded if bundle.wanted(path)] == []
    assert [path for path in needed if not bundle.wanted(path)] == []


@pytest.mark.slow
def test_no_module_that_is_loaded_by_the_window_or_the_engine_is_left_out(bundle: ModuleType) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(PACKAGING.parent)}
    answer = subprocess.check_output([sys.executable, "-B", "-c", LOADED], text=True, env=environment)
    files = [Path(file) for file in json.loads(answer.splitlines()[-1])]
    paths = [str(file).rpartition("site-packages/")[2] for file in files if "site-packages" in file.parts]
    assert len(paths) > 1000
    assert [path for path in paths if not bundle.wanted(path)] == []


def test_the_packages_of_the_bundle_are_those_of_pyproject_and_what_they_need(bundle: ModuleType) -> None:
    tops = {path.split("/")[0] for _file, path in bundle.installed_files()}
    assert {"torch", "numba", "llvmlite", "PySide6", "shiboken6", "sounddevice.py", "_soundfile_data"} <= tops
    assert not tops & {"pytest", "ruff", "matplotlib", "pip"}


def test_a_library_of_the_kernel_or_the_drivers_stays_where_it_is(bundle: ModuleType) -> None:
    own = ("libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "libstdc++.so.6", "libGL.so.1", "libasound.so.2")
    assert [name for name in own if not bundle.SYSTEM.fullmatch(name)] == []
    ours = ("libcrypto.so.3", "libxcb-cursor.so.0", "libmd.so.0", "libportaudio.so.2", "libGLU.so.1")
    assert [name for name in ours if bundle.SYSTEM.fullmatch(name)] == []
    assert not {"libc.so.6", "libm.so.6"} & set(bundle.libraries_of([Path(sys.executable).resolve()]))


def test_the_version_is_the_programs(bundle: ModuleType) -> None:
    assert bundle.program_version() == engine.__version__


def test_an_archive_holds_one_folder_that_everybody_may_read(bundle: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "bandsaw-1"
    folder.mkdir()
    (folder / "file").write_text("x")
    (folder / "file").chmod(0o700)
    bundle.archive(folder, tmp_path / "dist" / "b.tar.gz")
    with tarfile.open(tmp_path / "dist" / "b.tar.gz") as packed:
        members = {member.name: member for member in packed}
    assert set(members) == {"bandsaw-1", "bandsaw-1/file"}
    assert members["bandsaw-1/file"].mode == 0o744
    assert {(member.uid, member.gid, member.uname) for member in members.values()} == {(0, 0, "")}


@pytest.mark.parametrize("path", ["/usr/bin:/bin", "/nonexistent"])
def test_the_start_script_passes_arguments_on_untouched(unpacked: Path, path: str) -> None:
    arguments = ["split", "a song *.mp3", "", "$HOME", "--out=ä"]
    answer = subprocess.check_output([unpacked / "bandsaw", *arguments], text=True, env={"PATH": path})
    assert answer.splitlines() == ["-I", "-B", f"{unpacked}/python/launch.py", *arguments]


def test_the_start_script_works_through_a_link(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(unpacked / "bandsaw")
    answer = subprocess.check_output([tmp_path / "link"], text=True)
    assert answer.splitlines() == ["-I", "-B", f"{unpacked}/python/launch.py"]


def test_only_what_the_system_lacks_is_loaded_from_the_bundle(tmp_path: Path) -> None:
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    library = next((Path(soundfile.__file__).parent / "_soundfile_data").glob("libsndfile*"))
    shutil.copy(library, libraries / "libbandsawtest.so.1")
    shutil.copy(library, libraries / "libc.so.6")
    (libraries / "libbroken.so.1").write_text("no library")
    code = "import launch, pathlib, sys\nlaunch.load_missing_libraries(pathlib.Path(sys.argv[1]))\n"
    code += "print(open('/proc/self/maps').read())"
    loaded = subprocess.check_output([sys.executable, "-B", "-c", code, libraries], text=True, cwd=LINUX)
    assert str(libraries / "libbandsawtest.so.1") in loaded
    assert str(libraries / "libc.so.6") not in loaded


def fields(entry: str) -> dict[str, str]:
    header, *lines = entry.splitlines()
    assert header == "[Desktop Entry]"
    return dict(line.split("=", 1) for line in lines)


def test_the_desktop_entry_starts_the_program_whatever_its_folder_is_called() -> None:
    desktop = load(LINUX / "desktop.py")
    program = Path("/opt") / PROGRAM / "bandsaw"
    entry = fields(desktop.desktop_entry(program))
    assert entry["TryExec"].replace("\\\\", "\\") == str(program)
    command = entry["Exec"].removesuffix(" %F").replace("\\\\", "\\").replace("%%", "%")
    # What is left is quoted as a shell quotes.
    assert subprocess.check_output(["/bin/sh", "-c", f"printf %s {command}"], text=True) == str(program)


def test_the_desktop_entry_offers_bandsaw_for_audio_files_and_nothing_else() -> None:
    kinds = fields(load(LINUX / "desktop.py").desktop_entry(Path("/bandsaw")))["MimeType"].removesuffix(";").split(";")
    assert {f".{suffix}" for suffix in KINDS} <= AUDIO_SUFFIXES
    assert set(KINDS.values()) <= set(kinds)
    assert len(set(kinds)) == len(kinds)
    assert {kind.split("/")[0] for kind in kinds} == {"audio"}


def run_install(unpacked: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = unpacked / "python" / "desktop.py"
    environment = {"HOME": str(home), "PATH": "/nonexistent"}
    return subprocess.run(
        [sys.executable, "-I", "-B", script, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_installing_and_removing_leaves_no_file(unpacked: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    for _twice in range(2):
        assert run_install(unpacked, home).returncode == 0
    entry = home / ".local/share/applications/bandsaw.desktop"
    assert "TryExec" in fields(entry.read_text(encoding="utf-8"))
    assert (home / ".local/share/icons/hicolor/scalable/apps/bandsaw.svg").read_text() == "<svg/>"
    assert (home / ".local/bin/bandsaw").resolve() == (unpacked / "bandsaw").resolve()
    moved = unpacked.rename(tmp_path / "moved")
    assert run_install(moved, home, "--remove").returncode == 0
    assert [path for path in home.rglob("*") if not path.is_dir() or path.is_symlink()] == []


def test_another_program_called_bandsaw_stays(unpacked: Path, tmp_path: Path) -> None:
    other = tmp_path / "home/.local/bin/bandsaw"
    other.parent.mkdir(parents=True)
    other.write_text("mine")
    finished = run_install(unpacked, tmp_path / "home")
    assert finished.returncode == 0
    assert str(other) in finished.stderr
    assert run_install(unpacked, tmp_path / "home", "--remove").returncode == 0
    assert other.read_text() == "mine"


def test_a_home_that_cannot_be_written_to_is_one_sentence(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    finished = run_install(unpacked, tmp_path / "home")
    assert finished.returncode == 1
    assert finished.stderr.startswith("install.sh: ")
    assert "Traceback" not in finished.stderr


def test_outside_an_environment_that_of_the_project_is_prepared_and_does_the_work(
    bundle: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[list[str]] = []
    codes = iter((0, 9))
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setattr(bundle.start, "prepare_environment", lambda extra: calls.append([extra]) or next(codes))
    monkeypatch.setattr(bundle.subprocess, "call", lambda command: calls.append(command) or 7)
    assert bundle.main() == 7
    assert calls == [["bundle"], [str(bundle.start.VENV_PYTHON), str(PACKAGING / "bundle.py")]]
    assert bundle.main() == 9  # and nothing more after it failed
    assert calls[2:] == [["bundle"]]
