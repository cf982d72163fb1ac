"""SD 1.5 at full size, and a tiny model of the same classes for the CPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderTiny,
    DDIMScheduler,
    StableDiffusionImg2ImgPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from phosphene.engines.presets import WORLDS

CPU = torch.device("cpu")
WIDTHS = np.array([1, 2, 4, 4])  # of the stages of a UNet and a VAE, relative to the first


@dataclass(frozen=True)
class Scale:
    """Device, dtype, size and count of frames, sizes of the models, and the size of a busy loop."""

    device: torch.device
    dtype: torch.dtype
    size: int
    frames: int
    text: int
    unet: int
    vae: int
    tiny_vae: int
    layers: int  # per stage
    product: int


SD15 = Scale(torch.device("cuda"), torch.float16, 512, 60, 768, 320, 128, 64, 2, 8192)
TINY = Scale(CPU, torch.float32, 64, 2, 32, 8, 8, 8, 1, 64)


def pipeline(scale: Scale) -> Any:
    """SD 1.5 as in the reference loop, with PyTorch's own random weights."""
    groups = {"norm_num_groups": min(32, scale.unet // 2)}
    torch.manual_seed(0)
    encoder = CLIPTextModel(CLIPTextConfig(
        hidden_size=scale.text, intermediate_size=4 * scale.text, num_hidden_layers=12,
        num_attention_heads=max(1, scale.text // 64),
    ))  # fmt: skip
    with scale.device:
        unet = UNet2DConditionModel(
            sample_size=64, cross_attention_dim=scale.text, attention_head_dim=8,
            block_out_channels=tuple((scale.unet * WIDTHS).tolist()),
            layers_per_block=scale.layers, **groups,
        )  # fmt: skip
        vae = AutoencoderKL(
            block_out_channels=tuple((scale.vae * WIDTHS).tolist()), layers_per_block=scale.layers,
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4, **groups,
        )  # fmt: skip
    print(f"UNet of {sum(p.numel() for p in unet.parameters()):,} parameters")
    pipe = StableDiffusionImg2ImgPipeline(
        vae=vae, text_encoder=encoder, unet=unet,
        tokenizer=CLIPTokenizer.from_pretrained(WORLDS / "tokenizer", model_max_length=77),
        scheduler=DDIMScheduler(
            beta_schedule="scaled_linear", clip_sample=False, steps_offset=1
        ),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipe.set_progress_bar_config(disable=True)
    return pipe.to(scale.device, scale.dtype)


def with_tiny_vae(pipe: Any, scale: Scale) -> Any:
    """The same pipeline with the tiny VAE."""
    widths = (scale.tiny_vae,) * 4
    vae = AutoencoderTiny(encoder_block_out_channels=widths, decoder_block_out_channels=widths)
    vae.to(scale.device, scale.dtype)
    return StableDiffusionImg2ImgPipeline(
        **{**pipe.components, "vae": vae}, requires_safety_checker=False
    )
