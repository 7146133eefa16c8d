"""`bandsaw train`: one slice of a training run."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from engine.cli.work import cancelled_by_signals
from engine.inference.device import choose_device
from engine.model.checkpoint import ModelCard, load_checkpoint
from engine.stems import DEFAULT_STEMS
from engine.training.loop import Slice, Trainer
from engine.training.material import Sources, open_material
from engine.training.pool import Batches, Mixing
from engine.training.run import RunFolder
from engine.training.settings import PRESETS
from engine.training.validation import Validation


def run(options: argparse.Namespace) -> int:
    """Train until the minutes are over; returns the exit code.

    Raises:
        EngineError: The material, the device, the weights or the folder stand in the way.
    """
    device = choose_device(options.device, "auto")
    settings = PRESETS[options.preset]
    settings = replace(settings, batch_size=options.batch_size or settings.batch_size)
    provenance = f"trained by `bandsaw train --preset {options.preset}`"
    card = ModelCard(options.preset, settings.model, DEFAULT_STEMS, provenance=provenance)
    resume = load_checkpoint(options.resume) if options.resume else None
    folder = RunFolder(options.out)
    trainer = Trainer(settings, folder, Slice(device.torch_device, options.minutes, card, resume))
    sys.stderr.write(f"training {options.preset} on {device.label}, from step {trainer.step}\n")
    sources = Sources(
        assets=options.assets,
        musdb=options.musdb,
        cache=options.out / "cache",
        songs=options.songs,
        workers=options.workers,
        validation_items=options.validation_items,
        # Every slice gets songs of its own.
        seed=options.seed + 1_000_000 * (trainer.step + 1),
    )
    with (
        open_material(sources, settings.segment_samples, device.torch_device, _rendering) as material,
        cancelled_by_signals() as control,
    ):
        validation = Validation(material.references, DEFAULT_STEMS, settings.segment_samples)
        folder.log(**validation.floors())
        batches = Batches(material.pools, len(DEFAULT_STEMS), Mixing(), seed=sources.seed)
        trainer.train(batches, validation, _report, control)
    sys.stdout.write(f"{folder.weights}\n")
    return 0


def _rendering(songs: int, enough: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\rrendering songs: {songs} of {enough}" + ("\n" if songs >= enough else ""))


def _report(values: dict[str, float]) -> None:
    shown = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
    sys.stderr.write(shown + "\n")
    sys.stderr.flush()
