"""A folder of some 65 MB with what training on a GPU needs, for a machine that reaches no package registry.

    python benchmarks/gpu_pack.py ASSETS PACK [--python 3.12]

copies the asset pack, downloads the packages that an installation of PyTorch with numba does not have, and keeps the
bundled weights in steps of about a sixteenth of their size, exact enough to start training from. With `benchmarks` and
`engine` beside it, PACK=DIR tells `gpu_slice.sh` to use this folder.
"""

from __future__ import annotations

import argparse
import lzma
import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the engine beside us, installed or not

import torch
from torch import Tensor

from engine.model.checkpoint import load_checkpoint, save_checkpoint

BUNDLED = Path(__file__).parents[1] / "resources" / "models" / "default.safetensors"
PACKAGES = ("soundfile", "cffi", "pycparser", "soxr", "python-stretch", "platformdirs", "pathvalidate")
STEPS = 16  # from zero to the root of a matrix's mean square


def main() -> None:
    """Make the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assets", type=Path, metavar="ASSETS")
    parser.add_argument("pack", type=Path, metavar="PACK")
    parser.add_argument("--python", default="3.12", help="version on the machine with the GPU")
    options = parser.parse_args()
    shutil.copytree(options.assets, options.pack / "assets")
    where = ["--only-binary=:all:", "--no-deps", "--python-version", options.python]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", *where]
    subprocess.run([*pip, "--dest", str(options.pack / "wheels"), *PACKAGES], check=True)
    (options.pack / "weights.safetensors.xz").write_bytes(packed(BUNDLED))
    size = sum(path.stat().st_size for path in options.pack.rglob("*") if path.is_file())
    sys.stdout.write(f"{size / 1e6:.1f} MB in {options.pack}\n")


def packed(path: Path) -> bytes:
    """A checkpoint with rounded weights, compressed."""
    checkpoint = load_checkpoint(path)
    weights = {name: rounded(value) if value.ndim > 1 else value.half() for name, value in checkpoint.weights.items()}
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / path.name
        save_checkpoint(written, weights, checkpoint.card)
        # Two bytes a number: `lp` and `pb` tell the first from the second.
        filters = [{"id": lzma.FILTER_LZMA2, "preset": 9, "lc": 3, "lp": 1, "pb": 1}]
        return lzma.compress(written.read_bytes(), filters=filters)


def rounded(matrix: Tensor) -> Tensor:
    """A matrix in float16 whose numbers are multiples of a power of two, so that they compress."""
    size = float(matrix.square().mean().sqrt())
    if size == 0:
        return matrix.half()
    step = 2.0 ** round(math.log2(size / STEPS))
    return (torch.round(matrix / step) * step).half()


if __name__ == "__main__":
    main()
