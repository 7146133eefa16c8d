"""Gradients of the kernels of `triton_forward`, worked out by hand, in the order in which they run."""

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
    places_of,
    product,
    rate_of,
    silu,
    silu_slope,
    store,
    store_times,
)


@triton.jit(do_not_specialize=NUMBERS)
def norm_backward(
    scanned,
    projected,
    weight,
    grad_output,
    grad_scanned,  # out: (rows, inner)
    grad_projected,  # out: (rows, W), columns z only
    grad_weight,  # out: (programs, inner), each program's part
    rows,
    eps,
    INNER: tl.constexpr,
    WIDTH: tl.constexpr,
    ROWS: tl.constexpr,
):
    """Gradients of `norm_forward`, for every n-th block of rows."""
    columns = tl.arange(0, INNER)
    factor = tl.load(weight + columns)[None, :]
    total = tl.zeros((ROWS, INNER), tl.float32)
    for block in range(tl.program_id(0), tl.cdiv(rows, ROWS), tl.num_programs(0)):
        here = tl.cast(block, tl.int64) * ROWS + tl.arange(0, ROWS)
        places = here[:, None] * INNER + columns[None, :]
        wide_places = here[:, None] * WIDTH + columns[None, :]
        inside = (here < rows)[:, None]
        z = tl.load(projected + wide_places, mask=inside, other=0.0).to(tl.float32)
        y = tl.load(scanned + places, mask=inside, other=0.0).to(tl.float32)
        grad = tl.load(grad_output + places, mask=inside, other=0.0).to(tl.float32)
        value = y * silu(z)
        scale = (1 / tl.sqrt(tl.sum(value * value, 1) / INNER + eps))[:, None]
        total += grad * value * scale
        grad = grad * factor * scale
        along = tl.sum(grad * value, 1)[:, None] / INNER
        grad = grad - value * scale * scale * along
        tl.store(grad_scanned + places, (grad * silu(z)).to(grad_scanned.dtype.element_ty), mask=inside)
        grad_z = grad * y * silu_slope(z)
        tl.store(grad_projected + wide_places, grad_z.to(grad_projected.dtype.element_ty), mask=inside)
    tl.store(grad_weight + tl.program_id(0) * INNER + columns, tl.sum(total, 0))


@triton.jit(do_not_specialize=NUMBERS)
def scan_backward_states(
    xbc,
    decays,  # (B, H, chunks, BLOCK), of `decays_forward`
    grad_scanned,  # (B, L, inner)
    grad_states,  # out: (B, H, chunks, P, D), of the state after each chunk
    length,
    reverse,
    HEADS: tl.constexpr,
    P: tl.constexpr,
    D: tl.constexpr,
    BLOCK: tl.constexpr,
    PRECISION: tl.constexpr,
):
    """Carry the gradient of one head's state from the last chunk of one sequence to the first."""
    sequence, head = tl.program_id(0) // HEADS, tl.program_id(0) % HEADS
    INNER: tl.constexpr = HEADS * P
    CHANNELS: tl.constexpr = INNER + 2 * D
    KIND: tl.constexpr = xbc.dtype.element_ty
    start = sequence.to(tl.int64) * length
    source = xbc + start * CHANNELS
    chunks = tl.cdiv(length, BLOCK)
    kept = grad_states + tl.program_id(0).to(tl.int64) * chunks * P * D

    positions = tl.arange(0, BLOCK)
    features, wide, in_state = places_of(head, P, D)
    grad_state = tl.zeros((P, D), tl.float32)
    for turn in range(chunks):
        chunk = chunks - 1 - turn
        tl.store(kept + chunk * P * D + in_state, grad_state.to(grad_states.dtype.element_ty))
        steps = chunk * BLOCK + positions
        here = decays + (tl.program_id(0) * chunks + chunk) * BLOCK
        grad = load(grad_scanned + start * INNER, steps, features, length, INNER, reverse)
        grad = grad * exponential(tl.load(here + positions))[:, None]
        c = silu(load(source, steps, INNER + D + wide, length, CHANNELS, reverse))
        left = exponential(tl.load(here + BLOCK - 1))
        grad_state = grad_state * left + product(tl.trans(grad), c, KIND, PRECISION)


