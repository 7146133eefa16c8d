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
    load_active,
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
    xbc,  # out: (B, L, channels)
    length,
    reverse,
    INNER: tl.constexpr,
    CHANNELS: tl.constexpr,
    WIDTH: tl.constexpr,
    TAPS: tl.constexpr,
    BLOCK: tl.constexpr,
    COLUMNS: tl.constexpr,
    ACTIVE: tl.constexpr,  # with the activation; gradients need what comes before it
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
        if ACTIVE:
            total = silu(total)
        store(xbc + start * CHANNELS, total, steps, columns, length, CHANNELS, reverse)


@triton.jit(do_not_specialize=NUMBERS)
def decays_forward(
    projected,  # (B, L, W)
    dt_bias,  # (H,)
    a_log,  # (H,)
    times,  # out: (B, H, chunks, BLOCK), softplus of dt
    decays,  # out: like times, logarithm of what is left of a state before the chunk after each step
    length,
    reverse,
    HEADS: tl.constexpr,
    FIRST: tl.constexpr,  # column of dt
    WIDTH: tl.constexpr,
    BLOCK: tl.constexpr,
):
    """Prepare one chunk of one sequence, for all heads."""
    sequence, chunk = tl.program_id(0).to(tl.int64), tl.program_id(1)
    positions, heads = tl.arange(0, BLOCK), tl.arange(0, HEADS)
    steps = chunk * BLOCK + positions
    raw = load(projected + sequence * length * WIDTH + FIRST, steps, heads, length, WIDTH, reverse)
    # Steps after the last neither decay nor feed the state.
    inside = (steps < length)[:, None]
    dt = tl.where(inside, softplus(raw + tl.load(dt_bias + heads).to(tl.float32)[None, :]), 0.0)
    log_decay = tl.cumsum(dt * rate_of(a_log, heads)[None, :], 0)
    places = ((sequence * HEADS + heads[None, :]) * tl.num_programs(1) + chunk) * BLOCK + positions[:, None]
    tl.store(times + places, dt)
    tl.store(decays + places, log_decay)


@triton.jit(do_not_specialize=NUMBERS)
def scan_forward(
    xbc,  # (B, L, channels), of `convolution_forward`
    times,  # (B, H, chunks, BLOCK), of `decays_forward`
    decays,  # like times
    skip,  # (H,)
    scanned,  # out: (B, L, inner), with what skips the scan
    states,  # out: (B, H, chunks, P, D), the state before each chunk, if KEEP
    length,
    reverse,
    HEADS: tl.constexpr,
    P: tl.constexpr,
    D: tl.constexpr,
    BLOCK: tl.constexpr,
    LONG: tl.constexpr,  # more than one chunk
    KEEP: tl.constexpr,
    ACTIVE: tl.constexpr,  # as for `convolution_forward`
    GROUP: tl.constexpr,  # heads of a program; one where sequences are LONG
    PRECISION: tl.constexpr,
):
    """Scan some heads of one sequence; the program's number is sequence * H / GROUP + group."""
    sequence, group = tl.program_id(0) // (HEADS // GROUP), tl.program_id(0) % (HEADS // GROUP)
    INNER: tl.constexpr = HEADS * P
    CHANNELS: tl.constexpr = INNER + 2 * D
    KIND: tl.constexpr = xbc.dtype.element_ty
    start = sequence.to(tl.int64) * length
    source = xbc + start * CHANNELS
    chunks = tl.cdiv(length, BLOCK)
    kept = states + tl.program_id(0).to(tl.int64) * chunks * P * D

    positions = tl.arange(0, BLOCK)
    state = tl.zeros((P, D), tl.float32)
    for chunk in range(chunks):
        steps = chunk * BLOCK + positions
        _, wide, in_state = places_of(0, P, D)
        b = load_active(source, steps, INNER + wide, length, CHANNELS, reverse, ACTIVE)
        c = load_active(source, steps, INNER + D + wide, length, CHANNELS, reverse, ACTIVE)
        alike = product(c, tl.trans(b), KIND, PRECISION)
        for member in tl.static_range(GROUP):
            head = group * GROUP + member
            features, _, _ = places_of(head, P, D)
            x = load_active(source, steps, features, length, CHANNELS, reverse, ACTIVE)
            place = ((sequence * HEADS + head) * chunks + chunk) * BLOCK
            dt, log_decay = tl.load(times + place + positions), tl.load(decays + place + positions)
            y = product(alike * decay(log_decay, positions) * dt[None, :], x, KIND, PRECISION)
            if LONG:
                if KEEP:
                    tl.store(kept + chunk * P * D + in_state, state.to(states.dtype.element_ty))
                y += product(c, tl.trans(state), KIND, PRECISION) * exponential(log_decay)[:, None]
                total = tl.load(decays + place + BLOCK - 1)
                left = x * (dt * exponential(total - log_decay))[:, None]
                state = state * exponential(total) + product(tl.trans(left), b, KIND, PRECISION)
            y += tl.load(skip + head).to(tl.float32) * x.to(tl.float32)
            store(scanned + start * INNER, y, steps, features, length, INNER, reverse)


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
