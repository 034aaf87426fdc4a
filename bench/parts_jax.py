"""Workloads as JAX computations: every call of the returned function runs one iteration."""

import math

import jax
import jax.numpy as jnp

import losses_jax as losses
import workloads
from model_jax import Inference, Training


def build(workload):
    if workload.kind in ("train", "infer"):
        kind = Training if workload.kind == "train" else Inference
        spec = workload.spec
        return kind(spec, spec.initial_parameters(), spec.random_inputs()).step
    inputs = [jnp.array(array) for array in workload.arrays()]
    gradient = jax.jit(jax.value_and_grad(_part(workload), argnums=tuple(range(len(inputs)))))
    return lambda: jax.block_until_ready(gradient(*inputs))


def _part(workload):
    match workload.kind:
        case "sinkhorn":
            uniform = jnp.full((workload.size,), 1 / workload.size)
            return lambda cost: losses.sinkhorn(
                cost, [uniform] * 3, workloads.SINKHORN_WEIGHT, workloads.SINKHORN_ITERATIONS)
        case "mmd":
            return lambda x, y: losses.mmd(x, y, workloads.MMD_BANDWIDTH)
        case "attention":
            return _attention
    raise ValueError(workload.kind)


def _attention(query, keys, values):
    """The mean square of what is attended, so that every element has a gradient of its own."""
    q, k, v = (x.transpose(0, 2, 1, 3) for x in (query, keys, values))
    scores = (q * (1 / math.sqrt(q.shape[3]))) @ k.transpose(0, 1, 3, 2)
    attended = jax.nn.softmax(scores, -1) @ v
    return jnp.mean(attended * attended)
