"""The fast scan and the mixer core against the definition."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from engine.model.backend import choose_backend, self_test
from engine.model.fused_core import FusedCore
from engine.model.mamba2 import CoreWeights, TorchCore
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


def test_backend_choice_says_what_it_tested() -> None:
    chosen = choose_backend(torch.device("cpu"))
    assert chosen.name == "numba"
    assert "self-test" in chosen.reason


def test_a_core_is_loaded_once_and_tested_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nothing(TorchCore):
        def __call__(self, projected: Tensor, weights: object, *, reverse: bool) -> Tensor:
            return torch.nan * super().__call__(projected, weights, reverse=reverse)  # type: ignore[arg-type]

    loaded: list[TorchCore] = []
    for kind, name in ((TorchCore, "numba"), (Nothing, "pytorch")):

        def load(kind: type[TorchCore] = kind) -> TorchCore:
            loaded.append(kind())
            return loaded[-1]

        monkeypatch.setattr("engine.model.backend._LOADERS", {"cpu": {"numba": load}})
        chosen = choose_backend(torch.device("cpu"))
        assert chosen.name == name
        assert (chosen.core is loaded[-1]) == (name == "numba")
    assert len(loaded) == 2
    assert "failed their self-test (error nan)" in chosen.reason


def test_a_kernel_that_fails_leaves_the_plain_path(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise OSError("no space for machine code\nmore")

    monkeypatch.setattr("engine.model.fused_forward.forward", broken)
    chosen = choose_backend(torch.device("cpu"))
    assert chosen.name == "pytorch"
    assert chosen.reason == "the numba kernels cannot be used: no space for machine code"


_SIZES = st.tuples(st.integers(1, 8), st.sampled_from([16, 48, 64]), st.sampled_from([16, 64, 128]), st.integers(1, 4))


def _core_inputs(sizes: tuple[int, int, int, int], length: int, seed: int) -> tuple[Tensor, CoreWeights]:
    heads, width, state, batch = sizes
    inner = heads * width
    generator = torch.Generator().manual_seed(seed)

    def noise(*shape: int, scale: float = 1.0) -> Tensor:
        return scale * torch.randn(*shape, generator=generator)

    weights = CoreWeights(
        noise(inner + 2 * state, 1, 4, scale=0.5),
        noise(inner + 2 * state, scale=0.1),
        noise(heads) - 3,
        noise(heads).abs(),
        noise(heads),
        noise(inner, scale=0.1) + 1,
    )
    # A part of wider rows, as the halves of one joint projection are.
    return noise(batch, length, 2 * (2 * inner + 2 * state + heads)).chunk(2, dim=-1)[1], weights


@given(sizes=_SIZES, length=st.integers(1, 300), reverse=st.booleans(), seed=st.integers(0, 2**31))
def test_fused_core_equals_the_plain_one(
    sizes: tuple[int, int, int, int], length: int, reverse: bool, seed: int
) -> None:
    _assert_fused_equals_plain(FusedCore(), _core_inputs(sizes, length, seed), reverse=reverse)


@pytest.mark.parametrize("reverse", [False, True])
def test_fused_core_equals_the_plain_one_at_every_length(reverse: bool) -> None:
    core = FusedCore()
    for length in range(1, 301):
        _assert_fused_equals_plain(core, _core_inputs((1, 16, 16, 1), length, length), reverse=reverse)


@pytest.mark.parametrize("heads", range(1, 9))
def test_fused_core_equals_the_plain_one_with_any_number_of_heads(heads: int) -> None:
    for length in (5, 57, 130, 259):
        for reverse in (False, True):
            _assert_fused_equals_plain(FusedCore(), _core_inputs((heads, 64, 128, 2), length, heads), reverse=reverse)


def _assert_fused_equals_plain(core: FusedCore, inputs: tuple[Tensor, CoreWeights], *, reverse: bool) -> None:
    projected, weights = inputs
    expected = TorchCore()(projected, weights, reverse=reverse)
    error = (core(projected, weights, reverse=reverse) - expected).norm() / expected.norm()
    # 110 dB.
    assert float(error) < 3e-6


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("length", [1, 3, 57, 259])
def test_fused_gradients_are_those_of_the_plain_core(length: int, reverse: bool) -> None:
    projected, weights = _core_inputs((2, 48, 16, 20), length, 3)
    gradients: list[tuple[Tensor, ...]] = []
    for core, dtype in ((TorchCore(), torch.float64), (FusedCore(), torch.float32)):
        leaves = [value.to(dtype).requires_grad_() for value in (projected, *weights)]
        output = core(leaves[0], CoreWeights(*leaves[1:]), reverse=reverse)
        pattern = torch.sin(torch.arange(output.numel(), dtype=dtype)).view_as(output)
        gradients.append(torch.autograd.grad((output * pattern).sum(), leaves))
    for expected, got in zip(*gradients, strict=True):
        # One step has no decay, and so no gradient for it.
        torch.testing.assert_close(got.double(), expected, rtol=2e-4, atol=2e-5 * float(expected.abs().max()) + 1e-5)


def test_fused_core_stays_finite_for_extreme_inputs() -> None:
    projected, weights = _core_inputs((2, 64, 16, 2), 70, 4)
    for factor in (0.0, 100.0, 1e4):
        for step in (-200.0, 60.0):
            extreme = weights._replace(dt_bias=weights.dt_bias + step)
            assert FusedCore()(factor * projected, extreme, reverse=False).isfinite().all()


def test_fused_core_computes_without_denormal_numbers_and_leaves_them_to_others() -> None:
    projected, weights = _core_inputs((1, 16, 16, 1), 20, 6)
    tiny = weights._replace(norm_weight=torch.full((16,), 1e-42))
    assert TorchCore()(projected, tiny, reverse=False).any()
    assert not FusedCore()(projected, tiny, reverse=False).any()
    assert (tiny.norm_weight * 2).all()


def test_fused_core_does_not_depend_on_the_number_of_threads() -> None:
    projected, weights = _core_inputs((2, 64, 16, 33), 70, 5)
    threads = torch.get_num_threads()
    outputs: list[Tensor] = []
    try:
        for count in (1, 2, 4):
            torch.set_num_threads(count)
            outputs.append(FusedCore()(projected, weights, reverse=True))
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(outputs[0], outputs[1])
    assert torch.equal(outputs[0], outputs[2])
