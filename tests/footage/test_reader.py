"""Frames of videos: which one is shown when, by number, whatever the file is like."""

import subprocess
import threading
from fractions import Fraction

import cv2
import numpy as np
import pytest
import soundfile
from clips import FPS, LOSSLESS, clip, greys, write

from phosphene.errors import FilmError, ProjectError
from phosphene.film.ffmpeg import executable
from phosphene.footage.reader import Reader
from phosphene.footage.videos import Form, frames_command, scan, video_of

FORM, LARGE = Form(FPS, 64, 48), Form(FPS, 640, 480)


@pytest.fixture(scope="session")
def ten(tmp_path_factory):
    """Ten greys, 0, 20 ... 180, at 10 fps."""
    return write(tmp_path_factory.mktemp("clips") / "ten.mkv", greys(10), *LOSSLESS)


def levels(one, numbers, form=FORM):
    """The red of the middle pixel in some frames, in steps of 20."""
    reader = Reader(one, form)
    middle = form.height // 2, form.width // 2, 0
    try:
        return [int(reader.frame(number)[middle]) / 20 for number in numbers]
    finally:
        reader.close()


def test_frame_i_is_a_function_of_i(ten):
    assert levels(clip(ten), range(10)) == [*range(10)]
    assert levels(clip(ten), [7, 8, 2, 3, 9, 0]) == [7, 8, 2, 3, 9, 0]


@pytest.mark.parametrize(("fps", "shown"), [(5, [0, 2, 4, 6, 8]), (20, [0, 0, 1, 1, 2, 2])])
def test_it_is_resampled_to_the_rate_of_the_film(ten, fps, shown):
    found = levels(clip(ten), range(len(shown)), Form(Fraction(fps), 64, 48))
    np.testing.assert_allclose(found, shown, atol=1)  # at a tie, either of the two
    assert found == sorted(found)


def test_begin_skips_a_part(ten):
    assert levels(clip(ten, begin=Fraction(3, 10)), range(4)) == [3, 4, 5, 6]


def test_a_short_video_holds_its_last_frame_or_begins_again(ten):
    assert levels(clip(ten), [8, 9, 10, 11, 500]) == [8, 9, 9, 9, 9]
    assert levels(clip(ten), [500, 3]) == [9, 3]
    assert levels(clip(ten, loops=True), [8, 9, 10, 11, 25]) == [8, 9, 0, 1, 5]
    assert levels(clip(ten, loops=True), [25, 26, 30]) == [5, 6, 0]


def test_a_variable_frame_rate_is_followed_by_its_timestamps(tmp_path):
    """Frames 0 to 4 at 0, 0.1, 0.2, 0.8 and 0.9 s."""
    times = "if(lt(N,3),N,N+5)/10/TB"
    path = write(
        tmp_path / "v.mkv", greys(5), "-vf", f"setpts='{times}'", "-fps_mode", "vfr", *LOSSLESS
    )
    assert levels(clip(path), range(10)) == [0, 1, 2, 2, 2, 2, 2, 2, 3, 4]


def test_a_size_that_changes_does_not_change_the_times(tmp_path):
    """As in recordings of calls."""
    form = ("-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv420p", "-bf", "0")
    large = write(tmp_path / "large.ts", greys(6), *form)
    small = write(tmp_path / "small.ts", greys(12, 32, 24)[6:], *form)
    both = tmp_path / "both.ts"
    both.write_bytes(large.read_bytes() + small.read_bytes())
    found = levels(clip(both), [*range(12), 3, 7])
    np.testing.assert_allclose(found, [*range(12), 3, 7], atol=0.1)
    assert scan(clip(both), video_of(clip(both)), FORM)[0] == 12


