"""The training loop, to be read from top to bottom.

A run is a folder. Starting it again goes on where it stopped, also after a kill, which costs at most a minute. A slice
ends after some minutes with weights written. `resume` starts a new run from a checkpoint's weights alone. With several
processes, each draws its share of every batch, and the leader alone decides, validates and writes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from engine.dsp.resample import resample
from engine.errors import DeviceError, EngineError, ModelError
from engine.model.backend import choose_backend
from engine.model.checkpoint import Checkpoint, ModelCard
from engine.model.memory import is_out_of_memory
from engine.model.network import Network
from engine.model.separator import Separator
from engine.progress import JobControl
from engine.stems import NETWORK_RATE
from engine.training.captured import CapturedStep
from engine.training.loss import two_stage_loss
from engine.training.pool import Batches
from engine.training.run import RunFolder
from engine.training.settings import TrainingSettings
from engine.training.targets import Targets
from engine.training.team import Team

_SAVE_SECONDS = 45.0
_REPORT_SECONDS = 10.0

Validate = Callable[[Separator], dict[str, float]]
OnReport = Callable[[dict[str, float]], None]


@dataclass(frozen=True)
class Slice:
    """One sitting of a run.

    Attributes:
        device: Where to train.
        minutes: How long at most.
        card: Of the weights that are written.
        resume: Weights to start a new run from.
        team: The processes that train together.
        compile_with: Back-end of `torch.compile`, such as `inductor`; empty: do not compile.
    """

    device: torch.device
    minutes: float
    card: ModelCard
    resume: Checkpoint | None = None
    team: Team = field(default_factory=Team)
    compile_with: str = ""


class Trainer:
    """Trains one network in one folder."""

    def __init__(self, settings: TrainingSettings, folder: RunFolder, sitting: Slice) -> None:
        """Build the network and take up the run where it stands.

        Raises:
            ModelError: The weights to resume from are of another network, or its stems are not what songs have.
            EngineError: The run's state is damaged or of another network, or the batch cannot be shared out equally.
        """
        if settings.batch_size % sitting.team.size:
            raise EngineError(
                f"a batch of {settings.batch_size} cannot be shared out equally among {sitting.team.size} processes"
            )
        self._settings = settings
        self._folder = folder
        self._sitting = sitting
        self.network = settings.model.build()
        self.network.use_recompute(recompute=settings.recompute)
        self._targets = Targets(sitting.card)
        self._heard_samples = round(settings.segment_samples * settings.model.sample_rate / NETWORK_RATE)
        self._average = Separator(settings.model).requires_grad_(requires_grad=False).eval()
        self.step = 0
        self.items = 0
        self._validated_step = -1
        self._best = math.inf
        self._stale_epochs = 0
        self._rate = settings.learning_rate
        self._schedule = [settings.schedule, settings.learning_rate]
        state = folder.load_state()
        if state is not None:
            if _shapes(state["network"]) != _shapes(self.network.state_dict()):
                raise EngineError(f"{folder.path} holds a run of another network; train this one in another folder")
            self.network.load_state_dict(state["network"])
            self._average.network.load_state_dict(state["average"])
        elif sitting.resume is not None:
            _take_weights(self.network, sitting.resume)
        if sitting.device.type == "cuda":
            # What is left in float32 may use TF32: gradients are noisier than that.
            torch.set_float32_matmul_precision("high")
        core = choose_backend(sitting.device).core
        for network in (self.network, self._average.network):
            network.use_core(core)
            network.to(sitting.device)
        whole: Any = torch.compile(self.network, backend=sitting.compile_with) if sitting.compile_with else self.network
        self._parallel = sitting.team.wrap(whole)
        on_gpu = sitting.device.type == "cuda"
        # A tensor, as a captured step keeps numbers as they were.
        self._step_rate = torch.tensor(settings.learning_rate, device=sitting.device)
        # Fused, as the network has some thousand parameters, most of them small.
        self._optimiser = torch.optim.Adam(self.network.parameters(), lr=self._step_rate, fused=True, capturable=on_gpu)
        captures = on_gpu and sitting.team.size == 1
        self._learn_from = CapturedStep(self._learn, sitting.device) if captures else self._learn
        if state is None:
            self._average.network.load_state_dict(self.network.state_dict())
        else:
            self._optimiser.load_state_dict(state["optimiser"])
            for group in self._optimiser.param_groups:
                group.update(lr=self._step_rate, capturable=on_gpu)
            self.step, self.items = state["step"], state["items"]
            # Of another preset's schedule, nothing holds for this one's.
            if state.get("schedule", self._schedule) == self._schedule:
                self._best, self._stale_epochs, self._rate = state["best"], state["stale_epochs"], state["rate"]

    def train(self, batches: Batches, validate: Validate, on_report: OnReport, control: JobControl) -> None:
        """Train until the slice, the epochs or the caller's patience end; then weights are written.

        Raises:
            DeviceError: A batch needs more memory than there is.
            EngineError: The network cannot be compiled; and see `save`.
        """
        settings, team = self._settings, self._sitting.team
        mine = settings.batch_size // team.size
        started = saved = reported = time.monotonic()
        first_step, losses = self.step, []
        # By the leader's clock, or the processes would go different ways.
        while (share := team.leaders(self._share(started, control))) < 1:
            drawn = batches.draw(mine, settings.segment_samples, self._sitting.device)
            stems = resample(self._targets.of(drawn), self._heard_samples)
            losses.append(self._update(stems, self._learning_rate(self.step - first_step, share)))
            now = time.monotonic()
            if now - reported > _REPORT_SECONDS:
                if team.leads:
                    on_report(self._report(losses, started, first_step))
                reported, losses = now, []
            if self.items // settings.epoch_items > (self.items - settings.batch_size) // settings.epoch_items:
                self._end_epoch(validate, on_report)
            if team.leads and now - saved > _SAVE_SECONDS:
                self.save()
                saved = now
        if team.leads:
            # Before the validation, which takes a while and may be the moment of a kill.
            self.save()
            if self._validated_step < self.step:
                self._validate(validate, on_report)

    def save(self) -> None:
        """Keep the run's state and its averaged weights.

        Raises:
            EngineError: The weights are no finite numbers any more; what was kept before stays.
        """
        weights = {name: value.cpu() for name, value in self._average.network.state_dict().items()}
        if not all(value.isfinite().all() for value in weights.values()):
            raise EngineError(f"training ran away by step {self.step}; {self._folder.path} keeps what was saved before")
        self._folder.save_state(
            {
                "network": self.network.state_dict(),
                "average": self._average.network.state_dict(),
                "optimiser": self._optimiser.state_dict(),
                "step": self.step,
                "items": self.items,
                "best": self._best,
                "stale_epochs": self._stale_epochs,
                "rate": self._rate,
                "schedule": self._schedule,
            }
        )
        self._folder.save_weights(weights, self._sitting.card)

    def _update(self, stems: Tensor, learning_rate: float) -> Tensor:
        """One step; returns the loss without waiting for the device."""
        self._step_rate.fill_(learning_rate)
        try:
            loss = self._learn_from(stems)
        except (RuntimeError, MemoryError) as error:
            from torch._dynamo.exc import TorchDynamoException  # takes a second

            if isinstance(error, TorchDynamoException):  # such as where there is no compiler
                why = str(error).partition("\n")[0]
                raise EngineError(f"PyTorch cannot compile the network ({why}); train without --compile") from error
            if not is_out_of_memory(error):
                raise
            remedy = f"batches of {self._settings.batch_size} are too large, see --batch-size"
            raise DeviceError(f"memory ran out on {self._sitting.device}: {remedy}") from error
        self.step += 1
        self.items += self._settings.batch_size
        self._update_average()
        return loss

    def _learn(self, stems: Tensor) -> Tensor:
        """Take a step of the optimiser; returns the loss before it."""
        device = self._sitting.device.type
        self._optimiser.zero_grad(set_to_none=True)
        # The scan, the norms and the transforms stay in float32 inside.
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            loss = two_stage_loss(self._parallel, stems, self._settings.loss)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), self._settings.clip_norm)
        self._optimiser.step()
        return loss.detach()

    @torch.no_grad()
    def _update_average(self) -> None:
        # Shorter at the start, so that the first weights are soon forgotten.
        decay = min(self._settings.ema_decay, (1 + self.step) / (10 + self.step))
        average: list[Tensor] = list(self._average.network.parameters())
        current: list[Tensor] = list(self.network.parameters())
        get_ema_multi_avg_fn(decay)(average, current, self.step)
        for kept, newest in zip(self._average.network.buffers(), self.network.buffers(), strict=True):
            kept.copy_(newest)  # statistics, which are averages already

    def _learning_rate(self, steps: int, share: float) -> float:
        warm = min(1.0, (steps + 1) / max(1, self._settings.warmup_steps))
        return self._rate * warm * self._settings.rate_share(share)

    def _share(self, started: float, control: JobControl) -> float:
        """Share of the slice that is over; 1 or more at its end."""
        if control.cancelled or self.items >= self._settings.epochs * self._settings.epoch_items:
            return 1.0
        return (time.monotonic() - started) / (60 * self._sitting.minutes)

    def _report(self, losses: list[Tensor], started: float, first_step: int) -> dict[str, float]:
        seconds = time.monotonic() - started
        values = {
            "step": self.step,
            "hours": self.items * self._settings.segment_samples / NETWORK_RATE / 3600,
            "loss": float(torch.stack(losses).mean()),
            "learning_rate": float(self._step_rate),
            "steps_per_second": (self.step - first_step) / seconds,
            "minutes_left": max(0.0, self._sitting.minutes - seconds / 60),
        }
        self._folder.log(**values)
        return values

    def _validate(self, validate: Validate, on_report: OnReport) -> float:
        """Score the averaged weights; returns what is to be made small."""
        scores: dict[str, Any] = {"step": self.step, **validate(self._average)}
        self._folder.log(**scores)
        on_report(scores)
        self._validated_step = self.step
        return scores["valid_loss"]

    def _end_epoch(self, validate: Validate, on_report: OnReport) -> None:
        """Validate and, on a plateau, lower the learning rate."""
        if self._sitting.team.leads:
            loss = self._validate(validate, on_report)
            self._stale_epochs = 0 if loss < self._best else self._stale_epochs + 1
            self._best = min(loss, self._best)
            if self._settings.schedule == "plateau" and self._stale_epochs >= self._settings.patience:
                self._rate *= self._settings.decay
                self._stale_epochs = 0
        self._rate = self._sitting.team.leaders(self._rate)


def _shapes(weights: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in weights.items()}


def _take_weights(network: Network, checkpoint: Checkpoint) -> None:
    # Weights fit whatever level they were trained at; training goes on at the level of this run.
    same = replace(checkpoint.card.config, normalise_level=network.config.normalise_level)
    if same != network.config:
        raise ModelError(f"{checkpoint.path.name} holds another network than the one to train")
    network.load_state_dict(dict(checkpoint.weights))
