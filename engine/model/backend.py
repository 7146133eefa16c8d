"""Choosing the fastest way to compute a network that gives right answers on a device.

On CUDA the faster mixer core of our own in Triton, which comes with PyTorch on Linux, and that of mamba-ssm and
causal-conv1d; on a CPU the whole network in functions compiled by numba, or where there are none for it a mixer core of
them; each only if it can be imported and passes a self-test. Otherwise, and everywhere else, PyTorch operations. The
choice is made once, when a model is loaded.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.machinery
import importlib.util
import math
import sys
import time
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor

from engine.model.kernel_cache import getting_ready
from engine.model.mamba2 import GATED_NORM_EPS, CoreWeights, MixerCore, TorchCore, in_scan_order, split_projected
from engine.model.network import Network
from engine.model.separator import Compute, Separator
from engine.model.ssd import scan_recurrent
from engine.said import say

_Tested = TypeVar("_Tested")

# mamba-ssm's default of 256 wastes most of its work on 57 bands. Source: reading its kernels.
KERNEL_CHUNK = 64

# A core is wrong beyond this relative error. TF32, which the kernels use for float32, errs by about 1e-3.
SELF_TEST_LIMIT = 5e-3


@dataclass(frozen=True)
class Backend:
    """What computes a network, and why it was chosen.

    Attributes:
        name: `pytorch`, `triton`, `mamba-ssm` or `numba`.
        reason: One sentence; empty for a network that leaves no choice.
        core: For its mixers, where they are not part of something larger that is compiled.
        int16: Whether products with weights are those of whole numbers.
        compile: Makes what computes the whole network; None where it computes itself.
    """

    name: str
    reason: str
    core: MixerCore
    int16: bool = False
    compile: Callable[[Any], Compute] | None = None


class KernelCore:
    """The core on the Triton scan of mamba-ssm and the CUDA convolution of causal-conv1d."""

    def __init__(self, scan: Any, convolution: Any) -> None:  # noqa: ANN401 - foreign functions without types
        self._scan = scan
        self._convolution = convolution

    def __call__(self, projected: Tensor, weights: CoreWeights, *, reverse: bool) -> Tensor:
        """See `MixerCore`."""
        return in_scan_order(self._forward, projected, weights, reverse=reverse)

    def _forward(self, projected: Tensor, weights: CoreWeights) -> Tensor:
        inner, state, heads = weights.inner_dim, weights.state_dim, weights.a_log.shape[0]
        z, xbc, dt = split_projected(projected, weights)
        taps, bias = weights.conv_weight.squeeze(1).to(xbc.dtype), weights.conv_bias.to(xbc.dtype)
        # The kernel wants (B, features, L) with features contiguous, which this transposed copy is.
        xbc = self._convolution(xbc.contiguous().transpose(1, 2), taps, bias, activation="silu")
        x, b, c = xbc.transpose(1, 2).split([inner, state, state], dim=-1)
        y = self._scan(
            x.unflatten(-1, (heads, -1)).contiguous(),
            dt.contiguous(),
            -torch.exp(weights.a_log.float()),
            b.unsqueeze(2).contiguous(),
            c.unsqueeze(2).contiguous(),
            chunk_size=KERNEL_CHUNK,
            D=weights.skip.float(),
            dt_bias=weights.dt_bias.float(),
            dt_softplus=True,
        )
        gated = y.flatten(-2).float() * torch.nn.functional.silu(z.float())
        scale = torch.rsqrt(gated.square().mean(-1, keepdim=True) + GATED_NORM_EPS)
        return gated * scale * weights.norm_weight


def choose_backend(device: torch.device) -> Backend:
    """Pick the core for a device and say why."""
    failures: list[str] = []
    passed: list[tuple[str, MixerCore, float]] = []
    for name, load in _LOADERS.get(device.type, {}).items():
        core, error, fault = _tried(name, functools.partial(_tested, load, device))
        if core is None:
            failures.append(fault)
        else:
            passed.append((name, core, error))
    if not passed:
        reason = failures.pop() if failures else say("there are no kernels for {device}", device=device.type)
        for failure in reversed(failures):
            reason = say("{first}; {second}", first=failure, second=reason)
        return Backend("pytorch", reason, TorchCore())
    name, core, error = min(passed, key=lambda each: _seconds(each[1], device)) if len(passed) > 1 else passed[0]
    reason = _passed(error)
    if others := ", ".join(other for other, _core, _error in passed if other != name):
        reason = say("{reason} and are faster here than those of {others}", reason=reason, others=others)
    return Backend(name, reason, core)


def prepare(
    separator: Separator,
    device: torch.device,
    precision: torch.dtype = torch.float32,
    tell: Callable[[str], None] = lambda _line: None,
) -> Backend:
    """Give a separator that is not trained the fastest way to compute on a device.

    Args:
        separator: On whatever device.
        device: Where it will compute.
        precision: Of products; for int16 there may be no way, and float32 is taken: see `Backend.int16`.
        tell: Called with a line before something takes long.
    """
    backend = backend_for(separator.network, device, precision, tell)
    separator.compute_with(backend.compile and backend.compile(separator.network))
    separator.network.use_core(backend.core)
    return backend


def backend_for(
    network: Network, device: torch.device, precision: torch.dtype, tell: Callable[[str], None] = lambda _line: None
) -> Backend:
    """What `prepare` takes for such a network, whose weights need not be there."""
    compiled = device.type == "cpu" and precision in (torch.float32, torch.int16)
    backend = _compiled(network, int16=precision == torch.int16, tell=tell) if compiled else None
    if backend is None and not network.has_mixers:
        backend = Backend("pytorch", "", TorchCore())
    if backend is None:
        with getting_ready("core", tell) if device.type == "cpu" else contextlib.nullcontext():
            backend = choose_backend(device)
    return backend


def _compiled(network: Network, *, int16: bool, tell: Callable[[str], None]) -> Backend | None:
    """Compiled functions for the whole network; None if there are none for it."""
    try:
        from engine.model import fast_network
        from engine.model.fused_product import panels, panels_int16
        from engine.model.simd_int16 import INT16
    except ImportError:
        return None  # of which the choice of a core will say more
    int16 = int16 and INT16
    as_panels = panels_int16 if int16 else panels
    kind = fast_network.fast_kind(network)
    if kind is None:
        return None
    with getting_ready(kind.__name__ + "-int16" * int16, tell):
        passed, error, fault = _tried("numba", lambda: (kind, only_once(fast_network.self_test, kind, as_panels)))
    if passed is None:
        return Backend("pytorch", fault, TorchCore())
    return Backend("numba", _passed(error), TorchCore(), int16, functools.partial(passed, as_panels=as_panels))


@functools.cache
def only_once(test: Callable[..., float], *arguments: object) -> float:
    """What a self-test finds, which stays as it is while the program runs."""
    return test(*arguments)


def _tried(name: str, test: Callable[[], tuple[_Tested, float]]) -> tuple[_Tested | None, float, str]:
    """What a self-test returns with its error, and what is wrong with it; None instead of what cannot be used."""
    try:
        tested, error = test()
    except Exception as failure:  # noqa: BLE001 - whatever foreign kernels do, PyTorch operations still work
        return None, math.inf, say("the {name} kernels cannot be used: {words}", name=name, words=_first_line(failure))
    if not error <= SELF_TEST_LIMIT:  # nor if it is no number
        return None, error, say("the {name} kernels failed their self-test (error {error:.1e})", name=name, error=error)
    return tested, error, ""


def _passed(error: float) -> str:
    return say("its kernels passed their self-test (error {error:.1e})", error=error)


def _tested(load: Callable[[], MixerCore], device: torch.device) -> tuple[MixerCore, float]:
    core = load()
    return core, self_test(core, device)


@torch.no_grad()
def self_test(core: MixerCore, device: torch.device) -> float:
    """Relative L2 error of a core against the literal recurrence, the worst of both directions and two lengths."""
    weights = _noise_weights(device)
    reference = TorchCore(scan_recurrent)
    errors: list[Tensor] = []
    for length in (57, 130):
        # Two sequences: from three on PyTorch uses threads for each tiny step, seconds of waiting on a busy machine.
        projected = _noise_input(2, length, weights)
        for reverse in (False, True):
            expected = reference(projected, weights, reverse=reverse)
            difference = core(projected, weights, reverse=reverse).float() - expected
            errors.append(difference.norm() / expected.norm())
    return float(torch.stack(errors).max())  # which, unlike Python's, is no number if one of them is none


@torch.inference_mode()
def _seconds(core: MixerCore, device: torch.device) -> float:
    """How long a core takes for the bands of ten seconds of music; on a GPU."""
    weights = _noise_weights(device)
    projected = _noise_input(1024, 57, weights).to(torch.bfloat16)
    times: list[float] = []
    for _run in range(4):
        started = time.perf_counter()
        core(projected, weights, reverse=False)
        torch.cuda.synchronize(device)
        times.append(time.perf_counter() - started)
    return min(times)


def _noise_weights(device: torch.device) -> CoreWeights:
    heads, head_dim, state, taps = 2, 64, 128, 4
    inner = heads * head_dim
    generator = torch.Generator().manual_seed(0)

    def noise(*shape: int, scale: float = 1.0) -> Tensor:
        return (scale * torch.randn(*shape, generator=generator)).to(device)

    return CoreWeights(
        conv_weight=noise(inner + 2 * state, 1, taps, scale=0.5),
        conv_bias=noise(inner + 2 * state, scale=0.1),
        dt_bias=noise(heads) - 4.0,
        a_log=noise(heads).abs(),
        skip=noise(heads),
        norm_weight=noise(inner, scale=0.1) + 1.0,
    )


def _noise_input(sequences: int, length: int, weights: CoreWeights) -> Tensor:
    width = 2 * weights.inner_dim + 2 * weights.state_dim + weights.a_log.shape[0]
    generator = torch.Generator().manual_seed(length)
    return torch.randn(sequences, length, width, generator=generator).to(weights.a_log.device)


def _load_triton_core() -> MixerCore:
    from engine.model.triton_core import TritonCore

    return TritonCore()


def _load_mamba_core() -> MixerCore:
    convolution = importlib.import_module("causal_conv1d").causal_conv1d_fn
    _register_bare_package("mamba_ssm")
    scan = importlib.import_module("mamba_ssm.ops.triton.ssd_combined").mamba_chunk_scan_combined
    return KernelCore(scan, convolution)


def _load_cpu_core() -> MixerCore:
    from engine.model.fused_core import FusedCore

    return FusedCore()


_LOADERS: dict[str, dict[str, Callable[[], MixerCore]]] = {
    "cuda": {"triton": _load_triton_core, "mamba-ssm": _load_mamba_core},
    "cpu": {"numba": _load_cpu_core},
}


def _register_bare_package(name: str) -> None:
    """Make a package's modules importable without running its `__init__`, which needs an extension that we do not."""
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is None or spec.submodule_search_locations is None:
        raise ImportError(f"{name} is not installed")
    package = types.ModuleType(name)
    package.__path__ = list(spec.submodule_search_locations)
    package.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
    sys.modules[name] = package


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
