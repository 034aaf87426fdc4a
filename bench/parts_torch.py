"""Workloads as PyTorch computations: every call of the returned function runs one iteration."""

import torch
import torch.nn.functional as F

import losses_torch as losses
import workloads
from model_torch import Inference, Training


def build(workload, compiled):
    if workload.kind in ("train", "infer"):
        kind = Training if workload.kind == "train" else Inference
        spec = workload.spec
        return kind(spec, spec.initial_parameters(), spec.random_inputs(), compiled=compiled).step
    function = _part(workload)
    if compiled:
        function = torch.compile(function, dynamic=False)
    inputs = [torch.tensor(array, requires_grad=True) for array in workload.arrays()]

    def step():
        loss = function(*inputs)
        return loss, torch.autograd.grad(loss, inputs)

    return step


def _part(workload):
    match workload.kind:
        case "sinkhorn":
            uniform = torch.full((workload.size,), 1 / workload.size)
            return lambda cost: losses.sinkhorn(
                cost, [uniform] * 3, workloads.SINKHORN_WEIGHT, workloads.SINKHORN_ITERATIONS)
        case "mmd":
            return lambda x, y: losses.mmd(x, y, workloads.MMD_BANDWIDTH)
        case "attention":
            return _attention
    raise ValueError(workload.kind)


def _attention(query, keys, values):
    """The mean square of what is attended, so that every element has a gradient of its own."""
    q, k, v = (x.transpose(1, 2) for x in (query, keys, values))
    return F.scaled_dot_product_attention(q, k, v).square().mean()
