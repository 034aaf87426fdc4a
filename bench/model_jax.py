"""DecAlign in JAX: the whole training step is one compiled function that overwrites its parameters and moments."""

import math

import jax
import jax.numpy as jnp
from jax import lax

import losses_jax as losses
from spec import LETTERS, NAMES


class Masks:
    """Dropout with a key of its own for every place; without a key nothing is dropped."""

    def __init__(self, key):
        self.key = key

    def drop(self, x, rate):
        if self.key is None or not rate:
            return x
        self.key, key = jax.random.split(self.key)
        # Sixteen bits decide; a draw gives two of them, at half the cost of one draw each.
        words = jax.random.bits(key, ((x.size + 1) // 2,))
        bits = lax.bitcast_convert_type(words, jnp.uint16).reshape(-1)[:x.size].reshape(x.shape)
        keep = bits >= round(rate * 65536)
        return jnp.where(keep, x * (1 / (1 - rate)), 0)


def _linear(p, name, x):
    return x @ p[f"{name}.weight"].T + p[f"{name}.bias"]


def _norm(p, name, x):
    mean = x.mean(-1, keepdims=True)
    centred = x - mean
    scale = lax.rsqrt(jnp.mean(centred * centred, -1, keepdims=True) + 1e-5)
    return centred * scale * p[f"{name}.weight"] + p[f"{name}.bias"]


def _attention(p, name, query, keys, values, heads, masks, dropout):
    batch, _, width = query.shape
    weight, bias = p[f"{name}.in_proj_weight"], p[f"{name}.in_proj_bias"]
    parts = (slice(i * width, (i + 1) * width) for i in range(3))
    projected = (x @ weight[part].T + bias[part] for x, part in zip((query, keys, values), parts))
    # Heads before steps: products of plain matrices are faster than the same sums by einsum.
    q, k, v = (x.reshape(batch, -1, heads, width // heads).transpose(0, 2, 1, 3) for x in projected)
    scores = (q * (1 / math.sqrt(width // heads))) @ k.transpose(0, 1, 3, 2)
    probabilities = masks.drop(jax.nn.softmax(scores, -1), dropout)
    joined = (probabilities @ v).transpose(0, 2, 1, 3).reshape(batch, -1, width)
    return _linear(p, f"{name}.out_proj", joined)


def _project(p, index, x, spec):
    weight = p[f"proj_{LETTERS[index]}.weight"]
    if spec.feature_dims[index] == spec.width:
        return x
    if weight.shape[2] == 1:
        return x @ weight[:, :, 0].T
    return lax.conv_general_dilated(x, weight, (1,), "VALID", dimension_numbers=("NWC", "OIW", "NWC"))


def _transform(p, index, unique, spec, masks):
    scale = math.sqrt(spec.width)
    context = jnp.concatenate([x for i, x in enumerate(unique) if i != index], 1) * scale
    hidden = masks.drop(unique[index] * scale, spec.embed_dropout)
    keys = masks.drop(context, spec.embed_dropout)
    values = masks.drop(context, spec.embed_dropout)
    for layer in range(spec.layers):
        name = f"trans_{LETTERS[index]}.layers.{layer}"
        attended = _attention(
            p, f"{name}.self_attn", hidden, keys, values, spec.heads, masks, spec.attention_dropout[index])
        hidden = _norm(p, f"{name}.attn_layer_norm", hidden + masks.drop(attended, spec.residual_dropout))
        inner = masks.drop(jax.nn.relu(_linear(p, f"{name}.fc1", hidden)), spec.relu_dropout)
        inner = masks.drop(_linear(p, f"{name}.fc2", inner), spec.residual_dropout)
        hidden = _norm(p, f"{name}.final_layer_norm", hidden + inner)
    return hidden.mean(1)


def _encode(p, features, spec, masks):
    first = masks.drop(features[0], spec.text_dropout)
    projected = [_project(p, i, x, spec) for i, x in enumerate((first, *features[1:]))]
    unique = [x @ p[f"encoder_uni_{m}.weight"][:, :, 0].T for m, x in zip(LETTERS, projected)]
    common = [x @ p["encoder_com.weight"][:, :, 0].T for x in projected]
    pooled = [x.mean(1) for x in common]
    attended = [_transform(p, i, unique, spec, masks) for i in range(3)]
    representation = jnp.concatenate(attended + pooled, 1)
    logits = _linear(p, "out_layer", masks.drop(representation, spec.output_dropout))
    return logits, representation, unique, common, pooled


def objective(p, features, label, key, spec):
    """The total loss, and all its terms."""
    masks = Masks(key)
    logits, representation, unique, common, pooled = _encode(p, features, spec, masks)
    terms = {"task": losses.task(logits, label, spec)}
    terms["dec"] = sum(losses.decoupling(s, c) for s, c in zip(unique, common)) / 3
    terms["hete"] = losses.heterogeneous(jnp.stack([x.mean(1) for x in unique]), spec)
    latent = []
    for m, x in zip(LETTERS, pooled):
        hidden = masks.drop(jax.nn.relu(_linear(p, f"pde_{m}.net.0", x)), spec.output_dropout)
        latent.append(_linear(p, f"pde_{m}.net.3", hidden))
    terms["homo"] = losses.homogeneous(jnp.stack(latent), spec.bandwidth)
    total = terms["task"]
    for name, weight in (("dec", spec.decoupling_weight), ("hete", spec.alpha), ("homo", spec.beta)):
        if weight:
            total += weight * terms[name]
    if spec.contrastive_weight:
        terms["ct"] = losses.contrastive(representation, label, spec)
        total += spec.contrastive_weight * terms["ct"]
    return total, terms | {"total": total}


def _train(state, features, label, spec, dropout):
    """Clipping by the global norm, then Adam with weight decay in the gradient."""
    parameters, first, second, count, key = state
    key, step_key = jax.random.split(key)
    gradient, terms = jax.grad(objective, has_aux=True)(parameters, features, label, step_key if dropout else None, spec)
    norm = jnp.sqrt(sum(jnp.sum(g * g) for g in gradient.values()))
    scale = jnp.minimum(spec.clip / (norm + 1e-6), 1)
    count += 1
    step_size = spec.learning_rate / -jnp.expm1(count * math.log(0.9))
    root = jnp.sqrt(-jnp.expm1(count * math.log(0.999)))
    for name in [name for name in parameters if not spec.is_frozen(name)]:
        g = gradient[name] * scale + spec.weight_decay * parameters[name]
        first[name] = 0.9 * first[name] + 0.1 * g
        second[name] = 0.999 * second[name] + 0.001 * g * g
        parameters[name] -= step_size * first[name] / (jnp.sqrt(second[name]) / root + 1e-8)
    return (parameters, first, second, count, key), terms | {"grad_norm": norm}


class Training:
    """A model with its parameters and optimizer; every call of `step` trains once on the same batch."""

    def __init__(self, spec, parameters, inputs, dropout=True):
        zeros = lambda: {name: jnp.zeros(value.shape) for name, value in parameters.items()}
        values = {name: jnp.array(value) for name, value in parameters.items()}
        self.state = (values, zeros(), zeros(), jnp.float32(0), jax.random.key(1))
        self.features = tuple(jnp.array(inputs[name]) for name in NAMES)
        self.label = jnp.array(inputs["label"])
        self.train = jax.jit(lambda state, features, label: _train(state, features, label, spec, dropout), donate_argnums=0)

    def step(self):
        """One training step; the losses before it and the gradient's norm."""
        self.state, terms = self.train(self.state, self.features, self.label)
        jax.block_until_ready(self.state)
        return terms


class Inference:
    """A model with its parameters; every call of `step` computes the logits of the same batch."""

    def __init__(self, spec, parameters, inputs):
        self.parameters = {name: jnp.array(value) for name, value in parameters.items()}
        self.features = tuple(jnp.array(inputs[name]) for name in NAMES)
        self.model = jax.jit(lambda p, features: _encode(p, features, spec, Masks(None))[0])

    def step(self):
        return jax.block_until_ready(self.model(self.parameters, self.features))
