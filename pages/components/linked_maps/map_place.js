// The place of the maps in the page. The drawing code is sent in a separate message that never changes. Streamlit sends
// a component's script together with its data, so this script, whose data changes with every choice, is short.

const wanted = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  if (!data) return;
  const isNew = !wanted.has(parentElement);
  wanted.set(parentElement, [data, setTriggerValue]);
  const draw = () => wanted.has(parentElement) && globalThis.nearfieldMaps?.update(parentElement, ...wanted.get(parentElement));
  draw();
  if (isNew) globalThis.addEventListener("nearfield-maps", draw, { once: true });
  return () => {
    wanted.delete(parentElement);
    globalThis.removeEventListener("nearfield-maps", draw);
    globalThis.nearfieldMaps?.remove(parentElement);
  };
}
