"""DecAlign's auxiliary losses in JAX, the three modalities batched wherever the mathematics allows."""

import jax
import jax.numpy as jnp
from jax import lax


def decoupling(unique, common):
    """The squared cosine of each sample's unique and common features, in the mean."""
    product = jnp.sum(unique * common, (1, 2))
    norms = jnp.sum(unique * unique, (1, 2)) * jnp.sum(common * common, (1, 2))
    return jnp.mean(product * product / jnp.maximum(norms, 1e-16))


def mixture(x, spec):
    """Expectation maximisation over samples [M, B, d]: means and variances [M, K, d], posterior [M, B, K]."""
    batch = x.shape[1]
    means = x[:, jnp.array(spec.start_rows())]
    variances = jnp.broadcast_to(jnp.maximum(x.var(1, keepdims=True), spec.variance_floor), means.shape)
    weights = jnp.full((x.shape[0], spec.prototypes), 1 / spec.prototypes)
    squares = x * x
    for _ in range(spec.mixture_iterations):
        gamma = _posterior(x, weights, means, variances)
        count = jnp.maximum(gamma.sum(1), 1e-6)
        weights = count / batch
        means = jnp.einsum("mbk,mbd->mkd", gamma, x) / count[..., None]
        spread = jnp.einsum("mbk,mbd->mkd", gamma, squares) / count[..., None] - means * means
        variances = jnp.maximum(spread, spec.variance_floor)
    return means, variances, _posterior(x, weights, means, variances)


def _posterior(x, weights, means, variances):
    distance = jnp.sum((x[:, :, None] - means[:, None]) ** 2 / variances[:, None], 3)
    scale = jnp.log(jnp.maximum(weights, 1e-8)) - 0.5 * jnp.log(variances).sum(2)
    return jax.nn.softmax(scale[:, None] - 0.5 * distance, 2)


def sinkhorn(cost, marginals, weight, iterations):
    """The cost of the entropic plan between three marginals; the gradient flows through all iterations."""
    first, second, third = marginals
    size = cost.shape[0]
    kernel = jnp.maximum(jnp.exp(cost / -weight), 1e-30)
    flat = kernel.reshape(size, -1)

    def iterate(carried, _):
        _, v, w = carried
        last = kernel @ w
        u = first / (last @ v + 1e-8)
        v = second / (u @ last + 1e-8)
        w = third / (v @ (u @ flat).reshape(size, size) + 1e-8)
        return (u, v, w), None

    ones = jnp.ones_like(first)
    (u, v, w), _ = lax.scan(iterate, (ones, ones, ones), length=iterations)
    plan = kernel * u[:, None, None] * v[:, None] * w
    return jnp.sum(plan * cost) + weight * jnp.sum(plan * (jnp.log(jnp.maximum(plan, 1e-8)) - 1))


def heterogeneous(x, spec):
    """Transport between the modalities' prototypes, and samples against the other modalities' prototypes."""
    reduce = jnp.sum if spec.sum_costs else jnp.mean
    means, variances, gamma = mixture(x, spec)

    def pair(i, j):
        left, right = variances[i][:, None], variances[j]
        spread = left + right - 2 * jnp.sqrt(left * right + 1e-8)
        return reduce((means[i][:, None] - means[j]) ** 2 + spread, 2)

    cost = pair(0, 1)[:, :, None] + pair(0, 2)[:, None] + pair(1, 2)
    mean = gamma.mean(1)
    marginals = mean / jnp.maximum(mean.sum(1, keepdims=True), 1e-8)
    transport = sinkhorn(cost, marginals, spec.entropy_weight, spec.transport_iterations)
    # [source, target, B, K]: every modality's samples against every modality's prototypes.
    distance = reduce((x[:, None, :, None] - means[None, :, None]) ** 2, 4)
    expected = (gamma[:, None] * distance).sum(3).mean(2)
    return transport + (expected.sum() - jnp.trace(expected)) / 6


def gaussian_kernel(x, y, bandwidth):
    norms = jnp.sum(x * x, 1)[:, None] + jnp.sum(y * y, 1)
    return jnp.exp(jnp.maximum(norms - 2 * (x @ y.T), 0) * (-0.5 / bandwidth))


def mmd(x, y, bandwidth):
    """The squared maximum mean discrepancy of two samples."""
    within = gaussian_kernel(x, x, bandwidth).mean() + gaussian_kernel(y, y, bandwidth).mean()
    return within - 2 * gaussian_kernel(x, y, bandwidth).mean()


def homogeneous(z, bandwidth):
    """Moments and maximum mean discrepancy of the latent samples [M, B, p], in the mean over the three pairs."""
    count, batch, _ = z.shape
    mean = z.mean(1, keepdims=True)
    centred = z - mean
    squares = centred * centred
    covariance = jnp.einsum("mbp,mbq->mpq", centred, centred) / max(batch - 1, 1)
    skewness = (squares * centred).mean(1) / jnp.maximum(squares.mean(1), 1e-6) ** 1.5

    rows = z.reshape(count * batch, -1)
    kernel = gaussian_kernel(rows, rows, bandwidth).reshape(count, batch, count, batch).mean((1, 3))
    total = 0
    for i, j in ((0, 1), (0, 2), (1, 2)):
        for moment in (mean, covariance, skewness):
            total += jnp.mean((moment[i] - moment[j]) ** 2)
        total += kernel[i, i] + kernel[j, j] - 2 * kernel[i, j]
    return total / 3


def contrastive(representation, label, spec):
    """Supervised contrastive loss; samples with labels in one bucket are positives of each other."""
    norm = jnp.sqrt(jnp.maximum(jnp.sum(representation**2, 1, keepdims=True), 1e-24))
    unit = representation / norm
    bucket = label if spec.classes else jnp.round(jnp.clip(label, -3, 3))
    logits = unit @ unit.T / spec.temperature
    logits = logits - lax.stop_gradient(logits.max(1, keepdims=True))
    other = ~jnp.eye(len(label), dtype=bool)
    positive = (bucket[:, None] == bucket) & other
    total = jnp.sum(jnp.exp(logits) * other, 1, keepdims=True)
    log_probability = logits - jnp.log(jnp.maximum(total, 1e-8))
    count = positive.sum(1)
    rows = jnp.sum(log_probability * positive, 1) / jnp.maximum(count, 1)
    return -rows.sum() / jnp.maximum((count > 0).sum(), 1)


def task(logits, label, spec):
    if spec.classes:
        likelihood = jax.nn.log_softmax(logits) * jax.nn.one_hot(label.astype(int), spec.classes)
        return -likelihood.sum(1).mean()
    prediction = logits[:, 0]
    loss = jnp.mean((prediction - label) ** 2)
    if spec.binary_weight:
        counted = (label != 0).astype(prediction.dtype)
        binary = jax.nn.softplus(prediction) - prediction * (label > 0)
        loss += spec.binary_weight * jnp.sum(binary * counted) / jnp.maximum(counted.sum(), 1)
    return loss
