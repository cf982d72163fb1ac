"""ControlNets give the pictures of the stock pipelines, from the moved frame or a picture."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from checkpoints import WIDTH
from clips import LOSSLESS, clip, write
from diffusers import (
    ControlNetModel,
    ControlNetUnionModel,
    DDIMScheduler,
    StableDiffusionControlNetImg2ImgPipeline,
    StableDiffusionXLControlNetImg2ImgPipeline,
    StableDiffusionXLControlNetUnionImg2ImgPipeline,
)
from fake_gpu import Copies, fake_gpu
from scores import card, score

from phosphene.engines.diffusion.control import Controls, Net, depth_map
from phosphene.engines.diffusion.edges import canny
from phosphene.engines.diffusion.embeddings import Embedding
from phosphene.engines.diffusion.engine import DiffusionEngine
from phosphene.engines.loading import load_pipeline
from phosphene.engines.presets import WORLDS, Preset, Quality, load_preset
from phosphene.engines.sizes import Resized
from phosphene.errors import EngineError
from phosphene.painting.depth import EngineWithDepth, SceneDepth
from phosphene.painting.loop import paint
from phosphene.plugins.loading import load_built_ins
from phosphene.project.tables.model import Control, Depth, Model
from phosphene.score.guides import Inputs

CPU = torch.device("cpu")
SMALL = {"conditioning_embedding_out_channels": (8, 16)}  # half the size, as the small VAE


def filled(net):
    """Random weights: a new ControlNet adds nothing."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(0.2 * torch.randn(weight.shape, generator=generator))
    return net


@pytest.fixture(scope="module")
def nets(tmp_path_factory, sd15_folder, sdxl_folder):
    folder = tmp_path_factory.mktemp("nets")
    for name, source in (("sd15", sd15_folder), ("sdxl", sdxl_folder)):
        unet = load_pipeline(Preset(str(source)), torch.float32).unet
        filled(ControlNetModel.from_unet(unet, **SMALL)).save_pretrained(folder / name)
    union = ControlNetUnionModel(
        block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4, attention_head_dim=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), cross_attention_dim=2 * WIDTH,
        addition_embed_type="text_time", addition_time_embed_dim=8, num_trans_channel=8,
        projection_class_embeddings_input_dim=WIDTH + 6 * 8, num_trans_head=2, num_proj_channel=8, **SMALL,
    )  # fmt: skip
    filled(union).save_pretrained(folder / "union")
    cv2.imwrite(str(folder / "card.png"), (card(64, 48)[0].numpy()[::-1] * 255).transpose(1, 2, 0))
    return folder


def engine_of(source, *controls, guidance=1.0, clips=()):
    model = Model.model_validate({"device": "cpu", "control": list(controls)})
    preset = Preset(str(source), {"standard": Quality(4, 4, guidance)})
    return load_preset(preset, model, replace(score(), inputs=Inputs(controls=clips)))


def repainted(engine, control=1.0):
    return engine.img2img(card(64, 48), score(control=control, strength=0.5).row(0))


STOCK = {
    "sd15": StableDiffusionControlNetImg2ImgPipeline,
    "sdxl": StableDiffusionXLControlNetImg2ImgPipeline,
    "union": StableDiffusionXLControlNetUnionImg2ImgPipeline,
}


@pytest.mark.parametrize("family", STOCK)
def test_the_picture_is_that_of_the_stock_pipeline(family, nets, sd15_folder, sdxl_folder):
    source = sd15_folder if family == "sd15" else sdxl_folder
    mode = 3 if family == "union" else None
    pipe = load_pipeline(Preset(str(source)), torch.float32)
    pipe.scheduler = DDIMScheduler(
        beta_schedule="scaled_linear", timestep_spacing="trailing", clip_sample=False,
        set_alpha_to_one=True,
    )  # fmt: skip
    about = score(strength=0.5)
    control = Control(path=str(nets / family), kind="canny", image=None, mode=mode, scale=0.7)
    controls = Controls(pipe, [control], about, CPU)
    engine = DiffusionEngine(pipe, about, CPU, 4, 4, 5.0, controls=controls)
    parts = {name: part for name, part in pipe.components.items() if name != "feature_extractor"}
    if family == "sd15":
        parts |= {"feature_extractor": None, "requires_safety_checker": False}
    stock = STOCK[family](**parts, controlnet=controls._nets[0].model)
    stock.set_progress_bar_config(disable=True)
    sizes = {"original_size": (48, 64), "target_size": (48, 64)} if family != "sd15" else {}
    modes = {} if mode is None else {"control_mode": [mode]}
    expected = stock(
        about.prompts[0], negative_prompt=about.negative, image=engine._networks.encode(card(64, 48)),
        control_image=canny(card(64, 48)), controlnet_conditioning_scale=0.7, strength=0.5,
        num_inference_steps=4, guidance_scale=5.0, output_type="pt", height=48, width=64,
        generator=torch.Generator().manual_seed(about.row(0).seed), **sizes, **modes,
    ).images  # fmt: skip
    ours = engine.img2img(card(64, 48), about.row(0))
    torch.testing.assert_close(ours, expected, atol=5e-5, rtol=0)


