"""The tables of a study of recordings, read from what its stages wrote."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from denoising.study.decision import decide
from denoising.study.recorded import RecordedStudy
from denoising.study.schema import (
    BASELINES,
    EXAMPLES,
    HISTORY,
    LOSSES,
    PER_WINDOW,
    RECORDED_AXES,
    RECORDED_BASELINE_AXES,
    RESULTS,
    SPECTRA,
    numbers,
    stack,
    table,
)
from denoising.study.trust import ranking, trust
from tasks.cache.store import Store
from tasks.gather.tables import (
    Measured,
    Outcomes,
    failed,
    finished,
    histories,
    made,
    of_each,
    parts,
    result_row,
    sample_rows,
)

OF_WINDOW = numbers("j_invariant_loss", "second_mse")
LEVELS = {"level": "str", "snr": "float64"}


def gather_recordings(
    study: str, settings: Mapping[str, Any], outcomes: Outcomes, store: Store
) -> RecordedStudy:
    """Read what the stages wrote into the tables of a study of recordings."""
    alphas = {axes["level"]: mixed["values"]["alpha"] for axes, mixed in made(outcomes, "mix")}
    done = finished(outcomes, RECORDED_AXES)
    history = histories(done, store, RECORDED_AXES | {n: HISTORY[n] for n in HISTORY if n not in ("alpha",)})
    unknown = {"train_mse": None}  # in the recordings' own unit; the history has the scale of networks
    rows = [cell.settings | result_row(cell, own, store) | unknown for cell, own in of_each(done, history)]
    results = with_alpha(table(rows + failed(outcomes), RESULTS), alphas)
    results = results.sort_values(["depth", "snr", "seed", "variant"], ignore_index=True)
    defined = [(axes, record) for axes, record in made(outcomes, "baseline") if record["outputs"]]
    others = [Measured({n: axes[n] for n in RECORDED_BASELINE_AXES}, record) for axes, record in defined]
    baselines = table(
        [axes | one.metrics(store, "denoiser") for (axes, _), one in zip(defined, others, strict=True)],
        BASELINES | LEVELS | LOSSES,
    )
    per_signal = parts(done, "per_signal", RECORDED_AXES | PER_WINDOW | OF_WINDOW, store)
    baseline_signals = parts(others, "per_signal", RECORDED_BASELINE_AXES | PER_WINDOW | OF_WINDOW, store)
    ranked = ranking(results, baselines)
    found = trust(ranked)
    is_trusted = found is not None and found.holds
    windows = [record for _, record in made(outcomes, "cut")]
    return RecordedStudy(
        name=study,
        settings=settings,
        rate=windows[0]["values"]["rate"],
        unit=windows[0]["values"]["unit"],
        survey=pd.DataFrame(store.read_json(windows[0]["outputs"]["survey"])),
        results=results,
        history=history,
        baselines=with_alpha(baselines, alphas),
        per_signal=per_signal,
        baseline_signals=baseline_signals,
        examples=parts(done, "examples", RECORDED_AXES | EXAMPLES, store),
        baseline_examples=parts(others, "examples", RECORDED_BASELINE_AXES | EXAMPLES, store),
        spectra=parts(done, "spectra", RECORDED_AXES | SPECTRA, store),
        baseline_spectra=parts(others, "spectra", RECORDED_BASELINE_AXES | SPECTRA, store),
        samples=stack(
            [sample_rows(*found, store, list(SAMPLES)) for found in made(outcomes, "mix")], SAMPLES
        ),
        decisions=tuple(decide(results, baselines, per_signal, baseline_signals, is_trusted=is_trusted)),
        ranking=ranked,
        notes=tuple(windows[0]["values"]["notes"]),
    )


SAMPLES = {"level": "str", "snr": "float64", "signal_id": "int64", "clean": "object", "noisy": "object"}


def with_alpha(rows: pd.DataFrame, alphas: Mapping[str, float]) -> pd.DataFrame:
    """Return rows with the alpha of their level."""
    return rows.assign(alpha=rows["level"].map(alphas).astype("float64"))
