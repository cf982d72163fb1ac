"""The studio: its folder, the open project, and the connected pages."""

from __future__ import annotations

import asyncio
import contextlib
import filecmp
import itertools
import logging
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool

from phosphene.errors import ProjectError
from phosphene.plugins import Registry
from phosphene.studio.jobs.queue import Jobs
from phosphene.studio.places import inside, named, write_atomically
from phosphene.studio.session import Session, initial_text

_log = logging.getLogger(__name__)
SONGS = (".mp3", ".wav", ".flac", ".ogg", ".opus", ".m4a", ".aac", ".aiff", ".aif", ".mp4", ".webm")
LARGEST = 2 << 30  # bytes of a song
SHOWN = 50  # files in the list of the first page


class Studio:
    """The state of one server.

    Parameters
    ----------
    folder : Path
        Projects are opened in it, and dropped songs go there.
    registry : Registry
    plugins : list of Path
        Folders of plugins that are single files, for the worker processes.
    path : Path or None
        The project file or the song to open first.
    idea : str
        What the film is about, for a song.
    """

    def __init__(
        self,
        folder: Path,
        registry: Registry,
        plugins: list[Path],
        path: Path | None = None,
        idea: str = "",
    ) -> None:
        self.folder, self.registry, self.plugins = folder, registry, plugins
        self.session: Session | None = None
        self.jobs: Jobs | None = None
        self._first, self._idea = path, idea
        self._pages: set[asyncio.Queue[dict[str, Any]]] = set()
        self._watching: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def open_session(self) -> Session:
        """The session.

        Raises
        ------
        ProjectError
            If no project is open.
        """
        if self.session is None:
            raise ProjectError(
                "no project is open", "Drop a song on the page, or choose a project."
            )
        return self.session

    @property
    def open_jobs(self) -> Jobs:
        """The jobs of the open project; see `open_session`."""
        assert self.open_session
        assert self.jobs is not None
        return self.jobs

    def state(self) -> dict[str, Any]:
        """The state of the open project, or the files that can be opened."""
        if self.session is None or self.jobs is None:
            return {"phase": "empty", "version": 0, "folder": self.folder.name, **self._openable()}
        return {**self.session.state(), "jobs": self.jobs.state()}

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open the first project, and close what is open at the end."""
        self._loop = asyncio.get_running_loop()
        if self._first is not None:
            await self.open(self._first, self._idea)
        try:
            yield
        finally:
            await self._close()

    async def open(self, path: Path, idea: str = "") -> None:
        """Open a project file; for a song, the one beside it, or a new one that is directed.

        Raises
        ------
        ProjectError
            If it cannot be read.
        """
        if path.suffix.lower() != ".toml":
            song, path = path, path.with_suffix(".toml")
            if not path.exists():
                try:
                    text = initial_text(song.name).encode()
                except UnicodeEncodeError:
                    raise ProjectError(f"the name of {song} is not UTF-8", "Rename it.") from None
                write_atomically(path, text)
        session = Session(path, self.registry, self.announce, idea)
        await self._close()
        self.session = session
        self.jobs = Jobs(session, self.plugins, self.announce)
        self._watching = asyncio.create_task(session.open())
        self.announce({"type": "state", "version": session.version})

    async def receive(self, name: str, content: AsyncIterator[bytes], idea: str = "") -> None:
        """Save a dropped song in its own folder, with a project beside it, and open it.

        A song that was dropped before is opened again; another one of the same name gets another
        folder.

        Raises
        ------
        ProjectError
            If it is not a song by its name, too large, or cannot be written.
        """
        name, idea = unquote(name), unquote(idea)
        song = Path(name)
        if song.suffix.lower() not in SONGS:
            raise ProjectError(f"{name} is not a song", f"Allowed: {', '.join(SONGS)}.")
        own = song.stem.strip(". ") or "song"
        target = inside(self.folder, f"{own}/{name}")
        new = self.folder / f".{secrets.token_hex(8)}.new"
        try:
            size = 0
            with open(new, "xb") as file:
                async for piece in content:
                    size += len(piece)
                    if size > LARGEST:
                        raise ProjectError(f"{name} is larger than {LARGEST >> 30} GB")
                    await run_in_threadpool(file.write, piece)
            for number in itertools.count(2):
                if await run_in_threadpool(_can_be, target, new):
                    break
                target = inside(self.folder, f"{own} {number}/{name}")
            target.parent.mkdir(exist_ok=True)
            os.replace(new, target)
        except OSError as error:
            raise ProjectError(f"{target} cannot be written: {error.strerror}") from None
        finally:
            new.unlink(missing_ok=True)
        await self.open(target, idea)

    def announce(self, message: dict[str, Any]) -> None:
        """Send a message to every page; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._send, message)

    @contextlib.contextmanager
    def listener(self) -> Iterator[asyncio.Queue[dict[str, Any]]]:
        """The messages for one page, from now on."""
        messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue(1000)
        self._pages.add(messages)
        try:
            yield messages
        finally:
            self._pages.discard(messages)

    def _send(self, message: dict[str, Any]) -> None:
        for page in self._pages:
            if not page.full():
                page.put_nowait(message)
                continue
            while not page.empty():  # a suspended page gets the state when it resumes
                page.get_nowait()
            page.put_nowait({"type": "state"})

    def _openable(self) -> dict[str, list[str]]:
        projects, songs = named(self.folder, (".toml",)), named(self.folder, SONGS)
        return {"projects": projects[:SHOWN], "songs": songs[:SHOWN]}

    async def _close(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
        if self.jobs is not None:
            await self.jobs.close()
        if self.session is not None:
            self.session.close()
        self.session = self.jobs = self._watching = None


def _can_be(song: Path, new: Path) -> bool:
    """Whether a new song can have a path: it is there already, or nothing of another song is."""
    if song.exists():
        return filecmp.cmp(song, new, shallow=False)
    return not song.with_suffix(".toml").exists()
