"""The command that lays networks beside each other: what it counts, measures and prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli import run_command_line
from engine.inference.compare import PUBLISHED
from engine.model.architectures import PRESETS
from engine.model.bs_mamba2 import BSMamba2Config
from tests.support.models import save_tiny_model

Capture = pytest.CaptureFixture[str]


def test_every_preset_is_beside_what_was_published(capsys: Capture) -> None:
    assert PUBLISHED.keys() <= PRESETS.keys()
    assert run_command_line(["compare", "--counts-only", "--device", "cpu", "--json"]) == 0
    rows = {row["info"]["model"]: row for row in json.loads(capsys.readouterr().out)}
    assert {*PRESETS, "default"} <= rows.keys()
    for name, published in PUBLISHED.items():
        info = rows[name]["info"]
        # Rounding, and what is counted of norms and their statistics.
        assert info["parameters"] / 1e6 == pytest.approx(published.parameters, rel=0.007)
        if published.gmacs:
            assert info["macs_per_second"] / 1e9 == pytest.approx(published.gmacs, rel=0.007)
        assert rows[name]["measured"] is None


def test_the_table_has_a_line_for_each_model(capsys: Capture) -> None:
    models = ["preset:light", "preset:light-unet"]
    assert run_command_line(["compare", "--counts-only", "--device", "cpu", "--models", ",".join(models)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[2]
        == "| light | TS-BSMAMBA2 | 4 | 27.71 (27.71) | 15.14 (15.14) | 107.96 (107.95) | 71.18 (71.17) | - | - |"
    )
    assert lines[3] == "| light-unet | lightweight U-Net | 2 | 0.0598 (0.0602) | - | 0.16 | - | - | - |"
    assert len({line.count("|") for line in lines[:4]}) == 1


@pytest.mark.slow
def test_models_are_measured_in_segments_of_their_own(tmp_path: Path, capfd: Capture) -> None:
    tiny = BSMamba2Config(16, depth=1, state_dim=16, expand=2, head_dim=16)
    model = str(save_tiny_model(tmp_path / "tiny.safetensors", tiny))
    assert run_command_line(["compare", "--device", "cpu", "--models", f"{model},preset:light-unet", "--json"]) == 0
    first, second = json.loads(capfd.readouterr().out)
    assert (first["measured"]["segment_seconds"], second["measured"]["segment_seconds"]) == (8, 5)
    for row in (first, second):
        assert row["seconds_per_second"] == row["measured"]["seconds"] / row["measured"]["segment_seconds"] > 0
    assert (first["published"], first["info"]["architecture"]) == (None, "BSMamba2")


def test_an_unknown_name_is_one_sentence(capsys: Capture) -> None:
    assert run_command_line(["compare", "--models", "preset:huge"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
