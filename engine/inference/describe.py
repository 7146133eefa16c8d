"""What a model is and how it will run here."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import ModelError
from engine.stems import DeviceChoice

PRESET_PREFIX = "preset:"


@dataclass(frozen=True)
class ModelRequest:
    """Which model, and on which device it would run.

    Attributes:
        model: Its name in the list of models, the path of a checkpoint, or `preset:NAME` for a network without weights.
        device: Where it would run.
    """

    model: str = "default"
    device: DeviceChoice = "auto"


@dataclass(frozen=True)
class ModelInfo:
    """Facts about a model.

    Attributes:
        model: Its name.
        file: Its checkpoint; empty for a preset.
        stems: In output order.
        sample_rate: In Hz, of what the network hears.
        parameters: Of the whole network.
        first_stage_parameters: Of what a first-stage-only run loads.
        macs_per_second: Multiply-accumulates for one second of stereo audio.
        first_stage_macs_per_second: The same for a first-stage-only run.
        feature_dim: Features per band and frame.
        mask_blocks: Blocks of the first stage.
        map_blocks: Blocks of the second stage.
        normalise_level: Whether segments are brought to one level for the network.
        device: Where it would run.
        device_reason: Why there.
        backend: What computes the mixers.
        backend_reason: Why that.
        licence: Of the weights; empty when unknown.
        provenance: Of the weights; empty when unknown.
        sha256: Of the file, in hex; empty for a preset.
    """

    model: str
    file: str
    stems: tuple[str, ...]
    sample_rate: int
    parameters: int
    first_stage_parameters: int
    macs_per_second: int
    first_stage_macs_per_second: int
    feature_dim: int
    mask_blocks: int
    map_blocks: int
    normalise_level: bool
    device: str
    device_reason: str
    backend: str
    backend_reason: str
    licence: str
    provenance: str
    sha256: str


def no_such_preset(name: str) -> ModelError:
    """The error for a preset that does not exist."""
    from engine.model.config import PRESETS

    return ModelError(f"there is no preset {name!r}, only {', '.join(PRESETS)}")


def describe(request: ModelRequest) -> ModelInfo:
    """Collect the facts about a model.

    Raises:
        ModelError: There is no such model or preset, or its file is damaged.
        DeviceError: The requested device is not there.
    """
    import torch

    from engine.inference.device import choose_device
    from engine.model.backend import choose_backend
    from engine.model.checkpoint import ModelCard
    from engine.model.config import PRESETS, ModelConfig, macs_per_second
    from engine.model.library import load_model
    from engine.model.network import TwoStageNetwork
    from engine.stems import DEFAULT_STEMS

    def count_parameters(config: ModelConfig) -> int:
        with torch.device("meta"):
            return sum(parameter.numel() for parameter in TwoStageNetwork(config).parameters())

    if request.model.startswith(PRESET_PREFIX):
        name = request.model.removeprefix(PRESET_PREFIX)
        if name not in PRESETS:
            raise no_such_preset(name)
        card, file, sha256 = ModelCard(name, PRESETS[name], DEFAULT_STEMS), "", ""
    else:
        checkpoint = load_model(request.model)
        card, file, sha256 = checkpoint.card, str(checkpoint.path), checkpoint.sha256
    device = choose_device(request.device, "auto")
    backend = choose_backend(device.torch_device)
    config = card.config
    return ModelInfo(
        model=card.name,
        file=file,
        stems=card.stems,
        sample_rate=card.sample_rate,
        parameters=count_parameters(config),
        first_stage_parameters=count_parameters(config.first_stage()),
        macs_per_second=macs_per_second(config),
        first_stage_macs_per_second=macs_per_second(config.first_stage()),
        feature_dim=config.feature_dim,
        mask_blocks=config.mask_blocks,
        map_blocks=config.map_blocks,
        normalise_level=config.normalise_level,
        device=device.label,
        device_reason=device.reason,
        backend=backend.name,
        backend_reason=backend.reason,
        licence=card.licence,
        provenance=card.provenance,
        sha256=sha256,
    )
