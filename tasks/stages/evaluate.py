"""Stage 4: measure the network of one cell."""

from dataclasses import asdict

from denoising.networks.settings import TrainingSettings
from denoising.study.cell import Cell
from tasks.cache.key import Key, evaluate_key
from tasks.cache.record import Made, Record
from tasks.cache.store import Store
from tasks.formats.network import load_network
from tasks.run.stage import stage


@stage(evaluate_key, run_name="evaluate {cell}")
def evaluate(
    key: Key,
    cell: Cell,
    training: TrainingSettings,
    dataset: Record,
    trained: Record,
    store: Store,
) -> Made:
    """Measure a cell's network on validation and test signals; keep its metrics and examples."""
    import torch

    from denoising.denoisers.network import Network
    from denoising.measure import evaluation
    from denoising.measure.metrics import mse
    from denoising.networks.objective import gains
    from tasks.formats import signals
    from tasks.formats.evaluation import write_evaluation

    torch.set_num_threads(1)
    validation, test = (
        signals.from_parquet(store.read(dataset["outputs"][name]))[name] for name in ("validation", "test")
    )
    gain = gains(training.objective, cell.alpha)
    best = Network(load_network(trained, store, training.device, "best"), *gain)
    network = load_network(trained, store, training.device)
    result = evaluation.evaluate(Network(network, *gain), validation, test)
    result.metrics["best_test_mse"] = mse(best(test.noisy), test.clean)
    result.metrics["as_given_test_mse"] = mse(Network(network)(test.noisy), test.clean)
    architecture = [asdict(layer) for layer in network.architecture()]
    outputs = {
        **write_evaluation(key.folder, result, store),
        "architecture": store.write_json(f"{key.folder}/architecture.json", architecture),
    }
    return Made(outputs, {"test_mse": result.metrics["test_mse"]})
