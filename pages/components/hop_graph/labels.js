// Places names beside the artists, in screen pixels: the most important first, and none over another.
// Zooming in makes room for more. The artist under the pointer or with the focus always has a name.

const LABEL_SIZE = 13;
// Larger where the page's own type is, as while it is presented.
const textScale = () => globalThis.document ? parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1 : 1;
const labelSize = (strong) => (strong ? LABEL_SIZE + 2 : LABEL_SIZE) * textScale();
const LINE = 1.25;
const GAP = 3;
const ALWAYS = 1000; // the centre and the active artist have a name, whatever it hides
const CROWD = 70;
const NEAR = 60; // names of artists up to two steps away may cover an artist, but not another name
const PREDICTED = 130; // whom nobody lists yet is what a visitor has come to see
const WEIGHT_OF_HOP = [ALWAYS, 70, 100]; // the listed neighbours are known best, so those they lead to come before them
const FAR = 0;

const weightOf = (node) =>
  node.hop === 0 ? ALWAYS : (node.predicted ? PREDICTED : (WEIGHT_OF_HOP[node.hop] ?? FAR)) + node.size;

const fontOf = (label, face) => `${label.strong ? 600 : 400} ${labelSize(label.strong)}px ${face}`;

const labelOf = (node) => ({
  id: node.id,
  text: `${node.kept ? "✓ " : ""}${node.label}`,
  strong: node.hop === 0,
  weight: weightOf(node),
});

const overlap = (one, other) =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

// places: {id, text, x, y, radius, weight, strong} in pixels. measure(label) returns the width of its text. Names stay
// within 0 to `width` if possible.
// Returns {id, text, x, y, strong} for names that fit; x and y are the middle of the text.
const placeLabels = (places, measure, width = Infinity) => {
  const taken = places.map(({ id, x, y, radius, strong }) => ({
    id, strong, left: x - radius, right: x + radius, top: y - radius, bottom: y + radius,
  }));
  const names = taken.filter(({ strong }) => strong); // no name may cover the centre
  const placed = [];
  for (const place of [...places].sort((one, other) => other.weight - one.weight)) {
    const half = measure(place) / 2;
    const tall = (labelSize(place.strong) * LINE) / 2;
    const beyond = place.radius + GAP;
    const spots = [
      [place.x, place.y + beyond + tall],
      [place.x + beyond + half, place.y],
      [place.x - beyond - half, place.y],
      [place.x, place.y - beyond - tall],
    ].map(([x, y]) => ({ x, y, left: x - half, right: x + half, top: y - tall, bottom: y + tall }));
    const inside = spots.filter((spot) => spot.left >= 2 && spot.right <= width - 2);
    const isFree = (spot, others) => !others.some((other) => other.id !== place.id && overlap(spot, other));
    const free =
      inside.find((spot) => isFree(spot, taken)) ??
      (place.weight >= NEAR && places.length <= CROWD ? inside.find((spot) => isFree(spot, names)) : undefined);
    const spot = free ?? (place.weight >= ALWAYS ? (inside[0] ?? spots[0]) : null);
    if (!spot) continue;
    taken.push(spot);
    names.push(spot);
    placed.push({ id: place.id, text: place.text, strong: place.strong, x: spot.x, y: spot.y });
  }
  return placed;
};

const widths = new Map();
const measuringIn = (context, face) => (label) => {
  const key = `${fontOf(label, face)}|${label.text}`;
  if (!widths.has(key)) {
    context.font = fontOf(label, face);
    if (widths.size > 5000) widths.clear();
    widths.set(key, context.measureText(label.text).width);
  }
  return widths.get(key);
};

const drawLabels = (context, places, theme, ratio) => {
  const width = context.canvas.width / ratio;
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const label of placeLabels(places, measuringIn(context, theme.font), width)) {
    context.font = fontOf(label, theme.font);
    context.strokeStyle = theme.page;
    context.lineWidth = 4;
    context.strokeText(label.text, label.x, label.y);
    context.fillStyle = theme.text;
    context.fillText(label.text, label.x, label.y);
  }
  context.restore();
};
