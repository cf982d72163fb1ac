"""Films with guides, masks and overlays: the warnings before, and films from a project."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile
import torch
from clips import LOSSLESS, clip, greys, write
from scores import card, score

from phosphene import load_engine, paint, render
from phosphene.composing.compose import compose
from phosphene.errors import ProjectError
from phosphene.painting.engine import EngineSpec, unsupported
from phosphene.project.file import make_project
from phosphene.project.tables.model import Model
from phosphene.rendering.inputs import check_inputs, inputs_identity
from phosphene.score.guides import Guide, Inputs, Mask, Overlay
from phosphene.testing import synthetic_song

SPEC = EngineSpec("keeper", "", lambda model, score: None)


@pytest.fixture
def ten(tmp_path):
    """One second of greys, 0, 20 ... 180, at 10 fps, without alpha."""
    return write(tmp_path / "ten.mkv", greys(10), *LOSSLESS)


def with_inputs(*guides, n=10, masks=(), overlays=()):
    about = Inputs(tuple(guides), tuple(masks), tuple(overlays))
    return replace(score(n=n), fps=Fraction(10), inputs=about)


def test_a_video_that_is_long_enough_gives_no_warning(ten, caplog):
    check_inputs(SPEC, with_inputs(Guide(clip(ten), "init")))
    assert caplog.text == ""


@pytest.mark.parametrize(("loops", "then"), [(False, "holds its last frame"), (True, "repeats")])
def test_a_short_video_is_reported(ten, caplog, loops, then):
    check_inputs(SPEC, with_inputs(Guide(clip(ten, loops=loops), "init"), n=25))
    assert f"ten.mkv ends after 1 s of 2.5 s, and {then}" in caplog.text


def test_damage_is_reported(tmp_path, caplog):
    noise = np.random.default_rng(0).integers(0, 256, (20, 48, 64, 3), np.uint8)
    path = write(tmp_path / "d.mp4", noise, "-pix_fmt", "yuv420p", "-g", "5")
    data = bytearray(path.read_bytes())
    middle = (data.index(b"mdat") + len(data)) // 2
    data[middle : middle + 5000] = bytes(5000)
    path.write_bytes(data)
    check_inputs(SPEC, with_inputs(Guide(clip(path), "init")))
    assert "guide[0].video: d.mp4 is damaged" in caplog.text


def test_a_composite_needs_alpha_or_a_mask(ten, tmp_path):
    with pytest.raises(ProjectError, match=r"ten\.mkv has no alpha, and a composite needs one"):
        check_inputs(SPEC, with_inputs(Guide(clip(ten), "composite")))
    check_inputs(SPEC, with_inputs(Guide(clip(ten), "composite", mask=clip(ten))))
    frames = np.zeros((10, 48, 64, 4), np.uint8)
    clear = write(tmp_path / "clear.mov", frames, "-c:v", "qtrle", "-pix_fmt", "argb")
    check_inputs(SPEC, with_inputs(Guide(clip(clear), "composite")))


def test_a_mask_of_alpha_needs_alpha(ten):
    with pytest.raises(ProjectError, match=r"ten\.mkv has no alpha"):
        check_inputs(SPEC, with_inputs(masks=[Mask("mask[0]", clip(ten), "alpha")]))
    check_inputs(SPEC, with_inputs(masks=[Mask("mask[0]", clip(ten))]))


def test_beginning_beyond_the_end_is_an_error(ten):
    with pytest.raises(ProjectError, match="its end is before 3 s"):
        check_inputs(SPEC, with_inputs(Guide(clip(ten, begin=Fraction(3)), "init")))


@pytest.mark.parametrize(
    ("data", "message"), [(None, "no such picture"), (b"no picture", "is not a readable picture")]
)
def test_an_overlay_that_cannot_be_read_is_named(tmp_path, data, message):
    path = tmp_path / "logo.png"
    if data is not None:
        path.write_bytes(data)
    overlay = Overlay(path, "overlay[0].image", 0, 9, 0, 0.2, (0.5, 0.5))
    with pytest.raises(ProjectError, match=rf"^overlay\[0\].image: .*{message}"):
        check_inputs(SPEC, with_inputs(overlays=[overlay]))


def test_inputs_that_a_drawing_engine_ignores_are_reported(ten, registry, caplog):
    masks = [Mask("mask[0]", clip(ten))]
    about = with_inputs(Guide(clip(ten), "flow"), masks=masks)
    check_inputs(registry.engines["none"], about)
    assert "guide[0].video has no effect: 'none' draws every frame from scratch" in caplog.text
    assert "mask[0] has no effect" in caplog.text


@pytest.mark.parametrize("name", ["guide", "mask", "overlay"])
def test_a_channel_without_anything_to_drive_is_not_followed(name):
    about = replace(score(n=3, **{name: 0.5}))
    assert unsupported(SPEC, Model(name="none"), about) == [name]


def test_a_film_depends_on_the_contents_of_files_and_not_on_their_names(ten, tmp_path):
    def of(path, **settings):
        return inputs_identity(with_inputs(Guide(clip(path, **settings), "init")))

    other = tmp_path / "other.mkv"
    other.write_bytes(ten.read_bytes())
    assert of(ten) == of(other)
    changed = write(tmp_path / "changed.mkv", greys(9), *LOSSLESS)
    assert len({of(ten), of(changed), of(ten, loops=True), of(ten, contains=True)}) == 4
    seen = [Inputs(controls=(clip(path),)) for path in (ten, other, changed)]
    ten, other, changed = (inputs_identity(replace(score(), inputs=one)) for one in seen)
    assert ten == other != changed


class Whitener:
    """Paints the moved picture white by its strength."""

    device = torch.device("cpu")

    def __init__(self, model, score):
        self.picture = card(score.width, score.height)

    def first(self, row):
        return self.picture

    def img2img(self, picture, row):
        return torch.lerp(picture, torch.ones(()), row.strength)


@pytest.fixture
def made(registry, tmp_path, monkeypatch):
    """A project with a song of a second, at 10 fps and 64x48."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(registry.engines, "white", EngineSpec("white", "", Whitener))
    soundfile.write("song.wav", np.zeros(22050), 22050)

    def make(model, **tables):
        about = {
            "song": {"file": "song.wav"}, "model": {"name": model},
            "video": {"width": 64, "height": 48, "fps": "10"},
        }  # fmt: skip
        return make_project(about | tables, Path("p.toml"), registry)

    return make


