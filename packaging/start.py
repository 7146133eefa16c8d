"""Set Bandsaw up and run it: `python3 packaging/start.py`.

    start.py [files]                open the window
    start.py split ...              run this or another command of Bandsaw, without a window
    start.py test [pytest options]  run the linter, the type checker, the import rules and the tests; -n 0: one by one

Any Python from 3.8 on can run this file; Bandsaw itself gets the oldest there is of 3.11 to 3.14. The first start takes
some minutes, later ones find the environment in `.venv` ready. What is said here goes to standard error, because
standard output belongs to the command line's results.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
VENV_BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
VENV_PYTHON = VENV_BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "bandsaw-installed"
PYTHONS = ((3, 11), (3, 12), (3, 13), (3, 14))  # in order of preference
QT_ON_ARM = (2, 39)  # the oldest glibc that PySide6 6.11 is made for there; on x86-64, Debian 12 is new enough
HEADLESS = (
    "split", "forward", "evaluate", "train", "train-report", "augment-preview", "info", "bench", "compare", "models",
)  # fmt: skip

# As many tests at a time as there are processors, those of a file one after another: they may share what takes long to
# make. Not more than four: each takes up to 3 GB, what its tests start not counted.
IN_PARALLEL = ("-n", "logical", "--maxprocesses", "4", "--dist", "loadfile", "--no-loadscope-reorder")
NICENESS = 10  # the engine's, which tests wait for

# Shared library -> Debian package. Releases with 64-bit time renamed some, but still answer to these names.
TEST_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libbrotlidec.so.1": "libbrotli1",
    "libportaudio.so.2": "libportaudio2",
}
WINDOW_LIBRARIES = {
    **TEST_LIBRARIES,
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}


def say(text: str) -> None:
    """Tell the user what happens."""
    print(text, file=sys.stderr, flush=True)


def missing_packages(libraries: dict[str, str]) -> list[str]:
    """The Debian packages of the shared libraries that do not load; outside Linux the wheels bring them all."""
    if not sys.platform.startswith("linux"):
        return []
    return [package for library, package in libraries.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_packages(packages: list[str]) -> bool:
    """Install Debian packages when that is possible without asking, else say how; whether they are there now."""
    if not packages:
        return True
    names = " ".join(packages)
    apt = shutil.which("apt-get")
    if apt and os.name == "posix" and os.geteuid() == 0:
        say(f"== system packages: installing {names}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = [apt, "install", "-y", "--no-install-recommends", *packages]
        subprocess.call([apt, "update"], env=environment, stdout=2)
        if subprocess.call(install, env=environment, stdout=2) == 0:
            return True
    say(f"System packages are missing; on Debian or Ubuntu, this brings them:\n\n    sudo apt-get install {names}\n")
    return False


def python_version(python: Path | str, module: str) -> tuple[int, int] | None:
    """The version of an interpreter, or None when it does not run or lacks a module."""
    probe = f"import sys, {module}; print(*sys.version_info[:2])"
    try:
        answer = subprocess.check_output([str(python), "-I", "-c", probe], stderr=subprocess.DEVNULL).split()
        return int(answer[0]), int(answer[1])
    except (OSError, subprocess.CalledProcessError, ValueError, IndexError):
        return None


def launched_python(version: tuple[int, int]) -> str | None:
    """What Windows' launcher starts for a version, as installers there put no `python3.11` on the path; else None."""
    launcher = shutil.which("py") if os.name == "nt" else None
    if launcher is None:
        return None
    command = [launcher, "-{}.{}".format(*version), "-X", "utf8", "-c", "import sys; print(sys.executable)"]
    try:
        return subprocess.check_output(command, stderr=subprocess.DEVNULL).decode("utf-8").strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def obstacle_of(python: str) -> str:
    """Why there is no PyTorch or no Qt for an interpreter, in one sentence; empty if there are both."""
    probe = "import platform, sys; print(sys.platform, platform.machine(), sys.maxsize > 2**32, *platform.libc_ver())"
    try:
        answer = subprocess.check_output([python, "-I", "-c", probe], stderr=subprocess.DEVNULL).decode().split()
    except (OSError, subprocess.CalledProcessError):
        return ""
    if answer[:2] == ["darwin", "x86_64"]:
        return (
            "PyTorch is no longer made for Intel Macs, which this Python is for; on a Mac with Apple silicon, install "
            "Python from https://www.python.org/downloads and start Bandsaw with that."
        )
    if answer[:1] == ["win32"] and answer[2] == "False":
        return "PyTorch is not made for 32 bits, which this Python has; install the one with 64 bits."
    if [*answer[:2], *answer[3:4]] == ["linux", "aarch64", "glibc"]:
        glibc = answer[4]
        if tuple(map(int, glibc.split("."))) < QT_ON_ARM:
            needed = "{}.{}".format(*QT_ON_ARM)
            return f"For ARM, Qt is made for glibc {needed} or newer (Debian 13, Ubuntu 24.04); this is {glibc}."
    return ""


