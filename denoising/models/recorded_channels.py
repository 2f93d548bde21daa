"""The channels of a recording, denoised as they are read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from denoising.models.choosing import Choice, choose, see
from denoising.models.model import Model
from denoising.models.overlapping import OVERLAP, Array
from denoising.recordings.channels import Channel
from denoising.recordings.rates import MOST_FACTOR, rate_of, resampled, same
from denoising.recordings.settings import RecordingError, RecordingFile
from denoising.recordings.survey import LARGEST, SMALLEST, channels_in, naming


@dataclass(frozen=True)
class Use:
    """How recordings are denoised.

    Attributes:
        picks: names or numbers of the channels; all if there is none.
        rate: of recordings that do not tell theirs, in samples a second.
        resample: whether to bring those of another rate to the denoiser's and back.
        snr: the signal-to-noise ratio in dB; None if it is to be estimated.
        overlap: the share of a window that two neighbours have in common.
    """

    picks: tuple[str, ...] = ()
    rate: float | None = None
    resample: bool = False
    snr: float | None = None
    overlap: float = OVERLAP


@dataclass(frozen=True)
class Denoised:
    """A channel before and after it was denoised, both read as they are needed.

    Attributes:
        before, after: it, of as many samples.
        choice: the denoiser and why it was chosen.
    """

    before: Channel
    after: Channel
    choice: Choice


@dataclass(frozen=True)
class Denoisable:
    """A channel that can be denoised.

    Attributes:
        channel: it, at its own rate.
        model_rate: the rate to which it is brought; None if that is its own.
        tells_rate: whether its file tells its rate.
    """

    channel: Channel
    model_rate: float | None
    tells_rate: bool


def usable_channels(
    file: RecordingFile, rate: float | None, use: Use
) -> tuple[list[Denoisable], tuple[str, ...]]:
    """Return the channels of a recording that are to be denoised, and what was taken for granted of it.

    Args:
        file: the recording.
        rate: of the denoisers, in samples a second; None if they have none.
        use: how it is denoised.

    Raises:
        RecordingError: the recording cannot be read or has another rate than the denoisers. It is named.
    """
    channels, notes = channels_in(file, use.picks)
    with naming(file.name):
        return [usable(channel, rate, use) for channel in channels], notes


def usable(channel: Channel, wanted: float | None, use: Use) -> Denoisable:
    """Return a channel with its rate.

    Raises:
        RecordingError: its rate is not known, or another than the denoisers'.
    """
    if wanted is None and channel.rate is None:
        return Denoisable(replace(channel, rate=use.rate), None, False)
    own, tells = rate_of(channel, use.rate), channel.rate is not None
    if wanted is None or same(own, wanted):
        return Denoisable(replace(channel, rate=own), None, tells)
    if not use.resample:
        raise RecordingError(
            f"channel {channel.name} has {own:g} samples a second, and the denoiser is for {wanted:g}; "
            "bring it there and back with --resample, or choose channels with --picks"
        )
    if not 1 / MOST_FACTOR <= own / wanted <= MOST_FACTOR:
        raise RecordingError(
            f"channel {channel.name} has {own:g} samples a second, too far from the denoiser's {wanted:g}"
        )
    return Denoisable(replace(channel, rate=own), wanted, tells)


def denoised(found: Denoisable, models: Sequence[Model], use: Use) -> Denoised:
    """Return a channel, denoised by the denoiser for its noise."""
    before = found.channel
    at_rate = before
    if found.model_rate is not None and before.rate is not None:
        at_rate = resampled(before, before.rate, found.model_rate)
    window = models[0].card.window
    seen = replace(see(at_rate.read, at_rate.n_samples, window), unit=before.unit)
    if found.model_rate is not None and before.rate is not None and before.rate < found.model_rate:
        # Above what the recording can hold there is no noise either, by which to tell how strong it is.
        own = see(before.read, before.n_samples, window)
        seen = replace(seen, noise=own.noise, highest=before.rate / 2 / found.model_rate)
    size = max(abs(seen.centre), seen.scale)
    if size > LARGEST or 0 < seen.scale < SMALLEST:
        raise RecordingError(f"channel {before.name} has samples as {size:.3g}; choose another unit")
    choice = choose(models, seen, use.snr)
    overlapping = choice.model.relative(seen.centre, seen.scale, use.overlap)
    if overlapping is None:
        return Denoised(before, before, choice)

    def read(start: int, stop: int) -> Array:
        return overlapping.between(at_rate.read, at_rate.n_samples, start, stop)

    after = replace(at_rate, read=read)
    if at_rate is not before:
        assert found.model_rate is not None
        assert before.rate is not None
        after = replace(resampled(after, found.model_rate, before.rate), n_samples=before.n_samples)
    return Denoised(before, replace(after, rate=before.rate), choice)
