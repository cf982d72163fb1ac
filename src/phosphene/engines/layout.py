"""The diffusers layout of a checkpoint, checked before anything heavy is loaded from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from phosphene.engines.hub import file_of
from phosphene.errors import EngineError, PhospheneError

INDEX = "model_index.json"
LARGEST = 1 << 24  # bytes of a JSON file that describes a model; usual are some kilobytes
SAVED = "Give a folder in the diffusers layout, as `save_pretrained` writes it."


def read_json(path: Path) -> Any:
    """The content of a JSON file of a checkpoint.

    Raises
    ------
    EngineError
        If it cannot be read, or is not JSON.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise EngineError(f"{path}: larger than {LARGEST >> 20} MiB", SAVED)
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise EngineError(f"{path}: cannot be read as JSON: {error}", SAVED) from error


def components(index: Path) -> dict[str, tuple[str, str]]:
    """The parts of a checkpoint: the library and class of each, by name.

    Parameters
    ----------
    index : Path
        Its model_index.json.

    Raises
    ------
    EngineError
        If the file does not describe a pipeline.
    """
    content = read_json(index)
    if not isinstance(content, dict):
        raise EngineError(f"{index}: expected a table, found {type(content).__name__}", SAVED)
    name = content.get("_class_name")
    if not isinstance(name, str) or not name:
        raise EngineError(
            f"{index}: `_class_name` is {name!r}; expected the name of a diffusers pipeline, "
            "such as StableDiffusionPipeline",
            SAVED,
        )
    parts = {
        part: tuple(value)
        for part, value in content.items()
        if isinstance(value, list) and len(value) == 2 and None not in value
    }
    for part, value in parts.items():
        # What begins with Auto would ask the user whether to run code of the checkpoint.
        if not all(isinstance(text, str) for text in value) or (
            value[0] == "transformers" and value[1].startswith("Auto")
        ):
            raise EngineError(
                f"{index}: '{part}' is {list(value)!r}; expected a library and one of its classes, "
                'such as ["transformers", "CLIPTextModel"]',
                SAVED,
            )
    return parts


def check_layout(source: str) -> dict[str, tuple[str, str]]:
    """Check that a checkpoint is there and described, before anything heavy is loaded from it.

    Of a model on the hub that is not in the local cache, one small file is downloaded.

    Parameters
    ----------
    source : str
        Folder or hub id.

    Returns
    -------
    dict
        See `components`.

    Raises
    ------
    EngineError
        If it is neither a folder, nor in the local cache, nor on the hub, or is not in the
        diffusers layout.
    """
    index = file_of(source, INDEX)
    if index is None:
        raise EngineError(f"the model '{source}' has no {INDEX}", SAVED)
    return components(index)


@contextmanager
def loading(source: str) -> Iterator[None]:
    """Whatever fails while a checkpoint is loaded or tried is an error that names it."""
    try:
        yield
    except PhospheneError:
        raise
    except Exception as error:  # the libraries raise anything at files that they do not expect
        said = str(error).strip().splitlines() or [""]
        raise EngineError(
            f"the model '{source}' cannot be loaded: {type(error).__name__}: {said[0]}",
            "Give a preset (`phosphene doctor` lists them), a hub id, or a folder in the diffusers "
            "layout with complete safetensors.",
        ) from error
