"""The GPU kernels, run by Triton's interpreter on the CPU, against the core in PyTorch operations."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor

from engine.model.backend import self_test
from engine.model.mamba2 import CoreWeights, TorchCore

if TYPE_CHECKING:
    from engine.model.triton_core import TritonCore

if importlib.util.find_spec("triton") is None:
    pytest.skip("Triton is not installed", allow_module_level=True)

# Sequences, steps, heads, features of a head, state, columns of padding: one chunk, several, one step.
SIZES = [(2, 57, 2, 16, 16, 0), (2, 130, 1, 64, 32, 3), (1, 64, 2, 32, 64, 6), (1, 1, 2, 16, 16, 0)]


@pytest.fixture(scope="module")
def core() -> TritonCore:
    from engine.model.triton_core import TritonCore

    return TritonCore()


def _inputs(sizes: tuple[int, int, int, int, int, int]) -> tuple[Tensor, CoreWeights]:
    sequences, steps, heads, width, state, padding = sizes
    inner = heads * width
    generator = torch.Generator().manual_seed(0)

    def noise(*shape: int, scale: float = 1.0, mean: float = 0.0) -> Tensor:
        return (mean + scale * torch.randn(*shape, generator=generator)).requires_grad_()

    weights = CoreWeights(
        noise(inner + 2 * state, 1, 4, scale=0.5),
        noise(inner + 2 * state, scale=0.1),
        noise(heads, mean=-3),
        noise(heads),
        noise(heads),
        noise(inner, scale=0.1, mean=1),
    )
    return noise(sequences, steps, 2 * inner + 2 * state + heads + padding), weights


@pytest.mark.slow
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("reverse", [False, True])
def test_results_and_gradients_are_those_of_pytorch(
    core: TritonCore, sizes: tuple[int, int, int, int, int, int], reverse: bool
) -> None:
    projected, weights = _inputs(sizes)
    found: list[list[Tensor]] = []
    for each in (TorchCore(), core):
        output = each(projected, weights, reverse=reverse)
        output_grad = torch.randn(output.shape, generator=torch.Generator().manual_seed(1))
        found.append([output.detach(), *torch.autograd.grad(output, (projected, *weights), output_grad)])
    for name, expected, result in zip(("output", "input", *CoreWeights._fields), *found, strict=True):
        error = (result - expected).norm() / expected.norm().clamp_min(1e-6)
        # Rounding of float32, up to 3e-5 where a gradient is a small difference of large sums; a wrong term shows at
        # 1e-2.
        assert error.item() < 2e-4, name


@pytest.mark.slow
def test_gradients_are_whole_where_programs_take_several_turns(
    core: TritonCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    projected, weights = _inputs((5, 17, 2, 16, 16, 0))
    found: list[tuple[Tensor, ...]] = []
    for programs in (5, 2):
        monkeypatch.setattr("engine.model.triton_core._PARTS", programs)
        output = core(projected, weights, reverse=False)
        found.append(torch.autograd.grad(output.square().sum(), (projected, *weights)))
    for expected, result in zip(*found, strict=True):
        torch.testing.assert_close(result, expected)


@pytest.mark.slow
def test_it_passes_the_test_by_which_it_is_chosen(core: TritonCore) -> None:
    assert self_test(core, torch.device("cpu")) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("shift", [-60.0, 60.0, 1e4])
def test_extreme_steps_stay_finite(core: TritonCore, shift: float) -> None:
    projected, weights = _inputs((1, 130, 1, 16, 16, 0))  # several chunks
    weights = weights._replace(dt_bias=(weights.dt_bias + shift).detach().requires_grad_())
    output = core(projected, weights, reverse=False)
    assert output.isfinite().all()
    gradients = torch.autograd.grad(output.sum(), (projected, *weights))
    assert all(gradient.isfinite().all() for gradient in gradients)


def test_sizes_that_the_kernels_lack_go_through_pytorch(core: TritonCore) -> None:
    projected, weights = _inputs((2, 9, 1, 48, 16, 0))
    expected = TorchCore()(projected, weights, reverse=True)
    assert torch.equal(core(projected, weights, reverse=True), expected)


@pytest.mark.slow
def test_kernels_compile_for_a_gpu_and_fit_into_the_shared_memory_of_a_small_one(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    environment |= {"TRITON_CACHE_DIR": str(tmp_path), "TRITON_DEFAULT_FP_FUSION": "1"}  # or it warns of a new default
    script = Path(__file__).parents[1] / "support" / "compile_kernels.py"
    tritons_own = "ignore:AnnAssign.__init__ missing:DeprecationWarning"  # from Python 3.13 on
    command = [sys.executable, "-W", "error", "-W", tritons_own, script, "86"]
    result = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    shared: dict[str, int] = json.loads(result.stdout)
    assert len({case.rpartition(": ")[2] for case in shared}) == 8
    # Of compute capability 8.6, 8.9 and 12.0. Source: CUDA C++ Programming Guide, technical specifications.
    assert max(shared.values()) <= 99 * 1024
