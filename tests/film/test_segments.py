"""What an earlier run left, and what of it may be used."""

from fractions import Fraction

import numpy as np
import pytest

from phosphene.errors import FilmError, ProjectError
from phosphene.film import film as film_room
from phosphene.film.checksums import digest_of
from phosphene.film.film import Film
from phosphene.film.mark import is_ours
from phosphene.film.sound import Soundtrack

LENGTH = 5  # frames of a segment


@pytest.fixture
def make(tmp_path, monkeypatch):
    monkeypatch.setattr(film_room, "SEGMENT", Fraction(1, 3))
    return lambda name="film", folder="state": Film(
        tmp_path / f"{name}.mp4", 64, 48, Fraction(15), folder=tmp_path / folder
    )


@pytest.fixture
def left(make, frames):
    """Seventeen frames were written when it stopped: three segments, and two raw frames."""
    film = make()

    def shoot():
        with film:
            for frame in frames(17):
                film.write(frame)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shoot()
    return film.path.parent / "state"


def test_holds_encoded_and_raw_frames(make, left):
    film = make()
    assert [film.holds(count) for count in (0, 5, 10, 15, 17, 18)] == [True] * 5 + [False]
    (left / "segment-00001.mp4").unlink()
    assert [film.holds(count) for count in (5, 7, 10, 17)] == [True, False, False, False]


@pytest.mark.parametrize("count", [0, 5, 10, 15, 16, 17])
def test_resumes_after_any_frame_that_it_holds(make, left, frames, count):
    given = frames(23)
    with make("complete", "other") as film:
        for frame in given:
            film.write(frame)
    with make() as film:
        film.resume(count)
        assert film.written == count
        for frame in given[count:]:
            film.write(frame)
    assert film.path.read_bytes() == film.path.with_name("complete.mp4").read_bytes()


def test_later_frames_are_removed(make, left):
    film = make()
    film.resume(5)
    assert [path.name for path in sorted(left.glob("segment-*"))] == ["segment-00000.mp4"]


def test_the_short_end_of_a_film_is_not_a_segment_of_a_longer_one(make, frames, decode_frames):
    with make() as film:
        for frame in frames(7):
            film.write(frame)
    longer = make("longer")
    assert (longer.holds(5), longer.holds(7), longer.holds(10)) == (True, True, False)
    with longer:
        longer.resume(7)
        for frame in frames(12)[7:]:
            longer.write(frame)
    assert len(decode_frames(longer.path)) == 12


def test_a_segment_is_encoded_again_where_its_encoding_was_lost(make, left, frames, decode_frames):
    """As after a kill in the moment between the last frame of a segment and its name."""
    raw = b"".join(frame.tobytes() for frame in frames(17)[10:15])
    (left / "segment-00002.mp4").unlink()
    (left / "segment-00002.rgb").write_bytes(raw)
    with make() as film:
        assert film.holds(17)
        film.resume(17)
    seen = decode_frames(film.path).astype(int)
    assert np.abs(seen - frames(17)).mean() < 6


def test_another_runs_encoder_writes_under_another_name(make):
    names = set()
    for _ in range(2):
        film = make()
        film._segments.folder.mkdir(exist_ok=True)
        names.add(film._segments._path(0, f".{film._segments._run}.part.mp4").name)
    assert len(names) == 2


def test_a_join_that_fails_can_be_done_again(make, frames, tmp_path, decode_frames):
    film = make()
    film._sound = Soundtrack(tmp_path / "gone.wav")

    def shoot():
        with film:
            for frame in frames(7):
                film.write(frame)

    with pytest.raises(FilmError, match=r"gone\.wav"):
        shoot()
    assert not film.path.exists()
    with make() as film:
        film.resume(7)
    assert len(decode_frames(film.path)) == 7


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def shorten(path):
    path.write_bytes(path.read_bytes()[:-1])


def empty(path):
    path.write_bytes(b"")


@pytest.mark.parametrize("how", [flip, shorten, empty, lambda path: path.unlink()])
@pytest.mark.parametrize(
    ("name", "held"),
    [("segment-00001.mp4", 5), ("segment-00003.rgb", 15), ("segments.json", 0)],
)
def test_damaged_frames_are_not_held(make, left, how, name, held):
    how(left / name)
    film = make()
    assert film.holds(held)
    assert not film.holds(held + 1 if name != "segment-00003.rgb" else 17)


@pytest.mark.parametrize("how", [flip, shorten, empty])
def test_a_segment_that_is_damaged_while_others_are_filmed_is_an_error(make, frames, how):
    film = make()

    def shoot():
        with film:
            for index, frame in enumerate(frames(17)):
                film.write(frame)
                if index == 12:
                    how(film.path.parent / "state" / "segment-00000.mp4")

    with pytest.raises(FilmError, match=r"segment-00000\.mp4 was damaged"):
        shoot()
    assert not film.path.exists()


def test_frames_are_counted_after_joining(make, frames, monkeypatch):
    """A list that lacks a segment: ffmpeg itself ends well."""
    film = make()
    finish = film._segments.finish

    def short():
        listed = finish()
        listed.write_text("".join(listed.read_text().splitlines(keepends=True)[1:]))
        return listed

    monkeypatch.setattr(film._segments, "finish", short)

    def shoot():
        with film:
            for frame in frames(17):
                film.write(frame)

    with pytest.raises(FilmError, match="has 12 of 17 frames"):
        shoot()
    assert not film.path.exists()


def test_a_foreign_file_that_appeared_meanwhile_stays(make, frames):
    film = make()

    def shoot():
        with film:
            for frame in frames(7):
                film.write(frame)
            film.path.write_text("a letter")

    with pytest.raises(ProjectError, match="was not made by Phosphene"):
        shoot()
    assert film.path.read_text() == "a letter"
    film.path.unlink()
    with make() as again:
        assert again.holds(7)
        again.resume(7)
    assert is_ours(film.path)


def test_a_song_that_changed_meanwhile_is_an_error(make, frames, clicks, tmp_path):
    song = tmp_path / "song.wav"
    song.write_bytes(clicks.read_bytes())
    film = make()
    film._sound = Soundtrack(song, 0, 1, digest=digest_of(song))

    def shoot():
        with film:
            for frame in frames(7):
                film.write(frame)
            song.write_bytes(clicks.read_bytes()[:100_000])

    with pytest.raises(FilmError, match=r"song\.wav was changed while the film was painted"):
        shoot()
    assert not film.path.exists()
