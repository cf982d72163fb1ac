"""Small checkpoints of the true classes render through the same loop."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from checkpoints import CHECKPOINTS
from scores import score

from phosphene.engines.diffusion.engine import DiffusionEngine
from phosphene.engines.diffusion.pipeline import PipelineEngine
from phosphene.engines.finding import find_engine
from phosphene.engines.loading import load_pipeline
from phosphene.engines.presets import PRESETS, WORLDS, Preset, Quality, load_preset
from phosphene.engines.runtime.device import choose_device
from phosphene.errors import EngineError, ProjectError
from phosphene.painting.anchors import SceneAnchors
from phosphene.painting.engine import EngineSpec, check_supported
from phosphene.painting.loop import paint
from phosphene.project.tables.model import Model


@pytest.fixture(scope="module", params=sorted(CHECKPOINTS))
def checkpoint(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    CHECKPOINTS[request.param](folder)
    sampler = "consistency" if request.param == "lcm" else "ddim"
    return Preset(str(folder), {"standard": Quality(4, 4, 3.0)}, sampler)


def test_every_family_renders_and_repeats_itself_to_the_bit(checkpoint):
    def render():
        engine = load_preset(checkpoint, Model(), score())
        assert isinstance(engine, DiffusionEngine)
        anchors = SceneAnchors(score(), engine)
        return [frame.picture for frame in paint(score(zoom=1.02), engine, anchors)]

    first, second = render(), render()
    assert len(first) == 3
    for one, two in zip(first, second, strict=True):
        assert one.shape == (1, 3, 48, 64)
        assert one.dtype == torch.float32
        assert one.min() >= 0.0
        assert one.max() <= 1.0
        assert torch.equal(one, two)
    assert not torch.equal(first[0], first[1])


def test_prompt_seed_and_strength_change_the_picture(checkpoint):
    def last(**changes):
        about = score(**changes)
        return list(paint(about, load_preset(checkpoint, Model(), about)))[-1].picture

    base = last()
    assert not torch.equal(base, last(prompts=("a cat", "a house")))
    assert not torch.equal(base, last(strength=0.56))
    assert torch.equal(base, last())


def test_strength_0_keeps_the_picture(checkpoint):
    still = score(strength=0.0)
    engine = load_preset(checkpoint, Model(), still)
    first, *others = (f.picture for f in paint(still, engine, SceneAnchors(score(), engine)))
    assert all(torch.equal(first, other) for other in others)


def test_any_other_pipeline_is_called_through_diffusers(checkpoint):
    pipe = load_pipeline(checkpoint, torch.float32)
    engine = PipelineEngine(
        pipe, score(), torch.device("cpu"), steps=4, first_steps=4, guidance_scale=3.0
    )
    frames = [frame.picture for frame in paint(score(), engine)]
    assert [frame.shape for frame in frames] == [(1, 3, 48, 64)] * 3
    assert torch.equal(frames[2], list(paint(score(), engine))[2].picture)


def test_any_other_pipeline_gets_plain_prompts_and_the_negative_prompt_of_each():
    asked = []

    class Pipe:
        def __call__(self, prompt, image, negative_prompt=None, **settings):
            asked.append((prompt, negative_prompt))
            return SimpleNamespace(images=image)

    about = replace(score(prompts=("a (cat:1.3)", "a dog")), own_negatives=(None, "(rain)"))
    engine = PipelineEngine(Pipe(), about, torch.device("cpu"), 4, 4, 3.0)
    for i in (0, 2):
        engine.img2img(torch.zeros(1, 3, 48, 64), about.row(i))
    assert asked == [("a cat", "bad"), ("a dog", "rain")]


def test_names(registry, tmp_path):
    assert find_engine("none", registry).diffuses is False
    assert find_engine("someone/some-model", registry).name == "someone/some-model"
    for wrong, message in {
        "sd-trubo": "Did you mean 'sd-turbo'", "/no/such/folder": "hub id", "x": "Allowed: ",
    }.items():  # fmt: skip
        with pytest.raises(ProjectError, match="unknown model") as caught:
            find_engine(wrong, registry)
        assert message in caught.value.fix
    with pytest.raises(ProjectError, match=r"no model_index\.json"):
        find_engine(str(tmp_path), registry)


def test_a_model_that_cannot_be_loaded_is_named(tmp_path):
    (tmp_path / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}')
    with pytest.raises(EngineError, match="cannot be loaded: ValueError"):
        load_preset(Preset(str(tmp_path)), Model(), score())


def test_an_unavailable_device_is_named():
    missing = "mps" if torch.cuda.is_available() else "cuda"
    with pytest.raises(EngineError, match=f"'{missing}' is not available; found: .*cpu"):
        choose_device(missing)


def test_the_bundled_model_follows_its_prompt():
    """Red and teal differ with the real weights."""
    about = score(n=2, width=128, height=128, prompts=("a red nebula", "a teal nebula"))
    engine = load_preset(PRESETS["worlds"], Model(steps=6), about)
    red, teal = (anchor.palette.mean.flatten() for anchor in SceneAnchors(about, engine))
    assert red[1] > teal[1] + 0.05  # green to red of OKLab
    assert (WORLDS / "unet" / "diffusion_pytorch_model.safetensors").is_file()


def test_a_channel_that_an_engine_cannot_follow_is_named(registry):
    driven = score(guidance=1.5)
    check_supported(registry.engines["sd15"], Model(), driven)
    for name in ("none", "worlds", "sd-turbo", "lcm"):
        check_supported(registry.engines[name], Model(), score(zoom=1.1))
        with pytest.raises(ProjectError, match=f"guidance.*'{name}' does not support"):
            check_supported(registry.engines[name], Model(), driven)


def test_an_engine_refuses_what_it_cannot_paint_before_it_is_loaded():
    def refuse(model, score):
        raise ProjectError(f"{score.prompts[0]} at {model.steps} steps")

    spec = EngineSpec("odd", "odd", load=None, check=refuse)
    with pytest.raises(ProjectError, match="a red nebula at 3 steps"):
        check_supported(spec, Model(steps=3), score(prompts=("a red nebula", "a teal nebula")))


def test_guidance_is_a_channel(checkpoint):
    def last(guidance):
        about = score(guidance=guidance)
        return list(paint(about, load_preset(checkpoint, Model(), about)))[-1].picture

    # A latent consistency model has its guidance inside, which is fixed.
    same = checkpoint.sampler == "consistency"
    assert torch.equal(last(1.0), last(2.0)) == same
