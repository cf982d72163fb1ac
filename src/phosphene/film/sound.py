"""How the song goes into the film: copied whole, or cut at the sample and encoded."""

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from phosphene.errors import FilmError
from phosphene.film.checksums import digest_of
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
    track : int
        Which of the file's audio streams, from 0.
    digest : str
        Of the file that was listened to, by `phosphene.film.checksums.digest_of`; empty where any
        is right.
    """

    path: Path
    start: Fraction | float = 0
    duration: Fraction | float | None = None
    track: int = 0
    digest: str = ""

    def require_unchanged(self) -> None:
        """Check that the file is the one that was listened to.

        Raises
        ------
        FilmError
            If it was changed or removed since.
        """
        if not self.digest:
            return
        try:
            found = digest_of(self.path)
        except OSError as error:
            raise FilmError(
                f"{self.path} cannot be read any more: {error.strerror}.",
                "Put the song back, then give the same command again: nothing is lost.",
            ) from error
        if found != self.digest:
            raise FilmError(
                f"{self.path} was changed while the film was painted; its motion is that of the "
                "earlier one.",
                "Put the earlier song back, then give the same command again: nothing is lost. "
                "With the new song, the same command starts over where the motion differs.",
            )

    def beginning(self, seconds: Fraction) -> "Sound":
        """The first moments of this sound, brought into a film in the same way.

        Of an excerpt it is the file's beginning: how far into the file it lies makes no difference.
        """
        if self.start == 0 and self.duration is None:
            return self
        return replace(self, start=0, duration=seconds)

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
        heard = dict(enumerate(found.sounds)).get(self.track)
        if heard is None:
            raise FilmError(f"There is no sound in {self.path}.", "Give a song, or film without.")
        whole = self.start == 0 and self.duration is None
        # The sound of a video may start later than its pictures, which a copy would keep.
        alone = found.video is None and heard.start == 0
        if whole and alone and heard.codec in copies:
            return ["-c:a", "copy"]
        return ["-af", f"{self._cut(heard.rate)},{codec.takes}", *codec.arguments]

    def _cut(self, rate: int) -> str:
        # By decoded samples, as the analysis counts them: timestamps of MP3 start at 25 ms, and
        # seeking lands anywhere in a file of variable bit rate.
        first = round(self.start * rate)
        cut = f"atrim=start_sample={first}"
        if self.duration is not None:
            cut += f":end_sample={round((self.start + self.duration) * rate)}"
        return f"{cut},{FINITE},asetpts=N/SR/TB"
