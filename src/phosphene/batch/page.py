"""The HTML page of a batch: a poster, the state and any error of each film."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from phosphene.batch.plan import Film
from phosphene.film import ffmpeg

WIDTH = 320  # px of a poster
TIMEOUT = 20.0  # seconds for a poster
STATES = {
    "made": "made",
    "kept": "complete before",
    "failed": "failed",
    "stopped": "stopped; the same command resumes",
    "waiting": "not begun; the same command resumes",
}
# No scripts and no external resources: the pictures are embedded.
PAGE = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Batch: $summary</title>
<style>
 body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; background: #121216; color: #ebebeb;
  font: 15px/1.45 system-ui, sans-serif }
 main { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1rem }
 article { background: #1d1d24; border-radius: 8px; overflow: hidden }
 img, .none { display: block; width: 100%; aspect-ratio: 16 / 9; object-fit: contain;
  background: #08080a }
 div.text { padding: .6rem .8rem }
 h1 { font-size: 1.3rem } h2 { font-size: 1rem; margin: 0; overflow-wrap: anywhere }
 p { margin: .2rem 0; color: #a8a8b4 } a { color: inherit }
 .failed h2 { color: #ff8f80 }
 pre { white-space: pre-wrap; overflow-wrap: anywhere; color: #ffb4a9; margin: .4rem 0 0;
  font-size: .8rem }
</style>
<h1>$summary</h1>
<p>Phosphene $version</p>
<main>
$films
</main>
</html>
""")


def page_of(films: Sequence[Film], seconds: float, version: str) -> str:
    """The report as HTML, without scripts and with all names escaped.

    Parameters
    ----------
    films : sequence of Film
    seconds : float
        Duration of the batch.
    version : str
        Version of Phosphene.
    """
    return PAGE.substitute(
        summary=escape(f"{summary(films)} in {length(seconds)}"),
        version=escape(version),
        films="\n".join(map(_article, films)),
    )


def summary(films: Sequence[Film]) -> str:
    """The number of films in each state: "12 films: 10 made, 2 failed"."""
    states = [film.state for film in films]
    named = {"made": "made", "kept": "complete before", "failed": "failed", "stopped": "stopped"}
    named["waiting"] = "not begun"
    counts = [f"{states.count(state)} {text}" for state, text in named.items() if state in states]
    return f"{len(films)} film{'s' * (len(films) != 1)}: {', '.join(counts)}"


def length(seconds: float) -> str:
    """A duration: "8 s", "3:25 min" or "2:05 h"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02d} h"


def _article(film: Film) -> str:
    name, complete = film.target.name, film.state in ("made", "kept")
    picture = poster(film.target, film.frames / film.fps / 2) if complete else b""
    shown = (
        f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(picture).decode()}">'
        if picture
        else '<div class="none"></div>'
    )
    title = escape(name)
    if complete:
        title = f'<a href="../{quote(name, errors="surrogateescape")}">{title}</a>'
    facts = [STATES[film.state], film.kind, f"{film.frames} frames" if film.frames else ""]
    if film.state == "made":
        facts.append(f"in {length(film.seconds)}")
    error = f"<pre>{escape(film.error)}</pre>" if film.error else ""
    return (
        f'<article class="{film.state}">{shown}<div class="text"><h2>{title}</h2>'
        f"<p>{escape(' · '.join(filter(None, facts)))}</p>"
        f"<p>{escape(film.job.input.name)}</p>{error}</div></article>"
    )


def poster(film: Path, seconds: float) -> bytes:
    """A frame of a film as a JPEG, `WIDTH` px wide; empty if it cannot be read.

    Parameters
    ----------
    film : Path
    seconds : float
        The frame's time in the film.
    """
    command = [
        *(ffmpeg.executable(), "-nostdin", "-v", "error", "-protocol_whitelist", "file"),
        *("-ss", f"{seconds:.3f}", "-i", f"file:{film}", "-map", "0:v", "-frames:v", "1"),
        *("-vf", f"scale={WIDTH}:-2", "-f", "image2pipe", "-c:v", "mjpeg", "-"),
    ]
    try:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return result.stdout if result.returncode == 0 else b""
