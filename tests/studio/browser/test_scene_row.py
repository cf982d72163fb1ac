"""The scenes of a directed project in a real browser: the row of the timeline, and their forms."""

import tomllib

import pytest
from studio_pages import colours_in, time_place, written
from studios import SECONDS, wait

from phosphene.directing.direct import DEFAULT, brief_of, directed
from phosphene.testing import synthetic_song

pytestmark = pytest.mark.browser
SECTIONS = 'sections = { "bar 1" = "verse", "bar 3" = "chorus", "bar 5" = "verse" }\ndownbeat = 1\n'


@pytest.fixture
def text(page, film, registry):
    """What the director writes for the song, once the page shows it."""
    song = synthetic_song(SECONDS, sections="verse chorus verse")
    brief = brief_of(song, "the sea at night", 2, "worlds")
    text = directed(registry.directors[DEFAULT], song, brief, {"file": "song.wav"})
    text = text.replace('"song.wav"\n', f'"song.wav"\n{SECTIONS}', 1).replace(" = 256", " = 64")
    written(page, film, text)
    return text


def row(page):
    """The height of the middle of the row, in the page and in the canvas."""
    top = page.evaluate("() => phosphene.timeline.view.scenesTop + 20")
    return page.locator("#lanes").bounding_box()["y"] + top, top


def test_the_row_of_a_directed_project_is_drawn_and_a_scene_is_dragged(page, film, text):
    y, top = row(page)
    assert colours_in(page, "lanes", [140, top - 14, 600, 28]) > 20
    named = tomllib.loads(text)["scene"]
    assert named[1]["at"] == "chorus"
    page.mouse.move(time_place(page, 3), y)
    page.mouse.down()
    page.mouse.move(time_place(page, 4) + 3, y, steps=4)
    page.mouse.up()
    wait(lambda: film.read_text() == text.replace('at = "chorus"', 'at = "bar 4"'))
    wait(lambda: page.locator("#scene-at").input_value() == "bar 4")
    wait(lambda: page.locator("#undo").get_attribute("title") == "Undo: Move scene (Ctrl+Z)")
    page.keyboard.press("Control+z")
    wait(lambda: film.read_text() == text)


def test_scenes_are_edited_added_and_removed_by_their_form(page, film, text):
    page.locator("#tab-scenes").click()
    page.get_by_role("button", name="Scene at chorus").click()
    page.locator("#field-dissolve").fill("soon")
    page.locator("#field-dissolve").press("Tab")
    page.locator("p.mistake").get_by_text("scene[1].dissolve: got 'soon'").wait_for()
    assert film.read_text() == text
    page.locator("#field-seed").fill("7")
    page.locator("#field-seed").press("Tab")
    wait(lambda: tomllib.loads(film.read_text())["scene"][1].get("seed") == 7)
    page.get_by_role("button", name="Add a shot").click()
    wait(lambda: "a new shot" in tomllib.loads(film.read_text())["scene"][1]["prompt"])
    page.evaluate("() => phosphene.transport.seek(phosphene.store.state.song.bars[1])")
    page.get_by_role("button", name="Add a scene").click()
    scenes = wait(lambda: (s := tomllib.loads(film.read_text())["scene"])[1]["at"] == "bar 2" and s)
    assert scenes[1] == {"at": "bar 2", "prompt": "a new scene"}
    wait(lambda: page.locator("#scene-at").input_value() == "bar 2")
    page.get_by_role("button", name="Remove", exact=True).click()
    wait(lambda: page.evaluate("() => phosphene.store.state.project.scenes.length") == 3)
    assert len(tomllib.loads(film.read_text())["scene"]) == 3
    film.write_text(text.replace('at = "chorus"', 'at = "chorus"\nseed = -1'))
    page.locator("#issues").get_by_role("button", name="Show").click()
    assert page.locator("#field-seed").get_attribute("aria-invalid") == "true"


def test_dissolves_are_dragged_and_comments_stay(page, film, text):
    text = text.replace('"8 beats"', '"8 beats"   # slow')
    written(page, film, text)
    foot = row(page)[0] + 12
    begins = """(k) => {
      const { at, fade } = phosphene.store.state.project.scenes[k];
      return document.getElementById('lanes').getBoundingClientRect().left + phosphene.timeline.view.x(at - fade);
    }"""

    def drag(scene, bar):
        page.mouse.move(page.evaluate(begins, scene) - 4, foot)
        page.mouse.down()
        page.mouse.move(time_place(page, bar) - 2, foot, steps=4)
        page.mouse.up()

    drag(1, 2)
    scenes = text.split("[[scene]]")
    scenes[2] = scenes[2].rstrip() + '\ndissolve = "1 bar"\n'
    wait(lambda: film.read_text() == "[[scene]]".join(scenes))
    wait(lambda: page.evaluate("() => phosphene.store.state.project.scenes[1].fade") == 2.0)
    page.keyboard.press("Control+z")
    wait(lambda: film.read_text() == text)
    page.get_by_role("button", name="Scene at verse 2").click()
    drag(2, 4)
    wait(lambda: film.read_text() == text.replace('"8 beats"', '"1 bar"'))
    wait(lambda: page.evaluate("() => phosphene.store.state.project.scenes[2].fade") == 2.0)
    page.locator("#lanes").focus()
    page.keyboard.press("Control+ArrowDown")
    wait(lambda: film.read_text() == text.replace('"8 beats"', '"3 beats"'))
    wait(lambda: page.evaluate("() => phosphene.store.state.project.scenes[2].fade") == 1.5)
    drag(2, 5)
    wait(lambda: film.read_text() == text.replace('dissolve = "8 beats"   # slow\n', ""))


def test_depth_and_inherited_settings_have_fields(page, film, text):
    page.locator("#tab-scenes").click()
    page.get_by_role("button", name="Scene at verse 2").click()
    assert page.locator("#field-cadence").input_value() == "2"
    assert page.locator("#field-guidance").input_value() == "1"
    for field, value in {"cadence": "x...", "guidance": "1.5", "image": "sea.png"}.items():
        page.locator(f"#field-{field}").fill(value)
        page.locator(f"#field-{field}").press("Tab")
        page.locator(f"#field-{field}.own").or_(page.locator("p.mistake")).first.wait_for()
    page.locator("p.mistake").get_by_text("scene[2].image").wait_for()
    scene = tomllib.loads(film.read_text())["scene"][2]
    assert (scene["cadence"], scene["guidance"], "image" in scene) == ("x...", 1.5, False)
    page.locator("#depth-kind").select_option("tunnel")
    wait(lambda: tomllib.loads(film.read_text()).get("depth") == {"source": "tunnel"})
    page.locator("#field-near").fill("9")
    page.locator("#field-near").press("Tab")
    page.locator("p.mistake").get_by_text("expected more than near").wait_for()
    assert page.locator("#field-near").get_attribute("aria-invalid") == "true"
    page.locator("#field-far").fill("12")
    page.locator("#field-far").press("Tab")
    wait(lambda: tomllib.loads(film.read_text())["depth"] == {"source": "tunnel", "far": 12})
    page.locator("#depth-kind").select_option("flat")
    wait(lambda: "depth" not in tomllib.loads(film.read_text()))
