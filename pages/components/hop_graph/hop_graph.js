// Draws the graph with vis-network, which the same script defines as globalThis.vis (see component.py).

const DOUBLE_CLICK_MS = 220;
const SETTLING_STEPS = 45; // enough for new artists, while the others keep their places
const ARRANGING_STEPS = 200;
const KEYS = { p: "play", k: "keep", w: "why", a: "avoid" };
const remembered = new Map(); // component key -> positions, so that nothing moves when a visitor leaves the page and comes back

// Restores the fields that Python left out to save space (see Drawing.as_dict in core/graph/drawing.py).
const unpacked = (data) => {
  const nodes = data.nodes.map((node) => {
    const name = node.name ?? node.label;
    return { ...node, spoken: `${name}: ${node.facts}`, title: `${name}\n${node.facts.replaceAll(", ", "\n")}` };
  });
  const edges = data.edges.map(({ ends: [one, other], kind, about }) => {
    const [from, to] = [nodes[one].id, nodes[other].id];
    return { id: JSON.stringify([from, to, kind]), from, to, kind, title: about };
  });
  const predicted = new Set(edges.filter(({ kind }) => kind === "predicted").flatMap(({ from, to }) => [from, to]));
  for (const node of nodes) node.predicted = predicted.has(node.id);
  return { ...data, nodes, edges };
};

class Graph {
  constructor(root) {
    this.root = root;
    this.box = element("div", { class: "hop-graph" });
    this.frame = element("div", { class: "hop-frame" });
    this.canvas = element("div", { class: "hop-canvas", "aria-hidden": "true" });
    this.list = element("ul", { class: "hop-list", role: "listbox", tabindex: "0" });
    this.tools = element("div", { class: "hop-tools", role: "group", "aria-label": "View of the graph" });
    this.status = element("div", { class: "hop-status", role: "status", "aria-live": "polite" });
    this.legend = element("div", { class: "hop-legends", role: "group", "aria-label": "Legend" });
    this.actions = new ActionBar((kind) => this.active && this.emit(kind, this.active));
    this.frame.append(this.canvas, this.list);
    this.box.append(this.tools, this.frame, this.actions.box, this.legend, this.status);
    root.append(this.box);
    this.nonce = Date.now();
    this.active = null;
    this.hovered = null;
    this.data = null;
    this.addTools();
    this.list.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("focus", () => this.activate(this.active ?? this.data.nodes[0]?.id));
  }

  // ---- data from Streamlit -----------------------------------------------------------------------------

  update(data, send) {
    this.send = send;
    const sent = JSON.stringify(data);
    const isNew = sent !== this.sent;
    this.sent = sent;
    this.data = unpacked(data);
    this.canvas.style.height = `var(--nf-canvas-height, ${data.height}px)`;
    this.list.setAttribute("aria-label", data.label);
    if (isNew) {
      this.fillList();
      this.status.textContent = `${data.nodes.length} artists, ${data.edges.length} links.`;
    }
    this.legend.replaceChildren(...legendItems(data.legend, themeOf(this.root)));
    this.actions.show(this.node(this.active), data.actions);
    if (this.network) this.redraw();
    else this.draw();
  }

  destroy() {
    this.gone = true;
    clearTimeout(this.pendingClick);
    this.remember();
    this.network?.destroy();
    this.box.remove();
  }

  node(id) {
    return this.data.nodes.find((node) => node.id === id) ?? null;
  }

  emit(kind, id) {
    if (!this.data.actions.includes(kind)) return;
    this.nonce += 1;
    this.send("chosen", { kind, artist_id: id, nonce: this.nonce });
  }

  // ---- drawing -----------------------------------------------------------------------------------------

