"""The files of a model, in a folder, the local cache or on the hub, and their layout."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from phosphene.errors import EngineError, PhospheneError

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
TIMEOUT = 10.0  # s for the hub to answer whether it has a model
OFFLINE_FIX = "Or choose `worlds`, which is bundled and needs no network."
Loaded = TypeVar("Loaded")


def from_cache_or_hub(load: Callable[..., Loaded], source: str, **about: Any) -> Loaded:
    """Load part of a model from its folder or the local cache, or else download it.

    Cached files are used without asking the hub, so they need no network and do not change.

    Parameters
    ----------
    load : callable
        load(source, local_files_only=..., **about); raises an OSError or ValueError if a file is
        missing.
    source : str
        Folder or hub id.
    **about
        Further arguments of `load`.

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


def hub_parts(path: str) -> tuple[str, str]:
    """A folder or hub id, and the path of something in it; empty for a folder itself.

    Parameters
    ----------
    path : str
        A file, a folder, or `owner/name/...` on the hub.
    """
    local = Path(path)
    if local.is_file():
        return str(local.parent), local.name
    if local.is_dir():
        return path, ""
    owner, name, *inside = [*path.split("/", 2), ""]
    return f"{owner}/{name}", inside[0]


def file_of(source: str, name: str) -> Path | None:
    """The path of a small file of a model; None if the model has no such file.

    Parameters
    ----------
    source : str
        Folder or hub id.
    name : str
        Relative to the folder, such as `text_encoder/config.json`.

    Raises
    ------
    EngineError
        As for `from_cache_or_hub`.
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
    """Like `file_of`, without the network: None also if it is not in the local cache."""
    if Path(source).is_dir():
        return file_of(source, name)
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(source, name)
    return Path(found) if isinstance(found, str) else None


def check_reachable(source: str) -> None:
    """Ask the hub for a model once, since its downloads retry for half a minute.

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

    missing = f"the model '{source}' is not in the local cache, or only in part"
    fix = (
        "Connect to the network to download it once, or copy the cache of another computer to "
        f"{constants.HF_HUB_CACHE}. {OFFLINE_FIX}"
    )
    try:
        HfApi().model_info(source, timeout=TIMEOUT)
    except OfflineModeIsEnabled:
        raise EngineError(
            f"{missing}, and HF_HUB_OFFLINE forbids a download",
            f"Unset HF_HUB_OFFLINE to download it once. {OFFLINE_FIX}",
        ) from None
    except GatedRepoError as error:
        raise EngineError(
            f"the model '{source}' requires accepting its licence",
            f"Accept it at {constants.ENDPOINT}/{source}, then log in with `hf auth login`.",
        ) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise EngineError(
            f"{constants.ENDPOINT} has no model '{source}', and there is no folder of that name",
            "Check the spelling; a private model needs `hf auth login`.",
        ) from error
    except HfHubHTTPError as error:
        answer = str(error).partition("\n")[0]
        raise EngineError(f"{missing}; {constants.ENDPOINT} answers: {answer}", fix) from error
    except Exception as error:  # network errors differ between versions of the hub's client
        raise EngineError(
            f"{missing}, and {constants.ENDPOINT} cannot be reached: {error}", fix
        ) from error


def quiet() -> None:
    """Switch off the libraries' progress bars and warnings."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")  # read once, when it is imported
    import diffusers
    import transformers

    for library in (diffusers, transformers):
        library.utils.logging.set_verbosity_error()
        library.utils.logging.disable_progress_bar()


INDEX = "model_index.json"
MAX_JSON = 1 << 24  # bytes of a JSON file that describes a model; most have a few kilobytes
SOURCE_FIX = (
    "Give a preset (`phosphene doctor` lists them), a hub id, or a folder in the diffusers layout "
    "with complete safetensors."
)
LAYOUT_FIX = "Give a folder in the diffusers layout, as `save_pretrained` writes it."


def read_json(path: Path) -> Any:
    """Read a JSON file of a model.

    Raises
    ------
    EngineError
        If it cannot be read, or is not JSON.
    """
    try:
        if path.stat().st_size > MAX_JSON:
            raise EngineError(f"{path}: larger than {MAX_JSON >> 20} MiB", LAYOUT_FIX)
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise EngineError(f"{path}: cannot be read as JSON: {error}", LAYOUT_FIX) from error


def components(index: Path) -> dict[str, tuple[str, str]]:
    """The components of a model: the library and class of each, by name.

    Parameters
    ----------
    index : Path
        Its `model_index.json`.

    Raises
    ------
    EngineError
        If the file does not describe a pipeline.
    """
    content = read_json(index)
    if not isinstance(content, dict):
        raise EngineError(f"{index}: expected a table, found {type(content).__name__}", LAYOUT_FIX)
    name = content.get("_class_name")
    if not isinstance(name, str) or not name:
        raise EngineError(
            f"{index}: `_class_name` is {name!r}; expected the name of a diffusers pipeline, "
            "such as StableDiffusionPipeline",
            LAYOUT_FIX,
        )
    parts = {
        part: tuple(value)
        for part, value in content.items()
        if isinstance(value, list) and len(value) == 2 and None not in value
    }
    for part, value in parts.items():
        # An Auto class would ask the user whether to run the model's own code.
        if not all(isinstance(text, str) for text in value) or (
            value[0] == "transformers" and value[1].startswith("Auto")
        ):
            raise EngineError(
                f"{index}: '{part}' is {list(value)!r}; expected a library and one of its classes, "
                'such as ["transformers", "CLIPTextModel"]',
                LAYOUT_FIX,
            )
    return parts


def check_layout(source: str) -> dict[str, tuple[str, str]]:
    """Check that a model exists in the diffusers layout, before its weights are loaded.

    If it is on the hub and not in the local cache, one small file is downloaded.

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
        raise EngineError(f"the model '{source}' has no {INDEX}", LAYOUT_FIX)
    return components(index)


@contextmanager
def loading(source: str, kind: str = "model", fix: str = SOURCE_FIX) -> Iterator[None]:
    """Turn any failure to load or try a model into an error that names it."""
    try:
        yield
    except PhospheneError:
        raise
    except Exception as error:  # for unexpected files, the libraries raise anything
        lines = str(error).strip().splitlines() or [""]
        raise EngineError(
            f"the {kind} '{source}' cannot be loaded: {type(error).__name__}: {lines[0]}", fix
        ) from error
