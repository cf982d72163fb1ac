"""How the page looks: contrast of what is rendered, room for everything, and no jumps."""

import pytest
from studio_pages import FILM
from studios import wait

pytestmark = pytest.mark.browser
THEMES = ("dark", "light")
SIZES = {  # width, height and scale of the screen, and the size of text in px
    "720p": (1280, 720, 1.0, 13),
    "1080p": (1920, 1080, 1.0, 15.03),
    "4K": (3840, 2160, 1.0, 21.125),
    "125 %": (1024, 576, 1.25, 13),
}
# The contrast of each text with what is behind it: WCAG 2.2, success criteria 1.4.3 and 1.4.11.
CONTRASTS = """() => {
  const g = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => { g.clearRect(0, 0, 1, 1); g.fillStyle = colour; g.fillRect(0, 0, 1, 1); return [...g.getImageData(0, 0, 1, 1).data]; };
  const over = (top, under) => top.slice(0, 3).map((value, k) => (value * top[3] + under[k] * (255 - top[3])) / 255);
  const light = (colour) => colour.slice(0, 3).map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, k) => sum + value * [0.2126, 0.7152, 0.0722][k], 0);
  const ratio = (a, b) => { const [high, low] = [light(a), light(b)].sort((x, y) => y - x); return (high + 0.05) / (low + 0.05); };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(rgba(getComputedStyle(at).backgroundColor));
    return layers.reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    if (!element.checkVisibility() || !box.width || element.matches(':disabled, :disabled *, option, optgroup, .spoken')) continue;
    const field = element.matches('input:not([type=range], [type=checkbox]), select, textarea');
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) && parseFloat(style.fontSize) > 0;
    const name = element.id || element.className || element.tagName;
    if (text || (field && element.value)) found.push([`${name}: ${(element.textContent || element.value).trim().slice(0, 30)}`, ratio(over(rgba(style.color), behind(element)), behind(element)), 4.5]);
    if (field && element.placeholder) found.push([`${name} placeholder`, ratio(rgba(getComputedStyle(element, '::placeholder').color), behind(element)), 4.5]);
    if (field) found.push([`${name} border`, ratio(rgba(style.borderTopColor), behind(element.parentElement)), 3]);
    if (element.tagName === 'path') found.push(['icon', ratio(rgba(style.stroke), behind(element)), 3]);
  }
  return found;
}"""
# The most different lightness in an area of the timeline, against its most frequent colour.
DRAWN = """([x, y, width, height]) => {
  const canvas = document.getElementById('lanes'), density = canvas.width / canvas.clientWidth;
  const { data } = canvas.getContext('2d').getImageData(x * density, y * density, width * density, height * density);
  const light = (k) => [0.2126, 0.7152, 0.0722].reduce((sum, part, c) => sum + part * (data[k + c] / 255 <= 0.04045 ? data[k + c] / 255 / 12.92 : ((data[k + c] / 255 + 0.055) / 1.055) ** 2.4), 0);
  const counts = new Map();
  for (let k = 0; k < data.length; k += 4) counts.set(light(k), (counts.get(light(k)) ?? 0) + 1);
  const ground = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
  return Math.max(...[...counts.keys()].map((value) => (Math.max(value, ground) + 0.05) / (Math.min(value, ground) + 0.05)));
}"""


@pytest.fixture(params=THEMES)
def themed(request, page):
    page.emulate_media(color_scheme=request.param)
    wait(lambda: page.evaluate("() => document.documentElement.dataset.theme") == request.param)
    return page


def too_faint(page, least=1):
    page.wait_for_timeout(120)  # colours fade for 90 ms
    found = page.evaluate(CONTRASTS)
    assert len(found) >= least
    return [(name, round(is_, 2)) for name, is_, wanted in found if is_ < wanted]


def test_text_fields_and_icons_have_the_contrast_of_wcag_aa_in_every_state(themed):
    for tab in ("layers", "scenes", "song", "render"):
        themed.locator(f"#tab-{tab}").click()
        assert too_faint(themed, 30) == [], tab
    themed.keyboard.press("?")
    assert too_faint(themed) == []


def test_errors_and_messages_have_contrast_too(themed, film):
    themed.get_by_role("button", name="Layer 2, beat").click()
    themed.locator("#field-release").fill("soon")
    themed.locator("#field-release").press("Tab")
    themed.locator("p.mistake").wait_for()
    themed.evaluate("() => { phosphene.store.refused.place = { at: 1 }; }")
    themed.locator("#flag").wait_for()
    assert too_faint(themed) == []
    film.write_text(FILM.replace('"0.3s"', '"later"'))
    themed.locator("#issues").wait_for()
    for bad in (True, False):
        themed.evaluate(
            "async (bad) => (await import('./static/dom.js')).toast('A message', bad)", bad
        )
        assert themed.locator("#toast.shown").inner_text() == "A message"
        assert too_faint(themed) == [], bad


