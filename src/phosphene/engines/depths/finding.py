"""Finding the source of depth that a project names, before anything is loaded."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from phosphene.engines.depths.estimated import check_estimator, load_estimator
from phosphene.engines.model_files import HUB_ID
from phosphene.errors import ProjectError
from phosphene.hints import hint
from phosphene.painting.depth import DepthSpec
from phosphene.plugins import Registry
from phosphene.plugins.trial import missing, provider

if TYPE_CHECKING:
    from phosphene.project.schema import Project


def find_depth(project: Project, registry: Registry) -> DepthSpec | None:
    """Find the source of a project's `[depth]`: a registered one, a folder, or a hub id.

    Returns
    -------
    DepthSpec or None
        None if the project has no depth.

    Raises
    ------
    ProjectError
        If it is none of these.
    EngineError
        If the folder or the model is not one that estimates depth.
    """
    if project.depth is None:
        return None
    name = project.depth.source
    if name in registry.depths:
        return registry.depths[name]
    folder = Path(os.path.expanduser(name))
    if folder.is_dir():
        check_estimator(str(folder))
        return DepthSpec(folder.name, "a folder", partial(load_estimator, str(folder)))
    if HUB_ID.fullmatch(name) and not name.startswith("."):
        check_estimator(name)
        return DepthSpec(name, "from the hub", partial(load_estimator, name))
    if (plugin := provider(registry, "depths", name)) is not None:
        raise ProjectError(f"depth.source: {missing(plugin, 'depths', name)}", plugin.fix)
    raise ProjectError(
        f"depth.source: unknown depth '{name}'",
        f"{hint(name, registry.depths)} Or give the folder or the hub id of a model that estimates "
        "depth, such as depth-anything/Depth-Anything-V2-Small-hf.",
    )
