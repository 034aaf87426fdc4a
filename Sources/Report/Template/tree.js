"use strict";
// A tree of items, collapsed by scope. Only the rows in view exist in the document, so that thousands of items are quick.

const rowHeight = 22;

/**
 * items: { path, name, note, heat, heatText, search, children: [{ name, note, select }] }; path is a list of scopes.
 * onSelect is called with the number of an item.
 */
class Tree {
  constructor(title, onSelect) {
    this.onSelect = onSelect;
    this.count = make("span");
    this.space = make("div");
    this.box = make("div", {
      class: "rows", role: "tree", tabindex: "0", "aria-label": title,
      scroll: () => this.draw(), keydown: event => this.key(event),
    }, this.space);
    this.element = make("div", { class: "pane" }, make("h2", {}, title, this.count), this.box);
    this.linked = new Set();
    this.selected = null;
    this.expanded = new Set();
    this.filter = "";
    new ResizeObserver(() => this.draw()).observe(this.box);
  }

  setItems(items, noun) {
    this.items = items;
    this.noun = noun;
    this.expanded.clear();
    this.selected = null;
    this.linked.clear();
    this.hottest = Math.max(...items.map(item => item.heat || 0), 0);
    this.root = this.buildScope("", items.map((_, number) => number), 0);
    this.hottestScope = Math.max(...this.root.children.map(child => child.heat || 0), 0);
    this.box.scrollTop = 0;
    this.update();
  }

  /** Scopes and items in the order of their first appearance; a scope that holds only one scope is joined with it. */
  buildScope(key, numbers, depth) {
    const scope = { key, children: [], numbers, heat: 0 };
    const scopes = new Map();
    for (const number of numbers) {
      const item = this.items[number];
      scope.heat += item.heat || 0;
      if (item.path.length <= depth) { scope.children.push({ number }); continue; }
      const name = item.path[depth];
      if (!scopes.has(name)) { scopes.set(name, []); scope.children.push({ name }); }
      scopes.get(name).push(number);
    }
    scope.children = scope.children.map(child => {
      if (child.name === undefined) return child;
      const built = this.buildScope(`${key}${child.name}/`, scopes.get(child.name), depth + 1);
      built.name = child.name;
      const only = built.children.length === 1 ? built.children[0] : null;
      return only && only.key ? { ...only, name: `${child.name}/${only.name}` } : built;
    });
    return scope;
  }

  update() {
    this.rows = [];
    const wanted = this.filter.toLowerCase();
    this.matches = wanted === "" ? null : new Set(
      [...this.items.keys()].filter(number => this.items[number].search.toLowerCase().includes(wanted)));
    if (this.root) this.collect(this.root, 0);
    this.count.textContent = this.matches === null
      ? plural(this.items.length, this.noun) : `${this.matches.size.toLocaleString("en")} of ${plural(this.items.length, this.noun)}`;
    this.space.style.height = `${this.rows.length * rowHeight}px`;
    this.draw();
  }

  collect(scope, depth) {
    for (const child of scope.children) {
      if (child.number === undefined) {
        const shown = this.matches === null ? child.numbers.length : child.numbers.filter(n => this.matches.has(n)).length;
        if (shown === 0) continue;
        const isOpen = this.expanded.has(child.key) || (this.matches !== null && this.matches.size <= 60);
        this.rows.push({ scope: child, depth, isOpen, shown });
        if (isOpen) this.collect(child, depth + 1);
      } else if (this.matches === null || this.matches.has(child.number)) {
        const children = this.items[child.number].children || [];
        const key = `#${child.number}`;
        const isOpen = this.expanded.has(key);
        this.rows.push({ number: child.number, depth, isOpen, key, hasChildren: children.length > 0 });
        if (isOpen) for (const part of children) this.rows.push({ part, depth: depth + 1 });
      }
    }
  }

