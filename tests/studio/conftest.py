"""A project in a folder of its own, a studio on it, and a client that has its token."""

import pytest
import soundfile
from studios import HERE, PORT, PROJECT, RATE, TOKEN, clicks, wait

pytest.importorskip("starlette", reason="the studio needs pip install 'phosphene[studio]'")
pytest.importorskip("uvicorn")
pytest.importorskip("websockets")


@pytest.fixture(scope="session")
def song_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("song") / "song.wav"
    soundfile.write(path, clicks(), RATE)
    return path


@pytest.fixture
def folder(tmp_path, song_file):
    """A project file `film.toml` and its song."""
    (tmp_path / "song.wav").write_bytes(song_file.read_bytes())
    (tmp_path / "film.toml").write_text(PROJECT)
    return tmp_path


@pytest.fixture
def client(folder, registry):
    """A client of a studio with `film.toml`; paths begin after the token."""
    from starlette.testclient import TestClient

    from phosphene.studio.studio import Studio
    from phosphene.studio.web.app import make_app

    app = make_app(Studio(folder, registry, [], folder / "film.toml"), TOKEN, PORT)
    with TestClient(app, base_url=f"{HERE}/{TOKEN}/", headers={"origin": HERE}) as client:
        client.app_guard = app
        yield client


@pytest.fixture
def ready(client):
    """The client, when the project is composed."""
    wait(lambda: client.get("api/state").json()["phase"] in ("ready", "broken"))
    return client
