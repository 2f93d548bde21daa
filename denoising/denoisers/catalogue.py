"""The denoisers that every study compares its networks with, in the order in which they are told."""

from collections.abc import Mapping

from denoising.denoisers.bayes import Bayes
from denoising.denoisers.denoiser import Baseline
from denoising.denoisers.gain import BestGain, Identity, Rescaled
from denoising.denoisers.least_squares import LeastSquares
from denoising.denoisers.linear_mmse import LinearMMSE
from denoising.denoisers.local_wiener import LocalWiener
from denoising.denoisers.pca import PCA
from denoising.denoisers.savitzky_golay import SavitzkyGolay
from denoising.denoisers.wavelet import WaveletShrinkage
from denoising.settings import BaselineName

BASELINES: Mapping[BaselineName, type[Baseline]] = {
    "identity": Identity,
    "rescaled": Rescaled,
    "best_gain": BestGain,
    "savitzky_golay": SavitzkyGolay,
    "local_wiener": LocalWiener,
    "wavelet": WaveletShrinkage,
    "pca": PCA,
    "linear_mmse": LinearMMSE,
    "least_squares": LeastSquares,
    "bayes": Bayes,
}
