"""DecAlign's auxiliary losses in PyTorch, the three modalities batched wherever the mathematics allows."""

import torch
import torch.nn.functional as F


def decoupling(unique, common):
    """The squared cosine of each sample's unique and common features, in the mean."""
    cosine = F.cosine_similarity(unique.flatten(1), common.flatten(1), dim=1, eps=1e-8)
    return cosine.square().mean()


def mixture(x, spec):
    """Expectation maximisation over samples [M, B, d]: means and variances [M, K, d], posterior [M, B, K]."""
    batch = x.shape[1]
    means = x[:, spec.start_rows()]
    variances = x.var(1, correction=0, keepdim=True).clamp_min(spec.variance_floor).expand_as(means)
    weights = x.new_full((x.shape[0], spec.prototypes), 1 / spec.prototypes)
    squares = x.square()
    for _ in range(spec.mixture_iterations):
        gamma = _posterior(x, weights, means, variances)
        count = gamma.sum(1).clamp_min(1e-6)
        weights = count / batch
        transposed = gamma.transpose(1, 2)
        means = transposed @ x / count.unsqueeze(2)
        variances = (transposed @ squares / count.unsqueeze(2) - means.square()).clamp_min(spec.variance_floor)
    return means, variances, _posterior(x, weights, means, variances)


def _posterior(x, weights, means, variances):
    distance = ((x.unsqueeze(2) - means.unsqueeze(1)).square() / variances.unsqueeze(1)).sum(3)
    scale = weights.clamp_min(1e-8).log() - 0.5 * variances.log().sum(2)
    return torch.softmax(scale.unsqueeze(1) - 0.5 * distance, 2)


def sinkhorn(cost, marginals, weight, iterations):
    """The cost of the entropic plan between three marginals; the gradient flows through all iterations."""
    first, second, third = marginals
    size = cost.shape[0]
    kernel = torch.exp(cost / -weight).clamp_min(1e-30)
    flat = kernel.view(size, -1)
    v = w = torch.ones_like(first)
    for _ in range(iterations):
        last = kernel @ w
        u = first / (last @ v + 1e-8)
        v = second / (u @ last + 1e-8)
        w = third / (v @ (u @ flat).view(size, size) + 1e-8)
    plan = kernel * u[:, None, None] * v[:, None] * w
    return (plan * cost).sum() + weight * (plan * (plan.clamp_min(1e-8).log() - 1)).sum()


def heterogeneous(x, spec):
    """Transport between the modalities' prototypes, and samples against the other modalities' prototypes."""
    reduce = torch.sum if spec.sum_costs else torch.mean
    means, variances, gamma = mixture(x, spec)

    def pair(i, j):
        left, right = variances[i][:, None], variances[j]
        spread = left + right - 2 * (left * right + 1e-8).sqrt()
        return reduce((means[i][:, None] - means[j]).square() + spread, 2)

    cost = pair(0, 1)[:, :, None] + pair(0, 2)[:, None] + pair(1, 2)
    mean = gamma.mean(1)
    marginals = mean / mean.sum(1, keepdim=True).clamp_min(1e-8)
    transport = sinkhorn(cost, marginals, spec.entropy_weight, spec.transport_iterations)
    # [source, target, B, K]: every modality's samples against every modality's prototypes.
    distance = reduce((x[:, None, :, None] - means[None, :, None]).square(), 4)
    expected = (gamma[:, None] * distance).sum(3).mean(2)
    return transport + (expected.sum() - expected.diagonal().sum()) / 6


def gaussian_kernel(x, y, bandwidth):
    norms = x.square().sum(1)[:, None] + y.square().sum(1)
    return torch.exp(torch.addmm(norms, x, y.T, alpha=-2).clamp_min(0) * (-0.5 / bandwidth))


def mmd(x, y, bandwidth):
    """The squared maximum mean discrepancy of two samples."""
    within = gaussian_kernel(x, x, bandwidth).mean() + gaussian_kernel(y, y, bandwidth).mean()
    return within - 2 * gaussian_kernel(x, y, bandwidth).mean()


def homogeneous(z, bandwidth):
    """Moments and maximum mean discrepancy of the latent samples [M, B, p], in the mean over the three pairs."""
    count, batch, _ = z.shape
    mean = z.mean(1, keepdim=True)
    centred = z - mean
    squares = centred.square()
    covariance = centred.transpose(1, 2) @ centred / max(batch - 1, 1)
    skewness = (squares * centred).mean(1) / squares.mean(1).clamp_min(1e-6).pow(1.5)

    rows = z.flatten(0, 1)
    kernel = gaussian_kernel(rows, rows, bandwidth).view(count, batch, count, batch).mean((1, 3))
    within = kernel.diagonal()
    total = 0
    for i, j in ((0, 1), (0, 2), (1, 2)):
        total = total + (mean[i] - mean[j]).square().mean() + (covariance[i] - covariance[j]).square().mean()
        total = total + (skewness[i] - skewness[j]).square().mean() + within[i] + within[j] - 2 * kernel[i, j]
    return total / 3


def contrastive(representation, label, spec):
    """Supervised contrastive loss; samples with labels in one bucket are positives of each other."""
    unit = F.normalize(representation, dim=1, eps=1e-12)
    bucket = label if spec.classes else label.clamp(-3, 3).round()
    logits = unit @ unit.T / spec.temperature
    logits = logits - logits.detach().amax(1, keepdim=True)
    other = ~torch.eye(len(label), dtype=torch.bool)
    positive = (bucket[:, None] == bucket) & other
    log_probability = logits - (logits.exp() * other).sum(1, keepdim=True).clamp_min(1e-8).log()
    count = positive.sum(1)
    rows = (log_probability * positive).sum(1) / count.clamp_min(1)
    return -rows.sum() / (count > 0).sum().clamp_min(1)


def task(logits, label, spec):
    if spec.classes:
        return F.cross_entropy(logits, label.long())
    prediction = logits.squeeze(1)
    loss = F.mse_loss(prediction, label)
    if spec.binary_weight:
        counted = (label != 0).to(prediction.dtype)
        binary = F.binary_cross_entropy_with_logits(prediction, (label > 0).to(prediction.dtype), counted, reduction="sum")
        loss = loss + spec.binary_weight * binary / counted.sum().clamp_min(1)
    return loss
