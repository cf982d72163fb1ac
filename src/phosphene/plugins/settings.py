"""What the user has decided about plugins: which are switched off, which folders are trusted."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phosphene.errors import ProjectError

#: Names another folder for the settings.
VARIABLE = "PHOSPHENE_CONFIG"


@dataclass
class Settings:
    """The user's decisions, kept in `plugins.json` in the user's settings folder.

    Parameters
    ----------
    disabled : list of str
        Names of plugins and packages.
    trusted : dict of str to dict
        Folders that the user said yes to, each with the digests of its files as they were last.
    """

    disabled: list[str] = field(default_factory=list)
    trusted: dict[str, dict[str, str]] = field(default_factory=dict)


def settings_file() -> Path:
    """Where the decisions are kept: in the folder that `PHOSPHENE_CONFIG` names, or the usual."""
    import platformdirs

    named = os.environ.get(VARIABLE)
    # Path.expanduser raises where `~name` is not a user.
    folder = Path(os.path.expanduser(named) if named else platformdirs.user_config_dir("phosphene"))
    return folder / "plugins.json"


def read_settings() -> Settings:
    """The user's decisions; none where nothing was decided.

    Raises
    ------
    ProjectError
        If the file can not be read: what it switches off is not to come back.
    """
    path = settings_file()
    try:
        said: Any = json.loads(path.read_text(encoding="utf-8"))
        return Settings(
            disabled=[str(name) for name in said.get("disabled", [])],
            trusted={
                str(folder): {str(name): str(digest) for name, digest in files.items()}
                for folder, files in said.get("trusted", {}).items()
            },
        )
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ProjectError(
            f"{path}: the plugin settings can not be read: {error}",
            "Mend or remove that file; then no plugin is disabled and no folder trusted.",
        ) from None


def write_settings(settings: Settings) -> None:
    """Keep the decisions; another process reads the old ones or the new ones, whole.

    Raises
    ------
    ProjectError
        If they can not be written.
    """
    path = settings_file()
    text = json.dumps({"disabled": settings.disabled, "trusted": settings.trusted}, indent=1)
    try:
        write_whole(path, text + "\n")
    except OSError as error:
        raise ProjectError(
            f"{path} can not be written: {error.strerror}", f"Name another folder with {VARIABLE}."
        ) from None


def write_whole(path: Path, text: str) -> None:
    """Write a file that takes its name once it is whole.

    Raises
    ------
    OSError
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False
    ) as file:
        temporary = Path(file.name)
        file.write(text)
    try:
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
