"""The record of how a film was made, in its metadata, so that it can be rendered again.

The record is JSON in the tag `phosphene` of mp4, mov, mkv and webm; GIF has none. A film may come
from a stranger, so the record is read up to a limit and validated.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from phosphene.bounds import MOMENT
from phosphene.errors import ProjectError
from phosphene.film import ffmpeg
from phosphene.film.mark import is_ours

TAG = "phosphene"
LARGEST = 256 << 10  # characters of a project; a longer one is omitted
_ESCAPES = str.maketrans({sign: f"\\{sign}" for sign in "=;#\\\n"})
MAX_METADATA = 4 << 20  # bytes to read


def _utf8(given: Any) -> Any:
    """Text with question marks for the bytes of file names that are not UTF-8."""
    return given.encode(errors="replace").decode() if isinstance(given, str) else given


Name = Annotated[str, BeforeValidator(_utf8), Field(max_length=4000)]
Number = Annotated[int, Field(ge=0, le=int(MOMENT))]


class Record(BaseModel):
    """How a film was made. Bytes of file names that are not UTF-8 become question marks.

    Attributes
    ----------
    phosphene : str
        The version.
    command : str
        "render" or "loop".
    source : str
        Name of the project file or of the song, without its folder.
    project : str
        The project with all changes of the command line, as TOML; empty if it is too long.
    digest : str
        SHA-256 of the project.
    fingerprint : str
        Digest of everything that the film depends on, including files, versions and code.
    song, song_digest : str
        Name of the song, and the SHA-256 of its file.
    model : str
    seed : int
    frames, width, height : int
        As painted, before interpolation and upscaling.
    fps : str
        As painted: "15" or "30000/1001".
    versions : dict of str to str
        Versions of the packages that frames depend on, and of ffmpeg.
    plugins : dict of str to str
        Packages of the plugins that were used, and their versions.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    phosphene: Name
    command: Name = "render"
    source: Name = ""
    project: Annotated[str, BeforeValidator(_utf8), Field(max_length=LARGEST)] = ""
    digest: Name = ""
    fingerprint: Name = ""
    song: Name = ""
    song_digest: Name = ""
    model: Name = ""
    seed: Annotated[int, Field(ge=0, lt=2**62)] = 0
    frames: Number = 0
    width: Number = 0
    height: Number = 0
    fps: Name = ""
    versions: dict[Name, Name] = {}
    plugins: dict[Name, Name] = {}


def project_fields(text: str) -> dict[str, str]:
    """The fields `project` and `digest` of a project's text."""
    digest = hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
    return {"project": text if len(text) <= LARGEST else "", "digest": digest}


def as_metadata(record: Record | None) -> str:
    """The metadata of a film, with the mark of Phosphene, in ffmpeg's ffmetadata format."""
    tags = {"comment": ffmpeg.MARK}
    if record is not None:
        tags[TAG] = record.model_dump_json()
    lines = [f"{name}={text.translate(_ESCAPES)}" for name, text in tags.items()]
    return "\n".join([";FFMETADATA1", *lines, ""])


def read_record(film: Path) -> Record:
    """Read how a film was made.

    Parameters
    ----------
    film : Path

    Returns
    -------
    Record

    Raises
    ------
    ProjectError
        If the file is missing, was not made by Phosphene, or contains no valid record.
    """
    try:
        ours = is_ours(film)
    except OSError as error:
        raise ProjectError(f"{film} cannot be read: {error.strerror}", "Name a film.") from None
    if not ours:
        raise ProjectError(
            f"{film} was not made by Phosphene, or is damaged",
            "Name a film that `phosphene render` made, before other programs converted it.",
        )
    found = _tags(film).get(TAG)
    if found is None:
        raise ProjectError(
            f"{film} has no record of how it was made",
            "GIF films, comparisons of takes, films of earlier versions, and those with [video] "
            "metadata = false have none. Render the project file.",
        )
    try:
        return Record.model_validate_json(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "its text"
        raise ProjectError(
            f"{film}: the record of how it was made is damaged: {where}: {first['msg']}",
            "Render the project file.",
        ) from None


def _tags(film: Path) -> dict[str, str]:
    """The tags of a file, with names in lower case."""
    command = [
        *(ffmpeg.executable(), "-nostdin", "-v", "error", "-protocol_whitelist", "file"),
        *("-i", f"file:{film}", "-map_metadata", "0", "-map_chapters", "-1"),
        *("-f", "ffmetadata", "-"),
    ]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        assert running.stdout is not None
        content = running.stdout.read(MAX_METADATA)
        running.kill()
    text = content.decode(errors="replace")
    pairs = re.findall(r"^([^=\\\n]++)=((?:[^\\\n]++|\\[\s\S])*+)$", text, re.MULTILINE)
    return {name.lower(): re.sub(r"\\([\s\S])", r"\1", value) for name, value in pairs}
