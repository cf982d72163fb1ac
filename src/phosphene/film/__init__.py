"""Film: encode frames and a song into one video file, complete or not at all."""

from phosphene.film.film import Film
from phosphene.film.sound import Soundtrack

__all__ = ["Film", "Soundtrack"]
