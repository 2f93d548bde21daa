"""The denoisers that every study compares its networks with, in the order in which they are shown.

No stage imports this list. A stage gets the denoiser to fit by its settings, so that a new denoiser makes no
result of another one stale.
"""

from collections.abc import Mapping

# The module and class of each denoiser, by its name in the tables.
BASELINES: Mapping[str, str] = {
    "identity": "denoising.denoisers.gain:Identity",
    "rescaled": "denoising.denoisers.gain:Rescaled",
    "best_gain": "denoising.denoisers.gain:BestGain",
    "savitzky_golay": "denoising.denoisers.savitzky_golay:SavitzkyGolay",
    "local_wiener": "denoising.denoisers.local_wiener:LocalWiener",
    "total_variation": "denoising.denoisers.total_variation:TotalVariation",
    "wavelet": "denoising.denoisers.wavelet:WaveletShrinkage",
    "empirical_bayes": "denoising.denoisers.empirical_bayes:EmpiricalBayes",
    "noisy_pca": "denoising.denoisers.noisy_pca:NoisyPCA",
    "noisy_linear": "denoising.denoisers.noisy_linear:NoisyLinear",
    "pca": "denoising.denoisers.pca:PCA",
    "fitted_linear": "denoising.denoisers.fitted_linear:FittedLinear",
    "linear_mmse": "denoising.denoisers.linear_mmse:LinearMMSE",
    "singular_spectrum": "denoising.denoisers.singular_spectrum:SingularSpectrum",
    "free_sinusoids": "denoising.denoisers.free_sinusoids:FreeSinusoids",
    "least_squares": "denoising.denoisers.least_squares:LeastSquares",
    "bayes": "denoising.denoisers.bayes:Bayes",
}

# Those for recordings, of which only examples are known.
OF_ANY_SIGNALS = (
    "identity", "savitzky_golay", "local_wiener", "total_variation", "wavelet", "pca",
)  # fmt: skip
FOR_RECORDINGS: Mapping[str, str] = {
    **{name: BASELINES[name] for name in OF_ANY_SIGNALS},
    "window_wiener": "denoising.denoisers.window_wiener:WindowWiener",
    "fir_wiener": "denoising.denoisers.fir_wiener:FIRWiener",
}