  options() {
    const { text } = themeOf(this.root);
    return {
      autoResize: true,
      layout: { randomSeed: 7, improvedLayout: this.data.nodes.length < 150 },
      interaction: {
        hover: true, keyboard: false, zoomView: false, tooltipDelay: 150, selectConnectedEdges: false,
      },
      nodes: { borderWidth: 1.5, borderWidthSelected: 5, color: { border: text } },
      edges: { smooth: false, hoverWidth: 1.5, selectionWidth: 0 }, // the colour stays, since it encodes the kind of link
      physics: {
        solver: "forceAtlas2Based",
        forceAtlas2Based: { gravitationalConstant: -70, springLength: 95, avoidOverlap: 0.5 },
        stabilization: { enabled: true, iterations: 250, fit: true },
      },
    };
  }

  visNode(node) {
    const { text, accent } = themeOf(this.root);
    return {
      id: node.id, ...(node.at ? { x: node.at[0], y: node.at[1] } : {}),
      shape: node.shape, size: node.size * grown(this.scale()), title: this.tooltip(node.title),
      color: {
        background: node.colour, border: text,
        highlight: { background: node.colour, border: accent },
        hover: { background: node.colour, border: accent },
      },
    };
  }

  visEdge(edge) {
    const encoding = this.data.encodings[edge.kind];
    const colour = colourOf(encoding, themeOf(this.root));
    return {
      id: edge.id, from: edge.from, to: edge.to, title: this.tooltip(edge.title), ...this.lineOf(encoding),
      color: { color: colour, highlight: colour, hover: colour },
    };
  }

  // Lines keep their width on the screen, so that kinds of link are distinguishable at any zoom.
  lineOf({ width, dashes }) {
    const scale = this.scale();
    return { width: width / scale, dashes: dashes.length ? dashes.map((part) => part / scale) : false };
  }

  scale() {
    return this.network?.getScale() ?? 1;
  }

  sharpen() {
    if (this.sharpened === this.scale()) return;
    this.sharpened = this.scale();
    const size = grown(this.scale());
    this.nodes.update(this.data.nodes.map((node) => ({ id: node.id, size: node.size * size })));
    this.edges.update(this.data.edges.map((edge) => ({ id: edge.id, ...this.lineOf(this.data.encodings[edge.kind]) })));
  }

  tooltip(text) {
    return element("div", { dir: "auto" }, text);
  }

  draw() {
    const known = Object.assign(Object.create(null), remembered.get(this.data.key));
    const nodes = this.data.nodes.map((node) => ({ ...this.visNode(node), ...(node.at ? {} : known[node.id]) }));
    this.nodes = new globalThis.vis.DataSet(nodes);
    this.edges = new globalThis.vis.DataSet(this.data.edges.map((edge) => this.visEdge(edge)));
    const options = this.options();
    const settled = this.data.nodes.length > 0 && this.data.nodes.every((node) => known[node.id] || node.at);
    if (settled) options.physics = false;
    this.centre = this.data.nodes[0]?.id;
    this.appliedTheme = JSON.stringify(themeOf(this.root));
    this.network = new globalThis.vis.Network(this.canvas, { nodes: this.nodes, edges: this.edges }, options);
    this.network.once("stabilizationIterationsDone", () => this.settle());
    if (settled) this.network.once("afterDrawing", () => this.settle());
    if (this.active) this.activate(this.active);
    this.network.on("click", ({ nodes: [id] }) => this.onClick(id));
    this.network.on("doubleClick", ({ nodes: [id] }) => this.onDoubleClick(id));
    this.network.on("hoverNode", ({ node }) => this.hover(node));
    this.network.on("blurNode", () => this.hover(null));
    this.network.on("afterDrawing", (context) => this.name(context));
    this.network.on("dragEnd", () => this.remember());
    this.network.on("resize", () => this.showAll());
    for (const stop of this.canvas.querySelectorAll("[tabindex]")) stop.tabIndex = -1;
    this.canvas.hopGraph = this;
  }

