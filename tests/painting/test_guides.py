"""Guides and masks in the frame loop: what they mix in, what they move, and what they keep."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from clips import FPS, LOSSLESS, clip, greys, write
from scores import card, score
from torch.utils._python_dispatch import TorchDispatchMode

from phosphene.engines.preview.camera import Camera
from phosphene.errors import ProjectError
from phosphene.painting.frames import painted
from phosphene.painting.inputs.guides import Clips, Guides, to_floats
from phosphene.painting.inputs.masks import feathered
from phosphene.painting.loop import paint
from phosphene.painting.motion.noise import seeded_noise
from phosphene.painting.motion.step import step_matrix
from phosphene.painting.motion.warp import resample_at
from phosphene.score.guides import Guide, Inputs, Mask, Overlay

CPU = torch.device("cpu")


def test_only_cuda_copies_what_may_be_freed_meanwhile():
    asynchronous = []

    class Copies(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            asynchronous.append((kwargs or {}).get("non_blocking"))
            return function(*args, **(kwargs or {}))

    with Copies():
        to_floats(np.zeros((6, 8, 4), np.uint8), torch.device("meta"))
        seeded_noise((1, 4, 6, 8), 0, torch.device("meta"))
    assert True not in asynchronous


class Keeper:
    """Keeps the moved picture, or paints it white by its strength."""

    device = CPU

    def __init__(self, size=(64, 48), white=False):
        self.picture, self.white = card(*size), white

    def first(self, row):
        return self.picture

    def img2img(self, picture, row):
        return torch.lerp(picture, torch.ones(()), row.strength) if self.white else picture


def guided(*guides, n=6, masks=(), overlays=(), size=(64, 48), **channels):
    still = {"colour_match": 0.0, "detail_match": 0.0, "strength": 0.5}
    about = score(n=n, width=size[0], height=size[1], **still | channels)
    return replace(about, fps=FPS, inputs=Inputs(tuple(guides), tuple(masks), tuple(overlays)))


def pictures(about, engine=None, after=None):
    engine = engine or Keeper((about.width, about.height))
    return [frame.picture for frame in paint(about, engine, (), after)]


@pytest.fixture(scope="module")
def ten(tmp_path_factory):
    return write(tmp_path_factory.mktemp("clips") / "ten.mkv", greys(10), *LOSSLESS)


@pytest.fixture(scope="module")
def sliding(tmp_path_factory):
    """A texture of 128x96 that moves 3 px right and 1 px down in each of 10 frames."""
    noise = np.random.default_rng(1).integers(0, 256, (260, 260, 3), np.uint8)
    noise = cv2.GaussianBlur(noise, (0, 0), 3.0)
    noise = np.clip((noise.astype(int) - 128) * 4 + 128, 0, 255).astype(np.uint8)
    frames = [noise[80 - k : 176 - k, 80 - 3 * k : 208 - 3 * k] for k in range(10)]
    return write(tmp_path_factory.mktemp("clips") / "slide.mkv", np.stack(frames), *LOSSLESS)


def shifted(picture, x, y):
    height, width = picture.shape[-2:]
    across, down = np.meshgrid(np.arange(width) - x, np.arange(height) - y)
    places = (torch.from_numpy(each.astype(np.float32)) for each in (across, down))
    return resample_at(picture, *places)


def test_init_mixes_the_moved_frame_with_the_video(ten):
    """Frame 0: half of it 0, half the card; then half of the frame before and half of 20 k."""
    found = pictures(guided(Guide(clip(ten), "init", 0.5)))
    expected = card(64, 48) / 2
    torch.testing.assert_close(found[0], expected)
    for k in range(1, 6):
        expected = (expected + 20 * k / 255) / 2
        torch.testing.assert_close(found[k], expected, atol=1e-6, rtol=0)


def test_the_channel_multiplies_the_share(ten):
    plain = pictures(guided())
    off = pictures(guided(Guide(clip(ten), "init"), guide=0.0))
    assert all(map(torch.equal, plain, off))
    half = pictures(guided(Guide(clip(ten), "init", 0.5)))
    other = pictures(guided(Guide(clip(ten), "init", 1.0), guide=0.5))
    assert all(map(torch.equal, half, other))


def test_it_is_there_from_its_first_frame_up_to_its_last(ten):
    found = pictures(guided(Guide(clip(ten, 2, 4), "init")))
    same = card(64, 48)
    assert [torch.equal(each, same) for each in found[:2]] == [True, True]
    assert found[2].max() == 0.0  # the first frame of the video is black
    torch.testing.assert_close(found[3], torch.full_like(same, 20 / 255))
    assert torch.equal(found[5], found[3])


def test_composite_shows_the_video_where_it_is_opaque(tmp_path):
    frames = np.full((3, 48, 64, 4), 255, np.uint8)
    frames[:, :, :32, 3] = 0
    path = write(tmp_path / "a.mov", frames, "-c:v", "qtrle", "-pix_fmt", "argb")
    found = pictures(guided(Guide(clip(path), "composite")))
    assert torch.equal(found[2][..., :32], card(64, 48)[..., :32])
    assert found[2][..., 32:].min() == 1.0


def test_composite_by_a_mask_that_is_a_picture(ten, tmp_path):
    mask = np.zeros((48, 64), np.uint8)
    mask[:24] = 255
    cv2.imwrite(str(tmp_path / "m.png"), mask)
    found = pictures(guided(Guide(clip(ten), "composite", mask=clip(tmp_path / "m.png"))))
    torch.testing.assert_close(found[3][..., :24, :], torch.full((1, 3, 24, 64), 60 / 255))
    assert torch.equal(found[3][..., 24:, :], card(64, 48)[..., 24:, :])


def test_a_drawing_engine_shows_init_and_composite(ten):
    about = guided(Guide(clip(ten), "init"), strength=0.0)
    found = pictures(about, Camera(about))
    torch.testing.assert_close(found[4], torch.full((1, 3, 48, 64), 80 / 255))


def test_flow_is_that_of_the_video(sliding):
    about = guided(Guide(clip(sliding), "flow"), size=(128, 96))
    guides = Guides(about, CPU, Clips(about))
    drift = guides.drifts([about.row(k) for k in (1, 2, 3)])[-1]
    inner = drift[16:-16, 16:-16].reshape(-1, 2)
    np.testing.assert_allclose(np.median(inner, axis=0), [9, 3], atol=0.4)
    assert guides.drifts([about.row(0)]) == [None]


def test_flow_moves_the_picture(sliding):
    found = pictures(guided(Guide(clip(sliding), "flow"), size=(128, 96)))
    expected = shifted(card(128, 96), 15, 5)
    inside = (..., slice(24, -24), slice(24, -24))
    still = (card(128, 96)[inside] - expected[inside]).abs().mean()
    moved = (found[5][inside] - expected[inside]).abs().mean()
    assert moved < 0.2 * still


def test_flow_and_camera_add_up_along_a_stretch(sliding):
    """Without repaints, each frame is one resample along the camera's path and the flow."""
    moves = {"zoom": 1.02, "rotation": 2.0, "translation_x": -1.5}
    about = guided(Guide(clip(sliding), "flow"), size=(128, 96), **moves)
    guides = Guides(about, CPU, Clips(about))
    rows = [about.row(k) for k in range(1, 6)]
    drift = guides.drifts(rows)[-1]
    place = np.array([[60.0, 50.0]])
    for row in rows:
        place = cv2.perspectiveTransform(place[None], step_matrix(row, 128, 96))[0] + [3.0, 1.0]
    x, y = np.rint(place[0]).astype(int)
    path = np.eye(3)
    for row in rows:
        path = step_matrix(row, 128, 96) @ path
    back = cv2.perspectiveTransform((place - drift[y, x])[None], np.linalg.inv(path))[0]
    np.testing.assert_allclose(back, [[60.0, 50.0]], atol=0.6)


