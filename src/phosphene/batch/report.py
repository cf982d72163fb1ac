"""The report of a batch: a JSON file, which the next run reads, and an HTML page."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from phosphene.batch.page import page_of
from phosphene.batch.plan import Figures, Film
from phosphene.errors import ProjectError
from phosphene.film.checksums import digest_of
from phosphene.film.record import read_record
from phosphene.own_files import read_own, replace_own

FOLDER = "batch-report"
JSON, PAGE = "report.json", "report.html"
MOST = 64 << 20  # bytes of a report

Seconds = Annotated[float, Field(ge=0.0, le=1e9)]


class Speed(BaseModel):
    """The measured speed of a kind of film; see `phosphene.batch.plan.Figures`."""

    frame: Seconds
    loading: Seconds


class Line(BaseModel):
    """A film in the report."""

    model_config = ConfigDict(extra="ignore")

    film: str
    state: str
    input: str = ""
    frames: int = 0
    done: int = 0
    seconds: Seconds = 0.0
    attempts: int = 0
    bytes: int = 0
    digest: str = ""
    fingerprint: str = ""
    error: str = ""
    log: str = ""


class Report(BaseModel):
    """The report of a batch, as in its JSON file."""

    model_config = ConfigDict(extra="ignore")

    phosphene: str = ""
    seconds: Seconds = 0.0
    workers: int = 1
    films: list[Line] = []
    figures: dict[str, Speed] = {}


@dataclass(frozen=True)
class Earlier:
    """The films and measured speeds of earlier runs of a batch."""

    films: Mapping[str, Line]
    figures: Mapping[str, Figures]


def read_report(folder: Path) -> Earlier:
    """Read the report of earlier runs; an absent or damaged one is empty."""
    try:
        # Not by model_validate_json, which refuses names that are not UTF-8.
        report = Report.model_validate(json.loads(read_own(folder / JSON, MOST)))
    except (OSError, ProjectError, ValueError, RecursionError):
        report = Report()
    figures = {kind: Figures(one.frame, one.loading) for kind, one in report.figures.items()}
    return Earlier({line.film: line for line in report.films}, figures)


def is_complete(film: Path, fingerprints: Container[str], earlier: Line | None) -> bool:
    """Whether a film exists and was made from the same files, project and versions.

    Parameters
    ----------
    film : Path
    fingerprints : container of str
        From `phosphene.rendering.render.Render.fingerprints`; films contain one in their record.
    earlier : Line or None
        Its line in the last report, for films without a record: GIF, or [video] metadata = false.
    """
    if not film.is_file():
        return False
    try:
        return read_record(film).fingerprint in fingerprints
    except ProjectError:
        if earlier is None or earlier.fingerprint not in fingerprints or not earlier.digest:
            return False
        return digest_of(film) == earlier.digest


def write_report(
    folder: Path,
    films: Sequence[Film],
    figures: Mapping[str, Figures],
    seconds: float,
    workers: int,
    version: str,
) -> Path:
    """Write the report, as JSON and as HTML.

    Parameters
    ----------
    folder : Path
        A folder with Phosphene's mark, next to the films.
    films : sequence of Film
    figures : mapping of str to Figures
        By kind of film.
    seconds : float
        Duration of the batch.
    workers : int
    version : str
        Version of Phosphene.

    Returns
    -------
    Path
        The page.
    """
    report = Report(
        phosphene=version,
        seconds=seconds,
        workers=workers,
        films=[_line(film) for film in films],
        figures={
            kind: Speed(frame=one.frame, loading=one.loading) for kind, one in figures.items()
        },
    )
    replace_own(folder / JSON, json.dumps(report.model_dump(), indent=1).encode())
    replace_own(folder / PAGE, page_of(films, seconds, version).encode(errors="replace"))
    return folder / PAGE


def log_of(folder: Path, name: str) -> Path:
    """The log file of a film, or of a part of it."""
    return folder / f"{name}.log"


def remove_logs(folder: Path, film: Path) -> None:
    """Remove the log files of a film."""
    for ending in ("", ".part-*"):
        for path in folder.glob(f"{escape(film.name)}{ending}.log"):
            path.unlink(missing_ok=True)


def _line(film: Film) -> Line:
    complete = film.state in ("made", "kept") and film.target.is_file()
    return Line(
        film=film.target.name,
        state=film.state,
        input=str(film.job.input).encode(errors="replace").decode(),
        frames=film.frames,
        done=film.frames if complete else film.done,
        seconds=film.seconds,
        attempts=film.attempts,
        bytes=film.target.stat().st_size if complete else 0,
        digest=digest_of(film.target) if complete else "",
        fingerprint=film.fingerprint,
        error=film.error,
        log=film.log,
    )
