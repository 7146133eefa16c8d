"""Checkpoint files: our own format, and those of the published code of each architecture.

Ours is safetensors whose metadata has one entry, `bandsaw`, a JSON object with everything that is not a weight. Theirs
is a dictionary of tensors, perhaps wrapped by a trainer; the architecture is told from the tensors' names, its sizes
from their shapes. Nothing in a checkpoint is ever executed.
"""

from __future__ import annotations

import dataclasses
import json
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from engine.errors import ModelError
from engine.model.architectures import ARCHITECTURES, UNNAMED
from engine.model.bundled import file_sha256, no_such_model
from engine.model.config import SAMPLE_RATE, NetworkConfig, Weights
from engine.model.separator import Separator

METADATA_KEY = "bandsaw"
SUFFIXES = (".safetensors", ".pt", ".pth", ".ckpt")

_PREFIXES = ("module.", "model.", "network.")
_WRAPPERS = ("state_dict", "model_state_dict", "model")


@dataclass(frozen=True)
class ModelCard:
    """What a checkpoint says about itself.

    Attributes:
        name: For people.
        config: Architecture and sizes of the network.
        stems: Their names, in output order.
        sample_rate: In Hz, of what the network hears.
        licence: SPDX identifier of the weights; empty when unknown.
        provenance: Where the weights come from: data, training, commit.
    """

    name: str
    config: NetworkConfig
    stems: tuple[str, ...]
    sample_rate: int = SAMPLE_RATE
    licence: str = ""
    provenance: str = ""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that fits its network.

    Attributes:
        path: Where it was read from.
        card: What it says, or what its shapes tell.
        weights: By parameter name, in float32.
        sha256: Of the file, in hex.
    """

    path: Path
    card: ModelCard
    weights: Weights
    sha256: str

    def separator(self, *, second_stage: bool = True) -> Separator:
        """Build the network with these weights, in evaluation mode.

        Args:
            second_stage: Without it neither the second stage's parameters nor its work exist.
        """
        config = self.card.config if second_stage else self.card.config.first_stage()
        with torch.device("meta"):
            separator = Separator(config)
        wanted = separator.network.state_dict()
        separator.network.load_state_dict({name: self.weights[name] for name in wanted}, assign=True)
        return separator.requires_grad_(requires_grad=False).eval()


def save_checkpoint(path: Path, weights: Weights, card: ModelCard) -> None:
    """Write a checkpoint in our format, whole or not at all.

    Raises:
        ModelError: The weights do not fit the card.
    """
    check_weights(path, card.config, weights)
    text = json.dumps({"architecture": card.config.architecture, **dataclasses.asdict(card)}, sort_keys=True)
    data = save({name: value.contiguous() for name, value in weights.items()}, {METADATA_KEY: text})
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint of either format.

    Raises:
        ModelError: The file is missing, damaged, holds code, or is no network that is known; says which and what to do.
    """
    if not path.is_file():
        raise no_such_model(path)
    metadata: Mapping[str, str] = {}
    if path.suffix == ".safetensors":
        weights, metadata = _read_safetensors(path)
    elif path.suffix in SUFFIXES:
        weights = _read_pickle(path)
    else:
        raise ModelError(f"{path.name} is no checkpoint: its name should end in {', '.join(SUFFIXES)}")
    if METADATA_KEY in metadata:
        card = _read_card(path, metadata[METADATA_KEY])
    else:
        weights = {_plain_name(name): value for name, value in weights.items()}
        config = config_from_shapes(path, weights)
        card = ModelCard(path.stem, config, config.usual_stems(), config.sample_rate)
    check_weights(path, card.config, weights)
    weights = {name: value.to(torch.float32) for name, value in weights.items()}
    return Checkpoint(path, card, weights, file_sha256(path))


