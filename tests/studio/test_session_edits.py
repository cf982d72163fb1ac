"""The state of a project for the page, its edits, and edits by other programs."""

import asyncio
from urllib.parse import unquote

import numpy as np
import pytest
from anyio.from_thread import start_blocking_portal
from studios import HERE, PORT, PROJECT, RATE, SECONDS, TOKEN, clicks, unpacked, wait

from phosphene.composing.compose import compose
from phosphene.project.file import read_project
from phosphene.project.listening import song_of
from phosphene.studio.views.sound import FACTOR, FINEST, peaks
from phosphene.studio.views.wire import packed


def state(client):
    return client.get("api/state").json()


def edit(client, *ops, **about):
    base = about.pop("base", None) or state(client)["digest"]
    return client.post("api/edit", json={"base": base, "label": "Edit", "ops": list(ops), **about})


def put(value, *path):
    return {"op": "put", "path": list(path), "value": value}


def test_the_song_and_the_positions_are_known(ready):
    shown = state(ready)
    song, project = shown["song"], shown["project"]
    assert song["duration"] == pytest.approx(SECONDS)
    assert song["tempo"] == pytest.approx(120.0, abs=1.0)
    np.testing.assert_allclose(np.diff(song["beats"]), 0.5, atol=0.02)
    assert project["prompts"][1]["at"] == pytest.approx(song["bars"][3])
    points = project["layers"][0]["keys"][0]["points"]
    assert [point["value"] for point in points] == [1.0, 1.02, 1.0]
    assert points[1]["at"] == pytest.approx(song["bars"][2])


def test_the_curves_are_those_of_the_composer(ready, folder, registry):
    header, arrays = unpacked(ready.get("api/curves.bin").content)
    project = read_project(folder / "film.toml", registry)
    score = compose(project, song_of(project.song, registry))
    assert header["frames"] == len(score)
    for name in ("zoom", "strength"):
        np.testing.assert_array_equal(arrays[name], score.channels[name].astype(np.float32))
    np.testing.assert_array_equal(arrays["zoom.1.above"], arrays["zoom"])


def test_the_camera_has_a_step_and_a_pose_for_each_frame(ready):
    frames = unpacked(ready.get("api/curves.bin").content)[0]["frames"]
    _, arrays = unpacked(ready.get("api/camera.bin").content)
    assert arrays["steps"].shape == (frames, 9)
    assert arrays["poses"].shape == (frames, 2, 11)
    np.testing.assert_allclose(arrays["poses"][:, :, 10].sum(axis=1), 1.0)
    assert len(arrays["hues"]) == 2


def test_the_sound_is_the_song_from_its_first_sample(ready, tmp_path):
    import io

    import soundfile

    samples, rate = soundfile.read(io.BytesIO(ready.get("api/sound.wav").content))
    assert rate == RATE
    np.testing.assert_allclose(samples, clicks(), atol=2e-4)


def test_peaks_are_the_extremes_at_every_resolution():
    samples = np.zeros(FINEST * FACTOR * 3000, np.float32)
    samples[100], samples[-1] = 0.5, -0.25
    levels = peaks(samples)
    assert levels[0].shape == (12000, 3)
    assert levels[1].shape == (3000, 3)
    assert levels[0][1].tolist() == [0, 127, 16]  # an RMS of 0.5 / 8
    assert levels[1][0].tolist()[:2] == [0, 127]
    assert levels[1][-1].tolist()[:2] == [-64, 0]


def test_arrays_are_aligned_and_keep_their_shape():
    given = {"a": np.arange(3, dtype=np.int8), "b": np.eye(2), "c": np.zeros((0, 2), np.float32)}
    header, arrays = unpacked(packed({"x": 1}, given))
    assert header == {"x": 1}
    for name, array in given.items():
        np.testing.assert_array_equal(arrays[name], array)


def test_an_edit_is_in_the_file_and_composed_and_can_be_undone(ready, folder):
    path = folder / "film.toml"
    answer = edit(ready, put(1.08, "motion", 0, "zoom", "bar 3"), label="Move keyframe")
    assert answer.status_code == 200
    assert path.read_text() == PROJECT.replace("1.02", "1.08")
    assert answer.json()["undo"] == "Move keyframe"
    assert unpacked(ready.get("api/curves.bin").content)[1]["zoom"].max() > 1.08
    assert ready.post("api/undo").json()["redo"] == "Move keyframe"
    assert path.read_text() == PROJECT
    assert unpacked(ready.get("api/curves.bin").content)[1]["zoom"].max() < 1.08
    ready.post("api/redo")
    assert path.read_text() == PROJECT.replace("1.02", "1.08")


