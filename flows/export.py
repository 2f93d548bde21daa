"""The command that writes a study's denoiser into one file: `python flows/export.py --output FILE`."""

import sys
from collections.abc import Sequence
from pathlib import Path

if not __package__:  # run by its file; ahead of any other `tasks` on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if __name__ == "__main__":
    from flows.terminal.process import take_over

    take_over()

from denoising.models.model import Model
from denoising.models.model_file import ModelError
from flows.settings.export_settings import ONNX, ExportSettings
from flows.terminal.command import Parser, add_option, refuse, settings_of
from flows.terminal.status import BY_SIGNAL, Status
from tasks.batch.plan import BatchError, models_of
from tasks.cache.files import write_atomically
from tasks.cache.places import StoreError, place
from tasks.cache.store import Store

NAME = "export.py"


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser(
        prog=NAME,
        description="Write a trained denoiser into one file that describes itself.",
        epilog=f"Exit status: 0 written; 2 bad parameters; {BY_SIGNAL}.",
    )
    for name in ExportSettings.fields:
        add_option(made, name, ExportSettings)
    return made


def main(arguments: Sequence[str]) -> Status:
    """Run the command and return its exit status."""
    settings = settings_of(parser().parse_args(arguments), ExportSettings)
    return refuse(NAME, settings) if isinstance(settings, list) else export(settings)


def export(settings: ExportSettings) -> Status:
    """Write a denoiser and tell which it is."""
    store, output = Store(place(settings.data_dir), place(settings.artifacts_dir)), Path(settings.output)
    try:
        study, models = models_of(store, settings.study, settings.model)
        model = chosen(models, settings.snr)
        write_atomically(output, content_of(model, output.suffix))
    except BatchError as error:
        return refuse(NAME, error.lines)
    except (ModelError, StoreError) as error:
        return refuse(NAME, [str(error)])
    except OSError as error:
        return refuse(NAME, [f"output {output}: it cannot be written ({error.strerror or error})"])
    told = [model.card.words, f"from {f'study {study}' if study else settings.model}"]
    if len(models) > 1:
        told.append(f"of its levels {', '.join(map(level_of, models))}; choose another with --snr")
    print(f"{output}: {', '.join(told)}")
    return Status.DONE


def chosen(models: Sequence[Model], snr: float | None) -> Model:
    """Return the denoiser of the level nearest to a ratio in dB.

    Without a ratio, it is the one that was trained at many noise levels, or else that of the middle level; of
    two, that for the weaker noise.

    Raises:
        ModelError: a ratio is given, and no denoiser knows its own.
    """
    from denoising.models.choosing import nearest

    if snr is None:
        return next((model for model in models if model.card.blind), models[len(models) // 2])
    if all(model.card.snr is None for model in models):
        raise ModelError(f"snr {snr:g}: at which ratio it was trained is not known; leave --snr out")
    return nearest(models, snr)


def level_of(model: Model) -> str:
    """Return the noise level of a denoiser, with its ratio in dB, by which it is chosen."""
    level, snr = model.card.level, model.card.snr
    return level if snr is None or level.startswith("snr=") else f"{level} ({snr:.1f} dB)"


def content_of(model: Model, suffix: str) -> bytes:
    """Return the content of a denoiser's file.

    Raises:
        ModelError: a classical denoiser is to be written as ONNX.
    """
    if suffix == ONNX:
        from denoising.models.onnx_file import to_onnx

        return to_onnx(model)
    from denoising.models.model_file import to_bytes

    return to_bytes(model.card, model.tensors)


if __name__ == "__main__":
    from flows.terminal.process import command_line

    command_line(main)
