"use strict";
// One plan: the graph, its kernels and its steps side by side, and the memory plan.

class Report {
  constructor(page) {
    this.plan = page.plans[0];
    this.page = page;
    this.graph = new Tree("Graph", n => this.select("value", n));
    this.kernels = new Tree("Kernels", n => this.select("kernel", n));
    this.steps = new Tree("Steps", n => this.select("step", n));
    this.details = make("div", { class: "details", "aria-live": "polite" });
    this.facts = make("p", { class: "facts" });
    this.memory = make("div", { class: "memory" });
    this.colouring = "part";
    this.search = make("input", {
      type: "search", placeholder: "Search names, operations, types", "aria-label": "search", input: () => this.filter(this.search.value),
    });
    document.body.prepend(
      make("header", {}, make("h1", {}, page.title), this.facts,
        make("div", { class: "controls" },
          make("label", {}, "Entry ", this.choice = make("span")), this.search,
          make("button", { click: () => { this.search.value = ""; this.filter(""); this.select(null); } }, "Clear"),
          make("span", {}, "● in memory   ◇ view of it   ○ only inside kernels"))),
      make("section", {}, make("h2", {}, "Graph → kernels → steps"),
        make("div", { class: "panes" }, this.graph.element, this.kernels.element, this.steps.element,
          make("div", { class: "pane" }, make("h2", {}, "Selection"), this.details))),
      make("section", {}, make("h2", {}, "Memory plan"), this.memory),
      make("footer", { class: "quiet" }, page.footer));
    window.addEventListener("hashchange", () => this.readAddress());
    this.readAddress();
  }

  /** The address says what is shown: `#train.32/value/NAME`. */
  readAddress() {
    const [entryName, kind, ...rest] = decodeURIComponent(location.hash.slice(1)).split("/");
    const named = this.plan.entries.findIndex(entry => entry.name === entryName);
    const wanted = named >= 0 ? named : this.plan.largest;
    if (wanted !== this.position) this.show(wanted);
    if (!["value", "kernel", "step", "slice"].includes(kind)) return this.select(null);
    const number = this.names[kind].get(rest.join("/"));
    this.select(kind, number);
  }

  show(position) {
    this.position = position;
    const entry = this.entry = this.plan.entry(position);
    this.choice.replaceChildren(entryChoice(this.plan, position, chosen => {
      history.replaceState(null, "", `#${encodeURIComponent(this.plan.entries[chosen].name)}`);
      this.show(chosen);
      this.select(null);
    }));
    this.search.value = "";
    this.link(entry);
    this.graph.setItems(this.graphItems(entry), "value");
    this.kernels.setItems(this.kernelItems(entry), "kernel");
    this.steps.setItems(this.stepItems(entry), "step");
    this.drawMemory();
    this.showFacts(entry);
  }

  /** What belongs together: values, kernels, steps and slices by their numbers. */
  link({ values, kernels, steps, program }) {
    const numbers = names => new Map(names.map((name, number) => [name, number]));
    this.names = { value: numbers(values.name), kernel: numbers(kernels.name), step: numbers(steps.label), slice: numbers(program.slices.name) };
    this.inputs = new Set(values.name.filter((_, n) => values.operation[n] === "input"));
    const lists = count => Array.from({ length: count }, () => []);
    this.kernelsOf = lists(values.name.length);
    kernels.computes.forEach((computed, kernel) => computed.forEach(value => this.kernelsOf[value].push(kernel)));
    this.usersOf = lists(values.name.length);
    values.operands.forEach((operands, value) => new Set(operands).forEach(operand => this.usersOf[operand].push(value)));
    this.stepsOf = lists(kernels.name.length);
    steps.kernel.forEach((kernel, step) => { if (kernel !== null) this.stepsOf[kernel].push(step); });
    [this.writersOf, this.readersOf] = [lists(program.slices.name.length), lists(program.slices.name.length)];
    steps.writes.forEach((slices, step) => slices.forEach(slice => this.writersOf[slice].push(step)));
    steps.reads.forEach((slices, step) => new Set(slices.map(slice => this.storage(slice))).forEach(slice => this.readersOf[slice].push(step)));
    this.decisionsOf = new Map();
    this.entry.decisions.forEach(decision => {
      if (!this.decisionsOf.has(decision[0])) this.decisionsOf.set(decision[0], []);
      this.decisionsOf.get(decision[0]).push(decision);
    });
    // A program's slices do not say by what kind of kernel they are written.
    program.slices.form = program.slices.name.map((_, slice) => {
      const kernel = this.writersOf[slice].map(step => steps.kernel[step]).find(kernel => kernel !== null);
      return kernel === undefined ? null : kernels.form[kernel];
    });
  }

