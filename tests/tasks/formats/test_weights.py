import torch

from tasks.formats import weights


def test_tensors_come_back_bit_for_bit() -> None:
    state = {"a": torch.randn(3, 2, generator=torch.Generator().manual_seed(0)), "b": torch.tensor([-0.0])}
    back = weights.from_safetensors(weights.to_safetensors(state))
    assert back.keys() == state.keys()
    assert all(torch.equal(state[name], back[name]) for name in state)
    assert torch.signbit(back["b"]).all()


def test_weights_of_epochs_come_back_by_their_epochs() -> None:
    kept = {
        10: {"encoder.0.weight": torch.tensor([0.5]).half()},
        2: {"encoder.0.weight": torch.tensor([1.5]).half()},
    }
    back = weights.by_epoch(weights.of_epochs(kept))
    assert list(back) == [2, 10]
    assert {epoch: own["encoder.0.weight"].tolist() for epoch, own in back.items()} == {2: [1.5], 10: [0.5]}
    assert weights.by_epoch(weights.of_epochs({})) == {}


def test_no_tensors_are_a_file_too() -> None:
    assert weights.from_safetensors(weights.to_safetensors({})) == {}
