"""The list of models: what is added is tried out first, found by name, and checked whenever it is loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engine.api import AddModelRequest, EngineProcess, ModelEntry, find_model, list_models, remove_model
from engine.cli import run_command_line
from engine.errors import Cancelled, ModelError, WriteError
from engine.model import adding, bundled
from engine.model.adding import add_model, default_model_name, remove_partial_add
from engine.model.catalog import check_entry, model_sha256
from engine.model.checkpoint import load_checkpoint
from engine.model.config import NetworkConfig
from engine.model.installed import claimed, models_folder
from engine.model.library import load_model
from engine.model.trial import try_out
from engine.progress import JobControl, Progress
from tests.support.models import TINY, TINY_OF_EACH, recipe_weights, save_tiny_model

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's models, elsewhere."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
    return models_folder()


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A manifest to write into, of a program that comes with no model."""
    path = tmp_path / "resources" / "models" / bundled.MANIFEST
    path.parent.mkdir(parents=True)
    path.touch()
    monkeypatch.setattr(bundled, "files", lambda _package: tmp_path / "resources")
    return path


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return save_tiny_model(tmp_path / "Tiny net.v1.safetensors")


def files_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def entry_of(name: str) -> ModelEntry:
    return check_entry(find_model(name))


def test_an_added_model_is_listed_and_found_by_name_while_its_file_may_go(tiny: Path, folder: Path) -> None:
    added = add_model(AddModelRequest(tiny))
    digest = hashlib.sha256(tiny.read_bytes()).hexdigest()
    size_bytes = tiny.stat().st_size
    tiny.unlink()
    assert files_of(folder) == ["Tiny-net-v1.json", "Tiny-net-v1.safetensors"]
    assert entry_of("Tiny-net-v1") == added
    assert added.state == "installed"
    assert added.stems == ("vocals", "bass", "drums", "other")
    assert (added.size_bytes, added.licence, added.sha256, added.published) == (size_bytes, "CC0-1.0", digest, False)
    assert added.parameters == sum(value.numel() for value in recipe_weights(TINY).values())
    checkpoint = load_model("Tiny-net-v1")
    assert checkpoint.card.name == "Tiny-net-v1"
    assert checkpoint.sha256 == digest == model_sha256("Tiny-net-v1")
    assert not torch.equal(checkpoint.separator().estimate(torch.ones(1, 2, 2048)).stage1, torch.zeros(1))


def test_the_bundled_model_is_in_the_list_with_what_its_file_says() -> None:
    entry = entry_of("default")
    checkpoint = load_model("default")
    assert entry.state == "bundled"
    assert entry.architecture == checkpoint.card.config.title
    assert (entry.stems, entry.licence, entry.sha256) == (
        checkpoint.card.stems,
        checkpoint.card.licence,
        checkpoint.sha256,
    )
    assert entry.parameters == sum(value.numel() for value in checkpoint.weights.values())
    assert entry.file is not None
    assert entry.size_bytes == entry.file.stat().st_size


