"""Both checkpoint formats, and one clear sentence for everything that is not a checkpoint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from engine.errors import ModelError
from engine.model import bundled, library
from engine.model.checkpoint import METADATA_KEY, load_checkpoint
from engine.stems import DEFAULT_STEMS
from tests.support.models import TINY, recipe_weights, save_tiny_model


def test_own_format_keeps_weights_and_card(tmp_path: Path) -> None:
    path = save_tiny_model(tmp_path / "tiny.safetensors")
    checkpoint = load_checkpoint(path)
    assert checkpoint.card.config == TINY
    assert checkpoint.card.stems == DEFAULT_STEMS
    assert checkpoint.card.licence == "CC0-1.0"
    assert checkpoint.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    wanted = recipe_weights(TINY)
    assert checkpoint.weights.keys() == wanted.keys()
    assert all(torch.equal(checkpoint.weights[name], value) for name, value in wanted.items())
    assert list(tmp_path.iterdir()) == [path]


def _save_card(path: Path, **changes: object) -> Path:
    """A tiny model of ours whose metadata says something else; None leaves an entry out."""
    with safe_open(save_tiny_model(path), framework="pt") as file:
        card = {**json.loads(file.metadata()[METADATA_KEY]), **changes}
    kept = {name: value for name, value in card.items() if value is not None}
    save_file(recipe_weights(TINY), path, {METADATA_KEY: json.dumps(kept)})
    return path


def test_equal_checkpoints_are_equal_files(tmp_path: Path) -> None:
    # The library orders metadata by chance: two files would be equal in half of the cases.
    files = {save_tiny_model(tmp_path / f"{number}.safetensors").read_bytes() for number in range(8)}
    assert len(files) == 1


def test_a_card_names_its_architecture_and_one_without_is_of_the_first(tmp_path: Path) -> None:
    path = save_tiny_model(tmp_path / "tiny.safetensors")
    with safe_open(path, framework="pt") as file:
        assert json.loads(file.metadata()[METADATA_KEY])["architecture"] == "ts-bsmamba2"
    assert load_checkpoint(_save_card(tmp_path / "old.safetensors", architecture=None)).card.config == TINY


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"architecture": "later"}, "another version"),
        ({"config": {"tongues": 3}}, "another version"),
        ({"config": {**asdict(TINY), "feature_dim": 16.0}}, "another version"),
        ({"config": {**asdict(TINY), "normalise_level": []}}, "another version"),
        ({"stems": ["a", "b"]}, "2 stems for 4"),
        ({"stems": ["a", "b", "c", "C"]}, "3 stems for 4"),
        ({"stems": ["a", "b", "c", "../../d"]}, r"a stem named '\.\./\.\./d', which cannot be a file's name"),
        ({"stems": ["a", "b", "c", ""]}, "a stem named ''"),
        ({"stems": ["a", "b", "c", "residual"]}, "a stem named 'residual'"),
        ({"licence": 5}, "another version"),
        ({"sample_rate": 16_000}, "16000 Hz, and TS-BSMAMBA2 hears 44100 Hz"),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(changes: dict[str, object], words: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=words):
        load_checkpoint(_save_card(tmp_path / "odd.safetensors", **changes))


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".ckpt", ".safetensors"])
@pytest.mark.parametrize("prefix", ["", "model.", "module.", "module.model."])
def test_authors_format_is_recognised_with_wrappers_and_prefixes(suffix: str, prefix: str, tmp_path: Path) -> None:
    path = tmp_path / f"authors{suffix}"
    weights = {prefix + name: value for name, value in recipe_weights(TINY).items()}
    if suffix == ".safetensors":
        save_file(weights, path)
    else:
        torch.save({"state_dict": weights, "epoch": 3} if prefix else weights, path)
    config = load_checkpoint(path).card.config
    assert config == replace(TINY, normalise_level=False)


def test_first_stage_of_a_whole_checkpoint_has_no_second_stage_parameters(tmp_path: Path) -> None:
    checkpoint = load_checkpoint(save_tiny_model(tmp_path / "tiny.safetensors"))
    names = set(checkpoint.separator(second_stage=False).network.state_dict())
    assert names
    assert not [name for name in names if name.startswith(("BN_map", "in_conv", "separator_map", "map"))]


class _Trap:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return Path.touch, (Path("trap-was-run"),)  # type: ignore[return-value]


def _missing(path: Path) -> None:
    weights = recipe_weights(TINY)
    del weights["in_conv.bias"]
    torch.save(weights, path)


def _extra(path: Path) -> None:
    torch.save({**recipe_weights(TINY), "surplus.weight": torch.zeros(1)}, path)


def _misshaped(path: Path) -> None:
    torch.save({**recipe_weights(TINY), "in_conv.bias": torch.zeros(3)}, path)


def _other_network(path: Path) -> None:
    torch.save({"encoder.weight": torch.zeros(2, 2)}, path)


def _code(path: Path) -> None:
    torch.save({"weights": _Trap()}, path)


def _truncated(path: Path) -> None:
    torch.save(recipe_weights(TINY), path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _noise(path: Path) -> None:
    path.write_bytes(b"this is not a checkpoint" * 100)


def _empty(path: Path) -> None:
    path.touch()


def _numbers(path: Path) -> None:
    torch.save([1, 2, 3], path)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_missing, "lacks in_conv.bias"),
        (_extra, "unknown parameter surplus.weight"),
        (_misshaped, r"in_conv.bias of shape \(3,\) instead of \(16,\)"),
        (_other_network, "another kind of network; choose a checkpoint of TS-BSMAMBA2"),
        (_code, "could run code"),
        (_truncated, "damaged"),
        (_noise, "damaged"),
        (_empty, "damaged"),
        (_numbers, "holds no weights"),
    ],
)
def test_bad_checkpoint_is_refused_in_one_sentence(spoil: Callable[[Path], None], words: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.ckpt"
    spoil(path)
    with pytest.raises(ModelError, match=words) as caught:
        load_checkpoint(path)
    assert "bad.ckpt" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not Path("trap-was-run").exists()


@pytest.mark.parametrize("name", ["missing.pt", "song.wav"])
def test_what_is_no_checkpoint_file_is_named(name: str, tmp_path: Path) -> None:
    if name == "song.wav":
        (tmp_path / name).write_bytes(b"RIFF")
    with pytest.raises(ModelError, match=name):
        load_checkpoint(tmp_path / name)


def test_truncated_safetensors_is_refused(tmp_path: Path) -> None:
    path = save_tiny_model(tmp_path / "tiny.safetensors")
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(ModelError, match="damaged"):
        load_checkpoint(path)


def test_bundled_model_with_a_flipped_bit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").mkdir()
    path = save_tiny_model(tmp_path / "models" / "tiny.safetensors")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "models" / bundled.MANIFEST).write_text(f'[default]\nfile = "tiny.safetensors"\nsha256 = "{digest}"\n')
    monkeypatch.setattr(bundled, "files", lambda _package: tmp_path)
    assert library.load_model("default").card.name == "tiny"

    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match="damaged"):
        library.load_model("default")
