"""`bandsaw train`: one slice of a training run."""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from engine.cli import CANCELLED_EXIT_CODE
from engine.cli.work import cancelled_by_signals, printable, tell, work_folder
from engine.errors import EngineError
from engine.inference.device import choose_device
from engine.model.architectures import PRESET_PREFIX, preset_config
from engine.model.checkpoint import ModelCard, load_checkpoint
from engine.stems import DEFAULT_STEMS, NETWORK_RATE
from engine.training.loop import Slice, Trainer
from engine.training.material import Material, Sources, prepare_material
from engine.training.pool import Batches
from engine.training.render_pool import RenderPool
from engine.training.run import RunFolder
from engine.training.settings import PRESETS, TrainingSettings
from engine.training.targets import Targets
from engine.training.team import Team, join_team
from engine.training.validation import Validation


def run(options: argparse.Namespace) -> int:
    """Train until the minutes are over, or a signal asks for an end; returns the exit code.

    Raises:
        EngineError: The material, the device, the weights or the folder stand in the way.
    """
    if options.assets is None and options.musdb is None:
        raise EngineError("there is nothing to train on: give --assets, --musdb, or both")
    device = choose_device(options.device, "auto")
    with join_team(device.torch_device) as (team, torch_device), ExitStack() as stack:
        settings = _settings(options)
        provenance = f"trained by `bandsaw train --preset {options.preset}`"
        name, model = options.model.removeprefix(PRESET_PREFIX) or options.preset, settings.model
        card = ModelCard(name, model, model.usual_stems(), provenance=provenance)
        resume = load_checkpoint(options.resume) if options.resume else None
        compile_with = "inductor" if options.compile else ""
        folder = stack.enter_context(RunFolder(options.out))
        if team.leads:
            stack.enter_context(folder.claimed())
        sources = _sources(options, folder.step(), team)
        # As early as can be: it goes on while this process prepares everything else.
        rendered = stack.enter_context(_rendering(options.assets, sources, torch_device))
        torch.manual_seed(_seed(options.seed))  # of the weights that a new run starts with
        trainer = Trainer(
            settings, folder, Slice(torch_device, options.minutes, card, resume, team=team, compile_with=compile_with)
        )
        if team.leads:
            processes = f" and {team.size - 1} more" if team.size > 1 else ""
            sys.stderr.write(f"training {name} on {device.label}{processes}, from step {trainer.step}\n")
            if resume and trainer.step:
                tell(f"note: this run has begun, and does not start from {printable(resume.path.name)} any more")
        with team.leader_first():
            material = prepare_material(sources, rendered, settings.segment_samples, torch_device, _on_song)
        for warning in material.warnings:
            tell(f"warning: {printable(warning)}")
        validation = _validation(material, card, settings, options.out / "examples")
        if team.leads:
            folder.log(**validation.floors())
            if resume and trainer.step == 0:
                folder.log(resumed_from=resume.sha256)
        if rendered:
            rendered.wait(functools.partial(_on_song, "rendering"))
        # Only from here on: until training starts, an interrupt ends the program at once.
        control = stack.enter_context(cancelled_by_signals())
        batches = Batches(material.pools, len(DEFAULT_STEMS), settings.mixing, seed=sources.seed)
        trainer.train(batches, validation, _report, control)
        if team.leads:
            sys.stdout.write(f"{folder.weights}\n")
    return CANCELLED_EXIT_CODE if control.cancelled else 0


def _sources(options: argparse.Namespace, step: int, team: Team) -> Sources:
    return Sources(
        musdb=options.musdb,
        cache=options.out / "cache",
        songs=options.songs,
        workers=max(1, options.workers // team.size),
        validation_items=options.validation_items,
        augment=options.augment,
        seed=_seed(options.seed, step, team.rank),
    )


@contextmanager
def _rendering(assets: Path | None, sources: Sources, device: torch.device) -> Generator[RenderPool | None]:
    """A block in which songs are rendered, if there is a pack to render them from."""
    if assets is None:
        yield None
        return
    with work_folder() as decoded, RenderPool(sources.plan(assets, decoded), device) as pool:
        yield pool


def _validation(material: Material, card: ModelCard, settings: TrainingSettings, examples: Path) -> Validation:
    targets = Targets(card)
    items = [item._replace(stems=targets.of(torch.from_numpy(item.stems)).numpy()) for item in material.items]
    return Validation(items, targets.stems, settings.segment_samples, examples)


def _seed(*parts: int) -> int:
    """A seed far from that of any other run, slice or process, as songs have the numbers after it."""
    return int(np.random.SeedSequence(parts).generate_state(1, np.uint64)[0])


def _settings(options: argparse.Namespace) -> TrainingSettings:
    """Those of the preset, with what was asked for instead."""
    settings = PRESETS[options.preset]
    settings = replace(
        settings,
        batch_size=options.batch_size or settings.batch_size,
        cooldown=settings.cooldown if options.cooldown is None else options.cooldown,
        recompute=settings.recompute if options.recompute is None else options.recompute,
    )
    if options.model:
        model = preset_config(options.model)
        samples = model.chunking.segment_samples * NETWORK_RATE // model.sample_rate
        settings = replace(settings, model=model, segment_samples=samples)
    return settings


def _on_song(doing: str, songs: int, awaited: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{doing} songs: {songs} of {awaited}" + ("\n" if songs >= awaited else ""))


def _report(values: dict[str, float]) -> None:
    """One line of progress, or the scores of a validation."""
    if "valid_loss" in values:
        scores = [f"{name} {value:.2f}" for name, value in values.items() if name.startswith("stage")]
        text = f"step {values['step']}, SDR in dB: " + ", ".join(scores)
    else:
        text = (
            f"step {values['step']}, loss {values['loss']:.3f}, {values['hours']:.2f} h of audio heard, "
            f"{values['steps_per_second']:.2f} steps/s, {_clock(values['minutes_left'])} left"
        )
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _clock(minutes: float) -> str:
    return f"{int(minutes // 60)}:{int(minutes % 60):02d} h" if minutes >= 60 else f"{minutes:.0f} min"
