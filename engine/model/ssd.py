"""The state-space scan of Mamba-2, as the literal recurrence and in chunks of matrix products.

Both compute, for every head, with h_{-1} = 0:

    h_t = exp(dt_t a) h_{t-1} + dt_t B_t x_t        y_t = C_t h_t

Shapes: x and y (B, L, H, P); dt (B, L, H), after softplus; a (H,), negative; B and C (B, L, D), shared by the heads.
Source: Dao & Gu, "Transformers are SSMs", arXiv 2405.21060.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

Scan = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]

# Measured on a CPU: bands (57) fit one chunk, and 259 frames cut into five of 52 with one frame of padding.
LONGEST_CHUNK = 64


def scan_recurrent(x: Tensor, dt: Tensor, a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Scan step by step. Slow; the definition that everything faster is tested against."""
    state = x.new_zeros(x.shape[0], x.shape[2], x.shape[3], b.shape[2])  # (B, H, P, D)
    outputs: list[Tensor] = []
    for t in range(x.shape[1]):
        decay = torch.exp(dt[:, t] * a)[:, :, None, None]
        update = (dt[:, t, :, None] * x[:, t])[..., None] * b[:, t, None, None, :]
        state = decay * state + update
        outputs.append(torch.einsum("bhpd,bd->bhp", state, c[:, t]))
    return torch.stack(outputs, dim=1)


def scan_chunked(x: Tensor, dt: Tensor, a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Scan in equal chunks: a masked matrix product inside each, a recurrence over one state per chunk between them."""
    length = x.shape[1]
    chunks = -(-length // LONGEST_CHUNK)
    size = -(-length // chunks)
    # Padding with dt = 0 neither decays nor feeds the state.
    padding = chunks * size - length
    x, b, c = (_cut(value, chunks, size, padding) for value in (x, b, c))
    dt = _cut(dt, chunks, size, padding).transpose(2, 3)  # (B, chunks, H, size)
    fed = x.transpose(2, 3) * dt[..., None]  # (B, chunks, H, size, P)
    log_decay = torch.cumsum(dt * a[:, None], dim=-1)  # (B, chunks, H, size)

    y = _within_chunks(fed, log_decay, b, c)
    if chunks > 1:
        y = y + _between_chunks(fed, log_decay, b, c)
    return y.transpose(2, 3).flatten(1, 2)[:, :length]


def _cut(value: Tensor, chunks: int, size: int, padding: int) -> Tensor:
    """(B, L, ...) -> (B, chunks, size, ...), padded with zeros at the end."""
    if padding:
        value = F.pad(value, (0, 0) * (value.dim() - 2) + (0, padding))
    return value.unflatten(1, (chunks, size))


def _within_chunks(fed: Tensor, log_decay: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """What each chunk's own inputs contribute: (B, chunks, H, size, P)."""
    size = log_decay.shape[-1]
    future = torch.ones(size, size, dtype=torch.bool, device=fed.device).triu(1)
    decay = log_decay[..., :, None] - log_decay[..., None, :]  # from step j to step i
    decay = decay.masked_fill_(future, -torch.inf).exp_()
    scores = c @ b.transpose(-1, -2)  # (B, chunks, size, size)
    return (decay * scores[:, :, None]) @ fed


def _between_chunks(fed: Tensor, log_decay: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """What the chunks before contribute through the carried state: (B, chunks, H, size, P)."""
    total = log_decay[..., -1:]  # (B, chunks, H, 1)
    left = fed * torch.exp(total - log_decay)[..., None]
    own = left.transpose(-1, -2) @ b[:, :, None]  # (B, chunks, H, P, D): the state each chunk would leave on its own
    keep = torch.exp(total)[..., None]
    state = torch.zeros_like(own[:, 0])
    before: list[Tensor] = []
    for index in range(own.shape[1]):
        before.append(state)
        state = keep[:, index] * state + own[:, index]
    carried = torch.stack(before, dim=1)  # (B, chunks, H, P, D)
    return (c[:, :, None] @ carried.transpose(-1, -2)) * torch.exp(log_decay)[..., None]