def choose_python() -> str | None:
    """An interpreter that Bandsaw runs on and that can make an environment, or None when there is no way to one."""
    candidates: list[str] = []  # some may lack `ensurepip`, which Debian ships on its own
    for version in PYTHONS:
        named = shutil.which("python{}.{}".format(*version))
        own = sys.executable if sys.version_info[:2] == version else None
        found = (own, named, launched_python(version))
        candidates += [path for path in found if path and python_version(path, "venv") == version]
    obstacles = [obstacle_of(python) for python in candidates]
    candidates = [python for python, obstacle in zip(candidates, obstacles) if not obstacle]  # noqa: B905 - not in 3.8
    for python in candidates:
        if python_version(python, "ensurepip"):
            return python
    if not candidates:
        none = "Bandsaw needs Python 3.11 to 3.14, and none of them is installed: see https://www.python.org/downloads"
        say(obstacles[0] if obstacles else none)
        return None
    version = python_version(candidates[0], "sys")
    return candidates[0] if version and install_packages(["python{}.{}-venv".format(*version)]) else None


def compilers() -> list[str]:
    """The Debian packages missing to compile miniaudio and python-stretch, which must be done on Linux for ARM."""
    if not sys.platform.startswith("linux") or platform.machine() != "aarch64":
        return []
    probe = "import sysconfig; print(sysconfig.get_path('include'))"
    headers = Path(subprocess.check_output([str(VENV_PYTHON), "-I", "-c", probe]).decode().strip())
    there = {"g++": shutil.which("g++"), f"{headers.name}-dev": (headers / "Python.h").exists()}
    return [package for package, found in there.items() if not found]


def prepare_environment(extra: str) -> int:
    """Make or update `.venv` so that it holds Bandsaw with an extra (`test` or none); 0 or an exit code."""
    version = python_version(VENV_PYTHON, "pip")
    if version not in PYTHONS:
        python = choose_python()
        if python is None:
            return 1
        say(f"== environment: making {VENV} with {python}")
        code = subprocess.call([python, "-m", "venv", "--clear", str(VENV)], stdout=2)
        if code:
            return code
        version = python_version(VENV_PYTHON, "pip")
    # The folder counts too: an environment that was copied along with the project still points to the first one.
    facts = (ROOT / "pyproject.toml").read_bytes() + f"{version} {ROOT}".encode()
    digest = hashlib.sha256(facts).hexdigest()
    installed = STAMP.read_text(encoding="utf-8").split() if STAMP.exists() else []
    if installed[:1] == [digest] and (not extra or extra in installed[1:]):
        return 0
    install_packages(compilers())
    say("== environment: installing Bandsaw and what it needs; the first time this takes some minutes")
    target = f".[{extra}]" if extra else "."
    code = subprocess.call([str(VENV_PYTHON), "-m", "pip", "install", "-e", target], cwd=str(ROOT), stdout=2)
    if code == 0:
        STAMP.write_text(f"{digest} {extra}\n", encoding="utf-8")
    return code


def run_to_its_end(command: list[str]) -> int:
    """Run a command in the project's folder; its exit code.

    Ctrl-C reaches the command too, and it is not killed before it has ended its own processes; a second one may.
    """
    with subprocess.Popen(command, cwd=str(ROOT)) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait()
            raise


def run_checks(pytest_options: list[str]) -> int:
    """Run every check, also after one failed; the exit code of the first that did.

    The type checker works beside the others, when the tests leave a processor idle, and has its say last.
    """
    beside = [str(VENV_PYTHON), "-m", "pyright"]
    checks = {
        "ruff check": ["-m", "ruff", "check"],
        "ruff format": ["-m", "ruff", "format", "--check"],
        "lint-imports": ["-c", "from importlinter.cli import lint_imports_command as main; main()"],
        "pytest": ["-m", "pytest", *IN_PARALLEL, "--durations", "10", *pytest_options],
    }
    codes: dict[str, int] = {}
    with subprocess.Popen(beside, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as pyright:
        if hasattr(os, "setpriority"):
            os.setpriority(os.PRIO_PROCESS, pyright.pid, NICENESS)
        for name, command in checks.items():
            say(f"\n== {name}")
            codes[name] = run_to_its_end([str(VENV_PYTHON), *command])
        say("\n== pyright")
        sys.stdout.buffer.write(pyright.communicate()[0])
        sys.stdout.flush()
        codes["pyright"] = pyright.returncode
    say("")
    for name, code in codes.items():
        say(f"{name}: " + ("passed" if code == 0 else f"failed with exit code {code}"))
    return next((code for code in codes.values() if code), 0)


def main(arguments: list[str]) -> int:
    """Prepare what the arguments need, then run it."""
    command = arguments[0] if arguments else ""
    testing = command == "test"
    headless = command in HEADLESS or command.startswith("-")
    if not headless:
        # Not reason enough to stop: the tests skip what they cannot run, and the window says itself what it lacks.
        install_packages(missing_packages(TEST_LIBRARIES if testing else WINDOW_LIBRARIES))
    code = prepare_environment("test" if testing else "")
    if code:
        say(f"The set-up failed with exit code {code}; the lines above say why.")
        return code
    if testing:
        return run_checks(arguments[1:])
    # -P: a folder called `app` or `engine` where the user happens to be is none of ours.
    run = [str(VENV_PYTHON), "-P", "-m", "engine" if headless else "app", *arguments]
    if os.name != "nt":
        os.execv(run[0], run)  # Ctrl-C and signals then reach Bandsaw itself, which cleans up
    return subprocess.call(run)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)  # what a shell reports for a program ended by Ctrl-C