def test_a_film_with_all_of_them(made, ten, registry, decode_frames):
    """The left half is repainted, a grey guide is mixed in, and a red logo is over it."""
    mask = np.zeros((48, 64, 3), np.uint8)
    mask[:, :32] = 255
    cv2.imwrite("mask.png", mask)
    cv2.imwrite("logo.png", np.full((8, 8, 3), (0, 0, 255), np.uint8))
    project = made(
        "white",
        guide=[{"video": "ten.mkv", "mode": "init", "amount": 1}],
        mask=[{"image": "mask.png"}],
        overlay=[{"image": "logo.png", "position": "top right", "size": 0.25}],
        motion=[{"use": "keyframes", "strength": 1.0, "mix": "replace"}],
    )
    frames = decode_frames(render(project, "film.mp4", registry=registry)).astype(int)
    assert frames.shape == (10, 48, 64, 3)
    assert frames[5, 8:, 4:28].min() > 235
    assert abs(frames[5, 24:, 36:] - 100).max() < 12
    assert (frames[5, 8, 54] - [255, 0, 0])[1:].max() < 60


class Still:
    """Paints what it is given."""

    device = torch.device("cpu")

    def __init__(self, model, score):
        self.picture = torch.zeros(1, 3, score.height, score.width)

    def first(self, row):
        return self.picture

    def img2img(self, picture, row):
        return picture


