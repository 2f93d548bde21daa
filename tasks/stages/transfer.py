"""Beside stage 4: a cell's network at noise levels that it was not trained for."""

from denoising.networks.settings import TrainingSettings
from denoising.study.cell import Cell
from tasks.cache.key import Key, alpha_of, transfer_key
from tasks.cache.record import Made, Record
from tasks.cache.store import Store
from tasks.formats.network import load_network
from tasks.run.stage import stage


@stage(transfer_key, run_name="transfer {cell}")
def transfer(
    key: Key, cell: Cell, training: TrainingSettings, tested: list[Record], trained: Record, store: Store
) -> Made:
    """Measure a cell's network on the test signals of datasets, as given and with its own gain."""
    import pandas as pd
    import torch

    from denoising.denoisers.network import Network
    from denoising.measure.metrics import mse
    from denoising.networks.objective import gain_ratio, gains
    from tasks.formats import frames, signals

    torch.set_num_threads(1)
    network = load_network(trained, store, training.device)
    of_input, of_output = gains(training.objective, cell.alpha)
    rows = []
    for dataset in tested:
        alpha = alpha_of(dataset)
        test = signals.from_parquet(store.read(dataset["outputs"]["test"]))["test"]
        as_given = Network(network, of_input, of_output)
        rescaled = Network(network, of_input * gain_ratio(cell.alpha, alpha), of_output)
        rows.append(
            {
                "tested_alpha": alpha,
                "test_mse": mse(as_given(test.noisy), test.clean),
                "rescaled_test_mse": mse(rescaled(test.noisy), test.clean),
            }
        )
    table = frames.to_parquet(pd.DataFrame(rows))
    return Made({"transfer": store.write(f"{key.folder}/transfer.parquet", table)})
