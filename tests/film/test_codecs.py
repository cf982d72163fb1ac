"""Every codec that the bundled ffmpeg has, in every format: read by PyAV, which is not Phosphene's."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from phosphene.errors import ProjectError
from phosphene.film import codecs
from phosphene.film.codecs import CODECS, failure, require_running, running, with_codec
from phosphene.film.film import Film
from phosphene.film.formats import FORMATS, format_of
from phosphene.film.sound import Soundtrack

WIDTH, HEIGHT, FPS, CLICK = 96, 64, Fraction(30000, 1001), 0.2005
COLOURS = [(0, 0, 0), (255, 255, 255), (230, 20, 30), (30, 200, 40), (20, 40, 220), (128, 128, 128)]
SOFTWARE = {name: codec for name, codec in CODECS.items() if not codec.hardware}
PAIRS = [(name, ending) for name, codec in SOFTWARE.items() for ending in codec.endings]
NAMES = {"h264": "h264", "hevc": "hevc", "av1": "libdav1d", "vp9": "vp9", "prores": "prores"}


def rgb(frame):
    """The colour in the middle of a frame, by the equations of BT.709 in limited range."""
    bits = frame.format.components[0].bits
    scale = 2.0 ** (bits - 8)
    middle = []
    for plane in frame.planes:
        kind = np.uint8 if bits == 8 else "<u2"
        row = np.frombuffer(plane, kind).reshape(plane.height, -1)[plane.height // 2]
        middle.append(float(row[plane.width // 2]) / scale)
    y, cb, cr = (middle[0] - 16) / 219, (middle[1] - 128) / 224, (middle[2] - 128) / 224
    red, blue = y + 1.5748 * cr, y + 1.8556 * cb
    green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152
    return 255 * np.array([red, green, blue])


@pytest.mark.parametrize(("name", "ending"), PAIRS)
def test_size_rate_colours_tags_and_sound_of_every_codec(tmp_path, clicks, name, ending):
    film = tmp_path / f"film{ending}"
    form = with_codec(format_of(film), film, name)
    pictures = [np.full((HEIGHT, WIDTH, 3), colour, np.uint8) for colour in COLOURS for _ in "ab"]
    sound = Soundtrack(clicks, 0, Fraction(len(pictures)) / FPS)
    with Film(film, WIDTH, HEIGHT, FPS, sound, form=form) as made:
        for picture in pictures:
            made.write(picture)
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        context = stream.codec_context
        assert context.name == NAMES[name]
        assert (context.width, context.height) == (WIDTH, HEIGHT)
        assert abs(stream.average_rate / FPS - 1) < 2e-3
        times = [float(frame.pts * frame.time_base) for frame in frames]
        np.testing.assert_allclose(times, np.arange(len(pictures)) / float(FPS), atol=1.5e-3)
        for frame in frames:
            tags = frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc
            assert tuple(map(int, tags)) == (1, 1, 1, 1)  # BT.709, limited range
        seen = np.array([rgb(frame) for frame in frames[1::2]])
        np.testing.assert_allclose(seen, COLOURS, atol=5)
        if name == "hevc" and ending in (".mp4", ".mov"):
            assert context.codec_tag == "hvc1"
    with av.open(str(film)) as container:
        late = container.streams.audio[0].start_time or 0
        decoded = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
        stream = container.streams.audio[0]
        planar, channels = stream.format.is_planar, stream.codec_context.channels
        samples = np.concatenate(
            [d[: len(d) // channels] if planar else d[::channels] for d in decoded]
        )
        samples = samples / np.abs(samples).max()
        begin = np.flatnonzero(np.abs(samples) > 0.3)[0] / stream.rate + float(
            late * stream.time_base
        )
        assert begin == pytest.approx(CLICK, abs=0.002)


def test_the_usual_codec_is_the_one_that_plays_everywhere():
    for ending in (".mp4", ".mov", ".mkv"):
        assert (
            with_codec(FORMATS[ending], Path(f"f{ending}"), None).segment == CODECS["h264"].segment
        )
        assert "yuv420p" in CODECS["h264"].segment[1]


@pytest.mark.parametrize(
    ("film", "name", "expected", "fix"),
    [("f.mp4", "prores", ".mov, .mkv can", "f.mov, or a codec for .mp4: h264, hevc, av1, vp9"),
     ("f.webm", "h264", ".mp4, .mov, .mkv can", "a codec for .webm: av1, vp9"),
     ("f.gif", "av1", "a .gif film cannot contain av1", "omit the codec"),
     ("f.mp4", "h265", "unknown codec 'h265'", "Did you mean 'hevc'")],
)  # fmt: skip
def test_a_codec_that_a_format_cannot_contain(film, name, expected, fix):
    with pytest.raises(ProjectError, match=expected) as caught:
        with_codec(FORMATS[Path(film).suffix], Path(film), name)
    assert fix in caught.value.fix


def test_the_bundled_ffmpeg_has_every_software_codec():
    assert set(running()) >= SOFTWARE.keys()


def test_a_hardware_encoder_is_only_used_where_it_runs(monkeypatch):
    monkeypatch.setattr(codecs, "failure", lambda name: "no device" if "-" in name else "")
    require_running("hevc")
    with pytest.raises(
        ProjectError, match="hevc-nvenc does not run on this machine: no device"
    ) as caught:
        require_running("hevc-nvenc")
    assert caught.value.fix == "Choose hevc instead."
    monkeypatch.setattr(codecs, "failure", lambda name: "no device" if "nvenc" in name else "")
    with pytest.raises(ProjectError) as caught:
        require_running("hevc-nvenc")
    assert "hevc-qsv" in caught.value.fix


def test_a_codec_that_does_not_run_says_why(monkeypatch):
    wrong = codecs.replace(CODECS["h264"], segment=("-c:v", "h264_nothing"))
    monkeypatch.setattr(codecs, "CODECS", {"none": wrong})
    assert failure("none") == "Unknown encoder 'h264_nothing'"
