"""Which frames a film has between those that are painted, and when."""

import time
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scores import score

from phosphene.errors import FilmError, PluginError, ProjectError
from phosphene.film import film as film_room
from phosphene.film.film import Film
from phosphene.film.probe import probe
from phosphene.score.scenes import Scene
from phosphene.screen.screen import Screen, film_rate
from phosphene.screen.upscalers import UpscalerSpec

WIDTH, HEIGHT = 64, 48


def painted(count):
    """Frames that all differ: each is flat, 10 levels brighter than the one before."""
    return [np.full((HEIGHT, WIDTH, 3), 20 + 10 * i, np.uint8) for i in range(count)]


def shown(screen, frames):
    """The level of each frame of the film."""
    raw = [frame.tobytes() for frame in frames]
    made = []
    for index, frame in enumerate(raw):
        made += list(screen.frames(index, raw[index - 1] if index else None, frame))
    made += list(screen.after(len(raw) - 1, raw[-1]))
    return [np.frombuffer(frame, np.uint8).mean() for frame in made]


@pytest.mark.parametrize(
    ("fps", "film", "levels"),
    [(15, 15, [20, 30, 40]), (15, 30, [20, 25, 30, 35, 40, 40]),
     (15, 60, [20, 22, 25, 28, 30, 32, 35, 38, 40, 40, 40, 40]),
     (24, 60, [20, 24, 28, 32, 36, 40, 40, 40])],
)  # fmt: skip
def test_painted_frames_keep_their_times(fps, film, levels):
    screen = Screen(replace(score(3, WIDTH, HEIGHT), fps=Fraction(fps)), Fraction(film))
    assert shown(screen, painted(3)) == pytest.approx(levels, abs=1.01)
    assert screen.count(3) == len(levels)


@pytest.mark.parametrize("fps", [Fraction(24000, 1001), Fraction(25), Fraction(12), Fraction(30)])
def test_the_film_is_as_long_as_the_painted_frames_to_a_frame(fps):
    screen = Screen(replace(score(100, WIDTH, HEIGHT), fps=fps), Fraction(60))
    length = Fraction(screen.count(100)) / 60 - 100 / fps
    assert 0 <= length < Fraction(1, 60)


def test_a_cut_is_in_its_own_frame():
    scenes = (Scene(0), Scene(2))
    screen = Screen(replace(score(4, WIDTH, HEIGHT), scenes=scenes), Fraction(60))
    assert shown(screen, painted(4))[4:9] == [30, 30, 30, 30, 40]


@pytest.mark.parametrize("name", ["strength", "renewal"])
def test_a_repaint_of_a_beat_is_in_its_own_frame(name):
    made = score(4, WIDTH, HEIGHT)
    channels = {**made.channels, name: np.array([0.3, 0.3, 0.6, 0.35])}
    screen = Screen(replace(made, channels=channels), Fraction(30))
    assert shown(screen, painted(4)) == pytest.approx([20, 25, 30, 30, 40, 45, 50, 50], abs=1)


def test_a_film_is_not_painted_faster_than_it_is_shown():
    assert film_rate(Fraction(15), None) == 15
    with pytest.raises(ProjectError, match=r"interpolate is 24, .* painted at 30"):
        film_rate(Fraction(30), Fraction(24))


@pytest.fixture
def make(tmp_path, monkeypatch):
    """A film in segments of 5 painted frames, at 60 fps and twice as large."""
    monkeypatch.setattr(film_room, "SEGMENT", Fraction(1, 3))
    motion = score(23, WIDTH, HEIGHT, zoom=1.03, rotation=2.0)
    lanczos = UpscalerSpec("double", "", lambda factor: lambda p: p.repeat(2, 0).repeat(2, 1))
    return lambda name="film", folder="state": Film(
        tmp_path / f"{name}.mp4", WIDTH, HEIGHT, Fraction(15), folder=tmp_path / folder,
        screen=Screen(motion, Fraction(60), 2, lanczos),
    )  # fmt: skip


@pytest.fixture(scope="module")
def noisy():
    coarse = np.random.default_rng(0).integers(0, 255, (23, 12, 16, 3))
    return coarse.astype(np.uint8).repeat(4, 1).repeat(4, 2)


@pytest.fixture
def uninterrupted(make, noisy):
    with make("complete", "other") as film:
        for frame in noisy:
            film.write(frame)
    return film.path


