"""One peer with one workload, as a child process.

The first line of standard output is a JSON object with the time of building and of the first iteration. Then every line of
standard input is a number of iterations, answered by a JSON object with their times in milliseconds; two more iterations
before them warm up threads and caches and are not timed.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path


def build(peer, workload, threads):
    match peer:
        case "torch" | "torch.compile":
            import torch
            import parts_torch

            torch.set_num_threads(threads)
            return parts_torch.build(workload, compiled=peer == "torch.compile")
        case "jax":
            import parts_jax

            return parts_jax.build(workload)
    raise SystemExit(f"no peer is called {peer}")


def peak_bytes():
    """The most memory that the process ever held, from the kernel's account."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def measure(step, iterations):
    for _ in range(2):
        step()
    times = []
    for _ in range(iterations):
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * 1e3)
    return times


def answer(**members):
    print(json.dumps(members), flush=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("peer")
    arguments.add_argument("workload")
    arguments.add_argument("--threads", type=int, required=True)
    options = arguments.parse_args()
    # JAX takes as many threads as there are cores to run on.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:options.threads])

    import workloads

    start = time.perf_counter()
    step = build(options.peer, workloads.named(options.workload), options.threads)
    built = time.perf_counter()
    step()
    answer(import_seconds=built - start, first_seconds=time.perf_counter() - built)
    for line in sys.stdin:
        times = measure(step, int(line))
        answer(times=times, peak_bytes=peak_bytes())


if __name__ == "__main__":
    main()
