"""What the first start costs and says, what it leaves for the second one, and what happens where it may not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from tests.golden import recipe
from tests.support.models import TINY_OF_EACH, save_tiny_model

PROJECT = Path(__file__).parents[2]
_MACHINE_CODE = "*.nb[ic]"  # beside it come and go the files of modules that other tests import


def _run(cache: Path, *arguments: str) -> str:
    """Run Python with a folder for machine code; returns what it tells beside its result."""
    command, variables = [sys.executable, *arguments], os.environ | {"NUMBA_CACHE_DIR": str(cache)}
    run = subprocess.run(command, check=True, cwd=PROJECT, env=variables, capture_output=True, text=True)
    return run.stdout + run.stderr


# Splits two songs with each model in turn, at the precision that stands before it, and tells of every function that was
# compiled; without the process that computes, which leaves the processor to whatever else runs.
_COMMAND = """
import sys
from pathlib import Path
from engine.cli import run_command_line, split
from tests.support.engines import InProcessEngine
split.EngineProcess = InProcessEngine
cache, folder, *models = map(Path, sys.argv[1:])
songs = [str(folder / "one.wav"), str(folder / "two.wav")]
for precision, model in zip(models[::2], models[1::2]):
    known = set(cache.rglob("*"))
    arguments = ["--precision", str(precision), "--model", str(model), "--out", str(folder / "out"), "--device", "cpu"]
    if code := run_command_line(["split", *songs, *arguments, "--overwrite"]):
        sys.exit(code)
    # Between the notes, which are told there too.
    print("compiled:", *{path.name.split("-")[0] for path in set(cache.rglob("*")) - known}, file=sys.stderr)
"""


def _split(cache: Path, folder: Path, *models: tuple[str, str]) -> list[str]:
    """Split two songs with each model, an architecture and a precision, as one start of the program.

    Returns:
        The notes, and after those of each model what was compiled for it.
    """
    arguments: list[str] = []
    for architecture, precision in models:
        path = save_tiny_model(folder / f"{architecture}.safetensors", TINY_OF_EACH[architecture])
        arguments += [precision, str(path)]
    for name in ("one.wav", "two.wav"):
        soundfile.write(folder / name, recipe.signal(3000).T, 44100)
    told = _run(cache, "-c", _COMMAND, str(cache), str(folder), *arguments)
    assert len(list((folder / "out").rglob("*.wav"))) == 8
    assert "kernels cannot be used" not in told
    return [line for line in told.splitlines() if line.startswith(("note: ", "compiled:"))]


def _files(folder: Path, pattern: str = "*") -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob(pattern) if path.is_file()}


@pytest.mark.slow
def test_only_the_first_use_of_kernels_compiles_and_it_says_so(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    models = [("ts-bsmamba2", "float32"), ("bs-roformer", "float32"), ("ts-bsmamba2", "int16")]
    functions = ["fused_mixer.mix", "fused_transformer.transform", "fused_exchange.exchange"]
    first = _split(cache, tmp_path, *models)
    assert first[::2] == ["note: one.wav: getting ready for this processor, which happens only once"] * len(models)
    for line, function in zip(first[1::2], functions, strict=True):
        assert function in line.split()
    kept = _files(cache)
    assert _split(cache, tmp_path, *models) == ["compiled:"] * len(models)
    assert _files(cache) == kept


def test_what_is_tried_before_a_song_comes_is_not_compiled_for_it(tmp_path: Path) -> None:
    _run(tmp_path, "-c", "from engine.inference.runner import try_device; try_device()")
    assert not _files(tmp_path)


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_told_once_and_nothing_is_kept_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache, sources = tmp_path / "file" / "cache", PROJECT / "engine"  # no folder, not even for an administrator
    before = _files(sources, _MACHINE_CODE)
    note, compiled = _split(cache, tmp_path, ("bs-roformer", "float32"))
    assert note.startswith("note: one.wav: getting ready for this processor, at every start, because ")
    assert str(cache) in note
    assert compiled == "compiled:"
    assert _files(sources, _MACHINE_CODE) == before


_ADD = """
import numpy as np
from engine.training.render.loops import add
track = np.zeros(3, np.float32)
add(track, np.ones(2, np.float32), 1, np.float32(2))
assert track.tolist() == [0, 2, 2]
print(sum(add.stats.cache_hits.values()))
"""


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize("content", [b"", b"no machine code"])
def test_damaged_machine_code_is_made_anew_and_kept(tmp_path: Path, suffix: str, content: bytes) -> None:
    assert _run(tmp_path, "-c", _ADD) == "0\n"
    for file in _files(tmp_path, f"*.{suffix}"):
        file.write_bytes(content)
    assert [_run(tmp_path, "-c", _ADD) for _start in range(2)] == ["0\n", "1\n"]


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit of a file's size")
def test_a_full_disk_does_not_keep_kernels_from_being_used(tmp_path: Path) -> None:
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))"
    assert _run(tmp_path, "-c", full + _ADD) == "0\n"
    assert _run(tmp_path, "-c", _ADD) == "0\n"
    assert _run(tmp_path, "-c", _ADD) == "1\n"


def test_computers_with_other_processors_share_nothing_in_the_folder(tmp_path: Path) -> None:
    code = "import engine.training.render.loops, numba; print(numba.config.CACHE_DIR)"
    lesser = f"import os; os.environ.update(NUMBA_CPU_NAME='generic', NUMBA_CPU_FEATURES=''); {code}"
    assert _run(tmp_path, "-c", code) == _run(tmp_path, "-c", code) != _run(tmp_path, "-c", lesser)
    assert len(list(tmp_path.iterdir())) == 2
