"""The autoencoder on any device, as PyTorch's modules and automatic differentiation run it."""

from torch import Tensor
from torch.nn.functional import mse_loss

from denoising.model import Autoencoder, denoise


class Plain:
    """A network as it is.

    Attributes:
        parameters: what there is to optimise; each one's `grad` is the gradient by it.
    """

    def __init__(self, network: Autoencoder) -> None:
        self.network = network
        self.parameters = list(network.parameters())

    def differentiate(self, noisy: Tensor, clean: Tensor) -> None:
        """Make the gradient that of the mean squared error on signals of shape (n, signal_length)."""
        self.network.zero_grad()
        mse_loss(self.network(noisy), clean).backward()

    def denoise(self, noisy: Tensor) -> Tensor:
        """The network's output for signals of shape (n, signal_length); same shape."""
        return denoise(self.network, noisy)
