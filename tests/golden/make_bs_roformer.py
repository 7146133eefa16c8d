"""Make `bs_roformer_tiny_1s.npz`: what the public code of BS-RoFormer gives with the recipe's weights, in float64.

    pip install BS-RoFormer==0.3.10     # in an environment of its own; MIT, by Phil Wang
    python make_bs_roformer.py

The parameters' names and shapes are those of a small network of the public checkpoints' kind.
"""

import json
from pathlib import Path

import numpy as np
import recipe
import torch
from bs_roformer import BSRoformer
from bs_roformer import bs_roformer as code

HERE = Path(__file__).parent
CASE = "bs_roformer_tiny_1s"
SAMPLES = 44100
SIZES = {"dim": 24, "depth": 2, "heads": 3, "dim_head": 8, "num_stems": 2}
EXPANSION = 2


def main() -> None:
    """Write the outputs, and names and shapes of the parameters."""
    estimator = code.MaskEstimator
    code.MaskEstimator = lambda **sizes: estimator(**sizes, mlp_expansion_factor=EXPANSION)
    network = BSRoformer(
        **SIZES, stereo=True, time_transformer_depth=1, freq_transformer_depth=1, stft_hop_length=441, flash_attn=False
    )
    started = network.state_dict()
    shapes = {name: list(value.shape) for name, value in started.items()}
    weights = {name: torch.from_numpy(value) for name, value in recipe.weights(shapes).items()}
    # Which all layers share, so that random ones could not be told from names.
    weights |= {name: value for name, value in started.items() if name.endswith("rotary_embed.freqs")}
    network.load_state_dict(weights)
    network = network.double().eval()
    mixture = torch.from_numpy(recipe.signal(SAMPLES)).double()
    with torch.no_grad():
        output = network(mixture[None])[0].numpy()
    parts = {"strided": output[..., ::37], "first": output[..., :2048], "last": output[..., -2048:]}
    parts["rms"] = np.sqrt(np.square(output).mean(-1))
    np.savez_compressed(HERE / f"{CASE}.npz", **{f"out_{name}": part.astype(np.float32) for name, part in parts.items()})
    (HERE / "bs_roformer_tiny_keys.json").write_text(json.dumps(shapes, indent=0) + "\n")


if __name__ == "__main__":
    main()
