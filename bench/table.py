"""Results as Markdown: the page of a run, and the block in the README."""

TITLES = {"dg": "dg", "torch": "PyTorch", "torch.compile": "torch.compile", "jax": "JAX"}
BEGIN, END = "<!-- bench: written by make bench -->", "<!-- bench: end -->"


def page(results):
    return "\n\n".join([
        "# Benchmarks", about(results), times(results), "## Speed of the matrix products", speed(results),
        "## Memory and compilation", memory(results), "## Times of the rounds", spread(results), *failures(results)]) + "\n"


def about(results):
    machine = results["machine"]
    lines = [
        f"Measured on {machine['date']} at commit {machine['commit']}, one run, all contenders in turns: "
        f"{results['rounds']} rounds of {results['turn_seconds']} s for each; {machine['threads']} threads, f32.",
        f"Machine: {machine['processor']}; {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}; "
        f"load before the run {machine['load_before']}.",
        f"With {machine['compiler']}, {machine['blas']}, PyTorch {machine['torch']}, JAX {machine['jax']}, "
        f"Python {machine['python']}."]
    return "\n".join(lines)


def times(results):
    """Medians; behind each peer's, how many times ours it is."""
    names = contenders(results)
    rows = []
    for row in results["workloads"].values():
        cells = [row["title"]]
        for name in names:
            found = row["contenders"].get(name)
            ratio = f" ({found['ratio']:.1f}×)" if found and name != "dg" and "ratio" in found else ""
            cells.append(number(found["median_ms"]) + ratio if found else "failed")
        rows.append(cells)
    return grid(["median, ms", *(TITLES[name] for name in names)], rows)


def speed(results):
    rows = []
    for row in results["workloads"].values():
        ours = row["contenders"].get("dg")
        if "product_gflop" in row and ours:
            speed = row["product_gflop"] / ours["median_ms"] * 1e3
            peak = row["peak_gflops"]
            rows.append([
                row["title"], number(row["product_gflop"]), number(speed), number(peak), f"{100 * speed / peak:.0f} %"])
    note = (
        "Multiplications and additions of the matrix products that the optimized graph asks for, over the whole time of dg; "
        "the machine's speed is that of one large product through the same BLAS, in the same rounds.")
    return note + "\n\n" + grid(["", "GFLOP", "GFLOP/s", "machine", "share"], rows) if rows else "No model was measured."


def memory(results):
    """The peak of the whole process, with its libraries; for dg also the planned workspace."""
    names = contenders(results)
    rows = []
    for row in results["workloads"].values():
        cells = [row["title"], megabytes(row["contenders"].get("dg", {}).get("workspace_bytes"))]
        for name in names:
            cells.append(megabytes(row["contenders"].get(name, {}).get("peak_bytes")))
        for name in names:
            seconds = row["contenders"].get(name, {}).get("compile_seconds")
            cells.append(number(seconds) if seconds is not None else "")
        rows.append(cells)
    note = (
        "Peak memory is that of the process with its libraries. Compilation is the time of dgc from the specification to the "
        "plan, for a model all entries at once (inference, losses, gradients, training step), and the first call of the peers.")
    head = ["", "dg workspace MB", *(f"{TITLES[name]} peak MB" for name in names)]
    return note + "\n\n" + grid(head + [f"{TITLES[name]} compile s" for name in names], rows)


def spread(results):
    names = contenders(results)
    rows = []
    for row in results["workloads"].values():
        for name in names:
            found = row["contenders"].get(name)
            if found:
                medians = " ".join(number(value) for value in found["round_medians_ms"])
                rows.append([row["title"], TITLES[name], number(found["minimum_ms"]), medians])
    return grid(["", "", "minimum ms", "medians of the rounds, ms"], rows)


def failures(results):
    lines = [
        f"- {row['title']}: {message}" for row in results["workloads"].values() for message in row["failures"].values()]
    return ["## Failures", "\n".join(lines)] if lines else []


def update_readme(path, results):
    """Replaces the marked block; a README without the marks stays as it is."""
    text = path.read_text()
    start, end = text.find(BEGIN), text.find(END)
    if start < 0 or end < start:
        return False
    path.write_text(text[:start] + BEGIN + "\n" + about(results) + "\n\n" + times(results) + "\n" + text[end:])
    return True


def contenders(results):
    return ["dg", *results["peers"]]


def grid(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def number(value):
    """Three digits are more than the measurement has."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def megabytes(count):
    return "" if count is None else number(count / 1e6)
