"""Networks whose outputs come in another order than ours: what each is called, and in which order people see them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.api import (
    AddModelRequest,
    EngineProcess,
    SeparationRequest,
    UnnamedOutputsError,
    find_model,
    separate,
)
from engine.cli import run_command_line
from engine.errors import ModelError
from engine.model import bundled
from engine.model.adding import add_model
from engine.model.library import load_model
from engine.stems import DEFAULT_STEMS, in_usual_order
from tests.golden import recipe
from tests.support.models import TINY, recipe_weights, save_tiny_model

# Of most public checkpoints for four stems.
PUBLIC = ("drums", "bass", "other", "vocals")
KNOWN = """
[downloadable.known]
architecture = "TS-BSMAMBA2"
stems = ["drums", "bass", "other", "vocals"]
source = "a page of somebody's"
"""


@pytest.fixture(autouse=True)
def models(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's models, elsewhere."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A manifest to write into, of a program that comes with no model."""
    path = tmp_path / "resources" / "models" / bundled.MANIFEST
    path.parent.mkdir(parents=True)
    path.write_text(KNOWN)
    monkeypatch.setattr(bundled, "files", lambda _package: tmp_path / "resources")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "public.ckpt"
    torch.save(recipe_weights(TINY), path)
    return path


@given(st.permutations([*DEFAULT_STEMS, "piano", "guitar"]), st.integers(0, 6))
def test_the_usual_stems_come_first_and_none_is_lost(stems: list[str], count: int) -> None:
    some = stems[:count]
    ordered = in_usual_order(some)
    assert sorted(ordered) == sorted(some)
    usual = [stem for stem in ordered if stem in DEFAULT_STEMS]
    assert list(ordered[: len(usual)]) == usual == [stem for stem in DEFAULT_STEMS if stem in some]
    assert list(ordered[len(usual) :]) == [stem for stem in some if stem not in DEFAULT_STEMS]


def test_stems_that_were_named_are_the_outputs_in_their_order(file: Path, tmp_path: Path) -> None:
    assert run_command_line(["models", "add", str(file), "--name", "theirs", "--stems", ",".join(PUBLIC)]) == 0
    add_model(AddModelRequest(_other(file, tmp_path), "ours"))
    assert find_model("theirs").stems == load_model("theirs").card.stems == PUBLIC

    song = tmp_path / "song.wav"
    soundfile.write(song, recipe.signal(10_000).T, 44_100, subtype="FLOAT")
    theirs, ours = (separate(SeparationRequest(song, tmp_path / name, name)) for name in ("theirs", "ours"))
    assert theirs.stems == ours.stems == DEFAULT_STEMS
    for stage in (1, 2):
        for theirs_stem, ours_stem in zip(PUBLIC, DEFAULT_STEMS, strict=True):
            np.testing.assert_array_equal(theirs.stem_signal(theirs_stem, stage), ours.stem_signal(ours_stem, stage))


def _other(file: Path, folder: Path) -> Path:
    """The same weights in another file, as no file can be added twice."""
    path = folder / "same.pth"
    torch.save({"state_dict": torch.load(file)}, path)
    return path


@pytest.mark.parametrize(
    ("stems", "words"),
    [
        (PUBLIC[:3], "names 3 stems for 4 outputs"),
        ((*PUBLIC, "piano"), "names 5 stems for 4 outputs"),
        (("drums", "bass", "Bass", "vocals"), "names 3 stems for 4 outputs"),
        (("drums", "bass", "../../x", "vocals"), r"has a stem named '\.\./\.\./x', which cannot be a file's name"),
        (("drums", "bass", "Source", "vocals"), "has a stem named 'Source'"),
    ],
)
def test_other_than_a_proper_name_for_every_output_is_refused(stems: tuple[str, ...], words: str, file: Path) -> None:
    with pytest.raises(ModelError, match=words):
        add_model(AddModelRequest(file, "theirs", stems))
    with pytest.raises(ModelError):
        load_model("theirs")


def test_a_known_model_brings_the_order_of_its_outputs(file: Path, manifest: Path) -> None:
    assert manifest.is_file()
    add_model(AddModelRequest(file, "known"))
    assert load_model("known").card.stems == PUBLIC


def test_a_known_file_is_known_by_any_name(file: Path, manifest: Path) -> None:
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    manifest.write_text(KNOWN + f'licence = "MIT"\nsha256 = "{sha256}"\n')
    entry = add_model(AddModelRequest(file, "mine"))
    assert (entry.stems, entry.licence, entry.published) == (PUBLIC, "MIT", True)
    assert load_model("mine").card.stems == PUBLIC


def test_outputs_that_nothing_names_are_asked_for_before_the_trial(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.model.trial.try_out", lambda *_given: pytest.fail("the names come first"))
    with EngineProcess() as engine, pytest.raises(UnnamedOutputsError, match="public") as caught:
        engine.add_model(AddModelRequest(file, "mine", guess=False))
    assert caught.value.usual == DEFAULT_STEMS
    with pytest.raises(UnnamedOutputsError):
        add_model(AddModelRequest(file, "mine", guess=False))
    with pytest.raises(ModelError, match="names 1 stems for 4 outputs"):
        add_model(AddModelRequest(file, "mine", ("vocals",), guess=False))
    assert not list(tmp_path.glob("**/mine*"))


@pytest.mark.usefixtures("manifest")
def test_nothing_is_asked_where_the_file_the_list_or_the_request_names_them(file: Path, tmp_path: Path) -> None:
    ours = save_tiny_model(tmp_path / "ours.safetensors")
    assert add_model(AddModelRequest(ours, guess=False)).stems == DEFAULT_STEMS
    assert add_model(AddModelRequest(file, "known", guess=False)).stems == PUBLIC
    other = _other(file, tmp_path)
    assert add_model(AddModelRequest(other, "mine", PUBLIC, guess=False)).stems == PUBLIC
