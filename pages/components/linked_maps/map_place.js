// The place of the maps in the page. What draws them comes in a message of its own, which never changes: Streamlit
// sends a component's script along with its data, so this one, whose data change with every choice, is short.

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
