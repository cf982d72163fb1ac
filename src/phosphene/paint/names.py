"""Which engine a model's name means, known before anything is loaded."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path

from phosphene.engines import EngineSpec
from phosphene.errors import ProjectError
from phosphene.hints import hint
from phosphene.paint.layout import INDEX, check_layout
from phosphene.paint.presets import Preset, load_preset, preset_of
from phosphene.paint.vocabulary import vocabulary_of
from phosphene.plugins import Registry
from phosphene.plugins.absent import provider, told

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


def find_engine(name: str, registry: Registry) -> EngineSpec:
    """The engine of a name: a registered one, a folder in the diffusers layout, or a hub id.

    Raises
    ------
    ProjectError
        If it is none of these.
    EngineError
        If the folder is not in the diffusers layout.
    """
    if name in registry.engines:
        return registry.engines[name]
    folder = Path(os.path.expanduser(name))  # a name may begin with `~` without being a user's
    if (folder / INDEX).is_file():
        check_layout(str(folder))
        load = partial(load_preset, Preset(str(folder)))
        return EngineSpec(folder.name, "a folder", load, source=str(folder))
    if folder.is_dir():
        raise ProjectError(
            f"model.name: the folder {folder} has no {INDEX}",
            "Give a folder in the diffusers layout, as `save_pretrained` writes it.",
        )
    if HUB_ID.fullmatch(name) and not name.startswith("."):
        return EngineSpec(name, "from the hub", partial(load_preset, Preset(name)), source=name)
    if (plugin := provider(registry, "engines", name)) is not None:
        raise ProjectError(f"model.name: {told(plugin, 'engines', name)}", plugin.fix)
    raise ProjectError(
        f"model.name: unknown model '{name}'",
        f"{hint(name, registry.engines)} Or give a folder, or a hub id such as owner/name.",
    )


def check_checkpoint(spec: EngineSpec) -> None:
    """Check that the checkpoint of an engine is there, unless a plugin loads it itself.

    Raises
    ------
    EngineError
        If it is missing, cannot be downloaded, or is not in the diffusers layout.
    """
    if preset_of(spec) is not None:
        check_layout(spec.source)
        vocabulary_of(spec.source)