@triton.jit
def _inside_chunk(b, c, fed, grad, log_decay, PRECISION: tl.constexpr):
    """Back through y = (c b^T * decay) fed: gradients of fed, of the scores c b^T, and of the decay's logarithm."""
    positions = tl.arange(0, b.shape[0])
    weights = product(c, tl.trans(b), b.dtype, PRECISION) * decay(log_decay, positions)
    grad_fed = product(tl.trans(weights), grad, b.dtype, PRECISION)
    grad_scores = product(grad, tl.trans(fed), b.dtype, PRECISION)
    flow = grad_scores * weights
    # Row minus column sums of one and the same matrix: what cancels, cancels exactly.
    grad_log = tl.sum(flow, 1) - tl.sum(flow, 0)
    return grad_fed, (grad_scores * decay(log_decay, positions)).to(b.dtype), grad_log


@triton.jit
def _store_before(target, grad, to_columns, source, steps, columns, length, reverse, PARTS, CHANNELS):
    """Store a gradient of what comes before the activation, given that of what comes after it."""
    slope = silu_slope(load(source, steps, columns, length, CHANNELS, reverse))
    store(target, grad * slope, steps, to_columns, length, PARTS, reverse)


@triton.jit
def _times_of(grad_log, grad_total, along, dt, rate, inside, sums):
    """Gradient of dt before its softplus; those of its bias and of the rate are stored."""
    # Of dt * rate: every later step's logarithm contains it.
    grad_step = tl.sum(grad_log, 0) - tl.cumsum(grad_log, 0) + grad_log + grad_total
    grad_dt = (grad_step * rate + along) * (1 - exponential(-dt))  # whose second factor is softplus's slope
    tl.store(sums, tl.sum(tl.where(inside, grad_dt, 0.0)))
    tl.store(sums + 1, tl.sum(tl.where(inside, grad_step * dt, 0.0)) * rate)  # rate = -exp(a_log)
    return grad_dt