  draw() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / rowHeight) - 5);
    const last = Math.min(this.rows ? this.rows.length : 0, first + Math.ceil((this.box.clientHeight || 600) / rowHeight) + 10);
    const elements = [];
    for (let position = first; position < last; position += 1) elements.push(this.rowElement(this.rows[position], position));
    if (this.rows && this.rows.length === 0) elements.push(make("div", { class: "empty" }, "Nothing matches."));
    this.space.replaceChildren(...elements);
  }

  rowElement(row, position) {
    const isScope = row.scope !== undefined;
    const item = row.number !== undefined ? this.items[row.number] : null;
    const content = isScope ? row.scope : item || row.part;
    const inside = isScope && !row.isOpen ? row.scope.numbers.filter(number => this.linked.has(number)).length : 0;
    const note = isScope ? String(row.shown) : content.note;
    const isLinked = row.number !== undefined && this.linked.has(row.number);
    const isSelected = row.number !== undefined && this.selected === row.number;
    const twist = isScope || row.hasChildren ? (row.isOpen ? "▾" : "▸") : "";
    return make("div", {
      class: `row${isScope ? " scope" : ""}${isLinked ? " linked" : ""}${isSelected ? " selected" : ""}`,
      role: "treeitem", "aria-level": row.depth + 1, "aria-expanded": twist ? String(row.isOpen) : null, "aria-selected": String(isSelected),
      style: `top:${position * rowHeight}px;padding-left:${4 + row.depth * 14}px`,
      title: `${content.name}${note ? "  " + note : ""}`, click: event => this.click(row, event),
    },
      make("span", { class: "twist" }, twist), make("span", { class: "name" }, content.name), make("span", { class: "note" }, note || ""),
      inside > 0 ? make("span", { class: "dot" }, String(inside)) : null,
      row.part ? null : isScope ? this.heatElement(row.scope.heat, this.hottestScope) : this.heatElement(item.heat, this.hottest));
  }

  heatElement(heat, hottest) {
    if (!heat || !hottest) return null;
    const width = Math.max(1, heat / hottest * 30);
    return make("span", { class: "heat" }, secondsText(heat), make("i", { style: `width:${width}px` }));
  }

  click(row, event) {
    if (row.part) return row.part.select();
    if (row.scope) return this.toggle(row.scope.key);
    if (row.hasChildren && event.target.classList.contains("twist")) return this.toggle(row.key);
    this.onSelect(row.number);
  }

  toggle(key) {
    if (!this.expanded.delete(key)) this.expanded.add(key);
    this.update();
  }

  /** Arrows move the selection over the rows and open or close scopes. */
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = this.cursor === undefined ? -1 : this.rows.findIndex(row => this.rowKey(row) === this.cursor);
    if (step !== undefined && this.rows.length > 0) {
      const next = Math.min(this.rows.length - 1, Math.max(0, at + step));
      this.cursor = this.rowKey(this.rows[next]);
      this.show(next);
      if (this.rows[next].number !== undefined) this.onSelect(this.rows[next].number); else this.draw();
    } else if (["ArrowRight", "ArrowLeft", "Enter"].includes(event.key) && at >= 0) {
      const row = this.rows[at];
      const key = row.scope ? row.scope.key : row.hasChildren ? row.key : null;
      const isWanted = event.key === "Enter" || row.isOpen === (event.key === "ArrowLeft");
      if (key !== null && isWanted) this.toggle(key);
    } else {
      return;
    }
    event.preventDefault();
  }

  rowKey(row) { return row.scope ? row.scope.key : row.key || row.part; }

  show(position) {
    const top = position * rowHeight;
    if (top < this.box.scrollTop || top + rowHeight > this.box.scrollTop + this.box.clientHeight) {
      this.box.scrollTop = Math.max(0, top - this.box.clientHeight / 3);
    }
  }

  /** Marks items, and brings the selected one or else the first that is linked into view. */
  mark(selected, linked) {
    this.selected = selected;
    this.linked = new Set(linked);
    const target = selected !== null ? selected : linked.length > 0 ? linked[0] : null;
    if (target !== null) {
      if (this.matches !== null && !this.matches.has(target)) { this.filter = ""; }
      let key = "";
      for (const scope of this.items[target].path) { key += `${scope}/`; this.expanded.add(key); }
    }
    this.update();
    const position = this.rows.findIndex(row => row.number === target);
    if (position < 0) return;
    this.cursor = this.rowKey(this.rows[position]);
    this.show(position);
    this.draw();
  }
}
