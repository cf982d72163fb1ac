"""The built-in engines: a table of models with the settings that they are trained for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from phosphene.authoring import hookimpl
from phosphene.painting.engine import Engine, EngineSpec

if TYPE_CHECKING:
    from phosphene.engines.runtime.batches import Batches
    from phosphene.project.tables.model import Model
    from phosphene.score.score import Score

WORLDS = Path(__file__).parent.parent / "models" / "worlds"


@dataclass(frozen=True)
class Quality:
    """Settings of a model for one of `phosphene.project.tables.QUALITIES`.

    Parameters
    ----------
    steps : int
        Steps of the full noise schedule; strength s evaluates `ceil(s * steps)` of them.
    first_steps : int
        Steps for the first picture.
    guidance_scale : float
        At 1 or less, the model is evaluated once per step instead of twice.
    vae : str
        Hub id of a VAE that replaces the model's own: faster, or stable in half precision.
    lora : str
        Low-rank weights that are merged into the UNet: `owner/name/file.safetensors` on the hub, or
        a file.
    """

    steps: int
    first_steps: int
    guidance_scale: float
    vae: str = ""
    lora: str = ""


FULL = {
    "draft": Quality(10, 20, 7.5),
    "standard": Quality(20, 30, 7.5),
    "fine": Quality(40, 50, 7.5),
}


@dataclass(frozen=True)
class Preset:
    """A model and its settings.

    Parameters
    ----------
    source : str
        Hub id or folder.
    qualities : mapping of str to Quality
        One for each name in `phosphene.project.tables.QUALITIES`.
    sampler : str
        A name in `phosphene.engines.diffusion.samplers.SAMPLERS`.
    graphs : bool
        Whether it runs as OpenVINO graphs on a CPU in float32; for small models.
    trained : tuple of (int, int)
        Widths and heights in px that it was trained on, if it repeats its scene in larger pictures;
        these are then painted at such a size and enlarged (`[model] native_size`).
    """

    source: str
    qualities: Mapping[str, Quality] = field(default_factory=lambda: FULL)
    sampler: str = "ddim"
    graphs: bool = False
    trained: tuple[tuple[int, int], ...] = ()


TAESD, TAESDXL = "madebyollin/taesd", "madebyollin/taesdxl"
SDXL_VAE = "madebyollin/sdxl-vae-fp16-fix"
SD15 = "stable-diffusion-v1-5/stable-diffusion-v1-5"
SDXL = "stabilityai/stable-diffusion-xl-base-1.0"
LCM_LORA = "latent-consistency/lcm-lora-sdv1-5/pytorch_lora_weights.safetensors"
HYPER = "ByteDance/Hyper-SD/Hyper-SD15-{}steps-lora.safetensors"
LIGHTNING = "ByteDance/SDXL-Lightning/sdxl_lightning_{}step_lora.safetensors"

# Turbo, Lightning and Hyper-SD are trained without guidance, and for trailing timestep spacing,
# which all presets use. LCM takes guidance as an input; LCM-LoRA needs a scale of 1 to 2.
_TABLE = {
    "worlds": (
        "bundled: small, runs everywhere, no download",
        Preset(
            str(WORLDS),
            {
                "draft": Quality(1, 2, 1.0),
                "standard": Quality(2, 3, 1.0),
                "fine": Quality(4, 4, 1.0),
            },
            graphs=True,
            trained=((256, 256), (336, 192), (192, 336)),
        ),
    ),
    "sd15": (
        "Stable Diffusion 1.5",
        Preset(SD15, {**FULL, "draft": Quality(10, 20, 7.5, TAESD)}),
    ),
    "sd-turbo": (
        "SD-Turbo: one or two steps, for a GPU in real time",
        Preset(
            "stabilityai/sd-turbo",
            {
                "draft": Quality(1, 4, 0.0, TAESD),
                "standard": Quality(2, 4, 0.0, TAESD),
                "fine": Quality(4, 4, 0.0),
            },
        ),
    ),
    "lcm": (
        "Latent consistency model on SD 1.5: four steps",
        Preset(
            "SimianLuo/LCM_Dreamshaper_v7",
            {
                "draft": Quality(2, 4, 8.0, TAESD),
                "standard": Quality(4, 8, 8.0, TAESD),
                "fine": Quality(8, 8, 8.0),
            },
            sampler="consistency",
        ),
    ),
    "lcm-lora": (
        "SD 1.5 with LCM-LoRA: four steps",
        Preset(
            SD15,
            {
                "draft": Quality(2, 4, 1.0, TAESD, LCM_LORA),
                "standard": Quality(4, 8, 1.0, TAESD, LCM_LORA),
                "fine": Quality(8, 8, 1.0, lora=LCM_LORA),
            },
            sampler="consistency",
        ),
    ),
    "hyper-sd": (
        "SD 1.5 with the Hyper-SD LoRA: two, four or eight steps",
        Preset(
            SD15,
            {
                "draft": Quality(2, 2, 0.0, TAESD, HYPER.format(2)),
                "standard": Quality(4, 4, 0.0, TAESD, HYPER.format(4)),
                "fine": Quality(8, 8, 0.0, lora=HYPER.format(8)),
            },
        ),
    ),
    "sdxl": (
        "Stable Diffusion XL: 1024 px",
        Preset(
            SDXL,
            {
                "draft": Quality(10, 20, 6.0, TAESDXL),
                "standard": Quality(20, 30, 6.0, SDXL_VAE),
                "fine": Quality(40, 50, 6.0, SDXL_VAE),
            },
        ),
    ),
    "sdxl-turbo": (
        "SDXL-Turbo: one or two steps at 512 px",
        Preset(
            "stabilityai/sdxl-turbo",
            {
                "draft": Quality(1, 4, 0.0, TAESDXL),
                "standard": Quality(2, 4, 0.0, TAESDXL),
                "fine": Quality(4, 4, 0.0, SDXL_VAE),
            },
        ),
    ),
    "sdxl-lightning": (
        "SDXL with the Lightning LoRA: two, four or eight steps at 1024 px",
        Preset(
            SDXL,
            {
                "draft": Quality(2, 2, 0.0, TAESDXL, LIGHTNING.format(2)),
                "standard": Quality(4, 4, 0.0, TAESDXL, LIGHTNING.format(4)),
                "fine": Quality(8, 8, 0.0, SDXL_VAE, LIGHTNING.format(8)),
            },
        ),
    ),
}

PRESETS: dict[str, Preset] = {name: preset for name, (_, preset) in _TABLE.items()}


def load_preset(
    preset: Preset, model: Model, score: Score, batches: Batches | None = None
) -> Engine:
    """Load the model of a preset; heavy libraries are imported here."""
    from phosphene.engines.loading import load_engine

    return load_engine(preset, model, score, batches)


def preset_of(spec: EngineSpec) -> Preset | None:
    """The preset that an engine loads; None for `none` and for engines of plugins."""
    load = spec.load
    return load.args[0] if isinstance(load, partial) and load.func is load_preset else None


def needs_torch(spec: EngineSpec) -> bool:
    """Whether an engine needs PyTorch for every film; `none` needs it for some frames only."""
    return spec.load is not _load_camera


def changes_model(model: Model) -> bool:
    """Whether an engine changes its model while it paints, so that no other film can share it."""
    return bool(model.control or model.ip_adapter or any(lora.driven for lora in model.lora))


def batchable(spec: EngineSpec, model: Model) -> bool:
    """Whether to paint several films in batches of one model: on a GPU, if they can share it.

    Raises
    ------
    EngineError
        If the device is not available.
    """
    preset = preset_of(spec)
    if preset is None or model.device == "cpu" or model.compile or changes_model(model):
        return False
    from phosphene.engines.runtime.device import choose_device
    from phosphene.engines.words.reading import family_of

    on_gpu = choose_device(model.device).type != "cpu"
    return on_gpu and family_of(preset.source) is not None


def load_batched(spec: EngineSpec, model: Model, score: Score, batches: Batches | None) -> Engine:
    """Load an engine; that of a preset shares its model with the other films of some batches."""
    preset = preset_of(spec)
    if preset is None or batches is None:
        return spec.load(model, score)
    return load_preset(preset, model, score, batches)


def _load_camera(model: Model, score: Score) -> Engine:
    from phosphene.engines.preview.camera import Camera

    return Camera(score)  # type: ignore[return-value]  # its `device` cannot be set


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    register(
        EngineSpec(
            "none",
            "the camera alone, for a quick preview",
            _load_camera,
            diffuses=False,
            ignores=frozenset({"guidance"}),
        )
    )
    for name, (description, preset) in _TABLE.items():
        # Without guidance, or with guidance as an input of the model, the channel has no effect.
        fixed = (
            preset.qualities["standard"].guidance_scale <= 1.0 or preset.sampler == "consistency"
        )
        ignores = frozenset({"guidance"}) if fixed else frozenset()
        register(
            EngineSpec(
                name,
                description,
                partial(load_preset, preset),
                ignores=ignores,
                source=preset.source,
                adapters=True,
            )
        )
