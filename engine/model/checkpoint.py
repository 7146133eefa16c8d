"""Checkpoint files: our own format, and those of the published code of each architecture.

Ours is safetensors whose metadata has two entries: `bandsaw`, a JSON object with everything that is not a weight, and
`sha256`, of that text and of the weights, because safetensors does not notice a changed bit (files of earlier versions
lack it). Theirs is a dictionary of tensors, perhaps wrapped by a trainer; the architecture is told from the tensors'
names, its sizes from their shapes; the zip archives that PyTorch writes have checksums of their own. Nothing in a
checkpoint is ever executed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pickle
import re
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from engine.checked import checked, from_json_text
from engine.errors import ModelError
from engine.model.architectures import ARCHITECTURES, UNNAMED
from engine.model.bundled import checkpoint_sha256, is_there, no_such_model
from engine.model.config import NetworkConfig, Weights
from engine.model.outline import outline
from engine.model.separator import Separator
from engine.naming import fault_of_names
from engine.said import say
from engine.stems import NETWORK_RATE
from engine.whole_file import whole_file

METADATA_KEY = "bandsaw"
CHECKSUM_KEY = "sha256"
SUFFIXES = (".safetensors", ".pt", ".pth", ".ckpt")

# What to do about a file that is not as it should be.
GET_IT_AGAIN = say("download or copy it again, or use another file")

_PREFIXES = re.compile(r"^((module|model|network)\.)+")
_WRAPPERS = ("state", "state_dict", "model_state_dict", "model")


@dataclass(frozen=True)
class ModelCard:
    """What a checkpoint says about itself.

    Attributes:
        name: For people.
        config: Architecture and sizes of the network.
        stems: Their names, in output order.
        licence: SPDX identifier of the weights; empty when unknown.
        provenance: Where the weights come from: data, training, commit.
    """

    name: str
    config: NetworkConfig
    stems: tuple[str, ...]
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
        says_stems: Whether the file says what its outputs are; else they are in the usual order of its architecture.
    """

    path: Path
    card: ModelCard
    weights: Weights
    sha256: str
    says_stems: bool = True

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
    """Write a checkpoint in our format, whole or not at all; the same bytes for the same card and weights.

    Raises:
        ModelError: The weights do not fit the card.
        WriteError: The disk stands in the way.
    """
    check_weights(path, card.config, weights)
    network = {"architecture": card.config.architecture, "sample_rate": card.config.sample_rate}
    text = json.dumps({**network, **dataclasses.asdict(card)}, sort_keys=True)
    metadata = {METADATA_KEY: text, CHECKSUM_KEY: _checksum(text, weights)}
    data = save({name: value.contiguous() for name, value in weights.items()}, metadata)
    with whole_file(path) as part:
        part.write_bytes(_in_order(data))


