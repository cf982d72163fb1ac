"""What the tests of the studio share: a project, its song, and waiting."""

import json
import struct
import time

import numpy as np

RATE = 22050
SECONDS = 12.0
PROJECT = """\
# A film of twelve seconds.
[song]
file = "song.wav"   # clicks
downbeat = 1

[video]
width = 64
height = 64
fps = 8

[model]
name = "none"

[prompts]
blend = "1 bar"
[prompts.at]
"bar 1" = "a coral reef"   # the first scene
"bar 4" = "a burning city"

# The path of the camera.
[[motion]]
use = "keyframes"   # three points
zoom = { "bar 1" = 1.0, "bar 3" = 1.02, "bar 5" = 1.0 }   # in and out

# The beat.
[[motion]]
use = "beat"
release = "0.3s"
to = { zoom = 0.04, strength = 0.1 }
"""


def clicks(seconds=SECONDS, bpm=120.0):
    """A click on each beat, the first of four louder: float32, shape (n,)."""
    sound = np.zeros(round(seconds * RATE), np.float32)
    for k, beat in enumerate(np.arange(0.0, seconds - 0.1, 60.0 / bpm)):
        click = np.sin(2 * np.pi * (1500 if k % 4 == 0 else 1000) * np.arange(600) / RATE)
        place = round(beat * RATE)
        sound[place : place + 600] += (0.9 if k % 4 == 0 else 0.5) * click * np.hanning(600)
    return sound


TOKEN, PORT = "secret-token", 8420
HERE = f"http://127.0.0.1:{PORT}"


def wait(true, seconds=120.0):
    """Wait until something is true, and return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come true")


def unpacked(content):
    """The header and the arrays of a packed answer, as `static/api.js` reads them."""
    (length,) = struct.unpack_from("<I", content)
    header = json.loads(content[4 : 4 + length])
    arrays = {}
    for about in header.pop("arrays"):
        count = int(np.prod(about["shape"]))
        array = np.frombuffer(content, about["dtype"], count, 4 + length + about["offset"])
        arrays[about["name"]] = array.reshape(about["shape"])
    return header, arrays