def test_between_repaints_the_later_picture_is_moved_back(sliding):
    """The frames between show what is painted before and after at the same place."""
    about = guided(Guide(clip(sliding), "flow"), size=(128, 96), n=5, zoom=1.02)
    every, second = pictures(about), replace(about, diffuses=np.arange(5) % 2 == 0)
    inside = (..., slice(20, -20), slice(20, -20))
    for one, two in zip(every, pictures(second), strict=True):
        assert (one[inside] - two[inside]).abs().mean() < 0.02


def test_long_stretches_are_split_and_end_at_the_same_place(sliding, monkeypatch):
    about = guided(Guide(clip(sliding), "flow"), size=(128, 96), strength=0.0, n=9)
    one = pictures(about)
    monkeypatch.setattr("phosphene.painting.loop.STRETCH", 3)
    two = pictures(about)
    assert (one[8] - two[8])[..., 24:-24, 24:-24].abs().mean() < 0.01


def test_a_loop_does_not_flow_from_its_end_to_its_beginning(sliding):
    about = guided(Guide(clip(sliding, loops=True), "flow"), size=(128, 96), n=12)
    guides = Guides(about, CPU, Clips(about))
    assert guides.drifts([about.row(10)]) == [None]
    assert guides.drifts([about.row(11)])[0] is not None


