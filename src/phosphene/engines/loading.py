"""Loading a model: the pipeline of its preset, and the engine that runs it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from phosphene.engines.diffusion.cached_pipeline import CachedPipeline, can_cache
from phosphene.engines.diffusion.control import Controls
from phosphene.engines.diffusion.engine import DiffusionEngine
from phosphene.engines.diffusion.loras import Loras, merge
from phosphene.engines.diffusion.networks import Networks
from phosphene.engines.diffusion.picture_prompts import PicturePrompts, add_ip_adapters
from phosphene.engines.diffusion.pipeline import PipelineEngine
from phosphene.engines.model_files import check_layout, from_cache_or_hub, loading, quiet
from phosphene.engines.presets import PRESETS, Preset, changes_model
from phosphene.engines.runtime.batches import Batches
from phosphene.engines.runtime.cuda_graphs import CudaRecorder, Graphs
from phosphene.engines.runtime.device import choose_device, convert, has_room, place, working_dtype
from phosphene.engines.runtime.linear_layers import fold_autoencoder
from phosphene.engines.runtime.openvino_graphs import run_as_graphs
from phosphene.engines.runtime.pipeline_cache import PIPELINE_CACHE
from phosphene.engines.sizes import Resized, painted_size
from phosphene.engines.words.reading import FAMILIES, check_vocabulary, family_of
from phosphene.engines.words.vocabulary import in_known_words
from phosphene.errors import EngineError
from phosphene.painting.engine import Engine

IMG2IMG = {f"{family}Img2ImgPipeline" for family in FAMILIES}

if TYPE_CHECKING:
    from phosphene.project.tables.model import Model
    from phosphene.score.score import Score


def load_engine(
    preset: Preset, model: Model, score: Score, batches: Batches | None = None
) -> Engine:
    """Load a model as an engine for a Score.

    Parameters
    ----------
    preset : Preset
        Its source, and settings that the project may override.
    model : Model
        The project's `[model]`.
    score : Score
    batches : Batches, optional
        For several films painted side by side.

    Returns
    -------
    Engine
        `DiffusionEngine` for the Stable Diffusion family, `PipelineEngine` for any other model,
        and either wrapped in `Resized` if it paints at another size.

    Raises
    ------
    EngineError
        If the model is missing or cannot be loaded.
    """
    device = choose_device(model.device)
    with loading(preset.source):
        film = score.width, score.height
        size = painted_size(*film, preset.trained if model.native_size else ())
        score = replace(score, width=size[0], height=size[1])
        with nullcontext() if batches is None else batches.loading:
            engine = _engine(preset, model, score, device, batches)
        if preset not in PRESETS.values():
            _try(engine, score)
    return engine if size == film else Resized(engine, size, film)


def _engine(
    preset: Preset, model: Model, score: Score, device: torch.device, batches: Batches | None
) -> DiffusionEngine | PipelineEngine:
    dtype = working_dtype(device)
    quality = preset.qualities[model.quality]
    steps = model.steps or quality.steps
    first_steps = max(steps, quality.first_steps)
    guidance = quality.guidance_scale if model.guidance_scale is None else model.guidance_scale
    key = _key(preset, model, device)
    kept = {} if batches is None or key is None else batches.kept
    networks = kept.get((key, guidance))
    if networks is None:
        pipe = PIPELINE_CACHE.get(key)
        if pipe is None and _is_cached(preset, model, device, dtype):
            pipe = CachedPipeline(preset.source, lambda: _on_cpu(preset, model.quality))
            PIPELINE_CACHE.put(key, pipe)
        if pipe is not None:
            networks = Networks(pipe, device, guidance, _recording(model, device), batches)
            kept[key, guidance] = networks
    if networks is not None:
        score = in_known_words(preset.source, score)
        return DiffusionEngine(
            networks.pipe, score, device, steps, first_steps, guidance, preset.sampler,
            networks=networks,
        )  # fmt: skip
    # On a CPU, prompts are encoded once each, in float32 for any precision of the rest.
    loaded = torch.float32 if device.type == "cpu" else dtype
    pipe = load_pipeline(preset, loaded, model.quality)
    for lora in model.lora:
        if not lora.driven:
            merge(pipe, lora.path, lora.weight)
    loras = Loras(pipe, [lora for lora in model.lora if lora.driven])
    controlled = bool(model.control or model.ip_adapter)
    if controlled and type(pipe).__name__ not in IMG2IMG:
        raise EngineError(
            f"ControlNets and IP-Adapters need Stable Diffusion or SDXL; '{preset.source}' is a "
            f"{type(pipe).__name__}",
            "Remove [[model.control]] and [[model.ip_adapter]], or choose another model.",
        )
    add_ip_adapters(pipe, model.ip_adapter)
    score = in_known_words(preset.source, score)
    resident = place(pipe, device)
    if type(pipe).__name__ not in IMG2IMG:
        return PipelineEngine(pipe, score, device, steps, first_steps, guidance, loras)
    if device.type == "cpu":
        fold_autoencoder(pipe.vae)
        convert(pipe, dtype)
    controls = Controls(pipe, model.control, score, device) if model.control else None
    pictures = PicturePrompts(pipe, model.ip_adapter, device) if model.ip_adapter else None
    added = controlled or loras.driven
    if model.compile:
        pipe.unet = torch.compile(pipe.unet)
    elif preset.graphs and device.type == "cpu" and dtype is torch.float32 and not added:
        run_as_graphs(pipe)
    if resident and has_room(device):
        PIPELINE_CACHE.put(key, pipe)
    graphs = _recording(model, device) if resident else None
    fixed = not loras.driven
    together = batches if fixed and pictures is None else None
    networks = kept[key, guidance] = Networks(pipe, device, guidance, graphs, together, fixed)
    return DiffusionEngine(
        pipe, score, device, steps, first_steps, guidance, preset.sampler,
        loras, controls, pictures, networks,
    )  # fmt: skip


def _is_cached(preset: Preset, model: Model, device: torch.device, dtype: torch.dtype) -> bool:
    """Whether a model runs from the cache: a small one without additions, in float32 on a CPU."""
    added = model.lora or model.control or model.ip_adapter or model.compile
    quality = preset.qualities[model.quality]
    return (
        preset.graphs
        and device.type == "cpu"
        and dtype is torch.float32
        and not (added or quality.vae or quality.lora)
        and can_cache(preset.source)
    )


def _on_cpu(preset: Preset, quality: str) -> Any:
    pipe = load_pipeline(preset, torch.float32, quality)
    place(pipe, torch.device("cpu"))
    fold_autoencoder(pipe.vae)
    convert(pipe, torch.float32)
    return pipe


def _recording(model: Model, device: torch.device) -> Graphs | None:
    """CUDA graphs for a model that stays on a GPU; None otherwise."""
    return Graphs(CudaRecorder()) if device.type == "cuda" and not model.compile else None


def _key(preset: Preset, model: Model, device: torch.device) -> str | None:
    """The cache key of a pipeline; None if an engine changes it while painting."""
    if changes_model(model):
        return None
    return repr((preset, model.quality, model.lora, model.compile, device))


def _try(engine: Engine, score: Score) -> None:
    """Paint one small step, to find out whether the parts of an unknown model fit together."""
    row = score.row(0)
    grey = torch.full((1, 3, score.height, score.width), 0.5, device=engine.device)
    painted = engine.img2img(grey, replace(row, channels={**row.channels, "strength": 1e-3}))
    if painted.shape != grey.shape:
        raise ValueError(f"it returns pictures of shape {tuple(painted.shape)}")
    if not bool(painted.isfinite().all()):
        raise ValueError("it returns values that are not finite")


def load_pipeline(preset: Preset, dtype: torch.dtype, quality: str = "standard") -> Any:
    """Load the diffusers img2img pipeline of a preset at a quality, on the CPU; safetensors only.

    Raises
    ------
    EngineError
        If the model is missing or cannot be loaded.
    """
    quiet()
    import diffusers

    about: dict[str, Any] = {"dtype": dtype, "use_safetensors": True}
    with loading(preset.source):
        check_layout(preset.source)
        # Importing the automatic pipeline would import those of all families.
        family = family_of(preset.source)
        name = f"{family}Img2ImgPipeline" if family else "AutoPipelineForImage2Image"
        load = getattr(diffusers, name).from_pretrained
        pipe = from_cache_or_hub(_with_variant(load), preset.source, **about)
        if vae := preset.qualities[quality].vae:
            kind = diffusers.AutoencoderTiny if "taesd" in vae else type(pipe.vae)
            pipe.vae = from_cache_or_hub(kind.from_pretrained, vae, **about)
        if lora := preset.qualities[quality].lora:
            merge(pipe, lora)
        check_vocabulary(pipe, preset.source)
    if getattr(pipe, "safety_checker", None) is not None:
        pipe.safety_checker = None  # a false positive would turn the feedback black
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _with_variant(load: Callable[..., Any]) -> Callable[..., Any]:
    """Load half-precision weights if the hub has them, and the full ones otherwise."""

    def loaded(source: str, *, dtype: torch.dtype, **about: Any) -> Any:
        if dtype is torch.float16 and not Path(source).is_dir():
            with suppress(OSError, ValueError):
                return load(source, dtype=dtype, variant="fp16", **about)
        return load(source, dtype=dtype, **about)

    return loaded
