"""How many signals a second a core trains on: by matrix products, and by PyTorch's own modules.

python -m benchmarks.training [ROUNDS] [OPTIONS OF THE SWEEP]

Steps of the sweep's batch size on its networks, all in alternation, in seconds of CPU time of one thread. The
share of the peak counts two floating-point operations for each multiplication of a convolution: once forward,
once for the gradient by the weights and, but for the first layer, once for that by the input. The peak is
that of multiplying two 1024 x 1024 matrices with PyTorch, as a step does; beside it stands that of NumPy,
whose library may know the processor better. The products alone are a step's matrix products without all else
that a step does.
"""

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from benchmarks.contest import arguments, machine, markdown, settings_of
from denoising.networks.autoencoder import Autoencoder
from denoising.networks.engine.adam import Adam
from denoising.networks.engine.multiplied import Multiplied
from denoising.networks.engine.sides import Operation
from denoising.networks.plain import Plain
from denoising.study.cell import Cell

ROUNDS = 15
LEAST_SECONDS = 0.2  # for which each is timed in a round
SIDE = 1024  # of the matrices whose product is the peak


def main(rounds: int, options: Sequence[str]) -> None:
    """Print the table."""
    cells = {cell.depth: cell for cell in settings_of(options).cells}  # one of each depth
    torch.set_num_threads(1)
    with threadpool_limits(1, "blas"):
        rows = [row(cell, rounds) for cell in cells.values()]
    heads = [
        "signals a second at depth",
        "modules",
        "products",
        "range",
        "ratio",
        "share of the peak",
        "of the products alone",
        "peak",
        "that of NumPy",
    ]
    print(markdown(heads, rows))
    print(f"\n{machine(rounds, {})}")


def row(cell: Cell, rounds: int) -> list[str]:
    """What was measured at the depth of a cell."""
    networks = [make_network(cell) for _ in range(2)]
    matrix = torch.randn(SIDE, SIDE)
    fast, batch_size = Multiplied(networks[1]), cell.training.batch_size
    contestants = [
        step_of(Plain(networks[0]), cell),
        step_of(fast, cell),
        products_of(fast, batch_size),
        lambda: torch.mm(matrix, matrix),
        lambda: np.matmul(matrix.numpy(), matrix.numpy()),
    ]
    seconds = [[seconds_of(contestant) for contestant in contestants] for _ in range(rounds)]
    modules, multiplied, products, large, by_numpy = zip(*seconds, strict=True)
    rates = [batch_size / each for each in multiplied]
    peak = 2 * SIDE**3 / median(large)
    return [
        str(cell.depth),
        f"{batch_size / median(modules):,.0f}",
        f"{median(rates):,.0f}",
        f"{min(rates):,.0f}–{max(rates):,.0f}",
        f"{median(m / u for m, u in zip(modules, multiplied, strict=True)):.1f}",
        f"{operations(networks[0]) * median(rates) / peak:.0%}",
        f"{operations(networks[0]) * batch_size / median(products) / peak:.0%}",
        f"{peak / 1e9:.0f} GFLOP/s",
        f"{2 * SIDE**3 / median(by_numpy) / 1e9:.0f} GFLOP/s",
    ]


def make_network(cell: Cell) -> Autoencoder:
    """The network of a cell."""
    return Autoencoder(
        depth=cell.depth,
        **cell.network.model_dump(),
        signal_length=cell.level.dataset.signal_length,
        generator=torch.Generator().manual_seed(0),
    )


def step_of(engine: Plain | Multiplied, cell: Cell) -> Callable[[], None]:
    """A training step."""
    adam = Adam(engine.parameters, engine.gradient)
    noisy, clean = torch.randn(2, cell.training.batch_size, cell.level.dataset.signal_length)

    def step() -> None:
        engine.differentiate(noisy, clean)
        adam.step(cell.training.learning_rate)

    return step


def products_of(engine: Multiplied, batch_size: int) -> Callable[[], None]:
    """The matrix products of a training step, which take the batch in as many passes as the step does."""
    products: list[Operation] = []
    for start in range(0, batch_size, engine.at_once):
        through = engine.pass_of(min(engine.at_once, batch_size - start), training=True)
        products += [operation for operation in (*through.forth, *through.back) if is_product(operation)]

    @torch.inference_mode()
    def multiply() -> None:
        for product in products:
            product()

    return multiply


def is_product(operation: Operation) -> bool:
    """Whether an operation of a pass multiplies matrices."""
    return isinstance(operation, partial) and operation.func.__name__ in ("mm", "addmm", "addmm_")


def seconds_of(call: Callable[[], object]) -> float:
    """The median seconds of CPU time of a call, after one that is not counted."""
    call()
    found: list[float] = []
    while sum(found) < LEAST_SECONDS:
        began = time.thread_time()
        call()
        found.append(time.thread_time() - began)
    return median(found)


def operations(network: Autoencoder) -> int:
    """Floating-point operations in training on one signal, those of the convolutions alone."""
    windows = [*network.lengths[1:], *network.lengths[:0:-1]]
    layers = zip(network.layers(), windows, strict=True)
    products = [layer.weight.numel() * number for layer, number in layers]
    return 2 * (3 * sum(products) - products[0])


if __name__ == "__main__":
    main(*arguments(ROUNDS, sys.argv[1:]))
