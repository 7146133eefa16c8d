"""Error of the network on a device against the golden vectors, for float32 and bfloat16 and every back-end.

Run it as `python benchmarks/parity.py [--device cuda]`; prints one JSON object per case, back-end and precision. Errors
are relative L2: float32 must stay within 3e-6 (first stage) and 2e-4 (final); bfloat16 is there to be looked at.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from pathlib import Path

# The Triton kernels would otherwise use TF32 for float32 inputs.
os.environ.setdefault("TRITON_F32_DEFAULT", "ieee")
sys.path.insert(0, str(Path(__file__).parents[1]))

import torch

from engine.inference.device import prepare_cpu
from engine.model.backend import choose_backend, prepare
from engine.model.checkpoint import config_from_shapes
from engine.model.mamba2 import MixerCore, TorchCore
from engine.model.separator import Separator
from tests.golden import check, recipe
from tests.support.models import golden_weights

CASES = {"ts_tiny_1s": "ts_tiny_keys.json", "ts_tiny2_1s": "ts_tiny2_keys.json", "ts_light_1s": "ts_light_keys.json"}


def main() -> None:
    """Measure every case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(parser.parse_args().device)
    if device.type == "cpu":
        prepare_cpu()
    cores: dict[str, MixerCore] = {"pytorch": TorchCore()}
    backend = choose_backend(device)
    cores.setdefault(backend.name, backend.core)
    print(json.dumps({"device": str(device), "backend": backend.name, "reason": backend.reason}))
    for case, keys in CASES.items():
        weights = golden_weights(keys)
        separator = Separator(config_from_shapes(Path(case), weights)).eval()
        separator.network.load_state_dict(weights)
        separator.to(device)
        for name, core in cores.items():
            separator.network.use_core(core)
            for precision in (torch.float32, torch.bfloat16):
                measure(case, separator, name, precision)
        measure(case, separator, prepare(separator, device).name + ", prepared", torch.float32)


@torch.inference_mode()
def measure(case: str, separator: Separator, core: str, precision: torch.dtype) -> None:
    """Print the errors of one case."""
    device = next(separator.parameters()).device
    mixture = torch.from_numpy(recipe.signal(44100))[None].to(device)
    with torch.autocast(device.type, dtype=precision, enabled=precision != torch.float32):
        estimates = separator.estimate(mixture)
    if estimates.stage2 is None:
        raise SystemExit(f"{case} has no second stage")
    final, mask = (stage[0].float().cpu().numpy() for stage in (estimates.stage2, estimates.stage1))
    errors = {name: value for name, value in check.compare(case, final=final, mask=mask).items() if name != "ok"}
    worst = {stage: max(v for name, v in errors.items() if name.startswith(stage)) for stage in ("mask", "final")}
    in_db = {f"{stage}_db": round(20 * math.log10(value), 1) for stage, value in worst.items()}
    line = {"case": case, "core": core, "precision": str(precision), **worst, **in_db}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
