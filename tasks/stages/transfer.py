"""Networks at noise levels for which they were not trained."""

from collections.abc import Mapping

from tasks.cache.record import Made, Record
from tasks.cache.stage import stage
from tasks.formats.network import DenoiserSettings, load_network
from tasks.run.work import Work


@stage("transfers", tested=("test",), trained=("last",))
def transfer(settings: DenoiserSettings, work: Work, tested: Mapping[str, Record], trained: Record) -> Made:
    """Measure a cell's network on the test signals of other noise levels.

    The error is measured twice: on the signals as given, and on the signals scaled so that their clean part
    has the size that it had in training.
    """
    import pandas as pd
    import torch

    from denoising.denoisers.network import Network
    from denoising.measure.metrics import mse
    from denoising.networks.objective import gain_ratio, gains
    from tasks.formats import frames
    from tasks.formats.signals import read_split

    torch.set_num_threads(1)
    network = load_network(trained, work.store, settings.device)
    assert settings.alpha is not None
    of_input, of_output = gains(settings.objective, settings.alpha)
    rows = []
    for dataset in tested.values():
        alpha = dataset["ingredients"]["settings"]["alpha"]
        test = read_split(dataset["outputs"]["test"], work.store)
        as_given = Network(network, of_input, of_output)
        rescaled = Network(network, of_input * gain_ratio(settings.alpha, alpha), of_output)
        rows.append(
            {
                "tested_alpha": alpha,
                "test_mse": mse(as_given(test.noisy), test.clean),
                "rescaled_test_mse": mse(rescaled(test.noisy), test.clean),
            }
        )
    written = work.store.write(f"{work.folder}/transfer.parquet", frames.to_parquet(pd.DataFrame(rows)))
    return Made({"transfer": written})
