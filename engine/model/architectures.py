"""The architectures that this program knows, and named networks of them."""

from __future__ import annotations

from collections.abc import Mapping

from engine.model import two_stage
from engine.model.config import NetworkConfig
from engine.model.two_stage import TwoStageConfig

ARCHITECTURES: Mapping[str, type[NetworkConfig]] = {config.architecture: config for config in (TwoStageConfig,)}

# What a checkpoint of ours holds if it does not name its architecture, as the first ones do not.
UNNAMED = TwoStageConfig.architecture

PRESETS: Mapping[str, NetworkConfig] = {**two_stage.PRESETS}