@pytest.mark.parametrize("strength", [0.0, 0.5])
@pytest.mark.parametrize("row", [1, 4])
def test_a_resumed_film_has_the_same_bits(ten, sliding, strength, row):
    guides = Guide(clip(sliding), "flow"), Guide(clip(ten, loops=True), "init", 0.3)
    about = guided(*guides, size=(128, 96), n=14, strength=strength, zoom=1.01)
    about = replace(about, diffuses=(np.arange(14) % 3 == 0) & about.diffuses)
    whole = list(paint(about, Keeper((128, 96), white=True)))
    rest = pictures(about, Keeper((128, 96), white=True), (row, whole[row].state))
    assert all(map(torch.equal, (frame.picture for frame in whole[row + 1 :]), rest))


@pytest.fixture(scope="module")
def half(tmp_path_factory):
    """White on the left half, with an alpha that is opaque in the upper half."""
    picture = np.zeros((48, 64, 4), np.uint8)
    picture[:, :32, :3], picture[:24, :, 3] = 255, 255
    path = tmp_path_factory.mktemp("masks") / "half.png"
    cv2.imwrite(str(path), picture)
    return path


@pytest.mark.parametrize("inside", [True, False])
def test_a_mask_keeps_the_rest_of_the_picture(half, inside):
    mask = Mask("mask[0]", clip(half), "alpha", inside=inside)
    found = pictures(guided(masks=[mask], strength=1.0), Keeper(white=True))[1]
    white, kept = (slice(24), slice(24, 48))[:: 1 if inside else -1]
    assert found[..., white, :].min() == 1.0
    assert torch.equal(found[..., kept, :], card(64, 48)[..., kept, :])


def test_masks_are_multiplied_and_luma_counts_where_it_is_opaque(half):
    masks = [Mask("mask[0]", clip(half)), Mask("mask[1]", clip(half), "alpha")]
    found = pictures(guided(masks=masks, strength=1.0), Keeper(white=True))[1]
    assert found[..., :24, :32].min() == 1.0
    kept = torch.ones(48, 64, dtype=torch.bool)
    kept[:24, :32] = False
    assert torch.equal(found[..., kept], card(64, 48)[..., kept])


def test_the_channel_is_the_share_of_the_mask(half):
    mask = Mask("mask[0]", clip(half), "alpha")
    quarter = pictures(guided(masks=[mask], strength=1.0, mask=0.25), Keeper(white=True))[1]
    expected = 0.25 * card(64, 48) + 0.75
    torch.testing.assert_close(quarter[..., 24:, :], expected[..., 24:, :])


