"""A studio in a process of its own, and a browser that looks at it."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from studio_pages import FILM, opened, written

# Everything that is not in the project is as on a new page.
CLEARED = """() => {
  const { transport, timeline, store } = phosphene;
  localStorage.clear();
  transport.pause();
  transport.repeat(null, false);
  transport.seek(0);
  timeline.snap = document.getElementById('snap').value = 'beat';
  timeline.view.fit();
  timeline.view.down = 0;
  timeline.dirty = true;
  store.layer = 0;
  document.activeElement?.blur();
  document.getElementById('lanes').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  document.getElementById('toast').className = 'toast';
  document.getElementById('model').value = store.state.project.model.name;
  document.getElementById('quality').value = 'standard';
  document.getElementById('tab-layers').click();
  phosphene.sync.length = 0;
  phosphene.preview.shown = -1;
  return new Promise((done) => {
    const drawn = () => (phosphene.preview.shown < 0 || timeline.dirty ? requestAnimationFrame(drawn) : done());
    drawn();
  });
}"""
FLAGS = (
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--autoplay-policy=no-user-gesture-required",
)


class Server:
    """`phosphene studio film.toml`."""

    def __init__(self, folder):
        self.folder = folder
        self.start()

    def start(self):
        command = "from phosphene.cli import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", command, "studio", "film.toml", "--no-browser"],
            cwd=self.folder, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        self.url = re.search(r"http://\S+", self.process.stdout.readline())[0]

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="package")
def film(tmp_path_factory, song_file):
    """The project file that is open."""
    folder = tmp_path_factory.mktemp("browser")
    (folder / "song.wav").write_bytes(song_file.read_bytes())
    path = folder / "film.toml"
    path.write_text(FILM)
    return path


@pytest.fixture(scope="package")
def server(film, browser):
    server = Server(film.parent)
    yield server
    server.kill()


@pytest.fixture(scope="package")
def browser():
    """Debian's chromium, Chrome, or the one that `playwright install` fetched."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as play:
        own = play.chromium.executable_path
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        if chromium is None and not os.path.exists(own):
            pytest.skip("there is no chromium; apt-get install chromium, or playwright install")
        try:
            browser = play.chromium.launch(executable_path=chromium or own, args=FLAGS)
        except api.Error as error:  # such as a library of the system that is missing
            pytest.skip(f"chromium does not start: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def pages():
    """The page that the tests share: opening one takes seconds."""
    return []


@pytest.fixture(autouse=True)
def closed(browser, pages):
    """Close what a failed test leaves open: every page draws all the time, and slows the others."""
    yield
    for context in browser.contexts:
        if not any(page.context is context for page in pages):
            context.close()


@pytest.fixture(scope="module", autouse=True)
def parked(pages):
    """Close the shared page after the last test of a file, for it would draw during all others."""
    yield
    while pages:
        pages.pop().context.close()


@pytest.fixture
def page(browser, server, film, pages):
    """A page of the project as it was first, in 1280 x 720 and dark."""
    if not pages or pages[0].url != server.url:
        film.write_text(FILM)
        pages[:] = [opened(browser, server.url)]
    (page,) = pages
    page.emulate_media(color_scheme="dark")
    page.keyboard.press("Escape")  # closes a dialog
    written(page, film, FILM)
    page.evaluate(CLEARED)
    yield page
    if page.faults:
        pages.clear()
    assert page.faults == []
