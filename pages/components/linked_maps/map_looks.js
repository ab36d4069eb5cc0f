// Colours of a scale, symbols of classes, and small helpers that all parts of the maps use.
// component.py joins this file and the others into one module, after PALETTE, which it takes from core/palette.py, and
// NAMED_POINTS, the number of artists up to which a map shows their names.

const SVG = "http://www.w3.org/2000/svg";
const VIRIDIS = PALETTE.viridis.map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
const FEW_POINTS = 3000;
const MANY_POINTS = 40000;

const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

const svg = (tag, attributes = {}) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};

const viridis = (share) => {
  const place = Math.min(Math.max(share, 0), 1) * (VIRIDIS.length - 1);
  const low = Math.min(Math.floor(place), VIRIDIS.length - 2);
  const mix = VIRIDIS[low].map((from, i) => Math.round(from + (VIRIDIS[low + 1][i] - from) * (place - low)));
  return `rgb(${mix.join(",")})`;
};

const SCALE_STOPS = VIRIDIS.map((_, i) => [i / (VIRIDIS.length - 1), viridis(i / (VIRIDIS.length - 1))]);

const ends = (colour) => [colour.levels[0], Math.max(colour.levels.at(-1), colour.levels[0] + 1e-6)];

const onScale = (colour, level) => {
  const [low, high] = ends(colour);
  return viridis((level - low) / (high - low));
};

const kindsOf = (colour) => (colour.classes ?? colour.levels).length;

const colourOf = (colour, row) => {
  const code = colour.codes[row];
  if (code >= kindsOf(colour)) return colour.faint;
  return colour.classes ? colour.classes[code].colour : onScale(colour, colour.levels[code]);
};

const valueOf = (colour, row) => {
  const code = colour.codes[row];
  if (code >= kindsOf(colour)) return colour.unknown;
  return colour.classes ? colour.classes[code].name : colour.labels[code];
};

// Larger where the page's own type is, as while it is presented.
const textScale = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;

const pointSize = (count) => Math.sqrt(textScale()) * (count <= FEW_POINTS ? 7 : count <= MANY_POINTS ? 4.5 : 3);

const withAlpha = (colour, alpha) => {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = colour.trim() || "#888888";
  const hex = canvas.fillStyle;
  return `rgba(${[1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)).join(",")},${alpha})`;
};

// Symbols of classes as paths around 0,0 with a radius of 1, for legends and marked points.
const SIGNS = {
  circle: "M1,0A1,1 0 1,1 -1,0A1,1 0 1,1 1,0Z",
  square: "M-.9,-.9H.9V.9H-.9Z",
  diamond: "M0,-1.25L1.25,0L0,1.25L-1.25,0Z",
  "triangle-up": "M0,-1.2L1.1,.8H-1.1Z",
  cross: "M-.4,-1.2H.4V-.4H1.2V.4H.4V1.2H-.4V.4H-1.2V-.4H-.4Z",
  x: "M-1.1,-.6L-.6,-1.1L0,-.5L.6,-1.1L1.1,-.6L.5,0L1.1,.6L.6,1.1L0,.5L-.6,1.1L-1.1,.6L-.5,0Z",
  star: "M0,-1.4L.35,-.45L1.35,-.43L.57,.18L.85,1.15L0,.6L-.85,1.15L-.57,.18L-1.35,-.43L-.35,-.45Z",
  hexagon: "M-.6,-1.05H.6L1.2,0L.6,1.05H-.6L-1.2,0Z",
};

const sign = (symbol, colour, isOpen = false) => {
  const box = svg("svg", { viewBox: "-1.6 -1.6 3.2 3.2", width: 14, height: 14, "aria-hidden": "true" });
  const paint = isOpen ? { fill: "none", stroke: colour, "stroke-width": 0.4 } : { fill: colour };
  box.append(svg("path", { d: SIGNS[symbol] ?? SIGNS.circle, ...paint }));
  return box;
};

const bitsToRows = (text) => {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const rows = [];
  bytes.forEach((byte, i) => {
    for (let bit = 0; byte >> bit; bit++) if ((byte >> bit) & 1) rows.push(8 * i + bit);
  });
  return rows;
};

const rowsToBits = (rows, count) => {
  const bytes = new Uint8Array((count + 7) >> 3);
  for (const row of rows) bytes[row >> 3] |= 1 << (row & 7);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
};
