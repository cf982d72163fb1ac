"""Finding the engine for a model's name, before anything is loaded."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from phosphene.engines.depths.finding import find_depth
from phosphene.engines.diffusion.adapters import check_adapters
from phosphene.engines.model_files import HUB_ID, INDEX, check_layout
from phosphene.engines.presets import Preset, load_preset, needs_torch, preset_of
from phosphene.engines.words.vocabulary import vocabulary_of
from phosphene.errors import ProjectError
from phosphene.hints import hint
from phosphene.painting.depth import with_depth
from phosphene.painting.engine import Engine, EngineSpec, check_paintable, check_torch
from phosphene.plugins import Registry, load_plugins
from phosphene.plugins.trial import missing, provider

if TYPE_CHECKING:
    from phosphene.project.schema import Project
    from phosphene.project.tables.model import Model
    from phosphene.score.score import Score


def find_engine(name: str, registry: Registry) -> EngineSpec:
    """Find the engine for a name: a registered one, a folder in the diffusers layout, or a hub id.

    Raises
    ------
    ProjectError
        If it is none of these.
    EngineError
        If the folder is not in the diffusers layout.
    """
    if name in registry.engines:
        return registry.engines[name]
    folder = Path(os.path.expanduser(name))  # Path.expanduser raises for an unknown user
    if (folder / INDEX).is_file():
        check_layout(str(folder))
        load = partial(load_preset, Preset(str(folder)))
        return EngineSpec(folder.name, "a folder", load, source=str(folder), adapters=True)
    if folder.is_dir():
        raise ProjectError(
            f"model.name: the folder {folder} has no {INDEX}",
            "Give a folder in the diffusers layout, as `save_pretrained` writes it.",
        )
    if HUB_ID.fullmatch(name) and not name.startswith("."):
        load = partial(load_preset, Preset(name))
        return EngineSpec(name, "from the hub", load, source=name, adapters=True)
    if (plugin := provider(registry, "engines", name)) is not None:
        raise ProjectError(f"model.name: {missing(plugin, 'engines', name)}", plugin.fix)
    raise ProjectError(
        f"model.name: unknown model '{name}'",
        f"{hint(name, registry.engines)} Or give a folder, or a hub id such as owner/name.",
    )


def load_engine(project: Project, score: Score, registry: Registry | None = None) -> Engine:
    """Load the engine that a project names.

    Parameters
    ----------
    project : Project
    score : Score
        The engine is loaded for its size and its prompts.
    registry : Registry, optional
        The plugins; by default, those that are installed.

    Returns
    -------
    Engine

    Raises
    ------
    ProjectError
        If no engine has this name, or it cannot paint this Score.
    EngineError
        If it cannot be loaded.
    """
    registry = registry or load_plugins()
    spec = find_engine(project.model.name, registry)
    depth = find_depth(project, registry)
    check_model(spec, project.model)
    check_paintable(spec, project.model, score)
    check_torch()
    return with_depth(spec.load(project.model, score), depth, project.depth, score)


def import_libraries(spec: EngineSpec) -> None:
    """Import what an engine needs for every film: PyTorch, or the compiled drawing of `none`.

    Raises
    ------
    EngineError
        If PyTorch cannot be imported.
    """
    if needs_torch(spec):
        check_torch()
    else:
        import phosphene.engines.preview.camera  # noqa: F401


def check_model(spec: EngineSpec, model: Model) -> None:
    """Check that the model of an engine and its additions exist, unless a plugin loads it itself.

    Raises
    ------
    EngineError
        If it is missing, cannot be downloaded, or is not in the diffusers layout, or if weights of
        an addition are missing or damaged.
    ProjectError
        If a picture of an addition is missing.
    """
    if spec.adapters:
        check_adapters(model)
    if preset_of(spec) is not None:
        check_layout(spec.source)
        vocabulary_of(spec.source)
