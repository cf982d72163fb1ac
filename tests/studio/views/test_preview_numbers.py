"""What the page gets to draw the preview: cuts, dissolves and returns as the film has them."""

from dataclasses import replace

import numpy as np
from scores import score
from studios import unpacked

from phosphene.score.scenes import Scene
from phosphene.studio.views.camera import camera, plane

SCENES = (Scene(0), Scene(10, fade=3, prompt=1), Scene(20, origin=0), Scene(25))


def test_a_frame_is_seen_where_its_scenes_are():
    film = replace(score(n=30, zoom=1.01), scenes=SCENES)
    _, arrays = unpacked(camera(film))
    rows, shots, seen = arrays["rows"], arrays["shots"], arrays["seen"]
    for i in range(30):
        places = [place for place in seen[i] if place >= 0]
        assert [rows[place] for place in places] == [i] * len(film.seen(i))
        np.testing.assert_allclose(arrays["shares"][i], film.share(i))
        for place, scene in zip(places, film.seen(i), strict=True):
            row = film.row(i, scene)
            np.testing.assert_array_equal(arrays["weights"][place], row.weights.astype(np.float32))
    assert [shots[seen[i, 0]] == shots[seen[0, 0]] for i in (9, 10, 19, 20, 24, 25)] == [
        True, False, False, True, True, False,
    ]  # fmt: skip
    assert seen[20, 0] == seen[9, 0] + 1  # the return continues where the scene ended
    assert seen[[6, 7, 9, 10], 1].tolist()[0::3] == [-1, -1]


def test_new_scenes_have_places_of_their_own():
    _, arrays = unpacked(camera(replace(score(n=30), scenes=SCENES)))
    planes = arrays["poses"][arrays["seen"][[0, 15, 22, 27], 0], 0, 0]
    assert planes.tolist() == [0, 10 << 20, 0, 25 << 20]
    known = {(plane, octave) for plane, octave, *_ in arrays["octaves"]}
    assert all((plane, arrays["poses"][0, 0, 1]) in known for plane in planes)


def test_the_plane_is_kept_in_the_cache_and_drawn_again_where_it_is_damaged(tmp_path, monkeypatch):
    monkeypatch.setenv("PHOSPHENE_CACHE", str(tmp_path))
    drawn = plane.__wrapped__()
    (kept,) = (tmp_path / "studio").iterdir()
    assert kept.read_bytes().endswith(drawn)
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    assert plane.__wrapped__() == drawn
    assert kept.read_bytes().endswith(drawn)
