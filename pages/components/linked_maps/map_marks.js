// The layer above the points of a map, which changes often: names of regions and, on a small map, of artists; the chosen
// artist or a guest with the true nearest; and marked points. A change here does not redraw the points.

class MapMarks {
  constructor(view) {
    this.view = view;
    this.dots = element("canvas", { class: "nf-map-over", "aria-hidden": "true" });
    this.drawing = svg("svg", { class: "nf-map-over", "aria-hidden": "true" });
    this.layers = [this.dots, this.drawing];
  }

  paint() {
    this.paintDots();
    this.paintMarks();
  }

  paintDots() {
    const { view } = this;
    const { width, height } = view.size();
    const density = globalThis.devicePixelRatio || 1;
    const rows = view.owner.markedRows;
    view.frame.classList.toggle("nf-faint", Boolean(rows));
    const needed = rows ? [Math.round(width * density), Math.round(height * density)] : [0, 0];
    if (this.dots.width !== needed[0] || this.dots.height !== needed[1]) [this.dots.width, this.dots.height] = needed;
    if (!rows) return;
    const canvas = this.dots.getContext("2d");
    canvas.setTransform(density, 0, 0, density, 0, 0);
    canvas.clearRect(0, 0, width, height);
    canvas.lineWidth = 0.8;
    canvas.strokeStyle = view.owner.paper;
    const size = pointSize(Math.min(view.count, 4 * rows.length)) / 2 + 0.6;
    const shapes = this.signsAt(size);
    for (const row of rows) {
      const place = view.pixelOf(row);
      if (!place || place[0] < -9 || place[1] < -9 || place[0] > width + 9 || place[1] > height + 9) continue;
      canvas.setTransform(density, 0, 0, density, place[0] * density, place[1] * density);
      canvas.fillStyle = colourOf(view.colour, row);
      const shape = shapes[view.colour.classes?.[view.colour.codes[row]]?.symbol] ?? shapes.circle;
      canvas.fill(shape);
      canvas.stroke(shape);
    }
  }

  signsAt(size) {
    const scaled = {};
    for (const [name, path] of Object.entries(SIGNS)) {
      scaled[name] = new Path2D();
      scaled[name].addPath(new Path2D(path), new DOMMatrix().scale(size));
    }
    return scaled;
  }

  paintMarks() {
    const { view } = this;
    const { owner, data } = view;
    this.drawing.replaceChildren();
    this.taken = this.covered();
    const { guest } = data;
    const centre = guest ? view.pixel(guest.x, guest.y) : owner.data.artist === null ? null : view.pixelOf(owner.data.artist);
    if (centre) {
      const near = data.nearest.map((row) => [row, view.pixelOf(row)]).filter(([, place]) => place);
      const most = Math.max(...(data.weights ?? []));
      for (const [row, [x, y]] of near) {
        const line = svg("line", { class: "nf-near-line", x1: centre[0], y1: centre[1], x2: x, y2: y });
        if (data.weights) line.style.strokeWidth = 0.6 + (2.4 * data.weights[data.nearest.indexOf(row)]) / most;
        this.drawing.append(line);
      }
      for (const [, [x, y]] of near) this.drawing.append(svg("circle", { class: "nf-near", cx: x, cy: y, r: 5.5 }));
      const star = svg("path", { class: "nf-chosen", d: SIGNS.star, transform: `translate(${centre}) scale(${9 * textScale()})` });
      this.drawing.append(star);
      this.label(guest ? guest.name : this.name(owner.data.artist), centre, "nf-label nf-label-chosen", 13, true);
      for (const [row, place] of near) this.label(this.name(row), place, "nf-label nf-label-near", 12);
    }
    for (const i of view.crowds) this.crowd(view.pixel(view.x[i], view.y[i]), view.points.here[i]);
    if (owner.data.shown.regions) {
      for (const region of data.regions) this.label(region.name, view.pixel(region.x, region.y), "nf-label nf-label-region", 13);
    }
    if (view.count <= NAMED_POINTS) {
      const named = new Set([owner.data.artist, ...data.nearest]);
      for (const row of view.drawnRows()) {
        if (!named.has(row)) this.label(this.name(row), view.pixelOf(row), "nf-label nf-label-name", 12);
      }
    }
    const pointed = owner.pointed === null ? null : view.pixelOf(owner.pointed);
    if (pointed) this.drawing.append(svg("circle", { class: "nf-pointed", cx: pointed[0], cy: pointed[1], r: 9 }));
  }

  // What lies over the map, such as the tools or a search box: nothing is written below it.
  covered() {
    const { owner, frame } = this.view;
    const own = frame.getBoundingClientRect();
    return [owner.tools, ...(owner.data.over ? document.querySelectorAll(owner.data.over) : [])]
      .map((element) => element.getBoundingClientRect())
      .filter((box) => box.left < own.right && box.right > own.left && box.top < own.bottom && box.bottom > own.top)
      .map((box) => [box.left - own.left, box.top - own.top, box.right - own.left, box.bottom - own.top]);
  }

  // A ring around a place that many artists share, larger for more, and their number.
  crowd([x, y], count) {
    const radius = 5 + 1.5 * Math.log2(count);
    this.drawing.append(svg("circle", { class: "nf-crowd", cx: x, cy: y, r: radius }));
    this.label(`${count.toLocaleString("en")} here`, [x, y + radius], "nf-label nf-label-crowd", 11);
  }

  name(row) {
    const name = this.view.names.names[row] ?? this.view.data.apart?.[row]?.[2] ?? "";
    return name.length > 28 ? `${[...name].slice(0, 27).join("")}…` : name;
  }

  // Draws a text at a place unless it would cover another or be covered. Names of regions are centred on the place, or
  // begin or end near it, and others stand beside it.
  label(text, [x, y], className, smallest, isNeeded = false) {
    const scale = textScale();
    const size = smallest * scale;
    const { width, height } = this.view.size();
    if (x < 0 || y < 0 || x > width || y > height) return;
    const length = this.view.owner.textWidth(text, size);
    const isRegion = className.includes("region");
    const half = size * 0.75;
    const tries = isRegion
      ? [0.5, 0.15, 0.85].flatMap((share) => [0, -20, 20].map((shift) => [x - share * length, y + shift * scale]))
      : [[x + 10, y], [x - 10 - length, y], [x - length / 2, y - 16 * scale], [x - length / 2, y + 16 * scale]];
    const boxes = tries.map(([left, middle]) => {
      const kept = isRegion ? Math.min(Math.max(left, 4), Math.max(width - length - 4, 4)) : left;
      return [kept, middle - half, kept + length, middle + half];
    });
    const free = boxes.find((box) => this.isFree(box, width, height)) ?? (isNeeded ? boxes[0] : null);
    if (!free) return;
    this.taken.push(free);
    const made = svg("text", { class: className, x: free[0], y: (free[1] + free[3]) / 2, "font-size": size });
    made.textContent = text;
    this.drawing.append(made);
  }

  isFree([left, top, right, bottom], width, height) {
    if (left < 0 || top < 0 || right > width || bottom > height) return false;
    return this.taken.every((other) => left > other[2] + 3 || right < other[0] - 3 || top > other[3] || bottom < other[1]);
  }
}
