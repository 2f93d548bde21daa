"""Stage 4: measure the network of one cell."""

from dataclasses import asdict

from tasks.cache.record import Made, Record
from tasks.cache.stage import stage
from tasks.formats.network import DenoiserSettings, load_network
from tasks.run.work import Work


@stage("cells", dataset=("validation", "test"), trained=("last", "best"))
def evaluate(settings: DenoiserSettings, work: Work, dataset: Record, trained: Record) -> Made:
    """Measure a cell's network on validation and test signals; write its metrics, examples and shape."""
    import torch

    from denoising.denoisers.network import Network
    from denoising.measure import evaluation
    from denoising.measure.metrics import mse
    from denoising.networks.objective import gains
    from tasks.formats.evaluation import write_evaluation
    from tasks.formats.signals import read_split

    torch.set_num_threads(1)
    store, files = work.store, dataset["outputs"]
    validation, test = (read_split(files[name], store) for name in ("validation", "test"))
    gain = gains(settings.objective, settings.alpha)
    best = Network(load_network(trained, store, settings.device, "best"), *gain)
    network = load_network(trained, store, settings.device)
    denoise = Network(network, *gain).on
    result = evaluation.evaluate_by(dataset["values"], denoise, validation, test, settings.mask_width)
    if dataset["values"].get("has_clean", True):
        result.metrics["best_test_mse"] = mse(best.on(test), test.clean)
        if validation.scale is not None:  # the history is told in the scale of networks
            result.metrics["best_validation_mse"] = mse(best.on(validation), validation.clean)
        as_given = result.metrics["test_mse"]
        if gain != (1, 1):
            as_given = mse(Network(network).on(test), test.clean)
        result.metrics["as_given_test_mse"] = as_given
        if settings.objective == "blind_spot" and settings.alpha is None:
            width = settings.mask_width
            for name, some in {"validation_j_invariant_loss": validation, "j_invariant_loss": test}.items():
                result.metrics[name] = float(evaluation.losses(denoise, some, width).mean())
    architecture = [asdict(layer) for layer in network.architecture()]
    outputs = {
        **write_evaluation(work.folder, result, store),
        "architecture": store.write_json(f"{work.folder}/architecture.json", architecture),
    }
    return Made(outputs, {"test_mse": result.metrics.get("test_mse")})
