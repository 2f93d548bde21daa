"""What a sweep is said to cost before it starts."""

import time
from itertools import count

import pytest

import denoising.cost
import flows.terminal.launch
from denoising.cost import training_seconds
from denoising.networks.settings import NetworkSettings, TrainingSettings
from flows.terminal.launch import cost
from flows.walks.estimate import core_seconds
from tests.flows.sweeps import Sweeps


def test_only_trainings_that_are_still_to_be_done_cost_anything(
    done: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denoising.cost, "training_seconds", lambda depth, *_: 10.0**depth)  # an epoch
    assert core_seconds(done.read()) == 0
    assert core_seconds(done.read(alphas=[0.1, 0.3, 0.5])) == 2 * (100 + 1000)
    assert core_seconds(done.read(seeds=[0, 1, 2])) == 2 * 4 * (100 + 1000)
    assert core_seconds(done.read(epochs=3)) == 3 * 2 * (100 + 1000)
    assert core_seconds(done.read(refresh=["train"])) == 2 * 2 * (100 + 1000)


def test_a_few_steps_stand_for_all_epochs_and_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    def seconds(epochs: int, n_train: int) -> float:
        """With a clock on which each trial takes a second."""
        monkeypatch.setattr(time, "thread_time", count().__next__)
        training = TrainingSettings(epochs=epochs, batch_size=4)
        return training_seconds(2, NetworkSettings(channels=2), training, n_train, n_train // 2, 16)

    assert seconds(epochs=50, n_train=16) == 50, "four steps of four signals are an epoch"
    assert seconds(epochs=50, n_train=8) == 50
    assert seconds(epochs=10, n_train=1600) == 1000


def test_it_is_told_in_core_seconds_and_in_time(sweeps: Sweeps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.terminal.launch, "CORES", 2)
    monkeypatch.setattr(flows.terminal.launch, "core_seconds", lambda _: 7200.4)
    assert cost(sweeps.read(workers=8)) == "; estimated 7,200 core-seconds of training, 1 h 00 min"
    monkeypatch.setattr(flows.terminal.launch, "core_seconds", lambda _: 0.2)
    assert cost(sweeps.read()) == ""


def test_what_cannot_be_tried_is_not_estimated_and_keeps_nothing_from_running(
    sweeps: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> float:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(denoising.cost, "training_seconds", fail)
    assert cost(sweeps.read()) == ""