  /** Scopes in the trees: inputs have names such as `layers.0.weight`, and so has what is made of them on the way to a kernel. */
  placeOf(name) {
    const scopes = scopesOf(name);
    if (scopes.length > 0) return { path: scopes, name: name.slice(scopes.join("/").length + 1) };
    const parts = name.split(".");
    if (!this.inputs.has(name) && !this.inputs.has(parts.slice(0, -1).join("."))) return { path: ["no scope"], name };
    const own = this.inputs.has(name) ? 1 : 2;
    return { path: ["inputs", ...parts.slice(0, -own)], name: parts.slice(-own).join(".") };
  }

  graphItems({ values }) {
    return values.name.map((name, n) => {
      const place = this.placeOf(name);
      return {
        path: place.path, name: `${this.markOf(name)} ${place.name}`, note: `${values.operation[n]} ${values.type[n]}`,
        search: `${name} ${values.operation[n]} ${values.type[n]}`,
      };
    });
  }

  markOf(name) {
    const slice = this.names.slice.get(name);
    if (slice !== undefined) return this.storage(slice) === slice ? "●" : "◇";
    return this.kernelsOf[this.names.value.get(name)].length > 0 ? "○" : "·";
  }

  kernelItems({ kernels, values }) {
    return kernels.name.map((name, n) => ({
      ...this.placeOf(name), note: `${kernels.form[n]}, ${plural(kernels.operations[n], "operation")}`,
      search: this.kernelSearch(n), heat: this.stepsOf[n].reduce((sum, step) => sum + this.secondsOf(step), 0),
      children: kernels.computes[n].map(value => ({
        name: values.name[value], note: values.operation[value], select: () => this.select("value", value),
      })),
    }));
  }

  /** A kernel is also found by what it computes. */
  kernelSearch(n) {
    const { kernels, values } = this.entry;
    return [kernels.name[n], kernels.form[n], ...kernels.computes[n].map(value => values.name[value])].join(" ");
  }

  stepItems({ steps }) {
    return steps.label.map((label, n) => ({
      path: [`epoch ${steps.epoch[n]}`], name: label, note: steps.function[n], heat: this.secondsOf(n),
      search: `${label} ${steps.function[n]} ${steps.kernel[n] === null ? "" : this.kernelSearch(steps.kernel[n])}`,
    }));
  }

  /** Measured where there is a profile, otherwise what the cost model says. */
  secondsOf(step) {
    const { measured, predicted } = this.entry.steps;
    return (measured ? measured[step] : predicted ? predicted[step] : 0) || 0;
  }

  filter(text) {
    for (const tree of [this.graph, this.kernels, this.steps]) {
      tree.filter = text.trim();
      tree.update();
    }
  }

  showFacts({ values, kernels, steps, program }) {
    const { measured, predicted } = steps;
    const sum = seconds => secondsText(seconds.reduce((a, b) => a + b, 0));
    const fact = (value, words) => make("span", {}, make("b", {}, value), ` ${words}`);
    this.facts.replaceChildren(
      fact(values.name.length.toLocaleString("en"), "values"), fact(kernels.name.length.toLocaleString("en"), "kernels"),
      fact(steps.label.length.toLocaleString("en"), `steps in ${plural(program.epochs, "epoch")}`),
      fact(bytesText(program.workspaceBytes), `workspace, lower bound ${bytesText(program.lowerBoundBytes)}`),
      measured ? fact(sum(measured), `of work measured over ${plural(this.entry.runs, "run")}`) : "",
      predicted ? fact(sum(predicted), "of work predicted") : "");
  }

  drawMemory() {
    const { program } = this.entry;
    const colouring = colourings[this.colouring];
    const colours = coloursOf([program], colouring);
    const hint = make("div", { class: "hint" }, "Point at a rectangle; click to select it.");
    const { drawing, mark, live, peak } = memoryDrawing(program, { colouring, colours, hint, onSelect: slice => this.select("slice", slice) });
    this.markMemory = mark;
    const hasOthers = holdingsOf(program).some(n => !colours.has(colouring.key(program, n)));
    const choice = make("select", {
      "aria-label": "colour", change: event => { this.colouring = event.target.value; this.drawMemory(); this.select(this.kind, this.number); },
    }, Object.entries(colourings).map(([key, { title }]) => make("option", { value: key, selected: key === this.colouring ? "" : null }, title)));
    this.memory.replaceChildren(
      make("p", { class: "facts" },
        make("span", {}, "Workspace ", make("b", {}, bytesText(program.workspaceBytes))),
        make("span", {}, "most taken at once ", make("b", {}, bytesText(live[peak] || 0)), ` in epoch ${peak}`),
        make("span", {}, "lower bound (dashed) ", make("b", {}, bytesText(program.lowerBoundBytes))),
        make("label", {}, "colour by ", choice)),
      drawing, hint, legendElement(colours, colouring, hasOthers));
  }

