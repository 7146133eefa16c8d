"""The architectures that this program knows, and named networks of them."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import ModelError
from engine.model import bs_mamba2, bs_roformer, bsrnn, light_unet, se_bsrnn, two_stage
from engine.model.bs_mamba2 import BSMamba2Config
from engine.model.bs_roformer import BSRoFormerConfig, MelBandRoFormerConfig
from engine.model.bsrnn import BSRNNConfig, SimoBSRNNConfig
from engine.model.config import NetworkConfig
from engine.model.light_unet import LightUNetConfig
from engine.model.se_bsrnn import SEBandSplitConfig
from engine.model.two_stage import TwoStageConfig

_CONFIGS: tuple[type[NetworkConfig], ...] = (
    TwoStageConfig,
    BSMamba2Config,
    BSRoFormerConfig,
    MelBandRoFormerConfig,
    BSRNNConfig,
    SimoBSRNNConfig,
    SEBandSplitConfig,
    LightUNetConfig,
)
ARCHITECTURES: Mapping[str, type[NetworkConfig]] = {config.architecture: config for config in _CONFIGS}

# What a checkpoint of ours holds if it does not name its architecture, as the first ones do not.
UNNAMED = TwoStageConfig.architecture

# Of a name that means a network without trained weights.
PRESET_PREFIX = "preset:"

PRESETS: Mapping[str, NetworkConfig] = {
    **two_stage.PRESETS,
    **bs_mamba2.PRESETS,
    **bs_roformer.PRESETS,
    **bsrnn.PRESETS,
    **se_bsrnn.PRESETS,
    **light_unet.PRESETS,
}


def preset_config(model: str) -> NetworkConfig:
    """The network that `preset:NAME` means.

    Raises:
        ModelError: There is no such preset.
    """
    name = model.removeprefix(PRESET_PREFIX)
    if name not in PRESETS:
        raise ModelError(f"there is no preset {name!r}, only {', '.join(PRESETS)}")
    return PRESETS[name]
