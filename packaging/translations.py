"""Collects the words of the window for translators, and compiles what they wrote.

    python packaging/translations.py           after changing a text in app/ or engine/, and again after translating
    python packaging/translations.py --check   fails where the files are not what the first form would write

The sources are resources/translations/*.ts (edit them with pyside6-linguist or by hand), the window reads the *.qm.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import PySide6

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
# English only needs its plurals.
_LUPDATE = (
    *("-locations", "none", "-no-obsolete", "-sort-messages", "-silent"),
    *("-tr-function-alias", "QT_TR_NOOP+=tr_later,QT_TR_NOOP+=say"),
)
SOURCES = {"bandsaw_en.ts": ["-pluralonly"], "bandsaw_de.ts": []}


def main() -> int:
    """Run; returns the exit code."""
    if sys.argv[1:] != ["--check"]:
        update(FOLDER)
        return 0
    with tempfile.TemporaryDirectory() as name:
        fresh = Path(name)
        for source in SOURCES:
            shutil.copy(FOLDER / source, fresh)
        update(fresh)
        stale = [made.name for made in sorted(fresh.iterdir()) if not _same(made, FOLDER / made.name)]
    for each in stale:
        print(f"{each} is not up to date: run python packaging/translations.py")
    return 1 if stale else 0


def update(folder: Path) -> None:
    """Bring the .ts files of a folder up to date with the code, and make the .qm files from them."""
    code = sorted(str(file.relative_to(ROOT)) for part in ("app", "engine") for file in (ROOT / part).rglob("*.py"))
    for name, options in SOURCES.items():
        source = folder / name
        _run("lupdate", *options, *_LUPDATE, *code, "-ts", str(source))
        _run("lrelease", "-silent", str(source), "-qm", str(source.with_suffix(".qm")))


def _run(tool: str, *arguments: str) -> None:
    program = shutil.which(tool, path=str(Path(PySide6.__file__).parent))
    if program is None:
        raise SystemExit(f"PySide6 has no {tool}")
    subprocess.run([program, *arguments], check=True, cwd=ROOT)


def _same(made: Path, kept: Path) -> bool:
    return kept.exists() and made.read_bytes() == kept.read_bytes()


if __name__ == "__main__":
    sys.exit(main())
