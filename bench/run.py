"""Measures this project beside PyTorch, torch.compile and JAX: `make bench`."""

import argparse
import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import graphs
import machine
import table
import workloads
from measure import measure
from ours import Tools
from spec import ROOT

FOLDER = Path(__file__).resolve().parent
PEERS = ("torch", "torch.compile", "jax")


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help="workloads, such as mosi, mosi.train, infer, sinkhorn or mmd.1024")
    parser.add_argument("--quick", action="store_true", help="two short rounds, without torch.compile")
    parser.add_argument("--skip", action="append", default=[], choices=PEERS, help="leave out a peer; may be repeated")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--turn", type=float, default=1.5, help="seconds of each contender in a round")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--binaries", type=Path, default=ROOT / ".build" / "release")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.turn = 2, 0.4
        options.skip.append("torch.compile")
    return options


def report(text, transient=False):
    """Progress; a transient line is replaced by the next one on a terminal and left out elsewhere."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="" if transient else "\n", file=sys.stderr, flush=True)
    elif not transient:
        print(text, file=sys.stderr, flush=True)


def main():
    # Ends in the ordinary way, so that no stopped peer is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = parse()
    chosen = workloads.select(options.only)
    peers = [peer for peer in PEERS if peer not in options.skip]
    work = FOLDER / ".work"
    shutil.rmtree(work, ignore_errors=True)
    graphs.write_all()
    tools = Tools(options.binaries, work, options.threads)
    about = machine.describe(options.threads)
    if about["load_before"] > 0.5:
        report(f"the machine is not idle (load {about['load_before']}): times will be too long, ratios less so")
    start = time.perf_counter()
    rows = {}
    for workload in chosen:
        rows[workload.name] = measure(workload, peers, tools, options, report)
    results = {
        "machine": about, "rounds": options.rounds, "turn_seconds": options.turn, "peers": peers,
        "minutes": round((time.perf_counter() - start) / 60, 1), "workloads": rows}
    save(results, complete=not options.only and not options.quick)
    shutil.rmtree(work / "inductor", ignore_errors=True)


def save(results, complete):
    """Only a complete run replaces the published results."""
    folder = FOLDER / "results"
    folder.mkdir(exist_ok=True)
    name = "latest" if complete else "partial"
    (folder / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n")
    text = table.page(results)
    (folder / f"{name}.md").write_text(text)
    print(text)
    if complete:
        table.update_readme(ROOT / "README.md", results)
    report(f"written to {folder / name}.md and .json")


if __name__ == "__main__":
    main()
