// Unpacks a message (see packing.py) into globalThis.nearfieldLayers, where the maps find it by its id.

const MOST_LAYERS = 60;

const unzipped = (bytes) => new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));

const KINDS = { Uint8Array, Uint16Array, Uint32Array, Int16Array, Float32Array };

const unpack = (buffer) => {
  const start = 4 + new DataView(buffer).getUint32(0, true);
  const layer = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, start - 4)));
  for (const [name, [kind, place, size]] of Object.entries(layer.arrays)) {
    layer[name] = new KINDS[kind](buffer, start + place, size);
  }
  return layer;
};

// A layer of some artists holds their rows: its names and codes go to their places among all artists, of whom there are `of`.
const spread = (layer) => {
  if (!layer.of) return;
  const { rows, names, codes } = layer;
  if (names) layer.names = new Array(layer.of);
  if (codes) layer.codes = new codes.constructor(layer.of).fill(-1);
  rows.forEach((row, i) => {
    if (names) layer.names[row] = names[i];
    if (codes) layer.codes[row] = codes[i];
  });
};

const keep = (layer) => {
  const layers = (globalThis.nearfieldLayers ??= new Map());
  layers.delete(layer.id);
  layers.set(layer.id, layer);
  // Maps re-insert the layers that they use, so the first one is the least recently used.
  while (layers.size > MOST_LAYERS) layers.delete(layers.keys().next().value);
};

const carry = async (bytes) => {
  const layer = unpack(await unzipped(bytes).arrayBuffer());
  spread(layer);
  keep(layer);
  globalThis.dispatchEvent(new Event("nearfield-layer"));
};

export default function ({ data }) {
  // The element is empty and takes no space.
  if (data) carry(data).catch((error) => console.error("A map's data could not be read.", error));
}
