"""Shows that the peers compute the same: the model against recorded numbers, its parts against dg.

    check.py [PEER...] [--binaries FOLDER]

Without the folder of dgc and dgrun the parts are left out.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

import workloads
from ours import Tools
from spec import NAMES, ROOT, Spec

CASES = ("mosi_small", "sims_small", "iemocap_small", "fewer_than_k")
PARTS = {"sinkhorn.16": ("cost",), "mmd.32": ("x", "y"), "attention.125": ("query", "keys", "values")}
TOLERANCE = 2e-4


def training(peer, spec, parameters, inputs):
    if peer == "jax":
        import model_jax

        return model_jax.Training(spec, parameters, inputs, dropout=False)
    import model_torch

    return model_torch.Training(spec, parameters, inputs, dropout=False, compiled=peer == "torch.compile")


def model_differences(peer, case):
    """The relative differences of losses, gradient norm, three training steps and the weights after them."""
    folder = ROOT / "Tests" / "Golden" / "models"
    spec = Spec.load(folder / f"{case}.json")
    golden = load_file(folder / f"{case}.safetensors")
    parameters = {name: golden[f"param.{name}"].astype(np.float32) for name in spec.parameter_shapes()}
    inputs = {name: golden[f"in.{name}"].astype(np.float32) for name in (*NAMES, "label")}
    run = training(peer, spec, parameters, inputs)
    steps = [{name: plain(value) for name, value in run.step().items()} for _ in range(3)]
    result = {
        name: difference(value, golden["out.grad_norm" if name == "grad_norm" else f"out.{name}_loss"])
        for name, value in steps[0].items()}
    result["three steps"] = difference([step["total"] for step in steps], golden["out.losses3"])
    after = run.state[0] if peer == "jax" else run.parameters
    result["weights"] = max(difference(plain(value), golden[f"adam3.{name}"]) for name, value in after.items())
    return result


def part_differences(peer, name, reference):
    """The relative differences of the loss and the gradients from dg's."""
    if peer == "jax":
        import parts_jax

        loss, gradients = parts_jax.build(workloads.named(name))()
    else:
        import parts_torch

        loss, gradients = parts_torch.build(workloads.named(name), compiled=peer == "torch.compile")()
    found = {"loss": loss} | {f"grad.{input}": value for input, value in zip(PARTS[name], gradients)}
    return {key: difference(plain(value), reference[key]) for key, value in found.items()}


def references(tools):
    """What dg computes for every part, from the inputs that the peers take."""
    results = {}
    for name, inputs in PARTS.items():
        plan, _ = tools.workload_plan(workloads.named(name))
        given, found = tools.work / "in.safetensors", tools.work / "out.safetensors"
        save_file(dict(zip(inputs, workloads.named(name).arrays())), given)
        tools.run(plan, given, found)
        results[name] = load_file(found)
    return results


def plain(value):
    return np.asarray(value.detach() if hasattr(value, "detach") else value)


def difference(found, expected):
    """Relative to the largest number."""
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    return float(np.max(np.abs(found - expected)) / max(np.max(np.abs(expected)), 1e-12))


def show(peer, name, found):
    print(f"{peer:14} {name:16} " + "  ".join(f"{key} {value:.1e}" for key, value in found.items()), flush=True)
    return max(found.values())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("peers", nargs="*", default=["torch", "jax"])
    parser.add_argument("--binaries", type=Path)
    options = parser.parse_args()
    worst = [show(peer, case, model_differences(peer, case)) for peer in options.peers for case in CASES]
    if options.binaries:
        with tempfile.TemporaryDirectory() as folder:
            reference = references(Tools(options.binaries, Path(folder), 1))
        worst += [
            show(peer, name, part_differences(peer, name, reference[name])) for peer in options.peers for name in PARTS]
    print(f"largest relative difference {max(worst):.1e}, allowed {TOLERANCE:.0e}")
    sys.exit(0 if max(worst) <= TOLERANCE else 1)


if __name__ == "__main__":
    main()
