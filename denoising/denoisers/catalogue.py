"""The denoisers that every study compares its networks with, in the order in which they are shown.

A denoiser is named here and nowhere else. No stage imports this list: a stage is told which denoiser it
fits, so that a new one makes no result of another stale.
"""

from collections.abc import Mapping

# Where each class lies, by the name that tables use.
BASELINES: Mapping[str, str] = {
    "identity": "denoising.denoisers.gain:Identity",
    "rescaled": "denoising.denoisers.gain:Rescaled",
    "best_gain": "denoising.denoisers.gain:BestGain",
    "savitzky_golay": "denoising.denoisers.savitzky_golay:SavitzkyGolay",
    "local_wiener": "denoising.denoisers.local_wiener:LocalWiener",
    "wavelet": "denoising.denoisers.wavelet:WaveletShrinkage",
    "pca": "denoising.denoisers.pca:PCA",
    "linear_mmse": "denoising.denoisers.linear_mmse:LinearMMSE",
    "least_squares": "denoising.denoisers.least_squares:LeastSquares",
    "bayes": "denoising.denoisers.bayes:Bayes",
}