def test_another_aspect_is_cropped_or_fits_with_a_transparent_border(tmp_path):
    """128x32 with a white middle half: at 64x48, covered by its middle, or 16 px high."""
    frames = np.zeros((1, 32, 128, 3), np.uint8)
    frames[:, :, 32:96] = 255
    path = write(tmp_path / "wide.mkv", frames, *LOSSLESS)
    cover = Reader(clip(path), FORM).frame(0)
    assert cover.shape == (48, 64, 4)
    assert cover[..., 3].min() == 255
    assert cover[:, 4:-4, :3].min() > 250
    contain = Reader(clip(path, contains=True), FORM).frame(0)
    opaque = contain[:, 0, 3] == 255
    np.testing.assert_array_equal(np.flatnonzero(opaque), np.arange(16, 32))
    assert not contain[0, :, 3].any()
    assert contain[24, 32, :3].min() > 250
    assert contain[24, 2, :3].max() < 5


def test_pixels_that_are_not_square_are_shown_as_players_do(tmp_path):
    """32x48 in pixels twice as wide as high: 64x48, without a border."""
    path = write(tmp_path / "sar.mkv", greys(3, 32, 48), "-vf", "setsar=2", *LOSSLESS)
    contain = Reader(clip(path, contains=True), FORM).frame(2)
    assert contain[..., 3].min() == 255
    np.testing.assert_array_equal(contain[..., 0], 40)


def test_a_rotated_video_is_upright(tmp_path):
    """Recorded with a white left half, and turned anticlockwise: white below."""
    frames = np.zeros((1, 48, 48, 3), np.uint8)
    frames[:, :, :24] = 255
    flat = write(tmp_path / "flat.mp4", frames, "-pix_fmt", "yuv420p", "-crf", "1")
    path = tmp_path / "rotated.mp4"
    turn = ("-display_rotation", "90", "-i", str(flat), "-c", "copy", str(path))
    subprocess.run([executable(), "-loglevel", "error", *turn], check=True)
    shown = Reader(clip(path), Form(FPS, 48, 48)).frame(0)
    assert shown[:20, :, 0].max() < 10
    assert shown[28:, :, 0].min() > 245


def test_a_file_that_was_cut_off_is_shown_up_to_there(tmp_path, ten):
    data = ten.read_bytes()
    path = tmp_path / "cut.mkv"
    path.write_bytes(data[: len(data) * 6 // 10])
    count, _ = scan(clip(path), video_of(clip(path)), FORM)
    assert 3 <= count <= 7
    assert levels(clip(path), [0, 1, 2, count - 1, count, 99]) == [0, 1, 2, *[count - 1] * 3]


def test_a_larger_video_is_scaled_down(tmp_path):
    path = write(tmp_path / "large.mp4", greys(3, 320, 240), "-pix_fmt", "yuv420p", "-crf", "1")
    assert levels(clip(path), range(3)) == pytest.approx([0, 1, 2], abs=0.1)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mov", ("-c:v", "qtrle", "-pix_fmt", "argb")),
        ("a.mov", ("-c:v", "prores_ks", "-pix_fmt", "yuva444p10le")),
        ("a.webm", ("-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-crf", "10", "-b:v", "0")),
    ],
)
def test_alpha_is_kept(tmp_path, name, options):
    frames = np.full((2, 48, 64, 4), 200, np.uint8)
    frames[:, :, :32, 3], frames[:, :, 32:, 3] = 0, 255
    path = write(tmp_path / name, frames, *options)
    assert video_of(clip(path)).alpha
    alpha = Reader(clip(path), FORM).frame(1)[..., 3]
    assert alpha[:, :28].max() < 10
    assert alpha[:, 36:].min() > 245


def test_a_video_without_alpha_is_opaque(ten):
    assert not video_of(clip(ten)).alpha
    assert Reader(clip(ten), FORM).frame(0)[..., 3].min() == 255


