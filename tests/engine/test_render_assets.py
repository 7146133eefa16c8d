from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from engine.errors import Cancelled, EngineError, WriteError
from engine.progress import JobControl
from engine.training.render.assets import Assets, AssetsError, decode_banks, load_assets
from engine.training.render.palette import Palette
from tests.support.assets import PEAK_DB, make_pack


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pack(tmp_path_factory.mktemp("pack"), ".ogg")


@pytest.fixture(scope="module")
def assets(pack: Path) -> Assets:
    return load_assets(pack)


def kit_names(palette: Palette) -> set[str]:
    return {name for kits in palette.kits.values() for name in kits}


def test_the_splits_share_nothing_that_is_held_out(assets: Assets) -> None:
    train, valid = assets.palettes["train"], assets.palettes["valid"]
    assert train.items()
    assert valid.items()
    assert not train.items() & valid.items()
    assert not set(train.patterns) & set(valid.patterns)


def test_validation_hears_what_the_recipe_holds_out(assets: Assets) -> None:
    valid = assets.palettes["valid"]
    assert valid.patterns == ("007",)
    assert kit_names(valid) == {"gm_jazz", "gm_power"}
    assert set(valid.singers) == {"iona_f2", "vctk_p228_0", "espeak_it+m7_0"}
    instruments = {name for group in valid.instruments.values() for name in group}
    assert instruments == {"gm005", "gm048", "gm061", "emilyguitar_electric"}
    assert all(item.source.endswith("_rr2.wav") for item in valid.instruments["guitar"]["emilyguitar_electric"])
    assert not valid.loops


def test_training_hears_nothing_that_touches_a_held_out_span(assets: Assets) -> None:
    rate = 44_100
    train = assets.palettes["train"]
    real = [
        *train.real["drums"],
        *train.real["other"],
        *(item for items in train.real_singers.values() for item in items),
    ]
    offsets = {(item.group, item.offset // rate) for item in real if item.group != "vocadito_1"}
    # Those at 253 (across its border), 260 and 230 s are left out.
    assert offsets == {("1.Hydrogen", 2), ("5.Rubidium", 10)}


def test_decoded_banks_hold_the_same_samples(pack: Path, assets: Assets, tmp_path: Path) -> None:
    decode_banks(pack, tmp_path, JobControl())
    decoded = load_assets(pack, tmp_path)
    assert decoded.items == assets.items
    assert decoded.nbytes == assets.nbytes > 0
    for name, bank in assets.banks.items():
        np.testing.assert_array_equal(decoded.banks[name], bank)
        assert isinstance(decoded.banks[name], np.memmap)  # so that processes share it


def test_decoding_stops_when_it_is_cancelled(pack: Path, tmp_path: Path) -> None:
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        decode_banks(pack, tmp_path, control)
    assert not any(path.stat().st_size > 100 for path in tmp_path.rglob("*.wav"))


def test_a_disk_that_cannot_hold_the_banks_is_not_taken_for_a_damaged_pack(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "drums" / "gm_kits.wav").mkdir(parents=True)
    with pytest.raises(WriteError, match=r"gm_kits\.wav"):
        decode_banks(pack, tmp_path, JobControl())


def test_an_item_is_what_the_index_says(assets: Assets) -> None:
    item = assets.items["drums/acoustic_muldjord"][3]
    signal = assets.signal(item)
    assert signal.shape == (2, item.length)
    assert signal.dtype == np.float32
    # The builder scales to -1 dB; Vorbis moves peaks of noise by some tenths.
    assert np.abs(signal).max() == pytest.approx(10 ** (-1 / 20), rel=0.2)
    assert assets.signal(item, 100).shape == (2, 100)
    assert item.source_gain == pytest.approx(10 ** ((PEAK_DB + 1) / 20))


@pytest.mark.parametrize(
    "name", ["drums/gm_kits.ogg", "bass/gm_bass.csv", "midi/pop909_chords.json.xz", "wavetables/akwf.npz.xz"]
)
@pytest.mark.parametrize("damage", ["missing", "empty", "nonsense", "short"])
def test_a_missing_or_damaged_file_is_named_in_one_sentence(pack: Path, tmp_path: Path, name: str, damage: str) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(pack, folder)
    if damage == "missing":
        (folder / name).unlink()
    elif name.endswith(".csv"):
        (folder / name).write_text("start,len,cls\n" + {"empty": "", "short": "0\n"}.get(damage, "x,y,z\n"))
    else:
        (folder / name).write_bytes(b"" if damage == "empty" else b"nonsense" * 100)
    with pytest.raises(AssetsError, match=Path(name).name) as caught:
        load_assets(folder)
    if name.endswith(".ogg"):
        with pytest.raises(AssetsError, match=Path(name).name):
            decode_banks(folder, tmp_path / "decoded", JobControl())
    assert isinstance(caught.value, EngineError)
    assert ("does not exist" in str(caught.value)) == (damage == "missing")
    assert "\n" not in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_an_index_that_points_outside_its_bank_is_refused(pack: Path, tmp_path: Path) -> None:
    shutil.copytree(pack, tmp_path / "pack")
    index = tmp_path / "pack" / "bass" / "gm_bass.csv"
    header, row = index.read_text().splitlines()
    values = dict(zip(header.split(","), row.split(","), strict=True)) | {"start": "999999999"}
    index.write_text(f"{header}\n{','.join(values.values())}\n")
    with pytest.raises(AssetsError, match="not in its bank"):
        load_assets(tmp_path / "pack")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssetsError, match="is not a folder"):
        load_assets(tmp_path / "nowhere")
    with pytest.raises(AssetsError, match="is not a folder"):
        decode_banks(tmp_path / "nowhere", tmp_path, JobControl())
