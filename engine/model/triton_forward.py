"""The mixer core as Triton kernels: convolution, scan, and gate with norm. Letters are those of `triton_parts`.

One program scans one head of one sequence in chunks of `BLOCK` steps: matrix products inside a chunk, a carried state
between chunks.
Source: Dao & Gu, "Transformers are SSMs", arXiv 2405.21060, for the chunked form.
"""

# pyright: basic, reportGeneralTypeIssues=false, reportOperatorIssue=false, reportArgumentType=false
# Triton compiles the functions below itself and has no types for what happens inside.

from __future__ import annotations

import triton
import triton.language as tl

from engine.model.triton_parts import (
    NUMBERS,
    decay,
    exponential,
    load,
    load_times,
    places_of,
    product,
    rate_of,
    silu,
    softplus,
    store,
)


@triton.jit(do_not_specialize=NUMBERS)
def convolution_forward(
    projected,  # (B, L, W)
    taps,  # (channels, TAPS)
    bias,  # (channels,)
    xbc,  # out: (B, L, channels), before the activation
    length,
    reverse,
    INNER: tl.constexpr,
    CHANNELS: tl.constexpr,
    WIDTH: tl.constexpr,
    TAPS: tl.constexpr,
    BLOCK: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    """Convolve some channels of one sequence, causally."""
    start = tl.program_id(0).to(tl.int64) * length
    columns = tl.program_id(1) * COLUMNS + tl.arange(0, COLUMNS)
    for first in range(0, length, BLOCK):
        steps = first + tl.arange(0, BLOCK)
        total = tl.load(bias + columns)[None, :] + tl.zeros((BLOCK, COLUMNS), tl.float32)
        for tap in tl.static_range(TAPS):
            lag = TAPS - 1 - tap
            value = load(projected + start * WIDTH + INNER, steps - lag, columns, length, WIDTH, reverse)
            total += value * tl.load(taps + columns * TAPS + tap)[None, :]
        store(xbc + start * CHANNELS, total, steps, columns, length, CHANNELS, reverse)


@triton.jit(do_not_specialize=NUMBERS)
def scan_forward(
    projected,  # (B, L, W)
    xbc,  # (B, L, channels), of `convolution_forward`
    dt_bias,  # (H,)
    a_log,  # (H,)
    skip,  # (H,)
    scanned,  # out: (B, L, inner), with what skips the scan
    states,  # out: (B, H, chunks, P, D), the state before each chunk, if KEEP
    length,
    reverse,
    HEADS: tl.constexpr,
    P: tl.constexpr,
    D: tl.constexpr,
    WIDTH: tl.constexpr,
    BLOCK: tl.constexpr,
    LONG: tl.constexpr,  # more than one chunk
    KEEP: tl.constexpr,
    PRECISION: tl.constexpr,
):
    """Scan one head of one sequence; the program's number is sequence * H + head."""
    sequence, head = tl.program_id(0) // HEADS, tl.program_id(0) % HEADS
    INNER: tl.constexpr = HEADS * P
    CHANNELS: tl.constexpr = INNER + 2 * D
    KIND: tl.constexpr = projected.dtype.element_ty
    start = sequence.to(tl.int64) * length
    source, times = xbc + start * CHANNELS, projected + start * WIDTH + INNER + CHANNELS + head
    chunks = tl.cdiv(length, BLOCK)
    kept = states + tl.program_id(0).to(tl.int64) * chunks * P * D

    positions = tl.arange(0, BLOCK)
    features, wide, in_state = places_of(head, P, D)
    rate = rate_of(a_log, head)
    through = tl.load(skip + head).to(tl.float32)
    offset = tl.load(dt_bias + head).to(tl.float32)
    state = tl.zeros((P, D), tl.float32)
    for chunk in range(chunks):
        steps = chunk * BLOCK + positions
        x = silu(load(source, steps, features, length, CHANNELS, reverse))
        b = silu(load(source, steps, INNER + wide, length, CHANNELS, reverse)).to(KIND)
        c = silu(load(source, steps, INNER + D + wide, length, CHANNELS, reverse)).to(KIND)
        # Steps after the last neither decay nor feed the state.
        dt = tl.where(steps < length, softplus(load_times(times, steps, length, WIDTH, reverse) + offset), 0.0)
        log_decay = tl.cumsum(dt * rate, 0)
        fed = x * dt[:, None]
        scores = product(c, tl.trans(b), KIND, PRECISION) * decay(log_decay, positions)
        y = product(scores, fed, KIND, PRECISION)
        if LONG:
            if KEEP:
                tl.store(kept + chunk * P * D + in_state, state.to(states.dtype.element_ty))
            y += product(c * exponential(log_decay)[:, None], tl.trans(state), KIND, PRECISION)
            total = tl.sum(dt * rate, 0)
            left = fed * exponential(total - log_decay)[:, None]
            state = state * exponential(total) + product(tl.trans(left), b, KIND, PRECISION)
        store(scanned + start * INNER, y + through * x, steps, features, length, INNER, reverse)


@triton.jit(do_not_specialize=NUMBERS)
def norm_forward(
    scanned,  # (rows, inner)
    projected,  # (rows, W), z in its first columns
    weight,  # (inner,)
    output,  # out: (rows, inner)
    rows,
    eps,
    INNER: tl.constexpr,
    WIDTH: tl.constexpr,
    ROWS: tl.constexpr,
):
    """Gate by silu(z), then RMSNorm."""
    here = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)
    columns = tl.arange(0, INNER)
    places = here[:, None] * INNER + columns[None, :]
    inside = (here < rows)[:, None]
    z = tl.load(projected + here[:, None] * WIDTH + columns[None, :], mask=inside, other=0.0).to(tl.float32)
    value = tl.load(scanned + places, mask=inside, other=0.0).to(tl.float32) * silu(z)
    scale = 1 / tl.sqrt(tl.sum(value * value, 1) / INNER + eps)
    result = value * scale[:, None] * tl.load(weight + columns)[None, :]
    tl.store(output + places, result.to(output.dtype.element_ty), mask=inside)
