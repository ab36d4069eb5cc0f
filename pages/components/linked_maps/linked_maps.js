// Links the maps of a page: an artist chosen, marked or pointed at in one is so in the other.
// There is one LinkedMaps for each place that map_place.js requests.

const TOOLS = [
  ["pan", "Move", "Drag to move the map"],
  ["zoom", "Zoom", "Drag a rectangle to zoom into"],
  ["lasso", "Lasso", "Draw around artists to list them"],
  ["select", "Box", "Drag a rectangle around artists to list them"],
];
const DRAWN_AROUND = new Set(["lasso", "select"]);
const STEPS = [
  ["+", "Zoom in", (view) => view.move(0, 0, 0.75)],
  ["−", "Zoom out", (view) => view.move(0, 0, 1 / 0.75)],
  ["All", "Show everything", (view) => view.showAll()],
];
const EXAMPLE_MS = 4000;
const MOST_EXAMPLES = 9;

class LinkedMaps {
  constructor(root) {
    this.root = root;
    this.tools = element("div", { class: "nf-map-tools", role: "toolbar", "aria-label": "Tools of the map" });
    this.row = element("div", { class: "nf-map-row" });
    this.legend = element("div", { class: "nf-map-legend" });
    this.tip = element("div", { class: "nf-map-tip", hidden: "", role: "tooltip" });
    this.status = element("p", { class: "nf-map-status", role: "status" });
    this.box = element("div", { class: "nf-maps" }, this.tools, this.row, this.legend, this.tip, this.status);
    this.views = [];
    this.pointed = null;
    this.markedRows = null;
    this.nonce = Date.now();
    // With touch, a finger scrolls the page; to move the map, a visitor picks its tool.
    this.tool = globalThis.matchMedia("(pointer: coarse)").matches ? false : "pan";
    this.measure = document.createElement("canvas").getContext("2d");
    this.addTools();
    root.append(this.box);
    this.arrived = () => this.draw();
    this.returned = () => this.returnTo();
    globalThis.addEventListener("nearfield-layer", this.arrived);
    globalThis.addEventListener("popstate", this.returned);
    for (const kind of ["pointerenter", "pointerdown", "focusin", "keydown"]) {
      this.box.addEventListener(kind, () => this.stopExamples());
    }
    document.fonts?.ready.then(() => this.views.forEach((view) => view.paint()));
  }

  addTools() {
    this.toolButtons = TOOLS.map(([tool, name, help]) => {
      const button = element("button", { type: "button", title: help, "aria-pressed": String(tool === this.tool) }, name);
      button.addEventListener("click", () => this.take(this.tool === tool ? false : tool));
      return [tool, button];
    });
    const steps = STEPS.map(([name, help, act]) => {
      const button = element("button", { type: "button", title: help, "aria-label": help }, name);
      button.addEventListener("click", () => this.views.forEach(act));
      return button;
    });
    this.tools.append(...this.toolButtons.map(([, button]) => button), element("span", { class: "nf-gap" }), ...steps);
  }

  take(tool) {
    this.tool = tool;
    for (const [name, button] of this.toolButtons) button.setAttribute("aria-pressed", String(name === tool));
    for (const view of this.views) if (view.axes) globalThis.Plotly.relayout(view.plot, { dragmode: tool });
  }

  // ---- data from Streamlit -----------------------------------------------------------------------------------------

  update(data, send) {
    this.data = data;
    this.drawnFor = restOfAddress();
    this.send = send;
    const style = getComputedStyle(this.root);
    this.ink = style.getPropertyValue("--st-text-color").trim() || "#13212e";
    this.paper = style.getPropertyValue("--st-background-color").trim() || "#ffffff";
    this.font = style.getPropertyValue("--st-font").trim() || "sans-serif";
    this.theme = `${this.ink}${this.paper}`;
    for (const [tool, button] of this.toolButtons) button.hidden = !data.canDrawAround && DRAWN_AROUND.has(tool);
    if (this.bits !== (data.marked?.bits ?? null)) {
      this.bits = data.marked?.bits ?? null;
      this.markedRows = this.bits === null ? null : bitsToRows(this.bits);
    }
    while (this.views.length > data.maps.length) this.views.pop().remove();
    while (this.views.length < data.maps.length) this.views.push(new MapView(this, this.row));
    this.box.dataset.maps = data.maps.length;
    this.views.forEach((view, i) => view.describe(data.maps[i]));
    this.showExamples();
    const count = this.markedRows?.length;
    this.status.textContent = data.marked ? `${count} ${count === 1 ? "artist is" : "artists are"} marked: ${data.marked.words}.` : "";
    this.draw();
  }

