#!/usr/bin/env bash
# One slice of training the bundled model on a machine with a GPU, from one command:
#
#     ASSETS=DIR OUT=DIR MINUTES=8 bash benchmarks/gpu_slice.sh
#
# Checks parity first, where the tests are, goes on from the bundled weights if they are of the preset's network, and
# leaves weights.safetensors (float16, in pieces), metrics.jsonl, report.html and parity.jsonl in $OUT. PRESET is the
# preset (default: bundled), COMPILE=1 adds torch.compile, COOLDOWN=0 is for a slice that another one follows, which
# goes on with it if both are given the same folder as RUN. Afterwards: packaging/bundle_model.py. Needs torch, numpy,
# numba, safetensors, soundfile, soxr, python-stretch, platformdirs and pathvalidate, or PACK=DIR in place of ASSETS, a
# folder made by gpu_pack.py.
set -euo pipefail
cd "$(dirname "$0")/.."
weights=resources/models/default.safetensors
if [ -n "${PACK:-}" ]; then
    ASSETS=$PACK/assets
    weights=$(mktemp -d)/packed.safetensors
    python3 -m pip install --quiet --no-index --no-deps "$PACK"/wheels/*.whl
    python3 -c 'import lzma, sys; sys.stdout.buffer.write(lzma.open(sys.argv[1]).read())' \
        "$PACK"/weights.safetensors.xz > "$weights"
fi
: "${ASSETS:?the folder of the asset pack}" "${OUT:?a folder for the results}"
minutes=${MINUTES:-8}
run=${RUN:-$(mktemp -d)}
if [ -d tests/golden ]; then python3 benchmarks/parity.py | tee "$OUT/parity.jsonl"; fi
preset=${PRESET:-bundled}
options=()
if [ -f "$weights" ] && python3 - "$weights" "$preset" <<'END'
import sys
from pathlib import Path
from engine.model.checkpoint import load_checkpoint
from engine.training.settings import PRESETS

sys.exit(load_checkpoint(Path(sys.argv[1])).card.config != PRESETS[sys.argv[2]].model)
END
then options+=(--resume "$weights"); fi
# The paper's networks would need some hundred gigabytes.
if [ "$preset" = bundled ]; then options+=(--no-recompute); fi
if [ -n "${COOLDOWN:-}" ]; then options+=(--cooldown "$COOLDOWN"); fi
if [ "${COMPILE:-0}" = 1 ]; then options+=(--compile); fi
# In pieces, for transfers that refuse large files: cat weights.safetensors.* > weights.safetensors
keep() {
    [ -f "$run"/weights.safetensors ] || return 0
    split -b 12M "$run"/weights.safetensors "$OUT"/part.
    for piece in "$OUT"/part.*; do mv "$piece" "$OUT"/weights.safetensors."${piece##*.}"; done
    cp "$run"/metrics.jsonl "$OUT"/
}
finish() {
    kill "$keeper" || true
    keep
    python3 -m engine train-report "$run" --out "$OUT"/report.html
}
# Every minute, too: a machine that is taken away, or a time limit, may not wait for the end.
while sleep 60; do keep; done < /dev/null > /dev/null 2>&1 &
keeper=$!
trap finish EXIT
python3 -m engine train --preset "$preset" --assets "$ASSETS" --out "$run" --minutes "$minutes" \
    --batch-size "${BATCH:-8}" --songs "${SONGS:-300}" --workers "${WORKERS:-15}" --augment 0.8 --seed "$(date +%s)" \
    --validation-items "${ITEMS:-6}" "${options[@]}"
