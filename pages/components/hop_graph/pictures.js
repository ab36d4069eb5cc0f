// Saves the drawing as SVG, with the current places of artists, and as PNG made from the SVG. Names become text nodes
// and attributes, never markup. The picture refers to no other files.

const MARGIN = 28;
const LONGEST_SIDE = 4000;
const PNG_SCALE = 2;
const ROW = 21;
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const clean = (text) => text.toWellFormed?.().replace(NOT_XML, "") ?? text.replace(NOT_XML, "");

const words = (text, attributes) => picture("text", attributes, clean(text));

const titled = (shape, text) => {
  shape.append(picture("title", {}, clean(text)));
  return shape;
};

// Breaks entries of known width into rows that fit.
const inRows = (entries, width) => {
  const rows = [];
  for (const entry of entries) {
    const row = rows.at(-1);
    if (row && row.used + entry.width <= width && !entry.fresh) {
      row.entries.push({ ...entry, x: row.used });
      row.used += entry.width;
    } else rows.push({ entries: [{ ...entry, x: 0 }], used: entry.width });
  }
  return rows;
};

const legendEntries = (legend, theme, measure) => {
  const outline = { fill: "none", stroke: theme.text, "stroke-width": 1.3 };
  const entry = (mark, text, fresh = false) => ({ mark, text, fresh, width: (mark ? 36 : 0) + measure({ text }) + 18 });
  return [
    ...legend.hops.map(({ shape, name }, place) => entry(() => shapeAt(shape, 14, 0, 6, outline), name, !place)),
    ...legend.marks.map((mark) => entry(null, mark)),
    ...(legend.size ? [entry(null, `Size: ${legend.size}`)] : []),
    ...(legend.colour ? [entry(null, `Colour: ${legend.colour}`, true)] : []),
    ...legend.groups.map(({ colour, name }) =>
      entry(() => picture("rect", { x: 7, y: -6, width: 13, height: 12, fill: colour, stroke: theme.text }), name),
    ),
    ...legend.kinds.map((kind) =>
      entry(() => picture("path", { d: "M0 0h28", ...strokeOf(kind, theme) }), `${kind.name}: ${kind.meaning}`, true),
    ),
  ];
};

const strokeOf = (encoding, theme) => ({
  fill: "none",
  stroke: colourOf(encoding, theme),
  "stroke-width": encoding.width,
  "stroke-linecap": "round",
  ...(encoding.dashes.length ? { "stroke-dasharray": encoding.dashes.join(" ") } : {}),
});

// data: as sent to the browser. places: id -> {x, y} in the graph's own units. scale: pixels per unit.
const svgOf = (data, places, scale, theme) => {
  const context = document.createElement("canvas").getContext("2d");
  const measure = measuringIn(context, theme.font);
  const all = data.nodes.filter((node) => places[node.id]);
  const spread = (axis) => all.map((node) => places[node.id][axis]);
  const [left, top] = [Math.min(...spread("x")), Math.min(...spread("y"))];
  const [wide, tall] = [Math.max(...spread("x")) - left, Math.max(...spread("y")) - top];
  const fit = Math.min(scale, (LONGEST_SIDE - 400) / Math.max(wide, tall, 1));
  const side = 90;
  const width = Math.max(720, wide * fit + 2 * side + 2 * MARGIN);
  const head = MARGIN + 50;
  const offset = (width - wide * fit) / 2;
  const at = ({ x, y }) => ({ x: offset + (x - left) * fit, y: head + 40 + (y - top) * fit });
  const foot = head + 40 + tall * fit + 60;
  const rows = inRows(legendEntries(data.legend, theme, measure), width - 2 * MARGIN);
  const height = foot + rows.length * ROW + MARGIN;

  const text = { fill: theme.text, "font-family": theme.font, "font-size": LABEL_SIZE };
  const drawn = picture("svg", { xmlns: SVG, viewBox: `0 0 ${figure(width)} ${figure(height)}`, width, height, role: "img" });
  drawn.append(picture("title", {}, clean(data.label)), picture("desc", {}, clean(data.source)));
  drawn.append(picture("rect", { width: "100%", height: "100%", fill: theme.page }));
  drawn.append(words(data.label, { ...text, x: MARGIN, y: MARGIN + 10, "font-size": 20, "font-weight": 650 }));
  drawn.append(words(data.source, { ...text, x: MARGIN, y: MARGIN + 32 }));

  const names = new Map(data.nodes.map((node) => [node.id, node.label]));
  for (const edge of data.edges) {
    const [one, other] = [at(places[edge.from]), at(places[edge.to])];
    const d = `M${figure(one.x)} ${figure(one.y)}L${figure(other.x)} ${figure(other.y)}`;
    const line = picture("path", { d, ...strokeOf(data.encodings[edge.kind], theme) });
    drawn.append(titled(line, `${names.get(edge.from)} – ${names.get(edge.to)}: ${edge.title}`));
  }
  const spots = [];
  for (const node of all) {
    const { x, y } = at(places[node.id]);
    const radius = node.size * fit * grown(fit);
    spots.push({ ...labelOf(node), x, y, radius });
    drawn.append(titled(shapeAt(node.shape, x, y, radius, { fill: node.colour, stroke: theme.text }), node.title));
  }
  for (const label of placeLabels(spots, measure, width)) {
    const halo = { stroke: theme.page, "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke" };
    const face = { "font-size": label.strong ? LABEL_SIZE + 2 : LABEL_SIZE, "font-weight": label.strong ? 600 : 400 };
    const place = { x: figure(label.x), y: figure(label.y), "text-anchor": "middle", "dominant-baseline": "central" };
    drawn.append(words(label.text, { ...text, ...halo, ...face, ...place }));
  }
  rows.forEach(({ entries }, row) => {
    for (const { mark, text: said, x } of entries) {
      const group = picture("g", { transform: `translate(${figure(MARGIN + x)} ${figure(foot + row * ROW)})` });
      if (mark) group.append(mark());
      group.append(words(said, { ...text, x: mark ? 36 : 0, y: 0, "dominant-baseline": "central" }));
      drawn.append(group);
    }
  });
  return { text: new XMLSerializer().serializeToString(drawn), width, height };
};

const save = (blob, name) => {
  const link = element("a", { download: name });
  link.href = URL.createObjectURL(blob);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};

const pngOf = async ({ text, width, height }) => {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = element("canvas");
  canvas.width = Math.round(width * PNG_SCALE);
  canvas.height = Math.round(height * PNG_SCALE);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))), "image/png");
  });
};
