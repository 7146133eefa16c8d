"""Training by several processes, one per device, as `torchrun` starts them; one process alone is a team of one."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from engine.errors import EngineError

# The others wait while the leader validates.
_PATIENCE = timedelta(hours=2)
# What gloo and NCCL say when another process is gone; gloo has no class of errors for it.
_LOST = ("closed by peer", "reset by peer", "remote process exiting")


@dataclass(frozen=True)
class Team:
    """This process among those that train together.

    Attributes:
        rank: Number of this process; 0 is the leader, who alone validates and writes.
        size: How many there are.
    """

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process validates and writes."""
        return self.rank == 0

    def wrap(self, network: nn.Module) -> nn.Module:
        """Make the backward pass average the gradients of all processes; starts all from the leader's weights."""
        return DistributedDataParallel(network) if self.size > 1 else network

    def leaders(self, value: float) -> float:
        """What the leader says, for all; every process must ask."""
        if self.size == 1:
            return value
        answer = torch.tensor([value], dtype=torch.float64)
        dist.broadcast(answer, src=0)
        return answer.item()

    @contextmanager
    def leader_first(self) -> Generator[None]:
        """A block that the others enter when the leader has left it."""
        if not self.leads:
            dist.barrier()
        yield
        if self.leads and self.size > 1:
            dist.barrier()


@contextmanager
def join_team(device: torch.device) -> Generator[tuple[Team, torch.device]]:
    """Join the processes that `torchrun` started, if it did.

    Args:
        device: Of the kind to train on.

    Yields:
        The team, and the device of this process.

    Raises:
        EngineError: Another process of the team has ended.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Team(), device
        return
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    # The wrapped network is garbage in a circle, and with it gloo's threads would live on while Python ends, which
    # aborts the process when one of them lets go of a failed exchange.
    atexit.register(gc.collect)
    # Numbers that are not gradients go through gloo, which needs no device.
    dist.init_process_group("cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo", timeout=_PATIENCE)
    try:
        yield Team(dist.get_rank(), size), device
    except RuntimeError as error:
        if not any(words in str(error) for words in _LOST):
            raise
        raise EngineError("another process of this training ended; what it said before tells why") from error
    finally:
        dist.destroy_process_group()
