"""Pictures on a screen with two pixels for each point, which Qt only reads when it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WINDOW = """
import sys
from pathlib import Path
import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from app.compose import Parts, Studio
from app.settings import Places
from app.view.canvas import LaneCanvas
from tests.support.fake_engine import FakeEngine, FakePlayer
folder = Path(sys.argv[1])
application = QApplication([])
places = Places(folder / "config", folder / "cache", folder / "logs")
studio = Studio(application, Parts(FakeEngine(), FakeEngine(), FakePlayer(), places, demo=None))
studio.window.show()
song = folder / "Song.wav"
song.write_bytes(b"the fake engine does not read it")
studio.models.session.add([song])
while studio.models.session.state.page == "running":
    application.processEvents()
application.processEvents()
canvas = [each for each in studio.window.findChildren(LaneCanvas) if each.isVisible()][1]
image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
print(image.width() / canvas.width(), int((pixels[:, 0::2] != pixels[:, 1::2]).any(axis=(0, 2)).sum()), canvas.width())
studio.close()
"""


def test_waves_and_spectrograms_use_every_pixel_of_a_fine_screen(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2", "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", WINDOW, str(tmp_path)],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    ratio, differing, width = map(float, result.stdout.split())
    assert ratio == 2
    # Noise: pictures that were only made larger would have pairs of equal columns.
    assert differing > 0.9 * width
