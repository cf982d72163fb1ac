"""The page in a real browser: what a user sees, drags, paints and plays."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from studios import PROJECT, wait

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium; apt-get install chromium"),
]
FLAGS = (
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--autoplay-policy=no-user-gesture-required",
)
FILM = PROJECT.replace("fps = 8", 'fps = 8\nend = "bar 5"').replace('"none"', '"worlds"')


class Server:
    """`phosphene studio film.toml`, in a process of its own."""

    def __init__(self, folder):
        command = "from phosphene.cli import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", command, "studio", "film.toml", "--no-browser"],
            cwd=folder, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        line = self.process.stdout.readline()
        self.url = re.search(r"http://\S+", line)[0]

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def film(tmp_path_factory, song_file):
    """The project file that is open."""
    folder = tmp_path_factory.mktemp("browser")
    (folder / "song.wav").write_bytes(song_file.read_bytes())
    path = folder / "film.toml"
    path.write_text(FILM)
    return path


@pytest.fixture(scope="module")
def server(film):
    server = Server(film.parent)
    yield server
    server.kill()


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def opened(browser, url):
    page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme="dark")
    page.set_default_timeout(20_000)
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(url)
    wait(
        lambda: page.evaluate(
            "() => Boolean(window.phosphene?.store.camera) && phosphene.preview.shown >= 0"
        ),
        60,
    )
    return page


@pytest.fixture
def page(browser, server, film):
    film.write_text(FILM)
    page = opened(browser, server.url)
    wait(
        lambda: page.evaluate(
            "() => phosphene.store.state.project.layers[0].values.zoom['bar 3'] === 1.02"
        )
    )
    yield page
    assert page.faults == []
    page.close()


def key_place(page, position):
    """Where a keyframe of the zoom is, in the page."""
    return page.evaluate(
        """(position) => {
          const { view } = phosphene.timeline, k = view.lanes.findIndex((lane) => lane.name === 'zoom');
          const lane = view.lanes[k], point = lane.keys[0].points.find((one) => one.position === position);
          const box = document.getElementById('lanes').getBoundingClientRect();
          return [box.left + view.x(point.at), box.top + view.y(lane, view.top(k), point.value)];
        }""",
        position,
    )


def time_place(page, position):
    return page.evaluate(
        """(bar) => document.getElementById('lanes').getBoundingClientRect().left
          + phosphene.timeline.view.x(phosphene.store.state.song.bars[bar - 1])""",
        position,
    )


def colours_in(page, canvas, area):
    """How many different colours an area of a canvas has; x, y, width and height in CSS px."""
    return page.evaluate(
        """([id, [x, y, width, height]]) => {
          const canvas = document.getElementById(id), copy = document.createElement('canvas');
          [copy.width, copy.height] = [width, height];
          const g = copy.getContext('2d');
          g.drawImage(canvas, x, y, width, height, 0, 0, width, height);
          return new Set(new Uint32Array(g.getImageData(0, 0, width, height).data.buffer)).size;
        }""",
        [canvas, area],
    )


def test_the_song_is_seen_and_the_preview_is_drawn(page):
    assert page.title() == "film – Phosphene studio"
    assert page.evaluate("() => phosphene.preview.gl instanceof WebGL2RenderingContext")
    assert not page.evaluate("() => phosphene.preview.gl.isContextLost()")
    assert colours_in(page, "preview", [0, 0, 60, 60]) > 100
    assert colours_in(page, "lanes", [140, 30, 400, 50]) > 3  # the waveform over the beats
    assert len(page.evaluate("() => phosphene.store.state.song.beats")) > 20
    assert page.locator("#tempo").inner_text().startswith("120")


def test_a_keyframe_is_dragged_and_undone_and_comments_stay(page, film):
    x, y = key_place(page, "bar 3")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(time_place(page, 4) + 3, y + 9, steps=4)
    page.mouse.up()
    wait(lambda: film.read_text() != FILM)
    line = next(line for line in film.read_text().splitlines() if line.startswith("zoom"))
    moved = re.fullmatch(
        r'zoom = \{ "bar 1" = 1.0, "bar 4" = (\S+), "bar 5" = 1.0 \}   # in and out', line
    )
    assert moved, line
    assert 1.0 < float(moved[1]) < 1.02
    assert [
        one
        for one in FILM.splitlines()
        if one != 'zoom = { "bar 1" = 1.0, "bar 3" = 1.02, "bar 5" = 1.0 }   # in and out'
    ] == [one for one in film.read_text().splitlines() if one != line]
    page.keyboard.press("Control+z")
    wait(lambda: film.read_text() == FILM)


def test_an_edit_outside_shows_and_a_mistake_has_its_message(page, film):
    film.write_text(FILM.replace("a burning city", "a frozen lake"))
    page.locator("#tab-scenes").click()
    page.get_by_text("a frozen lake").wait_for()
    film.write_text(FILM.replace('"0.3s"', '"soon"'))
    page.locator("#issues").get_by_text("motion[1].release: got 'soon'").wait_for()
    film.write_text(FILM)
    page.locator("#issues").wait_for(state="hidden")


def test_everything_works_by_keyboard_alone(page, film):
    page.locator("#lanes").focus()
    page.keyboard.press("n")
    page.keyboard.press("n")
    assert page.evaluate("() => phosphene.store.selection.position") == "bar 3"
    page.keyboard.press("Control+ArrowRight")
    wait(lambda: '"beat 10" = 1.02' in film.read_text())
    page.keyboard.press("Delete")
    wait(lambda: 'zoom = { "bar 1" = 1.0, "bar 5" = 1.0 }   # in and out' in film.read_text())
    page.keyboard.press("m")
    wait(lambda: "mute = true" in film.read_text())
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    page.keyboard.press("Escape")
    for undone in ("mute layer", "Remove zoom keyframe", "Move zoom keyframe"):
        wait(
            lambda undone=undone: (
                page.locator("#undo").get_attribute("title") == f"Undo: {undone} (Ctrl+Z)"
            )
        )
        page.keyboard.press("Control+z")
    wait(lambda: film.read_text() == FILM)


def test_two_pages_show_the_same_project(page, browser, server, film):
    other = opened(browser, server.url)
    page.locator("#tab-scenes").click()
    page.locator("#scene-text").fill("a glass tower")
    page.locator("#scene-text").press("Tab")
    wait(lambda: '"a glass tower"   # the first scene' in film.read_text())
    wait(
        lambda: (
            other.evaluate("() => phosphene.store.state.project.prompts[0].text") == "a glass tower"
        )
    )
    other.close()


def test_the_picture_follows_the_clock_of_the_sound(page):
    page.evaluate("() => { phosphene.transport.volume = 0; return phosphene.transport.play(); }")
    wait(lambda: page.evaluate("() => phosphene.transport.time") > 0.3)
    page.evaluate("() => { phosphene.watch = true; }")
    wait(lambda: page.evaluate("() => phosphene.sync.length") >= 60)
    page.evaluate("() => phosphene.transport.pause()")
    fps = page.evaluate("() => phosphene.store.curves.header.fps")
    for clock, frame, _ in page.evaluate("() => phosphene.sync"):
        assert abs(frame - int(clock * fps)) <= 1


def test_a_frame_is_painted_and_shown_and_a_film_is_rendered_and_played(page, film):
    page.locator("#model").select_option("worlds")
    page.locator("#quality").select_option("draft")
    page.evaluate("() => phosphene.transport.seek(1.01)")
    page.locator("#paint-frame").click()
    page.locator("#model").select_option("none")
    page.evaluate("() => phosphene.transport.repeat([0, phosphene.store.state.song.bars[1]], true)")
    page.locator("#tab-render").click()
    page.locator("#film-width").fill("32")
    page.locator("#film-height").fill("32")
    page.get_by_role("button", name="Render", exact=True).click()
    page.get_by_role("button", name="Play", exact=True).nth(1).click(timeout=90_000)
    wait(lambda: page.evaluate("() => document.querySelector('dialog video')?.currentTime > 0.1"))
    assert page.evaluate("() => document.querySelector('dialog video').videoWidth") == 32
    page.keyboard.press("Escape")
    wait(lambda: page.evaluate("() => phosphene.store.jobs[0].state === 'done'"), 120)
    page.evaluate("() => phosphene.transport.seek(1.01)")
    wait(lambda: page.locator("#source").inner_text() == "painted")
    page.evaluate("() => phosphene.transport.seek(1.3)")
    wait(lambda: page.locator("#source").inner_text() == "painted still, moved")
    assert colours_in(page, "preview", [0, 0, 60, 60]) > 100


def test_the_queue_is_there_after_the_server_was_killed(browser, server, film):
    page = opened(browser, server.url)
    server.kill()
    page.get_by_text("The studio has ended").wait_for()
    page.close()
    server.__init__(film.parent)
    page = opened(browser, server.url)
    page.locator("#tab-render").click()
    page.locator(".job").first.wait_for()
    assert page.locator(".job").count() == page.evaluate("() => phosphene.store.jobs.length") > 0
    page.close()


def test_a_page_of_another_origin_gets_nothing(browser, server):
    page = browser.new_page()
    page.goto("data:text/html,<title>elsewhere</title>")
    said = page.evaluate(
        """async (url) => {
          const read = await fetch(url + 'api/state').then(() => 'read').catch(() => 'refused');
          const socket = await new Promise((done) => {
            const one = new WebSocket(url.replace('http', 'ws') + 'socket');
            one.onopen = () => done('open');
            one.onclose = () => done('refused');
          });
          return [read, socket];
        }""",
        server.url,
    )
    assert said == ["refused", "refused"]
    page.close()
