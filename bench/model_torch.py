"""DecAlign in PyTorch: fused attention where it is legal, foreach clipping and fused Adam."""

import math

import torch
import torch.nn.functional as F

import losses_torch as losses
from spec import LETTERS, NAMES


def _attention(p, name, query, keys, values, heads, dropout):
    """Multi-head attention; on a CPU PyTorch fuses it only without dropout."""
    batch, _, width = query.shape
    weight, bias = p[f"{name}.in_proj_weight"], p[f"{name}.in_proj_bias"]
    q = F.linear(query, weight[:width], bias[:width])
    if keys is values:
        k, v = F.linear(keys, weight[width:], bias[width:]).chunk(2, 2)
    else:
        k = F.linear(keys, weight[width:2 * width], bias[width:2 * width])
        v = F.linear(values, weight[2 * width:], bias[2 * width:])
    q, k, v = (x.view(batch, -1, heads, width // heads).transpose(1, 2) for x in (q, k, v))
    attended = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout)
    joined = attended.transpose(1, 2).reshape(batch, -1, width)
    return F.linear(joined, p[f"{name}.out_proj.weight"], p[f"{name}.out_proj.bias"])


class Model:
    """The forward pass and the losses as functions of the parameters, a dictionary of tensors."""

    def __init__(self, spec, training):
        self.spec = spec
        self.training = training

    def _drop(self, x, rate):
        return F.dropout(x, rate) if self.training and rate else x

    def _linear(self, p, name, x):
        return F.linear(x, p[f"{name}.weight"], p[f"{name}.bias"])

    def _norm(self, p, name, x):
        return F.layer_norm(x, (x.shape[-1],), p[f"{name}.weight"], p[f"{name}.bias"])

    def _project(self, p, index, x):
        weight = p[f"proj_{LETTERS[index]}.weight"]
        if self.spec.feature_dims[index] == self.spec.width:
            return x
        if weight.shape[2] == 1:
            return F.linear(x, weight.squeeze(2))
        return F.conv1d(x.transpose(1, 2), weight).transpose(1, 2)

    def _transform(self, p, index, unique):
        spec = self.spec
        scale = math.sqrt(spec.width)
        context = torch.cat([x for i, x in enumerate(unique) if i != index], 1) * scale
        hidden = self._drop(unique[index] * scale, spec.embed_dropout)
        keys = self._drop(context, spec.embed_dropout)
        values = self._drop(context, spec.embed_dropout)
        dropout = spec.attention_dropout[index] if self.training else 0.0
        for layer in range(spec.layers):
            name = f"trans_{LETTERS[index]}.layers.{layer}"
            attended = _attention(p, f"{name}.self_attn", hidden, keys, values, spec.heads, dropout)
            hidden = self._norm(p, f"{name}.attn_layer_norm", hidden + self._drop(attended, spec.residual_dropout))
            inner = self._drop(self._linear(p, f"{name}.fc1", hidden).relu(), spec.relu_dropout)
            inner = self._drop(self._linear(p, f"{name}.fc2", inner), spec.residual_dropout)
            hidden = self._norm(p, f"{name}.final_layer_norm", hidden + inner)
        return hidden.mean(1)

    def _encode(self, p, features):
        first = self._drop(features[0], self.spec.text_dropout)
        projected = [self._project(p, i, x) for i, x in enumerate((first, *features[1:]))]
        unique = [F.linear(x, p[f"encoder_uni_{m}.weight"].squeeze(2)) for m, x in zip(LETTERS, projected)]
        common = [F.linear(x, p["encoder_com.weight"].squeeze(2)) for x in projected]
        pooled = [x.mean(1) for x in common]
        representation = torch.cat([self._transform(p, i, unique) for i in range(3)] + pooled, 1)
        logits = self._linear(p, "out_layer", self._drop(representation, self.spec.output_dropout))
        return logits, representation, unique, common, pooled

    def infer(self, p, features):
        return self._encode(p, features)[0]

    def losses(self, p, features, label):
        """All terms and the total."""
        spec = self.spec
        logits, representation, unique, common, pooled = self._encode(p, features)
        terms = {"task": losses.task(logits, label, spec)}
        terms["dec"] = sum(losses.decoupling(s, c) for s, c in zip(unique, common)) / 3
        terms["hete"] = losses.heterogeneous(torch.stack([x.mean(1) for x in unique]), spec)
        latent = []
        for m, x in zip(LETTERS, pooled):
            hidden = self._drop(self._linear(p, f"pde_{m}.net.0", x).relu(), spec.output_dropout)
            latent.append(self._linear(p, f"pde_{m}.net.3", hidden))
        terms["homo"] = losses.homogeneous(torch.stack(latent), spec.bandwidth)
        terms["total"] = terms["task"]
        for name, weight in (("dec", spec.decoupling_weight), ("hete", spec.alpha), ("homo", spec.beta)):
            if weight:
                terms["total"] = terms["total"] + weight * terms[name]
        if spec.contrastive_weight:
            terms["ct"] = losses.contrastive(representation, label, spec)
            terms["total"] = terms["total"] + spec.contrastive_weight * terms["ct"]
        return terms


class Training:
    """A model with its parameters and optimizer; every call of `step` trains once on the same batch."""

    def __init__(self, spec, parameters, inputs, dropout=True, compiled=False):
        self.spec = spec
        self.parameters = {name: torch.tensor(value, requires_grad=True) for name, value in parameters.items()}
        self.features = tuple(torch.tensor(inputs[name]) for name in NAMES)
        self.label = torch.tensor(inputs["label"])
        model = Model(spec, training=dropout)
        self.objective = torch.compile(model.losses, dynamic=False) if compiled else model.losses
        self.trained = list(self.parameters.values())
        self.optimizer = torch.optim.Adam(
            self.trained, lr=spec.learning_rate, weight_decay=spec.weight_decay, fused=True)

    def step(self):
        """One training step; the losses before it and the gradient's norm."""
        self.optimizer.zero_grad(set_to_none=True)
        terms = self.objective(self.parameters, self.features, self.label)
        terms["total"].backward()
        norm = torch.nn.utils.clip_grad_norm_(self.trained, self.spec.clip, foreach=True)
        self.optimizer.step()
        return terms | {"grad_norm": norm}


class Inference:
    """A model with its parameters; every call of `step` computes the logits of the same batch."""

    def __init__(self, spec, parameters, inputs, compiled=False):
        self.parameters = {name: torch.tensor(value) for name, value in parameters.items()}
        self.features = tuple(torch.tensor(inputs[name]) for name in NAMES)
        model = Model(spec, training=False)
        self.model = torch.compile(model.infer, dynamic=False) if compiled else model.infer

    def step(self):
        with torch.inference_mode():
            return self.model(self.parameters, self.features)
