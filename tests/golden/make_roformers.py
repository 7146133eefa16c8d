"""Make the golden files of the RoFormers: what their public code gives with the recipe's weights, in float64.

    pip install BS-RoFormer==0.3.10     # in an environment of its own; MIT, by Phil Wang
    python make_roformers.py

The parameters' names and shapes are those of small networks of the public checkpoints' kind.
"""

import json
from pathlib import Path

import numpy as np
import recipe
import torch
from bs_roformer import BSRoformer, MelBandRoformer, bs_roformer

HERE = Path(__file__).parent
SAMPLES = 44100
SIZES = {
    "dim": 24, "depth": 2, "heads": 3, "dim_head": 8, "num_stems": 2, "stereo": True, "time_transformer_depth": 1,
    "freq_transformer_depth": 1, "stft_hop_length": 441, "mask_estimator_depth": 2, "flash_attn": False,
}  # fmt: skip
BS_EXPANSION = 2


def main() -> None:
    """Write the outputs, and names and shapes of the parameters."""
    estimator = bs_roformer.MaskEstimator
    bs_roformer.MaskEstimator = lambda **sizes: estimator(**sizes, mlp_expansion_factor=BS_EXPANSION)
    make("bs_roformer_tiny", BSRoformer(**SIZES))
    make("mel_band_roformer_tiny", MelBandRoformer(**SIZES, match_input_audio_length=True))


def make(case: str, network: torch.nn.Module) -> None:
    """Write one network's files."""
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
    parts = {f"out_{name}": part.astype(np.float32) for name, part in parts.items()}
    np.savez_compressed(HERE / f"{case}_1s.npz", **parts)
    (HERE / f"{case}_keys.json").write_text(json.dumps(shapes, indent=0) + "\n")


if __name__ == "__main__":
    main()