  draw() {
    if (!this.data || !globalThis.Plotly) return;
    const layer = (id) => {
      const found = globalThis.nearfieldLayers?.get(id);
      if (found) {
        globalThis.nearfieldLayers.delete(id);
        globalThis.nearfieldLayers.set(id, found);
      }
      return found;
    };
    const names = layer(this.data.names);
    const found = this.data.maps.map(({ points, colour }) => [layer(points), layer(colour)]);
    if (!names) return;
    this.names = names;
    found.forEach(([points, colour], i) => points && colour && this.views[i].draw(points, colour, names));
    this.fillLegends(found.map(([, colour]) => colour));
    if (this.isReturning && this.isDrawn()) this.showAddressed();
    this.tell();
  }

  isDrawn() {
    return this.views.length > 0 && this.views.every((view) => view.points?.id === view.data.points && view.placed === view.data.map);
  }

  // ---- examples ----------------------------------------------------------------------------------------------------

  // Before anybody is chosen: an artist with the true nearest, then another, until the visitor touches the map.
  showExamples() {
    clearInterval(this.showing);
    this.examples = this.data.artist === null ? (this.data.examples ?? []) : [];
    if (!this.examples.length) return;
    this.nextExample ??= 0;
    this.showExample();
    if (this.isTouched || globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.showing = setInterval(() => {
      if (document.hidden) return;
      if (++this.nextExample >= MOST_EXAMPLES) this.stopExamples();
      else this.showExample();
    }, EXAMPLE_MS);
  }

  showExample() {
    const { artist, nearest } = this.examples[this.nextExample % this.examples.length];
    this.data = { ...this.data, artist, maps: this.data.maps.map((one) => ({ ...one, nearest })) };
    this.views.forEach((view, i) => {
      view.data = this.data.maps[i];
      view.paint();
    });
  }

  stopExamples() {
    this.isTouched = true;
    clearInterval(this.showing);
  }

  // ---- the address -------------------------------------------------------------------------------------------------

  // Delayed, once for many moves: browsers limit how often the address may change.
  tell() {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      this.write();
      this.ask();
    }, TELL_MS);
  }

  // Of maps with more artists than are sent at once: for those of the part in view.
  ask() {
    if (this.isReturning || !this.isDrawn()) return;
    const parts = this.views.filter((view) => view.lacks()).map((view) => [...view.ranges().flat(), view.placed]);
    const asked = JSON.stringify(parts);
    if (!parts.length || asked === this.asked) return;
    this.asked = asked;
    this.send("parts", { parts, nonce: ++this.nonce });
  }

  // Not while the address refers to other maps than these, since their part would be lost.
  write() {
    clearTimeout(this.telling);
    if (this.isReturning || !this.isDrawn() || restOfAddress() !== this.drawnFor) return;
    const parts = this.views.filter((view) => view.part).map((view) => [...view.part.flat(), view.placed].join(","));
    const hidden = this.views.flatMap((view, number) => [...view.hidden].map((group) => `${number}.${view.className(group)}`));
    writeAddress(parts, hidden);
  }

  // Back or forward. If the address refers to other maps, Streamlit sends those first.
  returnTo() {
    this.isReturning = true;
    if (this.isDrawn() && restOfAddress() === this.drawnFor) this.showAddressed();
  }

  showAddressed() {
    this.isReturning = false;
    this.views.forEach((view) => view.showAddressed());
    this.draw();
  }

  // ---- actions of the visitor --------------------------------------------------------------------------------------

  choose(row) {
    this.write();
    this.data = { ...this.data, artist: row, maps: this.data.maps.map((one) => ({ ...one, nearest: [] })) };
    this.views.forEach((view, i) => {
      view.data = this.data.maps[i];
      view.paint();
    });
    this.send("artist", { row, nonce: ++this.nonce });
  }

  select(rows) {
    this.write();
    this.markedRows = rows.length ? rows : null;
    this.bits = rows.length ? rowsToBits(rows, this.names.names.length) : null;
    this.views.forEach((view) => view.paint());
    this.send("lasso", { bits: rowsToBits(rows, this.names.names.length), nonce: ++this.nonce });
  }

  hover(row, view, pointer) {
    this.pointed = row;
    this.views.forEach((one) => one.axes && one.marks.paintMarks());
    this.tip.hidden = row === null;
    if (row === null) return;
    const i = view.shownRows.get(row);
    const kept = view.points.kept[i];
    const others = view.points.here[i] - 1;
    const lines = [
      `${view.colour.title}: ${valueOf(view.colour, row) || "not known"}`,
      others ? `${others.toLocaleString("en")} more here: this space tells nothing apart between them.` : "",
      kept > view.points.level ? "" : `${kept} of its ${view.points.level} nearest in this space are near it here.`,
      this.views.length > 1 && !this.views.every((one) => one.shownRows.has(row)) ? "Not on the other map." : "",
    ];
    const name = element("strong", { dir: "auto" }, this.names.names[row]);
    this.tip.replaceChildren(name, ...lines.filter(Boolean).map((line) => element("span", { dir: "auto" }, line)));
    const box = this.box.getBoundingClientRect();
    const left = Math.min(pointer.clientX - box.left + 14, box.width - this.tip.offsetWidth - 4);
    this.tip.style.transform = `translate(${Math.max(left, 4)}px, ${pointer.clientY - box.top + 16}px)`;
  }

  // ---- legends -----------------------------------------------------------------------------------------------------

  fillLegends(colours) {
    const isShared = colours.every((colour) => colour?.id === colours[0]?.id);
    this.fillLegend(this.legend, isShared ? colours[0] : null, this.views);
    this.views.forEach((view, i) => this.fillLegend(view.legend, isShared ? null : colours[i], [view]));
  }

  fillLegend(place, colour, views) {
    if (!colour) {
      place.replaceChildren();
      place.dataset.drawn = "";
      return;
    }
    const { doubtful } = this.data.shown;
    const hidden = views[0].hidden;
    const drawn = `${colour.legend}${doubtful}${[...hidden]}`;
    if (place.dataset.drawn === drawn) return;
    place.dataset.drawn = drawn;
    const entries = colour.classes
      ? colour.classes.map((one, i) => this.legendButton(sign(one.symbol, one.colour), one.name, i, views))
      : colour.levels.length ? [this.legendScale(colour)] : [];
    if (colour.unknown && views.some((view) => view.hasUnknown)) {
      const last = colour.classes?.length ?? 1;
      entries.push(this.legendButton(sign("circle", colour.faint), colour.unknown, last, views));
    }
    if (doubtful) {
      const open = sign("circle", this.ink, true);
      entries.push(element("span", { class: "nf-legend-entry" }, open, "Open sign: place in doubt"));
    }
    place.replaceChildren(element("span", { class: "nf-legend-title" }, colour.title), ...entries);
  }

  legendButton(mark, name, group, views) {
    const isShown = !views[0].hidden.has(group);
    const label = element("span", { dir: "auto" }, name);
    const button = element("button", { type: "button", class: "nf-legend-entry", "aria-pressed": String(isShown) }, mark, label);
    button.title = isShown ? "Hide on the map" : "Show on the map";
    button.addEventListener("click", () => {
      for (const view of views) view.setHidden(group, isShown);
      this.draw();
      const again = [...this.root.querySelectorAll("button.nf-legend-entry")];
      again.find((other) => other.textContent === name)?.focus();
    });
    return button;
  }

  legendScale(colour) {
    const [low, high] = ends(colour);
    const bar = element("span", { class: "nf-scale" });
    bar.style.background = `linear-gradient(to right, ${SCALE_STOPS.map(([, stop]) => stop).join(",")})`;
    const ticks = element("span", { class: "nf-ticks" });
    for (const { at, text } of colour.ticks) {
      const share = (at - low) / (high - low);
      if (share < -0.01 || share > 1.01) continue;
      const tick = element("span", {}, text);
      tick.style.left = `${100 * Math.min(Math.max(share, 0), 1)}%`;
      ticks.append(tick);
    }
    return element("span", { class: "nf-legend-scale" }, bar, ticks);
  }

  textWidth(text, size) {
    this.measure.font = `600 ${size}px ${this.font}`;
    return this.measure.measureText(text).width;
  }

  remove() {
    clearTimeout(this.telling);
    clearInterval(this.showing);
    globalThis.removeEventListener("nearfield-layer", this.arrived);
    globalThis.removeEventListener("popstate", this.returned);
    this.views.forEach((view) => view.remove());
    this.box.remove();
  }
}

const mounted = new WeakMap();

globalThis.nearfieldMaps = {
  update(place, data, send) {
    if (!mounted.has(place)) mounted.set(place, new LinkedMaps(place));
    mounted.get(place).update(data, send);
  },
  remove(place) {
    mounted.get(place)?.remove();
    mounted.delete(place);
  },
};

export default function () {
  globalThis.dispatchEvent(new Event("nearfield-maps"));
}
