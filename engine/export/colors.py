"""The colours of stems in exported files: the window's, of its dark theme."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast

from engine.stems import DEFAULT_STEMS
from resources import ROOT


def stem_color(stem: str, stems: Sequence[str]) -> str:
    """The colour `#rrggbb` of one of a model's stems; a stem without a colour of its own has one by its place."""
    colors = cast("dict[str, str]", json.loads((ROOT / "styles" / "dark.json").read_text(encoding="utf-8")))
    spare = colors["extra"].split()
    # The original is the window's first lane, so its stems count from 1.
    return colors[stem] if stem in DEFAULT_STEMS else spare[(stems.index(stem) + 1) % len(spare)]
