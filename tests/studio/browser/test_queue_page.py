"""Painting and rendering from the page, and what is there after a restart."""

import re

import pytest
from studio_pages import colours_in, job_is, opened
from studios import wait

pytestmark = pytest.mark.browser


@pytest.fixture
def render(page, film):
    """Begin a film of some seconds; returns its path."""

    def begin(name):
        page.locator("#model").select_option("none")
        page.locator("#tab-render").click()
        for field, value in {"name": name, "width": "256", "height": "256", "fps": "16"}.items():
            page.locator(f"#film-{field}").fill(value)
        page.get_by_role("button", name="Render", exact=True).click()
        wait(lambda: page.evaluate("() => phosphene.store.jobs.at(-1)?.done > 5"), 120)
        return film.parent / f"{name}.mp4"

    return begin


def test_a_render_is_paused_and_resumed(page, render, decode_frames):
    path = render("paused")
    page.get_by_role("button", name="Pause paused.mp4").click()
    job_is(page, "paused")
    done, total = page.evaluate(
        "() => [phosphene.store.jobs.at(-1).done, phosphene.store.jobs.at(-1).total]"
    )
    assert 5 < done < total
    assert not path.exists()
    page.get_by_text(f"paused, {done} of {total} frames").wait_for()
    page.get_by_role("button", name="Resume paused.mp4").click()
    job_is(page, "done")
    assert len(decode_frames(path)) == total
    page.get_by_role("button", name="Remove paused.mp4").click()
    wait(lambda: page.locator(".job").count() == 0)
    assert path.is_file()  # a finished film stays


def test_a_render_is_cancelled_and_leaves_nothing(page, render, film):
    before = {path.name for path in film.parent.iterdir()}
    path = render("cancelled")
    page.get_by_role("button", name="Cancel cancelled.mp4").click()
    wait(lambda: page.locator(".job").count() == 0, 60)
    assert page.evaluate("() => phosphene.store.jobs.length") == 0
    assert not path.exists()
    assert {one.name for one in film.parent.iterdir()} <= before | {".studio"}


def test_takes_of_the_same_bars_are_side_by_side(page, film):
    page.locator("#model").select_option("none")
    page.evaluate("() => phosphene.transport.repeat([0, 0.5], true)")
    page.locator("#lanes").focus()
    page.keyboard.press("Shift+B")
    wait(
        lambda: (
            page.evaluate("() => phosphene.store.jobs.filter((job) => job.state === 'done').length")
            == 4
        ),
        120,
    )
    assert page.evaluate("() => phosphene.store.jobs.map((job) => job.asked.seed)") == [
        42,
        1042,
        2042,
        3042,
    ]
    page.get_by_role("button", name="Compare the takes of Bar 1").first.click()
    assert page.locator("#takes figure").count() == 4
    assert not page.locator("#preview").is_visible()
    shown = """() => [...document.querySelectorAll('#takes canvas')].map((canvas) => canvas.width).join()"""
    wait(lambda: page.evaluate(shown) == "64,64,64,64")
    page.get_by_role("button", name="Use seed 2042").click()
    wait(lambda: 'name = "worlds"\nseed = 2042' in film.read_text())
    wait(lambda: page.get_by_role("button", name="Use seed 42").is_visible())
    page.keyboard.press("Escape")
    wait(lambda: page.locator("#preview").is_visible())
    for _ in range(4):
        page.get_by_role("button", name=re.compile("^Remove ")).first.click()
    wait(lambda: page.locator(".job").count() == 0)


def test_a_frame_is_painted_and_shown_and_a_film_is_rendered_and_played(page, film):
    page.locator("#model").select_option("worlds")
    page.locator("#quality").select_option("draft")
    page.evaluate("() => phosphene.transport.seek(1.01)")
    page.locator("#paint-frame").click()
    page.locator("#model").select_option("none")
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


def test_running_jobs_are_paused_after_the_server_was_killed(page, pages, browser, server):
    page.locator("#model").select_option("none")
    known = page.evaluate("() => phosphene.store.jobs.length")
    page.locator("#paint-bars").click()
    begun = "(known) => phosphene.store.jobs.length > known && phosphene.store.jobs.at(-1).state !== 'waiting'"
    wait(lambda: page.evaluate(begun, known))
    server.kill()
    try:
        page.locator("#issues").get_by_text("The studio has ended").wait_for()
        jobs = page.evaluate("() => phosphene.store.jobs.map((job) => job.id)")
        page.close()
    finally:
        server.start()
    pages[:] = [opened(browser, server.url)]
    assert pages[0].evaluate("() => phosphene.store.jobs.map((job) => job.id)") == jobs
    assert pages[0].evaluate("() => phosphene.store.jobs.at(-1).state") in ("paused", "done")
