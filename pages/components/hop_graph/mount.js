// The part that is sent with every change of the drawing. It passes the data to the Graph of hop_graph.js, which is sent
// once, with vis-network, in another component (see component.py). Streamlit calls the default export on every change of
// data, size or theme. There is one Graph per mount.

const LIBRARY_WAIT_MS = 15000;
const READY = "nearfield-hop-graph";
const mounts = new WeakMap();

const show = (mount, parent) => {
  if (mount.gone || !globalThis.nearfieldHopGraph) return;
  clearTimeout(mount.gaveUp);
  mount.excuse?.remove();
  mount.graph ??= new globalThis.nearfieldHopGraph(parent);
  mount.graph.update(...mount.latest);
};

const begin = (parent) => {
  const mount = { gone: false, graph: null, latest: null };
  mount.arrived = () => show(mount, parent);
  if (!globalThis.nearfieldHopGraph) {
    globalThis.addEventListener(READY, mount.arrived, { once: true });
    mount.gaveUp = setTimeout(() => {
      mount.excuse = document.createTextNode("The graph could not be drawn: its library did not load. Reload the page.");
      parent.append(mount.excuse);
    }, LIBRARY_WAIT_MS);
  }
  mounts.set(parent, mount);
  return mount;
};

export default function ({ data, parentElement, setTriggerValue }) {
  const known = mounts.get(parentElement);
  const mount = known && !known.gone ? known : begin(parentElement);
  mount.latest = [data, setTriggerValue];
  show(mount, parentElement);
  return () => {
    mount.gone = true;
    clearTimeout(mount.gaveUp);
    globalThis.removeEventListener(READY, mount.arrived);
    mount.graph?.destroy();
  };
}
