"""What each engine does at each quality."""

from pathlib import Path
from unittest import mock

import pytest
import torch
from checkpoints import sd15, vae
from diffusers import AutoencoderTiny
from safetensors.torch import save_file
from scores import score

from phosphene.engines.finding import find_engine
from phosphene.engines.loading import load_pipeline
from phosphene.engines.presets import PRESETS, Preset, Quality, batchable, load_preset
from phosphene.painting.loop import paint
from phosphene.project.tables import QUALITIES
from phosphene.project.tables.model import Control, Model

DOCS = Path(__file__).parents[2] / "docs" / "models.md"


@pytest.mark.parametrize("name", PRESETS)
def test_every_engine_has_every_quality_and_they_rise(name):
    qualities = PRESETS[name].qualities
    assert list(qualities) == list(QUALITIES)
    steps = [quality.steps for quality in qualities.values()]
    assert steps == sorted(set(steps))
    assert all(quality.first_steps >= quality.steps for quality in qualities.values())
    # What a project drives, guidance or not, does not change with the quality.
    assert len({quality.guidance_scale > 1.0 for quality in qualities.values()}) == 1


@pytest.mark.parametrize("name", PRESETS)
def test_the_table_in_the_docs_is_the_table_in_the_code(name):
    cells = [
        f"{quality.steps} ({quality.first_steps})" for quality in PRESETS[name].qualities.values()
    ]
    guidance = PRESETS[name].qualities["standard"].guidance_scale
    row = f"| `{name}` | {' | '.join(cells)} | {'none' if guidance <= 1 else f'{guidance:g}'} |"
    assert row in DOCS.read_text()


@pytest.fixture
def folder(tmp_path):
    sd15(tmp_path / "checkpoint")
    return tmp_path / "checkpoint"


def test_quality_determines_the_number_of_evaluations(folder):
    preset = Preset(str(folder), {"draft": Quality(2, 4, 1.0), "standard": Quality(8, 8, 3.0)})

    def evaluations(model):
        about = score(n=2, strength=0.5)
        engine = load_preset(preset, model, about)
        frames = paint(about, engine)
        next(frames)
        seen = []
        engine.unet.register_forward_hook(lambda *call: seen.append(len(call[-1][0])))
        next(frames)
        return seen

    assert evaluations(Model(quality="draft")) == [1]
    assert evaluations(Model()) == [2] * 4  # with the negative prompt, in one batch
    assert evaluations(Model(quality="draft", steps=6)) == [1] * 3
    assert evaluations(Model(quality="draft", guidance_scale=2.0)) == [2]


def test_a_lora_is_merged_into_the_unet(folder, tmp_path):
    """Low-rank weights as LCM-LoRA has them: weight + alpha / rank * up @ down."""
    name = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q"
    before = load_pipeline(Preset(str(folder)), torch.float32).unet.state_dict()
    there = before[f"{name}.weight"]
    down, up = torch.randn(2, there.shape[1]), torch.randn(there.shape[0], 2)
    key = "lora_unet_" + name.replace(".", "_")
    lora = {f"{key}.lora_down.weight": down, f"{key}.lora_up.weight": up,
            f"{key}.alpha": torch.tensor(4.0)}  # fmt: skip
    save_file(lora, tmp_path / "lora.safetensors")
    preset = Preset(
        str(folder), {"standard": Quality(4, 4, 1.0, lora=str(tmp_path / "lora.safetensors"))}
    )
    after = load_pipeline(preset, torch.float32).unet.state_dict()
    assert after.keys() == before.keys()  # nothing is left beside the weights
    torch.testing.assert_close(after.pop(f"{name}.weight"), there + 2.0 * up @ down)
    assert all(torch.equal(value, before[name]) for name, value in after.items())


@pytest.mark.parametrize("tiny", [True, False])
def test_the_vae_of_a_quality_replaces_the_models_own(folder, tmp_path, tiny):
    other = tmp_path / ("taesd" if tiny else "other-vae")
    (AutoencoderTiny() if tiny else vae()).save_pretrained(other)
    preset = Preset(str(folder), {"standard": Quality(4, 4, 1.0, vae=str(other))})
    loaded = load_pipeline(preset, torch.float32).vae
    assert isinstance(loaded, AutoencoderTiny) == tiny
    assert loaded.config["_name_or_path"] == str(other)


def test_films_are_painted_in_batches_on_a_gpu_if_they_can_share_a_model(registry):
    worlds, none = (find_engine(name, registry) for name in ("worlds", "none"))
    edges = Control(path="net", kind="canny")
    with mock.patch("torch.cuda.is_available", return_value=True):
        assert batchable(worlds, Model())
        assert not batchable(none, Model())
        for own in (Model(device="cpu"), Model(compile=True), Model(control=[edges])):
            assert not batchable(worlds, own)
    with mock.patch("torch.cuda.is_available", return_value=False):
        assert not batchable(worlds, Model())
