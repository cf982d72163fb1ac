"""IP-Adapters give the pictures of the stock pipelines."""

import cv2
import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler
from safetensors.torch import save_file
from scores import card, score
from torch.fx.experimental.proxy_tensor import make_fx
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from phosphene.engines.diffusion.engine import DiffusionEngine
from phosphene.engines.diffusion.networks import Networks
from phosphene.engines.diffusion.picture_prompts import PicturePrompts, add_ip_adapters
from phosphene.engines.loading import load_pipeline
from phosphene.engines.presets import WORLDS, Preset
from phosphene.engines.runtime.cuda_graphs import Graphs, Recording
from phosphene.errors import EngineError
from phosphene.project.tables.model import IpAdapter

CPU = torch.device("cpu")
EMBEDDED = 16  # width of a picture's embedding


def pipe_of(folder):
    pipe = load_pipeline(Preset(str(folder)), torch.float32)
    pipe.scheduler = DDIMScheduler(
        beta_schedule="scaled_linear", timestep_spacing="trailing", clip_sample=False,
        set_alpha_to_one=True,
    )  # fmt: skip
    return pipe


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """An image encoder, and a picture."""
    folder = tmp_path_factory.mktemp("pictures")
    torch.manual_seed(0)
    config = CLIPVisionConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2,
        image_size=16, patch_size=8, projection_dim=EMBEDDED,
    )  # fmt: skip
    CLIPVisionModelWithProjection(config).save_pretrained(folder / "encoder")
    levels = (card(40, 40)[0].permute(1, 2, 0).numpy()[..., ::-1] * 255).astype(np.uint8)
    cv2.imwrite(str(folder / "card.png"), levels)
    return folder


def record(work):
    """A recording as CUDA makes it, with the numbers of its first call."""
    traced = make_fx(work)()
    result = traced()
    return Recording(lambda: result.copy_(traced()), result)


def adapter(pipe, files, **more):
    """Random weights of an IP-Adapter for a pipeline, with four tokens for a picture."""
    generator = torch.Generator().manual_seed(2)

    def noise(*shape):
        return torch.randn(*shape, generator=generator)

    width = pipe.unet.config.cross_attention_dim
    weights = {
        "image_proj.proj.weight": noise(4 * width, EMBEDDED),
        "image_proj.proj.bias": noise(4 * width),
        "image_proj.norm.weight": noise(width),
        "image_proj.norm.bias": noise(width),
    }
    layers = [part for name, part in pipe.unet.named_modules() if name.endswith("attn2")]
    for k, layer in enumerate(layers):
        for key in ("to_k_ip", "to_v_ip"):
            shape = len(layer.to_k.weight), width
            weights[f"ip_adapter.{2 * k + 1}.{key}.weight"] = noise(*shape)
    path = files / f"{width}.safetensors"
    save_file(weights, path)
    about = {"path": str(path), "encoder": str(files / "encoder"), "image": files / "card.png"}
    return IpAdapter(**({"scale": 0.8} | about | more))


@pytest.mark.parametrize("factor", [1.0, 0.5])
def test_the_picture_is_that_of_the_stock_pipeline(factor, either_folder, files):
    pipe, about = pipe_of(either_folder), score(strength=0.5, ip_adapter=factor)
    both = [adapter(pipe, files), adapter(pipe, files, scale=0.3)]
    add_ip_adapters(pipe, both)
    pictures = PicturePrompts(pipe, both, CPU)
    assert [part.shape for part in pictures.positive] == [(1, 1, EMBEDDED)] * 2
    engine = DiffusionEngine(pipe, about, CPU, 4, 4, 5.0, pictures=pictures)
    pipe.set_ip_adapter_scale([factor * 0.8, factor * 0.3])
    row = about.row(0)
    sizes = {"original_size": (48, 64), "target_size": (48, 64)}
    pairs = zip(pictures.negative, pictures.positive, strict=True)
    expected = pipe(
        about.prompts[0], negative_prompt=about.negative, image=engine._networks.encode(card(64, 48)),
        strength=0.5, num_inference_steps=4, guidance_scale=5.0, output_type="pt",
        ip_adapter_image_embeds=[torch.cat(pair) for pair in pairs],
        generator=torch.Generator().manual_seed(row.seed),
        **(sizes if hasattr(pipe, "text_encoder_2") else {}),
    ).images  # fmt: skip
    pipe.set_ip_adapter_scale([0.8, 0.3])  # as loaded: the channel sets them
    ours = engine.img2img(card(64, 48), row)
    torch.testing.assert_close(ours, expected, atol=5e-5, rtol=0)


def test_the_channel_leaves_the_pictures_out_at_0(sd15_folder, files):
    pipe = pipe_of(sd15_folder)
    bare = DiffusionEngine(pipe, score(), CPU, 4, 4, 5.0).img2img(card(64, 48), score().row(0))
    one = [adapter(pipe, files)]
    add_ip_adapters(pipe, one)
    engine = DiffusionEngine(pipe, score(), CPU, 4, 4, 5.0, pictures=PicturePrompts(pipe, one, CPU))
    without, with_it, again = (
        engine.img2img(card(64, 48), score(ip_adapter=factor).row(0)) for factor in (0.0, 1.0, 0.0)
    )
    torch.testing.assert_close(without, bare, atol=1e-6, rtol=0)
    assert (with_it - bare).abs().max() > 1e-3
    assert torch.equal(without, again)


def test_recorded_calls_follow_the_channel_too(sd15_folder, files):
    pipe = pipe_of(sd15_folder)
    one = [adapter(pipe, files)]
    add_ip_adapters(pipe, one)
    pictures = PicturePrompts(pipe, one, CPU)
    about = score(strength=0.25)
    plain, recorded = (
        DiffusionEngine(pipe, about, CPU, 2, 2, 1.0, pictures=pictures, networks=networks)
        for networks in (None, Networks(pipe, CPU, 1.0, Graphs(record)))
    )
    for factor in (1.0, 0.5):
        row = score(strength=0.25, ip_adapter=factor).row(0)
        expected, found = (each.img2img(card(64, 48), row) for each in (plain, recorded))
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


def test_weights_that_do_not_fit_are_named(sd15_folder, files, tmp_path):
    pipe = pipe_of(sd15_folder)
    fine = adapter(pipe, files)
    with pytest.raises(EngineError, match="was trained for another model: it has 4 layers"):
        add_ip_adapters(pipe_of(WORLDS), [fine])
    save_file({"other": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(EngineError, match=r"other\.safetensors is not an IP-Adapter"):
        add_ip_adapters(pipe, [adapter(pipe, files, path=str(tmp_path / "other.safetensors"))])
    add_ip_adapters(pipe, [fine])
    with pytest.raises(EngineError, match=r"the image encoder '.*' cannot be loaded"):
        PicturePrompts(pipe, [fine.model_copy(update={"encoder": str(tmp_path)})], CPU)
