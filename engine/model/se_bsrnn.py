"""SE-BandSplitRNN: a stereo BSRNN for one target, with squeeze-and-excitation after every residual block.

Its norms may have weights for every frame of a segment of one fixed length, as in the published network, or only for
every feature, which lets segments be of any length. The published code leaves half of its squeeze-and-excitation layers
without effect; here every one has its block.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor, nn

from engine.dsp.bands import TARGET_BANDS
from engine.model.band_modules import BandHeads, BandSplit, JointBands
from engine.model.blocks import FrameNorm, one_group_norm
from engine.model.bsrnn import RnnConfig
from engine.model.config import Chunking, Weights, count_parts, one_and_rest
from engine.model.lstm_blocks import LstmBlock, ResidualLstm, SqueezeExcite, lstm_macs
from engine.model.network import Estimates, Network, by_channels

_CHANNELS = 2
_FRAMES = 263  # of a segment of 3.04 s


@dataclass(frozen=True)
class SEBandSplitConfig(RnnConfig):
    """Hyper-parameters of an SE-BandSplitRNN.

    Attributes:
        squeezed: Features of the squeeze-and-excitation layers between their two maps.
        frames: T of the only segments that the network hears; 0: of any length.
        target: The stem it makes, whose bands it has; the last stem is what it leaves.
    """

    architecture: ClassVar[str] = "se-bsrnn"
    title: ClassVar[str] = "SE-BandSplitRNN"
    mark: ClassVar[str] = "blocks.0.time.1.squeeze.weight"

    squeezed: int = 8
    frames: int = _FRAMES
    target: str = "vocals"
    sources: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what no network can be."""
        super().__post_init__()
        if self.squeezed < 1 or self.frames < 0 or self.sources != 1:
            raise ValueError(f"sizes of a network must be positive, and it has one source: {self}")
        if self.chunking.segment_samples < self.stft.shortest:
            raise ValueError(f"segments of {self.frames} frames are too short for the transform")
        if self.target not in TARGET_BANDS:
            raise ValueError(f"there are no bands for {self.target!r}, only for {', '.join(TARGET_BANDS)}")

    @classmethod
    def from_weights(cls, weights: Weights) -> SEBandSplitConfig:
        """See `NetworkConfig`; of two targets with the same bands the first is meant."""
        squeezed, features = weights[cls.mark].shape
        bands, norm = count_parts(weights, r"split\.(\d+)\."), weights["split.0.0.weight"]
        targets = [target for target, widths in TARGET_BANDS.items() if len(widths) == bands]
        if not targets:
            raise ValueError(f"{bands} bands")
        return cls(
            feature_dim=features,
            blocks=count_parts(weights, r"blocks\.(\d+)\."),
            hidden=weights["heads.0.1.weight"].shape[0],
            squeezed=squeezed,
            frames=norm.shape[0] if norm.dim() == 2 else 0,
            target=targets[0],
        )

    def build(self) -> SEBandSplitNetwork:
        """See `NetworkConfig`."""
        return SEBandSplitNetwork(self)

    @property
    def layout(self) -> JointBands:
        """How bands lie in vectors."""
        return JointBands(TARGET_BANDS[self.target], _CHANNELS)

    @property
    def chunking(self) -> Chunking:
        """See `NetworkConfig`; the segments have the frames that the norms have weights for."""
        return Chunking.in_sixths(((self.frames or _FRAMES) - 1) * self.stft.hop)

    @property
    def any_length(self) -> bool:
        """See `NetworkConfig`."""
        return not self.frames

    @property
    def remainder(self) -> bool:
        """See `NetworkConfig`."""
        return True

    def usual_stems(self) -> tuple[str, ...]:
        """See `NetworkConfig`."""
        return one_and_rest(self.target)

    def segment_bytes(self, channels: int, samples: int) -> int:
        """See `NetworkConfig`."""
        return self.sequence_bytes(len(self.layout.widths), -(-channels // _CHANNELS), samples)

    def macs_per_second(self) -> int:
        """See `NetworkConfig`."""
        n, layout = self.feature_dim, self.layout
        cost = len(layout.widths) * self.blocks * 2 * (lstm_macs(n) + 2 * n)
        for width in layout.widths:
            numbers = layout.numbers(width)
            cost += 2 * numbers + (numbers + 1) * n
            cost += 2 * n + (n + 1) * self.hidden + (self.hidden + 1) * numbers + (numbers + 1) * 2 * numbers
        return self.frames_per_second() * cost


PRESETS: dict[str, SEBandSplitConfig] = {
    "se-bsrnn": SEBandSplitConfig(),
    "se-bsrnn-any-length": SEBandSplitConfig(frames=0),
}


class SEBandSplitNetwork(Network):
    """One complex mask for pairs of channels."""

    def __init__(self, config: SEBandSplitConfig) -> None:
        super().__init__(config)
        n, hidden, layout = config.feature_dim, config.hidden, config.layout
        numbers = [layout.numbers(width) for width in layout.widths]

        def norm(features: int) -> nn.Module:
            return FrameNorm(config.frames, features) if config.frames else one_group_norm(features)

        def path() -> nn.Module:
            return nn.Sequential(ResidualLstm(n, groups=n), SqueezeExcite(n, config.squeezed))

        self.split = BandSplit((nn.Sequential(norm(count), nn.Linear(count, n)) for count in numbers), layout)
        self.blocks = nn.Sequential(*(LstmBlock(path(), path()) for _ in range(config.blocks)))
        heads = (
            nn.Sequential(
                norm(n),
                nn.Linear(n, hidden),
                nn.Tanh(),
                nn.Linear(hidden, count),
                nn.Linear(count, 2 * count),
            )
            for count in numbers
        )
        self.heads = BandHeads(heads, layout)

    def forward(self, spectrum: Tensor) -> Estimates:
        """See `Network`."""
        return by_channels(self._masked, spectrum, _CHANNELS)

    def _masked(self, spectrum: Tensor) -> Estimates:
        # The mask acts on the spectrum as it is: undoing the shift and the scale after it would let the mean through.
        mean = spectrum.mean(dim=(1, 2, 3), keepdim=True)
        spread = (spectrum - mean).abs().square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
        heard = (spectrum - mean) / spread.clamp_min(torch.finfo(spread.dtype).tiny)
        return Estimates(spectrum[:, None] * self.heads(self.blocks(self.split(heard))), None)
