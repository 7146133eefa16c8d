"""TS-BSMAMBA2 without gradients on a CPU: prepared weights, memory that is kept, work in blocks that stay in the cache.

Computes what `TwoStageNetwork` computes, which stays the definition. What differs: both directions' input projections
are one product; a mixer's output projections are multiplied into the projection behind them; a few sequences at a time
go through a whole mixer; results are written straight into the order in which the next step wants them.
"""

from __future__ import annotations

from typing import Any, cast

import numba
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.dsp.bands import BAND_WIDTHS
from engine.model.band_modules import BandHeads
from engine.model.blocks import NORM_EPS, ChannelExchange, DualPathBlock, ResidualMamba
from engine.model.crew import Crew
from engine.model.fused_core import arrays_of, can_fuse, sizes_of
from engine.model.fused_forward import Pass, Work, chunk_length, forward, make_work
from engine.model.fused_parts import Floats, Layout
from engine.model.network import Estimates, Network
from engine.model.simd import KEPT, LANES, Vector, vector_loop
from engine.model.two_stage import TwoStageNetwork, sum_to_one

# Rows of a product at a time: enough for a good product, few enough for the cache.
_ROWS = 512


@vector_loop()
def _tanh(x: Vector) -> Vector:
    return x.tanh()


@cast("Any", numba.njit)(nogil=True, cache=KEPT)
def _tanh_all(x: Floats) -> None:
    _tanh(x, 0, x.shape[0], x, 0)


def tanh_(x: Tensor) -> Tensor:
    """Replace every number by its hyperbolic tangent; x is contiguous and a multiple of `LANES` long."""
    _tanh_all(x.view(-1).numpy())
    return x


class Memory:
    """Tensors that are used again and again, for each place where work is done; what they hold does not last."""

    def __init__(self) -> None:
        self._tensors: dict[tuple[int, str], Tensor] = {}
        self._work: dict[tuple[object, ...], Work] = {}

    def take(self, place: int, name: str, *shape: int) -> Tensor:
        """A tensor of this shape; the one that was taken before under this name is lost."""
        numbers = torch.Size(shape).numel()
        kept = self._tensors.get((place, name))
        if kept is None or kept.numel() < numbers:
            kept = self._tensors[place, name] = torch.empty(numbers)
        return kept[:numbers].view(shape)

    def work(self, place: int, *key: Any) -> Work:  # noqa: ANN401
        """The kernel's memory for sizes and a chunk."""
        kept = self._work.get((place, *key))
        if kept is None:
            kept = self._work[place, *key] = make_work(*key)
        return kept


class _Norm:
    """A norm over the last two axes."""

    def __init__(self, module: nn.GroupNorm) -> None:
        self._gain, self._offset = module.weight, module.bias

    def __call__(self, x: Tensor, output: Tensor) -> None:
        torch.addcmul(self._offset, F.layer_norm(x, x.shape[-2:], eps=NORM_EPS), self._gain, out=output)


class _Mixers:
    """A `ResidualMamba` without the sum at its end."""

    def __init__(self, module: ResidualMamba, memory: Memory) -> None:
        directions = (module.rnn.forward_mamba2, module.rnn.backward_mamba2)
        halves = module.proj.weight.chunk(2, dim=1)
        folded = [half @ mamba.out_proj.weight for mamba, half in zip(directions, halves, strict=True)]
        self._into = torch.cat([mamba.in_proj.weight for mamba in directions]).t().contiguous()
        self._out = torch.cat([*folded, halves[0] + halves[1]], dim=1).t().contiguous()
        self._bias = module.proj.bias
        self._norm = _Norm(module.norm)
        weights = [mamba.core_weights() for mamba in directions]
        self._arrays = [arrays_of(each).flat() for each in weights]
        self._sizes = sizes_of(weights[0])
        self._memory = memory

    def __call__(self, place: int, x: Tensor, output: Tensor) -> None:
        """Set the output to the mixed sequences plus x; both (B, L, N)."""
        sequences, length, features = x.shape
        inner, wide = self._sizes.heads * self._sizes.width, self._into.shape[1]
        projected = self._memory.take(place, "projected", sequences * length, wide)
        joined = self._memory.take(place, "joined", sequences * length, self._out.shape[0])
        normalised = joined[:, 2 * inner :]
        self._norm(x, normalised.unflatten(0, (sequences, length)))
        torch.mm(normalised, self._into, out=projected)
        chunk = chunk_length(length, self._sizes)
        work = self._memory.work(place, self._sizes, chunk)
        source, target = projected.view(-1).numpy(), joined.view(-1).numpy()
        for number, arrays in enumerate(self._arrays):
            layout = Layout(sequences, length, wide, bool(number))
            first, at = number * wide // 2, number * inner
            forward(Pass(source[first:], layout, arrays, target[at:], joined.shape[1]), work, chunk, 0, sequences)
        mixed = self._memory.take(place, "mixed", sequences * length, features)
        torch.addmm(self._bias, joined, self._out, out=mixed)
        torch.add(mixed.view(x.shape), x, out=output)


