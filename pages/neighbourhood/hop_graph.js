// Draws the graph with vis-network, which another component has put in globalThis.vis (see hop_graph.py).
// Streamlit calls the default export at every change of data, size or theme; one Graph lives per mount.

const DOUBLE_CLICK_MS = 220;
const SETTLING_STEPS = 60; // enough for newcomers, while the others keep their places
const LIBRARY_WAIT_MS = 15000;
const SVG = "http://www.w3.org/2000/svg";
const graphs = new WeakMap();
const remembered = new Map(); // component key -> positions, so that leaving the page and coming back moves nothing

const element = (tag, attributes = {}, text = "") => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
};

const angleOf = (id) => {
  let hash = 2166136261;
  for (const character of id) hash = Math.imul(hash ^ character.codePointAt(0), 16777619);
  return ((hash >>> 0) / 2 ** 32) * 2 * Math.PI;
};

const library = () =>
  new Promise((resolve, reject) => {
    if (globalThis.vis?.Network) return resolve(globalThis.vis);
    const gaveUp = setTimeout(() => reject(new Error("the drawing library did not load")), LIBRARY_WAIT_MS);
    globalThis.addEventListener(
      "nearfield-vis-network",
      () => {
        clearTimeout(gaveUp);
        resolve(globalThis.vis);
      },
      { once: true },
    );
  });

class Graph {
  constructor(root) {
    this.root = root;
    this.box = element("div", { class: "hop-graph" });
    this.frame = element("div", { class: "hop-frame" });
    this.canvas = element("div", { class: "hop-canvas", "aria-hidden": "true" });
    this.list = element("ul", { class: "hop-list", role: "listbox", tabindex: "0" });
    this.tools = element("div", { class: "hop-tools", role: "group", "aria-label": "View of the graph" });
    this.status = element("div", { class: "hop-status", role: "status", "aria-live": "polite" });
    this.legend = element("ul", { class: "hop-legend", "aria-label": "Legend" });
    const hint = element(
      "p",
      { class: "hop-hint" },
      "Click an artist to expand, double-click to recentre. Keyboard: arrows, Enter, Shift+Enter.",
    );
    this.frame.append(this.canvas, this.list, this.tools);
    this.box.append(this.frame, this.legend, hint, this.status);
    root.append(this.box);
    this.nonce = Date.now();
    this.active = null;
    this.data = null;
    this.addTools();
    this.list.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("focus", () => this.activate(this.active ?? this.data.nodes[0]?.id));
  }

  // ---- what Streamlit tells us -------------------------------------------------------------------------

  update(data, send) {
    this.send = send;
    const before = JSON.stringify(this.data);
    this.data = data;
    this.canvas.style.height = `${data.height}px`;
    this.list.setAttribute("aria-label", data.label);
    if (before !== JSON.stringify(data)) {
      this.fillList();
      this.fillLegend();
      this.status.textContent = `${data.nodes.length} artists, ${data.edges.length} links.`;
    }
    if (this.network) this.redraw();
    else this.start ??= library().then(() => this.draw(), (error) => this.fail(error));
  }

  destroy() {
    this.gone = true;
    clearTimeout(this.pendingClick);
    this.remember();
    this.network?.destroy();
    this.box.remove();
  }

  fail(error) {
    this.canvas.textContent = `The graph could not be drawn (${error.message}). Reload the page.`;
  }

  emit(kind, id) {
    this.nonce += 1;
    this.send("chosen", { kind, artist_id: id, nonce: this.nonce });
  }

  // ---- drawing -----------------------------------------------------------------------------------------

  theme() {
    const style = getComputedStyle(this.root.host ?? this.root);
    const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
    return {
      text: read("--st-text-color", "#222"),
      page: read("--st-background-color", "#fff"),
      line: read("--st-gray-color", "#888"),
      accent: read("--st-primary-color", "#d33"),
      font: read("--st-font", "sans-serif"),
    };
  }

