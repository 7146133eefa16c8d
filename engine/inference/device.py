"""Choosing and preparing the device the network runs on."""

from __future__ import annotations

import ctypes
import functools
import sys
from dataclasses import dataclass

import torch

from engine.errors import DeviceError
from engine.said import say
from engine.stems import DeviceChoice, Precision

# mallopt's parameter numbers in glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_NEVER = 2**31 - 1

_FASTEST_FIRST = ("mps", "cpu") if sys.platform == "darwin" else ("cuda", "cpu")


@dataclass(frozen=True)
class Device:
    """Where the network runs.

    Attributes:
        torch_device: For PyTorch.
        label: For people, such as `cpu (2 threads)`.
        reason: One sentence why this one and no faster one.
        precision: Of the matrix products.
    """

    torch_device: torch.device
    label: str
    reason: str
    precision: torch.dtype


def choose_device(choice: DeviceChoice, precision: Precision) -> Device:
    """Take the requested device, or the fastest that works.

    Raises:
        DeviceError: The requested device is not there; says why.
    """
    reasons: list[str] = []
    for kind in _FASTEST_FIRST if choice == "auto" else (choice,):
        fault = _fault(kind)
        if not fault:
            reason = say("it is the fastest device here") if choice == "auto" else say("it was requested")
            return _prepared(kind, precision, reasons[-1] if reasons else reason)
        reasons.append(fault)
    words = say("{device} was requested but {reason}; choose another device, or auto", device=choice, reason=reasons[0])
    raise DeviceError(words)


def _fault(kind: str) -> str:
    """Why a device cannot be used; empty if it can."""
    if kind == "cpu":
        return ""
    if kind == "mps":
        return "" if torch.backends.mps.is_available() else say("there is no Apple GPU")
    if torch.version.cuda is None:
        return say("this PyTorch was built without CUDA")
    if not torch.cuda.is_available():
        return say("PyTorch finds no NVIDIA GPU or no working driver")
    try:
        torch.ones(8, device="cuda").sum().item()
    except RuntimeError as error:
        return say("the NVIDIA GPU refuses to work ({words})", words=str(error).splitlines()[0])
    return ""


def _prepared(kind: str, precision: Precision, reason: str) -> Device:
    device = torch.device(kind)
    if kind == "cpu":
        prepare_cpu()
        threads = torch.get_num_threads()
        label = say("cpu ({count} threads)", count=threads) if threads > 1 else say("cpu (1 thread)")
    elif kind == "cuda":
        # "medium" would let CUDA drop to bfloat16 behind our back.
        torch.set_float32_matmul_precision("highest")
        label = f"cuda ({torch.cuda.get_device_name(device)})"
    else:
        label = "mps (Apple GPU)"
    return Device(device, label, reason, _products(precision, device))


def _products(precision: Precision, device: torch.device) -> torch.dtype:
    if precision == "int16" and device.type == "cpu":
        return torch.int16
    if precision == "bfloat16" or (precision in ("auto", "int16") and has_bfloat16(device)):
        return torch.bfloat16
    return torch.float32


def has_bfloat16(device: torch.device) -> bool:
    """Whether products in bfloat16 are faster and smaller there; never tried on Apple's."""
    return device.type == "cuda" and torch.cuda.is_bf16_supported()


@functools.cache
def prepare_cpu() -> None:
    """Make PyTorch fast on this process's CPU; called before the first large tensor.

    Keeps freed memory instead of returning it after every operation, which otherwise costs half the time in page
    faults, and lets float32 products go through oneDNN, which is twice as fast as the default where it stays exact.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):
            libc.mallopt(_M_MMAP_THRESHOLD, _NEVER)
            libc.mallopt(_M_TRIM_THRESHOLD, _NEVER)
    torch.set_float32_matmul_precision("medium")
    if not _products_are_float32():
        torch.set_float32_matmul_precision("highest")


def _products_are_float32() -> bool:
    """Whether "medium" precision is still float32 here; with matrix units for bfloat16 it is not."""
    generator = torch.Generator().manual_seed(0)
    a, b = (torch.randn(256, 256, generator=generator) for _ in range(2))
    exact = a.double() @ b.double()
    error = ((a @ b).double() - exact).norm() / exact.norm()
    # Measured: about 2e-7 in float32; bfloat16 inputs would err by about 2e-3.
    return float(error) < 1e-5