def test_the_channel_scales_it_and_at_0_there_is_none(nets, sd15_folder):
    net = {"path": str(nets / "sd15"), "kind": "tile"}
    engine = engine_of(sd15_folder, net)
    bare = repainted(engine_of(sd15_folder))
    assert torch.equal(repainted(engine, 0.0), bare)
    assert not torch.equal(repainted(engine), bare)
    halved = repainted(engine_of(sd15_folder, net | {"scale": 0.5}), 1.0)
    assert torch.equal(repainted(engine, 0.5), halved)


def test_a_picture_controls_the_first_picture_too_and_a_frame_does_not(nets, sd15_folder):
    net = {"path": str(nets / "sd15"), "kind": "tile"}
    row = score().row(0)
    bare = engine_of(sd15_folder).first(row)
    assert torch.equal(engine_of(sd15_folder, net).first(row), bare)
    given = engine_of(sd15_folder, net | {"image": str(nets / "card.png")})
    assert not torch.equal(given.first(row), bare)
    # The picture is the card: as a tile it is the frame.
    frame = repainted(engine_of(sd15_folder, net))
    torch.testing.assert_close(repainted(given), frame, atol=5e-3, rtol=0)


def test_a_video_controls_each_frame_as_its_picture_would(nets, sd15_folder, tmp_path):
    """Frame k of the film sees frame k of the video, and nothing where the video is not."""
    frames = [(card(64, 48).roll(9 * k, -1)[0] * 255).byte().permute(1, 2, 0) for k in range(3)]
    video = write(tmp_path / "v.mkv", np.stack(frames), *LOSSLESS, fps="15")
    net = {"path": str(nets / "sd15"), "kind": "canny"}
    engine = engine_of(sd15_folder, net | {"video": str(video)}, clips=(clip(video, 0, 3),))
    rows = score(n=4, strength=0.5)
    cv2.imwrite(str(tmp_path / "2.png"), frames[2].numpy()[..., ::-1])
    still = engine_of(sd15_folder, net | {"image": str(tmp_path / "2.png")})
    for one, other in (
        (engine.first(rows.row(2)), still.first(rows.row(2))),
        (engine.img2img(card(64, 48), rows.row(2)), still.img2img(card(64, 48), rows.row(2))),
    ):
        assert torch.equal(one, other)
    assert not torch.equal(engine.first(rows.row(0)), still.first(rows.row(0)))
    bare = engine_of(sd15_folder)
    assert torch.equal(*(one.img2img(card(64, 48), rows.row(3)) for one in (engine, bare)))


def test_several_add_up(nets, sd15_folder):
    net = {"path": str(nets / "sd15"), "kind": "canny", "scale": 0.5}
    twice = repainted(engine_of(sd15_folder, net, net))
    once = repainted(engine_of(sd15_folder, net | {"scale": 1.0}))
    torch.testing.assert_close(twice, once, atol=1e-5, rtol=0)


def test_a_union_model_needs_the_number_of_its_control_type(nets, sdxl_folder):
    net = {"path": str(nets / "union"), "kind": "canny"}
    with pytest.raises(EngineError, match="has 6 control types; mode is None"):
        engine_of(sdxl_folder, net)
    with pytest.raises(EngineError, match="mode is 6"):
        engine_of(sdxl_folder, net | {"mode": 6})


def test_a_controlnet_of_another_family_is_named(nets, sdxl_folder, tmp_path):
    with pytest.raises(EngineError, match=r"trained for another model: .* width of 32, .* 64"):
        engine_of(sdxl_folder, {"path": str(nets / "sd15"), "kind": "tile"})
    with pytest.raises(EngineError, match="is a UNet2DConditionModel; expected ControlNetModel"):
        engine_of(sdxl_folder, {"path": str(sdxl_folder / "unet"), "kind": "tile"})
    with pytest.raises(EngineError, match="trained for another model"):
        engine_of(WORLDS, {"path": str(nets / "sd15"), "kind": "tile"})


