// Shared by all parts of the drawing: elements, colours of the page, and the shapes of artists.
// component.py joins the files in this folder into one module, starting with this one.

const SVG = "http://www.w3.org/2000/svg";

// Shapes of radius 1 around 0, as the corners of a polygon. A dot has no corners.
const corners = (count, radiusAt, turn = -Math.PI / 2) =>
  Array.from({ length: count }, (_, place) => {
    const angle = turn + (place / count) * 2 * Math.PI;
    return [radiusAt(place) * Math.cos(angle), radiusAt(place) * Math.sin(angle)];
  });
const SHAPES = {
  dot: [],
  star: corners(10, (place) => (place % 2 ? 0.5 : 1.2)),
  diamond: corners(4, () => 1),
  square: corners(4, () => Math.SQRT2, -Math.PI / 4),
};

const element = (tag, attributes = {}, text = "") => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
};

const picture = (tag, attributes = {}, ...children) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

const figure = (value) => String(Math.round(value * 10) / 10);

const shapeAt = (shape, x, y, radius, attributes) => {
  if (!SHAPES[shape].length) return picture("circle", { cx: figure(x), cy: figure(y), r: figure(radius), ...attributes });
  const points = SHAPES[shape].map(([right, down]) => `${figure(x + right * radius)},${figure(y + down * radius)}`);
  return picture("polygon", { points: points.join(" "), ...attributes });
};

// Zoomed out, artists are drawn larger than to scale, so that they do not vanish.
const grown = (scale) => Math.max(1, 0.5 / scale);

const angleOf = (id) => {
  let hash = 2166136261;
  for (const character of id) hash = Math.imul(hash ^ character.codePointAt(0), 16777619);
  return ((hash >>> 0) / 2 ** 32) * 2 * Math.PI;
};

const isDark = (colour) => {
  const parts = colour.startsWith("#")
    ? [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16))
    : (colour.match(/[\d.]+/g) ?? []).map(Number);
  const [red = 255, green = 255, blue = 255] = parts;
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
};

const themeOf = (root) => {
  const style = getComputedStyle(root.host ?? root);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const page = read("--st-background-color", "#ffffff");
  return {
    text: read("--st-text-color", "#222222"),
    page,
    accent: read("--st-primary-color", "#0069a4"),
    font: read("--st-font", "sans-serif"),
    isDark: isDark(page),
  };
};

const colourOf = (encoding, theme) => (theme.isDark ? encoding.dark_colour : encoding.colour);
