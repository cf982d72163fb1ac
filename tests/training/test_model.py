"""The exported model: a small standard folder in half precision that follows colour words."""

import colorsys
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from transformers import CLIPTokenizer

FOLDER = Path(__file__).parents[2] / "src" / "phosphene" / "models" / "worlds"
ARTICLE = "a futuristic neon city at night, cyberpunk, digital art, highly detailed"


@pytest.fixture(scope="module")
def pipeline():
    from diffusers import AutoPipelineForText2Image

    pipeline = AutoPipelineForText2Image.from_pretrained(FOLDER)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def test_the_folder_is_small_and_standard_and_has_no_pickle():
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 40e6
    assert {path.suffix for path in files} <= {".json", ".safetensors", ".txt"}
    index = json.loads((FOLDER / "model_index.json").read_text())
    assert index["_class_name"] == "StableDiffusionPipeline"
    assert index["unet"] == ["diffusers", "UNet2DConditionModel"]
    assert index["safety_checker"] == [None, None]


def test_every_weight_is_half_precision_and_finite():
    for path in FOLDER.rglob("*.safetensors"):
        with safe_open(path, "pt") as tensors:
            for key in tensors.keys():  # noqa: SIM118 (a safetensors file is not a dict)
                tensor = tensors.get_tensor(key)
                assert tensor.dtype == torch.float16, key
                assert bool(tensor.isfinite().all()), key


def test_the_words_of_the_article_are_single_tokens_and_any_text_can_be_encoded():
    tokenizer = CLIPTokenizer.from_pretrained(FOLDER / "tokenizer")
    assert tokenizer.tokenize(ARTICLE)[:5] == [
        "a</w>",
        "futuristic</w>",
        "neon</w>",
        "city</w>",
        "at</w>",
    ]
    ids = tokenizer("Zürich 日本 🎵", padding="max_length", max_length=48)["input_ids"]
    assert len(ids) == 48
    assert ids[0] == tokenizer.bos_token_id
    assert ids[-1] == tokenizer.pad_token_id
    assert tokenizer.decode(ids, skip_special_tokens=True).strip() == "zürich 日本 🎵"


def test_tokenizer_and_text_model_agree_on_ids(pipeline):
    config, tokenizer = pipeline.text_encoder.config, pipeline.tokenizer
    assert config.eos_token_id == tokenizer.eos_token_id
    assert config.bos_token_id == tokenizer.bos_token_id
    assert config.vocab_size == len(tokenizer)
    assert config.max_position_embeddings == tokenizer.model_max_length


def test_synonyms_mean_the_same_and_fillers_nothing(pipeline):
    """Measured at the text model's last position, which attends to the entire caption."""

    def meaning(words: str) -> torch.Tensor:
        ids = pipeline.tokenizer(words, padding="max_length", return_tensors="pt").input_ids
        with torch.no_grad():
            return pipeline.text_encoder(ids).last_hidden_state[0, -1]

    def alike(a: str, b: str) -> float:
        return float(torch.cosine_similarity(meaning(a), meaning(b), dim=0))

    assert alike("red nebula", "crimson cosmic clouds") > alike("red nebula", "teal nebula")
    assert alike("red nebula", "crimson cosmic clouds") > alike("red nebula", "red temple")
    assert alike("blue city", "blue city, digital art, highly detailed") > alike(
        "blue city", "blue city, with neon signs"
    )


def test_pictures_follow_colour_words(pipeline):
    """Four steps are enough for the hue of red, green and blue nebulae."""
    wanted = {"red": 0, "green": 120, "blue": 220}
    pictures = pipeline(
        [f"{word} nebula" for word in wanted],
        num_inference_steps=4,
        guidance_scale=1.0,
        generator=torch.Generator().manual_seed(1),
        output_type="np",
    ).images
    for (word, hue), picture in zip(wanted.items(), pictures, strict=True):
        found = 360 * colorsys.rgb_to_hsv(*picture.mean(axis=(0, 1)))[0]
        assert abs((found - hue + 180) % 360 - 180) < 35, (word, found)


def test_img2img_at_low_strength_keeps_the_picture_and_at_high_strength_does_not(pipeline):
    from diffusers import AutoPipelineForImage2Image

    painter = AutoPipelineForImage2Image.from_pipe(pipeline)
    ramp = np.linspace(0.1, 0.7, 256, dtype=np.float32)
    image = torch.from_numpy(np.broadcast_to(ramp, (3, 256, 256)).copy())[None]
    change = []
    for strength in (0.1, 0.9):
        out = painter(
            "green forest",
            image=image,
            strength=strength,
            num_inference_steps=10,
            guidance_scale=1.0,
            generator=torch.Generator().manual_seed(2),
            output_type="np",
        ).images[0]
        assert out.shape == (256, 256, 3)
        assert np.isfinite(out).all()
        change.append(np.abs(out - image[0].permute(1, 2, 0).numpy()).mean())
    assert change[0] < 0.08 < change[1]
