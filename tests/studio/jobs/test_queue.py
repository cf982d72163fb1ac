"""Requests of the page are painted by another process, and the results kept."""

import io
import json

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient
from studios import HERE, PORT, PROJECT, TOKEN, wait

from phosphene.own_files import locked, make_folder
from phosphene.studio.jobs.worker import Worker, latest_frame, write_jpeg
from phosphene.studio.studio import Studio
from phosphene.studio.web.app import make_app


def jobs(client):
    return {job["id"]: job for job in client.get("api/state").json()["jobs"]}


def begin(client, **asked):
    answer = client.post("api/jobs/new", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()[0]["id"]


@pytest.fixture
def folder(folder):
    (folder / "film.toml").write_text(PROJECT.replace("fps = 8", 'fps = 8\nend = "2s"'))
    return folder


@pytest.mark.skipif("sys.platform == 'win32'")
def test_frames_and_a_film_are_painted_at_the_same_time(ready, folder, decode_frames):
    (folder / "theirs.mp4").write_bytes(b"not ours")
    theirs = begin(ready, kind="film", name="theirs")
    take = begin(ready, kind="bars", label="Bar 1", first=3, last=6)
    film = begin(ready, kind="film", name="out", width=32, height=32)
    again = ready.post("api/jobs/new", json={"kind": "film", "name": "out"})
    assert "is being rendered already" in again.json()["errors"][0]["message"]
    wait(lambda: {job["state"] for job in jobs(ready).values()} <= {"done", "failed"}, 120)
    done = jobs(ready)
    assert done[theirs]["state"] == "failed"
    assert "was not made by Phosphene" in done[theirs]["notes"][-1]
    ready.post(f"api/jobs/{theirs}/remove")
    assert (folder / "theirs.mp4").read_bytes() == b"not ours"
    assert done[take]["pictures"] == [3, 4, 5]
    coded = np.frombuffer(ready.get(f"takes/{take}/4.jpg").content, np.uint8)
    assert cv2.imdecode(coded, cv2.IMREAD_COLOR).shape == (64, 64, 3)
    assert decode_frames(folder / "out.mp4").shape == (16, 32, 32, 3)
    assert ready.get("films/out.mp4").content == (folder / "out.mp4").read_bytes()
    assert ready.get(f"takes/{take}/9.jpg").status_code == 404
    assert ready.get("takes/nothing/4.jpg").status_code == 422
    ready.post(f"api/jobs/{film}/remove")
    ready.post(f"api/jobs/{take}/remove")
    assert jobs(ready) == {}
    assert (folder / "out.mp4").is_file()  # what is finished stays
    assert list((folder / ".studio" / "film" / "takes").iterdir()) == []


@pytest.fixture
def earlier(folder, registry):
    """Make the app of a studio that finds jobs of an earlier run: ``earlier(job, ...)``."""

    def make(*listed):
        kept = folder / ".studio" / "film"
        kept.mkdir(parents=True)
        (kept / "jobs.json").write_text(json.dumps(listed))
        return make_app(Studio(folder, registry, [], folder / "film.toml"), TOKEN, PORT)

    return make


def film_job(id, output="out.mp4"):
    asked = {"kind": "film", "name": "out"}
    about = {"state": "running", "done": 5, "total": 16, "output": output}
    return {"id": f"20260101-120000-{id}", "asked": asked, "text": PROJECT, **about}


def test_frames_that_another_job_continues_stay_when_a_job_is_removed(folder, earlier):
    app = earlier(film_job("aaaaaa"), film_job("bbbbbb"))
    kept = folder / ".out.mp4.resume"
    make_folder(kept)
    (kept / "segment-00000.rgb").write_bytes(b"frames")
    with TestClient(app, base_url=f"{HERE}/{TOKEN}/", headers={"origin": HERE}) as client:
        client.post("api/jobs/20260101-120000-aaaaaa/remove")
        assert (kept / "segment-00000.rgb").is_file()
        client.post("api/jobs/20260101-120000-bbbbbb/remove")
        assert not kept.exists()


def test_bars_that_are_resumed_have_each_picture_once(earlier):
    asked = {"kind": "bars", "first": 3, "last": 6}
    id = "20260101-120000-aaaaaa"
    app = earlier({"id": id, "asked": asked, "text": PROJECT, "pictures": [3, 4]})
    with TestClient(app, base_url=f"{HERE}/{TOKEN}/", headers={"origin": HERE}) as client:
        client.post(f"api/jobs/{id}/resume")
        wait(lambda: jobs(client)[id]["state"] == "done")
        assert jobs(client)[id]["pictures"] == [3, 4, 5]


def test_only_the_last_pictures_of_a_film_are_kept(folder, earlier):
    id = "20260101-120000-aaaaaa"
    app = earlier(film_job("aaaaaa") | {"pictures": [0, 1, 2]})
    takes = folder / ".studio" / "film" / "takes" / id
    takes.mkdir(parents=True)
    for frame in range(3):
        (takes / f"000000{frame}.jpg").write_bytes(b"picture")
    with TestClient(app, base_url=f"{HERE}/{TOKEN}/", headers={"origin": HERE}) as client:
        client.post(f"api/jobs/{id}/resume")
        wait(lambda: jobs(client)[id]["state"] == "done")
        assert len(jobs(client)[id]["pictures"]) == len(list(takes.iterdir())) == 2


def test_frames_of_a_command_stay_when_a_job_is_removed(folder, earlier):
    app, kept = earlier(film_job("aaaaaa")), folder / ".out.mp4.resume"
    with TestClient(app, base_url=f"{HERE}/{TOKEN}/", headers={"origin": HERE}) as client:
        with locked(kept):
            make_folder(kept)
            (kept / "segment-00000.rgb").write_bytes(b"frames")
            client.post("api/jobs/20260101-120000-aaaaaa/remove")
            assert (kept / "segment-00000.rgb").is_file()
        assert jobs(client) == {}


def test_running_jobs_are_paused_after_a_restart(folder, earlier):
    app, kept = earlier(film_job("abcdef")), folder / ".studio" / "film"
    with TestClient(app, base_url=f"{HERE}/{TOKEN}/", headers={"origin": HERE}) as client:
        (job,) = jobs(client).values()
        assert (job["state"], job["done"]) == ("paused", 5)
    for damaged in ("[{]", json.dumps([film_job("abcdef", "../out.mp4")])):
        (kept / "jobs.json").write_text(damaged)
        with TestClient(app, base_url=f"{HERE}/{TOKEN}/", headers={"origin": HERE}) as client:
            assert jobs(client) == {}


def test_a_job_that_is_stopped_before_its_worker_has_started_is_not_painted(folder):
    out = io.StringIO()
    job = {"id": "1", "asked": {"kind": "frame", "last": 1}, "text": PROJECT, "folder": str(folder)}
    worker = Worker(folder / "film.toml", [], out)
    worker.listen(io.StringIO(json.dumps({"job": job}) + '\n{"stop": true}\n'))
    worker.work()
    assert json.loads(out.getvalue().splitlines()[-1]) == {"id": "1", "event": "stopped"}


def test_a_folder_of_the_studio_that_is_a_link_is_refused(folder, registry, tmp_path_factory):
    (folder / ".studio").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    app = make_app(Studio(folder, registry, []), TOKEN, PORT)
    with TestClient(app, base_url=f"{HERE}/{TOKEN}/", headers={"origin": HERE}) as client:
        answer = client.post("api/project/open", json={"file": "film.toml"})
        assert "is a link" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "asked",
    [{"kind": "film", "name": "../out"}, {"kind": "film", "format": "exe"}, {"kind": "bars", "first": 5, "last": 5},
     {"kind": "film", "width": 15}, {"kind": "dance"}, {"kind": "bars", "last": 2, "model": "../model"}, {"kind": "film", "name": "a/b"}],
)  # fmt: skip
def test_impossible_jobs_are_refused_at_once(ready, asked):
    assert ready.post("api/jobs/new", json=asked).status_code == 422
    assert jobs(ready) == {}


def test_the_latest_frame_of_a_film_in_progress(tmp_path):
    assert latest_frame(tmp_path, 4, 2) is None
    frames = np.arange(72, dtype=np.uint8).reshape(3, 2, 4, 3)
    (tmp_path / "segment-00000.rgb").write_bytes(frames[:2].tobytes())
    (tmp_path / "segment-00048.rgb").write_bytes(frames[2].tobytes() + b"half a frame"[:5])
    np.testing.assert_array_equal(latest_frame(tmp_path, 4, 2), frames[2])


def test_a_picture_keeps_its_colours(tmp_path):
    write_jpeg(tmp_path / "a.jpg", np.full((32, 32, 3), (200, 40, 90), np.uint8))
    back = cv2.imread(str(tmp_path / "a.jpg"))[16, 16, ::-1]
    np.testing.assert_allclose(back, (200, 40, 90), atol=4)
