"""Requests of the page to paint a frame, some bars or the film, and the jobs made from them."""

from __future__ import annotations

import secrets
import time
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from phosphene.errors import ProjectError

State = Literal["waiting", "running", "paused", "done", "failed"]
NAME = r"[^\\/:*?\"<>|\x00-\x1f]{1,120}"


class Request(BaseModel):
    """A request of the page; None uses the project's setting.

    `first` and `last` are frames of the song at the project's own rate, [first, last).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    kind: Literal["frame", "bars", "film"]
    label: str = Field("", max_length=200)
    first: int = Field(0, ge=0, lt=10_000_000)
    last: int = Field(0, ge=0, lt=10_000_000)
    model: str | None = Field(None, max_length=300)
    quality: Literal["draft", "standard", "fine"] | None = None
    width: int | None = Field(None, ge=16, le=8192, multiple_of=2)
    height: int | None = Field(None, ge=16, le=8192, multiple_of=2)
    fps: str | None = Field(None, max_length=20)
    seed: int | None = Field(None, ge=0, lt=2**62)
    takes: int = Field(1, ge=1, le=9, description="number of seeds, as in `render --takes`")
    name: str = Field("", pattern=f"^({NAME})?$", description="name of the film without its ending")
    format: Literal["mp4", "mov", "mkv", "webm", "gif"] = "mp4"
    force: bool = False


class Job(BaseModel):
    """A request, the project's text at that time, and its progress."""

    model_config = ConfigDict(extra="ignore")

    id: str
    asked: Request
    text: str
    state: State = "waiting"
    stage: str = ""
    done: int = 0
    total: int = 0
    rate: float = 0.0
    started: float = 0.0
    begun: int = 0
    first: int = 0
    fps: float = 0.0
    pictures: list[int] = []
    notes: list[str] = []
    output: str = ""

    @property
    def queue(self) -> str:
        """The worker queue. Films and pictures have separate ones, so that neither waits."""
        return "films" if self.asked.kind == "film" else "pictures"

    def shown(self) -> dict[str, Any]:
        """The job as JSON for the page."""
        fields = self.model_dump(exclude={"text"})
        left = (self.total - self.done) / self.rate if self.rate and self.state == "running" else 0
        return {**fields, "left": left}


def parse_request(data: Any) -> Request:
    """Read a request from JSON.

    Raises
    ------
    ProjectError
        If it is not a valid request.
    """
    try:
        request = Request.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ProjectError(f"{where}: {first['msg']}") from None
    if request.kind != "film" and request.last <= request.first:
        raise ProjectError("the last frame is not after the first", "Choose a longer range.")
    return request


def new_id() -> str:
    """A name for a job; later ones sort after earlier ones."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
