// One map: the points and the density, drawn by Plotly, the part that is in view, and the marks on top.

const STILL_PX = 4;
const LEAST_CROWD = 20;
const MOST_CROWDS = 12;
const ASKED_BELOW = 0.4; // of the width of a part with more artists than were sent

class MapView {
  constructor(owner, place) {
    this.owner = owner;
    this.title = element("h2", { class: "nf-map-title" });
    this.said = element("p", { class: "nf-map-said" });
    this.details = element("p", {});
    this.more = element("details", { class: "nf-map-more" }, element("summary", {}, "About this map"), this.details);
    this.plot = element("div", { class: "nf-map-plot" });
    this.marks = new MapMarks(this);
    this.waiting = element("p", { class: "nf-map-waiting" }, "Loading the map …");
    this.frame = element("div", { class: "nf-map-frame", tabindex: "0", role: "group" });
    this.frame.append(this.plot, ...this.marks.layers, this.waiting);
    this.legend = element("div", { class: "nf-map-legend" });
    this.root = element("figure", { class: "nf-map" }, element("figcaption", {}, this.title, this.said, this.more), this.frame, this.legend);
    this.shownRows = new Map(); // row of an artist -> place in the layer of points
    this.hidden = new Set();
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.frame);
    this.frame.addEventListener("pointerdown", (event) => this.press(event), { capture: true });
    this.frame.addEventListener("click", (event) => this.release(event), { capture: true });
    this.frame.addEventListener("keydown", (event) => this.onKey(event));
    this.frame.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    place.append(this.root);
  }

  describe(data) {
    this.data = data;
    this.title.textContent = data.title;
    this.said.textContent = data.said;
    this.details.textContent = data.details;
    this.more.hidden = !data.details;
    this.frame.setAttribute("aria-label", `${data.alt}. Arrow keys move, plus and minus zoom, 0 shows everything.`);
  }

  // ---- points ------------------------------------------------------------------------------------------------------

  draw(points, colour, names) {
    if (this.legendOf !== colour.legend) {
      // With other classes the old hidden ones mean nothing. A second map hides the same classes as the first.
      const [first] = this.owner.views;
      this.hidden = new Set(first.legendOf === colour.legend ? first.hidden : this.hiddenAtFirst(colour));
      this.legendOf = colour.legend;
    }
    const drawn = [points.id, this.data.map, colour.id, this.owner.theme, JSON.stringify(this.owner.data.shown), [...this.hidden]].join("|");
    this.points = points;
    this.colour = colour;
    this.names = names;
    if (drawn === this.drawn) return this.paint();
    this.drawn = drawn;
    if (this.indexed !== points.id) this.index(points);
    if (this.placed !== this.data.map) this.place();
    const traces = this.traces();
    this.frame.dataset.ready = "";
    globalThis.Plotly.react(this.plot, traces, this.layout(), {
      displayModeBar: false, scrollZoom: false, doubleClick: false, responsive: false, showTips: false,
    }).then(() => {
      if (!this.root.isConnected) return;
      this.waiting.hidden = true;
      this.listen();
      this.paint();
      Object.assign(this.frame.dataset, { points: points.rows.length, colour: colour.id, ready: drawn });
    });
  }

  index(points) {
    this.indexed = points.id;
    this.shownRows = new Map();
    points.rows.forEach((row, i) => this.shownRows.set(row, i));
    this.x = Float32Array.from(points.x, (step) => step * points.scale);
    this.y = Float32Array.from(points.y, (step) => step * points.scale);
    const ends = (points.spread ?? [this.x, this.y]).map((places) => this.reach(places));
    this.home = ends.map(({ crowd }) => crowd);
    this.extent = ends.map(({ all }) => all);
    this.count = points.rows.length;
    this.crowds = this.findCrowds();
  }

  // The places that many artists share, since their vectors are equal: the first artist of each, most artists first.
  findCrowds() {
    const { here, x, y } = this.points;
    const firsts = new Map();
    here.forEach((count, i) => count >= LEAST_CROWD && !firsts.has(`${x[i]},${y[i]}`) && firsts.set(`${x[i]},${y[i]}`, i));
    return [...firsts.values()].sort((a, b) => here[b] - here[a]).slice(0, MOST_CROWDS);
  }

  // Start with the last view of this map, or with the view of a link or a step back.
  place() {
    this.placed = this.data.map;
    const asked = partInAddress(this.placed, this.extent);
    this.part = this.owner.isReturning ? asked : (lastParts.get(this.placed) ?? asked);
    lastParts.set(this.placed, this.part);
  }

  hiddenAtFirst(colour) {
    const number = this.owner.views.indexOf(this);
    if (this.legendOf && !this.owner.isReturning) return [];
    const last = this.owner.isReturning ? null : lastHidden.get(`${number}.${colour.legend}`);
    return last ?? hiddenInAddress(number, colour);
  }

  // The range of an axis for all artists, and for most of them: UMAP places some far out, and a map of everybody would start
  // too small to read.
  reach(values) {
    const sorted = Float32Array.from(values).sort();
    if (!sorted.length) return { all: [-1, 1], crowd: [-1, 1] };
    const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
    const isScattered = at(0.99) - at(0.01) > 2 * (at(0.9) - at(0.1));
    const [low, high] = isScattered ? [at(0.05), at(0.95)] : [at(0.01), at(0.99)];
    const room = 0.12 * (high - low) + 0.5;
    const all = [sorted[0] - 0.5, sorted.at(-1) + 0.5];
    return { all, crowd: [Math.max(low - room, all[0]), Math.min(high + room, all[1])] };
  }

  // A trace for each class, or one for all numbers, with reliable and doubtful places apart and unknown first.
  traces() {
    const { points, colour, owner } = this;
    const classes = colour.classes?.length ?? 1;
    const groups = Array.from({ length: 2 * (classes + 1) }, () => []);
    const kinds = kindsOf(colour);
    for (let i = 0; i < points.rows.length; i++) {
      const code = colour.codes[points.rows[i]];
      const group = code >= kinds ? classes : colour.classes ? code : 0;
      groups[2 * group + (owner.data.shown.doubtful ? points.doubtful[i] : 0)].push(i);
    }
    this.hasUnknown = groups[2 * classes].length + groups[2 * classes + 1].length > 0;
    const size = pointSize(this.count);
    const order = [classes, ...Array.from({ length: classes }, (_, i) => i)];
    const traces = [];
    this.members = [];
    for (const group of order) {
      for (const isDoubtful of [0, 1]) {
        const members = groups[2 * group + isDoubtful];
        if (!members.length || this.hidden.has(group)) continue;
        traces.push(this.trace(members, group === classes ? null : group, isDoubtful, size));
        this.members.push(members);
      }
    }
    // Without a trace Plotly draws no axes.
    if (!traces.length) { traces.push({ type: "scattergl", mode: "markers", x: [null], y: [null], hoverinfo: "none" }); this.members.push([]); }
    return owner.data.shown.density ? [...traces, this.density()] : traces;
  }

  trace(members, group, isDoubtful, size) {
    const { colour } = this;
    const marker = { size: group === null ? size * 0.8 : size, opacity: group === null ? 0.45 : 0.8 };
    let symbol = "circle";
    if (group === null) marker.color = colour.faint;
    else if (colour.classes) {
      marker.color = colour.classes[group].colour;
      symbol = colour.classes[group].symbol;
    } else {
      marker.color = Float32Array.from(members, (i) => colour.levels[colour.codes[this.points.rows[i]]]);
      [marker.cmin, marker.cmax] = ends(colour);
      marker.colorscale = SCALE_STOPS;
    }
    marker.symbol = isDoubtful ? `${symbol}-open` : symbol;
    const same = { marker: { opacity: marker.opacity } };
    return {
      type: "scattergl", mode: "markers", hoverinfo: "none", marker, selected: same, unselected: same, showlegend: false,
      x: Float32Array.from(members, (i) => this.x[i]), y: Float32Array.from(members, (i) => this.y[i]),
    };
  }

  density() {
    const { points, owner } = this;
    const z = Array.from({ length: points.cells }, (_, i) => points.crowd.subarray(i * points.cells, (i + 1) * points.cells));
    const shades = [0, 0.35, 1].map((place, i) => [place, withAlpha(owner.ink, [0, 0.04, 0.16][i])]);
    return {
      type: "contour", z, x0: points.first, dx: points.cell, y0: points.first, dy: points.cell, hoverinfo: "skip",
      showscale: false, colorscale: shades, zmin: 0, zmax: 255, line: { width: 0.6, smoothing: 0.6 },
      contours: { start: 40, end: 240, size: 28, coloring: "fill", showlines: false },
    };
  }

  layout() {
    const axis = { visible: false, fixedrange: false, zeroline: false };
    const [across, up] = this.ranges();
    return {
      margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      xaxis: { ...axis, range: across }, yaxis: { ...axis, range: up, scaleanchor: "x" },
      ...this.size(), showlegend: false, hovermode: "closest",
      dragmode: this.owner.tool, selections: [], hoverdistance: 12,
      newselection: { line: { color: this.owner.ink, width: 1.5 } },
    };
  }

  listen() {
    if (this.isHeard) return;
    this.isHeard = true;
    const row = (event) => {
      const point = event?.points?.find((found) => this.members[found.curveNumber]);
      return point === undefined ? null : this.points.rows[this.members[point.curveNumber][point.pointNumber]];
    };
    this.plot.on("plotly_click", (event) => {
      this.pressed = null;
      if (row(event) !== null) this.owner.choose(row(event));
    });
    this.plot.on("plotly_hover", (event) => this.owner.hover(row(event), this, event.event));
    this.plot.on("plotly_unhover", () => this.owner.hover(null, this));
    this.plot.on("plotly_doubleclick", () => this.showAll());
    this.plot.on("plotly_selected", (event) => event && this.select(event));
    for (const moved of ["plotly_relayouting", "plotly_relayout", "plotly_afterplot"]) this.plot.on(moved, () => this.paint());
    // Only a visitor's move sets a single end of an axis.
    this.plot.on("plotly_relayout", (event) => {
      if ("xaxis.range[0]" in event || "yaxis.range[0]" in event) this.keep(this.axes.map(({ range }) => [...range]));
    });
  }

  // On a busy machine Plotly can lose a click on a point that it has just drawn, so choose the point under the pointer.
  press({ clientX, clientY }) {
    this.pressed = { row: this.owner.pointed, at: [clientX, clientY] };
  }

  release({ clientX, clientY }) {
    const { row, at } = this.pressed ?? { row: null };
    this.pressed = null;
    if (row !== null && Math.hypot(clientX - at[0], clientY - at[1]) < STILL_PX) this.owner.choose(row);
  }

  select(event) {
    if (!event.range && !event.lassoPoints) return;
    const rows = event.points
      .filter((point) => this.members[point.curveNumber]?.length)
      .map((point) => this.points.rows[this.members[point.curveNumber][point.pointNumber]]);
    globalThis.Plotly.relayout(this.plot, { selections: [] });
    this.owner.select(rows);
  }

  setHidden(group, isHidden) {
    isHidden ? this.hidden.add(group) : this.hidden.delete(group);
    lastHidden.set(`${this.owner.views.indexOf(this)}.${this.colour.legend}`, [...this.hidden]);
  }

  className(group) {
    return this.colour.classes?.[group]?.name ?? this.colour.unknown;
  }

  // ---- moving ------------------------------------------------------------------------------------------------------

  get axes() {
    const layout = this.plot._fullLayout;
    return layout?.xaxis && layout?.yaxis ? [layout.xaxis, layout.yaxis] : null;
  }

  // The ranges of the axes in the current frame: they contain the whole requested part, whatever shape the frame had.
  ranges() {
    const { width, height } = this.size();
    return fitted(this.part ?? this.firstSeen(), Math.max(width, 1), Math.max(height, 1));
  }

  // The view before anybody moves: most artists, and a guest with its nearest wherever they are.
  firstSeen() {
    const { guest, nearest } = this.data;
    if (!guest) return this.home;
    const places = nearest.map((row) => this.placeOf(row)).filter(Boolean);
    return this.home.map(([low, high], axis) => {
      const values = [axis ? guest.y : guest.x, ...places.map((place) => place[axis])];
      return [Math.min(low, ...values.map((value) => value - 1)), Math.max(high, ...values.map((value) => value + 1))];
    });
  }

  // Whether there are artists in view who were not sent: beyond the part that was asked for, or among too many.
  lacks() {
    const { part } = this.points;
    if (!part || !this.axes) return false;
    const seen = this.ranges().map(([low, high], i) => [Math.max(low, this.extent[i][0]), Math.min(high, this.extent[i][1])]);
    const isInside = seen.every(([low, high], i) => low >= part.box[i][0] && high <= part.box[i][1]);
    const widest = (box) => Math.max(...box.map(([low, high]) => high - low));
    return !isInside || (!part.complete && widest(seen) < ASKED_BELOW * widest(part.box));
  }

  size() {
    return { width: this.frame.clientWidth, height: this.frame.clientHeight };
  }

  keep(box) {
    this.part = rounded(box);
    lastParts.set(this.placed, this.part);
    this.owner.tell();
  }

  // Show a box of the map, or the first view.
  show(box) {
    this.part = box;
    if (!this.axes) return;
    const [across, up] = this.ranges();
    globalThis.Plotly.relayout(this.plot, { ...this.size(), "xaxis.range": across, "yaxis.range": up });
  }

  move(across, up, factor = 1, at = [0.5, 0.5]) {
    if (!this.axes) return;
    const ranges = this.axes.map(({ range: [low, high] }, i) => {
      const shift = (i ? up : across) * (high - low);
      const still = low + at[i] * (high - low);
      return [still + (low - still) * factor + shift, still + (high - still) * factor + shift];
    });
    this.show(rounded(ranges));
    this.keep(ranges);
  }

  showAll() {
    if (!this.axes) return;
    this.show(rounded(this.extent));
    this.keep(this.extent);
  }

  // After a step back, show the view in the address.
  showAddressed() {
    const asked = partInAddress(this.placed, this.extent);
    lastParts.set(this.placed, asked);
    this.hidden = new Set(hiddenInAddress(this.owner.views.indexOf(this), this.colour));
    if (JSON.stringify(asked) !== JSON.stringify(this.part)) this.show(asked);
  }

  onKey(event) {
    const moves = {
      ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, 0.15], ArrowDown: [0, -0.15],
      "+": [0, 0, 0.75], "=": [0, 0, 0.75], "-": [0, 0, 1 / 0.75],
    };
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.frame) return;
    if (event.key === "0") this.showAll();
    else if (moves[event.key]) this.move(...moves[event.key]);
    else return;
    event.preventDefault();
  }

  // Zoom only with Ctrl or Cmd, as on most maps, since the wheel alone scrolls the page.
  onWheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = this.frame.getBoundingClientRect();
    const at = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
    this.move(0, 0, Math.exp(Math.sign(event.deltaY) * 0.18), at);
  }

  fit() {
    const { width, height } = this.size();
    if (!this.axes || !width) return;
    const { width: drawnWidth, height: drawnHeight } = this.plot._fullLayout;
    if (width !== drawnWidth || height !== drawnHeight) this.show(this.part);
  }

  // ---- marks on top ------------------------------------------------------------------------------------------------

  pixel(x, y) {
    const [across, up] = this.axes;
    const share = ({ range: [low, high] }, value) => (value - low) / (high - low);
    return [across._offset + share(across, x) * across._length, up._offset + (1 - share(up, y)) * up._length];
  }

  // The artists whose class is not hidden.
  drawnRows() {
    return this.members.flatMap((members) => members.map((i) => this.points.rows[i]));
  }

  // An artist to whom lines lead has a place even where not all points were sent.
  placeOf(row) {
    const i = this.shownRows.get(row);
    return i === undefined ? (this.data.apart?.[row]?.slice(0, 2) ?? null) : [this.x[i], this.y[i]];
  }

  pixelOf(row) {
    const place = this.placeOf(row);
    return place && this.pixel(...place);
  }

  paint() {
    if (!this.axes || !this.points) return;
    this.marks.paint();
    this.frame.dataset.artist = this.owner.data.artist ?? "";
  }

  remove() {
    this.resized.disconnect();
    if (this.axes) globalThis.Plotly.purge(this.plot);
    this.root.remove();
  }
}
