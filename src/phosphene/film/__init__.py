"""Film: frames and a song become one video file, whole or not at all."""

from phosphene.film.film import Film
from phosphene.film.sound import Sound

__all__ = ["Film", "Sound"]