  redraw() {
    const here = this.network.getPositions();
    const wanted = new Set(this.data.nodes.map((node) => node.id));
    const centre = this.data.nodes[0]?.id;
    this.hideTooltip();
    const added = this.data.nodes.filter((node) => !Object.hasOwn(here, node.id) && !node.at);
    const hold = added.length > 0 && centre === this.centre; // if the centre is the same, only new artists may move
    this.centre = centre;
    this.applyTheme();
    this.nodes.remove(Object.keys(here).filter((id) => !wanted.has(id)));
    const fixed = { x: hold, y: hold };
    this.nodes.update(
      this.data.nodes.map((node) => ({
        ...this.visNode(node),
        ...(Object.hasOwn(here, node.id) || node.at ? { fixed } : this.besideNeighbour(node.id, here)),
      })),
    );
    const edges = new Set(this.data.edges.map((edge) => edge.id));
    this.edges.remove(this.edges.getIds().filter((id) => !edges.has(id)));
    this.edges.update(this.data.edges.map((edge) => this.visEdge(edge)));
    if (added.length) this.arrange(SETTLING_STEPS);
    else if (this.data.nodes.some((node) => node.at)) this.settle();
    if (this.active && wanted.has(this.active)) this.network.selectNodes([this.active], false);
    else this.choose(null);
  }

  // Setting options redraws every artist and link, so do it only if the colours have changed.
  applyTheme() {
    const theme = JSON.stringify(themeOf(this.root));
    if (theme !== this.appliedTheme) this.network.setOptions({ ...this.options(), physics: false });
    this.appliedTheme = theme;
  }

  // New artists start near an artist that they are linked to, always in the same direction.
  besideNeighbour(id, here) {
    const link = this.data.edges.find(
      (edge) => (edge.from === id && Object.hasOwn(here, edge.to)) || (edge.to === id && Object.hasOwn(here, edge.from)),
    );
    const start = link ? here[link.from === id ? link.to : link.from] : { x: 0, y: 0 };
    const angle = angleOf(id);
    return { x: start.x + 110 * Math.cos(angle), y: start.y + 110 * Math.sin(angle) };
  }

  rearrange() {
    if (this.data.nodes.some((node) => node.at)) this.redraw();
    else this.arrange(ARRANGING_STEPS);
  }

  arrange(steps) {
    this.network.setOptions({ physics: this.options().physics });
    this.network.once("stabilizationIterationsDone", () => {
      const fixed = { x: false, y: false };
      this.nodes.update(this.nodes.getIds().map((id) => ({ id, fixed })));
      this.settle();
    });
    this.network.stabilize(steps);
  }

  settle() {
    if (this.gone) return;
    this.network.setOptions({ physics: false });
    this.showAll();
    this.remember();
    this.canvas.dataset.settled = String(this.data.nodes.length);
  }

  remember() {
    if (this.network) remembered.set(this.data.key, this.network.getPositions());
  }

  hover(id) {
    this.hovered = id;
    this.canvas.style.cursor = id ? "pointer" : "";
  }

  name(context) {
    const { clientWidth, clientHeight } = this.canvas;
    const scale = this.network.getScale();
    const places = this.network.getPositions();
    const spots = [];
    for (const node of this.data.nodes) {
      if (!places[node.id]) continue;
      const { x, y } = this.network.canvasToDOM(places[node.id]);
      if (x < -50 || y < -50 || x > clientWidth + 50 || y > clientHeight + 50) continue;
      const label = labelOf(node);
      if (node.id === this.active) label.weight = ALWAYS + 1;
      if (node.id === this.hovered) label.weight = ALWAYS + 2;
      spots.push({ ...label, x, y, radius: node.size * scale * grown(scale) });
    }
    drawLabels(context, spots, themeOf(this.root), context.canvas.width / clientWidth);
  }

  // ---- mouse and keyboard ------------------------------------------------------------------------------

  onClick(id) {
    clearTimeout(this.pendingClick);
    if (id === undefined) return;
    this.list.focus({ preventScroll: true });
    this.activate(id);
    this.pendingClick = setTimeout(() => this.emit("expand", id), DOUBLE_CLICK_MS);
  }

