"""The vector code of the compiled functions: what it computes, and where its numbers lie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.model.fused_exchange import make_exchange_work
from engine.model.fused_forward import columns_of
from engine.model.fused_mixer import make_mixer_work
from engine.model.fused_parts import Sizes, stacked
from engine.model.fused_product import panels, panels_int16
from engine.model.simd import LANES, Vector, vector_loop

_Floats = NDArray[np.float64]
_COUNT = 4096


def _computed(function: Callable[[Vector], Vector], x: NDArray[np.float32]) -> NDArray[np.float32]:
    def of_vector(x: Vector) -> Vector:
        return function(x)

    loop = vector_loop()(of_vector)

    @numba.njit
    def run(x: Any, out: Any) -> None:  # noqa: ANN401
        loop(out, 0, x.shape[0], x, 0)

    out = np.zeros_like(x)
    run(x, out)
    return out


def _exp(x: _Floats) -> _Floats:
    return np.exp(np.clip(x, -86, 86))


def _silu(x: _Floats) -> _Floats:
    return x / (1 + _exp(-x))


@pytest.mark.parametrize(
    ("function", "expected", "relative"),
    [
        pytest.param(Vector.exp, _exp, 5e-7, id="exp"),
        pytest.param(Vector.silu, _silu, 6e-7, id="silu"),
        pytest.param(Vector.sigmoid, lambda x: 1 / (1 + _exp(-x)), 6e-7, id="sigmoid"),
        pytest.param(Vector.softplus, lambda x: np.logaddexp(0, x), 6e-7, id="softplus"),
        pytest.param(lambda x: x.minimum(20.0).exp2(), np.exp2, 4e-7, id="exp2"),
    ],
)
def test_functions_are_exact_to_a_few_last_bits(
    function: Callable[[Vector], Vector], expected: Callable[[_Floats], _Floats], relative: float
) -> None:
    x = np.linspace(-20, 20, _COUNT, dtype=np.float32)
    np.testing.assert_allclose(_computed(function, x), expected(x.astype(np.float64)), rtol=relative)


def test_the_hyperbolic_tangent_is_exact_as_a_number() -> None:
    x = np.linspace(-20, 20, _COUNT, dtype=np.float32)
    np.testing.assert_allclose(_computed(Vector.tanh, x), np.tanh(x.astype(np.float64)), atol=3e-7)


@pytest.mark.parametrize("far", [100.0, 1e4, 3e38, np.inf])
def test_functions_keep_their_limits_far_out(far: float) -> None:
    x = np.repeat(np.array([-far, far], np.float32), LANES)
    for function, low, high in ((Vector.sigmoid, 0.0, 1.0), (Vector.tanh, -1.0, 1.0)):
        np.testing.assert_allclose(_computed(function, x), np.repeat([low, high], LANES), atol=1e-30)
    exponentials = _computed(Vector.exp, x)
    assert np.all(exponentials > 0)
    assert np.all(np.isfinite(1 / exponentials))


def _arrays(work: object) -> list[NDArray[Any]]:
    if isinstance(work, np.ndarray):
        return [work]
    assert isinstance(work, tuple)
    return [array for part in work for array in _arrays(part)]


@pytest.mark.parametrize("length", [1, 57, 259])
def test_what_vectors_are_read_from_begins_with_a_cache_line(length: int) -> None:
    weights = np.ones((64, 144), np.float32)
    prepared = (panels(weights), panels_int16(weights), stacked([panels(weights)] * 3))
    sizes = Sizes(heads=4, width=64, state=128)
    mixer, exchange = make_mixer_work(sizes, 64, length), make_exchange_work(2, length, 64, 192)
    mixer = mixer._replace(power=mixer.made)  # which is read number by number
    for array in _arrays((prepared, mixer, exchange)):
        assert array.ctypes.data % 64 == 0


@pytest.mark.parametrize("length", [*range(1, 300, 7), 57, 259])
def test_rows_of_steps_do_not_share_their_places_in_the_cache(length: int) -> None:
    assert columns_of(length) // LANES % 2 == 1
    assert columns_of(length) >= length + LANES
