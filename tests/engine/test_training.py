"""The loop: it learns, stops on time, survives a kill, and starts again from weights alone."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.cli import run_command_line
from engine.errors import DeviceError, EngineError, ModelError, WriteError
from engine.evaluation.metrics import summarise
from engine.evaluation.score import score_items
from engine.model.checkpoint import ModelCard, load_checkpoint
from engine.model.mamba2 import TorchCore
from engine.model.separator import Separator
from engine.model.two_stage import TwoStageNetwork
from engine.progress import JobControl
from engine.separation import Samples
from engine.stems import DEFAULT_STEMS, Stage
from engine.training.loop import Slice, Trainer
from engine.training.loss import LossWeights, at_reference_level, two_stage_loss
from engine.training.pool import Batches, Rng
from engine.training.run import RunFolder
from engine.training.settings import TrainingSettings
from engine.training.validation import Item, Validation
from tests.support.models import TINY, recipe_weights, save_tiny_model
from tests.support.songs import write_song
from tests.support.training import AS_IT_IS, OneSong, batches_of_tones, tones

CPU = torch.device("cpu")
CARD = ModelCard("test", TINY, DEFAULT_STEMS)
SETTINGS = TrainingSettings(TINY, batch_size=2, segment_samples=8192, epoch_items=8, epochs=1000)


def _no_validation(_separator: Separator) -> dict[str, float]:
    return {"valid_loss": 0.0}


def _train(folder: Path, settings: TrainingSettings, minutes: float, **changes: object) -> Trainer:
    sitting = replace(Slice(CPU, minutes, replace(CARD, config=settings.model)), **changes)  # type: ignore[arg-type]
    trainer = Trainer(settings, RunFolder(folder), sitting)
    trainer.train(batches_of_tones(), _no_validation, lambda _values: None, JobControl())
    return trainer


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("state.pt", lambda folder: folder.save_state({"step": 1})),
        ("weights.safetensors", lambda folder: folder.save_weights(recipe_weights(TINY), CARD)),
        ("metrics.jsonl", lambda folder: folder.log(step=1)),
    ],
)
def test_a_disk_that_stands_in_the_way_is_one_error(
    tmp_path: Path, name: str, write: Callable[[RunFolder], None]
) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(WriteError, match="a folder of that name is in the way"):
        write(RunFolder(tmp_path))


def test_loss_of_perfect_estimates_is_zero_and_of_silence_is_the_stems_size() -> None:
    class Answer(TwoStageNetwork):
        """Knows the answer, up to a factor."""

        def __init__(self, spectra: Tensor, factor: float) -> None:
            super().__init__(replace(TINY, normalise_level=False))
            self.answer = spectra * factor

        def forward(self, spectrum: Tensor) -> object:  # type: ignore[override]
            assert spectrum.shape == (1, 2, 1025, self.answer.shape[-1])
            return (self.answer, self.answer)

    from engine.dsp.stft import stft

    stems = tones()[None]
    spectra = stft(stems, TINY.stft)
    weights = LossWeights()
    # Rounding of a Fourier transform and its inverse.
    assert float(two_stage_loss(Answer(spectra, 1.0), stems, weights)) < 1e-4
    silence = float(two_stage_loss(Answer(spectra, 0.0), stems, weights))
    spectral = sum(float(part.abs().mean()) for source in spectra[0] for part in (source.real, source.imag))
    expected = 2 * (spectral + sum(float(stem.abs().mean()) for stem in stems[0]))
    assert silence == pytest.approx(expected, rel=1e-4)
    half = float(two_stage_loss(Answer(spectra, 0.5), stems, weights))
    assert half == pytest.approx(silence / 2, rel=1e-3)
    first = float(two_stage_loss(Answer(spectra, 0.0), stems, replace(weights, stage2=0.0)))
    assert first == pytest.approx(silence / 2, rel=1e-4)


def test_loss_does_not_depend_on_the_level_where_the_network_does_not() -> None:
    network = TwoStageNetwork(TINY)
    network.load_state_dict(recipe_weights(TINY))
    network.requires_grad_(requires_grad=False)
    losses = [float(two_stage_loss(network, gain * tones()[None, ..., :4096], LossWeights())) for gain in (1.0, 0.05)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)
    silent = at_reference_level(torch.zeros(1, 4, 2, 10))
    assert not silent.any()


def test_gradients_of_the_loss_are_those_of_finite_differences() -> None:
    torch.manual_seed(0)
    config = replace(TINY, state_dim=4)
    network = TwoStageNetwork(config).double()
    stems = 0.3 * torch.randn(1, 4, 1, 2048, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    loss = two_stage_loss(network, stems, LossWeights())
    loss.backward()
    generator = torch.Generator().manual_seed(2)
    for name in ("separator_mask.0.band_rnn.rnn.forward_mamba2.A_log", "BN_map.3.1.weight", "mask.50.5.weight"):
        parameter = network.get_parameter(name)
        gradient = parameter.grad
        assert gradient is not None
        direction = torch.randn(parameter.shape, dtype=torch.float64, generator=generator)
        direction /= direction.norm()
        values: list[float] = []
        for sign in (1, -1):
            with torch.no_grad():
                parameter += sign * 1e-6 * direction
                values.append(float(two_stage_loss(network, stems, LossWeights())))
                parameter -= sign * 1e-6 * direction
        slope = (values[0] - values[1]) / 2e-6
        # Absolute values have corners, which a finite step may cross.
        assert slope == pytest.approx(float((gradient * direction).sum()), rel=2e-3, abs=1e-7)


def test_recomputing_changes_memory_but_no_gradient() -> None:
    torch.manual_seed(0)
    network = TwoStageNetwork(TINY)
    gradients: list[list[Tensor]] = []
    for recompute in (False, True):
        network.use_recompute(recompute=recompute)
        network.zero_grad()
        two_stage_loss(network, tones(4096)[None], LossWeights()).backward()
        gradients.append([p.grad.clone() for p in network.parameters() if p.grad is not None])
    assert len(gradients[0]) == len(list(network.parameters()))
    for kept, again in zip(*gradients, strict=True):
        torch.testing.assert_close(kept, again)


def test_a_slice_ends_on_time_with_weights_and_metrics(tmp_path: Path) -> None:
    trainer = _train(tmp_path / "run", SETTINGS, minutes=0.03)
    assert trainer.step > 0
    checkpoint = load_checkpoint(tmp_path / "run" / "weights.safetensors")
    assert checkpoint.card.config == TINY
    lines = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert lines[-1]["step"] == trainer.step
    assert not list((tmp_path / "run").glob("*.part"))


def test_a_run_goes_on_where_it_was_saved(tmp_path: Path) -> None:
    settings = replace(SETTINGS, epoch_items=4, epochs=1)
    first = _train(tmp_path / "run", settings, minutes=5)
    assert (first.step, first.items) == (2, 4)
    more = _train(tmp_path / "run", replace(settings, epochs=2), minutes=5)
    assert (more.step, more.items) == (4, 8)
    at_once = _train(tmp_path / "other", replace(settings, epochs=2), minutes=5)
    # Starting weights are drawn anew for another run, so only the counters can agree.
    assert (at_once.step, at_once.items) == (4, 8)


def test_a_folder_is_trained_in_by_one_process_at_a_time(tmp_path: Path) -> None:
    refused = pytest.raises(EngineError, match="another training goes on in")
    with RunFolder(tmp_path).claimed(), refused, RunFolder(tmp_path).claimed():
        pytest.fail("both trained")
    with RunFolder(tmp_path).claimed():
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_locks_can_be_trained_on(tmp_path: Path) -> None:
    (tmp_path / "run.lock").mkdir()
    with RunFolder(tmp_path).claimed():
        pass


def test_metrics_are_json_for_any_reader(tmp_path: Path) -> None:
    # A network that has run away, and a stem that is silent in all validation items.
    RunFolder(tmp_path).log(step=1, loss=math.nan, valid_loss=math.inf, stage1_vocals=1.5)

    def refuse(word: str) -> float:
        pytest.fail(f"{word} is not JSON")

    values = json.loads((tmp_path / "metrics.jsonl").read_text(), parse_constant=refuse)
    assert values == {"step": 1, "loss": None, "valid_loss": None, "stage1_vocals": 1.5}


def test_a_slice_that_is_stopped_has_the_exit_code_of_a_cancel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # So that a loop over slices ends with Ctrl-C.
    for stem, signal in zip(DEFAULT_STEMS, tones().numpy(), strict=True):
        write_song(tmp_path / f"{stem}.wav", signal, 44_100)
    options = ["--musdb", str(tmp_path), "--out", str(tmp_path / "run"), "--validation-items", "1", "--device", "cpu"]
    for stopped, code in ((True, 130), (False, 0)):

        def train(_self: Trainer, *arguments: object, stopped: bool = stopped) -> None:
            *_, control = arguments
            assert isinstance(control, JobControl)
            if stopped:
                control.cancel()

        monkeypatch.setattr(Trainer, "train", train)
        assert run_command_line(["train", "--preset", "bundled-cpu", *options]) == code


def test_a_damaged_state_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "state.pt").write_bytes(b"half a file")
    with pytest.raises(EngineError, match=r"state\.pt is damaged; .* --resume .*weights\.safetensors"):
        _train(tmp_path, SETTINGS, minutes=0.01)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no disk that is always full")
def test_a_full_disk_is_one_error_and_what_was_saved_stays(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.save_state({"step": 1})
    (tmp_path / "state.pt.part").symlink_to("/dev/full")
    with pytest.raises(WriteError, match="the disk is full"):
        folder.save_state({"step": 2, "network": torch.zeros(10_000)})
    assert folder.step() == 1
    assert [path.name for path in tmp_path.iterdir()] == ["state.pt"]


def test_a_run_of_another_network_is_not_gone_on_with(tmp_path: Path) -> None:
    _train(tmp_path, SETTINGS, minutes=0.001)
    with pytest.raises(EngineError, match="holds a run of another network; train this one in another folder"):
        _train(tmp_path, replace(SETTINGS, model=replace(TINY, mask_blocks=2)), minutes=0.001)


def test_a_new_run_can_start_from_weights_alone(tmp_path: Path) -> None:
    checkpoint = load_checkpoint(save_tiny_model(tmp_path / "tiny.safetensors"))
    for level in (TINY, replace(TINY, normalise_level=not TINY.normalise_level)):
        settings = replace(SETTINGS, model=level)
        trainer = Trainer(settings, RunFolder(tmp_path / "run"), Slice(CPU, 1.0, CARD, checkpoint))
        for name, value in trainer.network.state_dict().items():
            assert torch.equal(value, checkpoint.weights[name])
    other = replace(SETTINGS, model=replace(TINY, mask_blocks=2))
    with pytest.raises(ModelError, match="another network"):
        Trainer(other, RunFolder(tmp_path / "other"), Slice(CPU, 1.0, CARD, checkpoint))


def test_a_run_that_ran_away_leaves_what_was_saved(tmp_path: Path) -> None:
    kept = _train(tmp_path, replace(SETTINGS, epochs=1), minutes=5).step
    trainer = Trainer(SETTINGS, RunFolder(tmp_path), Slice(CPU, 0.1 / 60, CARD))
    lost = Batches([(OneSong(math.nan * tones()), 1.0)], 4, AS_IT_IS, 0)
    with pytest.raises(EngineError, match="training ran away by step"):
        trainer.train(lost, _no_validation, lambda _values: None, JobControl())
    state = RunFolder(tmp_path).load_state()
    assert state is not None
    assert state["step"] == kept
    assert all(value.isfinite().all() for value in state["network"].values())
    assert all(value.isfinite().all() for value in load_checkpoint(tmp_path / "weights.safetensors").weights.values())


def test_a_batch_that_memory_does_not_hold_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_network: TwoStageNetwork, _spectrum: Tensor) -> None:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(TwoStageNetwork, "forward", fail)
    with pytest.raises(DeviceError, match="memory ran out on cpu: batches of 2 are too large, see --batch-size"):
        _train(tmp_path, SETTINGS, minutes=5)


def test_learning_rate_falls_after_epochs_without_improvement(tmp_path: Path) -> None:
    settings = replace(SETTINGS, epoch_items=2, epochs=5, patience=2, decay=0.5)
    trainer = Trainer(settings, RunFolder(tmp_path), Slice(CPU, 5.0, CARD))
    rates: list[float] = []
    trainer.train(
        batches_of_tones(), lambda _separator: {"valid_loss": 1.0}, lambda _values: rates.append(0.0), JobControl()
    )
    state = RunFolder(tmp_path).load_state()
    assert state is not None
    # Epoch 1 improves on nothing known; 2 and 3 do not, nor do 4 and 5.
    assert state["rate"] == pytest.approx(1e-3 * 0.5**2)


def test_a_slice_without_cooldown_may_end_while_a_batch_is_drawn(tmp_path: Path) -> None:
    class Slow(OneSong):
        """Takes longer than the slice has left."""

        def together(self, rng: Rng, samples: int) -> Tensor:
            time.sleep(0.2)
            return super().together(rng, samples)

    settings = replace(SETTINGS, batch_size=1, schedule="slice", cooldown=0.0)
    trainer = Trainer(settings, RunFolder(tmp_path), Slice(CPU, 0.1 / 60, CARD))
    batches = Batches([(Slow(tones()), 1.0)], 4, AS_IT_IS, 0)
    trainer.train(batches, _no_validation, lambda _values: None, JobControl())
    assert trainer.step == 1
    assert (tmp_path / "weights.safetensors").exists()


def test_validation_scores_stages_and_floors() -> None:
    items = [Item("loud", tones().numpy()), Item("soft", (0.5 * tones()).numpy())]
    validation = Validation(items, DEFAULT_STEMS, 8192)
    separator = Separator(TINY).eval()
    values = validation(separator)
    assert math.isfinite(values["valid_loss"])
    assert {"stage1_vocals", "stage2_average"} <= values.keys()
    assert json.loads(json.dumps(validation.floors()))["floors"]["mixture"]["usdr_db"]["bass"] is not None
    with pytest.raises(ValueError, match="whole segments"):
        Validation(items, DEFAULT_STEMS, 5000)


def test_a_stem_that_no_validation_item_has_does_not_hide_progress() -> None:
    stems = tones().numpy()
    stems[2] = 0
    values = Validation([Item("song", stems)], DEFAULT_STEMS, 8192)(Separator(TINY).eval())
    known = [values[f"stage2_{stem}"] for stem in ("vocals", "bass", "other")]
    assert math.isnan(values["stage2_drums"])
    assert values["valid_loss"] == pytest.approx(-np.mean(known))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")  # torch.compile's own
def test_a_compiled_step_is_the_same_step(tmp_path: Path) -> None:
    weights: list[dict[str, Tensor]] = []
    for compile_with in ("", "aot_eager"):
        torch.manual_seed(0)
        sitting = Slice(CPU, 5.0, CARD, compile_with=compile_with)
        trainer = Trainer(
            replace(SETTINGS, epochs=1, epoch_items=4), RunFolder(tmp_path / f"run-{compile_with}"), sitting
        )
        trainer.network.use_core(TorchCore())
        trainer.train(batches_of_tones(), _no_validation, lambda _values: None, JobControl())
        assert trainer.step == 2
        weights.append(trainer.network.state_dict())
    for name, value in weights[0].items():
        # Adam's first steps go by the sign of the gradient, so a few small ones may go the other way.
        assert float((value - weights[1][name]).norm()) <= 1e-2 * float(value.norm()), name


@pytest.mark.slow
def test_a_network_that_cannot_be_compiled_is_one_sentence(tmp_path: Path) -> None:
    def without_compiler(*_graph: object) -> None:
        raise RuntimeError("no compiler\nand much more")

    sitting = Slice(CPU, 5.0, CARD, compile_with=without_compiler)  # type: ignore[arg-type]
    trainer = Trainer(SETTINGS, RunFolder(tmp_path), sitting)
    trainer.network.use_core(TorchCore())
    with pytest.raises(EngineError, match=r"^PyTorch cannot compile the network \(.+\); train without --compile$"):
        trainer.train(batches_of_tones(), _no_validation, lambda _values: None, JobControl())


@pytest.mark.slow
def test_a_small_network_learns_one_mixture_by_heart(tmp_path: Path) -> None:
    torch.manual_seed(0)
    stems = tones(11_025)
    config = replace(TINY, feature_dim=32, state_dim=16)
    settings = TrainingSettings(
        config,
        batch_size=1,
        segment_samples=11_025,
        epoch_items=80,
        epochs=1,
        learning_rate=3e-3,
        ema_decay=0.9,
        recompute=False,
    )
    trainer = Trainer(settings, RunFolder(tmp_path), Slice(CPU, 20.0, replace(CARD, config=config)))
    trainer.train(Batches([(OneSong(stems), 1.0)], 4, AS_IT_IS, 0), _no_validation, lambda _values: None, JobControl())
    separator = load_checkpoint(tmp_path / "weights.safetensors").separator()
    with torch.inference_mode():
        estimates = separator(stems.sum(0)[None])
    assert estimates.stage2 is not None
    stages: dict[Stage, Samples] = {1: estimates.stage1[0].numpy(), 2: estimates.stage2[0].numpy()}
    scores = summarise(score_items([stems.numpy()], [stages], DEFAULT_STEMS, floors=False))
    for stage in ("stage1", "stage2"):
        assert scores[stage]["average"].usdr_db > 20, {stem: figure.usdr_db for stem, figure in scores[stage].items()}
