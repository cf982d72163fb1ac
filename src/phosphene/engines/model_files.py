"""A model's files: in a folder, the local cache or on the hub, in the diffusers layout."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from phosphene.errors import EngineError, PhospheneError

SECONDS = 10.0  # that the hub may take to answer whether it has a model
WITHOUT = "Or choose `worlds`, which is bundled and needs no network."
Loaded = TypeVar("Loaded")


def from_cache_or_hub(load: Callable[..., Loaded], source: str, **about: Any) -> Loaded:
    """Load something of a checkpoint from its folder or the local cache, else download it.

    What is in the cache is taken as it is: it needs no network, and paints the same tomorrow.

    Parameters
    ----------
    load : callable
        load(source, local_files_only=..., **about); raises an OSError or ValueError where
        something is missing.
    source : str
        Folder or hub id.
    **about
        What else `load` is given.

    Raises
    ------
    EngineError
        If it is not in the cache, and the hub does not have it or cannot be reached.
    """
    if Path(source).is_dir():
        return load(source, local_files_only=True, **about)
    try:
        return load(source, local_files_only=True, **about)
    except (OSError, ValueError):
        check_reachable(source)
        return load(source, local_files_only=False, **about)


def file_of(source: str, name: str) -> Path | None:
    """A small file of a checkpoint; None where the checkpoint has none of that name.

    Parameters
    ----------
    source : str
        Folder or hub id.
    name : str
        Relative to the folder, such as `text_encoder/config.json`.

    Raises
    ------
    EngineError
        As `from_cache_or_hub`.
    """
    if Path(source).is_dir():
        path = Path(source) / name
        return path if path.is_file() else None
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError

    try:
        return Path(from_cache_or_hub(hf_hub_download, source, filename=name))
    except EntryNotFoundError:
        return None


def cached_file_of(source: str, name: str) -> Path | None:
    """The same without a network: None also where it is not in the local cache."""
    if Path(source).is_dir():
        return file_of(source, name)
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(source, name)
    return Path(found) if isinstance(found, str) else None


def check_reachable(source: str) -> None:
    """Ask the hub for a model, once: its own downloads retry for half a minute.

    Raises
    ------
    EngineError
        If the hub cannot be reached, or has no such model for this user.
    """
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
    )

    missing = f"the model '{source}' is not, or not completely, in the local cache"
    copied = (
        "Connect to the network to download it once, or copy the cache of another computer to "
        f"{constants.HF_HUB_CACHE}. {WITHOUT}"
    )
    try:
        HfApi().model_info(source, timeout=SECONDS)
    except OfflineModeIsEnabled:
        raise EngineError(
            f"{missing}, and HF_HUB_OFFLINE forbids a download",
            f"Unset HF_HUB_OFFLINE to download it once. {WITHOUT}",
        ) from None
    except GatedRepoError as error:
        raise EngineError(
            f"the model '{source}' is only given to those who accept its licence",
            f"Accept it at {constants.ENDPOINT}/{source}, then log in with `hf auth login`.",
        ) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise EngineError(
            f"there is no model '{source}' on {constants.ENDPOINT}, nor a folder of that name here",
            "Check the spelling; a private model needs `hf auth login`.",
        ) from error
    except HfHubHTTPError as error:
        answer = str(error).partition("\n")[0]
        raise EngineError(f"{missing}; {constants.ENDPOINT} answers: {answer}", copied) from error
    except Exception as error:  # each version of the hub's client has other network errors
        raise EngineError(
            f"{missing}, and {constants.ENDPOINT} cannot be reached: {error}", copied
        ) from error


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