def test_a_film_for_the_screen(uninterrupted, decode_frames, decode_times):
    assert decode_frames(uninterrupted).shape == (92, 96, 128, 3)
    assert probe(uninterrupted).video.fps == 60
    np.testing.assert_allclose(np.diff(decode_times(uninterrupted)), 1 / 60, atol=1e-3)


def test_only_painted_frames_are_kept_raw(make, noisy, tmp_path):
    film = make()

    def shoot():
        with film:
            for frame in noisy[:12]:
                film.write(frame)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shoot()
    (raw,) = (tmp_path / "state").glob("*.rgb")
    assert raw.stat().st_size == 3 * WIDTH * HEIGHT * 3  # the one before, and two


@pytest.mark.parametrize("count", [1, 5, 12])
def test_a_resumed_film_is_the_same_to_the_bit(make, noisy, uninterrupted, count):
    stopped = make()

    def shoot():
        with stopped:
            for frame in noisy[: count + 1]:
                stopped.write(frame)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shoot()
    with make() as film:
        assert film.holds(count)
        film.resume(count, noisy[count - 1].tobytes())
        for frame in noisy[count:]:
            film.write(frame)
    assert film.path.read_bytes() == uninterrupted.read_bytes()


def test_the_end_of_a_film_is_not_a_segment_of_a_longer_one(make, noisy):
    """Its last segment is complete, and ends with frames that only the end of a film has."""
    with make() as film:
        for frame in noisy[:10]:
            film.write(frame)
    again = make("longer")
    assert (again.holds(5), again.holds(10)) == (True, True)
    assert "segment-00001.rgb" in again.needed(10)


def test_the_end_of_a_film_is_not_in_a_segment_of_a_longer_one(make, noisy, tmp_path):
    """The screen has to add to it, so that it is encoded from its raw frames or painted again."""
    with make() as film:
        for frame in noisy:
            film.write(frame)
    motion = score(10, WIDTH, HEIGHT)
    shorter = Film(
        tmp_path / "shorter.mp4", WIDTH, HEIGHT, Fraction(15), frames=10,
        folder=tmp_path / "state", screen=Screen(motion, Fraction(60)),
    )  # fmt: skip
    assert [shorter.holds(count) for count in (5, 9, 10)] == [True, False, False]


def test_an_upscaler_gets_one_frame_after_the_other(tmp_path, noisy, monkeypatch):
    """Also where a segment ends, and the next one begins while the first is encoded."""
    monkeypatch.setattr(film_room, "SEGMENT", Fraction(1, 3))
    at_once, most = [], []

    def slowly(picture):
        at_once.append(1)
        most.append(len(at_once))
        time.sleep(0.02)
        at_once.pop()
        return picture.repeat(2, 0).repeat(2, 1)

    screen = Screen(
        score(23, WIDTH, HEIGHT), Fraction(15), 2, UpscalerSpec("slow", "", lambda _: slowly)
    )
    with Film(tmp_path / "f.mp4", WIDTH, HEIGHT, Fraction(15), screen=screen) as film:
        for frame in noisy:
            film.write(frame)
    assert max(most) == 1


def test_an_upscaler_that_cannot_read_its_files_says_so(tmp_path):
    def fails(picture):
        raise FileNotFoundError(2, "No such file", "weights.bin")

    screen = Screen(score(3, WIDTH, HEIGHT), Fraction(15), 2, UpscalerSpec("", "", lambda _: fails))

    def shoot():
        with Film(tmp_path / "f.mp4", WIDTH, HEIGHT, Fraction(15), screen=screen) as film:
            for frame in painted(3):
                film.write(frame)

    with pytest.raises((OSError, FilmError), match=r"weights.bin"):
        shoot()


@pytest.mark.parametrize("given", [np.zeros((3, 3, 3), np.uint8), None])
def test_an_upscaler_that_returns_something_else_is_an_error(tmp_path, given):
    wrong = UpscalerSpec("wrong", "", lambda factor: lambda picture: given)
    screen = Screen(score(3, WIDTH, HEIGHT), Fraction(15), 2, wrong)

    def shoot():
        with Film(tmp_path / "f.mp4", WIDTH, HEIGHT, Fraction(15), screen=screen) as film:
            for frame in painted(3):
                film.write(frame)

    with pytest.raises((PluginError, FilmError), match="the upscaler 'wrong' returned"):
        shoot()
    assert not (tmp_path / "f.mp4").exists()
