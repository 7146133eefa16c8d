"""`bandsaw info`: what a model is and what it would run on."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from typing import Any

from engine.cli.work import printable
from engine.inference.describe import ModelRequest, described


def run(options: argparse.Namespace) -> int:
    """Print the facts about a model.

    Raises:
        EngineError: There is no such model or device.
    """
    import torch

    from engine.inference.device import choose_device
    from engine.model.backend import backend_for

    info, config = described(ModelRequest(options.model, options.device))
    device = choose_device(options.device, "auto")
    with torch.device("meta"):
        network = config.build()
    backend = backend_for(network, device.torch_device, device.precision)
    facts: dict[str, Any] = {**dataclasses.asdict(info), "backend": backend.name, "backend_reason": backend.reason}
    if options.json:
        sys.stdout.write(json.dumps(facts) + "\n")
        return 0
    facts |= facts.pop("sizes")
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        shown = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value
        shown = ", ".join(value) if isinstance(value, tuple) else shown
        if shown == "":
            continue
        sys.stdout.write(f"{name.replace('_', ' '):{width}}  {printable(str(shown))}\n")
    return 0
