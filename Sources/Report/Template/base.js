"use strict";
// Everything on this page is made of text nodes and elements, never of HTML text: names may hold anything.

/** Makes an element; attributes that are functions become listeners, children may be texts, elements or null. */
function make(tag, attributes, ...children) {
  const svg = make.svgTags.has(tag);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}
make.svgTags = new Set(["svg", "rect", "line", "text", "g", "path", "tspan"]);

function bytesText(bytes) {
  const units = ["B", "KiB", "MiB", "GiB"];
  let size = Math.abs(bytes), unit = 0;
  while (size >= 1024 && unit < 3) { size /= 1024; unit += 1; }
  return (bytes < 0 ? "−" : "") + (unit === 0 ? size : size.toFixed(size < 10 ? 2 : 1)) + " " + units[unit];
}

function secondsText(seconds) {
  if (seconds >= 1) return seconds.toFixed(2) + " s";
  if (seconds >= 1e-3) return (seconds * 1e3).toFixed(2) + " ms";
  return (seconds * 1e6).toFixed(seconds < 1e-5 ? 1 : 0) + " µs";
}

function plural(count, word) { return count.toLocaleString("en") + " " + word + (count === 1 ? "" : "s"); }

/** The entries of a plan; each stands in the page as JSON and is parsed when it is first shown. */
function readPlans() {
  const page = JSON.parse(document.getElementById("page").textContent);
  page.plans.forEach((plan, number) => {
    const parsed = new Map();
    plan.entry = position => {
      if (!parsed.has(position)) {
        parsed.set(position, JSON.parse(document.getElementById(`entry-${number}-${position}`).textContent));
      }
      return parsed.get(position);
    };
    plan.largest = plan.entries.indexOf(plan.entries.reduce((a, b) => b.workspaceBytes > a.workspaceBytes ? b : a));
  });
  return page;
}

function entryChoice(plan, chosen, onChange) {
  const options = plan.entries.map((entry, position) =>
    make("option", { value: position, selected: position === chosen ? "" : null }, entry.name));
  return make("select", { "aria-label": `entry of ${plan.name}`, change: event => onChange(Number(event.target.value)) }, options);
}

/** The scopes of a name such as `text/layer0/scores`, outermost first. */
function scopesOf(name) { return name.split("/").slice(0, -1); }

/** Runs the page, and says in the document whether that worked. */
function start(run) {
  const state = document.documentElement.dataset;
  window.addEventListener("error", event => { state.state = "error"; state.error = event.message; });
  run(readPlans());
  if (state.state !== "error") state.state = "ready";
}