@pytest.mark.parametrize("suffix", [".safetensors", ".ckpt"])
def test_a_flipped_bit_of_an_installed_model_is_found_when_it_is_loaded(
    suffix: str, tmp_path: Path, folder: Path
) -> None:
    path = tmp_path / f"net{suffix}"
    if suffix == ".ckpt":
        torch.save(recipe_weights(TINY), path)
    else:
        save_tiny_model(path)
    add_model(AddModelRequest(path))
    data = bytearray((folder / path.name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / path.name).write_bytes(data)
    with pytest.raises(ModelError, match=r"'net' cannot be used: its file is damaged.*add it again"):
        load_model("net")
    assert entry_of("net").state == "damaged"


def lose_the_file(folder: Path) -> None:
    (folder / "net.safetensors").unlink()


def cut_the_file(folder: Path) -> None:
    (folder / "net.safetensors").write_bytes(b"short")


def spoil_the_record(folder: Path) -> None:
    (folder / "net.json").write_text("{")


def lose_the_types(folder: Path) -> None:
    record = json.loads((folder / "net.json").read_text())
    for key, value in (("stems", [1]), ("licence", 5), ("parameters", "x"), ("scores", [{"db": 5}]), ("url", None)):
        (folder / "net.json").write_text(json.dumps({**record, key: value}))
        assert [entry.state for entry in list_models() if entry.name == "net"] == ["damaged"]


def point_elsewhere(folder: Path) -> None:
    record = json.loads((folder / "net.json").read_text())
    (folder / "net.json").write_text(json.dumps({**record, "file": "../net.safetensors"}))


@pytest.mark.parametrize("damage", [lose_the_file, cut_the_file, spoil_the_record, lose_the_types, point_elsewhere])
def test_a_damaged_model_is_listed_as_such_cannot_be_used_and_can_be_removed(
    damage: Callable[[Path], None], tiny: Path, folder: Path, capsys: Capture
) -> None:
    add_model(AddModelRequest(tiny, "net"))
    damage(folder)
    assert [entry.state for entry in list_models() if entry.name == "net"] == ["damaged"]
    for use in (load_model, model_sha256):
        with pytest.raises(ModelError, match=r"'net' cannot be used: its .*; remove it and add it again"):
            use("net")
    assert run_command_line(["models", "info", "net"]) == 1
    told = capsys.readouterr()
    assert "damaged" in told.out
    assert "'net' cannot be used: its" in told.err
    remove_model("net")
    assert files_of(folder) == []


class _Trap:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return Path.touch, (Path("trap-was-run"),)  # type: ignore[return-value]


def _code(path: Path) -> None:
    torch.save({"weights": _Trap()}, path)


def _truncated(path: Path) -> None:
    torch.save(recipe_weights(TINY), path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _other_network(path: Path) -> None:
    torch.save({"encoder.weight": torch.zeros(2, 2)}, path)


def _misshaped(path: Path) -> None:
    torch.save({**recipe_weights(TINY), "in_conv.bias": torch.zeros(3)}, path)


def _without_numbers(path: Path) -> None:
    weights = recipe_weights(TINY)
    weights["mask.0.1.weight"] = torch.full_like(weights["mask.0.1.weight"], torch.nan)
    torch.save(weights, path)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_code, "could run code"),
        (_truncated, "damaged"),
        (_other_network, "bad.ckpt holds the weights of another kind of network"),
        (_misshaped, r"in_conv.bias of shape \(3,\)"),
        (_without_numbers, "NaN"),
    ],
)
def test_what_is_no_model_is_refused_in_one_sentence_and_leaves_nothing(
    spoil: Callable[[Path], None], words: str, tmp_path: Path, folder: Path
) -> None:
    path = tmp_path / "bad.ckpt"
    spoil(path)
    with pytest.raises(ModelError, match=words) as caught:
        add_model(AddModelRequest(path))
    assert "bad.ckpt" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert files_of(folder) == []
    assert path.exists()
    assert not Path("trap-was-run").exists()


@pytest.mark.parametrize("name", ["x" * 300, "~nobody-of-this-name/net.pt", "", "."])
def test_a_name_that_means_nothing_is_refused_wherever_it_is_used(name: str) -> None:
    for use in (load_model, model_sha256):
        with pytest.raises(ModelError, match=r"no model file .* and no model of that name"):
            use(name)
    with pytest.raises(ModelError, match="there is no model file"):
        add_model(AddModelRequest(Path(name), "net"))


