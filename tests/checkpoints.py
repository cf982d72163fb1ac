"""Small checkpoints of the true diffusers classes, with random weights, in the standard layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerDiscreteScheduler,
    LatentConsistencyModelImg2ImgPipeline,
    LCMScheduler,
    StableDiffusionImg2ImgPipeline,
    StableDiffusionXLImg2ImgPipeline,
    UNet2DConditionModel,
)
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
)

WIDTH = 32  # of the text embedding


def tokenizer(folder: Path) -> CLIPTokenizer:
    """A CLIP tokenizer that knows letters alone."""
    letters = "abcdefghijklmnopqrstuvwxyz,"
    words = ["<|startoftext|>", "<|endoftext|>", *letters, *(c + "</w>" for c in letters)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({word: k for k, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer(
        str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77
    )


def text_config(**more: Any) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=64, hidden_size=WIDTH, intermediate_size=37, num_attention_heads=4,
        num_hidden_layers=2, bos_token_id=0, eos_token_id=1, pad_token_id=1, **more,
    )  # fmt: skip


def vae() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(8, 16), norm_num_groups=4, latent_channels=4,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
    )  # fmt: skip


def unet(**more: Any) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4, sample_size=16,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), attention_head_dim=4, **more,
    )  # fmt: skip


def sd15(folder: Path) -> None:
    """Stable Diffusion 1.5: one text encoder, epsilon prediction."""
    torch.manual_seed(0)
    pipe = StableDiffusionImg2ImgPipeline(
        vae=vae(), text_encoder=CLIPTextModel(text_config()), tokenizer=tokenizer(folder / "t"),
        unet=unet(cross_attention_dim=WIDTH),
        scheduler=DDIMScheduler(beta_schedule="scaled_linear", clip_sample=False, steps_offset=1),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipe.save_pretrained(folder)


def sdxl(folder: Path) -> None:
    """Stable Diffusion XL: two text encoders, pooled prompt and sizes as conditions."""
    torch.manual_seed(0)
    pipe = StableDiffusionXLImg2ImgPipeline(
        vae=vae(), text_encoder=CLIPTextModel(text_config()),
        text_encoder_2=CLIPTextModelWithProjection(text_config(projection_dim=WIDTH)),
        tokenizer=tokenizer(folder / "t"), tokenizer_2=tokenizer(folder / "t"),
        unet=unet(
            cross_attention_dim=2 * WIDTH, addition_embed_type="text_time",
            addition_time_embed_dim=8, projection_class_embeddings_input_dim=WIDTH + 6 * 8,
        ),
        scheduler=EulerDiscreteScheduler(beta_schedule="scaled_linear"),
        requires_aesthetics_score=False,
    )  # fmt: skip
    pipe.save_pretrained(folder)


def lcm(folder: Path) -> None:
    """A latent consistency model: its guidance scale is an input of the UNet."""
    torch.manual_seed(0)
    pipe = LatentConsistencyModelImg2ImgPipeline(
        vae=vae(), text_encoder=CLIPTextModel(text_config()), tokenizer=tokenizer(folder / "t"),
        unet=unet(cross_attention_dim=WIDTH, time_cond_proj_dim=16),
        scheduler=LCMScheduler(beta_schedule="scaled_linear"),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipe.save_pretrained(folder)


CHECKPOINTS = {"sd15": sd15, "sdxl": sdxl, "lcm": lcm}


def depth_estimator(folder: Path) -> Path:
    """A Depth Anything model of a few thousand weights, as `save_pretrained` writes it."""
    from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config

    backbone = Dinov2Config(
        hidden_size=16, num_hidden_layers=4, num_attention_heads=2, mlp_ratio=2, image_size=28,
        patch_size=14, out_features=["stage1", "stage2", "stage3", "stage4"],
        reshape_hidden_states=False, apply_layernorm=True,
    )  # fmt: skip
    config = DepthAnythingConfig(
        backbone_config=backbone, reassemble_hidden_size=16, neck_hidden_sizes=[8, 8, 8, 8],
        fusion_hidden_size=8, head_hidden_size=8,
    )  # fmt: skip
    torch.manual_seed(0)
    model = DepthAnythingForDepthEstimation(config)
    for weight in model.parameters():
        if weight.ndim > 1:  # the usual weights are so small that every picture has one depth
            torch.nn.init.normal_(weight, 0.0, 1.5 * weight[0].numel() ** -0.5)
    torch.nn.init.constant_(model.head.conv3.bias, 3.0)
    model.save_pretrained(folder)
    size = {"height": 28, "width": 28}
    about = {
        "size": size,
        "ensure_multiple_of": 14,
        "image_mean": [0.5] * 3,
        "image_std": [0.5] * 3,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(about))
    return folder
