"""What TS-BSMAMBA2 has at the ends of its stacks of blocks: the band split, the heads, and the second stage's input."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba.extending import register_jitable

from engine.model.blocks import NORM_EPS
from engine.model.fused_parts import (
    FRAMES,
    ONE,
    ZERO,
    Bands,
    Floats,
    Norm,
    Rows,
    add_scaled,
    entry,
    normalise,
    room,
    scaled,
)
from engine.model.fused_product import Layer, activate, packed, padded, product
from engine.model.simd import LANES, Vector, vector_loop


@vector_loop()
def _gated_value(value: Vector, bias: Vector, gate: Vector, gate_bias: Vector) -> Vector:
    return (value + bias) * (gate + gate_bias).sigmoid()


class Split(NamedTuple):
    """One band's parameters.

    Attributes:
        layer: From its numbers, (re | im of each bin), with unit variance to features: (2 width, N) in panels, (N,).
        first: The band's first bin.
        width: Bins of the band.
    """

    layer: Layer
    first: int
    width: int


class SplitWork(NamedTuple):
    """Memory of T frames of a band with W bins; matrices with `room`: (T, 2 W) without their mean, and (T, N)."""

    heard: Floats
    made: Floats


def make_split_work(frames: int, features: int, widest: int) -> SplitWork:
    """Memory for bands of up to `widest` bins."""
    return SplitWork(room(frames, 2 * widest), room(frames, features))


class Splits(NamedTuple):
    """What is computed.

    Attributes:
        frames: (B, C, T, bins, re | im).
        output: (B, C, K, T, N), to be filled.
        sizes: Of the output.
        items: B.
        bins: Of a frame.
    """

    frames: Floats
    output: Floats
    sizes: Bands
    items: int
    bins: int


@entry
def split_band(run: Splits, split: Split, band: int, work: SplitWork) -> None:
    """Fill a band's features, in this thread's memory; N is a multiple of `LANES`."""
    channels, bands, length = run.sizes
    features, numbers = split.layer.bias.shape[0], 2 * split.width
    heard, made = Rows(work.heard, 0, numbers), Rows(work.made, 0, features)
    count = np.float32(length * numbers)
    for stream in range(run.items * channels):
        begin = 2 * (stream * length * run.bins + split.first)
        total, squares = ZERO, ZERO
        for t in range(length):
            for number in range(numbers):
                total += run.frames[begin + 2 * t * run.bins + number]
        mean = total / count
        for t in range(length):
            for number in range(numbers):
                value = run.frames[begin + 2 * t * run.bins + number] - mean
                work.heard[t * numbers + number] = value
                squares += value * value
        scale = ONE / np.float32(math.sqrt(squares / count + np.float32(NORM_EPS)))
        product(heard, length, numbers, split.layer.weights, made, features, 0)
        for t in range(length):
            place = ((stream * bands + band) * length + t) * features
            add_scaled(run.output, place, features, split.layer.bias, 0, work.made, t * features, scale)


class Head(NamedTuple):
    """One band's parameters; a group is a slice of N hidden features, of which there are as many as S sources.

    Attributes:
        norm: Before the layers.
        wide: (N, S N).
        grouped: (S, ...), of every group (N, N) in panels; bias (S N,).
        out: (S, ...), of every group (N, 4 width) in panels; bias (4 S width + LANES,).
        first: The band's first bin.
        width: Bins of the band.
    """

    norm: Norm
    wide: Layer
    grouped: Layer
    out: Layer
    first: int
    width: int


class HeadWork(NamedTuple):
    """Memory for F frames at a time; matrices with `room`.

    Attributes:
        heard: (T, N), normalised.
        hidden: (F, S N).
        second: (F, S N).
        made: (F, 4 S width + a vector).
        packed: (F, N / 2 + 1), a left factor for products, if not as it is.
    """

    heard: Floats
    hidden: Floats
    second: Floats
    made: Floats
    packed: Floats


def make_head_work(frames: int, features: int, sources: int, widest: int) -> HeadWork:
    """Memory for bands of up to `widest` bins."""
    hidden = sources * features
    rows = (hidden, hidden, row_of(sources, widest), features // 2 + 1)
    return HeadWork(room(frames, features), *(room(FRAMES, numbers) for numbers in rows))


@register_jitable(inline="always")
def row_of(sources: int, width: int) -> int:
    """Length of a row of `HeadWork.made`."""
    return padded(4 * sources * width) + LANES


class Heads(NamedTuple):
    """What is computed.

    Attributes:
        x: (B, C, K, T, N), features.
        sizes: Of x.
        output: (B, S, C, bins, T, re | im), to be filled.
        items: B.
        bins: Of the output.
    """

    x: Floats
    sizes: Bands
    output: Floats
    items: int
    bins: int


@entry
def compute_head(run: Heads, head: Head, band: int, work: HeadWork) -> None:
    """Fill a band's bins of the output, in this thread's memory; N is a multiple of `LANES`."""
    channels, bands, length = run.sizes
    features, width, sources = head.norm.gain.shape[0], head.width, head.grouped.weights.shape[0]
    inner, values, stride = sources * features, 2 * sources * width, row_of(sources, width)
    hidden, second = Rows(work.hidden, 0, inner), Rows(work.second, 0, inner)
    for stream in range(run.items * channels):
        normalise(run.x, (stream * bands + band) * length * features, length, head.norm, work.heard)
        item, channel = stream // channels, stream % channels
        for frame in range(0, length, FRAMES):
            frames = min(FRAMES, length - frame)
            heard = Rows(work.heard, frame * features, features)
            heard = packed(heard, frames, features, head.wide.weights, work.packed)
            product(heard, frames, features, head.wide.weights, hidden, inner, 0)
            activate(hidden, frames, head.wide.bias)
            for group in range(sources):
                part, target = Rows(work.hidden, group * features, inner), Rows(work.second, group * features, inner)
                part = packed(part, frames, features, head.grouped.weights[group], work.packed)
                product(part, frames, features, head.grouped.weights[group], target, features, 0)
            activate(second, frames, head.grouped.bias)
            # A row's last vector may reach into the next group, which is written afterwards.
            for group in range(sources):
                part, made = Rows(work.second, group * features, inner), Rows(work.made, group * 4 * width, stride)
                part = packed(part, frames, features, head.out.weights[group], work.packed)
                product(part, frames, features, head.out.weights[group], made, 4 * width, 0)
            for row in range(0, frames * stride, stride):
                _gated_value(
                    work.made, row, values, work.made, row, head.out.bias, 0,
                    work.made, row + values, head.out.bias, values,
                )  # fmt: skip
            for number in range(sources * width):
                source, bin_ = number // width, head.first + number % width
                place = (((item * sources + source) * channels + channel) * run.bins + bin_) * length + frame
                for t in range(frames):
                    run.output[2 * (place + t)] = work.made[t * stride + number]
                    run.output[2 * (place + t) + 1] = work.made[t * stride + sources * width + number]


class FusionWork(NamedTuple):
    """Memory for F frames at a time: (F, 2 N), (F, N) and (F, N + 1), with `room`; see `HeadWork`."""

    joined: Floats
    made: Floats
    packed: Floats


def make_fusion_work(features: int) -> FusionWork:
    """Memory for features of this size."""
    return FusionWork(room(FRAMES, 2 * features), room(FRAMES, features), room(FRAMES, features + 1))


@entry
def fuse(split: Floats, features: Floats, layer: Layer, work: FusionWork, first: int, last: int) -> None:
    """Set rows first..last of features (rows, N) to the second stage's input: a layer of `split` (rows, N) and them."""
    n = layer.bias.shape[0]
    joined, made = Rows(work.joined, 0, 2 * n), Rows(work.made, 0, n)
    for start in range(first, last, FRAMES):
        rows, at = min(FRAMES, last - start), start * n
        for row in range(rows):
            scaled(work.joined, 2 * row * n, n, split, at + row * n, ONE)
            scaled(work.joined, (2 * row + 1) * n, n, features, at + row * n, ONE)
        own_joined = packed(joined, rows, 2 * n, layer.weights, work.packed)
        product(own_joined, rows, 2 * n, layer.weights, made, n, 0)
        activate(made, rows, layer.bias)
        scaled(features, at, rows * n, work.made, 0, ONE)
