"""What `benchmarks/gpu_pack.py` makes of the weights that a GPU machine starts from."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
import torch


def test_weights_are_rounded_by_their_size_and_zeros_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))  # to which the script adds the folder of the engine
    spec = importlib.util.spec_from_file_location("gpu_pack", Path(__file__).parents[1] / "benchmarks" / "gpu_pack.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    weights = torch.randn(64, 64, generator=torch.Generator().manual_seed(0))
    for matrix in (weights, 1e-3 * weights, torch.zeros(4, 4)):
        rounded = script.rounded(matrix)
        assert rounded.dtype == torch.float16
        # A sixteenth of the root of the mean square, or up to 1.5 times that as it is a power of two; at most half off.
        assert float((rounded.float() - matrix).abs().max()) <= 0.5 * 1.5 / 16 * float(matrix.square().mean().sqrt())