  options() {
    const { text, page, line, accent, font } = this.theme();
    return {
      autoResize: true,
      layout: { randomSeed: 7, improvedLayout: this.data.nodes.length < 150 },
      interaction: {
        hover: true, keyboard: false, zoomView: false, tooltipDelay: 150, selectConnectedEdges: false,
      },
      nodes: {
        borderWidth: 1.5, borderWidthSelected: 5,
        font: { color: text, face: font, size: 14, strokeWidth: 4, strokeColor: page, multi: false },
      },
      edges: { smooth: false, width: 1.3, color: { color: line, highlight: accent, hover: accent } },
      physics: {
        solver: "forceAtlas2Based",
        forceAtlas2Based: { gravitationalConstant: -60, springLength: 90, avoidOverlap: 0.4 },
        stabilization: { enabled: true, iterations: 250, fit: true },
      },
    };
  }

  visNode(node) {
    const { text, accent } = this.theme();
    const about = element("div", {}, node.title);
    about.setAttribute("dir", "auto");
    return {
      id: node.id, label: node.label, shape: node.shape, size: node.size, title: about,
      color: {
        background: node.colour, border: text,
        highlight: { background: node.colour, border: accent },
        hover: { background: node.colour, border: accent },
      },
    };
  }

  visEdge(edge) {
    return { id: edge.id, from: edge.from, to: edge.to, dashes: edge.dashes };
  }

  draw() {
    if (this.gone) return;
    const known = remembered.get(this.data.key) ?? {};
    const nodes = this.data.nodes.map((node) => ({ ...this.visNode(node), ...known[node.id] }));
    this.nodes = new globalThis.vis.DataSet(nodes);
    this.edges = new globalThis.vis.DataSet(this.data.edges.map((edge) => this.visEdge(edge)));
    const options = this.options();
    const settled = this.data.nodes.length > 0 && this.data.nodes.every((node) => known[node.id]);
    if (settled) options.physics = false;
    this.appliedTheme = JSON.stringify(this.theme());
    this.network = new globalThis.vis.Network(this.canvas, { nodes: this.nodes, edges: this.edges }, options);
    this.network.once("stabilizationIterationsDone", () => this.settle());
    if (settled) this.network.once("afterDrawing", () => this.settle());
    if (this.active) this.activate(this.active);
    this.network.on("click", ({ nodes: [id] }) => this.onClick(id));
    this.network.on("doubleClick", ({ nodes: [id] }) => this.onDoubleClick(id));
    this.network.on("hoverNode", () => (this.canvas.style.cursor = "pointer"));
    this.network.on("blurNode", () => (this.canvas.style.cursor = ""));
    this.network.on("dragEnd", () => this.remember());
    this.network.on("resize", () => this.showAll());
    for (const stop of this.canvas.querySelectorAll("[tabindex]")) stop.tabIndex = -1;
    this.canvas.hopGraph = this;
  }

  redraw() {
    const here = this.network.getPositions();
    const wanted = new Set(this.data.nodes.map((node) => node.id));
    this.hideTooltip();
    const added = this.data.nodes.filter((node) => !(node.id in here));
    this.applyTheme();
    this.nodes.remove(Object.keys(here).filter((id) => !wanted.has(id)));
    const fixed = { x: added.length > 0, y: added.length > 0 }; // only the new artists may move
    this.nodes.update(
      this.data.nodes.map((node) => ({
        ...this.visNode(node),
        ...(node.id in here ? { fixed } : this.besideNeighbour(node.id, here)),
      })),
    );
    const edges = new Set(this.data.edges.map((edge) => edge.id));
    this.edges.remove(this.edges.getIds().filter((id) => !edges.has(id)));
    this.edges.update(this.data.edges.filter((edge) => this.isNewEdge(edge)).map((edge) => this.visEdge(edge)));
    if (added.length) this.placeAdded();
    if (this.active && wanted.has(this.active)) this.network.selectNodes([this.active]);
    else this.active = null;
  }

  isNewEdge(edge) {
    const drawn = this.edges.get(edge.id);
    return !drawn || String(drawn.dashes) !== String(edge.dashes);
  }

  // Setting options draws every artist and link anew, so it waits for a change of the colours.
  applyTheme() {
    const theme = JSON.stringify(this.theme());
    if (theme !== this.appliedTheme) this.network.setOptions({ ...this.options(), physics: false });
    this.appliedTheme = theme;
  }

  // New artists start near an artist they are linked to, always in the same direction.
  besideNeighbour(id, here) {
    const link = this.data.edges.find(
      (edge) => (edge.from === id && edge.to in here) || (edge.to === id && edge.from in here),
    );
    const start = link ? here[link.from === id ? link.to : link.from] : { x: 0, y: 0 };
    const angle = angleOf(id);
    return { x: start.x + 110 * Math.cos(angle), y: start.y + 110 * Math.sin(angle) };
  }

