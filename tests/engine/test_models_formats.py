"""Every public format of checkpoints, all the way: added, listed and splitting sound, or refused in one sentence."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from engine.api import AddModelRequest, SeparationRequest, find_model, separate
from engine.cli import run_command_line, split
from engine.errors import ModelError
from engine.model import checkpoint
from engine.model.adding import add_model
from engine.model.band_masks import BandMasksConfig
from engine.model.bs_mamba2 import BSMamba2Config
from engine.model.bs_roformer import BSRoFormerConfig
from engine.model.checkpoint import ModelCard, load_checkpoint, save_checkpoint
from engine.model.config import Chunking, NetworkConfig, Weights
from engine.model.installed import models_folder
from engine.model.library import load_model
from engine.model.two_stage import TwoStageConfig
from tests.golden import recipe
from tests.support.engines import InProcessEngine
from tests.support.models import golden_weights, recipe_weights

TWO_STAGES = TwoStageConfig(16, mask_blocks=1, map_blocks=1, state_dim=16, expand=2, head_dim=16)
ONE_MASK = BSMamba2Config(16, depth=1, state_dim=16, expand=2, head_dim=16)
ATTENTION = BSRoFormerConfig(feature_dim=16, depth=1, attention_heads=2, head_dim=8, sources=1)
SONG_SECONDS = 1.5


@functools.cache
def weights_of(config: NetworkConfig) -> Weights:
    return recipe_weights(config)


def _plain(path: Path, weights: Weights, _config: NetworkConfig) -> None:
    torch.save(dict(weights), path)


def _lightning(path: Path, weights: Weights, _config: NetworkConfig) -> None:
    trainer: dict[str, object] = {
        "epoch": 7, "global_step": 9, "pytorch-lightning_version": "2.5.0", "loops": {"fit_loop": {"state_dict": {}}},
        "callbacks": {"ModelCheckpoint": {"best_model_score": torch.tensor(9.5), "best_model_path": "a/b.ckpt"}},
        "optimizer_states": [{"state": {0: {"step": torch.tensor(1.0)}}, "param_groups": [{"lr": 1e-3}]}],
        "lr_schedulers": [], "hyper_parameters": {"learning_rate": 1e-3},
    }  # fmt: skip
    torch.save({"state_dict": {f"model.{name}": value for name, value in weights.items()}, **trainer}, path)


def _own(path: Path, weights: Weights, config: NetworkConfig) -> None:
    save_checkpoint(path, weights, ModelCard("mine", config, config.usual_stems()))


@dataclass(frozen=True)
class Format:
    """How a checkpoint is written; `telling` is a parameter whose shape tells a size."""

    file: str
    save: Callable[[Path, Weights, NetworkConfig], None]
    config: NetworkConfig
    parameter: str
    telling: str


_TWO_STAGE_NAMES = ("in_conv.bias", "separator_mask.0.band_rnn.rnn.forward_mamba2.A_log")
_ATTENTION_NAMES = ("layers.0.1.layers.0.1.net.4.bias", "layers.0.0.layers.0.0.to_qkv.weight")
_ONE_MASK_NAMES = ("layers.0.1.linear.bias", "layers.0.0.forward_blocks.0.mixer.A_log")
FORMATS = {
    "authors of TS-BSMAMBA2": Format("bad.pth", _plain, TWO_STAGES, *_TWO_STAGE_NAMES),
    "release of BSMamba2": Format("bad.ckpt", _plain, ONE_MASK, *_ONE_MASK_NAMES),
    "authors of BSMamba2": Format("bad.ckpt", _lightning, ONE_MASK, *_ONE_MASK_NAMES),
    "release of BS-RoFormer": Format("bad.ckpt", _plain, ATTENTION, *_ATTENTION_NAMES),
    "our own": Format("bad.safetensors", _own, TWO_STAGES, *_TWO_STAGE_NAMES),
    "our own of BSMamba2": Format("bad.safetensors", _own, ONE_MASK, *_ONE_MASK_NAMES),
}
each_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)


@pytest.fixture(autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's models, elsewhere."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
    return models_folder()


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.wav"
    soundfile.write(path, recipe.signal(round(SONG_SECONDS * 44_100)).T, 44_100, subtype="FLOAT")
    return path


@each_format
def test_it_is_added_listed_and_splits_a_song(form: Format, song: Path, tmp_path: Path) -> None:
    weights = weights_of(form.config)
    form.save(tmp_path / form.file, weights, form.config)
    added = add_model(AddModelRequest(tmp_path / form.file, "mine"))
    (tmp_path / form.file).unlink()

    entry = find_model("mine")
    assert entry == added
    assert (entry.state, entry.architecture) == ("installed", form.config.title)
    assert entry.stems == form.config.usual_stems()
    assert entry.parameters == sum(value.numel() for value in weights.values())
    loaded = load_model("mine")
    assert loaded.card.config == form.config
    assert loaded.weights.keys() == weights.keys()
    assert all(torch.equal(loaded.weights[name], value) for name, value in weights.items())

    separation = separate(SeparationRequest(song, tmp_path / "out", "mine", quality="fast"))
    assert (separation.model, separation.stems) == ("mine", entry.stems)
    stems = [separation.stem_signal(stem, 1) for stem in separation.stems]
    assert all(np.abs(stem).max() > 1e-3 for stem in stems)
    # All of these promise it of their first stage; two Fourier transforms and a sum in float32.
    np.testing.assert_allclose(sum(stems), separation.source_signal(), rtol=0, atol=2e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("save", "name", "keys", "facts"),
    [
        (_lightning, "lightning", "bs_mamba2_vocals_keys.json", ("BSMamba2", 48_098_188)),
        (_plain, "two-stages", "ts_full_keys.json", ("TS-BSMAMBA2", 35_517_480)),
    ],
)
def test_at_its_published_size_commands_add_list_and_use_it(
    save: Callable[[Path, Weights, NetworkConfig], None],
    name: str,
    keys: str,
    facts: tuple[str, int],
    song: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for kind in (BandMasksConfig, TwoStageConfig):  # else 8 or 3 s would be computed; small networks get such segments
        monkeypatch.setattr(kind, "chunking", Chunking.in_sixths(round(SONG_SECONDS * 44_100)))
    monkeypatch.setattr(split, "EngineProcess", InProcessEngine)  # which is not of low priority
    save(tmp_path / "published.ckpt", golden_weights(keys), ONE_MASK)
    assert run_command_line(["models", "add", str(tmp_path / "published.ckpt"), "--name", name]) == 0
    capsys.readouterr()
    assert run_command_line(["models", "list", "--json"]) == 0
    listed = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert (listed[name]["architecture"], listed[name]["parameters"]) == facts
    assert listed[name]["state"] == "installed"

    arguments = ["split", str(song), "--out", str(tmp_path / "out"), "--model", name, "--quality", "fast"]
    assert run_command_line([*arguments, "--stage", "1", "--format", "wav32f"]) == 0
    made = [soundfile.read(tmp_path / "out" / "song" / f"{stem}.wav")[0] for stem in listed[name]["stems"]]
    np.testing.assert_allclose(sum(made), soundfile.read(song)[0], rtol=0, atol=2e-6)


def test_at_its_published_size_a_release_holds_the_network_that_its_trainer_saved(tmp_path: Path) -> None:
    """So that one of the two formats is enough to split a song with."""
    weights = golden_weights("bs_mamba2_vocals_keys.json")
    _plain(tmp_path / "released.ckpt", weights, ONE_MASK)
    _lightning(tmp_path / "lightning.ckpt", weights, ONE_MASK)
    released, saved = (load_checkpoint(tmp_path / name) for name in ("released.ckpt", "lightning.ckpt"))
    assert replace(released.card, name="") == replace(saved.card, name="")
    assert released.weights.keys() == saved.weights.keys() == weights.keys()
    for name, value in weights.items():
        assert torch.equal(released.weights[name], value)
        assert torch.equal(saved.weights[name], value)


class _Trap:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return Path.touch, (Path("trap-was-run"),)  # type: ignore[return-value]


def _with_code(form: Format, path: Path) -> None:
    torch.save({"state_dict": weights_of(form.config), "trap": _Trap()}, path)


def _cut(form: Format, path: Path) -> None:
    form.save(path, weights_of(form.config), form.config)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _with_a_bit_flipped(form: Format, path: Path) -> None:
    form.save(path, weights_of(form.config), form.config)
    _flip(path, path.stat().st_size // 2, 0)


def _save_unchecked(form: Format, path: Path, weights: Weights) -> None:
    """Write also what does not fit, which the program refuses to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint, "check_weights", lambda *_given: None)
        form.save(path, weights, form.config)