def test_a_moving_mask_follows_its_video(tmp_path):
    """A white column that moves by 8 px in each frame is where the picture turns white."""
    frames = np.zeros((4, 48, 64, 3), np.uint8)
    for k in range(4):
        frames[k, :, 8 * k : 8 * k + 8] = 255
    path = write(tmp_path / "m.mkv", frames, *LOSSLESS)
    about = guided(masks=[Mask("mask[0]", clip(path))], strength=1.0, n=4)
    for k, found in enumerate(pictures(about, Keeper(white=True))[1:], 1):
        changed = (found != card(64, 48)).any(1)[0].any(0)
        np.testing.assert_array_equal(np.flatnonzero(changed), np.arange(8, 8 * k + 8))


def test_a_soft_edge_has_its_width():
    """From 2 % to 98 % within the width, about the edge; nothing of the sum is lost."""
    mask = torch.zeros(1, 1, 32, 64)
    mask[..., 32:] = 1.0
    soft = feathered(mask, 16.0)[0, 0, 16]
    assert soft[23] < 0.025
    assert soft[40] > 0.975
    assert soft[31] + soft[32] == pytest.approx(1.0, abs=1e-5)
    assert torch.equal(feathered(mask, 0.0), mask)


def test_a_mask_by_depth_without_depth_is_an_error():
    mask = Mask("mask[0]", depth=(0.0, 1.0))
    with pytest.raises(ProjectError, match=r"mask\[0\].depth: the project has no depth"):
        pictures(guided(masks=[mask]), Keeper(white=True))


def logo(tmp_path, alpha=255):
    picture = np.full((10, 20, 4), (0, 0, 255, alpha), np.uint8)
    cv2.imwrite(str(tmp_path / "logo.png"), picture)
    return tmp_path / "logo.png"


def over(about):
    return [levels.numpy() for _, _, levels in painted(about, Keeper(), [])]


def test_an_overlay_is_over_the_film_and_not_fed_back(tmp_path):
    """24x12 px in the lower right corner, 5 % of each side from the border."""
    one = Overlay(logo(tmp_path), "overlay[0].image", 1, 4, 0, 0.25, (1.0, 1.0))
    about = guided(overlays=[one])
    bare, drawn = over(guided()), over(about)
    assert [bool((a != b).any()) for a, b in zip(bare, drawn, strict=True)] == [
        False, True, True, True, False, False,
    ]  # fmt: skip
    rows, columns = np.nonzero((drawn[2] != bare[2]).any(-1))
    assert (rows.min(), rows.max()) == (34, 45)
    assert (columns.min(), columns.max()) == (37, 60)
    assert tuple(drawn[2][40, 50]) == (255, 0, 0)
    states = [frame.state["picture"] for frame in paint(about, Keeper())]
    assert all(torch.equal(state, card(64, 48)) for state in states)


@pytest.mark.parametrize(("alpha", "amount", "channel"), [(51, 1, 1), (255, 0.2, 1), (255, 1, 0.2)])
def test_opacity_is_alpha_times_amount_times_the_channel(tmp_path, alpha, amount, channel):
    one = Overlay(logo(tmp_path, alpha), "o", 0, 9, 0, 0.25, (1.0, 1.0), amount)
    found = over(guided(overlays=[one], overlay=channel))[2][40, 50]
    under = 255 * card(64, 48)[0, :, 40, 50].numpy()
    np.testing.assert_allclose(found, 0.8 * under + 0.2 * np.array([255, 0, 0]), atol=0.6)


def test_an_overlay_fades(tmp_path):
    one = Overlay(logo(tmp_path), "o", 0, 6, 2, 0.25, (0.5, 0.5))
    assert [one.opacity(k) for k in range(7)] == pytest.approx(
        [1 / 3, 2 / 3, 1, 1, 2 / 3, 1 / 3, 0]
    )


def test_an_image_is_repainted_in_the_first_frame(tmp_path):
    cv2.imwrite(str(tmp_path / "i.png"), np.zeros((48, 64, 3), np.uint8))
    about = replace(guided(), image=tmp_path / "i.png", image_strength=0.75)
    assert pictures(about, Keeper(white=True))[0].unique().tolist() == [0.75]
    shown = replace(about, image_strength=0.0)
    assert pictures(shown, Keeper(white=True))[0].max() == 0.0
