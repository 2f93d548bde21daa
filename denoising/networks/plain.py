"""The engine for any device: PyTorch's own modules and automatic differentiation."""

from torch import Tensor, zeros_like
from torch.nn.functional import mse_loss
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from denoising.networks.autoencoder import Autoencoder, denoise
from denoising.networks.engine.normalisation import settle


class Plain:
    """Runs a network by PyTorch's modules, with its parameters moved into one vector.

    The network uses the vector from then on, so that an optimiser can change all parameters at once.

    Attributes:
        parameters: the vector of all parameters.
        gradient: the gradient of the loss by that vector.
    """

    def __init__(self, network: Autoencoder) -> None:
        self.network = network
        parameters = list(network.parameters())
        self.parameters = parameters_to_vector(parameters).detach()
        self.gradient = zeros_like(self.parameters)
        vector_to_parameters(self.parameters, parameters)
        sizes = [parameter.numel() for parameter in parameters]
        for parameter, part in zip(parameters, self.gradient.split(sizes), strict=True):
            parameter.grad = part.view_as(parameter)

    def differentiate(self, noisy: Tensor, clean: Tensor, counted: Tensor | None = None) -> Tensor:
        """Set `gradient` to that of the mean squared error on signals of shape (n, signal_length).

        With `counted`, of the same shape, only the samples count where that is 1.

        Returns:
            The mean squared error, of shape ().
        """
        self.gradient.zero_()
        denoised = self.network(noisy)
        if counted is None:
            error = mse_loss(denoised, clean)
        else:
            error = ((denoised - clean).square() * counted).sum().div(counted.sum().clamp(min=1))
        error.backward()
        return error.detach()

    def denoise(self, noisy: Tensor) -> Tensor:
        """Return the network's output for signals of shape (n, signal_length); same shape."""
        return denoise(self.network, noisy)

    def settle(self, noisy: Tensor) -> None:
        """Recompute the running statistics of batch normalisation on training signals: see `settle`."""
        settle(self.network, noisy, self.network)
