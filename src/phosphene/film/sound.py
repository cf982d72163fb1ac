"""Adds the song to the film: stream-copied, or cut at the sample and encoded."""

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from phosphene.errors import FilmError
from phosphene.film.checksums import digest_of
from phosphene.film.formats import SoundCodec
from phosphene.film.probe import probe

# Encoders refuse NaN, infinity and huge samples, as in damaged float files: these are silenced, as
# in the analysis, and samples that are far too loud are clipped. Without `aresample`, later filters
# would make aeval change the number of channels, and ffmpeg would crash.
FINITE = "aeval=exprs='clip(if(lte(abs(val(ch)),2^16),val(ch),0),-16,16)':c=same,aresample"


@dataclass(frozen=True)
class Soundtrack:
    """The soundtrack of a film: a song or an excerpt.

    Parameters
    ----------
    path : Path
        The song, or a video with sound.
    start : Fraction or float
        Start of the film in the song, in seconds of decoded audio (the first sample is 0).
    duration : Fraction or float or None
        Length in seconds; None means to the song's end.
    track : int
        Index of the audio stream, from 0.
    digest : str
        Digest of the analysed file, by `phosphene.film.checksums.digest_of`; empty to skip the
        check.
    """

    path: Path
    start: Fraction | float = 0
    duration: Fraction | float | None = None
    track: int = 0
    digest: str = ""

    def require_unchanged(self) -> None:
        """Check that the file is the one that was analysed.

        Raises
        ------
        FilmError
            If it has been changed or removed.
        """
        if not self.digest:
            return
        try:
            digest = digest_of(self.path)
        except OSError as error:
            raise FilmError(
                f"{self.path} can no longer be read: {error.strerror}.",
                "Restore the song, then run the same command again: no frames are lost.",
            ) from error
        if digest != self.digest:
            raise FilmError(
                f"{self.path} was changed while the film was painted; the motion belongs to the "
                "earlier version.",
                "Restore the earlier song, then run the same command again: no frames are lost. "
                "With the new song, the same command starts over if the motion differs.",
            )

    def beginning(self, seconds: Fraction) -> "Soundtrack":
        """A short soundtrack that is encoded in the same way, for a trial.

        For an excerpt it is the beginning of the file; the offset makes no difference.
        """
        if self.start == 0 and self.duration is None:
            return self
        return replace(self, start=0, duration=seconds)

    def arguments(self, codec: SoundCodec, copies: frozenset[str]) -> list[str]:
        """ffmpeg's output arguments for the soundtrack.

        Parameters
        ----------
        codec : SoundCodec
            The encoder.
        copies : frozenset of str
            Names of the codecs that can be stream-copied into the container.

        Returns
        -------
        list of str
            Output arguments for the audio stream. A complete song in a codec of `copies` is copied;
            anything else is encoded, keeping rate and channels if the codec allows.

        Raises
        ------
        FilmError
            If the file cannot be read or has no sound.
        """
        media = probe(self.path)
        stream = dict(enumerate(media.sounds)).get(self.track)
        if stream is None:
            raise FilmError(f"{self.path} has no sound.", "Choose another song.")
        complete = self.start == 0 and self.duration is None
        # In a video the sound may start later than the picture, and a copy would keep the delay.
        copyable = media.video is None and stream.start == 0
        if complete and copyable and stream.codec in copies:
            return ["-c:a", "copy"]
        return ["-af", f"{self._cut(stream.rate)},{codec.takes}", *codec.arguments]

    def _cut(self, rate: int) -> str:
        # Cut by decoded samples, like the analysis: MP3 timestamps start at 25 ms, and seeking is
        # inexact in files with a variable bit rate.
        first = round(self.start * rate)
        cut = f"atrim=start_sample={first}"
        if self.duration is not None:
            cut += f":end_sample={round((self.start + self.duration) * rate)}"
        return f"{cut},{FINITE},asetpts=N/SR/TB"
