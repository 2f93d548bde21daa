"""Denoises one recording and writes it, whole or not at all."""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from denoising.models.model import Model
from denoising.models.recorded_channels import Denoised, denoised, usable_channels
from denoising.recordings.channels import Channel
from denoising.recordings.digests import check_unchanged
from denoising.recordings.remote import local
from denoising.recordings.survey import channels_in, naming
from denoising.recordings.writing.catalogue import write_like
from denoising.report.looks import Look, taken
from denoising.signals.sinusoids import Array
from tasks.batch.job import Job, digest_at, note_in
from tasks.cache.files import LOCK, locked, write_atomically
from tasks.run.progress import Tracker


def apply(job: Job, models: Sequence[Model], tracker: Tracker, *, force: bool, look: bool) -> dict[str, Any]:
    """Denoise a recording, unless that was done meanwhile.

    It is written in a folder of its own beside its target first. The sidecar is put in place before it, so
    that after a kill whatever stands there is known.

    Args:
        job: the recording and where it goes.
        models: the denoisers to choose from.
        tracker: is shown the progress in percent, and tells when to give up.
        force: whether other files there are replaced.
        look: whether to return what its page shows.

    Returns:
        What was done: `channels`, as in the sidecar, and `looks`, a channel each.

    Raises:
        RecordingError: the recording cannot be read or written.
        InTheWayError: another file stands there.
        InterruptedError: it was told to stop.
    """
    job.target.parent.mkdir(parents=True, exist_ok=True)
    name = f".denoising-{sha256(os.fsencode(job.target.name)).hexdigest()[:32]}"
    draft = job.target.with_name(f"{name}.draft")
    with locked(draft.with_name(name + LOCK), tracker.stopped), naming(job.source.name):
        shutil.rmtree(draft, ignore_errors=True)  # of a run that was killed
        if force or not job.is_done():
            draft.mkdir()
            try:
                channels = written(job, models, draft, tracker)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
        else:
            channels = (note_in(job.sidecar) or {})["channels"]
    return {"channels": channels, "looks": looks(job, channels, tracker) if look else []}


def written(job: Job, models: Sequence[Model], draft: Path, tracker: Tracker) -> list[dict[str, Any]]:
    """Write a denoised recording by way of a draft folder, and return what was done to its channels."""
    found, _ = usable_channels(job.source, models[0].card.rate, job.use)
    channels = [denoised(channel, models, job.use) for channel in found]
    after = {channel.name: channel for channel in followed([each.after for each in channels], tracker)}
    files = write_like(local(job.source.path), draft / job.target.name, after)
    check_unchanged([job.source])
    outputs = {file.name: digest_at(file) or "" for file in files}
    told = [of_channel(each) for each in channels]
    content = json.dumps(job.told(outputs, told), indent=2, allow_nan=False) + "\n"
    write_atomically(draft / job.sidecar.name, content.encode())
    (draft / job.sidecar.name).replace(job.sidecar)
    for name in reversed(outputs):  # the header of several files last
        (draft / name).replace(job.target.parent / name)
    return told


def of_channel(channel: Denoised) -> dict[str, Any]:
    """Return what the sidecar tells of a channel."""
    choice, seen = channel.choice, channel.choice.seen
    return {
        "channel": channel.before.name,
        "unit": channel.before.unit,
        "denoiser": choice.model.card.label,
        "level": choice.model.card.level,
        "trained": choice.model.card.trained_at,
        "model": choice.model.digest,
        "noise": choice.noise_in_words,
        "estimated_snr_db": choice.snr,
        "centre": seen.centre,
        "scale": seen.scale,
        "warnings": [f"{warning[0].upper()}{warning[1:]}." for warning in choice.warnings],
    }


def looks(job: Job, channels: Sequence[dict[str, Any]], tracker: Tracker) -> list[dict[str, Any]]:
    """Return what a page shows of a recording before and after, as the two files have it."""
    written = job.source.model_copy(update={"path": str(job.target)})
    told = {each["channel"]: each for each in channels}
    before_all, after_all = (channels_in(file, tuple(told))[0] for file in (job.source, written))
    pairs = zip(followed(before_all, tracker), after_all, strict=True)
    return [
        taken(
            Look(
                file=job.source.name,
                before=replace(before, rate=before.rate or job.use.rate),
                after=after,
                model=f"{told[before.name]['denoiser']}, trained {told[before.name]['trained']}",
                noise=told[before.name]["noise"],
                warnings=tuple(told[before.name]["warnings"]),
            )
        )
        for before, after in pairs
    ]


def followed(channels: Sequence[Channel], tracker: Tracker) -> list[Channel]:
    """Return channels whose reading shows the progress, and is given up when the run is over."""
    total = sum(channel.n_samples for channel in channels) or 1
    reached: dict[str, int] = {}

    def of(channel: Channel) -> Channel:
        def read(start: int, stop: int) -> Array:
            if tracker.stopped():
                raise InterruptedError("the run is over")
            reached[channel.name] = max(stop, reached.get(channel.name, 0))
            tracker.show(100 * sum(reached.values()) // total, None)
            return channel.read(start, stop)

        return replace(channel, read=read)

    return [of(channel) for channel in channels]
