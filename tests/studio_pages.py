"""What the browser tests of the studio share: opening a page, and where things are in it."""

import hashlib

from studios import PROJECT, wait

FILM = PROJECT.replace("fps = 8", 'fps = 8\nend = "bar 5"').replace('"none"', '"worlds"')


def opened(browser, url, width=1280, height=720, theme="dark", scale=1.0):
    """A page that shows its first picture; `faults` lists the errors of its scripts."""
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=theme, device_scale_factor=scale
    )
    page.set_default_timeout(120_000)
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(url)
    seen = "() => Boolean(window.phosphene?.store.peaks) && phosphene.preview.shown >= 0"
    wait(lambda: page.evaluate(seen), 120)
    return page


def written(page, film, text):
    """Write the project file as another program does, and wait until the page shows it."""
    film.write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    shown = """(digest) => {
      const { state, curves, camera } = phosphene.store, { version } = state;
      return state.digest === digest && !state.errors.length && curves?.version === version && camera?.version === version;
    }"""
    wait(lambda: page.evaluate(shown, digest), 60)


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


def time_place(page, bar):
    """Where a bar begins, in the page."""
    return page.evaluate(
        """(bar) => document.getElementById('lanes').getBoundingClientRect().left
          + phosphene.timeline.view.x(phosphene.store.state.song.bars[bar - 1])""",
        bar,
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


def job_is(page, state):
    """Wait until the last job of the page has a state."""
    wait(lambda: page.evaluate("() => phosphene.store.jobs.at(-1)?.state") == state, 240)
