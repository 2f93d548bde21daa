"""The training loop of one autoencoder."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass
from math import ceil, inf, isfinite

import torch
from torch import Tensor

from denoising.networks.autoencoder import INFERENCE_BATCH, Autoencoder
from denoising.networks.blind_spot import hide
from denoising.networks.device import resolve_device
from denoising.networks.engine.adam import Adam, one_cycle
from denoising.networks.engine.multiplied import Multiplied, numbers_of_a_signal
from denoising.networks.plain import Plain
from denoising.networks.settings import TrainingSettings
from denoising.signals.dataset import SignalSet, keyed_generator

Weights = dict[str, Tensor]
State = dict[str, Tensor]

MAX_LAYER_NUMBERS = 2**26  # 256 MiB
N_MILESTONES = 5  # the last epoch among them


class DivergedError(ArithmeticError):
    """The loss is no longer a finite number."""


class StoppedError(Exception):
    """Training was asked to stop before its last epoch."""


class TimeLimitError(TimeoutError):
    """Training took longer than its time limit."""


@dataclass(frozen=True)
class Epoch:
    """The measurements of one epoch.

    Attributes:
        epoch: its number, from 0.
        train_mse: mean squared error of the training signals, each in its batch before the batch's update. In
            the last epoch it is measured after all updates instead, as `validation_mse` is.
        validation_mse: mean squared error after the epoch's updates, in evaluation mode.
        gradient_norm: Euclidean norm of the loss's gradient by all parameters, mean over the epoch's steps.
    """

    epoch: int
    train_mse: float
    validation_mse: float
    gradient_norm: float


class Training:
    """A training in progress: the network, the optimiser, the shuffling and the history so far.

    Args:
        network: the network, which is trained in place.
        train, validation: signals whose `noisy` is the network's input and whose `clean` is its target, as
            `denoising.networks.objective.pose` returns them. They stay in the device's memory.
        settings: epochs, batch size, learning rate, its schedule and device.
        shuffling: generator of each epoch's order of signals.
        draw: returns the training signals of an epoch by its number, as many as `train` has. Without it,
            every epoch uses `train`.

    Attributes:
        history: the epochs so far.
        best_weights: those of the epoch with the lowest validation error.
        milestones: weights of some early epochs by number, in half precision.
    """

    def __init__(
        self,
        network: Autoencoder,
        train: SignalSet,
        validation: SignalSet,
        settings: TrainingSettings,
        shuffling: torch.Generator,
        draw: Callable[[int], SignalSet] | None = None,
    ) -> None:
        device = resolve_device(settings.device)
        self.draw = draw
        self.network = network.to(device)
        self.engine = engine_for(network, device, settings.batch_size)
        self.train = as_tensors(train, device)
        self.validation = as_tensors(validation, device)
        self.settings = settings
        self.shuffling = shuffling
        self.adam = Adam(self.engine.parameters, self.engine.gradient)
        self.n_steps = settings.epochs * ceil(len(train) / settings.batch_size)
        self.history: list[Epoch] = []
        self.best_weights: Weights = {}
        self.milestones: dict[int, Weights] = {}

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        cycles = self.settings.schedule == "one_cycle"
        share = one_cycle(int(self.adam.steps) / self.n_steps) if cycles else 1.0
        return self.settings.learning_rate * share

    @property
    def best(self) -> Epoch:
        """The epoch with the lowest validation error so far; the first one of equals."""
        return min(self.history, key=lambda epoch: epoch.validation_mse)

    def run(self, stopped: Callable[[], bool] = lambda: False, time_limit: float = inf) -> Iterator[Epoch]:
        """Train for the remaining epochs and yield each one after it is measured.

        Args:
            stopped: called before every step; training ends when it returns true.
            time_limit: how long training may take from now, in seconds.

        Raises:
            DivergedError: an epoch's error is not finite.
            StoppedError: `stopped` returned true.
            TimeLimitError: the time limit is exceeded.
        """
        deadline = time.monotonic() + time_limit
        for number in range(len(self.history), self.settings.epochs):
            if self.draw:
                self.train = as_tensors(self.draw(number), self.train[0].device)
            noisy, clean = self.train
            order = torch.randperm(len(noisy), generator=self.shuffling).to(noisy.device)
            size = self.settings.batch_size
            batches = list(zip(noisy[order].split(size), clean[order].split(size), strict=True))
            energy, n_counted, norms = torch.zeros(3, device=noisy.device, dtype=torch.float64)
            for batch in batches:
                if stopped():
                    raise StoppedError(f"stopped in epoch {number} of {self.settings.epochs}")
                if time.monotonic() > deadline:
                    raise TimeLimitError(
                        f"in epoch {number} of {self.settings.epochs} after {time_limit:g} seconds, "
                        f"its time_limit; run again to go on from there, or raise the limit"
                    )
                shown, target, counted = self.pose(*batch)
                weight = target.numel() if counted is None else counted.sum()
                energy += self.engine.differentiate(shown, target, counted) * weight
                n_counted += weight
                norms += torch.linalg.vector_norm(self.engine.gradient)
                self.adam.step(self.rate)
            self.engine.settle(noisy)
            ends = number == self.settings.epochs - 1
            train_mse = self.measure(self.train) if ends else float(energy / n_counted.clamp(min=1))
            epoch = Epoch(number, train_mse, self.measure(self.validation), float(norms) / len(batches))
            if not (isfinite(epoch.train_mse) and isfinite(epoch.validation_mse)):
                raise DivergedError(
                    f"training diverged: the loss was not finite after epoch {number} "
                    f"(train_mse {epoch.train_mse}, validation_mse {epoch.validation_mse}); "
                    f"try a learning_rate below {self.settings.learning_rate:g}"
                )
            self.history.append(epoch)
            if self.best is epoch:
                self.best_weights = copy_weights(self.network)
            if number in milestones_of(self.settings.epochs):
                self.milestones[number] = halved(copy_weights(self.network))
            yield epoch

    def state(self) -> State:
        """Return everything that the next epochs depend on, as copies on the CPU."""
        adam = {name: tensor.cpu().clone() for name, tensor in self.adam.state().items()}
        return {
            **under("network", copy_weights(self.network)),
            **under("best", self.best_weights),
            **under("adam", adam),
            **{
                name: tensor
                for number, own in self.milestones.items()
                for name, tensor in under(f"epoch {number}", own).items()
            },
            "shuffling": self.shuffling.get_state(),
            "history": torch.tensor([astuple(epoch) for epoch in self.history], dtype=torch.float64),
        }

    def restore(self, state: State) -> None:
        """Continue from a state that `state` returned; the next epochs are then the same to the last bit."""
        self.network.load_state_dict(part_of(state, "network"))
        self.best_weights = part_of(state, "best")
        self.milestones = {
            number: own
            for number in milestones_of(self.settings.epochs)
            if (own := part_of(state, f"epoch {number}"))
        }
        for name, tensor in self.adam.state().items():
            tensor.copy_(state[f"adam.{name}"])
        self.shuffling.set_state(state["shuffling"])
        self.history = [Epoch(int(number), *numbers) for number, *numbers in state["history"].tolist()]

    def pose(self, noisy: Tensor, clean: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return the input and target of a step, and which samples count; None if all do."""
        if self.settings.objective != "blind_spot":
            return noisy, clean, None
        shown, counted = hide(noisy, self.settings.mask_width, self.shuffling)
        return shown, clean, counted

    def measure(self, signals: tuple[Tensor, Tensor]) -> float:
        """Return the network's mean squared error in evaluation mode on (noisy, clean).

        With objective `blind_spot` that is the error on the samples that count, the same after each epoch.
        """
        noisy, clean = signals
        if self.settings.objective != "blind_spot":
            error = self.engine.denoise(noisy) - clean
            return float(torch.linalg.vector_norm(error, dtype=torch.float64)) ** 2 / error.numel()
        shown, counted = hide(noisy, self.settings.mask_width, torch.Generator().manual_seed(0))
        error = (self.engine.denoise(shown) - clean) * counted
        energy = float(torch.linalg.vector_norm(error, dtype=torch.float64)) ** 2
        return energy / max(float(counted.sum()), 1.0)