def test_a_file_that_the_disk_does_not_give_is_not_called_damaged(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(bundled, "file_sha256", refuse)
    with pytest.raises(ModelError, match=r"cannot be read \(Permission denied\)"):
        load_model(str(tiny))


@pytest.mark.parametrize("config", TINY_OF_EACH.values(), ids=TINY_OF_EACH)
def test_a_network_of_every_architecture_can_be_tried_out(config: NetworkConfig, tmp_path: Path) -> None:
    try_out(load_checkpoint(save_tiny_model(tmp_path / "net.safetensors", config)), JobControl())


@pytest.mark.parametrize("name", ["../net", "a/b", "a.b", "con", "-x", "x" * 65, "preset:small", "naïve", " "])
def test_a_name_that_is_no_safe_file_name_is_refused(name: str, tiny: Path, folder: Path) -> None:
    with pytest.raises(ModelError, match="cannot be named"):
        add_model(AddModelRequest(tiny, name))
    with pytest.raises(ModelError, match="no model named"):
        remove_model(name)
    assert files_of(folder.parent) == []


def test_names_made_from_files_are_safe() -> None:
    assert default_model_name(Path("bs_mamba2 (v1.0).ckpt")) == "bs_mamba2-v1-0"


def test_a_name_or_a_file_that_is_there_is_refused(tiny: Path, tmp_path: Path) -> None:
    add_model(AddModelRequest(tiny, "net"))
    other = save_tiny_model(tmp_path / "other.safetensors", mask_blocks=2)
    for name in ("net", "NET", "default", "Default"):
        advice = "remove it first or use another name" if name.lower() == "net" else "use another name"
        with pytest.raises(ModelError, match=f"there is a model named {name.lower()!r} already; {advice}"):
            add_model(AddModelRequest(other, name))
    with pytest.raises(ModelError, match="is there already, as the model 'net'"):
        add_model(AddModelRequest(tiny, "again"))
    assert find_model("net").state == "installed"


def test_the_bundled_model_stays(folder: Path) -> None:
    with pytest.raises(ModelError, match="comes with the program"):
        remove_model("default")
    assert entry_of("default").state == "bundled"
    assert not folder.exists()


def test_what_another_process_works_on_is_left_alone(tiny: Path, folder: Path) -> None:
    add_model(AddModelRequest(tiny, "net"))
    with claimed("net"), pytest.raises(ModelError, match="another Bandsaw is working on the model 'net'"):
        remove_model("net")
    assert files_of(folder) == ["net.json", "net.safetensors"]


def test_a_cancelled_add_leaves_nothing(tiny: Path, folder: Path) -> None:
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        add_model(AddModelRequest(tiny), control=control)
    assert files_of(folder) == []


def test_adding_tells_what_it_does(tiny: Path) -> None:
    seen: list[Progress] = []
    add_model(AddModelRequest(tiny), seen.append)
    assert list(dict.fromkeys(progress.phase for progress in seen)) == ["check", "load", "try", "copy"]
    assert seen[-1].done == seen[-1].total == tiny.stat().st_size


def test_a_trial_run_is_cancelled_in_the_middle_of_the_network(tiny: Path, folder: Path) -> None:
    class CancelledInTheNetwork(JobControl):
        polled = 0

        def checkpoint(self) -> None:
            self.polled += trying
            if self.polled == 5:
                self.cancel()
            super().checkpoint()

    def watch(progress: Progress) -> None:
        nonlocal trying
        trying = progress.phase == "try"

    trying, control = False, CancelledInTheNetwork()
    with pytest.raises(Cancelled):
        add_model(AddModelRequest(tiny), watch, control)
    assert control.polled == 5
    assert files_of(folder) == []


def test_a_full_disk_is_said_and_leaves_nothing(tiny: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(adding.os, "fsync", full)
    with pytest.raises(WriteError, match="the disk is full"):
        add_model(AddModelRequest(tiny))
    assert files_of(folder) == []


PUBLISHED = """
[downloadable.known]
architecture = "{architecture}"
stems = ["vocals", "bass", "drums", "other"]
source = "a page of somebody's"
licence = "MIT"
sha256 = "{sha256}"
scores = [{{ metric = "uSDR", songs = "some songs", source = "somebody", db = {{ vocals = 9.5 }} }}]
"""


def test_a_known_model_got_by_hand_gets_what_is_known_of_it(tmp_path: Path, manifest: Path) -> None:
    path = tmp_path / "from the page.ckpt"
    torch.save(recipe_weights(TINY), path)
    manifest.write_text(
        PUBLISHED.format(architecture="TS-BSMAMBA2", sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    )
    assert [(entry.name, entry.state) for entry in list_models()] == [("known", "available")]
    with pytest.raises(ModelError, match=r"not on this machine yet; .*somebody's.* add FILE --name known"):
        load_model("known")

    add_model(AddModelRequest(path, "known"))
    (entry,) = list_models()
    assert (entry.state, entry.published, entry.licence) == ("installed", True, "MIT")
    assert entry.figures() == {("vocals", "uSDR", "some songs"): 9.5}
    card = load_model("known").card
    assert (card.name, card.licence, card.provenance) == ("known", "MIT", "a page of somebody's")


def test_a_file_that_is_not_the_published_one_is_refused(tiny: Path, folder: Path, manifest: Path) -> None:
    manifest.write_text(PUBLISHED.format(architecture="TS-BSMAMBA2", sha256="0" * 64))
    with pytest.raises(ModelError, match=r"not the published file of 'known'.*; get it again"):
        add_model(AddModelRequest(tiny, "known"))
    assert files_of(folder) == []


def test_another_network_does_not_get_the_licence_and_scores_of_a_known_one(
    tiny: Path, folder: Path, manifest: Path
) -> None:
    manifest.write_text(PUBLISHED.format(architecture="BSMamba2", sha256=""))
    with pytest.raises(ModelError, match=r"is not 'known': it is TS-BSMAMBA2 with .* instead of BSMamba2 with "):
        add_model(AddModelRequest(tiny, "known"))
    assert files_of(folder) == []


def test_a_record_of_an_earlier_version_is_read(tiny: Path, folder: Path) -> None:
    add_model(AddModelRequest(tiny, "net"))
    record = json.loads((folder / "net.json").read_text())
    del record["architecture"]
    (folder / "net.json").write_text(json.dumps(record))
    entry = entry_of("net")
    assert (entry.state, entry.architecture) == ("installed", "")
    assert load_model("net").card.name == "net"


def test_the_engines_process_adds_models_and_passes_refusals_on(tiny: Path, tmp_path: Path) -> None:
    with EngineProcess() as engine:
        assert engine.add_model(AddModelRequest(tiny, "net")) == find_model("net")
        with pytest.raises(ModelError, match="no model file"):
            engine.add_model(AddModelRequest(tmp_path / "missing.ckpt"))


def test_what_a_killed_process_left_of_a_copy_is_removed(tiny: Path, folder: Path) -> None:
    request = AddModelRequest(tiny)
    left: list[Path] = []

    class CancelledInTheCopy(JobControl):
        def checkpoint(self) -> None:
            left[:] = folder.glob("*.part")
            if left:
                self.cancel()
            super().checkpoint()

    with pytest.raises(Cancelled):
        add_model(request, control=CancelledInTheCopy())
    assert len(left) == 1
    assert files_of(folder) == []
    left[0].touch()  # as if there had been no time to tidy up
    remove_partial_add(request)
    assert files_of(folder) == []


def test_the_command_line_adds_lists_uses_and_removes(tiny: Path, capsys: Capture) -> None:
    assert run_command_line(["models", "add", str(tiny), "--name", "net"]) == 0
    told = capsys.readouterr()
    assert "net: added, TS-BSMAMBA2 with vocals, bass, drums, other" in told.out
    assert told.err.splitlines() == [
        "net: checking its file", "net: reading its weights", "net: trying it out on a second of noise",
        "net: copying its file",
    ]  # fmt: skip
    assert run_command_line(["models", "list", "--json"]) == 0
    listed = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert (listed["net"]["state"], listed["net"]["architecture"]) == ("installed", "TS-BSMAMBA2")
    assert listed["default"]["state"] == "bundled"
    assert run_command_line(["models", "list"]) == 0
    assert any(line.startswith("net ") and "installed" in line for line in capsys.readouterr().out.splitlines())
    assert run_command_line(["models", "info", "net", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == listed["net"]
    assert run_command_line(["models", "info", "net"]) == 0
    assert listed["net"]["sha256"] in capsys.readouterr().out
    assert run_command_line(["info", "--model", "net", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sha256"] == listed["net"]["sha256"]

    assert run_command_line(["models", "remove", "net"]) == 0
    assert run_command_line(["models", "info", "net"]) == 1
    assert "no model named 'net'" in capsys.readouterr().err
    assert run_command_line(["models"]) == 2


def test_every_known_model_of_the_program_says_how_to_get_it(capsys: Capture) -> None:
    names = [entry.name for entry in list_models() if entry.state == "available"]
    assert len(names) >= 2
    for name in names:
        assert run_command_line(["models", "info", name]) == 0
        told = capsys.readouterr().out
        assert f"bandsaw models download {name}" in told or f"bandsaw models add FILE --name {name}" in told
