"""Measures contenders in turns, so that a machine that changes its speed changes it for all of them."""

import statistics

import graphs
from children import ChildFailure, Peer
from flops import product_flops
from ours import Ours
from workloads import PEAK_SIZE

MINIMUM_ITERATIONS, MAXIMUM_ITERATIONS = 3, 500


def measure(workload, peers, tools, options, report):
    """The row of one workload: for every contender its times of all rounds, memory and time of compilation."""
    contenders, failures, peaks = [], {}, []
    try:
        for name in ("dg", *peers):
            report(f"{workload.title}: preparing {name}")
            try:
                contenders.append(Ours(tools, workload) if name == "dg" else Peer(name, workload, tools.threads, tools.work))
            except ChildFailure as failure:
                failures[name] = str(failure)
                report(str(failure))
        rounds = {contender.name: [] for contender in contenders}
        iterations = {contender.name: MINIMUM_ITERATIONS for contender in contenders}
        for number in range(options.rounds + 1):
            peaks.append(peak_gflops(tools))
            for contender in contenders:
                result = _summary(contender.measure(iterations[contender.name]))
                # The first round only tells how many iterations fill a turn.
                iterations[contender.name] = _iterations(options.turn, result["median"])
                if number > 0:
                    rounds[contender.name].append(result)
            report(f"{workload.title}: round {number} of {options.rounds}: {_times(rounds)}", transient=True)
    finally:
        for contender in contenders:
            contender.close()
    row = {"title": workload.title, "kind": workload.kind, "peak_gflops": statistics.median(peaks), "failures": failures}
    if workload.preset:
        row["product_gflop"] = product_flops(tools.graph_text(workload)) / 1e9
    row["contenders"] = {contender.name: _result(contender, rounds) for contender in contenders}
    report(f"{workload.title}: {_times(rounds)}")
    return row


def peak_gflops(tools):
    """The machine's speed now, by one large matrix product through the same BLAS."""
    plan, _ = tools.plan("product", graphs.FOLDER / "product.dg")
    return 2 * PEAK_SIZE**3 / tools.bench(plan, 5)["min_ms"] / 1e6


def _summary(answer):
    if "times" in answer:
        answer = answer | {"median": statistics.median(answer["times"]), "minimum": min(answer["times"])}
        del answer["times"]
    return answer


def _iterations(turn, milliseconds):
    return max(MINIMUM_ITERATIONS, min(MAXIMUM_ITERATIONS, round(turn * 1e3 / milliseconds)))


def _result(contender, rounds):
    """The median of the rounds' medians, and of their ratios to our own median in the same round."""
    own = rounds[contender.name]
    result = {
        "median_ms": statistics.median(part["median"] for part in own),
        "minimum_ms": min(part["minimum"] for part in own),
        "round_medians_ms": [part["median"] for part in own],
        "compile_seconds": contender.start["first_seconds"],
        "peak_bytes": max(part["peak_bytes"] for part in own)}
    if "workspace_bytes" in own[0]:
        result["workspace_bytes"] = own[0]["workspace_bytes"]
    if "dg" in rounds:
        result["ratio"] = statistics.median(a["median"] / b["median"] for a, b in zip(own, rounds["dg"]))
    return result


def _times(rounds):
    medians = {name: [part["median"] for part in parts] for name, parts in rounds.items() if parts}
    return "  ".join(f"{name} {statistics.median(values):.2f} ms" for name, values in medians.items())