  // Selection

  select(kind, number) {
    if (number === undefined && kind) kind = null;
    [this.kind, this.number] = [kind, number];
    const { values, kernels, steps, program } = this.entry;
    const linked = { values: [], kernels: [], steps: [], slices: [] };
    const sliceOf = name => { const slice = this.names.slice.get(name); return slice === undefined ? [] : [this.storage(slice)]; };
    if (kind === "value") {
      linked.kernels = this.kernelsOf[number];
      linked.steps = linked.kernels.flatMap(kernel => this.stepsOf[kernel]);
      linked.slices = sliceOf(values.name[number]);
    } else if (kind === "kernel") {
      linked.values = kernels.computes[number];
      linked.steps = this.stepsOf[number];
      linked.slices = linked.steps.flatMap(step => steps.writes[step]);
    } else if (kind === "step") {
      const kernel = steps.kernel[number];
      linked.kernels = kernel === null ? [] : [kernel];
      linked.values = kernel === null ? [] : kernels.computes[kernel];
      linked.slices = steps.writes[number].concat(steps.reads[number].map(slice => this.storage(slice)));
    } else if (kind === "slice") {
      linked.steps = this.writersOf[number].concat(this.readersOf[number]);
      linked.kernels = [...new Set(linked.steps.map(step => steps.kernel[step]).filter(kernel => kernel !== null))];
      const value = this.names.value.get(program.slices.name[number]);
      linked.values = value === undefined ? [] : [value];
    }
    this.graph.mark(kind === "value" ? number : null, linked.values);
    this.kernels.mark(kind === "kernel" ? number : null, linked.kernels);
    this.steps.mark(kind === "step" ? number : null, linked.steps);
    this.markMemory(kind === "slice" ? [number] : kind === "value" ? linked.slices : [], linked.slices);
    this.details.replaceChildren(...this.detailsOf(kind, number).filter(Boolean));
    const name = kind && { value: values.name, kernel: kernels.name, step: steps.label, slice: program.slices.name }[kind][number];
    const address = [this.plan.entries[this.position].name].concat(kind ? [kind, name] : []).join("/");
    if (kind || location.hash) history.replaceState(null, "", `#${encodeURIComponent(address)}`);
  }

  storage(slice) { return this.entry.program.slices.storage[slice]; }

  detailsOf(kind, number) {
    switch (kind) {
      case "value": return this.valueDetails(number);
      case "kernel": return this.kernelDetails(number);
      case "step": return this.stepDetails(number);
      case "slice": return this.sliceDetails(number);
      default: return [make("p", { class: "quiet" }, "Select a value, a kernel, a step or a rectangle of the memory plan: what belongs to it is marked everywhere. "
        + "Arrow keys move in a list and open scopes.")];
    }
  }

  linkTo(kind, number) {
    const { values, kernels, steps, program } = this.entry;
    const name = { value: values.name, kernel: kernels.name, step: steps.label, slice: program.slices.name }[kind][number];
    const note = { value: () => values.type[number], kernel: () => kernels.form[number], step: () => `epoch ${steps.epoch[number]}`, slice: () => program.slices.type[number] }[kind]();
    return make("li", {}, make("button", { class: "link", click: () => this.select(kind, number) }, name), make("span", { class: "quiet code" }, `  ${note}`));
  }

  listOf(title, kind, numbers) {
    const unique = [...new Set(numbers)];
    if (unique.length === 0) return null;
    const most = 40;
    const list = make("ul", {}, unique.slice(0, most).map(number => this.linkTo(kind, number)));
    if (unique.length > most) {
      const button = make("button", { click: () => { list.append(...unique.slice(most).map(number => this.linkTo(kind, number))); button.remove(); } },
        `show ${unique.length - most} more`);
      return make("div", {}, make("h3", {}, `${title} (${unique.length})`), list, button);
    }
    return make("div", {}, make("h3", {}, unique.length > 1 ? `${title} (${unique.length})` : title), list);
  }

  table(rows) {
    return make("dl", {}, rows.filter(([, text]) => text !== null && text !== undefined && text !== "")
      .flatMap(([name, text]) => [make("dt", {}, name), make("dd", { class: "code" }, String(text))]));
  }

