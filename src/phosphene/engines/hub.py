"""Checkpoints on the Hugging Face hub: from the local cache, or else over the network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from phosphene.errors import EngineError

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
