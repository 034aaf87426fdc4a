"""This project's side: plans compiled by dgc and measured by dgrun, a short process for every turn."""

import json
import shutil
import subprocess
import time

import graphs
from children import ChildFailure, environment


class Tools:
    """The two commands and the folder of the plans."""

    def __init__(self, binaries, work, threads):
        self.binaries, self.work, self.threads = binaries, work, threads
        self.compiled = {}

    def plan(self, name, source, *options):
        """The plan of a source and the seconds of compiling it from nothing, once in a run."""
        if name not in self.compiled:
            path = self.work / "plans" / f"{name}.plan"
            shutil.rmtree(path, ignore_errors=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            start = time.perf_counter()
            self._run("dgc", "compile", source, *options, "-o", path)
            self.compiled[name] = path, time.perf_counter() - start
        return self.compiled[name]

    def workload_plan(self, workload):
        """The plan of a model, with all its entries, or of a part of it with its gradient."""
        if workload.preset:
            return self.plan(workload.preset, workload.preset)
        return self.plan(workload.name, graphs.path(workload), "--gradient", "loss")

    def bench(self, plan, iterations, entry=None):
        chosen = ["--entry", entry] if entry else []
        text = self._run("dgrun", "bench", plan, *chosen, "--iterations", iterations, "--threads", self.threads, "--json")
        return json.loads(text)

    def run(self, plan, inputs, outputs):
        """Runs a part of the model once on the tensors of a file."""
        self._run("dgrun", "run", plan, "--in", inputs, "--out", outputs, "--threads", self.threads)

    def graph_text(self, workload):
        """The optimized graph of a model's entry."""
        return self._run("dgc", "dump", workload.preset, "--stage", "graph", "--entry", workload.kind)

    def _run(self, tool, *arguments):
        command = [str(self.binaries / tool), *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True, env=environment())
        if result.returncode:
            raise ChildFailure(f"{' '.join(command)} ended with code {result.returncode}: {result.stderr.strip()}")
        return result.stdout


class Ours:
    """A workload as a plan; the same methods as a peer."""

    name = "dg"

    def __init__(self, tools, workload):
        self.tools = tools
        # The plan of a part of the model has only one entry.
        self.entry = workload.kind if workload.preset else None
        self.plan, seconds = tools.workload_plan(workload)
        self.start = {"first_seconds": seconds}

    def measure(self, iterations):
        result = self.tools.bench(self.plan, iterations, self.entry)
        return {
            "median": result["median_ms"], "minimum": result["min_ms"], "peak_bytes": result["peak_resident_bytes"],
            "workspace_bytes": result["workspace_bytes"]}

    def close(self):
        """Nothing is left running between turns."""
