"""What holds for a network of any architecture: it learns, and its checkpoint comes back."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.dsp.resample import resample
from engine.errors import ModelError
from engine.model.architectures import ARCHITECTURES, PRESETS
from engine.model.band_modules import BandHeads, BandSplit
from engine.model.blocks import ChannelExchange, ResidualMamba
from engine.model.bs_roformer import Transformer
from engine.model.checkpoint import ModelCard, config_from_shapes, load_checkpoint
from engine.model.config import NetworkConfig
from engine.model.light_unet import LightUNetConfig
from engine.model.lstm_blocks import ResidualLstm, SqueezeExcite
from engine.model.mamba2 import Mamba2
from engine.model.network import Estimates, Network
from engine.progress import JobControl
from engine.stems import DEFAULT_STEMS
from engine.training import loop
from engine.training.loop import Slice, Trainer
from engine.training.loss import LossWeights, two_stage_loss
from engine.training.run import RunFolder
from engine.training.settings import TrainingSettings
from engine.training.targets import Targets
from tests.support.models import TINY_OF_EACH, recipe_weights
from tests.support.training import batches_of_tones, tones


def test_every_architecture_is_tried() -> None:
    assert TINY_OF_EACH.keys() == ARCHITECTURES.keys()
    assert {type(config) for config in PRESETS.values()} == set(ARCHITECTURES.values())


def _card(config: NetworkConfig) -> ModelCard:
    return ModelCard("tiny", config, config.usual_stems())


class _Silent(Network):
    """Estimates silence, which is the first thing that a network could learn by mistake."""

    def forward(self, spectrum: Tensor) -> Estimates:
        silence = torch.zeros_like(spectrum)[:, None].expand(-1, self.config.sources, -1, -1, -1)
        return Estimates(silence, silence if self.config.stages == 2 else None)


@pytest.mark.slow
@pytest.mark.parametrize("config", TINY_OF_EACH.values(), ids=TINY_OF_EACH)
def test_it_learns_a_song_by_heart_and_its_weights_come_back(config: NetworkConfig, tmp_path: Path) -> None:
    torch.manual_seed(0)
    steps = 50 if isinstance(config, LightUNetConfig) else 30  # twice what they need; the U-Net's cost least
    # One item at a time: others of a batch would be the same song.
    settings = TrainingSettings(
        config, batch_size=1, segment_samples=16_384, learning_rate=3e-3, epoch_items=steps, epochs=1
    )
    card = _card(config)
    trainer = Trainer(settings, RunFolder(tmp_path), Slice(torch.device("cpu"), 10.0, card))
    song = resample(Targets(card).of(tones()[None]), 16_384 * config.sample_rate // 44_100)

    def loss() -> float:
        with torch.no_grad():
            return float(two_stage_loss(trainer.network, song, LossWeights()))

    before = loss()
    trainer.train(batches_of_tones(), lambda _separator: {"valid_loss": 0.0}, lambda _values: None, JobControl())
    assert trainer.step == steps
    silence = float(two_stage_loss(_Silent(config), song, LossWeights()))
    assert loss() < min(0.5 * before, 0.9 * silence)
    assert load_checkpoint(tmp_path / "weights.safetensors").card == card


@pytest.mark.parametrize("config", TINY_OF_EACH.values(), ids=TINY_OF_EACH)
def test_names_and_shapes_tell_all_sizes(config: NetworkConfig) -> None:
    weights = recipe_weights(config)
    assert config_from_shapes(Path("file"), weights) == config
    assert [name for name, other in ARCHITECTURES.items() if other.fits(weights)] == [config.architecture]


# What networks are put together from, and the weights beside that: what joins the stages of one, the ways of the other.
PARTS = (BandSplit, BandHeads, ResidualMamba, Mamba2, ResidualLstm, SqueezeExcite, ChannelExchange, Transformer)
WAYS = {f"layers.0.0.{way}_blocks.0.norm.weight" for way in ("forward", "backward")}
OWN_WEIGHTS = {
    "ts-bsmamba2": {"in_conv.weight", "in_conv.bias"},
    "bs-mamba2": {*WAYS, "layers.0.0.linear.weight", "layers.0.0.linear.bias", "final_norm.gamma"},
    "bs-roformer": {"final_norm.gamma"},
}


@pytest.mark.parametrize("name", sorted(TINY_OF_EACH.keys() - {"light-unet"}))  # which has no bands and scans nothing
def test_networks_are_put_together_from_the_same_parts(name: str) -> None:
    with torch.device("meta"):
        network = TINY_OF_EACH[name].build()
    parts = [module for module in network.modules() if isinstance(module, PARTS)]
    for needed in (BandSplit, BandHeads, Mamba2 | ResidualLstm | Transformer):
        assert any(isinstance(part, needed) for part in parts)
    shared = {id(value) for part in parts for value in part.parameters()}
    own = {re.sub(r"\d+", "0", each) for each, value in network.named_parameters() if id(value) not in shared}
    assert own == OWN_WEIGHTS.get(name, set())


def test_what_runs_networks_knows_none_of_them() -> None:
    own = {type(config).__module__ for config in TINY_OF_EACH.values()}
    engine = Path(loop.__file__).parents[1]
    for path in (path for folder in ("inference", "evaluation") for path in (engine / folder).glob("*.py")):
        imports = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
        assert not own & {node.module for node in imports}, path.name


@pytest.mark.parametrize("preset", PRESETS)
def test_a_first_stage_costs_less_or_is_all_there_is(preset: str) -> None:
    config = PRESETS[preset]
    whole, first = config.macs_per_second(), config.first_stage().macs_per_second()
    assert (first < whole) if config.stages == 2 else (first == whole)
    assert 0 < config.segment_bytes(2, 132_300) < config.segment_bytes(2, 264_600)


def test_what_a_network_leaves_is_the_sum_of_the_other_stems() -> None:
    songs = tones()[None]
    made = Targets(_card(TINY_OF_EACH["bs-mamba2"])).of(songs)
    assert torch.equal(made[:, 0], songs[:, DEFAULT_STEMS.index("vocals")])
    torch.testing.assert_close(made.sum(dim=1), songs.sum(dim=1))
    assert Targets(_card(TINY_OF_EACH["ts-bsmamba2"])).of(songs) is songs


def test_stems_that_no_song_has_cannot_be_learnt() -> None:
    with pytest.raises(ModelError, match="no banjo"):
        Targets(ModelCard("odd", TINY_OF_EACH["bs-mamba2"], ("banjo", "other")))


# Published are 146.57 and 107.73 M parameters and 611 and 245.6 GMAC/s; both counts leave out what the norms hold.
@pytest.mark.parametrize(
    ("preset", "parameters", "published", "macs"),
    [("bsrnn", 146_655_904, 146.57, 611), ("simo-bsrnn", 107_753_620, 107.73, 245.6)],
)
def test_baselines_have_the_published_size(preset: str, parameters: int, published: float, macs: float) -> None:
    with torch.device("meta"):
        network = PRESETS[preset].build()
    norms = [module for module in network.modules() if isinstance(module, torch.nn.GroupNorm)]
    total, in_norms = (
        sum(p.numel() for p in parts) for parts in (network.parameters(), torch.nn.ModuleList(norms).parameters())
    )
    assert total == parameters
    assert (total - in_norms) / 1e6 == pytest.approx(published, abs=0.005)
    # What an LSTM's gates cost besides products is counted differently.
    assert PRESETS[preset].macs_per_second() / 1e9 == pytest.approx(macs, rel=0.003)
