"use strict";
// Two memory plans on one scale, and what makes the difference of their peaks.

class Comparison {
  constructor(page) {
    this.plans = page.plans;
    this.positions = page.plans.map(plan => plan.largest);
    const shared = this.plans[1].entries.findIndex(entry => entry.name === this.plans[0].entries[this.positions[0]].name);
    if (shared >= 0) this.positions[1] = shared;
    this.depth = 2;
    this.colouring = "part";
    this.sides = make("div", { class: "sides" });
    this.table = make("div", { class: "memory tablebox" });
    this.legend = make("div");
    document.body.prepend(
      make("header", {}, make("h1", {}, page.title), this.summary = make("p", { class: "facts" })),
      make("section", {}, make("h2", {}, "Memory plans on one scale"), this.sides, this.legend),
      make("section", {}, make("h2", {}, "What the workspace holds at the peak, by source scope"), this.table),
      make("footer", { class: "quiet" }, page.footer));
    this.draw();
  }

  draw() {
    const programs = this.plans.map((plan, side) => plan.entry(this.positions[side]).program);
    // Kernel graphs are not compared here.
    for (const program of programs) program.slices.form = [];
    const colouring = colourings[this.colouring];
    const colours = coloursOf(programs, colouring);
    const scale = {
      maximumBytes: Math.max(...programs.map(program => program.workspaceBytes)), maximumEpochs: Math.max(...programs.map(program => program.epochs)),
    };
    const drawings = programs.map((program, side) => {
      const hint = make("div", { class: "hint" }, "Point at a rectangle.");
      const result = memoryDrawing(program, { ...scale, colouring, colours, hint, width: 800 });
      const panel = make("div", { class: "memory" },
        make("p", { class: "facts" }, make("b", {}, this.plans[side].name),
          entryChoice(this.plans[side], this.positions[side], chosen => { this.positions[side] = chosen; this.draw(); }),
          make("span", {}, "workspace ", make("b", {}, bytesText(program.workspaceBytes)), `, lower bound ${bytesText(program.lowerBoundBytes)}`)),
        result.drawing, hint);
      return { ...result, panel };
    });
    this.sides.replaceChildren(...drawings.map(({ panel }) => panel));
    this.legend.replaceChildren(legendElement(colours, colouring, true));
    const peaks = drawings.map(({ live, peak }) => live[peak] || 0);
    this.summary.replaceChildren(
      make("span", {}, "peak ", make("b", {}, bytesText(peaks[0])), ` in epoch ${drawings[0].peak}`),
      make("span", {}, "peak ", make("b", {}, bytesText(peaks[1])), ` in epoch ${drawings[1].peak}`),
      make("span", {}, "difference ", make("b", {}, this.difference(peaks[1] - peaks[0]))));
    this.drawTable(programs, drawings.map(({ peak }) => peak));
  }

  difference(bytes) { return (bytes > 0 ? "+" : "") + bytesText(bytes); }

  drawTable(programs, peaks) {
    const held = programs.map((program, side) => this.heldBytes(program, peaks[side]));
    const scopes = [...new Set(held.flatMap(map => [...map.keys()]))];
    const rows = scopes.map(scope => [scope, ...held.map(map => map.get(scope) || 0)]);
    rows.sort((a, b) => Math.abs(b[2] - b[1]) - Math.abs(a[2] - a[1]) || b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const totals = held.map(map => [...map.values()].reduce((a, b) => a + b, 0));
    const cells = ([scope, a, b]) => make("tr", {}, make("td", {}, scope), make("td", {}, bytesText(a)), make("td", {}, bytesText(b)),
      make("td", { class: b > a ? "more" : null }, this.difference(b - a)));
    const depths = make("select", { "aria-label": "depth", change: event => { this.depth = Number(event.target.value); this.draw(); } },
      [1, 2, 3, 9].map(depth => make("option", { value: depth, selected: depth === this.depth ? "" : null }, depth === 9 ? "all" : String(depth))));
    this.table.replaceChildren(
      make("p", { class: "controls" }, make("label", {}, "scopes down to depth ", depths), "values that share memory count once, under the first name"),
      make("table", {}, make("thead", {}, make("tr", {}, ["scope", this.plans[0].name, this.plans[1].name, "difference"].map(title => make("th", {}, title)))),
        make("tbody", {}, rows.map(cells), cells(["all", ...totals]))));
  }

  /** Bytes at the peak by scope; what overlaps an earlier slice counts only where it goes beyond. */
  heldBytes(program, peak) {
    const { name, offset, bytes, first, last } = program.slices;
    const live = holdingsOf(program).filter(n => first[n] <= peak && peak <= last[n]).sort((a, b) => offset[a] - offset[b] || bytes[b] - bytes[a]);
    const totals = new Map();
    let end = 0;
    for (const n of live) {
      const added = Math.max(0, offset[n] + bytes[n] - Math.max(end, offset[n]));
      end = Math.max(end, offset[n] + bytes[n]);
      if (added === 0) continue;
      const scope = scopesOf(name[n]).slice(0, this.depth).join("/") || "no scope";
      totals.set(scope, (totals.get(scope) || 0) + added);
    }
    return totals;
  }
}

start(page => new Comparison(page));
