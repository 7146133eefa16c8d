#!/usr/bin/env bash
# One slice of training the bundled model on a machine with a GPU, from one command:
#
#     ASSETS=DIR OUT=DIR MINUTES=8 bash benchmarks/gpu_slice.sh
#
# Checks parity first, goes on from the bundled weights if there are any, and leaves weights.safetensors (float16),
# metrics.jsonl and parity.jsonl in $OUT. Needs torch, numpy, safetensors, soundfile, soxr, platformdirs and pathvalidate.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${ASSETS:?the folder of the asset pack}" "${OUT:?a folder for the results}"
minutes=${MINUTES:-8}
run=$(mktemp -d)
python3 benchmarks/parity.py | tee "$OUT/parity.jsonl"
weights=resources/models/default.safetensors
resume=()
if [ -f "$weights" ]; then resume=(--resume "$weights"); fi
# In pieces, for transfers that refuse large files: cat weights.safetensors.* > weights.safetensors
finish() { split -b 12M "$run"/weights.safetensors "$OUT"/weights.safetensors. && cp "$run"/metrics.jsonl "$OUT"/; }
trap finish EXIT
python3 -m engine train --preset bundled --assets "$ASSETS" --out "$run" --minutes "$minutes" \
    --songs "${SONGS:-300}" --workers "${WORKERS:-15}" --seed "$(date +%s)" "${resume[@]}"
