"""The kernels as other processors run them: with vectors of 8 and 4 numbers, and as machine code for ARM."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import llvmlite.binding as llvm
import pytest

PROJECT = Path(__file__).parents[2]

# Limits for numba, PyTorch, MKL and oneDNN.
AVX2 = {
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "",
    "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
}
# What every processor of the kind has: neither fused products nor an instruction that rounds.
SSE2 = {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": "", "ATEN_CPU_CAPABILITY": "default"}

_PARITY = """
import sys
import pytest
from engine.model.simd import LANES
print(f"vectors of {LANES}")
which = "fused or 1-1-60 or 1-2-290 or exact or exponentials or multiplied or any_sound"
quiet = ["-q", "-p", "no:cacheprovider", "-k", which]
tested = [f"tests/engine/test_{name}.py" for name in ("ssd", "fast_network", "fast_roformer", "int16")]
sys.exit(pytest.main([*quiet, *tested]))
"""


def _python(code: str, **environment: str) -> str:
    """What a program prints."""
    command, variables = [sys.executable, "-c", code], os.environ | environment
    run = subprocess.run(command, check=False, cwd=PROJECT, env=variables, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names processors of this kind")
@pytest.mark.parametrize(("limits", "lanes"), [(AVX2, 8), (SSE2, 4)], ids=["AVX2", "SSE2"])
def test_lesser_processors_compute_the_same(limits: dict[str, str], lanes: int) -> None:
    features = llvm.get_host_cpu_features()
    if limits is AVX2 and not (features.get("avx2") and features.get("fma")):
        pytest.skip("this processor has no AVX2")
    assert _python(_PARITY, **limits).startswith(f"vectors of {lanes}\n")


# Compiles the kernels with ARM's vectors and tiles for this machine, tries them, and makes ARM's machine code of them.
_FOR_ARM = r"""
import re
import llvmlite.binding as llvm
from engine.model import kernel_cache

llvm.initialize_all_targets()
llvm.initialize_all_asmprinters()
arm = ("aarch64-unknown-linux-gnu", "generic", "")
kernel_cache.processor = lambda: arm

import torch
from engine.model.backend import self_test
from engine.model.fused_core import FusedCore
from engine.model.fused_forward import forward
from engine.model.simd import LANES, WIDEST

assert (LANES, WIDEST) == (4, 4)
assert self_test(FusedCore(), torch.device("cpu")) < 1e-6
(code,) = forward.inspect_llvm().values()
code = re.sub(r"^target .*$", "", code, flags=re.M)
# numba's own, written for this machine.
code = re.sub(r"^define [^\n]*@NRT_decref.*?^}$", "declare void @NRT_decref(ptr)", code, flags=re.M | re.S)
machine = llvm.Target.from_triple(arm[0]).create_target_machine(cpu=arm[1], features=arm[2], opt=3)
module = llvm.parse_assembly(code)
module.triple, module.data_layout = arm[0], str(machine.target_data)
print(machine.emit_assembly(module))
"""


@pytest.mark.slow
def test_arm_gets_instructions_for_vectors(tmp_path: Path) -> None:
    # A folder of its own, because numba shows only code that it has just compiled.
    code = _python(_FOR_ARM, NUMBA_CACHE_DIR=str(tmp_path))
    # A tile's row is four vectors, and its rows are six: as often, a vector times one number is added to a vector.
    assert len(re.findall(r"fmla\s+v\d+\.4s, v\d+\.4s, v\d+\.s\[\d\]", code)) > 100
    # Nothing is done number by number in the C library but one exponential for each chunk.
    assert set(re.findall(r"\bbl\s+([a-z]+f)\b", code)) <= {"expf"}
