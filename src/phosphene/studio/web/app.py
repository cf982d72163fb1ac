"""The routes of the studio: static files, the project, its sound and pictures, and commands."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from phosphene.errors import PhospheneError, ProjectError
from phosphene.studio.places import inside
from phosphene.studio.studio import Studio
from phosphene.studio.views.camera import plane
from phosphene.studio.views.composed import problems
from phosphene.studio.views.forms import forms
from phosphene.studio.views.sound import chunks, length_of, wave_of
from phosphene.studio.web.guard import Guard

_log = logging.getLogger(__name__)
LARGEST = 1 << 20  # bytes of a command
STATIC = Path(str(files("phosphene.studio") / "static"))
BINARY = "application/octet-stream"
FILMS = (".mp4", ".mov", ".mkv", ".webm", ".gif")

Handler = Callable[[Request], Awaitable[Response]]


def make_app(studio: Studio, token: str, port: int) -> Guard:
    """The application, guarded; see `phosphene.studio.web.guard`."""

    def answering(work: Handler) -> Handler:
        """Turn errors that the user can fix into JSON for the page."""

        async def answer(request: Request) -> Response:
            try:
                return await work(request)
            except PhospheneError as error:
                path = studio.session.path if studio.session else Path()
                body = {"errors": problems(error, path), "fix": error.fix}
                return JSONResponse(body, 404 if isinstance(error, Missing) else 422)

        return answer

    def get(path: str, work: Handler) -> Route:
        return Route(path, answering(work), methods=["GET"])

    def post(path: str, work: Handler) -> Route:
        return Route(path, answering(work), methods=["POST"])

    async def page(request: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def state(request: Request) -> Response:
        return JSONResponse(studio.state())

    async def choices(request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(forms, studio.registry))

    async def binary(request: Request) -> Response:
        name = request.path_params["name"]
        if name == "plane":
            return Response(await run_in_threadpool(plane), media_type=BINARY)
        return Response(await studio.open_session.binary(name), media_type=BINARY)

    async def sound(request: Request) -> Response:
        composed = studio.open_session.composed
        if composed is None:
            raise Missing("the song is not known yet")
        file = await run_in_threadpool(wave_of, composed.song)
        length = {"content-length": str(length_of(file))}
        return StreamingResponse(iterate_in_threadpool(chunks(file)), 200, length, "audio/wav")

    async def image(request: Request) -> Response:
        path = studio.open_session.image(request.path_params["scene"])
        if path is None or not path.is_file():
            raise Missing("the scene has no image")
        return FileResponse(path)

    async def film(request: Request) -> Response:
        path = inside(studio.open_session.folder, request.path_params["name"])
        if path.suffix.lower() not in FILMS or not path.is_file():
            raise Missing(f"{path.name} does not exist")
        return FileResponse(path)

    async def take(request: Request) -> Response:
        name, frame = request.path_params["take"], request.path_params["frame"]
        path = studio.open_jobs.picture(name, frame)
        if not path.is_file():
            raise Missing(f"frame {frame} is not painted")
        return FileResponse(path, media_type="image/jpeg")

    async def edit(request: Request) -> Response:
        return JSONResponse(await studio.open_session.edit(await _json(request)))

    async def revert(request: Request) -> Response:
        forward = request.path_params["way"] == "redo"
        return JSONResponse(await studio.open_session.revert(forward))

    async def begin(request: Request) -> Response:
        return JSONResponse(await studio.open_jobs.begin(await _json(request)))

    async def steer(request: Request) -> Response:
        job, what = request.path_params["job"], request.path_params["what"]
        return JSONResponse(await studio.open_jobs.control(job, what))

    async def upload(request: Request) -> Response:
        name, idea = (request.headers.get(f"x-{key}", "") for key in ("name", "idea"))
        await studio.receive(name, request.stream(), idea)
        return JSONResponse(studio.state())

    async def open_file(request: Request) -> Response:
        given = await _json(request)
        path = inside(studio.folder, str(given.get("file", "")))
        await studio.open(path, str(given.get("idea", "")))
        return JSONResponse(studio.state())

    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        with studio.listener() as messages:
            sending = asyncio.create_task(_send(websocket, messages))
            with contextlib.suppress(WebSocketDisconnect):
                while True:
                    await websocket.receive_text()
            sending.cancel()

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with studio.running():
            yield

    routes = [
        get("/", page),
        get("/api/state", state),
        get("/api/choices", choices),
        get("/api/{name:str}.bin", binary),
        get("/api/sound.wav", sound),
        get("/api/images/{scene:int}", image),
        get("/films/{name:path}", film),
        get("/takes/{take:str}/{frame:int}.jpg", take),
        post("/api/edit", edit),
        post("/api/{way:str}", revert),
        post("/api/jobs/new", begin),
        post("/api/jobs/{job:str}/{what:str}", steer),
        post("/api/project/song", upload),
        post("/api/project/open", open_file),
        WebSocketRoute("/socket", socket),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    return Guard(app, token, port)


class Missing(ProjectError):
    """A URL names something that does not exist."""


async def _send(websocket: WebSocket, messages: asyncio.Queue[dict[str, Any]]) -> None:
    while True:
        await websocket.send_text(json.dumps(await messages.get()))


async def _json(request: Request) -> Any:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise ProjectError("this command is too large")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise ProjectError("this command is not JSON") from None