def test_line_endings_and_the_mark_of_windows_stay(ready, folder):
    path, before = folder / "film.toml", PROJECT.replace("\n", "\r\n").encode("utf-8-sig")
    path.write_bytes(before)
    edit(ready, put(0.5, "motion", 1, "amount"))
    lines = before.splitlines(keepends=True)
    assert [one for one in path.read_bytes().splitlines(keepends=True) if one not in lines] == [
        b"amount = 0.5\r\n"
    ]
    ready.post("api/undo")
    assert path.read_bytes() == before


def test_the_moves_of_a_slider_are_one_step(ready, folder):
    for amount in (0.2, 0.4, 0.6):
        edit(ready, put(amount, "motion", 1, "amount"), gesture="g")
    assert "amount = 0.6" in (folder / "film.toml").read_text()
    assert ready.post("api/undo").json()["undo"] == ""
    assert (folder / "film.toml").read_text() == PROJECT


def test_an_invalid_edit_has_the_message_of_the_command_line_and_is_not_written(ready, folder):
    answer = edit(ready, put("soft", "motion", 1, "mix"))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["entry"] == "motion[1].mix"
    assert f"{folder / 'film.toml'}: motion[1].mix: got 'soft'" in error["message"]
    outside = edit(ready, put(1.0, "motion", 0, "zoom", "bar 99")).json()["errors"]
    assert "outside the song" in outside[0]["message"]
    assert (folder / "film.toml").read_text() == PROJECT


def test_an_edit_for_an_older_state_is_refused(ready, folder):
    base = state(ready)["digest"]
    assert edit(ready, put(0.5, "motion", 1, "amount"), base=base).status_code == 200
    answer = edit(ready, put(0.7, "motion", 1, "amount"), base=base)
    assert "has changed in the meantime" in answer.json()["errors"][0]["message"]


def test_an_edit_by_another_program_is_seen_and_can_be_undone(ready, folder):
    path = folder / "film.toml"
    path.write_text(PROJECT.replace("a burning city", "a frozen lake"))
    wait(lambda: state(ready)["project"]["prompts"][1]["text"] == "a frozen lake")
    ready.post("api/undo")
    assert path.read_text() == PROJECT


def test_an_error_from_another_program_is_shown_beside_the_last_valid_state(ready, folder):
    path = folder / "film.toml"
    path.write_text(PROJECT.replace('release = "0.3s"', 'release = "soon"'))
    (error,) = wait(lambda: state(ready)["errors"])
    assert error["entry"] == "motion[1].release"
    assert state(ready)["project"]["layers"][1]["values"]["release"] == "0.3s"
    path.write_text("[song\n")
    wait(lambda: "not valid TOML" in str(state(ready)["errors"]))
    path.write_text(PROJECT)
    wait(lambda: not state(ready)["errors"])


def test_a_file_that_was_away_for_a_while_is_valid_again(ready, folder):
    (folder / "film.toml").rename(folder / "away.toml")
    wait(lambda: "no such project file" in str(state(ready)["errors"]))
    (folder / "away.toml").rename(folder / "film.toml")
    wait(lambda: not state(ready)["errors"], 5)


def test_a_project_that_gives_its_song_as_a_text_has_the_message_of_the_command_line(
    folder, client
):
    (folder / "film.toml").write_text('song = "song.wav"')
    (error,) = wait(lambda: state(client)["errors"])
    assert error["entry"] == "song"


@pytest.mark.parametrize(
    "op",
    [put("../other.wav", "song", "file"), put("/etc/passwd", "song", "beats"), put("../x.png", "video", "image"),
     put("../model", "model", "name"), put("/etc", "depth", "source"), put({"file": "/etc/passwd"}, "song")],
)  # fmt: skip
def test_the_page_cannot_make_the_project_read_other_folders(ready, folder, op):
    assert edit(ready, op).status_code == 422
    assert (folder / "film.toml").read_text() == PROJECT


def test_a_scene_is_placed_by_the_song_and_its_image_stays_in_the_folder(ready, folder):
    for at in ("100%", "bar 5", "beat 6"):
        edit(ready, {"op": "add_scene", "at": at, "prompt": "a fair"})
    scenes = state(ready)["project"]["scenes"]
    assert [scene["position"] for scene in scenes] == ["", "beat 6", "bar 5"]
    moved = edit(ready, {"op": "move_scene", "index": 0, "at": "bar 6"}).json()["project"]
    assert [scene["position"] for scene in moved["scenes"]] == ["", "bar 5", "bar 6"]
    text = (folder / "film.toml").read_text()
    for op in (put("../x.png", "scene", 0, "image"), put({"image": "../x.png"}, "scene", 0)):
        (error,) = edit(ready, op).json()["errors"]
        assert "of the project's folder" in error["message"] or "one entry" in error["message"]
    assert (folder / "film.toml").read_text() == text


