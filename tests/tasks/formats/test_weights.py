import torch

from tasks.formats import weights


def test_tensors_come_back_bit_for_bit() -> None:
    state = {"a": torch.randn(3, 2, generator=torch.Generator().manual_seed(0)), "b": torch.tensor([-0.0])}
    back = weights.from_safetensors(weights.to_safetensors(state))
    assert back.keys() == state.keys()
    assert all(torch.equal(state[name], back[name]) for name in state)
    assert torch.signbit(back["b"]).all()


def test_no_tensors_are_a_file_too() -> None:
    assert weights.from_safetensors(weights.to_safetensors({})) == {}
