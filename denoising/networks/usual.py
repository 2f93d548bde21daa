"""What networks for recordings are like, and how they are trained, where nothing else is asked for."""

from collections.abc import Mapping
from typing import Any

NETWORK: Mapping[str, Any] = {"channels": 16, "growth": 2, "kernel_size": 7}
TRAINING: Mapping[str, Any] = {
    "epochs": 20, "batch_size": 16, "learning_rate": 5e-3, "schedule": "one_cycle",
}  # fmt: skip
