"""The jobs of a batch: songs x projects x takes, from a job list, a folder or the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from phosphene.bounds import FileName, limit_problems, shortened
from phosphene.errors import ProjectError
from phosphene.hints import hint
from phosphene.project.file import read_data
from phosphene.project.problems import problems_of
from phosphene.project.tables.model import Model
from phosphene.song.files import require_file

ENDINGS = (".mp3", ".wav", ".flac", ".ogg", ".opus", ".m4a", ".aac", ".aiff", ".aif")
MOST = 10_000  # films of a batch
FORMATS = r"^(mp4|mov|mkv|webm|gif)$"
#: The largest seed that `[model]` allows, and one more.
SEEDS = 2**62
# Characters that file names cannot contain on some system.
_UNFIT = re.compile(r"[\\/:*?\"<>|\x00-\x1f]")


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, (str, Path)) else given


Names = Annotated[tuple[FileName, ...], BeforeValidator(_listed)]


class Entry(BaseModel):
    """A `[[job]]`: songs x projects x takes, and options of `phosphene render`.

    Attributes
    ----------
    songs, projects : tuple of Path
        Songs without projects are directed; projects without songs use their own.
    takes : int
        Number of seeds, as in `phosphene render --takes`.
    seeds : tuple of int
        The seeds themselves.
    name : str
        Name of the film without its ending, with {song}, {project} and {seed}.
    format : str
        The ending of the film.
    """

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)

    songs: Names = ()
    projects: Names = ()
    takes: int = Field(1, ge=1, le=100)
    seeds: tuple[Annotated[int, Field(ge=0, lt=SEEDS)], ...] = Field((), max_length=100)
    name: str = Field("", max_length=200)
    format: str = Field("mp4", pattern=FORMATS)

    @property
    def options(self) -> dict[str, Any]:
        """The options of `phosphene render`, by their long names without `--`."""
        return dict(self.model_extra or {})


@dataclass(frozen=True)
class Job:
    """A film to make.

    Attributes
    ----------
    where : str
        The entry of the job list, for messages.
    input : Path
        A song or a project, as an absolute path.
    name : str
        File name of the film.
    options : dict
        Options of `phosphene render`, by their long names without `--`; values as in TOML.
    """

    where: str
    input: Path
    name: str
    options: dict[str, Any] = field(default_factory=dict)

    def arguments(self) -> list[str]:
        """The options as arguments of `phosphene render`."""
        found = []
        for name, value in self.options.items():
            if isinstance(value, bool):
                found += [f"--{name}"] * value
            else:
                values = value if isinstance(value, (list, tuple)) else [value]
                found += [f"--{name}={each}" for each in values]
        return found


def is_job_list(path: Path) -> bool:
    """Whether a file is a job list, and not a project or a song."""
    return path.suffix.lower() == ".toml" and "job" in read_data(path)


def read_job_list(path: Path, options: Iterable[str]) -> tuple[list[tuple[str, Entry]], str]:
    """Read a job list.

    Parameters
    ----------
    path : Path
        A TOML file with tables `[[job]]`, and `output`, the folder of the films.
    options : iterable of str
        The options that an entry may have, by their long names without `--`.

    Returns
    -------
    entries : list of (str, Entry)
        Each with its place, such as "jobs.toml: job[0]".
    output : str
        Relative to the file; empty if it is not given.

    Raises
    ------
    ProjectError
        With every mistake, by its entry.
    """
    data, known = read_data(path), {*Entry.model_fields, *options}
    problems = list(limit_problems(data))
    for key in data.keys() - {"job", "output"}:
        problems.append(f"{key}: unknown key. {hint(key, {'job', 'output'})}")
    output = data.get("output", "")
    if not isinstance(output, str):
        problems.append(f"output: got {shortened(repr(output))}: expected the name of a folder")
    tables, entries = data.get("job"), []
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        problems.append("job: expected tables, each beginning with [[job]]")
        tables = []
    for number, table in enumerate(tables):
        where = f"job[{number}]"
        for key, value in table.items():
            if key not in known:
                problems.append(f"{where}.{key}: unknown key. {hint(key, known)}")
            elif key not in Entry.model_fields and not _is_option(value):
                problems.append(
                    f"{where}.{key}: got {shortened(repr(value))}: expected text, a number, true, "
                    "false, or a list of texts"
                )
        try:
            entries.append((f"{path}: {where}", Entry.model_validate(table)))
        except ValidationError as error:
            problems += problems_of(error, table, where, Entry)
    if problems:
        raise ProjectError("\n".join(f"{path}: {problem}" for problem in problems))
    return entries, output


def _is_option(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(isinstance(each, (str, int, float)) for each in values)


def songs_in(folder: Path) -> tuple[Path, ...]:
    """The songs directly in a folder, by name; not hidden ones, which macOS adds on some disks.

    Raises
    ------
    ProjectError
        If there are none, or the folder cannot be read.
    """
    try:
        files = [p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")]
        found = sorted(path for path in files if path.suffix.lower() in ENDINGS)
    except OSError as error:
        raise ProjectError(f"{folder} cannot be read: {error.strerror}") from None
    if not found:
        raise ProjectError(
            f"{folder} contains no songs", f"Songs have the endings {', '.join(ENDINGS)}."
        )
    return tuple(found)


def jobs_of(entries: Sequence[tuple[str, Entry]], folder: Path) -> list[Job]:
    """The jobs of some entries: songs x projects x takes.

    Parameters
    ----------
    entries : sequence of (str, Entry)
        From `read_job_list`.
    folder : Path
        Songs and projects are relative to it, and may be patterns such as `*.mp3`.

    Raises
    ------
    ProjectError
        With every mistake, by its entry.
    """
    jobs, problems, taken = list[Job](), list[str](), dict[str, Job]()
    for where, entry in entries:
        try:
            found = _jobs(where, entry, folder)
        except ProjectError as error:
            problems.append(f"{where}: {error.advice}")
            continue
        for job in found:
            other = taken.setdefault(job.name.casefold(), job)
            if other is not job:
                problems.append(
                    f"{where}: the film {job.name} of {job.input} has the name of that of "
                    f"{other.input}, from {other.where}. Give one of them another `name`"
                )
        jobs += found
        if len(jobs) > MOST:
            raise ProjectError(f"{where}: a batch has at most {MOST:,} films", "Split it.")
    if problems:
        raise ProjectError("\n".join(dict.fromkeys(problems)))
    return jobs


def _jobs(where: str, entry: Entry, folder: Path) -> list[Job]:
    songs = _files(entry.songs, folder, "song")
    projects = _files(entry.projects, folder, "project")
    if not songs and not projects:
        raise ProjectError("it has neither songs nor projects", 'For instance songs = "*.mp3".')
    if entry.seeds and (entry.takes > 1 or "seed" in entry.options):
        raise ProjectError("seeds are given in two ways", "Omit `takes` and `seed`.")
    jobs = []
    for project in projects or (None,):
        for song in songs or (None,):
            input = project or song
            assert input is not None
            for seed in _seeds(entry, project):
                name = _name(entry, song, project, seed)
                options = dict(entry.options)
                if seed is not None:
                    options["seed"] = seed
                if project and song:
                    own = options.get("set", ())
                    own = [own] if isinstance(own, str) else list(own)
                    options["set"] = [*own, f"song.file={_toml(str(song))}"]
                jobs.append(Job(where, input, name, options))
    return jobs


def _files(names: Iterable[Path], folder: Path, what: str) -> tuple[Path, ...]:
    found: list[Path] = []
    for name in names:
        path = (folder / name).absolute()
        if path.exists() or not set("*?[") & set(str(name)):
            require_file(path, what, error=ProjectError)
            found.append(path)
            continue
        pattern = Path(escape(str(folder.absolute())), name)  # brackets in the folder are literal
        paths = Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor)))
        matching = sorted(p for p in paths if p.is_file() and not p.name.startswith("."))
        if not matching:
            raise ProjectError(f"no {what} is named {name} in {folder}", "Check the pattern.")
        found += matching
    return tuple(dict.fromkeys(found))


def _seeds(entry: Entry, project: Path | None) -> Sequence[int | None]:
    if entry.seeds:
        return entry.seeds
    if entry.takes == 1:
        return (None,)
    first = entry.options.get("seed")
    if first is None and project is not None:
        model = read_data(project).get("model", {})
        first = model.get("seed") if isinstance(model, dict) else None
    try:
        return Model.model_validate({} if first is None else {"seed": first}).take_seeds(
            entry.takes
        )
    except ValidationError as error:
        raise ProjectError("; ".join(problems_of(error, {"seed": first}, "", Model))) from None


def _name(entry: Entry, song: Path | None, project: Path | None, seed: int | None) -> str:
    parts = {"song": song and song.stem, "project": project and project.stem, "seed": seed}
    values = {key: _UNFIT.sub("_", str(value)) for key, value in parts.items() if value is not None}
    template = entry.name or "-".join(f"{{{key}}}" for key in values)
    name = re.sub(r"\{(song|project|seed)\}", lambda match: values.get(match[1], ""), template)
    if not name or _UNFIT.search(name) or name.startswith((".", "-")):
        raise ProjectError(
            f"name: got {shortened(repr(name))}: expected the name of a file without its ending",
            r'It may not contain \ / : * ? " < > | or start with a dot or a dash.',
        )
    return f"{name}.{entry.format}"


def _toml(text: str) -> str:
    """A text as a TOML string."""
    signs = (
        sign if sign.isprintable() and sign not in '"\\' else f"\\U{ord(sign):08x}" for sign in text
    )
    return f'"{"".join(signs)}"'
