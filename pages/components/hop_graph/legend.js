// The legend below the drawing, and the bar with the chosen artist and its actions.

const legendMark = (...shapes) => picture("svg", { viewBox: "0 0 30 15", "aria-hidden": "true" }, ...shapes);

const legendItems = (legend, theme) => {
  const entry = (mark, text, about = "") => {
    const item = element("li", about ? { title: about } : {});
    item.append(...(mark ? [mark] : []), element("bdi", {}, text));
    return item;
  };
  const outline = { fill: "none", stroke: "currentColor", "stroke-width": "1.6" };
  const rows = [
    [
      ...legend.hops.map(({ shape, name }) => entry(legendMark(shapeAt(shape, 15, 7.5, 6, outline)), name)),
      ...legend.marks.map((mark) => entry(null, mark)),
      ...(legend.size ? [entry(null, `Size: ${legend.size}`)] : []),
    ],
    [
      ...(legend.colour ? [entry(null, `Colour: ${legend.colour}`)] : []),
      ...legend.groups.map(({ colour, name }) => {
        const swatch = { x: 8, y: 1, width: 14, height: 13, fill: colour, stroke: "currentColor" };
        return entry(legendMark(picture("rect", swatch)), name);
      }),
    ],
    legend.kinds.map((kind) => {
      const line = picture("path", { d: "M1 7.5h28", ...strokeOf(kind, theme) });
      return entry(legendMark(line), `${kind.name}: ${kind.meaning}`);
    }),
  ];
  return rows
    .filter((items) => items.length)
    .map((items) => {
      const list = element("ul", { class: "hop-legend" });
      list.append(...items);
      return list;
    });
};

// [kind of event, key, label for an artist, whether it is offered for an artist]
const ACTIONS = [
  ["expand", "Enter", (node) => (node.opened ? "Fold" : "Expand"), (node) => node.hop !== 0],
  ["recentre", "Shift+Enter", () => "Into the middle", (node) => node.hop !== 0],
  ["play", "P", (node) => (node.playing ? "Stop" : "Play"), (node) => node.audible],
  ["keep", "K", (node) => (node.kept ? "In your list" : "Keep"), () => true],
  ["why", "W", () => "Why here?", (node) => node.hop !== 0],
  ["avoid", "A", () => "Avoid", (node) => node.avoidable],
];

class ActionBar {
  constructor(act) {
    this.box = element("div", { class: "hop-actions" });
    this.said = element("div", { class: "hop-said", dir: "auto" });
    this.buttons = element("div", { class: "hop-buttons", role: "group", "aria-label": "What to do with the chosen artist" });
    this.made = ACTIONS.map(([kind]) => {
      const button = element("button", { type: "button" });
      button.addEventListener("click", () => act(kind));
      return button;
    });
    this.buttons.append(...this.made);
    this.box.append(this.said, this.buttons);
    this.show(null);
  }

  // allowed: the kinds of event that this drawing handles.
  show(node, allowed = []) {
    this.said.replaceChildren();
    this.buttons.hidden = !node;
    if (!node) {
      this.said.append("Choose an artist: click or step to it with the arrow keys. Double-click moves it into the middle.");
      return;
    }
    this.said.append(element("strong", {}, node.label), element("span", {}, ` ${node.facts}`));
    ACTIONS.forEach(([kind, key, label, isOffered], place) => {
      const button = this.made[place];
      button.hidden = !allowed.includes(kind) || !isOffered(node);
      button.disabled = kind === "keep" && node.kept;
      button.replaceChildren(label(node), element("kbd", {}, key));
    });
  }
}
