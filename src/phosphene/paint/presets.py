"""The engines that come with Phosphene: a table of checkpoints with their right settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from phosphene.engines import Engine, EngineSpec
from phosphene.hookspecs import hookimpl

if TYPE_CHECKING:
    from phosphene.project import Model
    from phosphene.score.score import Score

WORLDS = Path(__file__).parent.parent / "models" / "worlds"


@dataclass(frozen=True)
class Preset:
    """A checkpoint and the settings that it is made for.

    Parameters
    ----------
    source : str
        Hub id or folder.
    steps : int
        Steps of the full noise schedule; strength s evaluates `ceil(s * steps)` of them.
    first_steps : int
        Steps for the first picture, which has nothing to build on.
    guidance_scale : float
        1 or less evaluates the model once a step instead of twice.
    sampler : str
        A name in `phosphene.paint.denoise.SAMPLERS`.
    vae : str
        Hub id of a VAE that replaces the checkpoint's own: faster, or sound in half precision.
    """

    source: str
    steps: int = 20
    first_steps: int = 30
    guidance_scale: float = 7.5
    sampler: str = "ddim"
    vae: str = ""


_TABLE = {
    "worlds": (
        "bundled: small, runs everywhere, no download",
        Preset(str(WORLDS), steps=6, guidance_scale=4.0),
    ),
    "sd15": (
        "Stable Diffusion 1.5, as in the article",
        Preset("stable-diffusion-v1-5/stable-diffusion-v1-5"),
    ),
    "sd-turbo": (
        "SD-Turbo: one or two steps, for a GPU in real time",
        Preset(
            "stabilityai/sd-turbo", steps=2, first_steps=4, guidance_scale=0.0,
            vae="madebyollin/taesd",
        ),
    ),
    "sdxl": (
        "Stable Diffusion XL: 1024 px",
        Preset(
            "stabilityai/stable-diffusion-xl-base-1.0",
            guidance_scale=6.0,
            vae="madebyollin/sdxl-vae-fp16-fix",
        ),
    ),
    "sdxl-turbo": (
        "SDXL-Turbo: one or two steps at 512 px",
        Preset(
            "stabilityai/sdxl-turbo", steps=2, first_steps=4, guidance_scale=0.0,
            vae="madebyollin/taesdxl",
        ),
    ),
    "lcm": (
        "Latent consistency model on SD 1.5: four steps",
        Preset(
            "SimianLuo/LCM_Dreamshaper_v7", steps=4, first_steps=8, guidance_scale=8.0,
            sampler="consistency", vae="madebyollin/taesd",
        ),
    ),
}  # fmt: skip

PRESETS: dict[str, Preset] = {name: preset for name, (_, preset) in _TABLE.items()}


def load_preset(preset: Preset, model: Model, score: Score) -> Engine:
    """Load a checkpoint; whatever is no preset's name is a hub id or a folder."""
    from phosphene.paint.loading import load_engine

    return load_engine(preset, model, score)


def _load_camera(model: Model, score: Score) -> Engine:
    from phosphene.paint.camera import Camera

    return Camera(score)


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
        # Without guidance, or with it inside the model, there is none to vary.
        fixed = preset.guidance_scale <= 1.0 or preset.sampler == "consistency"
        ignores = frozenset({"guidance"}) if fixed else frozenset()
        register(
            EngineSpec(
                name,
                description,
                partial(load_preset, preset),
                ignores=ignores,
                source=preset.source,
            )
        )
