"""TS-BSMAMBA2 without gradients on a CPU: prepared weights and compiled functions, each for a part of the network.

Computes what `TwoStageNetwork` computes, which stays the definition. What differs: all work is cut into pieces that one
core computes in its cache, without PyTorch and without Python's lock; a mixer's output projections are multiplied into
the projection behind them; results are written straight into the order in which the next step wants them.

Here it is also chosen whether a network has such a way, this one or that of `fast_roformer`, and tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from engine.model.band_modules import BandHeads, BandSplit
from engine.model.blocks import ChannelExchange, DualPathBlock, ResidualMamba
from engine.model.bs_roformer import BSRoFormerConfig
from engine.model.crew import Crew, Memory, Tools
from engine.model.fast_roformer import FastRoFormer
from engine.model.fused_core import arrays_of, can_fuse, sizes_of
from engine.model.fused_ends import (
    Head,
    Heads,
    Split,
    Splits,
    compute_head,
    fuse,
    make_fusion_work,
    make_head_work,
    make_split_work,
    split_band,
)
from engine.model.fused_exchange import Exchange, exchange, make_exchange_work
from engine.model.fused_forward import Span, chunk_length
from engine.model.fused_mixer import Mixed, Mixer, direction_of, make_mixer_work, mix
from engine.model.fused_parts import Bands, Norm, stacked
from engine.model.fused_product import AsPanels, Layer, layer_of, panels
from engine.model.network import Estimates, Network
from engine.model.simd import LANES
from engine.model.two_stage import TwoStageConfig, TwoStageNetwork, sum_to_one

# Rows that a thread takes at a time: some milliseconds of work, beside which the way to it and back costs little.
_ROWS = 1024
_BANDS = 4  # to be split


class _Mixers:
    """A `ResidualMamba`."""

    def __init__(self, module: ResidualMamba, tools: Tools) -> None:
        directions = (module.rnn.forward_mamba2, module.rnn.backward_mamba2)
        halves = module.proj.weight.chunk(2, dim=1)
        self._sizes = sizes_of(directions[0].core_weights())
        first, second = (
            direction_of(
                arrays_of(mamba.core_weights()),
                self._sizes,
                mamba.in_proj.weight.numpy(),
                (half @ mamba.out_proj.weight).numpy(),
                tools.as_panels,
            )
            for mamba, half in zip(directions, halves, strict=True)
        )
        past = tools.as_panels((halves[0] + halves[1]).t().numpy())
        norm = Norm(module.norm.weight.numpy(), module.norm.bias.numpy())
        self._mixer = Mixer(norm, past, module.proj.bias.numpy(), (first, second))
        self._memory = tools.memory

    def __call__(self, x: Tensor, output: Tensor, place: int, first: int, last: int) -> None:
        """Set output (groups, L, group, N) to some of the mixed sequences plus x (groups, group, L, N)."""
        _, group, length, features = x.shape
        work = self._memory.kept(make_mixer_work, place, self._sizes, features, length)
        span = Span(length, chunk_length(length, self._sizes))
        run = Mixed(x.view(-1).numpy(), output.view(-1).numpy(), group, self._mixer, self._sizes)
        mix(run, work, span, first, last)


class _Exchange:
    """A `ChannelExchange`, in place."""

    def __init__(self, module: ChannelExchange, tools: Tools) -> None:
        into, mean, out = (
            cast("nn.Linear", part[0]) for part in (module.TAC_input, module.TAC_mean, module.TAC_output)
        )
        own, others = (half.t().numpy() for half in out.weight.chunk(2, dim=1))
        self._weights = Exchange(
            norm=Norm(module.input_norm.weight.numpy(), module.input_norm.bias.numpy()),
            into=layer_of(into, tools.as_panels),
            mean=layer_of(mean, tools.as_panels),
            own=tools.as_panels(own),
            out=Layer(tools.as_panels(others), out.bias.numpy()),
        )
        self._memory = tools.memory

    def __call__(self, x: Tensor, place: int, first: int, last: int) -> None:
        """Add to some bands of (B, C, K, T, N), counted over all items, what their channels tell each other."""
        _, channels, bands, frames, features = x.shape
        hidden = len(self._weights.into.bias)
        work = self._memory.kept(make_exchange_work, place, channels, frames, features, hidden)
        exchange(x.view(-1).numpy(), Bands(channels, bands, frames), self._weights, work, first, last)


class _Block:
    """A `DualPathBlock`, in place."""

    def __init__(self, module: DualPathBlock, tools: Tools) -> None:
        self._time, self._bands = (_Mixers(mixer, tools) for mixer in (module.band_rnn, module.band_comm))
        self._exchange = _Exchange(module.channel_comm, tools)
        self._crew = tools.crew

    def __call__(self, x: Tensor, across: Tensor) -> None:
        """Compute in x (B, C, K, T, N); `across` (B, C, T, K, N) is memory."""
        batch, channels, bands, frames, features = x.shape
        by_time, by_band = x.view(-1, bands, frames, features), across.view(-1, frames, bands, features)
        share, streams = self._crew.share, batch * channels
        share(streams * bands, max(1, _ROWS // frames), partial(self._time, by_time, by_band))
        share(streams * frames, max(1, _ROWS // bands), partial(self._bands, by_band, by_time))
        share(batch * bands, max(1, _ROWS // (frames * channels)), partial(self._exchange, x))


def _blocks(modules: nn.Sequential, tools: Tools) -> list[_Block]:
    return [_Block(cast("DualPathBlock", module), tools) for module in modules]


def _with_bins(bands: BandSplit | BandHeads) -> Iterator[tuple[nn.Sequential, int, int]]:
    """The layers of every band, its first bin and how many it has."""
    first = 0
    for band, width in zip(bands, bands.layout.widths, strict=True):
        yield cast("nn.Sequential", band), first, width
        first += width


class _Split:
    """`BandSplit`, of which whole numbers would spare nothing."""

    def __init__(self, module: BandSplit, tools: Tools) -> None:
        self._crew, self._memory, _ = tools
        self._splits = [self._split(*band) for band in _with_bins(module)]

    def _split(self, band: nn.Sequential, first: int, width: int) -> Split:
        norm, projection = cast("nn.GroupNorm", band[0]), cast("nn.Conv1d", band[1])
        weights, bias = projection.weight.squeeze(-1), cast("Tensor", projection.bias)
        # The norm's gain and offset are multiplied in; of each bin, both numbers are neighbours.
        rows = (weights * norm.weight).t().unflatten(0, (2, width)).transpose(0, 1).flatten(0, 1)
        return Split(Layer(panels(rows.numpy()), (bias + weights @ norm.bias).numpy()), first, width)

    def __call__(self, spectrum: Tensor) -> Tensor:
        """Map a complex spectrum (B, C, F, T) to features (B, C, K, T, N)."""
        batch, channels, bins, frames = spectrum.shape
        bands, widest = len(self._splits), max(split.width for split in self._splits)
        features = len(self._splits[0].layer.bias)
        heard = torch.view_as_real(spectrum.transpose(2, 3).contiguous())
        output = torch.empty(batch, channels, bands, frames, features)
        sizes = Bands(channels, bands, frames)
        run = Splits(heard.view(-1).numpy(), output.view(-1).numpy(), sizes, batch, bins)

        def some_bands(place: int, first: int, last: int) -> None:
            work = self._memory.kept(make_split_work, place, frames, features, widest)
            for band in range(first, last):
                split_band(run, self._splits[band], band, work)

        self._crew.share(bands, _BANDS, some_bands)
        return output


class _Heads:
    """`BandHeads`."""

    def __init__(self, module: BandHeads, tools: Tools) -> None:
        self._sources = module.layout.sources
        self._crew, self._memory, self._as_panels = tools
        self._heads = [self._head(*band) for band in _with_bins(module)]

    def _head(self, band: nn.Sequential, first: int, width: int) -> Head:
        norm, wide, _, grouped, _, out = band
        into, between, end = (cast("nn.Conv1d", layer) for layer in (wide, grouped, out))
        groups = [
            stacked([self._as_panels(weight.t().numpy()) for weight in layer.weight.squeeze(-1).chunk(self._sources)])
            for layer in (between, end)
        ]
        biases = [cast("Tensor", layer.bias).numpy() for layer in (into, between, end)]
        return Head(
            norm=Norm(cast("Tensor", norm.weight).numpy(), cast("Tensor", norm.bias).numpy()),
            wide=Layer(self._as_panels(into.weight.squeeze(-1).t().numpy()), biases[0]),
            grouped=Layer(groups[0], biases[1]),
            out=Layer(groups[1], np.pad(biases[2], (0, LANES))),
            first=first,
            width=width,
        )

    def __call__(self, x: Tensor) -> Tensor:
        """Map features (B, C, K, T, N) to complex values (B, S, C, F, T)."""
        batch, channels, bands, frames, features = x.shape
        bins, widest = self._heads[-1].first + self._heads[-1].width, max(head.width for head in self._heads)
        output = torch.empty(batch, self._sources, channels, bins, frames, 2)
        run = Heads(x.view(-1).numpy(), Bands(channels, bands, frames), output.view(-1).numpy(), batch, bins)

        def some_bands(place: int, first: int, last: int) -> None:
            work = self._memory.kept(make_head_work, place, frames, features, self._sources, widest)
            for band in range(first, last):
                compute_head(run, self._heads[band], band, work)

        self._crew.share(bands, 1, some_bands)
        return torch.view_as_complex(output)


@torch.inference_mode()
def self_test(kind: type[FastNetwork | FastRoFormer], as_panels: AsPanels = panels) -> float:
    """Relative L2 error of the last stage of a small network computed by one of these, against the network itself.

    The sequences are long and short enough to be cut into chunks, and not to be.
    """
    config = kind.trial
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = config.build().eval().requires_grad_(requires_grad=False)
        spectrum = torch.randn(1, 2, config.stft.n_fft // 2 + 1, 110, dtype=torch.complex64)
    expected, got = (_last_stage(compute(spectrum)) for compute in (network, kind(cast("Any", network), as_panels)))
    return float((got - expected).abs().norm() / expected.abs().norm())


def _last_stage(estimates: Estimates) -> Tensor:
    return estimates.stage1 if estimates.stage2 is None else estimates.stage2


def fast_kind(network: Network) -> type[FastNetwork | FastRoFormer] | None:
    """What computes such a network faster; None if its architecture or its sizes allow nothing."""
    if isinstance(network.config, BSRoFormerConfig) and next(network.parameters()).dtype == torch.float32:
        return FastRoFormer
    if not isinstance(network, TwoStageNetwork):
        return None
    mixers = [module for module in network.modules() if isinstance(module, ResidualMamba)]
    weights = mixers[0].rnn.forward_mamba2.core_weights()
    fits = not mixers[0].proj.out_features % LANES and can_fuse(weights) and weights.norm_weight.dtype == torch.float32
    return FastNetwork if fits else None


class FastNetwork:
    """Computes like the network it is made from, whose weights it has copied in part."""

    # A network for the self-test.
    trial = TwoStageConfig(feature_dim=16, mask_blocks=1, map_blocks=1, state_dim=16, expand=2, head_dim=16)

    @torch.inference_mode()
    def __init__(self, network: TwoStageNetwork, as_panels: AsPanels = panels) -> None:
        self._tools = tools = Tools(Crew(), Memory(), as_panels)
        self._split_1, self._heads_1 = _Split(network.BN_mask, tools), _Heads(network.mask, tools)
        self._blocks_1 = _blocks(network.separator_mask, tools)
        self._two_stages = network.config.stages == 2
        if self._two_stages:
            self._split_2, self._heads_2 = _Split(network.BN_map, tools), _Heads(network.map, tools)
            self._blocks_2 = _blocks(network.separator_map, tools)
            weights, bias = network.in_conv.weight.squeeze(-1).t(), cast("Tensor", network.in_conv.bias)
            self._fusion = Layer(as_panels(weights.numpy()), bias.numpy())

    def __call__(self, spectrum: Tensor) -> Estimates:
        """See `TwoStageNetwork.forward`."""
        features = self._split_1(spectrum)
        self._run(self._blocks_1, features)
        stage1 = spectrum[:, None] * sum_to_one(self._heads_1(features))
        if not self._two_stages:
            return Estimates(stage1, None)
        fused = self._fused(self._split_2(spectrum), features)
        self._run(self._blocks_2, fused)
        return Estimates(stage1, stage1 + self._heads_2(fused))

    def _run(self, blocks: list[_Block], features: Tensor) -> None:
        across = self._tools.memory.kept(torch.empty, 0, features.transpose(2, 3).shape)
        for block in blocks:
            block(features, across)

    def _fused(self, split: Tensor, features: Tensor) -> Tensor:
        width = features.shape[-1]
        own, others = split.view(-1).numpy(), features.view(-1).numpy()

        def some_rows(place: int, first: int, last: int) -> None:
            fuse(own, others, self._fusion, self._tools.memory.kept(make_fusion_work, place, width), first, last)

        self._tools.crew.share(features.numel() // width, _ROWS, some_rows)
        return features
