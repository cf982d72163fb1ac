"""The files of LoRAs, ControlNets and IP-Adapters, checked before anything is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from phosphene.errors import EngineError, ProjectError
from phosphene.song.files import IMAGE, require_file

if TYPE_CHECKING:
    from phosphene.project.tables.model import Model


def check_adapters(model: Model) -> None:
    """Check the files of the LoRAs, ControlNets and IP-Adapters of a model.

    Files on the hub are checked when they are loaded.

    Raises
    ------
    ProjectError
        If a picture is missing.
    EngineError
        If weights are missing, or are not safetensors.
    """
    for k, lora in enumerate(model.lora):
        _check_weights(lora.path, f"model.lora[{k}].path")
    for k, control in enumerate(model.control):
        _check_folder(control.path, f"model.control[{k}].path")
        if control.image is not None:
            _check_picture(control.image, f"model.control[{k}].image")
    for k, adapter in enumerate(model.ip_adapter):
        _check_weights(adapter.path, f"model.ip_adapter[{k}].path")
        _check_folder(adapter.encoder, f"model.ip_adapter[{k}].encoder")
        _check_picture(adapter.image, f"model.ip_adapter[{k}].image")


def _check_weights(path: str, where: str) -> None:
    """Check a .safetensors file, without reading the weights."""
    from safetensors import SafetensorError, safe_open

    if not Path(path).is_file():
        if path.count("/") >= 2 and not path.startswith((".", "/", "~")):
            return
        raise EngineError(
            f"{where}: no such file: {path}",
            "Name a .safetensors file, or one on the hub: owner/name/file.safetensors",
        )
    try:
        with safe_open(path, "np") as weights:
            empty = not weights.keys()
    except (OSError, SafetensorError) as error:
        raise EngineError(f"{where}: {path} is not safetensors: {error}") from None
    if empty:
        raise EngineError(f"{where}: {path} has no weights")


def _check_folder(path: str, where: str) -> None:
    """Check a folder in the layout of `save_pretrained`."""
    folder = Path(path)
    if not folder.exists():
        if "/" in path and not path.startswith((".", "/", "~")):
            return
        raise EngineError(
            f"{where}: no such folder: {path}", "Name a folder, or a model on the hub: owner/name"
        )
    if not (folder / "config.json").is_file() or not [*folder.glob("*.safetensors")]:
        raise EngineError(
            f"{where}: {path} has no config.json with .safetensors",
            "Give a folder as `save_pretrained` writes it.",
        )


def _check_picture(path: Path, where: str) -> None:
    try:
        require_file(path, "image", IMAGE, ProjectError)
    except ProjectError as error:
        error.name_place(where)
        raise
