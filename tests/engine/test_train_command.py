"""What `train` does around the loop: a start that fails, going on with another preset, and what it leaves behind."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.cli import run_command_line
from engine.model.checkpoint import ModelCard
from engine.stems import DEFAULT_STEMS
from engine.training.loop import Slice, Trainer
from engine.training.run import RunFolder
from engine.training.settings import TrainingSettings
from tests.support.assets import make_pack
from tests.support.models import TINY
from tests.support.songs import write_song
from tests.support.training import tones

SITTING = Slice(torch.device("cpu"), 1.0, ModelCard("test", TINY, DEFAULT_STEMS))
SETTINGS = TrainingSettings(TINY, batch_size=2, segment_samples=8192)
SMALL = ["train", "--preset", "bundled-cpu", "--model", "preset:light-unet", "--device", "cpu"]


def _rate(trainer: Trainer) -> float:
    return trainer._rate  # pyright: ignore[reportPrivateUsage]


def _continued(folder: Path, settings: TrainingSettings) -> Trainer:
    return Trainer(settings, RunFolder(folder), SITTING)


@pytest.mark.parametrize("source", [[], ["--assets", "nowhere"], ["--musdb", "nowhere"], ["--musdb", "songs"]])
def test_a_start_that_fails_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], source: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "songs" / "a song").mkdir(parents=True)
    write_song(tmp_path / "songs" / "a song" / "vocals.wav", tones().numpy()[0], 44_100)
    assert run_command_line([*SMALL, *source, "--out", "runs/new"]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("bandsaw: ")
    assert not (tmp_path / "runs").exists()


def test_a_folder_that_was_there_stays(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "run") as folder:
        folder.log(step=1)
    assert (tmp_path / "run").exists()
    (tmp_path / "empty").mkdir()
    with RunFolder(tmp_path / "empty"), RunFolder(tmp_path / "empty" / "new" / "run"):
        pass
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.mark.parametrize("changed", [{"learning_rate": 7e-4}, {"schedule": "slice"}])
def test_going_on_with_another_preset_takes_its_learning_rate(tmp_path: Path, changed: dict[str, object]) -> None:
    first = _continued(tmp_path, SETTINGS)
    first._rate = 5e-4  # pyright: ignore[reportPrivateUsage] - as after two plateaus
    first.save()
    assert _rate(_continued(tmp_path, SETTINGS)) == 5e-4
    other = replace(SETTINGS, **changed)  # type: ignore[arg-type]
    assert _rate(_continued(tmp_path, other)) == other.learning_rate


def test_a_run_from_before_schedules_were_kept_goes_on_as_it_did(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    _continued(tmp_path, SETTINGS).save()
    state = folder.load_state()
    assert state is not None
    del state["schedule"]
    folder.save_state({**state, "rate": 5e-4})
    assert _rate(_continued(tmp_path, SETTINGS)) == 5e-4


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="where a file is open, its folder stays until the next start")
def test_renderers_share_the_banks_which_are_removed_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = make_pack(tmp_path / "pack", ".ogg")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    work = tmp_path / "cache" / "bandsaw" / "work"
    banks: list[str] = []

    def train(_trainer: Trainer, *_arguments: object) -> None:
        banks.extend(path.name for path in work.rglob("*.wav"))

    monkeypatch.setattr(Trainer, "train", train)
    songs = ["--songs", "1", "--workers", "1", "--validation-items", "1"]
    assert run_command_line([*SMALL, "--assets", str(pack), "--out", str(tmp_path / "run"), *songs]) == 0
    assert "gm_kits.wav" in banks
    assert list(work.iterdir()) == []
