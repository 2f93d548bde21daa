"""The names of noise levels."""

AS_RECORDED = "as-recorded"
NOISE_DOUBLED = "noise-doubled"


def level_name(alpha: float | None, snr: float | None, *, doubled: bool = False) -> str:
    """Return the name of a noise level: such as `alpha=0.1`, `snr=10`, `as-recorded` or `noise-doubled`.

    Args:
        alpha: the level of sinusoids; None of recordings.
        snr: the signal-to-noise ratio in dB at which noise is added to recordings; None if none is added.
        doubled: whether noise is added that is as strong as the recordings' own.
    """
    if alpha is not None:
        return f"alpha={alpha:g}"
    if snr is not None:
        return f"snr={snr:g}"
    return NOISE_DOUBLED if doubled else AS_RECORDED
