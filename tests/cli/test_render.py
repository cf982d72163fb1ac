"""Whole renders: decoded, and measured against known clicks."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from phosphene.cli import cli
from phosphene.film.probe import probe

RATE = 44100
# 120 BPM, so that at 15 and 30 fps every other click lies on the border between two frames.
CLICKS = np.arange(0.5, 9.9, 0.5)
DURATION, SHORT = 10.0, 4
PROJECT = """
[song]
file = "{song}"
[video]
width = 64
height = 64
fps = "{fps}"
[model]
name = "none"
[[motion]]
use = "{use}"
release = "0.1s"
to = {{ zoom = 0.3 }}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("render")
    sound = 1e-4 * np.random.default_rng(0).standard_normal((round(DURATION * RATE), 2))
    ring = np.exp(-np.arange(900) / 150) * np.sin(np.arange(900) * 0.3)
    for click in CLICKS:
        first = round(click * RATE)
        sound[first : first + 900] += 0.8 * ring[:, None]
    soundfile.write(folder / "clicks.wav", sound, RATE)
    soundfile.write(folder / "short.wav", sound[: SHORT * RATE], RATE)
    return folder


def run(folder, *arguments):
    result = CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


@pytest.mark.parametrize("use", ["beat", "onset"])
@pytest.mark.parametrize("fps", [12, 15, 24, 25, 30, "23.976", "29.97"])
def test_every_click_is_a_peak_of_the_zoom_in_its_own_frame(folder, fps, use):
    project = folder / "score.toml"
    project.write_text(PROJECT.format(song="clicks.wav", fps=fps, use=use))
    run(folder, "compose", project, "-o", folder / "score.csv")
    rows = np.genfromtxt(folder / "score.csv", delimiter=",", names=True)
    exact = {"23.976": Fraction(24000, 1001), "29.97": Fraction(30000, 1001)}.get(fps, fps)
    frames = [int(Fraction(str(click)) * exact) for click in CLICKS]
    zoom = rows["zoom"]
    peaks = [i for i in range(1, len(zoom) - 1) if zoom[i] > zoom[i - 1] and zoom[i] >= zoom[i + 1]]
    assert peaks == frames


@pytest.mark.parametrize("fps", [15, 24, "23.976", "29.97"])
@pytest.mark.parametrize(
    ("song", "part"),
    [("short.wav", ()), ("clicks.wav", ("--start", "3s", "--end", "7s"))],
    ids=["whole", "3s to 7s"],
)
def test_picture_and_sound_move_together(folder, fps, song, part, decode_frames, decode_audio):
    project, film = folder / "film.toml", folder / "film.mp4"
    project.write_text(PROJECT.format(song=song, fps=fps, use="beat"))
    run(folder, "render", project, "-o", film, *part)
    pictures = decode_frames(film).astype(np.float64)
    sound, rate = decode_audio(film)
    exact = probe(film).video.fps
    start = float(int(3 * exact) / exact) if part else 0.0  # the frame that holds 3 s

    # Lengths: equal within one frame.
    assert abs(len(pictures) / exact - len(sound) / rate) <= 1 / exact
    expected = (4.0 if part else SHORT) * exact
    assert abs(len(pictures) - expected) <= 1

    # The sound begins where it should: its first click is where it is in the song.
    first = next(click for click in CLICKS if click >= start) - start
    loud = np.flatnonzero(np.abs(sound[:, 0]) > 0.2)[0] / rate
    assert abs(loud - first) < 0.010

    # Motion against the decoded sound's energy, both by frame: they go together at lag 0.
    motion = np.abs(np.diff(pictures, axis=0, prepend=pictures[:1])).mean((1, 2, 3))
    edges = (np.arange(len(pictures) + 1) / exact * rate).astype(int)
    energy = np.array([np.sum(sound[a:b] ** 2) for a, b in itertools.pairwise(edges)])
    motion, energy = motion - motion.mean(), energy - energy.mean()
    lags = range(-5, 6)
    together = [np.sum(np.roll(motion, -lag) * energy) for lag in lags]
    assert lags[int(np.argmax(together))] == 0


def test_the_same_command_twice_gives_the_same_frames(folder, decode_frames):
    """With the bundled model: its true weights, through the whole program."""
    song = folder / "clicks.wav"
    films = []
    for name in ("one.mp4", "two.mp4"):
        options = ["--size", "64x64", "--fps", "4", "--start", "0", "--end", "1.5s"]
        run(folder, "render", song, "-o", folder / name, *options)
        films.append(decode_frames(folder / name))
    assert films[0].shape == (6, 64, 64, 3)
    np.testing.assert_array_equal(films[0], films[1])
    assert films[0].std() > 5


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "webm", "gif"])
def test_a_song_alone_is_enough_for_every_kind_of_film(folder, ending):
    film = folder / f"alone.{ending}"
    run(folder, "render", folder / "clicks.wav", "--model", "none", "--size", "64x64", "--fps", "5",
        "--end", "2s", "-o", film)  # fmt: skip
    found = probe(film)
    assert (found.video.width, found.video.height) == (64, 64)
    assert (found.audio is None) == (ending == "gif")
    if found.audio:
        assert found.audio.channels == 2


def test_prompts_of_the_command_line_share_the_song(folder):
    run(folder, "compose", folder / "clicks.wav", "--prompt", "a", "--prompt", "b",
        "-o", folder / "s.csv")  # fmt: skip
    rows = np.genfromtxt(folder / "s.csv", delimiter=",", names=True)
    assert (rows["prompt_1"][0], rows["prompt_2"][0]) == (1, 0)
    assert (rows["prompt_1"][-1], rows["prompt_2"][-1]) == (0, 1)
