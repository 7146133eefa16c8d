"""What can be chosen by name; loads no torch, so that the command line can list it."""

from __future__ import annotations

from typing import Literal, get_args

# See `engine.training.settings.PRESETS`.
Preset = Literal["paper-full", "paper-light", "bundled", "bundled-cpu"]
PRESET_NAMES: tuple[Preset, ...] = get_args(Preset)

# See `engine.training.augment`.
Mode = Literal["single", "incoherent", "coherent_shared", "coherent_varied"]
MODES: tuple[Mode, ...] = get_args(Mode)