def load_checkpoint(path: Path, sha256: str = "") -> Checkpoint:
    """Read a checkpoint of either format.

    Args:
        path: The file.
        sha256: Of the file, if it has just been hashed.

    Raises:
        ModelError: The file is missing, damaged, holds code, or is no network that is known; says which and what to do.
    """
    if not is_there(path):
        raise no_such_model(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        words = say(
            "{file} is no checkpoint; choose a file whose name ends in {suffixes}",
            file=path.name,
            suffixes=", ".join(SUFFIXES),
        )
        raise ModelError(words)
    sha256 = sha256 or checkpoint_sha256(path)
    metadata: Mapping[str, str] = {}
    if suffix == ".safetensors":
        weights, metadata = _read_safetensors(path)
    else:
        weights = _read_pickle(path)
    says_stems = METADATA_KEY in metadata
    if says_stems:
        card = _read_card(path, metadata[METADATA_KEY])
    else:
        weights = {_PREFIXES.sub("", name): value for name, value in weights.items()}
        config = config_from_shapes(path, weights)
        card = ModelCard(path.stem, config, config.usual_stems())
    check_weights(path, card.config, weights)
    weights = {name: value.to(torch.float32) for name, value in weights.items()}
    return Checkpoint(path, card, weights, sha256, says_stems)


def config_from_shapes(path: Path, weights: Weights) -> NetworkConfig:
    """Tell the architecture from the parameters' names and its sizes from their shapes.

    Raises:
        ModelError: A parameter that tells them is missing.
    """
    marked = [architecture for architecture in ARCHITECTURES.values() if architecture.fits(weights)]
    if not marked:
        *titles, last = (architecture.title for architecture in ARCHITECTURES.values())
        words = say(
            "{file} holds the weights of another kind of network; choose a checkpoint of {titles} or {last}",
            file=path.name,
            titles=", ".join(titles),
            last=last,
        )
        raise ModelError(words)
    try:
        return marked[0].from_weights(weights)
    except KeyError as error:
        fault = say("it has no parameter {name}", name=str(error.args[0]))
    except (IndexError, ValueError, ZeroDivisionError):
        fault = say("its parameters' shapes make no sense")
    words = say(
        "{file} is no whole {title} checkpoint: {fault}; {advice}",
        file=path.name,
        title=marked[0].title,
        fault=fault,
        advice=GET_IT_AGAIN,
    )
    raise ModelError(words)


def check_weights(path: Path, config: NetworkConfig, weights: Weights) -> None:
    """Compare names and shapes with what the network needs.

    Raises:
        ModelError: Names the first missing, extra or mis-shaped parameter, and how many more there are.
    """
    network = outline(config)
    wanted = network.shapes
    faults = [say("lacks {name}", name=name) for name in wanted if name not in weights]
    faults += [say("has an unknown parameter {name}", name=name) for name in weights if name not in wanted]
    faults += [
        say(
            "has {name} of shape {shape} instead of {wanted}",
            name=name,
            shape=str(tuple(value.shape)),
            wanted=str(wanted[name]),
        )
        for name, value in weights.items()
        if name in wanted and tuple(value.shape) != wanted[name]
    ]
    faults += [
        say("has {name} in {kind}", name=name, kind=str(value.dtype))
        for name, value in weights.items()
        if not value.is_floating_point() and name not in network.counts
    ]
    if faults:
        fault, more = faults[0], len(faults) - 1
        if more:
            fault = say("{fault} (and {count} more faults)", fault=fault, count=more)
        words = say(
            "{file} does not fit {title}: it {fault}; {advice}",
            file=path.name,
            title=config.title,
            fault=fault,
            advice=GET_IT_AGAIN,
        )
        raise ModelError(words)


def _in_order(data: bytes) -> bytes:
    """A safetensors file with its metadata sorted, which the library writes in any order."""
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # weights begin at a multiple of 8
    return len(text).to_bytes(8, "little") + text + data[end:]


def _checksum(card: str, weights: Weights) -> str:
    """SHA-256, in hex, of what a checkpoint of ours says and of all its weights."""
    digest = hashlib.sha256(card.encode())
    for name in sorted(weights):
        digest.update(name.encode())
        digest.update(weights[name].contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _read_safetensors(path: Path) -> tuple[dict[str, Tensor], Mapping[str, str]]:
    damaged = ModelError(say("{file} is damaged or no safetensors file; {advice}", file=path.name, advice=GET_IT_AGAIN))
    try:
        with safe_open(path, framework="pt") as file:
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
            metadata = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise damaged from error
    if CHECKSUM_KEY in metadata and metadata[CHECKSUM_KEY] != _checksum(metadata.get(METADATA_KEY, ""), weights):
        raise damaged
    return weights, metadata


def _read_pickle(path: Path) -> dict[str, Tensor]:
    try:
        _check_parts(path)
        with warnings.catch_warnings(action="ignore"):  # they are about what is refused anyway
            loaded = cast("object", torch.load(path, map_location="cpu", weights_only=True))
    except pickle.UnpicklingError as error:
        words = say(
            "{file} is refused: it holds more than weights, which could run code, or is damaged; "
            "get a file of the weights alone",
            file=path.name,
        )
        raise ModelError(words) from error
    except Exception as error:  # damaged files make PyTorch's reader raise almost anything
        words = say("{file} is damaged or no PyTorch checkpoint; {advice}", file=path.name, advice=GET_IT_AGAIN)
        raise ModelError(words) from error
    for wrapper in _WRAPPERS:
        if isinstance(loaded, dict) and isinstance(loaded.get(wrapper), dict):
            loaded = loaded[wrapper]
    weights = _tensors(loaded)
    if not weights:
        raise ModelError(say("{file} holds no weights; {advice}", file=path.name, advice=GET_IT_AGAIN))
    return weights


def _check_parts(path: Path) -> None:
    """Compare the parts of a checkpoint that is a zip archive with their checksums, which PyTorch does not do.

    Raises:
        zipfile.BadZipFile: One is damaged.
    """
    if not zipfile.is_zipfile(path):
        return  # written by PyTorch before 1.6, without checksums
    with zipfile.ZipFile(path) as archive:
        damaged = archive.testzip()
    if damaged is not None:
        raise zipfile.BadZipFile(damaged)


def _tensors(loaded: object) -> dict[str, Tensor]:
    values = cast("dict[object, object]", loaded) if isinstance(loaded, dict) else {}
    return {str(name): value for name, value in values.items() if isinstance(value, Tensor)}


def _read_card(path: Path, text: str) -> ModelCard:
    try:
        values = cast("dict[str, Any]", from_json_text(text))
        architecture = ARCHITECTURES[values.pop("architecture", UNNAMED)]
        rate = values.pop("sample_rate", NETWORK_RATE)
        values["config"] = checked(architecture(**values["config"]))
        values["stems"] = tuple(str(stem) for stem in values["stems"])
        card = ModelCard(**values)
        if not all(isinstance(values.get(words, ""), str) for words in ("name", "licence", "provenance")):
            raise TypeError("name, licence and provenance are words")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        words = say(
            "{file} cannot be used: its metadata is of another version of this program ({words}); "
            "use the version that made it",
            file=path.name,
            words=str(error),
        )
        raise ModelError(words) from error
    config = card.config
    if fault := fault_of_names(card.stems, config.stems):
        raise ModelError(say("{file} {fault}; {advice}", file=path.name, fault=fault, advice=GET_IT_AGAIN))
    if rate != config.sample_rate:
        words = say(
            "{file} is for {rate} Hz, and {title} hears {wanted} Hz; {advice}",
            file=path.name,
            rate=rate,
            title=config.title,
            wanted=config.sample_rate,
            advice=GET_IT_AGAIN,
        )
        raise ModelError(words)
    return card
