import pytest
import torch

from denoising.networks.engine.adam import Adam, one_cycle


@pytest.mark.parametrize("rate", [1e-3, 0.1])
def test_steps_are_those_of_pytorchs_adam(rate: float) -> None:
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(50, generator=generator)
    ours, gradient = start.clone(), torch.zeros(50)
    theirs = torch.nn.Parameter(start.clone().double())
    adam, reference = Adam(ours, gradient), torch.optim.Adam([theirs], lr=rate)
    for step in range(200):
        gradient.copy_(torch.randn(50, generator=generator) * 10.0 ** (step % 7 - 3))
        gradient[0] = 0
        theirs.grad = gradient.double()
        adam.step(rate)
        reference.step()
        assert torch.allclose(ours.double(), theirs.detach(), rtol=1e-5, atol=1e-5 * rate * (step + 1))
    assert ours[0] == start[0], "what has no gradient stays where it is"
    assert int(adam.state()["steps"]) == 200


def test_one_cycle_is_pytorchs_course_of_the_learning_rate() -> None:
    n = 20_000
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1.0, total_steps=n, cycle_momentum=False)
    for step in range(n):
        if step % 500 == 0:
            assert one_cycle(step / n) == pytest.approx(schedule.get_last_lr()[0], abs=1e-3)
        optimiser.step()
        schedule.step() if step < n - 1 else None
    assert (one_cycle(0), one_cycle(0.3), one_cycle(1)) == pytest.approx((1 / 25, 1, 0))
    assert one_cycle(0.65) == pytest.approx(0.5)