  onDoubleClick(id) {
    clearTimeout(this.pendingClick);
    if (id !== undefined) this.emit("recentre", id);
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ids = this.data.nodes.map((node) => node.id);
    const at = ids.indexOf(this.active);
    const moves = {
      ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: ids.length - 1,
    };
    if (event.key in moves) this.activate(ids[Math.max(0, Math.min(ids.length - 1, moves[event.key]))]);
    else if (event.key === "Enter" && this.active) this.emit(event.shiftKey ? "recentre" : "expand", this.active);
    else if (event.key.toLowerCase() in KEYS && this.active) this.press(KEYS[event.key.toLowerCase()]);
    else if (event.key === "+" || event.key === "=") this.zoom(1.25);
    else if (event.key === "-") this.zoom(0.8);
    else if (event.key === "0") this.showAll();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // A key does only what the bar offers for the chosen artist.
  press(kind) {
    const [, , , isOffered] = ACTIONS.find(([name]) => name === kind);
    const node = this.node(this.active);
    if (node && isOffered(node) && !(kind === "keep" && node.kept)) this.emit(kind, node.id);
  }

  choose(id) {
    this.active = id;
    this.actions.show(this.node(id), this.data.actions);
  }

  activate(id) {
    if (id === undefined || id === null) return;
    this.choose(id);
    for (const item of this.list.children) {
      item.setAttribute("aria-selected", String(item.dataset.id === id));
      if (item.dataset.id === id) {
        this.list.setAttribute("aria-activedescendant", item.id);
        this.status.textContent = item.textContent;
      }
    }
    if (!this.network || !this.nodes.get(id)) return;
    this.network.selectNodes([id], false);
    const { x, y } = this.network.canvasToDOM(this.network.getPosition(id));
    const { clientWidth, clientHeight } = this.canvas;
    if (x < 20 || y < 20 || x > clientWidth - 20 || y > clientHeight - 20) {
      this.network.moveTo({ position: this.network.getPosition(id) });
    }
  }

  // vis-network fits the shapes into the frame; zooming out by a tenth leaves room for labels.
  showAll() {
    if (!this.network) return;
    this.network.fit({ animation: false, maxZoomLevel: 1.6 });
    this.zoom(0.9);
  }

  hideTooltip() {
    const tooltip = this.canvas.querySelector(".vis-tooltip");
    if (tooltip) tooltip.style.visibility = "hidden";
  }

  zoom(factor) {
    if (!this.network) return;
    this.network.moveTo({ scale: Math.min(4, Math.max(0.1, this.network.getScale() * factor)) });
    this.sharpen();
  }

  // ---- the parts around the drawing --------------------------------------------------------------------

  addTools() {
    for (const [sign, name, act] of [
      ["+", "Zoom in", () => this.zoom(1.25)],
      ["−", "Zoom out", () => this.zoom(0.8)],
      ["⤢", "Show the whole graph", () => this.showAll()],
      ["⟳", "Arrange anew", () => this.network && this.rearrange()],
      ["PNG", "Save as PNG", () => this.save("png")],
      ["SVG", "Save as SVG", () => this.save("svg")],
    ]) {
      const button = element("button", { type: "button", "aria-label": name, title: name }, sign);
      button.addEventListener("click", act);
      this.tools.append(button);
    }
  }

  async save(kind) {
    if (!this.network) return;
    const drawn = svgOf(this.data, this.network.getPositions(), this.network.getScale(), themeOf(this.root));
    const name = `${this.data.file}.${kind}`;
    try {
      save(kind === "svg" ? new Blob([drawn.text], { type: "image/svg+xml" }) : await pngOf(drawn), name);
      this.status.textContent = `Saved as ${name}.`;
    } catch (error) {
      this.status.textContent = `The picture could not be saved (${error.message}). Try the other format.`;
    }
  }

  fillList() {
    this.list.replaceChildren(
      ...this.data.nodes.map((node, place) => {
        const item = element("li", { id: `hop-${place}`, role: "option", dir: "auto" }, node.spoken);
        item.dataset.id = node.id;
        item.setAttribute("aria-selected", String(node.id === this.active));
        return item;
      }),
    );
    this.list.removeAttribute("aria-activedescendant");
  }
}

globalThis.nearfieldHopGraph = Graph;
globalThis.dispatchEvent(new Event("nearfield-hop-graph"));
