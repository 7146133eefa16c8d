"""The mixer core as Triton kernels: convolution, scan, gate with norm, and their gradients.

One program scans one head of one sequence in chunks of `BLOCK` steps: matrix products inside a chunk, a carried state
between chunks. Steps count in the direction of the scan, so that a reversed scan only reads and writes other rows.

Letters: B sequences, L steps, H heads of P features, D the state, W the width of a row [z | x | B | C | dt]. Products
take operands of the input's precision and add up in float32; everything else is float32.
Source: Dao & Gu, "Transformers are SSMs", arXiv 2405.21060, for the chunked form; its gradient is worked out here.
"""

# pyright: basic, reportGeneralTypeIssues=false, reportOperatorIssue=false, reportArgumentType=false
# Triton compiles the functions below itself and has no types for what happens inside.

from __future__ import annotations

import triton
import triton.language as tl

# Arguments whose values the compiler must not build in: it would compile anew for each of them.
_NUMBERS = ("length", "reverse", "sequences", "rows")


@triton.jit
def _silu_slope(value):
    """Derivative of silu."""
    gate = tl.sigmoid(value)
    return gate * (1 + value * (1 - gate))


@triton.jit
def _softplus(value):
    """log(1 + exp(value)), exact also where exp(value) vanishes beside 1."""
    power = tl.exp(tl.minimum(value, 20.0))
    above = 1 + power
    # Rounding in 1 + power cancels against rounding in (1 + power) - 1.
    small = tl.where(above == 1, power, tl.log(above) * (power / tl.where(above == 1, 1.0, above - 1)))
    return tl.where(value > 20, value, small)


@triton.jit
def _rows(steps, length, reverse):
    """Rows in memory of steps of the scan; `reverse` is 0 or 1."""
    return steps + reverse * (length - 1 - 2 * steps)


@triton.jit
def _load(source, steps, columns, length, stride, reverse):
    """Rows x columns in float32; zeros for steps before the first and after the last."""
    rows = _rows(steps, length, reverse)
    inside = (steps >= 0) & (steps < length)
    return tl.load(source + rows[:, None] * stride + columns[None, :], mask=inside[:, None], other=0.0).to(tl.float32)


@triton.jit
def _load_times(source, steps, length, stride, reverse):
    """One column in float32."""
    return tl.load(source + _rows(steps, length, reverse) * stride, mask=steps < length, other=0.0).to(tl.float32)


@triton.jit
def _store(target, value, steps, columns, length, stride, reverse):
    rows = _rows(steps, length, reverse)
    inside = (steps >= 0) & (steps < length)
    tl.store(
        target + rows[:, None] * stride + columns[None, :], value.to(target.dtype.element_ty), mask=inside[:, None]
    )


@triton.jit
def _silu(value):
    return value * tl.sigmoid(value)


@triton.jit(do_not_specialize=_NUMBERS)
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
            value = _load(projected + start * WIDTH + INNER, steps - lag, columns, length, WIDTH, reverse)
            total += value * tl.load(taps + columns * TAPS + tap)[None, :]
        _store(xbc + start * CHANNELS, total, steps, columns, length, CHANNELS, reverse)


@triton.jit
def _product(left, right, KIND: tl.constexpr, PRECISION: tl.constexpr):
    """Matrix product of operands rounded to KIND, in float32."""
    return tl.dot(left.to(KIND), right.to(KIND), input_precision=PRECISION)


@triton.jit
def _decay(log_decay, positions):
    """What is left at step i of what came in at step j: lower triangular (BLOCK, BLOCK)."""
    past = positions[:, None] >= positions[None, :]
    return tl.exp(tl.where(past, log_decay[:, None] - log_decay[None, :], float("-inf")))