  decisionsElement(names) {
    const decisions = names.flatMap(name => this.decisionsOf.get(name) || []);
    if (decisions.length === 0) return null;
    const several = names.length > 1;
    return make("div", {}, make("h3", {}, several ? `Decisions (${decisions.length})` : "Decisions"), make("ul", {}, decisions.slice(0, 60).map(
      ([name, outcome, reason]) => make("li", {}, several ? make("span", { class: "code" }, `${name}: `) : "", make("b", {}, outcome), ` ${this.entry.reasons[reason]}`))));
  }

  valueDetails(n) {
    const { values, program } = this.entry;
    const slice = this.names.slice.get(values.name[n]);
    return [
      make("div", { class: "title" }, values.name[n]),
      this.table([["operation", values.operation[n]], ["type", values.type[n]], ["attributes", values.attributes[n]],
        ["output", values.outputs[n]], ["memory", slice === undefined ? "none: only inside kernels" : this.place(slice)]]),
      this.decisionsElement([values.name[n]]),
      this.listOf("Operands", "value", values.operands[n]), this.listOf("Used by", "value", this.usersOf[n]),
      this.listOf("Computed in", "kernel", this.kernelsOf[n]),
      slice !== undefined && program.slices.region[slice] === "workspace" ? this.listOf("Slice", "slice", [this.storage(slice)]) : null,
    ];
  }

  kernelDetails(n) {
    const { kernels, steps, values } = this.entry;
    const written = this.stepsOf[n].flatMap(step => steps.writes[step]);
    return [
      make("div", { class: "title" }, kernels.name[n]),
      this.table([["form", kernels.form[n]], ["operations", kernels.operations[n]], ["tiling", kernels.tiling[n]], ...this.timeRows(this.stepsOf[n])]),
      this.listOf("Steps", "step", this.stepsOf[n]), this.listOf("Writes", "slice", written),
      this.listOf("Reads", "slice", this.stepsOf[n].flatMap(step => steps.reads[step])),
      this.listOf("Computes", "value", kernels.computes[n]),
      kernels.others[n].length > 0 ? make("div", {}, make("h3", {}, `Made by passes on kernels (${kernels.others[n].length})`),
        make("ul", {}, kernels.others[n].slice(0, 60).map(name => make("li", { class: "code" }, name)))) : null,
      this.decisionsElement([...new Set([kernels.name[n], ...kernels.computes[n].map(value => values.name[value])])]),
    ];
  }

  stepDetails(n) {
    const { steps } = this.entry;
    return [
      make("div", { class: "title" }, steps.label[n]),
      this.table([["number", n], ["epoch", steps.epoch[n]], ["function", steps.function[n]], ["tasks", steps.tasks[n]], ...this.timeRows([n])]),
      steps.kernel[n] === null ? null : this.listOf("Kernel", "kernel", [steps.kernel[n]]),
      this.listOf("Writes", "slice", steps.writes[n].slice(0, steps.writes[n].length - steps.scratch[n])),
      this.listOf("Scratch", "slice", steps.writes[n].slice(steps.writes[n].length - steps.scratch[n])),
      this.listOf("Reads", "slice", steps.reads[n]),
    ];
  }

  sliceDetails(n) {
    const { program } = this.entry;
    const value = this.names.value.get(program.slices.name[n]);
    return [
      make("div", { class: "title" }, program.slices.name[n]),
      this.table([["type", program.slices.type[n]], ["memory", this.place(n)],
        ["view of", this.storage(n) === n ? null : program.slices.name[this.storage(n)]]]),
      value === undefined ? null : this.listOf("Value", "value", [value]),
      this.listOf("Written by", "step", this.writersOf[n]), this.listOf("Read by", "step", this.readersOf[n]),
      this.decisionsElement([program.slices.name[n]]),
    ];
  }

  place(n) {
    const { region, offset, bytes, first, last } = this.entry.program.slices;
    return `${region[n]}, ${bytesText(bytes[n])} at ${offset[n].toLocaleString("en")}, epochs ${first[n]} to ${last[n]}`;
  }

  timeRows(steps) {
    const { measured, longest, predicted } = this.entry.steps;
    const sum = seconds => seconds ? secondsText(steps.reduce((total, step) => total + (seconds[step] || 0), 0)) : null;
    return [["measured", measured && `${sum(measured)} of all threads, ${sum(longest)} of the slowest`], ["predicted", sum(predicted)]];
  }
}

start(page => new Report(page));