def config_from_shapes(path: Path, weights: Weights) -> NetworkConfig:
    """Tell the architecture from the parameters' names and its sizes from their shapes.

    Raises:
        ModelError: A parameter that tells them is missing.
    """
    marked = [architecture for architecture in ARCHITECTURES.values() if architecture.mark in weights]
    if not marked:
        *titles, last = (architecture.title for architecture in ARCHITECTURES.values())
        raise ModelError(f"{path.name} is no {', '.join(titles)} or {last} checkpoint: it has none of their parameters")
    title = marked[0].title
    try:
        return marked[0].from_weights(weights)
    except KeyError as error:
        raise ModelError(f"{path.name} is no {title} checkpoint: it has no parameter {error.args[0]}") from None
    except (ValueError, ZeroDivisionError) as error:
        raise ModelError(f"{path.name} is no {title} checkpoint: its parameters' shapes make no sense") from error


def check_weights(path: Path, config: NetworkConfig, weights: Weights) -> None:
    """Compare names and shapes with what the network needs.

    Raises:
        ModelError: Names the first missing, extra or mis-shaped parameter, and how many more there are.
    """
    with torch.device("meta"):
        wanted = {name: tuple(value.shape) for name, value in config.build().state_dict().items()}
    faults = [f"lacks {name}" for name in wanted if name not in weights]
    faults += [f"has an unknown parameter {name}" for name in weights if name not in wanted]
    faults += [
        f"has {name} of shape {tuple(value.shape)} instead of {wanted[name]}"
        for name, value in weights.items()
        if name in wanted and tuple(value.shape) != wanted[name]
    ]
    if faults:
        more = f" (and {len(faults) - 1} more faults)" if len(faults) > 1 else ""
        raise ModelError(f"{path.name} does not fit the network: it {faults[0]}{more}")


def _read_safetensors(path: Path) -> tuple[dict[str, Tensor], Mapping[str, str]]:
    try:
        with safe_open(path, framework="pt") as file:
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
            return weights, file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path.name} is damaged or no safetensors file; download or copy it again") from error


def _read_pickle(path: Path) -> dict[str, Tensor]:
    try:
        loaded = cast("object", torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:  # damaged files make PyTorch's reader raise almost anything
        if isinstance(error, pickle.UnpicklingError) and "Weights only load failed" in str(error):
            reason = "it holds more than weights, or is damaged; refused, because it could run code"
        else:
            reason = "it is damaged or no PyTorch checkpoint; download or copy it again"
        raise ModelError(f"cannot use {path.name}: {reason}") from error
    for wrapper in _WRAPPERS:
        if isinstance(loaded, dict) and isinstance(loaded.get(wrapper), dict):
            loaded = loaded[wrapper]
    if not isinstance(loaded, dict):
        raise ModelError(f"{path.name} holds no dictionary of weights")
    weights = {str(name): value for name, value in loaded.items() if isinstance(value, Tensor)}
    if not weights:
        raise ModelError(f"{path.name} holds no weights")
    return weights


def _read_card(path: Path, text: str) -> ModelCard:
    try:
        values: dict[str, Any] = json.loads(text)
        architecture = ARCHITECTURES[values.pop("architecture", UNNAMED)]
        values["config"] = architecture(**values["config"])
        values["stems"] = tuple(str(stem) for stem in values["stems"])
        card = ModelCard(**values)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path.name} has metadata of another version of this program: {error}") from error
    config = card.config
    if len(card.stems) != config.stems or len(set(card.stems)) != len(card.stems):
        raise ModelError(f"{path.name} names {len(card.stems)} stems for {config.stems} outputs")
    if card.sample_rate != config.sample_rate:
        raise ModelError(f"{path.name} is for {card.sample_rate} Hz; {config.title} hears {config.sample_rate} Hz")
    return card


def _plain_name(name: str) -> str:
    changed = True
    while changed:
        changed = False
        for prefix in _PREFIXES:
            if name.startswith(prefix):
                name, changed = name.removeprefix(prefix), True
    return name
