"use strict";
// The memory plan of one entry: a rectangle for everything in the workspace, epochs to the right, offsets upward.

const palette = ["#4e79a7", "#f28e2b", "#59a14f", "#b07aa1", "#e15759", "#76b7b2", "#edc948", "#9c755f", "#ff9da7", "#8cd17d"];
const otherColour = "#9aa0a8";

/** What holds memory in the workspace: views and other regions left out. */
function holdingsOf(program) {
  const slices = program.slices;
  return [...slices.name.keys()].filter(n => slices.region[n] === "workspace" && slices.storage[n] === n && slices.bytes[n] > 0);
}

/** Bytes that are taken in each epoch; what shares memory counts once. */
function liveBytes(program) {
  const { offset, bytes, first, last } = program.slices;
  const epochs = Array.from({ length: program.epochs }, () => []);
  for (const n of holdingsOf(program)) {
    for (let epoch = first[n]; epoch <= Math.min(last[n], program.epochs - 1); epoch += 1) epochs[epoch].push([offset[n], offset[n] + bytes[n]]);
  }
  return epochs.map(ranges => {
    let total = 0, end = 0;
    for (const [from, to] of ranges.sort((a, b) => a[0] - b[0])) {
      if (to > end) { total += to - Math.max(from, end); end = to; }
    }
    return total;
  });
}

function peakOf(live) { return live.reduce((best, bytes, epoch) => bytes > live[best] ? epoch : best, 0); }

/** What colours stand for. */
const colourings = {
  scope: { title: "outermost scope", key: (program, n) => scopesOf(program.slices.name[n])[0] || "no scope" },
  part: {
    title: "part of the model", key: (program, n) => {
      const scopes = scopesOf(program.slices.name[n]);
      return (["grad", "optimizer"].includes(scopes[0]) ? scopes[1] : scopes[0]) || "no scope";
    },
  },
  form: { title: "form of the kernel", key: (program, n) => program.slices.form[n] || "none" },
};

/** Colours for the keys that hold most bytes; the rest share one. */
function coloursOf(programs, colouring) {
  const totals = new Map();
  for (const program of programs) {
    for (const n of holdingsOf(program)) {
      const key = colouring.key(program, n);
      totals.set(key, (totals.get(key) || 0) + program.slices.bytes[n]);
    }
  }
  const keys = [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a));
  return new Map(keys.slice(0, palette.length).map((key, position) => [key, palette[position]]));
}

function legendElement(colours, colouring, hasOthers) {
  const entries = [...colours].concat(hasOthers ? [["other", otherColour]] : []);
  return make("div", { class: "legend" }, make("span", { class: "quiet" }, `colour: ${colouring.title}`),
    entries.map(([name, colour]) => make("span", {}, make("i", { style: `background:${colour}` }), name)));
}

/**
 * options: colouring, colours, maximumBytes and maximumEpochs (a scale that several drawings share), onSelect, hint.
 * Returns the drawing and a function that marks slices.
 */
function memoryDrawing(program, options) {
  const width = options.width || 1400, height = 380, left = 74, right = 12, top = 22, stripTop = top + height + 24, strip = 54;
  const live = liveBytes(program);
  const peak = peakOf(live);
  const mostBytes = Math.max(options.maximumBytes || 0, program.workspaceBytes, 1);
  const mostEpochs = Math.max(options.maximumEpochs || 0, program.epochs, 1);
  const x = epoch => left + epoch / mostEpochs * (width - left - right);
  const y = bytes => top + height - bytes / mostBytes * height;
  const { name, type, offset, bytes, first, last } = program.slices;

  const rectangles = new Map();
  const describe = n => `${name[n]}  ${type[n]}  ${bytesText(bytes[n])} at ${offset[n].toLocaleString("en")}, epochs ${first[n]} to ${last[n]}`;
  for (const n of holdingsOf(program)) {
    rectangles.set(n, make("rect", {
      class: y(0) - y(bytes[n]) < 3 ? "slice thin" : "slice", x: x(first[n]).toFixed(1), y: y(offset[n] + bytes[n]).toFixed(2),
      width: Math.max(1, x(Math.min(last[n] + 1, program.epochs)) - x(first[n])).toFixed(1), height: Math.max(.6, y(0) - y(bytes[n])).toFixed(2),
      fill: options.colours.get(options.colouring.key(program, n)) || otherColour,
      mouseenter: () => { options.hint.textContent = describe(n); }, click: () => options.onSelect && options.onSelect(n),
    }, make("title", {}, describe(n))));
  }
  const ticks = [];
  const step = Math.max(1, Math.ceil(mostEpochs / 16));
  for (let epoch = 0; epoch < mostEpochs; epoch += step) {
    ticks.push(make("text", { x: x(epoch + .5), y: top + height + 15, "text-anchor": "middle" }, String(epoch)));
  }
  for (let part = 0; part <= 4; part += 1) {
    const value = mostBytes * part / 4;
    ticks.push(make("line", { class: "axis", x1: left, x2: width - right, y1: y(value), y2: y(value) }));
    ticks.push(make("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, bytesText(value)));
  }
  const bars = live.map((value, epoch) => make("rect", {
    class: "live", x: x(epoch) + .5, width: Math.max(1, x(epoch + 1) - x(epoch) - 1), y: stripTop + strip * (1 - value / mostBytes),
    height: strip * value / mostBytes,
  }, make("title", {}, `epoch ${epoch}: ${bytesText(value)} taken`)));
  const middle = x(peak + .5);
  const isRight = middle > width * .7;
  const drawing = make("svg", {
    viewBox: `0 0 ${width} ${stripTop + strip + 6}`, role: "img",
    "aria-label": `Memory plan: ${program.slices.name.length} slices over ${program.epochs} epochs, peak in epoch ${peak}`,
  }, ticks, [...rectangles.values()],
    make("line", { class: "bound", x1: left, x2: width - right, y1: y(program.lowerBoundBytes), y2: y(program.lowerBoundBytes) }),
    make("line", { class: "peakline", x1: middle, x2: middle, y1: top - 6, y2: stripTop + strip }),
    make("text", { class: "peak", x: middle + (isRight ? -6 : 6), y: top - 9, "text-anchor": isRight ? "end" : "start" },
      `peak: epoch ${peak}, ${bytesText(live[peak] || 0)} taken`),
    make("text", { x: left - 6, y: stripTop + strip / 2 + 4, "text-anchor": "end" }, "taken"), bars,
    make("line", { class: "axis", x1: left, x2: width - right, y1: stripTop + strip, y2: stripTop + strip }));
  const mark = (chosen, linked) => {
    const isMarked = chosen.length + linked.length > 0;
    for (const [n, element] of rectangles) {
      element.classList.toggle("chosen", chosen.includes(n));
      element.classList.toggle("faded", isMarked && !chosen.includes(n) && !linked.includes(n));
    }
  };
  return { drawing, mark, live, peak };
}