def test_the_first_pages_have_contrast_too(themed):
    shows = "async (state) => (await import('./static/store.js')).adopt(state)"
    empty = {"phase": "empty", "folder": "films", "projects": ["film.toml"], "songs": ["a.mp3"]}
    waiting = {"phase": "listening", "listening": ["beats", 0.4], "errors": []}
    for state, text in ((empty, "Drop a song here"), (waiting, "beats")):
        themed.evaluate(shows, state)
        assert themed.get_by_text(text, exact=True).is_visible()
        assert too_faint(themed, 2) == [], text
        assert themed.evaluate(OVERFLOWING) == []
    themed.evaluate("async () => (await import('./static/store.js')).refresh()")
    assert themed.locator("#studio").is_visible()


def test_text_of_the_timeline_has_contrast_too(themed):
    places = themed.evaluate(
        """() => {
          const { view } = phosphene.timeline;
          return { ruler: [134, 2, 60, 16], section: [136, 27, 60, 14], song: [10, view.waveTop + 18, 100, 20],
            scene: [142, view.scenesTop + 8, 80, 22], lane: [10, view.lanesTop + 10, 80, 18], value: [10, view.lanesTop + 30, 60, 16] };
        }"""
    )
    themed.evaluate(
        "() => { phosphene.timeline.dirty = true; return new Promise(requestAnimationFrame); }"
    )
    for name, place in places.items():
        assert themed.evaluate(DRAWN, place) >= 4.5, name


def test_nothing_jumps_while_the_page_opens(browser, server, page):
    other = browser.new_page(viewport={"width": 1280, "height": 720})
    other.add_init_script(SHIFTS)
    other.goto(server.url)
    wait(lambda: other.evaluate("() => window.phosphene?.preview.shown >= 0"))
    assert other.evaluate("() => shifts") == []
    other.close()


@pytest.mark.parametrize("size", SIZES)
def test_everything_has_room_text_is_large_enough_and_nothing_jumps(page, size):
    width, height, scale, text = SIZES[size]
    screen = page.context.new_cdp_session(page)
    metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
    screen.send("Emulation.setDeviceMetricsOverride", metrics)
    wait(lambda: page.evaluate("() => innerWidth") == width)
    page.wait_for_timeout(200)
    shown = page.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)")
    assert shown == pytest.approx(text, abs=0.01)
    assert page.evaluate("() => phosphene.timeline.unit") == pytest.approx(text / 13, abs=0.01)
    assert page.evaluate("() => phosphene.timeline.view.whole")  # as it was before
    page.evaluate(SHIFTS)
    before = page.evaluate(PLACES)
    for tab in ("scenes", "song", "render", "layers"):
        page.locator(f"#tab-{tab}").click()
        assert page.evaluate(OVERFLOWING) == [], tab
    page.evaluate("() => { phosphene.transport.volume = 0; return phosphene.transport.play(); }")
    wait(lambda: page.evaluate("() => phosphene.transport.time") > 0.2)
    page.evaluate("() => phosphene.transport.pause()")
    assert page.evaluate(PLACES) == before
    assert page.evaluate("() => shifts") == []
    screen.send("Emulation.clearDeviceMetricsOverride")
    page.set_viewport_size({"width": 1280, "height": 720})


SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries().filter((one) => one.value > 0 && !one.hadRecentInput)
  .map((one) => [one.value, ...one.sources.map((source) => source.node?.id || source.node?.className || source.node?.textContent)]))).observe({ type: 'layout-shift' });"""
PLACES = """() => ['play', 'clock', 'snap', 'tempo', 'preview', 'paint-frame', 'model', 'source', 'tabs', 'panel', 'lanes'].map((id) => {
  const { x, y, width, height } = document.getElementById(id).getBoundingClientRect();
  return id === 'source' ? [id, y] : [id, x, y, width, height];
})"""
OVERFLOWING = """() => {
  const out = [], seen = [...document.querySelectorAll('button, select, input, label, h1, h2, p, output, span')].filter((one) => one.checkVisibility());
  const { scrollWidth, scrollHeight } = document.documentElement;
  if (scrollWidth > innerWidth || scrollHeight > innerHeight) out.push(['page', scrollWidth, scrollHeight]);
  for (const one of seen) {
    if (one.closest('.spoken, .toast')) continue;
    const box = one.getBoundingClientRect(), style = getComputedStyle(one), panel = one.closest('.panel, .bar, .stagebar')?.getBoundingClientRect();
    const name = one.id || one.textContent.slice(0, 30);
    if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth && style.textOverflow !== 'ellipsis' && !one.matches('input, select, button.icon')) out.push([name, one.scrollWidth, one.clientWidth]);
    if (panel && (box.right > panel.right + 0.5 || box.left < panel.left - 0.5)) out.push([name, 'outside']);
  }
  for (const row of document.querySelectorAll('.bar, .stagebar, .group')) {
    const boxes = [...row.children].filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect());
    for (let k = 1; k < boxes.length; k++) if (boxes[k].left < boxes[k - 1].right - 0.5) out.push([row.className, k, 'overlap']);
  }
  return out;
}"""
