"""The channel exchange of TS-BSMAMBA2 for one band at a time: a few frames go through all its layers in the cache."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.model.fused_parts import (
    FRAMES,
    ONE,
    Bands,
    Floats,
    Norm,
    Rows,
    add_scaled,
    entry,
    normalise,
    room,
    scaled,
    stacked,
)
from engine.model.fused_product import Layer, Panels, activate, packed, product
from engine.model.simd import Vector, vector_loop


@vector_loop()
def _told(x: Vector, others: Vector, own: Vector, bias: Vector) -> Vector:
    return x + (own + others + bias).tanh()


class Exchange(NamedTuple):
    """Parameters of a `ChannelExchange`.

    Attributes:
        norm: Of each channel.
        into: (N, hidden).
        mean: (hidden, hidden).
        own: (hidden, N) in panels, the output layer's half for a channel's own features.
        out: (hidden, N), its half for what all channels are told, and its bias.
    """

    norm: Norm
    into: Layer
    mean: Layer
    own: Panels
    out: Layer


class ExchangeWork(NamedTuple):
    """Memory of one band, for C channels and F frames at a time; matrices as in `fused_forward`.

    Attributes:
        heard: (C, ...), every channel's (T, N), normalised.
        own: (C, ...), every channel's (F, hidden).
        mean: (F, hidden), of all channels.
        told: (F, hidden), made of it.
        others: (F, N), that projected.
        made: (F, N), a channel's own, projected.
        packed: (F, ...), a left factor for products, if not as it is.
    """

    heard: NDArray[np.float32]
    own: NDArray[np.float32]
    mean: Floats
    told: Floats
    others: Floats
    made: Floats
    packed: Floats


def make_exchange_work(channels: int, frames: int, features: int, hidden: int) -> ExchangeWork:
    """Memory for bands of this size."""
    return ExchangeWork(
        heard=stacked([room(frames, features)] * channels),
        own=stacked([room(FRAMES, hidden)] * channels),
        mean=room(FRAMES, hidden),
        told=room(FRAMES, hidden),
        others=room(FRAMES, features),
        made=room(FRAMES, features),
        packed=room(FRAMES, max(features, hidden) // 2 + 1),
    )


@entry
def exchange(x: Floats, sizes: Bands, weights: Exchange, work: ExchangeWork, first: int, last: int) -> None:
    """Add to bands first..last, of B K, of x (B, C, K, T, N) what channels tell each other; `LANES` divides N."""
    channels, bands, length = sizes
    features, hidden = weights.out.bias.shape[0], weights.into.bias.shape[0]
    share, plane = ONE / np.float32(channels), length * features
    mean, told = Rows(work.mean, 0, hidden), Rows(work.told, 0, hidden)
    others, made = Rows(work.others, 0, features), Rows(work.made, 0, features)
    for band in range(first, last):
        start = (band // bands * channels * bands + band % bands) * plane
        for c in range(channels):
            normalise(x, start + c * bands * plane, length, weights.norm, work.heard[c])
        for frame in range(0, length, FRAMES):
            frames = min(FRAMES, length - frame)
            for c in range(channels):
                own, heard = Rows(work.own[c], 0, hidden), Rows(work.heard[c], frame * features, features)
                heard = packed(heard, frames, features, weights.into.weights, work.packed)
                product(heard, frames, features, weights.into.weights, own, hidden, 0)
                activate(own, frames, weights.into.bias)
                if c:
                    add_scaled(work.mean, 0, frames * hidden, work.mean, 0, own.array, 0, share)
                else:
                    scaled(work.mean, 0, frames * hidden, own.array, 0, share)
            own_mean = packed(mean, frames, hidden, weights.mean.weights, work.packed)
            product(own_mean, frames, hidden, weights.mean.weights, told, hidden, 0)
            activate(told, frames, weights.mean.bias)
            own_told = packed(told, frames, hidden, weights.out.weights, work.packed)
            product(own_told, frames, hidden, weights.out.weights, others, features, 0)
            for c in range(channels):
                own = packed(Rows(work.own[c], 0, hidden), frames, hidden, weights.own, work.packed)
                product(own, frames, hidden, weights.own, made, features, 0)
                place = start + c * bands * plane + frame * features
                for row in range(0, frames * features, features):
                    at = place + row
                    _told(x, at, features, x, at, work.others, row, work.made, row, weights.out.bias, 0)
