"""The specification of a model: the same JSON that dgc reads, as far as the peers implement it."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
PRESETS = ROOT / "Sources" / "Models" / "Specs"
LETTERS = ("l", "a", "v")
NAMES = ("text", "audio", "vision")


class UnsupportedSpec(Exception):
    """The specification asks for something that the peers do not implement."""


@dataclass(frozen=True)
class Spec:
    """What the peers need to know; the attributes follow the keys of the JSON file."""

    width: int
    heads: int
    layers: int
    kernel_sizes: tuple
    feature_dims: tuple
    lengths: tuple
    batch: int
    pde_dim: int
    classes: int  # 0 for regression
    attention_dropout: tuple
    relu_dropout: float
    embed_dropout: float
    residual_dropout: float
    output_dropout: float
    text_dropout: float
    prototypes: int
    mixture_iterations: int
    variance_floor: float
    entropy_weight: float
    transport_iterations: int
    sum_costs: bool
    bandwidth: float
    binary_weight: float
    decoupling_weight: float
    alpha: float
    beta: float
    contrastive_weight: float
    temperature: float
    learning_rate: float
    weight_decay: float
    clip: float

    @staticmethod
    def load(path):
        return Spec.from_keys(json.loads(Path(path).read_text()))

    @staticmethod
    def preset(name):
        return Spec.load(PRESETS / f"{name}.json")

    @staticmethod
    def from_keys(keys):
        _refuse_unsupported(keys)
        width, heads = keys["dst_feature_dim_nheads"]
        attention = keys["attn_dropout"]
        return Spec(
            width=width, heads=heads, layers=keys["nlevels"],
            kernel_sizes=tuple(keys[f"conv1d_kernel_size_{letter}"] for letter in LETTERS),
            feature_dims=tuple(keys["feature_dims"]), lengths=tuple(keys["seq_lens"]), batch=keys["batch_size"],
            pde_dim=keys.get("pde_dim", width),
            classes=keys.get("num_classes", 6) if keys.get("train_mode") == "classification" else 0,
            attention_dropout=(attention, keys.get("attn_dropout_a", attention), keys.get("attn_dropout_v", attention)),
            relu_dropout=keys["relu_dropout"], embed_dropout=keys["embed_dropout"],
            residual_dropout=keys["res_dropout"], output_dropout=keys["output_dropout"],
            text_dropout=keys["text_dropout"],
            prototypes=keys.get("num_prototypes", 8), mixture_iterations=keys.get("gmm_em_iters", 5),
            variance_floor=keys.get("gmm_var_floor", 1e-4), entropy_weight=max(keys.get("lambda_ot", 0.1), 1e-6),
            transport_iterations=keys.get("ot_num_iters", 50),
            sum_costs=keys.get("hetero_cost_reduction", "mean") == "sum", bandwidth=keys.get("mmd_bandwidth", 1.0),
            binary_weight=keys.get("binary_task_weight", 0.0), decoupling_weight=keys.get("dec_loss_weight", 1.0),
            alpha=keys.get("alpha", 0.1), beta=keys.get("beta", 0.1), contrastive_weight=keys.get("ct_weight", 0.0),
            temperature=keys.get("ct_temperature", 0.1), learning_rate=keys["learning_rate"],
            weight_decay=keys["weight_decay"], clip=keys["clip"])

    @property
    def outputs(self):
        return self.classes or 1

    def start_rows(self):
        """The samples that the mixtures' means start at; numpy rounds half to even."""
        if self.batch < self.prototypes:
            return [row % self.batch for row in range(self.prototypes)]
        return np.rint(np.linspace(0, self.batch - 1, self.prototypes)).astype(int).tolist()

    def is_frozen(self, name):
        """Whether the objective does not reach a parameter; then the optimizer leaves it alone."""
        if name.startswith("pde_"):
            return self.beta == 0
        return name.startswith("proj_") and self.feature_dims[LETTERS.index(name[5])] == self.width

    def parameter_shapes(self):
        """The shape of every weight, by its name in the released checkpoints."""
        d = self.width
        shapes = {f"proj_{m}.weight": (d, n, k) for m, n, k in zip(LETTERS, self.feature_dims, self.kernel_sizes)}
        for m in LETTERS:
            shapes[f"encoder_uni_{m}.weight"] = (d, d, 1)
        shapes["encoder_com.weight"] = (d, d, 1)
        for m in LETTERS:
            for layer in range(self.layers):
                name = f"trans_{m}.layers.{layer}"
                shapes[f"{name}.self_attn.in_proj_weight"] = (3 * d, d)
                shapes[f"{name}.self_attn.in_proj_bias"] = (3 * d,)
                shapes |= _linear(f"{name}.self_attn.out_proj", d, d)
                shapes |= {f"{name}.{norm}_layer_norm.{part}": (d,) for norm in ("attn", "final") for part in ("weight", "bias")}
                shapes |= _linear(f"{name}.fc1", d, 4 * d) | _linear(f"{name}.fc2", 4 * d, d)
        for m in LETTERS:
            shapes |= _linear(f"pde_{m}.net.0", d, d) | _linear(f"pde_{m}.net.3", d, self.pde_dim)
        return shapes | _linear("out_layer", 6 * d, self.outputs)

    def initial_parameters(self, seed=1):
        random = np.random.default_rng(seed)
        values = {}
        for name, shape in self.parameter_shapes().items():
            if name.endswith("layer_norm.weight"):
                values[name] = np.ones(shape, np.float32)
            elif name.endswith(("layer_norm.bias", "in_proj_bias", "out_proj.bias")):
                values[name] = np.zeros(shape, np.float32)
            else:
                fan_in = math.prod(shape[1:]) if len(shape) > 1 else self.width
                bound = math.sqrt(6 / sum(shape)) if name.endswith("in_proj_weight") else 1 / math.sqrt(fan_in)
                values[name] = random.uniform(-bound, bound, shape).astype(np.float32)
        return values

    def random_inputs(self, seed=1):
        """Standard normal features; labels as `dgrun bench` draws them."""
        random = np.random.default_rng(seed)
        inputs = {
            name: random.standard_normal((self.batch, steps, size), np.float32)
            for name, steps, size in zip(NAMES, self.lengths, self.feature_dims)}
        classes = (np.arange(self.batch) % 4).astype(np.float32)
        inputs["label"] = classes if self.classes else random.standard_normal(self.batch, np.float32)
        return inputs


def _linear(name, inputs, outputs):
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def _refuse_unsupported(keys):
    expected = {
        "use_bert": False, "use_cross_modal_attention": True, "use_sequence_mask": False,
        "local_proto_mahalanobis": False, "active_modalities": list(NAMES), "task_loss": "mse", "class_weight": "none"}
    for key, value in expected.items():
        if keys.get(key, value) != value:
            raise UnsupportedSpec(f"{key}: the peers implement {value!r}, found {keys[key]!r}")
