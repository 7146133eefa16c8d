"""The rules of the house that a linter does not see: what an import loads, how long things get, what must not be named.

Which module may import which is import-linter's part; here they are imported for real, each time in a fresh Python.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WINDOW = {"PySide6", "pyqtgraph", "sounddevice", "miniaudio", "app"}
HOMES = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
SHOW_WINDOW = """
from PySide6.QtWidgets import QApplication
from app.compose import Studio, product_parts
application = QApplication([])
studio = Studio(application, product_parts())
studio.window.show()
application.processEvents()
assert studio.window.isVisible()
studio.close()
"""
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules_loaded_by(code: str, home: Path | None = None) -> set[str]:
    """The names of all modules that are loaded after running `code` in a fresh Python without a screen."""
    report = "\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    finished = subprocess.run(
        [sys.executable, "-B", "-c", code + report],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **{name: str(home) for name in HOMES if home}},
        capture_output=True,
        text=True,
        check=False,
    )
    if "libGL" in finished.stderr or "libEGL" in finished.stderr:
        pytest.skip("the system libraries of Qt are missing")
    assert finished.returncode == 0, finished.stderr
    return set(json.loads(finished.stdout.splitlines()[-1]))


def modules_of(package: str) -> list[str]:
    """Every module of a package by its file; without `__main__`, which would run."""
    files = [path.relative_to(ROOT).with_suffix("") for path in sorted((ROOT / package).rglob("*.py"))]
    return [".".join(path.parts).removesuffix(".__init__") for path in files if path.name != "__main__"]


def code_files() -> list[Path]:
    """The product's Python files."""
    files = [path for package in ("app", "engine") for path in sorted((ROOT / package).rglob("*.py"))]
    assert len(files) > 40
    return files


def long_functions(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield f"{node.name}: {lines} lines"


def print_calls(source: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield node.lineno


def text_files() -> Iterator[tuple[Path, str]]:
    """Every text file that may be tracked; folders that only tools write are left out."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name == ".ci" or not name.startswith(".")]
        folders[:] = [name for name in folders if name not in {"build", "dist", "stems", "__pycache__"}]
        for name in names:
            path = Path(folder, name)
            data = path.read_bytes()
            if b"\0" not in data:
                yield path.relative_to(ROOT), data.decode("utf-8", errors="replace")


def test_the_engines_api_loads_neither_torch_nor_a_window() -> None:
    loaded = modules_loaded_by("import engine.api")
    assert "engine.api" in loaded
    assert not loaded & {"torch", *WINDOW}


def test_the_whole_engine_knows_no_window_and_no_sound_device() -> None:
    modules = modules_of("engine")
    loaded = modules_loaded_by(f"import {', '.join(modules)}")
    assert len(modules) > 25
    assert "torch" in loaded  # so the check sees what deep modules load
    assert not loaded & WINDOW


def test_the_whole_app_loads_no_torch() -> None:
    modules = modules_of("app")
    loaded = modules_loaded_by(f"import {', '.join(modules)}")
    assert len(modules) > 15
    assert "PySide6.QtWidgets" in loaded
    assert "torch" not in loaded


def test_showing_the_window_loads_no_torch(tmp_path: Path) -> None:
    loaded = modules_loaded_by(SHOW_WINDOW, home=tmp_path)
    assert "app.view.main_window" in loaded
    assert "torch" not in loaded


def test_below_the_views_nobody_loads_widgets() -> None:
    # import-linter cannot name a module inside a library, so this rule is kept here alone.
    layers = ("app.viewmodel", "app.jobs", "app.playback")
    modules = [name for name in modules_of("app") if name.startswith(layers)]
    assert set(layers) < set(modules)
    assert not modules_loaded_by(f"import {', '.join(modules)}") & {"PySide6.QtWidgets", "pyqtgraph"}


def test_files_and_functions_stay_short() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in code_files()}
    assert {path: lines for path, lines in lengths.items() if lines > MAX_FILE_LINES} == {}
    found = {path: list(long_functions(path.read_text(encoding="utf-8"))) for path in lengths}
    assert {path: names for path, names in found.items() if names} == {}


def test_a_long_function_is_found() -> None:
    body = "    pass\n" * MAX_FUNCTION_LINES
    assert list(long_functions(f"class A:\n  def f():\n{body}")) == [f"f: {MAX_FUNCTION_LINES + 1} lines"]


def test_the_product_never_prints() -> None:
    assert list(print_calls("print('x')")) == [1]
    found = {path: list(print_calls(path.read_text(encoding="utf-8"))) for path in code_files()}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_the_packaging_folder_is_no_package() -> None:
    # A library of the same name is used by many tools; ours would hide it.
    assert (ROOT / "packaging" / "start.py").exists()
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_every_library_of_the_product_has_an_upper_bound() -> None:
    # A newer one is taken by whoever sets up tomorrow, or has a newer Python than the tests.
    with (ROOT / "pyproject.toml").open("rb") as file:
        libraries = tomllib.load(file)["project"]["dependencies"]
    assert len(libraries) > 10
    assert [each for each in libraries if "<" not in each] == []


def test_no_file_names_a_package_registry_or_a_place_on_a_developers_machine() -> None:
    # Put together here, so that this file does not name them either.
    halves = [("py", "pi.org"), ("pythonhosted", ".org"), ("download.py", "torch"), ("registry.npm", "js")]
    halves += [("/ro", "ot/"), ("/wo", "rk/"), ("/opt/py", "pi"), ("/opt/wh", "eels"), ("C:\\", "Users")]
    forbidden = ["".join(pair) for pair in halves]
    files = dict(text_files())
    assert {Path("pyproject.toml"), Path("README.md"), Path(".ci/run"), Path("engine/api.py")} <= set(files)
    assert {path: word for path, text in files.items() for word in forbidden if word in text} == {}
