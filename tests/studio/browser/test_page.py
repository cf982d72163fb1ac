"""The page in a real browser: what a user sees, drags and edits."""

import re

import pytest
from studio_pages import FILM, colours_in, key_place, opened, time_place
from studios import wait

pytestmark = pytest.mark.browser


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


def test_an_edit_by_another_program_is_shown_and_an_error_has_its_message(page, film):
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


def test_a_page_of_another_origin_gets_nothing(browser, server):
    page = browser.new_page()
    page.goto("data:text/html,<title>elsewhere</title>")
    answers = page.evaluate(
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
    assert answers == ["refused", "refused"]
    page.close()


def test_a_gate_is_set_by_its_form(page, film):
    page.get_by_role("button", name="Layer 2, beat").click()
    page.locator("#gate-between").select_option("verse")
    wait(lambda: 'between = "verse"' in film.read_text())
    page.locator("#gate-between").select_option("range")
    wait(lambda: 'between = ["bar 1", "100%"]' in film.read_text())
    page.get_by_label("Range 1 begins at").fill("bar 2")
    page.get_by_label("Range 1 begins at").press("Tab")
    wait(lambda: 'between = ["bar 2", "100%"]' in film.read_text())
    page.locator("#gate-feature").select_option("low")
    wait(lambda: 'when = { feature = "low", above = 0.5 }' in film.read_text())
    page.get_by_role("button", name="Active in verse").click()
    wait(lambda: 'when = { feature = "low", above = 0.5, section = "verse" }' in film.read_text())
    page.locator("#gate-feature").select_option("")
    wait(lambda: 'when = { section = "verse" }' in film.read_text())
    page.get_by_role("button", name="Active in verse").click()
    wait(lambda: "when" not in film.read_text())
    for option in page.locator("#positions option").all()[:3]:
        assert option.get_attribute("value") in ("verse 1", "section 1", "bar 1", "bar 2")


def test_taps_set_the_tempo(page, film):
    for tap in range(5):
        page.evaluate(
            """(ms) => {
              const { now } = performance;
              performance.now = () => ms;
              document.getElementById('lanes').dispatchEvent(new KeyboardEvent('keydown', { key: 't', bubbles: true }));
              performance.now = now;
            }""",
            1e7 + 400 * tap,
        )
    wait(lambda: "bpm = 150" in film.read_text())


def test_a_range_of_bars_that_is_dragged_repeats(page):
    top = page.locator("#lanes").bounding_box()["y"] + 10
    page.mouse.move(time_place(page, 2) + 4, top)
    page.mouse.down()
    page.mouse.move(time_place(page, 3) + 4, top, steps=3)
    page.mouse.up()
    begin, end = page.evaluate("() => phosphene.transport.range")
    assert [begin, end] == page.evaluate("() => phosphene.store.state.song.bars.slice(1, 3)")
    assert page.locator("#loop").get_attribute("aria-pressed") == "true"
    page.evaluate("(t) => phosphene.transport.seek(t)", end - 0.2)
    page.locator("#play").click()
    wait(lambda: begin <= page.evaluate("() => phosphene.transport.time") < end - 0.5)
    page.locator("#play").click()
    assert not page.evaluate("() => phosphene.transport.playing")


def test_the_keyboard_reaches_everything_and_plays_paints_and_edits(page, film):
    names = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        names.add(
            page.evaluate("() => document.activeElement.id || document.activeElement.ariaLabel")
        )
    reached = {
        "play",
        "loop",
        "snap",
        "volume",
        "theme",
        "help",
        "paint-frame",
        "paint-bars",
        "paint-takes",
    }
    assert reached | {"model", "quality", "tab-layers", "lanes", "gate-between"} <= names
    page.locator("#lanes").focus()
    page.keyboard.press("Space")
    wait(lambda: page.evaluate("() => phosphene.transport.playing"))
    page.keyboard.press("Space")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowRight")
    now = page.evaluate("() => [phosphene.transport.time, phosphene.store.state.song.bars[1]]")
    assert now[0] == pytest.approx(now[1])
    page.keyboard.press("k")
    wait(lambda: '"bar 2" = "a new prompt"' in film.read_text())
    page.keyboard.press("Control+z")
    wait(lambda: film.read_text() == FILM)
    page.locator("#tab-scenes").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.id") == "tab-song"


def test_an_error_in_a_form_is_shown_and_not_written(page, film):
    page.get_by_role("button", name="Layer 2, beat").click()
    page.locator("#field-release").fill("soon")
    page.locator("#field-release").press("Tab")
    page.locator("p.mistake").get_by_text("motion[1].release: got 'soon'").wait_for()
    field = page.locator("#field-release")
    assert (field.input_value(), field.get_attribute("aria-invalid")) == ("soon", "true")
    assert film.read_text() == FILM
    page.locator("#field-sustain").fill("0.5")  # an edit that is made
    page.locator("#field-sustain").press("Tab")
    page.locator("p.mistake").wait_for(state="detached")
    assert field.input_value() == "0.3s"
    field.fill("later")
    field.press("Tab")
    page.locator("p.mistake").wait_for()
    field.press("Escape")
    assert (page.locator("p.mistake").count(), field.input_value()) == (0, "0.3s")


def test_a_keyframe_that_is_dropped_where_another_is_has_the_message_beside_it(page, film):
    page.mouse.move(*key_place(page, "bar 3"))
    page.mouse.down()
    page.mouse.move(time_place(page, 5) + 2, key_place(page, "bar 5")[1], steps=4)
    page.mouse.up()
    flag = page.locator("#flag")
    flag.get_by_text("there is already one at 'bar 5'").wait_for()
    box, x = flag.bounding_box(), time_place(page, 5)
    assert min(abs(box["x"] - x), abs(box["x"] + box["width"] - x)) < 60
    assert page.get_by_label("Position of the keyframe at bar 3").get_attribute("aria-invalid")
    assert film.read_text() == FILM
    page.locator("#lanes").focus()
    page.keyboard.press("Escape")
    assert not flag.is_visible()


def test_typed_text_survives_a_change_of_the_project(page, film):
    page.get_by_role("button", name="Layer 2, beat").click()
    page.locator("#field-release").fill("0.5s")
    film.write_text(FILM.replace("a burning city", "a frozen lake"))
    wait(
        lambda: (
            page.evaluate("() => phosphene.store.state.project.prompts[1].text") == "a frozen lake"
        )
    )
    assert page.locator("#field-release").input_value() == "0.5s"
    page.locator("#field-release").press("Tab")
    wait(lambda: 'release = "0.5s"' in film.read_text())
    assert "a frozen lake" in film.read_text()