def _misshaped(form: Format, path: Path) -> None:
    _save_unchecked(form, path, {**weights_of(form.config), form.parameter: torch.zeros(3)})


def _untellable(form: Format, path: Path) -> None:
    _save_unchecked(form, path, {**weights_of(form.config), form.telling: torch.zeros(())})


def _of_another_network(form: Format, path: Path) -> None:
    _save_unchecked(form, path, {"encoder.weight": torch.zeros(2, 2)})


def _of_whole_numbers(form: Format, path: Path) -> None:
    weights = weights_of(form.config)
    _save_unchecked(form, path, {**weights, form.parameter: weights[form.parameter].to(torch.int32)})


def _of_nan(form: Format, path: Path) -> None:
    weights = weights_of(form.config)
    form.save(path, {**weights, form.parameter: torch.full_like(weights[form.parameter], torch.nan)}, form.config)


@each_format
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_with_code, "could run code|no safetensors file"),
        (_cut, "damaged"),
        (_with_a_bit_flipped, "damaged"),
        (_of_another_network, "another kind of network|does not fit .* lacks"),
        (_misshaped, r"does not fit .* of shape \(3,\) instead of \(16,\)"),
        (_untellable, r"shapes make no sense|of shape \(\) instead of"),
        (_of_whole_numbers, "in torch.int32"),
        (_of_nan, "NaN"),
    ],
)
def test_what_is_wrong_with_it_is_said_in_one_sentence(
    spoil: Callable[[Format, Path], None], words: str, form: Format, tmp_path: Path, folder: Path
) -> None:
    path = tmp_path / form.file
    spoil(form, path)
    with pytest.raises(ModelError, match=words) as caught:
        add_model(AddModelRequest(path))
    # Which file, what is wrong with it, and after the semicolon what to do.
    assert re.fullmatch(rf"{re.escape(path.name)} (?:(?!\. )[^\n])+; [a-z][^\n;]+", str(caught.value))
    assert list(folder.rglob("*")) == []
    assert path.exists()
    assert not Path("trap-was-run").exists()


