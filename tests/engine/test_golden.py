"""Parity with the authors' code, whose float64 outputs lie in tests/golden with the recipe that made them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from engine.cli import run_command_line
from engine.inference.device import prepare_cpu
from engine.model.backend import prepare
from engine.model.checkpoint import config_from_shapes
from engine.model.fast_network import fast_kind
from engine.model.mamba2 import BidirectionalMamba2, TorchCore
from engine.model.separator import Separator
from engine.model.ssd import scan_recurrent
from tests.golden import check, recipe
from tests.support.models import golden_weights

CASES = [
    ("ts_tiny_1s", "ts_tiny_keys.json"),
    ("ts_tiny2_1s", "ts_tiny2_keys.json"),
    pytest.param("ts_light_1s", "ts_light_keys.json", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("case", "keys"), CASES)
def test_forward_command_agrees_with_the_authors_code(case: str, keys: str, tmp_path: Path) -> None:
    checkpoint, mixture, output = tmp_path / "authors.safetensors", tmp_path / "x.npy", tmp_path / "y.npz"
    save_file(golden_weights(keys), checkpoint)
    np.save(mixture, recipe.signal(44100))

    arguments = ["forward", "--checkpoint", str(checkpoint), "--input", str(mixture), "--output", str(output)]
    assert run_command_line(arguments) == 0

    stages = np.load(output)
    result = check.compare(case, final=stages["stage2"], mask=stages["stage1"])
    assert result["ok"], result


@pytest.mark.parametrize("path", ["literal recurrence", "prepared"])
def test_other_ways_to_compute_agree_with_the_authors_code_too(path: str) -> None:
    prepare_cpu()
    weights = golden_weights("ts_tiny2_keys.json")
    separator = Separator(config_from_shapes(Path("golden"), weights)).requires_grad_(requires_grad=False)
    separator.network.load_state_dict(weights)
    if path == "prepared":
        assert prepare(separator, torch.device("cpu")).name == "numba"
        assert fast_kind(separator.network)
    else:
        separator.network.use_core(TorchCore(scan_recurrent))
    assert any(isinstance(module, BidirectionalMamba2) for module in separator.modules())
    with torch.inference_mode():
        estimates = separator.estimate(torch.from_numpy(recipe.signal(44100))[None])
    assert estimates.stage2 is not None
    result = check.compare("ts_tiny2_1s", final=estimates.stage2[0].numpy(), mask=estimates.stage1[0].numpy())
    assert result["ok"], result
