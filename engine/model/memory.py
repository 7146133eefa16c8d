"""What running out of memory looks like."""

from __future__ import annotations

import torch

# CPU and MPS allocators and the NVIDIA libraries behind products, LSTMs and transforms raise a plain RuntimeError.
_WORDS = ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether PyTorch, or Python, means that memory ran out."""
    text = str(error).lower()
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or any(words in text for words in _WORDS)
