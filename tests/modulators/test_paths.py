import numpy as np
import pytest

POINTS = {"0": [0, 0], "2s": [120, -40], "4s": [20, 60]}


@pytest.mark.parametrize("fps", [12, 15, 48])
@pytest.mark.parametrize("ease", ["linear", "cubic", "easeOutBounce"])
def test_the_picture_reaches_each_point_on_time(curves, fps, ease):
    got = curves("path", fps=fps, project_fps=12, points=POINTS, ease=ease)
    places = np.cumsum([got["translation_x"], got["translation_y"]], axis=1) * 12 / fps
    for second, point in ((0, [0, 0]), (2, [120, -40]), (4, [20, 60]), (7, [20, 60])):
        np.testing.assert_allclose(places[:, second * fps], point, atol=1e-9)


def test_a_straight_line_has_even_steps(curves):
    got = curves("path", points={"0": [5, 1], "1s": [25, 1]}, ease="linear")
    np.testing.assert_allclose(got["translation_x"][:13], [0] + [2] * 10 + [0, 0], atol=1e-12)
    assert not got["translation_y"].any()


def test_a_path_needs_two_points(project):
    with pytest.raises(Exception, match=r"motion\[0\]\.points: .*at least two points"):
        project({"use": "path", "points": {"0": [0, 0]}})
