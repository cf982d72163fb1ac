"""Only the studio's own page is answered."""

import re

import pytest
from starlette.websockets import WebSocketDisconnect
from studios import HERE, PORT, TOKEN

from phosphene.studio.web.app import STATIC

STATE = f"/{TOKEN}/api/state"


def test_the_page_and_its_parts_are_served_with_the_token_only(client):
    page = client.get("")
    assert page.status_code == 200
    assert "text/html" in page.headers["content-type"]
    assert client.get("static/main.js").status_code == 200
    for path in ("/", "/api/state", "/wrong/api/state", f"/{TOKEN}x/api/state", "/static/main.js"):
        assert client.get(f"{HERE}{path}").status_code == 403, path


def test_the_page_fetches_all_its_modules_at_once(client):
    modules = {path.relative_to(STATIC.parent).as_posix() for path in STATIC.rglob("*.js")}
    fetched = re.findall(
        r'<(?:link rel="modulepreload" href|script .*src)="(.*?)"', client.get("").text
    )
    assert sorted(fetched) == sorted(modules)


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        f"example.com:{PORT}",
        "127.0.0.1",
        "127.0.0.1:1",
        f"127.0.0.1.nip.io:{PORT}",
        "",
    ],
)
def test_another_host_is_refused(client, host):
    assert client.get(f"{HERE}{STATE}", headers={"host": host}).status_code == 403


def test_both_names_of_this_machine_are_answered(client):
    assert client.get(f"{HERE}{STATE}", headers={"host": f"localhost:{PORT}"}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://example.com", "null", f"https://127.0.0.1:{PORT}", "http://127.0.0.1:1"]
)
def test_another_origin_is_refused(client, origin):
    assert client.get(f"{HERE}{STATE}", headers={"origin": origin}).status_code == 403
    assert client.post("api/undo", headers={"origin": origin}).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(
            f"ws://127.0.0.1:{PORT}/{TOKEN}/socket", headers={"origin": origin}
        ),
    ):
        pass


def test_a_request_from_another_site_is_refused(client):
    for site in ("cross-site", "same-site"):
        assert client.get("api/state", headers={"sec-fetch-site": site}).status_code == 403


def test_requests_that_change_something_must_state_their_origin(client):
    del client.headers["origin"]
    assert client.get("api/state").status_code == 200
    assert client.post("api/undo").status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(f"ws://127.0.0.1:{PORT}/{TOKEN}/socket"),
    ):
        pass


def test_a_socket_with_a_wrong_token_is_refused(client):
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(f"ws://127.0.0.1:{PORT}/wrong/socket"),
    ):
        pass


def test_a_socket_with_the_token_is_accepted(client):
    with client.websocket_connect(f"ws://127.0.0.1:{PORT}/{TOKEN}/socket"):
        pass


def test_security_headers_are_on_every_answer(client):
    for answer in (client.get(""), client.get(f"{HERE}/"), client.get("static/nothing.js")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    ["films/../film.toml", "films/..%2f..%2fetc%2fpasswd", "films/%2e%2e/secret.mp4", "films//etc/passwd",
     "films/film.toml", "static/../app.py", "static/..%2fapp.py", "films/link.mp4", "films/out/secret.mp4"],
)  # fmt: skip
def test_nothing_outside_of_the_folder_is_read(client, folder, path):
    outside = folder.parent / f"{folder.name}-outside"
    outside.mkdir()
    (outside / "secret.mp4").write_bytes(b"secret")
    (folder / "link.mp4").symlink_to(outside / "secret.mp4")
    (folder / "out").symlink_to(outside)
    answer = client.get(f"{HERE}/{TOKEN}/{path}")
    assert answer.status_code in (403, 404, 422)
    assert b"secret" not in answer.content.replace(b"secret.mp4", b"")


def test_a_film_of_the_folder_is_served_in_parts(client, folder):
    (folder / "film.mp4").write_bytes(b"0123456789")
    assert client.get("films/film.mp4").content == b"0123456789"
    part = client.get("films/film.mp4", headers={"range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
