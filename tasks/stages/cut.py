"""The first stage of a study of recordings: cut them into windows."""

from typing import Any

from denoising.recordings.settings import RecordingsSettings
from tasks.cache.record import Made
from tasks.cache.stage import stage
from tasks.run.work import Work


@stage("sets of windows")
def cut(settings: RecordingsSettings, work: Work) -> Made:
    """Cut recordings into windows for training, validation and tests, and tell what is in them."""
    from denoising.recordings.cutting import caps_met, cut_recordings, windows_in
    from denoising.recordings.digests import check_unchanged
    from denoising.recordings.noises import cut_noises
    from denoising.recordings.parts import group_of
    from tasks.formats.windows import noise_to_parquet, to_parquet

    check_unchanged(settings.files)
    signals, parts = cut_recordings(settings)
    first = signals[0]
    store, folder = work.store, f"data/recordings/{settings.folder}"
    outputs = {
        "windows": store.write(f"{folder}/windows.parquet", to_parquet(parts)),
        "survey": store.write_json(
            f"{folder}/survey.json",
            [
                signal.facts() | windows_in(parts, signal) | {"group": group_of(signal.file, settings.group)}
                for signal in signals
            ],
        ),
    }
    notes = caps_met(parts, settings.n_signals, settings.n_test)
    values: dict[str, Any] = {"rate": first.rate, "unit": first.channel.unit, "notes": notes}
    if settings.noises:
        noises, told = cut_noises(settings, first.rate)
        outputs["noise"] = store.write(f"{folder}/noise.parquet", noise_to_parquet(noises))
        notes += told
    return Made(outputs, values)