  placeAdded() {
    this.network.setOptions({ physics: this.options().physics });
    this.network.once("stabilizationIterationsDone", () => {
      const fixed = { x: false, y: false };
      this.nodes.update(this.nodes.getIds().map((id) => ({ id, fixed })));
      this.settle();
    });
    this.network.stabilize(SETTLING_STEPS);
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

  // ---- mouse and keyboard ------------------------------------------------------------------------------

  onClick(id) {
    clearTimeout(this.pendingClick);
    if (id === undefined) return;
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
    else if (event.key === "+" || event.key === "=") this.zoom(1.25);
    else if (event.key === "-") this.zoom(0.8);
    else if (event.key === "0") this.showAll();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  activate(id) {
    if (id === undefined || id === null) return;
    this.active = id;
    for (const item of this.list.children) {
      item.setAttribute("aria-selected", String(item.dataset.id === id));
      if (item.dataset.id === id) {
        this.list.setAttribute("aria-activedescendant", item.id);
        this.status.textContent = item.textContent;
      }
    }
    if (!this.network || !this.nodes.get(id)) return;
    this.network.selectNodes([id]);
    const { x, y } = this.network.canvasToDOM(this.network.getPosition(id));
    const { clientWidth, clientHeight } = this.canvas;
    if (x < 20 || y < 20 || x > clientWidth - 20 || y > clientHeight - 20) {
      this.network.moveTo({ position: this.network.getPosition(id) });
    }
  }

  // vis-network fits the shapes; a tenth more leaves room for the labels.
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
    this.network?.moveTo({ scale: Math.min(4, Math.max(0.1, this.network.getScale() * factor)) });
  }

  // ---- the parts around the drawing --------------------------------------------------------------------

  addTools() {
    for (const [sign, name, act] of [
      ["+", "Zoom in", () => this.zoom(1.25)],
      ["−", "Zoom out", () => this.zoom(0.8)],
      ["⤢", "Show the whole graph", () => this.showAll()],
    ]) {
      const button = element("button", { type: "button", "aria-label": name, title: name }, sign);
      button.addEventListener("click", act);
      this.tools.append(button);
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

  fillLegend() {
    const shapes = {
      star: "M8 0l2.3 5 5.2.6-3.9 3.6 1.1 5.3L8 11.8l-4.7 2.7 1.1-5.3L.5 5.6 5.7 5z",
      dot: "M8 1a6.5 6.5 0 1 0 .01 0z",
      diamond: "M8 0l7 7.5-7 7.5-7-7.5z",
      square: "M1.5 1h13v13h-13z",
    };
    const picture = (attributes, path) => {
      const svg = document.createElementNS(SVG, "svg");
      svg.setAttribute("viewBox", "0 0 16 15");
      svg.setAttribute("aria-hidden", "true");
      const drawn = document.createElementNS(SVG, "path");
      for (const [name, value] of Object.entries({ d: path, ...attributes })) drawn.setAttribute(name, value);
      svg.append(drawn);
      return svg;
    };
    const entry = (svg, text) => {
      const item = element("li");
      const words = element("bdi", {}, text);
      item.append(svg, words);
      return item;
    };
    const outline = { fill: "none", stroke: "currentColor", "stroke-width": "1.6" };
    this.legend.replaceChildren(
      ...this.data.legend.hops.map(({ shape, name }) => entry(picture(outline, shapes[shape]), name)),
      ...this.data.legend.groups.map(({ colour, name }) =>
        entry(picture({ fill: colour, stroke: "currentColor" }, "M2 2h12v11H2z"), name),
      ),
      ...this.data.legend.kinds.map(({ dashes, name }) =>
        entry(
          picture(
            { ...outline, "stroke-width": "2", "stroke-dasharray": dashes ? dashes.map((n) => n / 2).join(" ") : "none" },
            "M-8 7.5h32",
          ),
          name,
        ),
      ),
    );
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  let graph = graphs.get(parentElement);
  if (!graph || graph.gone) {
    graph = new Graph(parentElement);
    graphs.set(parentElement, graph);
  }
  graph.update(data, setTriggerValue);
  return () => graph.destroy();
}
