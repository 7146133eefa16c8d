"""The command that measures speed: that it measures, and says what it cannot."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.cli import bench, run_command_line
from engine.errors import DeviceError
from engine.inference.bench import BenchResult
from tests.support.models import save_tiny_model


def test_bench_measures_every_path_of_a_model(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    model = str(save_tiny_model(tmp_path / "tiny.safetensors"))
    arguments = ["bench", "--models", model, "--paths", "settings", "fast", "--rounds", "1", "--device", "cpu"]
    assert run_command_line([*arguments, "--json"]) == 0
    result = json.loads(capfd.readouterr().out)
    assert result["gflops"] > 0.1
    assert [(row["model"], row["path"]) for row in result["rows"]] == [(model, "settings"), (model, "fast")]
    for row in result["rows"]:
        assert row["device"].startswith("cpu")
        assert row["seconds"] > 0
        # Hops of 2.5, 1.5 and 0.5 s of a segment of 3 s.
        assert row["real_time"]["fast"] == pytest.approx(2.5 / row["seconds"])
        assert row["real_time"]["best"] == pytest.approx(0.5 / row["seconds"])
        assert row["peak_bytes"] is None or 1e8 < row["peak_bytes"] < 1e10
        assert 0 < row["ceiling"] < 1


@pytest.mark.parametrize("name", ["nothing.safetensors", "preset:huge"])
def test_bench_refuses_a_model_that_is_not_there(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["bench", "--models", name, "--rounds", "1"]) == 1
    assert capfd.readouterr().err.startswith("bandsaw: ")


def test_bench_measures_the_papers_networks_and_the_models_that_are_here_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, ...]] = []

    def nothing(models: tuple[str, ...], *_others: object) -> BenchResult:
        asked.append(models)
        return BenchResult(threads=1, gflops=1.0, rows=[])

    monkeypatch.setattr(bench, "bench", nothing)
    monkeypatch.setattr(bench, "models_here", lambda: ("default", "mine"))
    assert run_command_line(["bench"]) == run_command_line(["bench", "--models", "preset:bsrnn"]) == 0
    assert asked == [("preset:full", "preset:light", "preset:small", "default", "mine"), ("preset:bsrnn",)]
    capsys.readouterr()


def test_plain_is_measured_as_pytorch_comes_also_where_the_device_is_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A measuring process that had to choose a device itself would make PyTorch's settings."""
    measured: list[str] = []

    def here(work: Callable[..., object], *arguments: object) -> object:
        if work.__name__ == "_measure":
            measured.append(str(arguments[2]))
            raise DeviceError("enough is known")
        return 100.0 if work.__name__ == "_gflops" else work(*arguments)

    monkeypatch.setattr("engine.inference.bench._alone", here)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)
    assert run_command_line(["bench", "--models", "default", "--paths", "plain"]) != 0
    assert measured == ["cpu"]


def test_a_path_that_there_is_none_of_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("engine.inference.bench._alone", lambda work, *arguments: work(*arguments))
    arguments = "bench --models preset:light-unet --paths fast int16 --rounds 1 --device cpu --json"
    assert run_command_line(arguments.split()) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["device"].endswith(", no int16") for row in rows] == [False, True]
