"""The files of a folder that the page is told of."""

import os
import sys

import pytest
from starlette.testclient import TestClient
from studios import HERE, PORT, TOKEN

from phosphene.studio.studio import Studio
from phosphene.studio.web.app import make_app


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
@pytest.mark.parametrize("opened", [True, False])
def test_a_name_that_is_not_utf_8_is_not_listed(folder, registry, opened):
    for name in (b"caf\xe9.png", b"caf\xe9.mp3", b"caf\xe9.toml"):
        (folder / os.fsdecode(name)).write_bytes(b"")
    app = make_app(
        Studio(folder, registry, [], folder / "film.toml" if opened else None), TOKEN, PORT
    )
    with TestClient(app, base_url=f"{HERE}/{TOKEN}/", headers={"origin": HERE}) as client:
        state = client.get("api/state").json()
    listed = ("pictures", []), ("projects", ["film.toml"]), ("songs", ["song.wav"])
    assert all(state.get(key, names) == names for key, names in listed)