@triton.jit(do_not_specialize=_NUMBERS)
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
    features = head * P + tl.arange(0, P)
    wide = tl.arange(0, D)
    in_state = tl.arange(0, P)[:, None] * D + wide[None, :]
    rate = -tl.exp(tl.load(a_log + head).to(tl.float32))
    through = tl.load(skip + head).to(tl.float32)
    offset = tl.load(dt_bias + head).to(tl.float32)
    state = tl.zeros((P, D), tl.float32)
    for chunk in range(chunks):
        steps = chunk * BLOCK + positions
        x = _silu(_load(source, steps, features, length, CHANNELS, reverse))
        b = _silu(_load(source, steps, INNER + wide, length, CHANNELS, reverse)).to(KIND)
        c = _silu(_load(source, steps, INNER + D + wide, length, CHANNELS, reverse)).to(KIND)
        # Steps after the last neither decay nor feed the state.
        dt = tl.where(steps < length, _softplus(_load_times(times, steps, length, WIDTH, reverse) + offset), 0.0)
        log_decay = tl.cumsum(dt * rate, 0)
        fed = x * dt[:, None]
        scores = _product(c, tl.trans(b), KIND, PRECISION) * _decay(log_decay, positions)
        y = _product(scores, fed, KIND, PRECISION)
        if LONG:
            if KEEP:
                tl.store(kept + chunk * P * D + in_state, state.to(states.dtype.element_ty))
            y += _product(c * tl.exp(log_decay)[:, None], tl.trans(state), KIND, PRECISION)
            total = tl.sum(dt * rate, 0)
            left = fed * tl.exp(total - log_decay)[:, None]
            state = state * tl.exp(total) + _product(tl.trans(left), b, KIND, PRECISION)
        _store(scanned + start * INNER, y + through * x, steps, features, length, INNER, reverse)


@triton.jit(do_not_specialize=_NUMBERS)
def scan_backward_states(
    projected,
    xbc,
    dt_bias,
    a_log,
    grad_scanned,  # (B, L, inner)
    grad_states,  # out: (B, H, chunks, P, D), of the state after each chunk
    length,
    reverse,
    HEADS: tl.constexpr,
    P: tl.constexpr,
    D: tl.constexpr,
    WIDTH: tl.constexpr,
    BLOCK: tl.constexpr,
    PRECISION: tl.constexpr,
):
    """Carry the gradient of one head's state from the last chunk of one sequence to the first."""
    sequence, head = tl.program_id(0) // HEADS, tl.program_id(0) % HEADS
    INNER: tl.constexpr = HEADS * P
    CHANNELS: tl.constexpr = INNER + 2 * D
    KIND: tl.constexpr = projected.dtype.element_ty
    start = sequence.to(tl.int64) * length
    source, times = xbc + start * CHANNELS, projected + start * WIDTH + INNER + CHANNELS + head
    chunks = tl.cdiv(length, BLOCK)
    kept = grad_states + tl.program_id(0).to(tl.int64) * chunks * P * D

    positions = tl.arange(0, BLOCK)
    features = head * P + tl.arange(0, P)
    wide = tl.arange(0, D)
    in_state = tl.arange(0, P)[:, None] * D + wide[None, :]
    rate = -tl.exp(tl.load(a_log + head).to(tl.float32))
    offset = tl.load(dt_bias + head).to(tl.float32)
    grad_state = tl.zeros((P, D), tl.float32)
    for turn in range(chunks):
        chunk = chunks - 1 - turn
        tl.store(kept + chunk * P * D + in_state, grad_state.to(grad_states.dtype.element_ty))
        steps = chunk * BLOCK + positions
        raw = _load_times(times, steps, length, WIDTH, reverse) + offset
        decay = tl.where(steps < length, _softplus(raw) * rate, 0.0)
        grad = _load(grad_scanned + start * INNER, steps, features, length, INNER, reverse)
        grad = grad * tl.exp(tl.cumsum(decay, 0))[:, None]
        c = _silu(_load(source, steps, INNER + D + wide, length, CHANNELS, reverse))
        grad_state = grad_state * tl.exp(tl.sum(decay, 0)) + _product(tl.trans(grad), c, KIND, PRECISION)