def test_frames_before_damage_are_whole_and_the_rest_is_there(tmp_path):
    ramp = np.arange(64 * 48 * 3, dtype=np.uint32).reshape(48, 64, 3)
    moving = np.stack([(ramp + 37 * k).astype(np.uint8) for k in range(40)])
    path = write(tmp_path / "d.mp4", moving, "-pix_fmt", "yuv420p", "-g", "10", "-bf", "0")
    whole = [Reader(clip(path), FORM).frame(k) for k in (0, 5)]
    assert scan(clip(path), video_of(clip(path)), FORM) == (40, 0)
    data = bytearray(path.read_bytes())
    begin, size = data.index(b"mdat"), len(data)
    for k in range(begin + (size - begin) // 2, begin + (size - begin) * 6 // 10):
        data[k] ^= 0x5A
    path.write_bytes(data)
    count, errors = scan(clip(path), video_of(clip(path)), FORM)
    assert errors > 0
    assert count >= 30
    reader = Reader(clip(path), FORM)
    damaged = [reader.frame(k) for k in range(40)]
    np.testing.assert_array_equal(damaged[0], whole[0])
    np.testing.assert_array_equal(damaged[5], whole[1])
    again = Reader(clip(path), FORM)
    for k in (25, 30, 39):
        np.testing.assert_array_equal(again.frame(k), damaged[k])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "no such video"),
        (lambda path: path.write_bytes(b"not a video" * 100), "cannot read"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.mkdir(), "is a folder"),
    ],
)
def test_other_files_are_named_with_their_entry(tmp_path, make, message):
    path = tmp_path / "v.mp4"
    make(path)
    with pytest.raises(ProjectError, match=rf"^guide\[0\].video: .*{message}"):
        Reader(clip(path), FORM)


def test_a_sound_is_not_a_video(tmp_path, ten):
    path = tmp_path / "tone.wav"
    soundfile.write(path, np.zeros(1000), 8000)
    with pytest.raises(ProjectError, match="contains no video"):
        video_of(clip(path))


def test_beginning_beyond_the_end_is_an_error(ten):
    with pytest.raises(ProjectError, match="no frames to show"):
        Reader(clip(ten, begin=Fraction(5)), FORM).frame(0)


def test_a_picture_is_one_frame(tmp_path):
    path = tmp_path / "p.png"
    picture = np.zeros((24, 32, 4), np.uint8)
    picture[..., 2], picture[:, 16:, 3] = 200, 255
    cv2.imwrite(str(path), picture)
    reader = Reader(clip(path), FORM)
    first = reader.frame(0)
    assert reader.frame(99) is first
    assert tuple(first[10, 60]) == (200, 0, 0, 255)
    assert first[10, 2, 3] == 0


def test_ffmpeg_reads_nothing_but_the_file(ten):
    command = frames_command(clip(ten), video_of(clip(ten)), FORM, 0)
    assert command[command.index("-protocol_whitelist") + 1] == "file,pipe"
    assert command[command.index("-i") + 1].startswith("file:/")


def test_frames_that_are_not_kept_are_read_again(ten, monkeypatch):
    monkeypatch.setattr("phosphene.footage.reader.CACHE", 0)
    assert levels(clip(ten), [0, 1, 2, 3, 1, 9, 0, 12]) == [0, 1, 2, 3, 1, 9, 0, 9]


def test_an_ffmpeg_that_is_killed_is_not_the_end(tmp_path, monkeypatch):
    started, start = [], subprocess.Popen
    monkeypatch.setattr(
        "phosphene.footage.reader.subprocess.Popen",
        lambda *given, **named: started.append(start(*given, **named)) or started[-1],
    )
    reader = Reader(clip(write(tmp_path / "long.mkv", greys(12, 640, 480), *LOSSLESS)), LARGE)
    reader.frame(0)
    started[-1].kill()
    with pytest.raises(FilmError, match=r"guide\[0\].video: ffmpeg stopped before the end"):
        reader.frame(9)
    reader.close()


def test_a_video_that_does_not_decode_from_its_middle_is_an_error(ten, monkeypatch):
    monkeypatch.setattr("phosphene.footage.reader.frames_command", lambda *_: ["true"])
    reader = Reader(clip(ten), FORM)
    with pytest.raises(FilmError, match="ffmpeg stopped before the end"):
        reader.frame(5)
    reader.close()


def test_closing_stops_the_thread(ten):
    before = threading.active_count()
    reader = Reader(clip(ten), FORM)
    reader.frame(0)
    assert threading.active_count() == before + 1
    reader.close()
    assert threading.active_count() == before