def _damaged(path):
    """The second half is zeros."""
    write(path, greys(10), *LOSSLESS)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + bytes(len(data) // 2))


BAD = {
    "short": (
        lambda path: write(path, greys(3), *LOSSLESS), [1, 2, 2, 2, 2, 2, 2, 2, 2],
        "ends after 0.3 s of 1 s, and holds its last frame",
    ),
    "wide": (lambda path: write(path, greys(10, 128, 16), *LOSSLESS), [*range(1, 10)], ""),
    "variable": (
        lambda path: write(
            path, greys(5), "-vf", "setpts='N+4*gt(N,1)+gt(N,3)'", "-fps_mode", "vfr", *LOSSLESS
        ),
        [1, 1, 1, 1, 1, 2, 3, 3, 4],
        "",
    ),
    "damaged": (_damaged, [1], "is damaged ("),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_film_with_a_bad_guide_shows_it_as_documented(
    name, made, registry, monkeypatch, decode_frames, caplog
):
    """From frame 1 on, each frame shows the grey that the guide has at its time."""
    monkeypatch.setitem(registry.engines, "still", EngineSpec("still", "", Still))
    write_bad, shown, said = BAD[name]
    write_bad(Path("bad.mkv"))
    off = {"use": "keyframes", "colour_match": 0, "detail_match": 0, "mix": "replace"}
    project = made("still", guide=[{"video": "bad.mkv", "mode": "init"}], motion=[off])
    frames = decode_frames(render(project, "film.mp4", registry=registry)).astype(int)
    levels = frames[1:, 24, 32].mean(-1) / 20
    np.testing.assert_allclose(levels[: len(shown)], shown, atol=0.2)
    assert len(frames) == 10
    assert said in caplog.text
    assert bool(said) == ("bad.mkv" in caplog.text)


def test_the_preview_shows_a_composite(made, registry, decode_frames):
    frames = np.full((10, 48, 64, 4), 255, np.uint8)
    frames[:, :, :32, 3] = 0
    write(Path("a.mov"), frames, "-c:v", "qtrle", "-pix_fmt", "argb")
    plain = decode_frames(render(made("none"), "plain.mp4", registry=registry)).astype(int)
    project = made("none", guide=[{"video": "a.mov", "mode": "composite"}])
    found = decode_frames(render(project, "film.mp4", registry=registry)).astype(int)
    assert abs(found[5] - plain[5])[:, :28].mean() < 4
    assert found[5, :, 40:].mean() > plain[5, :, 40:].mean() + 20


def test_a_missing_guide_is_found_before_painting(made, registry):
    project = made("white", guide=[{"video": "none.mp4", "mode": "init"}])
    with pytest.raises(ProjectError, match=r"guide\[0\].video: .*none.mp4: no such video"):
        render(project, "film.mp4", registry=registry)
    assert not Path("film.mp4").exists()


def test_the_output_cannot_be_a_guide(made, ten, registry):
    project = made("white", guide=[{"video": "film.mp4", "mode": "init"}])
    Path("film.mp4").write_bytes(ten.read_bytes())
    with pytest.raises(ProjectError, match="is the input"):
        render(project, "film.mp4", registry=registry)


def test_a_mask_by_depth(made, registry):
    """On level ground, the lower part is near and is repainted; the upper part is kept."""
    project = made(
        "white",
        depth={"source": "ground", "near": 0.5, "far": 4.0},
        mask=[{"depth": [0, 1.0]}],
        motion=[{"use": "keyframes", "strength": 1.0, "mix": "replace"}],
    )
    about = compose(project, synthetic_song(duration=0.5))
    frame = list(paint(about, load_engine(project, about, registry)))[2]
    assert frame[44:].min() == 255
    expected = np.rint(255 * card(64, 48)[0].permute(1, 2, 0).numpy())
    np.testing.assert_allclose(frame[:20], expected[:20], atol=2)


def test_worlds_follows_a_guide_and_keeps_masked_areas(made, registry):
    """A white disc in the dark pulls the picture towards it; what is masked stays."""
    frames = np.zeros((4, 64, 64, 3), np.uint8)
    for frame in frames:
        cv2.circle(frame, (32, 32), 16, (255, 255, 255), -1)
    disc = write(Path("disc.mkv"), frames, *LOSSLESS)
    project = made(
        "worlds", prompts={"at": {"0": "a forest at night"}},
        video={"width": 64, "height": 64, "fps": "10"},
    )  # fmt: skip
    about = compose(project, synthetic_song(duration=0.4))
    engine = load_engine(project, about, registry)

    def painted(inputs):
        last = [*paint(replace(about, inputs=inputs), engine, hold=False)]
        return last[0].astype(int), last[3].astype(int)

    inside = np.hypot(*np.mgrid[-32:32, -32:32]) < 12
    first, plain = painted(Inputs())
    _, guided = painted(Inputs((Guide(clip(disc), "init", 0.7),)))
    assert guided[inside].mean() > plain[inside].mean() + 40
    _, masked = painted(Inputs(masks=(Mask("mask[0]", clip(disc), inside=False),)))
    np.testing.assert_array_equal(masked[inside], first[inside])
    assert np.abs(masked - first)[~inside].mean() > 3