@triton.jit(do_not_specialize=NUMBERS)
def scan_backward(
    xbc, times, decays, a_log, skip, states, grad_states, grad_scanned, grad_projected, grad_xbc, grad_heads,
    length, reverse, HEADS: tl.constexpr, P: tl.constexpr, D: tl.constexpr, WIDTH: tl.constexpr, BLOCK: tl.constexpr,
    LONG: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """Gradients of one chunk of `scan_forward`; what can be loaded again is not kept: registers are scarce.

    Given `grad_scanned` (B, L, inner) and, if LONG, both kinds of states (B, H, chunks, P, D). Stores the columns dt of
    `grad_projected`; `grad_xbc` (B, L, inner + H 2 D), of B and C each head's part; and `grad_heads` (B, H, chunks, 3)
    of dt_bias, a_log and skip.
    """
    chunks = tl.cdiv(length, BLOCK)
    scan, steps = tl.program_id(0) // chunks, tl.program_id(0) % chunks * BLOCK + tl.arange(0, BLOCK)
    head, start = scan % HEADS, (scan // HEADS).to(tl.int64) * length
    INNER: tl.constexpr = HEADS * P
    CHANNELS: tl.constexpr = INNER + 2 * D
    PARTS: tl.constexpr = INNER + HEADS * 2 * D
    KIND: tl.constexpr = xbc.dtype.element_ty
    source = xbc + start * CHANNELS
    target, own = grad_xbc + start * PARTS, INNER + head * 2 * D
    before = states + tl.program_id(0).to(tl.int64) * P * D
    after = grad_states + tl.program_id(0).to(tl.int64) * P * D
    sums = grad_heads + tl.program_id(0) * 3

    features, wide, in_state = places_of(head, P, D)
    rate, inside = rate_of(a_log, head), steps < length
    place = tl.program_id(0) * BLOCK
    dt = tl.load(times + place + tl.arange(0, BLOCK))
    log_decay, total = tl.load(decays + place + tl.arange(0, BLOCK)), tl.load(decays + place + BLOCK - 1)
    b = silu(load(source, steps, INNER + wide, length, CHANNELS, reverse)).to(KIND)
    c = silu(load(source, steps, INNER + D + wide, length, CHANNELS, reverse)).to(KIND)
    fed = (silu(load(source, steps, features, length, CHANNELS, reverse)) * dt[:, None]).to(KIND)
    grad = load(grad_scanned + start * INNER, steps, features, length, INNER, reverse).to(KIND)
    grad_fed, grad_scores, grad_log = _inside_chunk(b, c, fed, grad, log_decay, PRECISION)

    grad_c, grad_total = product(grad_scores, b, KIND, PRECISION), 0.0
    if LONG:
        carried = product(grad * exponential(log_decay)[:, None], tl.load(before + in_state), KIND, PRECISION)
        grad_log += tl.sum(carried * c, 1)
        grad_c += carried
    _store_before(target, grad_c, own + D + wide, source, steps, INNER + D + wide, length, reverse, PARTS, CHANNELS)
    grad_b = product(tl.trans(grad_scores), c, KIND, PRECISION)
    if LONG:
        rest = exponential(total - log_decay)[:, None]
        left = product(fed * rest, tl.load(after + in_state), KIND, PRECISION)
        lost = tl.sum(left * b, 1)
        grad_log -= lost
        overlap = tl.sum(tl.load(after + in_state).to(tl.float32) * tl.load(before + in_state).to(tl.float32))
        grad_total = tl.sum(lost, 0) + exponential(total) * overlap
        grad_b += left
        grad_fed += product(b * rest, tl.trans(tl.load(after + in_state)), KIND, PRECISION)
    _store_before(target, grad_b, own + wide, source, steps, INNER + wide, length, reverse, PARTS, CHANNELS)

    x = silu(load(source, steps, features, length, CHANNELS, reverse))
    grad_dt = _times_of(grad_log, grad_total, tl.sum(grad_fed * x, 1), dt, rate, inside, sums)
    column = start * WIDTH + INNER + CHANNELS + head
    store_times(grad_projected + column, grad_dt, steps, length, WIDTH, reverse)
    tl.store(sums + 2, tl.sum(grad * x))
    grad_x = grad_fed * dt[:, None] + tl.load(skip + head).to(tl.float32) * grad
    _store_before(target, grad_x, features, source, steps, features, length, reverse, PARTS, CHANNELS)


@triton.jit(do_not_specialize=NUMBERS)
def convolution_backward(
    projected,
    taps,
    grad_xbc,  # (B, L, inner + H 2 D), of `scan_backward`
    grad_projected,  # out: (B, L, W), columns [x | B | C] only
    grad_taps,  # out: (programs, TAPS + 1, channels), each program's part; the bias comes last
    sequences,
    length,
    reverse,
    HEADS: tl.constexpr,
    INNER: tl.constexpr,
    CHANNELS: tl.constexpr,
    WIDTH: tl.constexpr,
    TAPS: tl.constexpr,
    BLOCK: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    """Gradients of the causal convolution, for some channels of every n-th sequence."""
    SHARED: tl.constexpr = CHANNELS - INNER
    PARTS: tl.constexpr = INNER + HEADS * SHARED
    first_column = tl.program_id(1) * COLUMNS
    columns = first_column + tl.arange(0, COLUMNS)
    parts = 1 if first_column < INNER else HEADS
    positions = tl.arange(0, BLOCK)
    grad_bias = tl.zeros((BLOCK, COLUMNS), tl.float32)
    grad_0 = tl.zeros((BLOCK, COLUMNS), tl.float32)
    grad_1 = tl.zeros((BLOCK, COLUMNS), tl.float32)
    grad_2 = tl.zeros((BLOCK, COLUMNS), tl.float32)
    grad_3 = tl.zeros((BLOCK, COLUMNS), tl.float32)
    for sequence in range(tl.program_id(0), sequences, tl.num_programs(0)):
        start = tl.cast(sequence, tl.int64) * length
        source, target = projected + start * WIDTH + INNER, grad_projected + start * WIDTH + INNER
        for first in range(0, length, BLOCK):
            steps = first + positions
            total = tl.zeros((BLOCK, COLUMNS), tl.float32)
            now = tl.zeros((BLOCK, COLUMNS), tl.float32)
            for part in range(parts):
                grads = grad_xbc + start * PARTS + part * SHARED
                for lag in tl.static_range(TAPS):
                    value = load(grads, steps + lag, columns, length, PARTS, reverse)
                    total += value * tl.load(taps + columns * TAPS + (TAPS - 1 - lag))[None, :]
                    if lag == 0:
                        now += value
            store(target, total, steps, columns, length, WIDTH, reverse)
            # Summed over the steps once, at the end.
            grad_bias += now
            grad_0 += now * load(source, steps - 3, columns, length, WIDTH, reverse)
            grad_1 += now * load(source, steps - 2, columns, length, WIDTH, reverse)
            grad_2 += now * load(source, steps - 1, columns, length, WIDTH, reverse)
            grad_3 += now * load(source, steps, columns, length, WIDTH, reverse)
    sums = grad_taps + tl.program_id(0) * (TAPS + 1) * CHANNELS + columns
    tl.store(sums, tl.sum(grad_0, 0))
    tl.store(sums + CHANNELS, tl.sum(grad_1, 0))
    tl.store(sums + 2 * CHANNELS, tl.sum(grad_2, 0))
    tl.store(sums + 3 * CHANNELS, tl.sum(grad_3, 0))
    tl.store(sums + 4 * CHANNELS, tl.sum(grad_bias, 0))