class _Exchange:
    """A `ChannelExchange`, in place."""

    def __init__(self, module: ChannelExchange, memory: Memory) -> None:
        self._norm = _Norm(module.input_norm)
        into, mean, out = (
            cast("nn.Linear", part[0]) for part in (module.TAC_input, module.TAC_mean, module.TAC_output)
        )
        own, others = out.weight.chunk(2, dim=1)
        self._into, self._into_bias = into.weight.t(), into.bias
        self._mean, self._mean_bias = mean.weight.t(), mean.bias
        self._own, self._others, self._out_bias = own.t().contiguous(), others.t().contiguous(), out.bias
        self._memory = memory

    def __call__(self, place: int, x: Tensor) -> None:
        """Add to (C, k, T, N) what the channels tell each other."""
        channels, features = x.shape[0], x.shape[-1]
        rows, hidden = x[0].numel() // features, self._into.shape[1]
        normalised = self._memory.take(place, "normalised", *x.shape)
        self._norm(x, normalised)
        own = self._memory.take(place, "own", channels, rows, hidden)
        torch.addmm(self._into_bias, normalised.view(-1, features), self._into, out=own.view(-1, hidden))
        tanh_(own)
        told = tanh_(torch.addmm(self._mean_bias, own.mean(dim=0), self._mean))
        mixed = torch.mm(own.view(-1, hidden), self._own).view(channels, rows, features)
        mixed += torch.addmm(self._out_bias, told, self._others)
        x += tanh_(mixed).view(x.shape)