def engine_for(network: Autoencoder, device: torch.device, batch_size: int = 1) -> Multiplied | Plain:
    """Return the fastest engine for a network.

    On a CPU this is `Multiplied`, unless the matrix of windows that it needs would be too large for memory.
    """
    at_once = max(batch_size, INFERENCE_BATCH) if network.batch_norms else 1
    multiplied = device.type == "cpu" and at_once * numbers_of_a_signal(network) <= MAX_LAYER_NUMBERS
    return Multiplied(network) if multiplied else Plain(network)


def milestones_of(epochs: int) -> list[int]:
    """Return the epochs before the last one whose weights are kept, evenly spaced by their logarithm."""
    steps = (epochs ** (step / (N_MILESTONES - 1)) for step in range(N_MILESTONES))
    return sorted({round(step) - 1 for step in steps} - {epochs - 1})


def halved(weights: Weights) -> Weights:
    """Return weights in half precision; what is too large for it becomes its largest number."""
    most = torch.finfo(torch.float16).max
    return {name: t.clamp(-most, most).half() if t.is_floating_point() else t for name, t in weights.items()}


def under(name: str, tensors: Mapping[str, Tensor]) -> State:
    """Put `name` and a dot before the name of every tensor."""
    return {f"{name}.{own}": tensor for own, tensor in tensors.items()}


def part_of(state: State, name: str) -> State:
    """Return the tensors that `under` named so, by their own names."""
    return {own.removeprefix(f"{name}."): t for own, t in state.items() if own.startswith(f"{name}.")}


def as_tensors(signals: SignalSet, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the noisy and the clean signals on a device, each of shape (n, signal_length)."""
    return torch.tensor(signals.noisy, device=device), torch.tensor(signals.clean, device=device)


def copy_weights(network: Autoencoder) -> Weights:
    """Return a copy of the present weights on the CPU."""
    return {
        name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
        for name, tensor in network.state_dict().items()
    }


def torch_generator(*key: str | int) -> torch.Generator:
    """Return a generator of PyTorch that depends only on the key."""
    return torch.Generator().manual_seed(int(keyed_generator(*key).integers(2**63)))
