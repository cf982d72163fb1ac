"""The report: read again by the next run; the page runs nothing and escapes every name."""

import json
from html.parser import HTMLParser
from pathlib import Path

from phosphene.batch.jobs import Job
from phosphene.batch.page import length, page_of, summary
from phosphene.batch.plan import Figures, Film
from phosphene.batch.report import is_complete, read_report, write_report

NAME = '<script>"a".mp4'


def film(folder, name, **more):
    return Film(Job("", Path(f"/{name}.mp3"), name), folder / name, frames=6, **more)


def test_a_report_is_read_back_as_written(tmp_path):
    (tmp_path / "a.gif").write_bytes(b"frames")
    one = film(tmp_path, "a.gif", state="made", fingerprint="f", kind="none")
    two = film(tmp_path, "b.gif", state="failed", error="why")
    write_report(tmp_path, [one, two], {"none": Figures(0.5, 2.0)}, 3.0, 2, "1.0")
    data = json.loads((tmp_path / "report.json").read_text())
    assert [(line["film"], line["state"], line["done"]) for line in data["films"]] == [
        ("a.gif", "made", 6), ("b.gif", "failed", 0),
    ]  # fmt: skip
    earlier = read_report(tmp_path)
    assert earlier.figures == {"none": Figures(0.5, 2.0)}
    # A GIF has no record: the report knows what it was made of.
    line = earlier.films["a.gif"]
    assert is_complete(tmp_path / "a.gif", {"f"}, line)
    assert not is_complete(tmp_path / "a.gif", {"other"}, line)
    (tmp_path / "a.gif").write_bytes(b"changed")
    assert not is_complete(tmp_path / "a.gif", {"f"}, line)
    assert not is_complete(tmp_path / "b.gif", {"f"}, None)


def test_a_report_with_a_name_that_is_not_utf_8_is_read_back(tmp_path):
    one = film(tmp_path, "caf\udce9.mp4", state="failed")
    write_report(tmp_path, [one], {"none": Figures(0.5, 2.0)}, 3.0, 2, "1.0")
    earlier = read_report(tmp_path)
    assert list(earlier.films) == ["caf\udce9.mp4"]
    assert earlier.figures == {"none": Figures(0.5, 2.0)}


def test_a_damaged_report_is_empty(tmp_path):
    (tmp_path / "report.json").write_text('{"films": [{"film": 3}], "figures": {"a": -1}}')
    assert read_report(tmp_path).films == {}


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = [], {}, ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= dict(attrs)

    def handle_data(self, data):
        self.words += data


def test_the_page_escapes_names_and_has_no_script(tmp_path):
    made = film(tmp_path, NAME, state="made", seconds=75)
    lost = film(tmp_path, "b.mp4", state="failed", error="<b>why</b> & how")
    page = Page(page_of([made, lost], 61.0, "1.0"))
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert NAME in page.words
    assert "<b>why</b> & how" in page.words
    assert page.attributes["href"] == "../%3Cscript%3E%22a%22.mp4"
    assert "2 films: 1 made, 1 failed in 1:01 min" in page.words


def test_words():
    assert [length(s) for s in (7.6, 75, 3599.6, 7500)] == ["8 s", "1:15 min", "1:00 h", "2:05 h"]
    assert summary([]) == "0 films: "
