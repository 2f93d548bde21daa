"""What scikit-learn expects of whatever stands in a pipeline, for which it need not be installed."""

from typing import Any, Self

from numpy.typing import NDArray


class Transformer:
    """Denoises signals of shape (n, length), as a step of scikit-learn's pipelines."""

    def fit(self, noisy: NDArray[Any], clean: NDArray[Any] | None = None) -> Self:
        """Learn from noisy signals, with the clean ones where they are known."""
        raise NotImplementedError

    def transform(self, noisy: NDArray[Any]) -> NDArray[Any]:
        """Denoise signals."""
        raise NotImplementedError

    def fit_transform(self, noisy: NDArray[Any], clean: NDArray[Any] | None = None) -> NDArray[Any]:
        """Learn from noisy signals and denoise them."""
        return self.fit(noisy, clean).transform(noisy)

    def __sklearn_tags__(self) -> Any:
        """Return what scikit-learn, which alone asks, wants to know of a transformer."""
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type="transformer",
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(),
            input_tags=InputTags(),
        )
