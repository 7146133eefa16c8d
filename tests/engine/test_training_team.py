"""Several processes training together, a run that was killed, and the documented commands."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.support.songs import write_song

REPOSITORY = Path(__file__).parents[2]

# Each process draws its share of one fixed batch, and writes the gradients it ends up with.
_TEAM = """
import sys
import torch
from engine.model.two_stage import TwoStageNetwork
from engine.training.loss import LossWeights, two_stage_loss
from engine.training.team import join_team
from tests.support.models import TINY

with join_team(torch.device("cpu")) as (team, device):
    torch.manual_seed(7 + team.rank)  # the leader's start counts
    network = TwoStageNetwork(TINY).double()
    parallel = team.wrap(network)
    stems = 0.1 * torch.randn(4, 4, 2, 4096, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    mine = stems.chunk(team.size)[team.rank]
    two_stage_loss(parallel, mine, LossWeights()).backward()
    gradients = {name: value.grad for name, value in network.named_parameters()}
    assert team.leaders(float(10 + team.rank)) == 10.0
    torch.save(gradients, f"{sys.argv[1]}/gradients-{team.size}-{team.rank}.pt")
"""

_RUN = """
import sys
from pathlib import Path
import numpy as np
import torch
import engine.training.loop as loop
from engine.model.checkpoint import ModelCard
from engine.progress import JobControl
from engine.stems import DEFAULT_STEMS
from engine.training.loop import Slice, Trainer
from engine.training.memory_pool import MemoryPool, to_integers
from engine.training.pool import Batches, Mixing
from engine.training.run import RunFolder
from engine.training.settings import TrainingSettings
from tests.support.models import TINY

loop._SAVE_SECONDS = 0.2
loop._REPORT_SECONDS = 0.0
pool = MemoryPool(1, 4, 44_100, torch.device("cpu"))
pool.add(to_integers(0.1 * np.random.default_rng(0).standard_normal((4, 2, 44_100)).astype(np.float32)))
settings = TrainingSettings(TINY, batch_size=1, segment_samples=4096, epochs=int(sys.argv[2]), epoch_items=1)
sitting = Slice(torch.device("cpu"), 60.0, ModelCard("t", TINY, DEFAULT_STEMS))
trainer = Trainer(settings, RunFolder(Path(sys.argv[1])), sitting)
print("from", trainer.step, flush=True)
trainer.train(Batches([(pool, 1.0)], 4, Mixing(), 0), lambda s: {"valid_loss": 0.0}, lambda v: None, JobControl())
print("to", trainer.step, flush=True)
"""

# The leader has ended when the other one needs it.
# In a function, as in the program: nothing but the garbage collector holds the wrapped network when Python ends.
_LOST = """
import sys
import torch
from engine.errors import EngineError
from engine.training.team import join_team

def train():
    with join_team(torch.device("cpu")) as (team, device):
        parallel = team.wrap(torch.nn.Linear(8, 8))
        if team.leads:
            return
        if sys.argv[2] == "gradients":
            parallel(torch.ones(8)).sum().backward()
        elif sys.argv[2] == "answer":
            team.leaders(1.0)
        else:
            raise RuntimeError("something else")

try:
    train()
except EngineError as error:
    print(error)
"""

# The learning rate falls all through a slice, of which every process has a clock of its own.
_SLICE = """
import sys
import time
from pathlib import Path
import torch
from engine.model.checkpoint import ModelCard
from engine.progress import JobControl
from engine.stems import DEFAULT_STEMS
from engine.training.loop import Slice, Trainer
from engine.training.pool import Batches
from engine.training.run import RunFolder
from engine.training.settings import TrainingSettings
from engine.training.team import join_team
from tests.support.models import TINY
from tests.support.training import AS_IT_IS, OneSong, tones

class Late(OneSong):
    def together(self, rng, samples):
        time.sleep(0.3 * team.rank)
        return super().together(rng, samples)

with join_team(torch.device("cpu")) as (team, device):
    settings = TrainingSettings(
        TINY, batch_size=2, segment_samples=4096, schedule="slice", cooldown=1.0, epoch_items=6, epochs=1
    )
    sitting = Slice(device, 0.2, ModelCard("t", TINY, DEFAULT_STEMS), team=team)
    trainer = Trainer(settings, RunFolder(Path(sys.argv[1])), sitting)
    batches = Batches([(Late(tones()), 1.0)], 4, AS_IT_IS, 0)
    trainer.train(batches, lambda s: {"valid_loss": 0.0}, lambda v: None, JobControl())
    torch.save(trainer.network.state_dict(), f"{sys.argv[1]}/weights-{team.rank}.pt")
"""


def _environment(**extra: str) -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY), **extra}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run_team(script: str, folder: Path, size: int, *arguments: str) -> list[str]:
    """Run a script in several processes; returns what each printed."""
    port = str(_free_port())
    team = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(folder), *arguments],
            env=_environment(MASTER_ADDR="127.0.0.1", MASTER_PORT=port, WORLD_SIZE=str(size), RANK=str(rank)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(size)
    ]
    outputs = [process.communicate() for process in team]
    assert [process.returncode for process in team] == [0] * size, outputs
    return [output for output, _errors in outputs]


@pytest.mark.slow
@pytest.mark.parametrize("wanted", ["gradients", "answer"])
def test_who_loses_the_leader_ends_with_one_sentence(tmp_path: Path, wanted: str) -> None:
    _leader, other = _run_team(_LOST, tmp_path, 2, wanted)
    assert other == "another process of this training ended; what it said before tells why\n"


@pytest.mark.slow
def test_other_errors_in_a_team_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="RuntimeError: something else"):
        _run_team(_LOST, tmp_path, 2, "error")


@pytest.mark.slow
def test_processes_keep_the_same_weights_while_the_rate_falls(tmp_path: Path) -> None:
    _run_team(_SLICE, tmp_path, 2)
    first, second = (torch.load(tmp_path / f"weights-{rank}.pt") for rank in range(2))
    assert all(torch.equal(value, second[name]) for name, value in first.items())


@pytest.mark.slow
def test_two_processes_have_the_gradients_of_one_with_the_whole_batch(tmp_path: Path) -> None:
    for size in (1, 2):
        _run_team(_TEAM, tmp_path, size)
    alone, first, second = (torch.load(tmp_path / f"gradients-{name}.pt") for name in ("1-0", "2-0", "2-1"))
    assert alone.keys() == first.keys()
    for name, expected in alone.items():
        assert torch.equal(first[name], second[name])
        torch.testing.assert_close(first[name], expected, rtol=1e-6, atol=1e-9)


@pytest.mark.slow
def test_a_killed_run_goes_on_from_its_last_save(tmp_path: Path) -> None:
    def start(epochs: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _RUN, str(tmp_path), str(epochs)]
        return subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, text=True)

    process = start(1_000_000)
    state = tmp_path / "state.pt"
    try:
        while not state.exists():
            assert process.poll() is None
            time.sleep(0.05)
        time.sleep(1.0)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    saved = torch.load(state, weights_only=True)["step"]
    reported = [json.loads(line).get("step", 0) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert saved > 0
    output, _errors = start(saved + 2).communicate()
    assert output.split() == ["from", str(saved), "to", str(saved + 2)]
    # Saved five times a second here: what was lost is what a second can do.
    assert max(reported) - saved < max(reported) / 2 + 20


def _write_songs(folder: Path, songs: int, seconds: float) -> None:
    generator = np.random.default_rng(0)
    for song in range(songs):
        target = folder / f"song {song}"
        target.mkdir(parents=True)
        time_axis = np.arange(round(seconds * 44_100)) / 44_100
        for index, name in enumerate(("vocals", "bass", "drums", "other")):
            tone = 0.2 * np.sin(2 * np.pi * 110 * (index + 1) * (song + 1) * time_axis)
            signal_ = np.stack([tone, tone + 0.01 * generator.standard_normal(tone.size)]).astype(np.float32)
            write_song(target / f"{name}.wav", signal_, 44_100)


# The documented command, but with items of one second instead of three and a narrower network.
_TRAIN = """
import sys
from dataclasses import replace
from engine.cli import run_command_line
from engine.training.settings import PRESETS

paper = PRESETS["paper-light"]
network = replace(paper.model, feature_dim=16, state_dim=16, expand=2, head_dim=16)
PRESETS["paper-light"] = replace(paper, model=network, segment_samples=44_100)
sys.exit(run_command_line(["train", *sys.argv[1:]]))
"""


@pytest.mark.slow
def test_paper_light_trains_and_validates_on_folders_in_the_layout_of_musdb(tmp_path: Path) -> None:
    _write_songs(tmp_path / "musdb", songs=2, seconds=5)
    run = tmp_path / "run"
    command = [sys.executable, "-c", _TRAIN, "--preset", "paper-light", "--musdb", str(tmp_path / "musdb")]
    options = [
        "--out",
        str(run),
        "--minutes",
        "0.02",
        "--batch-size",
        "1",
        "--validation-items",
        "1",
        "--device",
        "cpu",
    ]
    result = subprocess.run(
        [*command, *options, "--augment", "0.5"], capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == str(run / "weights.safetensors")
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert lines[-1]["step"] >= 1
    assert {"stage1_vocals", "stage2_average"} <= lines[-1].keys()
    assert len(list((run / "examples").glob("item-0/*.ogg"))) == 13
