"""The preview and the timeline: what is drawn, and when."""

import base64

import cv2
import numpy as np
import pytest
from studio_pages import FILM
from studios import wait

from phosphene.composing.compose import compose
from phosphene.project.file import read_project
from phosphene.project.listening import song_of

pytestmark = pytest.mark.browser
# By frames: a bar that begins between two of them, by rounding, may be in either.
SCENES = """
[[scene]]
at = "16"
name = "city"
prompt = "a burning city"

[[scene]]
at = "32"
prompt = "a glacier"
dissolve = "1s"

[[scene]]
at = "48"
continues = "city"

[[motion]]
use = "keyframes"
strength = 0.0
rotation = 1.0
"""


def frame(page, number, size):
    """The preview of a frame, as it is on the screen, scaled: float, shape (size, size, 3)."""
    coded = page.evaluate(
        """async ([number, size]) => {
          phosphene.transport.seek((number + 0.5) / phosphene.store.curves.header.fps);
          phosphene.preview.shown = -1;
          while (phosphene.preview.shown !== number) await new Promise(requestAnimationFrame);
          const copy = document.createElement('canvas');
          copy.width = copy.height = size;
          copy.getContext('2d').drawImage(phosphene.preview.canvas, 0, 0, size, size);
          return copy.toDataURL('image/png').split(',')[1];
        }""",
        [number, size],
    )
    read = cv2.imdecode(np.frombuffer(base64.b64decode(coded), np.uint8), cv2.IMREAD_COLOR)
    return read[..., ::-1] / 255.0


def test_cuts_dissolves_and_returns_are_drawn_as_the_engine_none_draws_them(page, film, registry):
    from phosphene.engines.preview.camera import Camera
    from phosphene.painting.loop import paint

    begin = FILM.index("[[motion]]")
    text = FILM[:begin].replace("= 64", "= 128") + SCENES
    film.write_text(text.replace('"bar 4" = "a burning city"\n', ""))
    wait(lambda: page.evaluate("() => phosphene.store.camera.header.unit === 0.5"), 60)
    project = read_project(film, registry)
    score = compose(project, song_of(project.song, registry))
    assert len(score.scenes) == 4
    engine = Camera(score)
    drawn = {f.row: f.picture[0].numpy().transpose(1, 2, 0) for f in paint(score, engine)}
    begins = [scene.start for scene in score.scenes[1:]]
    for number in (
        3,
        begins[0] - 1,
        begins[0],
        begins[1] - 4,
        begins[1],
        *range(begins[2] - 1, begins[2] + 2),
    ):
        apart = np.abs(frame(page, number, 128) - drawn[number])
        assert apart.mean() < 0.03, number
    other = np.abs(drawn[begins[0]] - drawn[begins[0] - 1])
    assert other.mean() > 0.06


def test_the_picture_follows_the_clock_of_the_sound(page):
    page.evaluate("() => { phosphene.transport.volume = 0; return phosphene.transport.play(); }")
    wait(lambda: page.evaluate("() => phosphene.transport.time") > 0.3)
    page.evaluate("() => { phosphene.watch = true; }")
    wait(lambda: page.evaluate("() => phosphene.sync.length") >= 200, 120)
    page.evaluate("() => { phosphene.watch = false; phosphene.transport.pause(); }")
    fps = page.evaluate("() => phosphene.store.curves.header.fps")
    seen = page.evaluate("() => phosphene.sync")
    assert max(clock for clock, _, _ in seen) - seen[0][0] > 1.0
    for clock, shown, _ in seen:
        assert abs(shown - int(clock * fps)) <= 1


def test_drawing_the_timeline_takes_no_more_strokes_for_more_frames(page, film):
    count = """async () => {
      const { lineTo } = CanvasRenderingContext2D.prototype;
      let strokes = 0;
      CanvasRenderingContext2D.prototype.lineTo = function (...at) { strokes++; return lineTo.apply(this, at); };
      phosphene.timeline.view.fit();
      phosphene.timeline.dirty = true;
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      CanvasRenderingContext2D.prototype.lineTo = lineTo;
      return [strokes, phosphene.store.curves.header.frames, phosphene.timeline.view.inner];
    }"""
    strokes = []
    for fps in (24, 240):
        film.write_text(FILM.replace("fps = 8", f"fps = {fps}"))
        wait(lambda fps=fps: page.evaluate("() => phosphene.store.curves.header.fps") == fps, 60)
        drawn, frames, width = page.evaluate(count)
        assert frames == pytest.approx(8 * fps, abs=20)
        assert 2 * width < drawn < 20 * width
        strokes.append(drawn)
    assert strokes[1] <= 1.05 * strokes[0]