def _flip(path: Path, place: int, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        old = file.read(1)[0]
        file.seek(place)
        file.write(bytes([old ^ (1 << bit)]))


@each_format
def test_a_flipped_bit_anywhere_is_refused_or_changes_nothing(form: Format, tmp_path: Path) -> None:
    path = tmp_path / form.file
    form.save(path, weights_of(form.config), form.config)
    whole, size = load_checkpoint(path), path.stat().st_size
    # In the weights, and where names and places are: at the beginning of ours, at the end of PyTorch's.
    places = {*range(0, size, size // 8), *range(0, 4000, 499), *range(size - 4000, size, 499)}
    refused = 0
    for place in sorted(places):
        bit = place % 8
        _flip(path, place, bit)
        try:
            read = load_checkpoint(path)
        except ModelError:
            refused += 1
        else:
            assert read.card == whole.card
            assert all(torch.equal(read.weights[name], value) for name, value in whole.weights.items())
        _flip(path, place, bit)
    assert refused > len(places) / 2


def test_a_checkpoint_of_ours_without_a_checksum_is_one_of_an_earlier_version(tmp_path: Path) -> None:
    path, older = tmp_path / "new.safetensors", tmp_path / "older.safetensors"
    weights = weights_of(TWO_STAGES)
    _own(path, weights, TWO_STAGES)
    with safe_open(path, framework="pt") as file:
        metadata = dict(file.metadata())
    del metadata["sha256"]
    save_file(dict(weights), older, metadata)
    assert load_checkpoint(older).card == load_checkpoint(path).card
