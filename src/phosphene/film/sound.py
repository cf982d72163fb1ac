"""How the song goes into the film: copied whole, or cut at the sample and encoded."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from phosphene.errors import FilmError
from phosphene.film.formats import Codec
from phosphene.film.probe import probe

# Encoders refuse NaN, infinity and huge samples, which damaged files of floats hold: as in the
# analysis, those are silent. What is far too loud is clipped. Without `aresample` the filters after
# it would have aeval change the number of channels, and ffmpeg crashes.
FINITE = "aeval=exprs='clip(if(lte(abs(val(ch)),2^16),val(ch),0),-16,16)':c=same,aresample"


@dataclass(frozen=True)
class Sound:
    """The part of a song that is heard in a film.

    Parameters
    ----------
    path : Path
        The song, or a video whose sound it is.
    start : Fraction or float
        Where the film starts in the song, in seconds of decoded sound (its first sample is 0).
    duration : Fraction or float or None
        Length in seconds; None goes to the song's end.
    """

    path: Path
    start: Fraction | float = 0
    duration: Fraction | float | None = None

    def arguments(self, codec: Codec, copies: frozenset[str]) -> list[str]:
        """Say how ffmpeg shall put the sound into a film.

        Parameters
        ----------
        codec : Codec
            What encodes it.
        copies : frozenset of str
            Names of the codecs that the container takes by stream copy.

        Returns
        -------
        list of str
            Output arguments for the audio stream. A whole song whose codec the container takes
            is copied; anything else is encoded, with its rate and channels kept where the codec
            allows.

        Raises
        ------
        FilmError
            If the file can not be read, or has no sound.
        """
        found = probe(self.path)
        if found.audio is None:
            raise FilmError(f"There is no sound in {self.path}.", "Give a song, or film without.")
        whole = self.start == 0 and self.duration is None
        # The sound of a video may start later than its pictures, which a copy would keep.
        alone = found.video is None and found.audio.start == 0
        if whole and alone and found.audio.codec in copies:
            return ["-c:a", "copy"]
        return ["-af", f"{self._cut(found.audio.rate)},{codec.takes}", *codec.arguments]

    def _cut(self, rate: int) -> str:
        # By decoded samples, as the analysis counts them: timestamps of MP3 start at 25 ms, and
        # seeking lands anywhere in a file of variable bit rate.
        first = round(self.start * rate)
        cut = f"atrim=start_sample={first}"
        if self.duration is not None:
            cut += f":end_sample={round((self.start + self.duration) * rate)}"
        return f"{cut},{FINITE},asetpts=N/SR/TB"