def test_nothing_is_copied_to_the_device(nets):
    with fake_gpu() as device:
        with device:
            net = ControlNetModel(
                block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4,
                down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), attention_head_dim=4,
                cross_attention_dim=WIDTH, **SMALL,
            ).requires_grad_(False)  # fmt: skip
            picture = torch.zeros(1, 3, 48, 64, dtype=torch.float32)
            noisy, times = torch.zeros(2, 4, 24, 32), torch.zeros(2)
            prompts = Embedding(torch.zeros(2, 77, WIDTH))
        controls = Controls(None, [], score(), device)
        about = Control(path="net", kind="canny", image=None, mode=None, scale=1.0)
        controls._nets = [Net(net, about, None, None)]
        copies = Copies()
        with torch.no_grad(), copies:
            added = controls.residuals(controls.images(picture, 0), 0.7, noisy, times, prompts)
    assert added["mid_block_additional_residual"].device.type == "fakegpu"
    assert copies.made == []


def test_a_resumed_film_is_the_same_to_the_bit(nets, sd15_folder):
    net = {"path": str(nets / "sd15"), "kind": "canny"}
    about = score(n=4, control=0.8, zoom=1.02)
    frames = list(paint(about, engine_of(sd15_folder, net)))
    after = 1, frames[1].state
    *_, last = paint(about, engine_of(sd15_folder, net), after=after)
    assert torch.equal(last.picture, frames[-1].picture)


def test_a_mode_needs_a_union_model(nets, sd15_folder):
    with pytest.raises(EngineError, match="is not a union model, and mode is 3"):
        engine_of(sd15_folder, {"path": str(nets / "sd15"), "kind": "tile", "mode": 3})


def test_other_pipelines_refuse_it(nets, sd15_folder, monkeypatch):
    monkeypatch.setattr("phosphene.engines.loading.IMG2IMG", set())
    with pytest.raises(EngineError, match=r"need Stable Diffusion or SDXL; .* is a StableDiff"):
        engine_of(sd15_folder, {"path": str(nets / "sd15"), "kind": "tile"})


def test_a_depth_map_is_white_where_it_is_near():
    disparity = torch.tensor([[0.25, 0.5], [1.0, 0.75]]).view(1, 1, 2, 2)
    expected = torch.tensor([[0.0, 1 / 3], [1.0, 2 / 3]])
    torch.testing.assert_close(depth_map(disparity), expected.expand(1, 3, 2, 2))
    assert torch.all(depth_map(torch.ones(1, 1, 4, 4)) == 0.0)  # flat


@pytest.mark.parametrize("times", [1, 2])
def test_the_depth_of_the_frame_controls_the_picture(times, nets, sd15_folder, tmp_path):
    """As the same depth map, given as a picture; also where the film is larger than the model's."""
    width, height = 64 * times, 48 * times
    about = replace(score(strength=0.5), width=width, height=height)
    preset = Preset(str(sd15_folder), {"standard": Quality(4, 4, 1.0)}, trained=((64, 48),))

    def engine_with(**control):
        net = {"path": str(nets / "sd15"), **control}
        model = Model.model_validate({"device": "cpu", "control": [net]})
        return load_preset(preset, model, about)

    def painted(engine):
        return engine.img2img(card(width, height), about.row(0))

    ramp = load_built_ins().depths["ramp"]
    settings = Depth(source="ramp", near=0.5, far=4.0)
    depth = SceneDepth(ramp, settings, ramp.load(settings, about, CPU))
    plain = engine_with(kind="depth")
    assert isinstance(plain, Resized) == (times > 1)
    unseen = painted(plain)
    seen = painted(EngineWithDepth(plain, depth))
    shade = depth_map(depth.disparity(card(width, height)))[0].permute(1, 2, 0).numpy()
    cv2.imwrite(str(tmp_path / "depth.png"), (shade * 255).round())
    given = painted(engine_with(kind="image", image=str(tmp_path / "depth.png")))
    torch.testing.assert_close(seen, given, atol=2e-3 * times, rtol=0)
    assert (seen - unseen).abs().max() > 0.01
