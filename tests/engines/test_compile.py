"""Every evaluation has the same shapes, so that a compiled UNet is compiled once, as one graph."""

from dataclasses import replace

import pytest
import torch
from checkpoints import CHECKPOINTS
from scores import card, score

from phosphene.engines.presets import Preset, Quality, load_preset
from phosphene.project.schema import Model


@pytest.mark.parametrize("family", CHECKPOINTS)
def test_one_graph_for_every_step_strength_and_seed(family, tmp_path):
    CHECKPOINTS[family](tmp_path)
    sampler = "consistency" if family == "lcm" else "ddim"
    preset = Preset(str(tmp_path), {"standard": Quality(4, 4, 3.0)}, sampler)
    engine = load_preset(preset, Model(device="cpu"), score())
    graphs = []

    def compiled(graph, inputs):
        graphs.append(inputs)
        return graph.forward

    torch._dynamo.reset()
    engine._unet = torch.compile(engine._unet, backend=compiled, fullgraph=True)
    for strength, seed in [(0.3, 0), (0.55, 1), (1.0, 2)]:
        engine.img2img(card(64, 48), replace(score(strength=strength).row(1), seed=seed))
    assert len(graphs) == 1
