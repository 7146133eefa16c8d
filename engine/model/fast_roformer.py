"""RoFormers without gradients on a CPU: prepared weights and compiled functions for everything between split and heads.

Computes what a `BandMasksNetwork` of transformers computes, which stays the definition. What differs: a core takes
sequences through a whole transformer in its cache; masks are made band by band, without copies of the weights, most of
which are there.
"""

from __future__ import annotations

import itertools
import math
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.model import bs_roformer
from engine.model.band_masks import CHANNELS, BandMasksNetwork
from engine.model.blocks import UnitNorm
from engine.model.bs_roformer import Attention, BSRoFormerConfig, MelBandRoFormerConfig, RotaryPositions
from engine.model.crew import Crew, Memory, Tools
from engine.model.fused_parts import Floats, stacked
from engine.model.fused_product import AsPanels, Layer, Panels, padded, panels
from engine.model.fused_transformer import Transformed, Transformer, Widths, make_work, transform
from engine.model.network import Estimates, by_channels

# Of the feed-forward layer, at most: what lies between its products stays in the cache.
_PART = 256
# Steps that a thread takes at a time, or one sequence: enough to read weights seldom.
_STEPS = 512


def _filled(numbers: Tensor, *axes: int) -> Tensor:
    """With zeros up to whole vectors along some axes, counted from the last one."""
    ends = [end for axis in range(-1, min(axes) - 1, -1) for end in (0, _missing(numbers.shape[axis]) * (axis in axes))]
    return F.pad(numbers, ends)


def _missing(count: int) -> int:
    return padded(count) - count


def _layer(as_panels: AsPanels, weights: Tensor, bias: Tensor | None = None) -> Layer:
    """Prepare weights (depth, columns), filled up both ways."""
    offset = torch.zeros(weights.shape[1]) if bias is None else bias
    return Layer(as_panels(_filled(weights, -2, -1).numpy()), _filled(offset, -1).numpy())


def _gain(norm: UnitNorm) -> Tensor:
    """What a norm multiplies vectors of length one with."""
    return norm.gamma * norm.gamma.shape[0] ** 0.5


def _stacked(layers: list[Layer]) -> Panels:
    """Weights of layers of one size."""
    return stacked([layer.weights for layer in layers])


def _heads(as_panels: AsPanels, attention: Attention, heads: int) -> Layer:
    """Prepare what makes queries, keys and values."""
    weights = (attention.to_qkv.weight * _gain(attention.norm)).unflatten(0, (3, heads, -1))  # (3, H, P, N)
    query, key, value = weights.unbind(0)
    query = query * (math.log2(math.e) / query.shape[1] ** 0.5)
    turned = [_filled(each[:, start::2], -2) for each in (query, key) for start in (0, 1)]
    each_head = [_layer(as_panels, head.t()) for head in torch.cat([*turned, _filled(value, -2)], dim=1)]
    return Layer(_stacked(each_head), each_head[0].bias)


