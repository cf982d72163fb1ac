"""The project of a small film that needs no model, and noise as its song."""

from pathlib import Path

import numpy as np
import soundfile

PROJECT = """
[song]
file = "song.wav"
[video]
width = 64
height = 64
fps = 12
[model]
name = "none"
[[motion]]
use = "orbit"
period = "1s"
"""


def write_noise(path: Path, seconds: float = 1.0, seed: int = 0) -> None:
    noise = 0.2 * np.random.default_rng(seed).standard_normal(round(seconds * 22050))
    soundfile.write(path, noise, 22050)
