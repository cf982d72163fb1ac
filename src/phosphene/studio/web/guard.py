"""Access control: only the page that the studio itself served, on this machine, may use it.

A server on the loopback address is reachable by every web page that the user has open. Three checks
exclude them: the path begins with a token that only the user's own URL contains; the Host header
must name the loopback address, against DNS rebinding; and where a browser states an Origin or a
Sec-Fetch-Site, it must be the studio's own. Requests that change something must state an Origin.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAMES = ("127.0.0.1", "localhost")
READING = ("GET", "HEAD")
REFUSED = 403
FOREIGN = 1008  # close code of a WebSocket: policy violation


def policy(origins: Iterable[str]) -> str:
    """The Content-Security-Policy: everything comes from the studio, and nothing is inline."""
    sockets = " ".join(origin.replace("http://", "ws://") for origin in origins)
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' blob:",
        "media-src": "'self' blob:",
        "connect-src": f"'self' {sockets}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class Guard:
    """Middleware that refuses foreign requests and adds the security headers.

    Parameters
    ----------
    app : ASGI application
        It sees paths without the token.
    token : str
    port : int
        Port of the server; a Host with another one is refused.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self.app, self.token = app, token
        self.hosts = {f"{name}:{port}" for name in NAMES}
        self.origins = {f"http://{host}" for host in self.hosts}
        self.headers = {
            "content-security-policy": policy(sorted(self.origins)),
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",  # the URL contains the token
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "cache-control": "no-store",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        reason = self.refusal(scope)
        if reason and scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": FOREIGN, "reason": reason})
        elif reason:
            await PlainTextResponse(reason + "\n", REFUSED)(scope, receive, self._secured(send))
        else:
            await self.app(self._inner(scope), receive, self._secured(send))

    def refusal(self, scope: Scope) -> str:
        """Why a request is refused; empty if it is accepted."""
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self.hosts:
            return "The studio only answers on 127.0.0.1."
        site, origin = headers.get("sec-fetch-site", "same-origin"), headers.get("origin")
        if site not in ("same-origin", "none") or (origin and origin not in self.origins):
            return "Other pages cannot use the studio."
        changes = scope["type"] == "websocket" or scope["method"] not in READING
        if changes and origin is None:
            return "A request that changes something must state its Origin."
        token = scope["path"].split("/")[1]
        if not secrets.compare_digest(token.encode(), self.token.encode()):
            return "Open the address that `phosphene studio` printed: it contains the token."
        return ""

    def _inner(self, scope: Scope) -> Scope:
        prefix = f"/{self.token}"
        path = scope["path"].removeprefix(prefix) or "/"
        return {**scope, "path": path, "raw_path": path.encode(), "root_path": ""}

    def _secured(self, send: Send) -> Send:
        added = [(name.encode(), value.encode()) for name, value in self.headers.items()]

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in added}
                others = [pair for pair in message.get("headers", []) if pair[0] not in names]
                message = {**message, "headers": [*others, *added]}
            await send(message)

        return secured