class _Block:
    """A `DualPathBlock`, in place."""

    def __init__(self, module: DualPathBlock, crew: Crew, memory: Memory) -> None:
        self._time, self._bands = _Mixers(module.band_rnn, memory), _Mixers(module.band_comm, memory)
        self._exchange = _Exchange(module.channel_comm, memory)
        self._crew = crew

    def __call__(self, x: Tensor, across: Tensor) -> None:
        """Compute in x (B, C, K, T, N); `across` (B, C, T, K, N) is memory."""
        batch, channels, bands, frames, features = x.shape
        by_time, by_band = x.view(-1, bands, frames, features), across.view(-1, frames, bands, features)
        streams = batch * channels

        # A block of work is within one audio channel of one item, so that its transposed result is one view.
        def along_time(place: int, first: int, last: int) -> None:
            for stream, begin, end in _within(first, last, bands):
                self._time(place, by_time[stream, begin:end], by_band[stream].transpose(0, 1)[begin:end])

        def along_bands(place: int, first: int, last: int) -> None:
            for stream, begin, end in _within(first, last, frames):
                self._bands(place, by_band[stream, begin:end], by_time[stream].transpose(0, 1)[begin:end])

        def across_channels(place: int, first: int, last: int) -> None:
            for item, begin, end in _within(first, last, bands):
                self._exchange(place, x[item, :, begin:end])

        self._crew.share(streams * bands, max(1, _ROWS // frames), along_time)
        self._crew.share(streams * frames, max(1, _ROWS // bands), along_bands)
        self._crew.share(batch * bands, max(1, _ROWS // (frames * channels)), across_channels)


def _within(first: int, last: int, size: int) -> list[tuple[int, int, int]]:
    """Cut first..last at multiples of `size`: (which multiple, begin, end) counted from there."""
    return [
        (group, max(first - group * size, 0), min(last - group * size, size))
        for group in range(first // size, (last - 1) // size + 1)
    ]


class _Heads:
    """`BandHeads`."""

    def __init__(self, module: BandHeads, crew: Crew, memory: Memory) -> None:
        sources = self._sources = module.layout.sources
        self._crew, self._memory = crew, memory
        self._norms: list[_Norm] = []
        self._layers: list[list[tuple[Tensor, Tensor]]] = []
        for band in module:
            norm, wide, _, grouped, _, out = cast("nn.Sequential", band)
            self._norms.append(_Norm(cast("nn.GroupNorm", norm)))
            layers = [cast("nn.Conv1d", layer) for layer in (wide, grouped, out)]
            weights = [layer.weight.squeeze(-1) for layer in layers]
            biases = [cast("Tensor", layer.bias) for layer in layers]
            split = [weight.unflatten(0, (sources, -1)).transpose(1, 2).contiguous() for weight in weights[1:]]
            offsets = [bias.view(sources, 1, -1) for bias in biases[1:]]
            first = (weights[0].t().contiguous(), biases[0])
            self._layers.append([first, *zip(split, offsets, strict=True)])
        self._starts = [sum(BAND_WIDTHS[:band]) for band in range(len(BAND_WIDTHS))]

    def __call__(self, x: Tensor) -> Tensor:
        """Map features (B, C, K, T, N) to complex values (B, S, C, F, T)."""
        batch, channels, bands, frames, _ = x.shape
        output = torch.empty(batch, self._sources, channels, sum(BAND_WIDTHS), frames, 2)

        def some_bands(place: int, first: int, last: int) -> None:
            for band in range(first, last):
                bins = slice(self._starts[band], self._starts[band] + BAND_WIDTHS[band])
                values = self._values(place, band, x[:, :, band])
                output[:, :, :, bins] = values.unflatten(0, (batch, channels, frames)).permute(0, 4, 1, 5, 2, 3)

        self._crew.share(bands, 1, some_bands)
        return torch.view_as_complex(output)

    def _values(self, place: int, band: int, x: Tensor) -> Tensor:
        """One band's values (B C T, 2, S, width) of features (B, C, T, N)."""
        rows, features, sources = x[..., 0].numel(), x.shape[-1], self._sources
        (weight_1, bias_1), (weight_2, bias_2), (weight_3, bias_3) = self._layers[band]
        normalised = self._memory.take(place, "normalised", rows, features)
        self._norms[band](x, normalised.view(x.shape))
        hidden = self._memory.take(place, "hidden", rows, sources * features)
        torch.addmm(bias_1, normalised, weight_1, out=hidden)
        tanh_(hidden)
        groups = hidden.view(rows, sources, features).transpose(0, 1)  # (S groups, rows, N)
        second = self._memory.take(place, "second", sources, rows, features)
        torch.baddbmm(bias_2, groups, weight_2, out=second)
        tanh_(second)
        made = torch.baddbmm(bias_3, second, weight_3)  # (S groups, rows, 4 width)
        made = made.transpose(0, 1).reshape(rows, 2, 2, sources, -1)  # (rows, value | gate, re | im, S, width)
        return made[:, 0] * torch.sigmoid(made[:, 1])


def fast_network(network: Network) -> FastNetwork | None:
    """A faster way to compute a network; None if its architecture or its sizes allow none."""
    if not isinstance(network, TwoStageNetwork):
        return None
    mixers = [module for module in network.modules() if isinstance(module, ResidualMamba)]
    weights = mixers[0].rnn.forward_mamba2.core_weights()
    fits = not mixers[0].proj.out_features % LANES and can_fuse(weights) and weights.norm_weight.dtype == torch.float32
    return FastNetwork(network) if fits else None


class FastNetwork:
    """Computes like the network it is made from, whose weights it has copied in part."""

    @torch.inference_mode()
    def __init__(self, network: TwoStageNetwork) -> None:
        self._crew, self._memory = Crew(), Memory()
        self._split_1, self._heads_1 = network.BN_mask, _Heads(network.mask, self._crew, self._memory)
        self._blocks_1 = self._blocks(network.separator_mask)
        self._two_stages = network.config.stages == 2
        if self._two_stages:
            self._split_2, self._heads_2 = network.BN_map, _Heads(network.map, self._crew, self._memory)
            self._blocks_2 = self._blocks(network.separator_map)
            weight = network.in_conv.weight.squeeze(-1).t().contiguous()
            self._fuse_split, self._fuse_features = weight.chunk(2)
            self._fuse_bias = network.in_conv.bias

    def _blocks(self, modules: nn.Sequential) -> list[_Block]:
        return [_Block(cast("DualPathBlock", module), self._crew, self._memory) for module in modules]

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
        across = self._memory.take(0, "across", *features.transpose(2, 3).shape)
        for block in blocks:
            block(features, across)

    def _fused(self, split: Tensor, features: Tensor) -> Tensor:
        rows, others = split.view(-1, split.shape[-1]), features.view(-1, features.shape[-1])

        def some_rows(_place: int, first: int, last: int) -> None:
            made = torch.addmm(cast("Tensor", self._fuse_bias), rows[first:last], self._fuse_split)
            made.addmm_(others[first:last], self._fuse_features)
            others[first:last] = tanh_(made)

        self._crew.share(len(rows), _ROWS, some_rows)
        return features
