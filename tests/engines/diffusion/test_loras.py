"""LoRAs: merged where their weight is constant, and set for every frame where it is driven."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from scores import card, score

from phosphene.engines.loading import load_pipeline
from phosphene.engines.presets import Preset, Quality, load_preset
from phosphene.errors import EngineError
from phosphene.painting.loop import paint
from phosphene.project.tables.model import Model

NAME = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q"


@pytest.fixture(scope="module")
def lora(tmp_path_factory, sd15_folder):
    """Low-rank weights for one layer of the small SD 1.5: weight + up @ down."""
    there = load_pipeline(Preset(str(sd15_folder)), torch.float32).unet.state_dict()
    columns = there[f"{NAME}.weight"].shape[1]
    generator = torch.Generator().manual_seed(0)
    down, up = (torch.randn(*shape, generator=generator) for shape in ((2, columns), (columns, 2)))
    key = "lora_unet_" + NAME.replace(".", "_")
    path = tmp_path_factory.mktemp("lora") / "own.safetensors"
    weights = {f"{key}.lora_down.weight": down, f"{key}.lora_up.weight": up}
    save_file(weights | {f"{key}.alpha": torch.tensor(2.0)}, path)
    return path


def loaded(folder, about, *loras, **more):
    model = Model.model_validate({"device": "cpu", "lora": list(loras), **more})
    preset = Preset(str(folder), {"standard": Quality(2, 2, 1.0)})
    return load_preset(preset, model, about)


def painted(engine, factor=1.0):
    """A card repainted with the channel `lora` at a value."""
    return engine.img2img(card(64, 48), score(lora=factor).row(0))


def test_constant_weights_are_merged_and_add_up(sd15_folder, lora):
    path = str(lora)
    half = {"path": path, "weight": 0.5}
    engine = loaded(sd15_folder, score(), half, half)
    weights = engine.unet.state_dict()
    assert NAME + ".weight" in weights  # nothing is left beside the weights
    once = loaded(sd15_folder, score(), {"path": path}).unet.state_dict()
    torch.testing.assert_close(weights[NAME + ".weight"], once[NAME + ".weight"])


def test_a_driven_weight_is_that_of_a_merged_one(sd15_folder, lora):
    driven = loaded(
        sd15_folder, score(lora=2.0), {"path": str(lora), "weight": 0.5, "driven": True}
    )
    merged, bare = loaded(sd15_folder, score(), {"path": str(lora)}), loaded(sd15_folder, score())
    torch.testing.assert_close(painted(driven, 2.0), painted(merged), atol=1e-5, rtol=0)
    torch.testing.assert_close(painted(driven, 0.0), painted(bare), atol=1e-5, rtol=0)
    assert (painted(merged) - painted(bare)).abs().max() > 1e-3


def test_weights_are_set_only_when_they_change_and_do_not_depend_on_the_frames_before(
    sd15_folder, lora, monkeypatch
):
    about = score(n=5, width=32, height=32)
    factors = np.array([1.0, 0.5, 0.5, 0.0, 1.0])
    about.channels["lora"].setflags(write=True)
    about.channels["lora"][:] = factors
    engine = loaded(sd15_folder, about, {"path": str(lora), "driven": True})
    told, set_adapters = [], engine.unet.set_adapters

    def record(names, weights):
        told.append(weights)
        set_adapters(names, weights)

    monkeypatch.setattr(engine.unet, "set_adapters", record)
    frames = list(paint(about, engine))
    assert told == [[0.5], [0.0], [1.0]]
    engine._loras.set_factor(0.25)
    *_, last = paint(about, engine, after=(2, frames[2].state))
    assert torch.equal(last.picture, frames[-1].picture)


def test_a_lora_for_another_model_is_named(sdxl_folder, tmp_path):
    path = tmp_path / "other.safetensors"
    key = "lora_unet_down_blocks_9_attentions_0_proj_in"
    save_file({f"{key}.lora_down.weight": torch.ones(2, 8), f"{key}.lora_up.weight": torch.ones(8, 2),
               f"{key}.alpha": torch.tensor(2.0)}, path)  # fmt: skip
    with pytest.raises(EngineError, match=r"the LoRA '.*other\.safetensors'"):
        loaded(sdxl_folder, score(), {"path": str(path)})