def test_inherited_settings_are_listed_and_depth_can_be_removed(ready, folder):
    edit(
        ready,
        {"op": "add_scene", "at": "bar 3", "prompt": "a fair"},
        put(0.7, "model", "colour_match"),
    )
    (_, scene) = edit(ready, put("x..", "scene", 0, "cadence")).json()["project"]["scenes"]
    assert scene["taken"]["colour_match"] == 0.7
    assert (scene["taken"]["cadence"], scene["taken"]["guidance"]) == ("x..", 1.0)
    assert edit(ready, put("tunnel", "depth", "source")).json()["project"]["depth"] == {
        "source": "tunnel"
    }
    (error,) = edit(ready, put(9, "depth", "near")).json()["errors"]
    assert error["entry"] == "depth.far"
    edit(ready, {"op": "drop", "path": ["depth"]})
    assert "depth" not in (folder / "film.toml").read_text()
    (folder / "sea.PNG").write_bytes(b"")
    assert state(ready)["pictures"] == ["sea.PNG"]


def test_a_page_is_notified_of_changes(ready):
    with ready.websocket_connect(f"ws://127.0.0.1:{PORT}/{TOKEN}/socket") as socket:
        version = edit(ready, put(0.5, "motion", 1, "amount")).json()["version"]
        assert socket.receive_json() == {"type": "state", "version": version}


def test_a_suspended_page_gets_the_state_when_it_resumes(folder, registry):
    from phosphene.studio.studio import Studio

    async def last():
        studio = Studio(folder, registry, [])
        async with studio.running():
            with studio.listener() as messages:
                for number in range(1001):
                    studio.announce({"type": "job", "id": str(number)})
                await asyncio.sleep(0.1)
                return [messages.get_nowait() for _ in range(messages.qsize())][-1]

    # In a thread: browser tests leave an event loop in this one.
    with start_blocking_portal() as portal:
        assert portal.call(last) == {"type": "state"}


def test_every_modulator_has_a_form(ready, registry):
    choices = ready.get("api/choices").json()
    assert choices["modulators"].keys() == registry.modulators.keys()
    sustain = next(f for f in choices["modulators"]["beat"]["fields"] if f["name"] == "sustain")
    assert (sustain["kind"], sustain["min"], sustain["max"], sustain["default"]) == (
        "number",
        0,
        1,
        1.0,
    )
    assert choices["modulators"]["beat"]["envelope"]
    assert not choices["modulators"]["keyframes"]["envelope"]


def test_a_song_that_cannot_be_directed_is_open_all_the_same(folder, registry, monkeypatch):
    from starlette.testclient import TestClient

    from phosphene.studio.studio import Studio
    from phosphene.studio.web.app import make_app

    monkeypatch.delenv("PHOSPHENE_STRICT", raising=False)
    monkeypatch.setattr("phosphene.directing.direct.brief_of", lambda *given: 1 / 0)
    app = make_app(Studio(folder, registry, [], folder / "song.wav"), TOKEN, PORT)
    with TestClient(app, base_url=f"{HERE}/{TOKEN}/", headers={"origin": HERE}) as client:
        wait(lambda: state(client)["phase"] == "ready")


def test_a_dropped_song_gets_a_folder_and_a_project(folder, registry, song_file, monkeypatch):
    from starlette.testclient import TestClient

    from phosphene.studio.studio import Studio
    from phosphene.studio.web.app import make_app

    app = make_app(Studio(folder, registry, []), TOKEN, PORT)
    with TestClient(app, base_url=f"{HERE}/{TOKEN}/", headers={"origin": HERE}) as client:
        assert state(client)["phase"] == "empty"
        assert state(client)["projects"] == ["film.toml"]
        for name in ("../evil.wav", "notes.txt", "a/b.wav", "..%2fevil.wav"):
            answer = client.post("api/project/song", content=b"x", headers={"x-name": name})
            assert answer.status_code == 422, name
        sound = song_file.read_bytes()
        answer = client.post("api/project/song", content=sound, headers={"x-name": "My%20song.wav"})
        assert answer.status_code == 200
        assert (folder / "My song" / "My song.wav").read_bytes() == sound
        wait(lambda: state(client)["phase"] == "ready")
        directed = (folder / "My song" / "My song.toml").read_text()
        assert 'file = "My song.wav"' in directed
        assert "[[motion]]" in directed
        assert state(client)["undo"] == ""
        for name, content, at in (
            ("My%20song.wav", sound, "My song"),
            ("My%20song.wav", sound[:44100], "My song 2"),
            ("My%20song.flac", sound, "My song 3"),
        ):
            client.post("api/project/song", content=content, headers={"x-name": name})
            assert (folder / at / unquote(name)).read_bytes() == content
            assert f'file = "{unquote(name)}"' in (folder / at / "My song.toml").read_text()
        monkeypatch.setattr("phosphene.studio.studio.LARGEST", 10)
        answer = client.post("api/project/song", content=sound, headers={"x-name": "large.wav"})
        assert "is larger than" in answer.text
    assert (folder / "My song" / "My song.wav").read_bytes() == sound
    assert not list(folder.rglob("*.new"))
    assert not list(folder.parent.glob("evil*"))
