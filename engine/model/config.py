"""What defines a network: a config class describes an architecture, a config object one network of it."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, ClassVar

from torch import Tensor

from engine.dsp.stft import StftSize
from engine.model.ssd import LONGEST_CHUNK
from engine.stems import DEFAULT_STEMS, NETWORK_RATE, Quality

if TYPE_CHECKING:
    from engine.model.network import Network

# Channels of stereo, for which costs are counted.
STEREO = 2

# By parameter name.
Weights = Mapping[str, Tensor]


def one_and_rest(target: str) -> tuple[str, str]:
    """Names for the stems of a network that makes one of the usual stems: that one, and what it leaves."""
    return target, "other" if target != "other" else "rest"


def count_parts(weights: Weights, pattern: str) -> int:
    """How many different things the pattern's group finds at the beginning of names, such as numbers of blocks."""
    return len({match[1] for name in weights if (match := re.match(pattern, name))})


@dataclass(frozen=True)
class Chunking:
    """How a song is cut into what the network sees at once, and put together again.

    Attributes:
        segment_samples: Length of a segment.
        hop_samples: From a segment's start to the next one's, for each quality.
        fade_samples: Length of the linear fades at a segment's ends.
    """

    segment_samples: int
    hop_samples: Mapping[Quality, int]
    fade_samples: int

    @classmethod
    def in_sixths(cls, segment_samples: int) -> Chunking:
        """Segments that begin after five, three and one sixth of their length.

        Source: arXiv 2409.06245 for the last one (`best`): segments of 3 s every 0.5 s. The longer hops are ours, and
        the fades of a thirtieth, by measurement.
        """
        sixth = segment_samples / 6
        hops: dict[Quality, int] = {"fast": round(5 * sixth), "balanced": round(3 * sixth), "best": round(sixth)}
        return cls(segment_samples, hops, segment_samples // 30)


@dataclass(frozen=True, kw_only=True)
class NetworkConfig(ABC):
    """Hyper-parameters of a network, and what the rest of the program must know about its architecture.

    Subclasses are frozen dataclasses of numbers, truth values and words, which a checkpoint keeps.

    Attributes:
        architecture: Its name in checkpoints.
        title: Its name for people.
        mark: A parameter that every checkpoint of it has; see `fits`.
        stft: The transform whose spectra the network maps.
        sample_rate: In Hz, of what the network hears.
        sources: S, what the network estimates.
        normalise_level: Bring every segment to one level before the network and back after it.
    """

    architecture: ClassVar[str]
    title: ClassVar[str]
    mark: ClassVar[str]
    stft: ClassVar[StftSize]
    sample_rate: ClassVar[int] = NETWORK_RATE

    sources: int = len(DEFAULT_STEMS)
    normalise_level: bool = False

    @classmethod
    @abstractmethod
    def from_weights(cls, weights: Weights) -> NetworkConfig:
        """Tell a network's sizes from its parameters' names and shapes.

        Raises:
            KeyError: A parameter that tells them is missing.
            ValueError: Their shapes make no sense.
        """

    @classmethod
    def fits(cls, weights: Weights) -> bool:
        """Whether the parameters' names are those of such a network, and of no other architecture."""
        return cls.mark in weights

    @abstractmethod
    def build(self) -> Network:
        """Make the network, with weights to start training from."""

    @abstractmethod
    def macs_per_second(self) -> int:
        """Multiply-accumulates for one second of stereo.

        Counts weights, biases, two operations per normalised element, and the state-space scan as the linear
        recurrence; the Fourier transforms are left out.
        """

    @abstractmethod
    def segment_bytes(self, channels: int, samples: int) -> int:
        """Estimate the peak memory of one segment (C, n) in bytes."""

    @property
    def chunking(self) -> Chunking:
        """How songs are cut: in segments of 3 s, unless an architecture has its own."""
        return Chunking.in_sixths(3 * NETWORK_RATE)

    @property
    def any_length(self) -> bool:
        """Whether the network hears pieces of any length, and not segments alone."""
        return True

    @property
    def stages(self) -> int:
        """How many stages the network has, 1 or 2."""
        return 1

    def first_stage(self) -> NetworkConfig:
        """The same network without its second stage."""
        return self

    @property
    def remainder(self) -> bool:
        """Whether what the sources leave of the mixture is one more stem, the last one."""
        return False

    @property
    def stems(self) -> int:
        """How many stems come out."""
        return self.sources + self.remainder

    def usual_stems(self) -> tuple[str, ...]:
        """Names for the stems of a checkpoint that does not say what its outputs are: the usual four, else numbers."""
        if self.stems == len(DEFAULT_STEMS):
            return DEFAULT_STEMS
        return tuple(f"stem{index + 1}" for index in range(self.stems))

    @classmethod
    def frames_per_second(cls) -> int:
        """T of one second."""
        return cls.stft.frames(cls.sample_rate)


@dataclass(frozen=True)
class MixerSizes:
    """Sizes of a Mamba-2 mixer, by the names of `MambaConfig`."""

    feature_dim: int
    state_dim: int
    conv_taps: int
    expand: int
    head_dim: int

    def __post_init__(self) -> None:
        """Refuse sizes that no mixer can have."""
        if min(self.feature_dim, self.state_dim, self.conv_taps, self.expand, self.head_dim) < 1:
            raise ValueError(f"sizes of a network must be positive: {self}")
        if self.inner_dim % self.head_dim:
            raise ValueError(f"expand * feature_dim = {self.inner_dim} is no multiple of head_dim = {self.head_dim}")

    @property
    def inner_dim(self) -> int:
        """Width between the projections."""
        return self.expand * self.feature_dim

    @property
    def heads(self) -> int:
        """H."""
        return self.inner_dim // self.head_dim

    @property
    def conv_dim(self) -> int:
        """Channels of the convolution: x, B and C."""
        return self.inner_dim + 2 * self.state_dim

    @property
    def projected_dim(self) -> int:
        """W, the width of the input projection: z, x, B, C and dt."""
        return self.inner_dim + self.conv_dim + self.heads

    @property
    def macs(self) -> int:
        """Multiply-accumulates per step of one direction."""
        products = self.feature_dim * self.projected_dim + self.inner_dim * self.feature_dim
        return products + self.conv_dim * self.conv_taps + 2 * self.inner_dim * self.state_dim + 2 * self.inner_dim

    def peak_bytes(self, steps: int) -> int:
        """Estimate the memory for both directions over all steps of a segment: projections and decay matrices."""
        return 4 * steps * (4 * self.projected_dim + 4 * self.heads * LONGEST_CHUNK)

    @classmethod
    def of(cls, weights: Weights, mixer: str) -> MixerSizes:
        """Tell the sizes from the parameters whose names begin with `mixer`; raises as `NetworkConfig.from_weights`."""
        features, inner = weights[mixer + "out_proj.weight"].shape
        conv, _, taps = weights[mixer + "conv1d.weight"].shape
        heads = weights[mixer + "A_log"].shape[0]
        if not heads or not features:
            raise ValueError("a mixer without heads or features")
        return cls(features, (conv - inner) // 2, taps, inner // features, inner // heads)


@dataclass(frozen=True)
class MambaConfig(NetworkConfig):
    """What networks of Mamba-2 mixers have in common.

    Attributes:
        feature_dim: N, features per band and frame.
        state_dim: D of the mixers.
        conv_taps: Taps of their causal convolution.
        expand: Their inner width is `expand * feature_dim`.
        head_dim: P of their heads.
    """

    feature_dim: int = 128
    _: KW_ONLY
    state_dim: int = 128
    conv_taps: int = 4
    expand: int = 4
    head_dim: int = 64

    @property
    def mixer(self) -> MixerSizes:
        """Of every Mamba-2."""
        return MixerSizes(self.feature_dim, self.state_dim, self.conv_taps, self.expand, self.head_dim)