def _feed_forward(as_panels: AsPanels, norm: UnitNorm, wide: nn.Linear, back: nn.Linear) -> tuple[Layer, Layer]:
    """Prepare both layers in equal parts."""
    parts = -(-wide.out_features // _PART)
    room = -wide.out_features % parts
    into = F.pad((wide.weight * _gain(norm)).t(), (0, room)).chunk(parts, dim=1)
    biases = F.pad(wide.bias, (0, room)).chunk(parts)
    firsts = [_layer(as_panels, weights, bias) for weights, bias in zip(into, biases, strict=True)]
    seconds = [
        _layer(as_panels, weights, back.bias) for weights in F.pad(back.weight.t(), (0, 0, 0, room)).chunk(parts)
    ]
    bias = np.concatenate([layer.bias for layer in firsts])
    return Layer(_stacked(firsts), bias), Layer(_stacked(seconds), seconds[0].bias)


def _turns(positions: RotaryPositions, length: int) -> Floats:
    """Cosines and sines of the angles of all steps, as `Transformed` wants them."""
    angles = torch.arange(length, dtype=positions.freqs.dtype)[:, None] * positions.freqs
    return torch.cat([_filled(angles.cos(), -1), _filled(angles.sin(), -1)], dim=1).view(-1).numpy()


class _Transformer:
    """A `bs_roformer.Transformer`."""

    def __init__(self, module: bs_roformer.Transformer, tools: Tools) -> None:
        self._crew, self._memory, as_panels = tools
        attention, forward = cast("tuple[Attention, nn.ModuleDict]", tuple(cast("nn.ModuleList", module.layers[0])))
        norm, first, _, _, second = cast("nn.Sequential", forward["net"])
        wide, back = _feed_forward(
            as_panels, cast("UnitNorm", norm), cast("nn.Linear", first), cast("nn.Linear", second)
        )
        heads, gain = attention.to_gates.out_features, _gain(attention.norm)
        out = cast("nn.Linear", attention.to_out[0]).weight.t().unflatten(0, (heads, -1))  # (H, P, N)
        _, head, n = out.shape
        self._weights = Transformer(
            heads=_heads(as_panels, attention, heads),
            gates=_layer(as_panels, (attention.to_gates.weight * gain).t(), attention.to_gates.bias),
            out=_layer(as_panels, _filled(out, -2).flatten(0, 1)),
            wide=wide,
            back=back,
            gain=_filled(_gain(module.norm) if isinstance(module.norm, UnitNorm) else torch.zeros(0), -1).numpy(),
            widths=Widths(padded(n), heads, padded(head // 2), padded(head), len(wide.bias) // len(wide.weights)),
        )
        self._positions = attention.rotary_embed

    def __call__(self, x: Tensor, output: Tensor) -> None:
        """Set output (groups, L, group, N) to the transformed sequences x (groups, group, L, N)."""
        groups, group, length, _ = x.shape
        turns, some = _turns(self._positions, length), max(1, _STEPS // length)
        run = Transformed(x.view(-1).numpy(), output.view(-1).numpy(), length, group, turns)

        def some_sequences(place: int, first: int, last: int) -> None:
            work = self._memory.kept(make_work, place, self._weights.widths, length, some)
            transform(run, self._weights, work, first, last)

        self._crew.share(groups * group, some, some_sequences)


class FastRoFormer:
    """Computes like the network it is made from, the weights of whose transformers it has copied."""

    # A network for the self-test: with a norm at the end of transformers, and widths that are no whole vectors.
    trial = MelBandRoFormerConfig(feature_dim=24, depth=1, attention_heads=3, head_dim=8, sources=1)

    @torch.inference_mode()
    def __init__(self, network: BandMasksNetwork, as_panels: AsPanels = panels) -> None:
        self._network, self._tools = network, Tools(Crew(), Memory(), as_panels)
        self._transformers = [
            [_Transformer(cast("bs_roformer.Transformer", module), self._tools) for module in pair]
            for pair in cast("list[nn.ModuleList]", list(network.layers))
        ]

    def __call__(self, spectrum: Tensor) -> Estimates:
        """See `BandMasksNetwork.forward`."""
        return by_channels(self._masked, spectrum, CHANNELS)

    def _masked(self, spectrum: Tensor) -> Estimates:
        x = _filled(self._network.split(spectrum), -1).squeeze(1)  # (B, K, T, N)
        across = self._tools.memory.kept(torch.empty, 0, x.transpose(1, 2).shape)
        for time, bands in self._transformers:
            time(x, across)
            bands(across, x)
        return self._network.apply_masks(spectrum, self._masks(x))

    def _masks(self, x: Tensor) -> Tensor:
        """Masks (B, S, C, bins of all bands, T) from features (B, K, T, N)."""
        network = self._network
        heads, config = network.heads, cast("BSRoFormerConfig", network.config)
        starts = [0, *itertools.accumulate(len(band) for band in config.bands)]
        masks = torch.empty(len(x), len(heads), CHANNELS, starts[-1], x.shape[2], dtype=torch.complex64)

        def some_bands(_place: int, first: int, last: int) -> None:
            for band in range(first, last):
                heard = network.final_norm(x[:, None, band, :, : config.feature_dim])
                for source, head in enumerate(heads):
                    masks[:, source, :, starts[band] : starts[band + 1]] = head.of_band(heard, band)[:, 0]

        self._tools.crew.share(len(config.bands), 1, some_bands)
        return masks