@triton.jit(do_not_specialize=_NUMBERS)
def scan_backward(
    projected,
    xbc,
    dt_bias,
    a_log,
    skip,
    states,  # (B, H, chunks, P, D), of `scan_forward`, if LONG
    grad_states,  # (B, H, chunks, P, D), of `scan_backward_states`, if LONG
    grad_scanned,  # (B, L, inner)
    grad_projected,  # out: (B, L, W), columns dt only
    grad_xbc,  # out: (B, L, inner + H 2 D), of `xbc`; of B and C each head's part
    grad_heads,  # out: (B, H, chunks, 3), of dt_bias, a_log and skip
    length,
    reverse,
    HEADS: tl.constexpr,
    P: tl.constexpr,
    D: tl.constexpr,
    WIDTH: tl.constexpr,
    BLOCK: tl.constexpr,
    LONG: tl.constexpr,
    PRECISION: tl.constexpr,
):
    """Gradients of one chunk of `scan_forward`; what can be loaded again is not kept: registers are scarce."""
    chunks = tl.cdiv(length, BLOCK)
    scan, chunk = tl.program_id(0) // chunks, tl.program_id(0) % chunks
    sequence, head = scan // HEADS, scan % HEADS
    INNER: tl.constexpr = HEADS * P
    CHANNELS: tl.constexpr = INNER + 2 * D
    PARTS: tl.constexpr = INNER + HEADS * 2 * D
    KIND: tl.constexpr = projected.dtype.element_ty
    start = sequence.to(tl.int64) * length
    source, times = xbc + start * CHANNELS, start * WIDTH + INNER + CHANNELS + head
    target, own = grad_xbc + start * PARTS, INNER + head * 2 * D
    kept = tl.program_id(0).to(tl.int64) * P * D
    before, after = states + kept, grad_states + kept

    positions = tl.arange(0, BLOCK)
    steps = chunk * BLOCK + positions
    features = head * P + tl.arange(0, P)
    wide = tl.arange(0, D)
    in_state = tl.arange(0, P)[:, None] * D + wide[None, :]
    rate = -tl.exp(tl.load(a_log + head).to(tl.float32))
    inside = steps < length
    raw = _load_times(projected + times, steps, length, WIDTH, reverse) + tl.load(dt_bias + head)
    dt = tl.where(inside, _softplus(raw), 0.0)
    log_decay = tl.cumsum(dt * rate, 0)
    total = tl.sum(dt * rate, 0)

    b = _silu(_load(source, steps, INNER + wide, length, CHANNELS, reverse)).to(KIND)
    c = _silu(_load(source, steps, INNER + D + wide, length, CHANNELS, reverse)).to(KIND)
    fed = (_silu(_load(source, steps, features, length, CHANNELS, reverse)) * dt[:, None]).to(KIND)
    grad = _load(grad_scanned + start * INNER, steps, features, length, INNER, reverse).to(KIND)
    weights = _product(c, tl.trans(b), KIND, PRECISION) * _decay(log_decay, positions)
    grad_fed = _product(tl.trans(weights), grad, KIND, PRECISION)
    grad_scores = _product(grad, tl.trans(fed), KIND, PRECISION)
    flow = grad_scores * weights
    # Row minus column sums of one and the same matrix: what cancels, cancels exactly.
    grad_log = tl.sum(flow, 1) - tl.sum(flow, 0)
    grad_scores = (grad_scores * _decay(log_decay, positions)).to(KIND)

    grad_c = _product(grad_scores, b, KIND, PRECISION)
    grad_total = 0.0
    if LONG:
        carried = _product(grad * tl.exp(log_decay)[:, None], tl.load(before + in_state), KIND, PRECISION)
        grad_log += tl.sum(carried * c, 1)
        grad_c += carried
    slope = _silu_slope(_load(source, steps, INNER + D + wide, length, CHANNELS, reverse))
    _store(target, grad_c * slope, steps, own + D + wide, length, PARTS, reverse)

    grad_b = _product(tl.trans(grad_scores), c, KIND, PRECISION)
    if LONG:
        rest = tl.exp(total - log_decay)[:, None]
        left = _product(fed * rest, tl.load(after + in_state), KIND, PRECISION)
        lost = tl.sum(left * b, 1)
        grad_log -= lost
        overlap = tl.sum(tl.load(after + in_state).to(tl.float32) * tl.load(before + in_state).to(tl.float32))
        grad_total = tl.sum(lost, 0) + tl.exp(total) * overlap
        grad_b += left
        grad_fed += _product(b * rest, tl.trans(tl.load(after + in_state)), KIND, PRECISION)
    slope = _silu_slope(_load(source, steps, INNER + wide, length, CHANNELS, reverse))
    _store(target, grad_b * slope, steps, own + wide, length, PARTS, reverse)

    # Of dt * rate: every later step's logarithm contains it.
    grad_step = tl.sum(grad_log, 0) - tl.cumsum(grad_log, 0) + grad_log + grad_total
    x_before = _load(source, steps, features, length, CHANNELS, reverse)
    x = _silu(x_before)
    grad_dt = (grad_step * rate + tl.sum(grad_fed * x, 1)) * tl.sigmoid(raw)
    rows = _rows(steps, length, reverse)
    tl.store(grad_projected + times + rows * WIDTH, grad_dt.to(grad_projected.dtype.element_ty), mask=inside)
    grad_x = grad_fed * dt[:, None] + tl.load(skip + head).to(tl.float32) * grad
    _store(target, grad_x * _silu_slope(x_before), steps, features, length, PARTS, reverse)
    sums = grad_heads + tl.program_id(0) * 3
    tl.store(sums, tl.sum(tl.where(inside, grad_dt, 0.0)))
    tl.store(sums + 1, tl.sum(tl.where(inside, grad_step * dt, 0.0)) * rate)  # rate = -exp(a_log)
    tl.store(sums + 2, tl.sum(grad * x))


