"""RoFormers: complex masks, from attention with rotary positions along time and along bands.

Source: W.-T. Lu, J.-C. Wang, Q. Kong, Y.-N. Hung, "Music Source Separation with Band-Split RoPE Transformer", arXiv
2309.02612; J.-C. Wang, W.-T. Lu, M. Won, "Mel-Band RoFormer for Music Source Separation", arXiv 2310.01809; details and
parameter names as in the public code of which checkpoints are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.dsp.bands import mel_bands
from engine.model.band_masks import BandMasksConfig, BandMasksNetwork, HeadSizes
from engine.model.blocks import Recomputable, UnitNorm
from engine.model.config import Weights, count_parts

_PUBLIC_STEMS = ("drums", "bass", "other", "vocals")
_WIDER = 4  # the feed-forward layers' inner width, in features
_ROTARY_BASE = 10_000.0
# That a CPU computes at a time, as what lies between input and output is several times as large.
_STEPS = 4096


@dataclass(frozen=True)
class BSRoFormerConfig(BandMasksConfig):
    """Hyper-parameters of a BS-RoFormer.

    Attributes:
        depth: Pairs of a transformer along time and one along bands.
        attention_heads: H.
        head_dim: P of each head.
        mask_expansion: Inner width of the layers that write masks, in features.
        mask_layers: How many of these there are.
        block_norms: Whether there is a norm after each transformer, instead of one after the last.
    """

    architecture: ClassVar[str] = "bs-roformer"
    title: ClassVar[str] = "BS-RoFormer"
    mark: ClassVar[str] = "layers.0.0.layers.0.0.to_qkv.weight"
    block_norms: ClassVar[bool] = False

    feature_dim: int = 384
    depth: int = 8
    attention_heads: int = 8
    head_dim: int = 64
    mask_expansion: int = 2
    mask_layers: int = 2

    def __post_init__(self) -> None:
        """Refuse sizes that no network can have."""
        sizes = (self.feature_dim, self.depth, self.attention_heads, self.mask_expansion, self.sources)
        if min(sizes) < 1 or self.head_dim < 2 or self.head_dim % 2 or self.mask_layers < 2:
            raise ValueError(f"sizes of a network must be positive, head_dim even and mask_layers at least 2: {self}")

    @classmethod
    def fits(cls, weights: Weights) -> bool:
        """See `NetworkConfig`."""
        return super().fits(weights) and ("layers.0.0.norm.gamma" in weights) == cls.block_norms

    @classmethod
    def from_weights(cls, weights: Weights) -> BSRoFormerConfig:
        """See `NetworkConfig`."""
        inner, features = weights[cls.mark].shape
        heads = weights["layers.0.0.layers.0.0.to_gates.bias"].shape[0]
        if not heads or not features:
            raise ValueError("attention without heads or features")
        return cls(
            feature_dim=features,
            depth=count_parts(weights, r"layers\.(\d+)\."),
            attention_heads=heads,
            head_dim=inner // 3 // heads,
            mask_expansion=weights["mask_estimators.0.to_freqs.0.0.0.weight"].shape[0] // features,
            mask_layers=count_parts(weights, r"mask_estimators\.0\.to_freqs\.0\.0\.(\d+)\.weight"),
            sources=count_parts(weights, r"mask_estimators\.(\d+)\."),
        )

    def build(self) -> BandMasksNetwork:
        """See `NetworkConfig`."""
        return BandMasksNetwork(self, ((Transformer(self), Transformer(self)) for _ in range(self.depth)))

    def usual_stems(self) -> tuple[str, ...]:
        """See `NetworkConfig`; public checkpoints for four stems have them in this order."""
        return _PUBLIC_STEMS if self.sources == len(_PUBLIC_STEMS) else super().usual_stems()

    @property
    def inner_dim(self) -> int:
        """Width of all heads together."""
        return self.attention_heads * self.head_dim

    @property
    def heads(self) -> HeadSizes:
        """See `BandMasksConfig`."""
        return HeadSizes(self.mask_expansion * self.feature_dim, self.mask_layers)

    def segment_bytes(self, channels: int, samples: int) -> int:
        """See `NetworkConfig`."""
        return 4 * self.steps(channels, samples) * ((3 + 2 * _WIDER) * self.feature_dim + 5 * self.inner_dim)

    def block_macs(self) -> int:
        """See `BandMasksConfig`; a step attends to all steps of its segment."""
        n, inner = self.feature_dim, self.inner_dim
        attention = 2 * n + 3 * n * inner + self.attention_heads * (n + 1) + inner + inner * n
        wide = 2 * n + 2 * _WIDER * n * n + _WIDER * n + n
        heard = self.stft.frames(self.chunking.segment_samples) + len(self.bands)
        path = 2 * (attention + wide + 2 * n * self.block_norms)
        return len(self.bands) * self.depth * (path + 2 * heard * inner)


@dataclass(frozen=True)
class MelBandRoFormerConfig(BSRoFormerConfig):
    """Hyper-parameters of a Mel-Band RoFormer; see `BSRoFormerConfig`."""

    architecture: ClassVar[str] = "mel-band-roformer"
    title: ClassVar[str] = "Mel-Band RoFormer"
    bands: ClassVar[tuple[range, ...]] = mel_bands(60)
    final_norm: ClassVar[bool] = False
    block_norms: ClassVar[bool] = True


# The sizes of a public checkpoint for four stems, and of one for vocals.
PRESETS: dict[str, BSRoFormerConfig] = {
    "bs-roformer": BSRoFormerConfig(),
    "mel-band-roformer": MelBandRoFormerConfig(depth=6, mask_expansion=4, mask_layers=3, sources=1),
}


class Transformer(Recomputable):
    """Attention among all steps of a sequence, then a feed-forward layer, each behind a norm and added to its input."""

    def __init__(self, config: BSRoFormerConfig) -> None:
        super().__init__()
        n, wide = config.feature_dim, _WIDER * config.feature_dim
        # Nothing where the public code has dropout.
        forward = nn.Sequential(UnitNorm(n), nn.Linear(n, wide), nn.GELU(), nn.Identity(), nn.Linear(wide, n))
        self.layers = nn.ModuleList([nn.ModuleList([Attention(config), nn.ModuleDict({"net": forward})])])
        self.norm = UnitNorm(n) if config.block_norms else nn.Identity()

    def compute(self, x: Tensor) -> Tensor:
        """See `Recomputable`."""
        some = max(1, _STEPS // x.shape[1]) if x.device.type == "cpu" else len(x)
        return torch.cat([self._computed(part) for part in x.split(some)])

    def _computed(self, x: Tensor) -> Tensor:
        attention, forward = cast("nn.ModuleList", self.layers[0])
        x = x + attention(x)
        return self.norm(x + cast("nn.ModuleDict", forward)["net"](x))


class Attention(nn.Module):
    """Attention of H heads with rotary positions, each head's output times a gate made of the input."""

    def __init__(self, config: BSRoFormerConfig) -> None:
        super().__init__()
        n, inner = config.feature_dim, config.inner_dim
        self.norm = UnitNorm(n)
        self.rotary_embed = RotaryPositions(config.head_dim)
        self.to_qkv = nn.Linear(n, 3 * inner, bias=False)
        self.to_gates = nn.Linear(n, config.attention_heads)
        self.to_out = nn.Sequential(nn.Linear(inner, n, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, L, N) to (B, L, N)."""
        x = self.norm(x)
        gates = self.to_gates(x).sigmoid()  # (B, L, H)
        heads = self.to_qkv(x).unflatten(-1, (3, gates.shape[-1], -1)).permute(2, 0, 3, 1, 4)  # (3, B, H, L, P)
        query, key, value = heads.unbind(0)
        found = F.scaled_dot_product_attention(self.rotary_embed(query), self.rotary_embed(key), value)
        return self.to_out((found.transpose(1, 2) * gates[..., None]).flatten(2))


class RotaryPositions(nn.Module):
    """Turns pairs of numbers by angles that grow with the step, so that products tell how far steps are apart.

    Source: Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", arXiv 2104.09864.
    """

    freqs: Tensor

    def __init__(self, head_dim: int) -> None:
        super().__init__()
        # Radians per step; part of public checkpoints.
        self.register_buffer("freqs", _ROTARY_BASE ** -(torch.arange(0, head_dim, 2) / head_dim))

    def forward(self, x: Tensor) -> Tensor:
        """Turn (B, H, L, P)."""
        with torch.autocast(x.device.type, enabled=False):
            angles = torch.arange(x.shape[-2], device=x.device, dtype=self.freqs.dtype)[:, None] * self.freqs
            turns = torch.polar(torch.ones_like(angles), angles)  # (L, P / 2)
            pairs = torch.view_as_complex(x.to(angles.dtype).unflatten(-1, (-1, 2)))
        return torch.view_as_real(pairs * turns).flatten(-2).to(x.dtype)
