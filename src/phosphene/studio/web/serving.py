"""Serving the studio: a socket on the loopback address, a token, and uvicorn."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from phosphene.errors import PhospheneError, ProjectError
from phosphene.plugins import Registry

HOST = "127.0.0.1"
NEEDED = ("starlette", "uvicorn", "websockets")


def require_installed() -> None:
    """Check that the server's packages are installed.

    Raises
    ------
    PhospheneError
        With the command that installs them.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise PhospheneError(
            f"the studio needs {', '.join(missing)}, which Phosphene does not install by default",
            'Install it: pip install "phosphene[studio]"',
        )


def serve(
    folder: Path,
    path: Path | None,
    idea: str,
    registry: Registry,
    plugins: list[Path],
    port: int,
    ready: Callable[[str], None],
) -> None:
    """Serve until a signal arrives.

    Parameters
    ----------
    folder : Path
        The only folder that is read and written.
    path : Path or None
        The project, or the song, to open.
    idea : str
        What the film is about, for a song.
    registry : Registry
    plugins : list of Path
        Folders of plugins that are single files.
    port : int
        0 selects a free one.
    ready : callable
        ready(url) is called when the server answers.

    Raises
    ------
    ProjectError
        If the port is taken, or the project cannot be opened.
    """
    import uvicorn

    from phosphene.studio.studio import Studio
    from phosphene.studio.web.app import make_app

    try:
        listening = socket.create_server((HOST, port), reuse_port=False)
    except OSError as error:
        raise ProjectError(
            f"--port {port}: {error.strerror}", "Choose another port, or omit --port."
        ) from None
    port = listening.getsockname()[1]
    token = secrets.token_urlsafe(24)
    studio = Studio(folder, registry, plugins)
    app = make_app(studio, token, port)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            if path is not None:  # here, and not by the app: uvicorn would print a traceback
                await studio.open(path, idea)
            await super().startup(sockets)
            if self.started:
                ready(f"http://{HOST}:{port}/{token}/")

    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, ws="auto",
        ws_max_size=1 << 16, timeout_graceful_shutdown=2,
    )  # fmt: skip
    Server(config).run(sockets=[listening])