@triton.jit(do_not_specialize=_NUMBERS)
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
                    value = _load(grads, steps + lag, columns, length, PARTS, reverse)
                    total += value * tl.load(taps + columns * TAPS + (TAPS - 1 - lag))[None, :]
                    if lag == 0:
                        now += value
            _store(target, total, steps, columns, length, WIDTH, reverse)
            # Summed over the steps once, at the end.
            grad_bias += now
            grad_0 += now * _load(source, steps - 3, columns, length, WIDTH, reverse)
            grad_1 += now * _load(source, steps - 2, columns, length, WIDTH, reverse)
            grad_2 += now * _load(source, steps - 1, columns, length, WIDTH, reverse)
            grad_3 += now * _load(source, steps, columns, length, WIDTH, reverse)
    sums = grad_taps + tl.program_id(0) * (TAPS + 1) * CHANNELS + columns
    tl.store(sums, tl.sum(grad_0, 0))
    tl.store(sums + CHANNELS, tl.sum(grad_1, 0))
    tl.store(sums + 2 * CHANNELS, tl.sum(grad_2, 0))
    tl.store(sums + 3 * CHANNELS, tl.sum(grad_3, 0))
    tl.store(sums + 4 * CHANNELS, tl.sum(grad_bias, 0))


@triton.jit(do_not_specialize=_NUMBERS)
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
    value = tl.load(scanned + places, mask=inside, other=0.0).to(tl.float32) * _silu(z)
    scale = 1 / tl.sqrt(tl.sum(value * value, 1) / INNER + eps)
    result = value * scale[:, None] * tl.load(weight + columns)[None, :]
    tl.store(output + places, result.to(output.dtype.element_ty), mask=inside)


@triton.jit(do_not_specialize=_NUMBERS)
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
        value = y * _silu(z)
        scale = (1 / tl.sqrt(tl.sum(value * value, 1) / INNER + eps))[:, None]
        total += grad * value * scale
        grad = grad * factor * scale
        along = tl.sum(grad * value, 1)[:, None] / INNER
        grad = grad - value * scale * scale * along
        tl.store(grad_scanned + places, (grad * _silu(z)).to(grad_scanned.dtype.element_ty), mask=inside)
        grad_z = grad * y * _silu_slope(z)
        tl.store(grad_projected + wide_places, grad_z.to(grad_projected.dtype.element_ty), mask=inside)
    tl.store(grad_weight + tl.program_id(0) * INNER + columns, tl.sum(total, 0))
