"""Whole songs on a GPU, from file to stems on disk: models, qualities, precisions, and what a full memory does.

The song is the demo song repeated. The networks have random weights but for `default`. Run it as
`python benchmarks/gpu_song.py [--seconds 240] [--demucs DIR]`; prints one JSON object per line. With `--demucs`, a
folder that `pip install --no-deps --target DIR` put `demucs` and what it needs in (see htdemucs.py), HTDemucs is
measured before each of ours. With `--device cpu` it shows that the script works, not how fast a GPU is.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the engine beside us, installed or not

import numpy as np
import soundfile
import torch
from gpu import commit, peak_gb, tell
from htdemucs import measure

from engine.inference.job import separate
from engine.inference.request import SeparationRequest
from engine.model.architectures import PRESETS
from engine.model.checkpoint import ModelCard, save_checkpoint
from engine.model.separator import Separator
from engine.separation import Separation
from engine.stems import QUALITIES
from resources import demo_song

MODELS = ("default", "full", "light", "small", "bs-roformer", "mel-band-roformer")
# How much of a GPU's memory a process may take, so that it runs out with some segments at a time, then with one.
SHARES = (0.03, 0.01, 0.002)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=240)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--demucs", type=Path)
    options = parser.parse_args()
    name = torch.cuda.get_device_name() if options.device == "cuda" else "cpu"
    tell(device=name, torch=torch.__version__, commit=commit(), seconds=options.seconds)
    if options.demucs:
        sys.path.append(str(options.demucs))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        request = SeparationRequest(write_song(folder, options.seconds), folder / "first", device=options.device)
        for model in options.models:
            if options.demucs:
                tell(model="HTDemucs", real_time=1 / measure(options.device, options.seconds))
            measure_model(replace(request, model=model_file(folder, model)))
        for share in SHARES if options.device == "cuda" else ():
            torch.cuda.set_per_process_memory_fraction(share)
            shutil.rmtree(split(replace(request, quality="fast"), memory_share=share).folder)


def write_song(folder: Path, seconds: int) -> Path:
    """The demo song again and again, to a length."""
    demo = demo_song()
    if demo is None:
        raise SystemExit("the demo song is missing from resources/demo")
    samples, rate = soundfile.read(demo, dtype="float32")
    path = folder / "song.flac"
    soundfile.write(path, np.resize(samples, (seconds * rate, samples.shape[1])), rate)
    return path


def model_file(folder: Path, model: str) -> str:
    """The bundled model's name, or a checkpoint with random weights."""
    if model == "default":
        return model
    torch.manual_seed(0)
    config = PRESETS[model]
    path = folder / f"{model}.safetensors"
    save_checkpoint(path, Separator(config).network.state_dict(), ModelCard(model, config, config.usual_stems()))
    return str(path)


def measure_model(request: SeparationRequest) -> None:
    """Every quality, one with drawing, and what the precision errs by against float32; the first run also warms up."""
    exact = split(replace(request, quality="fast", precision="float32"))
    for quality in QUALITIES:
        separation = split(replace(request, quality=quality, folder=request.folder.with_name(quality)))
        if quality == "fast" and separation.precision != exact.precision:
            tell(model=separation.model, precision=separation.precision, error_db=errors_db(separation, exact))
        shutil.rmtree(separation.folder)
    shutil.rmtree(exact.folder)
    shutil.rmtree(split(replace(request, quality="fast", draw=True), drawn=True).folder)


def split(request: SeparationRequest, **line: object) -> Separation:
    """Split once, and tell what it took."""
    gpu = request.device == "cuda"
    if gpu:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    started = time.perf_counter()
    separation = separate(request)
    seconds = time.perf_counter() - started
    tell(
        model=separation.model, quality=request.quality, precision=separation.precision, ran_on=separation.device,
        seconds=seconds, real_time=separation.duration_seconds / seconds, warnings=separation.warnings,
        peak_gb=peak_gb(torch.device("cuda")) if gpu else None, **line,
    )  # fmt: skip
    return separation


def errors_db(separation: Separation, exact: Separation) -> dict[str, float]:
    """Level of the difference against that of the exact signal, for each stem of the last stage."""
    errors: dict[str, float] = {}
    for stem in separation.stems:
        true = exact.stem_signal(stem, exact.final_stage)
        error = separation.stem_signal(stem, separation.final_stage) - true
        errors[stem] = round(20 * float(np.log10(np.linalg.norm(error) / np.linalg.norm(true))), 1)
    return errors


if __name__ == "__main__":
    main()
