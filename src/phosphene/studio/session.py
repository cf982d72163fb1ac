"""An open project: it is read, composed and edited here, its file watched, and pages notified."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from phosphene.bounds import parse_toml
from phosphene.errors import Bug, PhospheneError, ProjectError
from phosphene.plugins import Registry
from phosphene.plugins.running import strict
from phosphene.project.file import make_project
from phosphene.project.listening import song_of
from phosphene.studio.editing.history import OUTSIDE, Document
from phosphene.studio.editing.operations import Drop, operations
from phosphene.studio.editing.patches import patched, toml
from phosphene.studio.places import PICTURES, inside, named, require_inside, write_atomically
from phosphene.studio.views.camera import IMPORTING, camera
from phosphene.studio.views.composed import Composed, problems, read_composed
from phosphene.studio.views.sound import FACTOR, FINEST, peaks
from phosphene.studio.views.state import project_state, song_state
from phosphene.studio.views.wire import packed

_log = logging.getLogger(__name__)
WATCHED = 0.3  # seconds between two checks of the file
LISTED = 100  # pictures that the page offers
FILES = ({"song", "file"}, {"song", "beats"}, {"video", "image"})
MODELS = ({"model", "name"}, {"depth", "source"})  # a file if they contain a slash


class Session:
    """One project file that is open in the studio.

    Slow work runs in one thread, in order; when it is done, the state that the page sees is
    replaced at once.

    Parameters
    ----------
    path : Path
        The project file.
    registry : Registry
    announce : callable
        announce(message) sends a message to every page.
    idea : str
        What the film is about, for a project that is not directed yet.
    """

    def __init__(
        self,
        path: Path,
        registry: Registry,
        announce: Callable[[dict[str, Any]], None],
        idea: str = "",
    ) -> None:
        self.path, self.registry, self._idea = path, registry, idea
        self.announce = announce
        self.document = Document(path)
        self.composed: Composed | None = None
        self.errors: list[dict[str, str]] = []
        self._readable = True
        self.version = 0
        self.listening = ("Opening", 0.0)
        self._work = ThreadPoolExecutor(1, "studio")
        self._packed: dict[str, tuple[Any, bytes]] = {}

    @property
    def folder(self) -> Path:
        """The only folder that the page may name files of."""
        return self.path.parent

    def state(self) -> dict[str, Any]:
        """Everything that the page shows, except the curves."""
        state: dict[str, Any] = {
            "version": self.version,
            "digest": self.document.digest,
            "name": self.path.stem,
            "file": self.path.name,
            "errors": self.errors,
            "undo": self.document.undo,
            "redo": self.document.redo,
            "phase": "ready" if self.composed else "broken" if self.errors else "listening",
            "listening": self.listening,
            "pictures": named(self.folder, PICTURES)[:LISTED],
        }
        if self.composed is not None:
            state["song"] = song_state(self.composed.song)
            state["project"] = project_state(self.composed, self.registry)
        return state

    async def open(self) -> None:
        """Read the project and compose it, then watch its file until cancelled."""
        await self._run(self._direct)
        await self._run(self._compose)
        for name in ("curves", "camera", "peaks"):  # while the browser starts
            if self.composed is not None:
                await self._run(self._binary, name)
        while True:
            await asyncio.sleep(WATCHED)
            await self._run(self._check_file)

    async def edit(self, request: Any) -> dict[str, Any]:
        """Apply an edit of the page: `base`, `label`, `gesture` and `ops`.

        Returns
        -------
        dict
            The new state.

        Raises
        ------
        ProjectError
            If the file has changed since `base`, or the edit is invalid; nothing is written.
        """
        if not isinstance(request, dict):
            raise ProjectError("this is not an edit")
        await self._run(self._edit, request)
        return self.state()

    async def revert(self, forward: bool) -> dict[str, Any]:
        """Undo the last change, or redo it."""
        await self._run(self._revert, forward)
        return self.state()

    async def binary(self, name: str) -> bytes:
        """The `curves`, `peaks` or `camera` of the composed project, packed."""
        found: bytes = await self._run(self._binary, name)
        return found

    def image(self, scene: int) -> Path | None:
        """The first picture of a scene, if it is a file in the project's folder.

        Raises
        ------
        ProjectError
            If it is outside the folder.
        """
        score = self.composed.picture.score if self.composed else None
        if score is None or not 0 <= scene < len(score.scenes):
            return None
        path = score.scenes[scene].image if scene else score.image
        return require_inside(self.folder, path, path.name) if path else None

    def close(self) -> None:
        self._work.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        def alone() -> Any:
            with IMPORTING:
                return work(*arguments)

        return await asyncio.get_running_loop().run_in_executor(self._work, alone)

    def _binary(self, name: str) -> bytes:
        composed = self.composed
        if composed is None:
            raise ProjectError("the project is not composed yet")
        about, make = {
            "curves": (composed, composed.curves),
            "camera": (composed, lambda: camera(composed.picture.score)),
            "peaks": (composed.song, lambda: _peaks(composed)),
        }[name]
        if name not in self._packed or self._packed[name][0] is not about:
            self._packed[name] = (about, make())
        return self._packed[name][1]

    def _edit(self, request: dict[str, Any]) -> None:
        self._check_file()
        if request.get("base") != self.document.digest:
            raise ProjectError(
                f"{self.path.name} has changed in the meantime",
                "The page now shows the new version; try again.",
            )
        edits = operations(request.get("ops"))
        for edit in edits:
            self._require_inside(edit)
        moment = self.composed.moment if self.composed else lambda text: None
        text = patched(self.document.text, edits, moment)
        composed = self._read(text)
        label, gesture = str(request.get("label", "Edit")), str(request.get("gesture", ""))
        self.document.change(text, label, gesture)
        self._publish(composed)

    def _require_inside(self, edit: Any) -> None:
        """Refuse an edit that makes the project read a file outside its folder."""
        path, value = getattr(edit, "path", ()), getattr(edit, "value", None)
        if isinstance(edit, Drop) and path == ["depth"]:
            return
        if path and path[0] in ("song", "video", "model", "depth") and len(path) == 1:
            raise ProjectError(f"{path[0]}: edit one entry at a time")
        if path and path[0] == "scene" and not (len(path) > 2 and isinstance(path[1], int)):
            raise ProjectError("scene: edit one entry at a time")
        if not isinstance(value, str):
            return
        known = {**self.registry.engines, **self.registry.depths}
        is_path = set(path) in MODELS and ("/" in value or "\\" in value) and value not in known
        if is_path or set(path) in FILES or [*path[:1], *path[-1:]] == ["scene", "image"]:
            inside(self.folder, value)

    def _revert(self, forward: bool) -> None:
        self._check_file()
        text = self.document.step_forward() if forward else self.document.step_back()
        try:
            composed: Composed | None = self._read(text)
            self.errors = []
        except PhospheneError as error:  # an edit by another program may be invalid
            composed, self.errors = None, problems(error, self.path)
        self.document.revert(forward)
        self._publish(composed)

    def _check_file(self) -> None:
        try:
            changed = self.document.edited_outside()
        except PhospheneError as error:
            self._readable, found = False, problems(error, self.path)
            if found != self.errors:
                self.errors = found
                self._publish(None)
            return
        if changed or not self._readable:
            _log.info("%s: %s", self.path.name, OUTSIDE)
            self._readable = True
            self._compose()

    def _direct(self) -> None:
        """Have a director write the project of a song that has none yet."""
        from phosphene.directing.direct import DEFAULT, brief_of, directed

        try:
            data = parse_toml(self.document.text)
            given = data.get("song")
            if not isinstance(given, dict):  # composing it reports the mistake
                return
            if self.document.text != initial_text(str(given.get("file"))):
                return
            project = make_project(data, self.path, self.registry)
            song = song_of(project.song, self.registry, self._on_listening)
            brief = brief_of(song, self._idea, None, "worlds")
            text = directed(self.registry.directors[DEFAULT], song, brief, given)
            write_atomically(self.path, text.encode())
            self.document = Document(self.path)
        except (PhospheneError, ValueError) as error:
            _log.info("%s is not directed: %s", self.path, error)  # composing it reports why
        except Exception:
            if strict():
                raise
            _log.exception("directing %s", self.path)

    def _compose(self) -> None:
        try:
            composed: Composed | None = self._read(self.document.text)
            self.errors = []
        except PhospheneError as error:
            composed, self.errors = None, problems(error, self.path)
        self._publish(composed)

    def _read(self, text: str) -> Composed:
        try:
            return read_composed(text, self.path, self.registry, self.composed, self._on_listening)
        except PhospheneError:
            raise
        except Exception as error:
            if strict():
                raise
            _log.exception("composing %s", self.path)
            raise Bug(f"internal error: {type(error).__name__}: {error}") from error

    def _on_listening(self, step: str, share: float) -> None:
        before, self.listening = self.listening, (step, round(share, 2))
        if before != self.listening:
            self.announce({"type": "listening", "step": step, "share": share})

    def _publish(self, composed: Composed | None) -> None:
        if composed is not None:
            self.composed, self.errors = composed, []
        self.version += 1
        self.announce({"type": "state", "version": self.version})


def initial_text(song: str) -> str:
    """The text of a project before a director writes it."""
    return f"# Begun by the studio.\n[song]\nfile = {toml(song)}\n"


def _peaks(composed: Composed) -> bytes:
    levels = peaks(composed.song.samples)
    header = {"rate": composed.song.sample_rate, "finest": FINEST, "factor": FACTOR}
    return packed(header, {str(k): level for k, level in enumerate(levels)})
