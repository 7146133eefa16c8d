"""What a model is and how it will run here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from engine.stems import DeviceChoice

if TYPE_CHECKING:
    from engine.model.config import NetworkConfig


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
        architecture: Of the network.
        sizes: Hyper-parameters of the network, by name.
        stages: How many the network has.
        remainder: The stem that is what the others leave of the mixture; empty where the network makes all.
        device: Where it would run.
        device_reason: Why there.
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
    architecture: str
    sizes: Mapping[str, float | bool | str]
    stages: int
    remainder: str
    device: str
    device_reason: str
    licence: str
    provenance: str
    sha256: str


def describe(request: ModelRequest) -> ModelInfo:
    """Collect the facts about a model.

    Raises:
        ModelError: There is no such model or preset, or its file is damaged.
        DeviceError: The requested device is not there.
    """
    return described(request)[0]


def described(request: ModelRequest) -> tuple[ModelInfo, NetworkConfig]:
    """What `describe` collects, and what defines the network."""
    from engine.inference.device import choose_device
    from engine.model.architectures import PRESET_PREFIX, preset_config
    from engine.model.checkpoint import ModelCard
    from engine.model.library import load_model
    from engine.model.outline import outline

    if request.model.startswith(PRESET_PREFIX):
        config = preset_config(request.model)
        name = request.model.removeprefix(PRESET_PREFIX)
        card, file, sha256 = ModelCard(name, config, config.usual_stems()), "", ""
    else:
        checkpoint = load_model(request.model)
        card, file, sha256 = checkpoint.card, str(checkpoint.path), checkpoint.sha256
    device = choose_device(request.device, "auto")
    config = card.config
    info = ModelInfo(
        model=card.name,
        file=file,
        stems=card.stems,
        sample_rate=config.sample_rate,
        parameters=outline(config).parameters,
        first_stage_parameters=outline(config.first_stage()).parameters,
        macs_per_second=config.macs_per_second(),
        first_stage_macs_per_second=config.first_stage().macs_per_second(),
        architecture=config.title,
        sizes=asdict(config),
        stages=config.stages,
        remainder=card.stems[-1] if config.remainder else "",
        device=device.label,
        device_reason=device.reason,
        licence=card.licence,
        provenance=card.provenance,
        sha256=sha256,
    )
    return info, config
