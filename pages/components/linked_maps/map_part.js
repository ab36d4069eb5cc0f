// The part of each map that is in view, and the classes that are hidden. They are in the address, so that a link shows
// the same. The address is rewritten in place, without a run of the page or a step of history, and again after Streamlit
// has written its own parameters.
// seen=left,right,bottom,top,map for each map that was moved; hide=number.class for each class hidden in a legend.

const SEEN = "seen";
const HIDE = "hide";

const TELL_MS = 250;

// The last views and hidden classes in this tab, since addresses of other pages do not hold them.
const lastParts = new Map();
const lastHidden = new Map();

// The address without the parameters of this file.
const restOfAddress = () => {
  const rest = new URLSearchParams(location.search);
  for (const name of [SEEN, HIDE]) rest.delete(name);
  return `${location.pathname}?${rest}`;
};

// A box [[left, right], [bottom, top]], rounded to the digits that are visible in a frame.
const rounded = (box) => {
  const digits = Math.min(Math.max(3 - Math.floor(Math.log10(box[0][1] - box[0][0])), 0), 6);
  return box.map((ends) => ends.map((end) => Number(end.toFixed(digits))));
};

// The smallest box around the middle of `box` that contains it and has the frame's shape, with equal units on both axes.
const fitted = (box, width, height) => {
  const spans = box.map(([low, high]) => high - low);
  const unit = Math.max(spans[0] / width, spans[1] / height);
  return box.map(([low, high], i) => {
    const half = (unit * (i ? height : width)) / 2;
    return [(low + high) / 2 - half, (low + high) / 2 + half];
  });
};

const partInAddress = (map, extent) => {
  for (const text of new URLSearchParams(location.search).getAll(SEEN)) {
    const [left, right, bottom, top] = text.split(",", 4).map(Number);
    if (text.split(",").slice(4).join(",") !== map) continue;
    const box = [[left, right], [bottom, top]];
    const isMeant = box.every(([low, high], i) => high - low > 1e-3 && low < extent[i][1] && high > extent[i][0]);
    if (isMeant && box.every(([low, high]) => high - low < 1e4)) return box;
  }
  return null;
};

// The classes hidden in the map with this number, as numbers of the colouring's classes, with unknown as the last.
const hiddenInAddress = (number, colour) => {
  const names = [...(colour.classes ?? [{ name: null }]).map((one) => one.name), colour.unknown];
  const asked = new URLSearchParams(location.search).getAll(HIDE);
  return names.map((name, i) => (name && asked.includes(`${number}.${name}`) ? i : -1)).filter((i) => i >= 0);
};

const writeAddress = (parts, hidden) => {
  const address = new URL(location.href);
  const written = (name) => JSON.stringify(address.searchParams.getAll(name));
  if (written(SEEN) === JSON.stringify(parts) && written(HIDE) === JSON.stringify(hidden)) return;
  for (const [name, values] of [[SEEN, parts], [HIDE, hidden]]) {
    address.searchParams.delete(name);
    for (const value of values) address.searchParams.append(name, value);
  }
  history.replaceState(history.state, "", address);
};
