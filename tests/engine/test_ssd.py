"""The fast scan and the mixer core against the definition."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from engine.model.backend import choose_backend, self_test
from engine.model.mamba2 import TorchCore
from engine.model.ssd import scan_chunked, scan_recurrent


def _inputs(length: int, heads: int, seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)

    def noise(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    x, dt = noise(2, length, heads, 4), torch.nn.functional.softplus(noise(2, length, heads) - 2)
    return x, dt, -noise(heads).exp(), noise(2, length, 8), noise(2, length, 8)


@given(length=st.integers(1, 200), heads=st.integers(1, 3), seed=st.integers(0, 2**31))
def test_chunked_scan_equals_the_recurrence(length: int, heads: int, seed: int) -> None:
    inputs = _inputs(length, heads, seed)
    # float64 rounding over 200 steps; a wrong decay or chunk border would show at 1e-2.
    torch.testing.assert_close(scan_chunked(*inputs), scan_recurrent(*inputs), rtol=1e-9, atol=1e-10)


def test_recurrence_without_decay_or_input_gate_is_a_running_sum() -> None:
    x = torch.ones(1, 5, 1, 1, dtype=torch.float64)
    ones = torch.ones(1, 5, 1, dtype=torch.float64)
    y = scan_recurrent(x, ones, torch.zeros(1, dtype=torch.float64), ones, ones)
    assert y.flatten().tolist() == [1, 2, 3, 4, 5]


def test_scan_gradients_are_those_of_finite_differences() -> None:
    inputs = _inputs(70, 2, 1)
    leaves = tuple(value.requires_grad_() for value in inputs)
    assert torch.autograd.gradcheck(scan_chunked, leaves, fast_mode=True)


@pytest.mark.parametrize("extreme", [60.0, -200.0])
def test_scan_stays_finite_for_extreme_steps(extreme: float) -> None:
    x, dt, a, b, c = (value.float() for value in _inputs(130, 2, 2))
    y = scan_chunked(x, torch.nn.functional.softplus(dt + extreme), a, b, c)
    assert y.isfinite().all()


def test_self_test_accepts_a_right_core_and_rejects_a_wrong_one() -> None:
    class Wrong(TorchCore):
        def __call__(self, projected: Tensor, weights: object, *, reverse: bool) -> Tensor:
            return super().__call__(projected, weights, reverse=not reverse)  # type: ignore[arg-type]

    cpu = torch.device("cpu")
    assert self_test(TorchCore(), cpu) < 1e-5
    assert self_test(Wrong(), cpu) > 0.1


def test_backend_choice_says_why_the_kernels_are_not_used() -> None:
    backend = choose_backend(torch.device("cpu"))
    assert backend.name == "pytorch"
    assert "cpu" in backend.reason
