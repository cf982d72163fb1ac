"""Small videos for tests, encoded with the bundled ffmpeg."""

import subprocess
from fractions import Fraction

import numpy as np

from phosphene.film.ffmpeg import executable
from phosphene.score.guides import Clip

FPS = Fraction(10)


def greys(n, width=64, height=48):
    """Frame k is grey with level 20 k: flat, so that codecs keep it."""
    return np.stack([np.full((height, width, 3), 20 * k, np.uint8) for k in range(n)])


def write(path, frames, *options, fps="10"):
    """Encode frames, uint8, shape (n, height, width, 3 or 4); options go before the file name."""
    _, height, width, channels = frames.shape
    raw = ("-f", "rawvideo", "-pix_fmt", "rgba" if channels == 4 else "rgb24")
    form = (*raw, "-s", f"{width}x{height}", "-r", fps, "-i", "pipe:0")
    command = [executable(), "-loglevel", "error", "-y", *form, *options, str(path)]
    subprocess.run(command, input=np.ascontiguousarray(frames).tobytes(), check=True)
    return path


LOSSLESS = ("-c:v", "ffv1", "-pix_fmt", "bgr0")


def clip(path, first=0, last=1000, **settings):
    return Clip(path, "guide[0].video", first, last, **settings)
