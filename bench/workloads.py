"""What is measured: training steps and inference of the presets, and parts of the model alone."""

from dataclasses import dataclass

import numpy as np

from spec import PRESETS, Spec

MODELS = ("mosi", "mosei", "sims", "iemocap")
SINKHORN_SIZES = (7, 16, 32, 64)
SINKHORN_WEIGHT = 0.1
SINKHORN_ITERATIONS = 50
MMD_SIZES = (32, 1024, 4096)
MMD_WIDTH = 64
# Distances of standard normal rows are about twice the width: the kernel's values are ordinary numbers.
MMD_BANDWIDTH = 64.0
ATTENTION_LENGTHS = (125, 250, 500, 1000)
ATTENTION_BATCH, ATTENTION_HEADS, ATTENTION_HEAD_WIDTH = 8, 8, 8
PEAK_SIZE = 2048


@dataclass(frozen=True)
class Workload:
    """One row of the results."""

    name: str
    kind: str  # train, infer, sinkhorn, mmd, attention
    preset: str = ""
    size: int = 0

    @property
    def spec(self):
        return Spec.load(PRESETS / f"{self.preset}.json")

    @property
    def title(self):
        match self.kind:
            case "train":
                return f"{self.preset}, training step"
            case "infer":
                return f"{self.preset}, inference"
            case "sinkhorn":
                return f"Sinkhorn, K = {self.size}"
            case "mmd":
                return f"MMD, n = {self.size}"
            case "attention":
                return f"attention, T = {self.size}"
        raise ValueError(self.kind)

    def arrays(self):
        """The random inputs of a part of the model."""
        random = np.random.default_rng(1)
        match self.kind:
            case "sinkhorn":
                shapes = [(self.size,) * 3]
            case "mmd":
                shapes = [(self.size, MMD_WIDTH)] * 2
            case "attention":
                shapes = [(ATTENTION_BATCH, self.size, ATTENTION_HEADS, ATTENTION_HEAD_WIDTH)] * 3
            case _:
                raise ValueError(f"{self.name} is not a part of the model")
        return [random.standard_normal(shape, np.float32) for shape in shapes]


def all_workloads():
    models = [Workload(f"{name}.{kind}", kind, preset=name) for kind in ("train", "infer") for name in MODELS]
    parts = [Workload(f"sinkhorn.{size}", "sinkhorn", size=size) for size in SINKHORN_SIZES]
    parts += [Workload(f"mmd.{size}", "mmd", size=size) for size in MMD_SIZES]
    parts += [Workload(f"attention.{length}", "attention", size=length) for length in ATTENTION_LENGTHS]
    return models + parts


def select(words):
    """The workloads that a word names, in full (`mosi.train`) or by a part of the name (`mosi`, `train`, `sinkhorn`)."""
    chosen = [w for w in all_workloads() if not words or any(word == w.name or word in w.name.split(".") for word in words)]
    unknown = [word for word in words if not any(word == w.name or word in w.name.split(".") for w in all_workloads())]
    if unknown:
        names = ", ".join(w.name for w in all_workloads())
        raise SystemExit(f"no workload is called {', '.join(unknown)}; there are {names}")
    return chosen


def named(name):
    return next(w for w in all_workloads() if w.name == name)
