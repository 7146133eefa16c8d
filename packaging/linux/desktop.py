"""Make an unpacked bundle known to the desktop of one user, or unknown again; `install.sh` runs this."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Of the files in `AUDIO_SUFFIXES` of the engine that hold nothing but sound, as shared-mime-info calls them.
MIME_TYPES = (
    *("audio/aac", "audio/ac3", "audio/AMR", "audio/basic", "audio/flac", "audio/mp2", "audio/mp4", "audio/mpeg"),
    *("audio/ogg", "audio/vnd.dts", "audio/vnd.wave", "audio/x-aifc", "audio/x-aiff", "audio/x-ape", "audio/x-dsf"),
    *("audio/x-flac+ogg", "audio/x-m4b", "audio/x-matroska", "audio/x-ms-wma", "audio/x-musepack"),
    *("audio/x-opus+ogg", "audio/x-tta", "audio/x-vorbis+ogg", "audio/x-wav", "audio/x-wavpack"),
)


@dataclass(frozen=True)
class Places:
    """The files that make Bandsaw known to one user's desktop.

    Attributes:
        entry: The desktop entry.
        icon: Its icon.
        command: A link to the bundle's program.
    """

    entry: Path
    icon: Path
    command: Path


def user_places(environment: Mapping[str, str], home: Path) -> Places:
    """Where the files belong. Source: XDG Base Directory Specification; a relative XDG_DATA_HOME does not count."""
    chosen = Path(environment.get("XDG_DATA_HOME", ""))
    data = chosen if chosen.is_absolute() else home / ".local" / "share"
    return Places(
        entry=data / "applications" / "bandsaw.desktop",
        icon=data / "icons" / "hicolor" / "scalable" / "apps" / "bandsaw.svg",
        command=home / ".local" / "bin" / "bandsaw",
    )


def desktop_entry(program: Path) -> str:
    """The text of the desktop entry of a program. Source: Desktop Entry Specification 1.5."""
    lines = {
        "Type": "Application",
        "Name": "Bandsaw",
        "GenericName": "Stem splitter",
        "GenericName[de]": "Programm zum Trennen von Musik",
        "Comment": "Split songs into vocals, bass, drums and other",
        "Comment[de]": "Songs in Gesang, Bass, Schlagzeug und Übriges trennen",
        "TryExec": _string(str(program)),
        "Exec": f"{_string(_argument(str(program)))} %F",
        "Icon": "bandsaw",
        "Terminal": "false",
        "StartupNotify": "true",
        "StartupWMClass": "bandsaw",
        "Categories": "AudioVideo;Audio;",
        "Keywords": "stems;vocals;karaoke;separation;music;",
        "MimeType": "".join(f"{kind};" for kind in MIME_TYPES),
    }
    return "[Desktop Entry]\n" + "".join(f"{key}={value}\n" for key, value in lines.items())


def install(program: Path, icon: Path, places: Places) -> None:
    """Write the entry, its icon and the link; a file of another program in the link's place stays.

    Raises:
        OSError: Something cannot be written.
    """
    for path in (places.entry, places.icon, places.command):
        path.parent.mkdir(parents=True, exist_ok=True)
    places.entry.write_text(desktop_entry(program), encoding="utf-8")
    shutil.copyfile(icon, places.icon)
    if _is_ours(places.command):
        places.command.unlink()
    if not os.path.lexists(places.command):
        places.command.symlink_to(program)
    _refresh(places)


def remove(places: Places) -> None:
    """Remove what `install` made, also after the bundle was moved or deleted.

    Raises:
        OSError: Something cannot be removed.
    """
    places.entry.unlink(missing_ok=True)
    places.icon.unlink(missing_ok=True)
    if _is_ours(places.command):
        places.command.unlink()
    _refresh(places)


def main(arguments: list[str]) -> int:
    """Run `install.sh` with these arguments and return its exit code."""
    parser = argparse.ArgumentParser(prog="install.sh", description="Put Bandsaw into this user's menu of programs.")
    parser.add_argument("--remove", action="store_true", help="take it out again")
    options = parser.parse_args(arguments)
    bundle = Path(__file__).resolve().parents[1]
    places = user_places(os.environ, Path.home())
    try:
        if options.remove:
            remove(places)
            print("Bandsaw is out of the menu; to remove it, delete its folder:", bundle)
            return 0
        install(bundle / "bandsaw", bundle / "bandsaw.svg", places)
    except OSError as error:
        print(f"install.sh: {error}", file=sys.stderr)
        return 1
    print("Bandsaw is in the menu and opens audio files from", bundle)
    if places.command.resolve() != (bundle / "bandsaw").resolve():
        print(f"{places.command} belongs to something else and was left as it is", file=sys.stderr)
    return 0


def _is_ours(command: Path) -> bool:
    """Whether it is a link that `install` made: to a program beside its launcher, or to where a bundle was."""
    if not command.is_symlink():
        return False
    target = command.readlink()
    return not target.exists() or (target.parent / "python" / "launch.py").exists()


def _argument(text: str) -> str:
    for special in ("\\", '"', "`", "$"):  # the backslash first
        text = text.replace(special, "\\" + special)
    return '"' + text.replace("%", "%%") + '"'


def _string(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _refresh(places: Places) -> None:
    """Let the desktop read its entries again, where it does not watch them by itself."""
    tool = shutil.which("update-desktop-database")
    if tool:
        subprocess.run([tool, "-q", str(places.entry.parent)], check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
