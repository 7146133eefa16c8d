"""Compiles the Triton kernels of the mixer core for a GPU that need not be there, with the arguments of real launches.

A script, because the rest of the tests has Triton interpret its kernels. Prints the shared memory of each in bytes, as
one JSON object: `python compile_kernels.py 86` is for compute capability 8.6.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
import triton
from torch import Tensor
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from engine.model import triton_core
from engine.model.mamba2 import Mamba2
from engine.model.two_stage import PRESETS

# Type, steps, whether with gradients: along time, along bands, and as the network is trained.
CASES = (
    (torch.bfloat16, 259, False),
    (torch.bfloat16, 57, False),
    (torch.float32, 259, False),
    (torch.bfloat16, 259, True),
)
TYPES = {torch.float32: "*fp32", torch.bfloat16: "*bf16", int: "i32", float: "fp32"}
OPTIONS = ("num_warps", "num_stages")


def main() -> None:
    """Compile the largest network's kernels."""
    target = int(sys.argv[1])
    shared: dict[str, int] = {}
    case = ""

    def compile_instead(kernel: Any, _grid: object, *arguments: Any, **constants: Any) -> None:  # noqa: ANN401
        shared[f"{case}: {kernel.__name__}"] = compiled(kernel, arguments, constants, target).metadata.shared

    triton_core._launch = compile_instead  # pyright: ignore[reportPrivateUsage]
    mixer = Mamba2(PRESETS["full"].mixer)
    for kind, steps, gradients in CASES:
        case = f"{kind} {steps}{' with gradients' * gradients}"
        weights = mixer.requires_grad_(gradients).core_weights()
        projected = torch.zeros(1, steps, mixer.in_proj.out_features, dtype=kind, requires_grad=gradients)
        output = triton_core.TritonCore()(projected, weights, reverse=True)
        if gradients:
            output.sum().backward()
    sys.stdout.write(json.dumps(shared))


def compiled(kernel: Any, arguments: tuple[Any, ...], constants: dict[str, Any], target: int) -> Any:  # noqa: ANN401
    """What a launch would compile, for a GPU of compute capability `target` / 10."""
    options = {name: constants.pop(name) for name in OPTIONS if name in constants}
    names: list[str] = kernel.arg_names
    signature = {
        name: TYPES[value.dtype if isinstance(value, Tensor) else type(value)]
        for name, value in zip(names, arguments, strict=False)
    }
    # Tensors begin at multiples of 16 bytes, which lets the compiler load wide words.
    aligned = {
        (index,): [["tt.divisibility", 16]] for index, value in enumerate(arguments) if isinstance(value, Tensor)
    }
    fixed = {(names.index(name),): value for name, value in constants.items()}
    source = ASTSource(kernel, signature | dict.fromkeys(constants, "constexpr"), fixed, aligned)
    return triton.compile(source, target=GPUTarget("cuda", target, 32), options=options)


if __name__ == "__main__":
    main()
