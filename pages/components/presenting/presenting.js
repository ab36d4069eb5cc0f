// Keys of a presentation, and scrolling to what a step of the tour speaks of (see component.py).

const BUTTONS = { PageDown: "tour_next", ArrowRight: "tour_next", PageUp: "tour_back", ArrowLeft: "tour_back", Escape: "present_end" };
// What uses arrow keys itself, and what uses every key.
const OWN_ARROWS = 'input, select, audio, canvas, .nf-map-frame, .hop-canvas, [role="slider"], [role="combobox"], [role="radio"], [role="radiogroup"], [role="grid"], [role="tab"]';
const OWN_KEYS = 'textarea, [contenteditable="true"], [role="listbox"]';
const PATIENCE_MS = 8000;
const AGAIN_MS = 250;
const ROOM_PX = 12;

let hasKeys = false;
let shown = "";
let scrolling = null;

const press = (event) => {
  const button = BUTTONS[event.key];
  if (!hasKeys || !button || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const target = event.composedPath()[0];
  if (target.closest?.(OWN_KEYS)) return;
  if (event.key.startsWith("Arrow") && target.closest?.(OWN_ARROWS)) return;
  // Escape closes an open box first.
  if (event.key === "Escape" && document.querySelector('[role="dialog"], [data-testid="stPopoverBody"]')) return;
  const found = document.querySelector(`.st-key-${button} button`);
  if (!found && event.key === "Escape") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  found?.click();
};

const stop = () => {
  clearInterval(scrolling);
  scrolling = null;
};

// From when the container is there until the page has settled, since a picture above may still grow, or until the
// visitor scrolls.
const aim = (container) => {
  stop();
  let end = Infinity;
  const look = () => {
    const found = document.querySelector(`.st-key-${CSS.escape(container)}`);
    if (!found) return;
    if (end === Infinity) end = performance.now() + PATIENCE_MS;
    if (performance.now() > end) stop();
    const bar = document.querySelector(".st-key-tour")?.getBoundingClientRect();
    const isBelow = !bar || bar.top > innerHeight / 2;
    const [top, bottom] = [isBelow ? ROOM_PX : Math.max(bar.bottom, 0) + ROOM_PX, isBelow && bar ? bar.top : innerHeight];
    const box = found.getBoundingClientRect();
    if (box.top >= top && box.bottom <= bottom) return;
    const main = document.querySelector('[data-testid="stMain"]');
    main?.scrollBy({ top: box.top - top, behavior: "instant" });
  };
  scrolling = setInterval(look, AGAIN_MS);
  look();
};

const listen = () => {
  const listening = new AbortController();
  const { signal } = listening;
  // Runs before what has the focus: a slide goes on wherever the last click was.
  window.addEventListener("keydown", press, { capture: true, signal });
  for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    window.addEventListener(kind, stop, { capture: true, passive: true, signal });
  }
  return listening;
};

const listeners = new WeakMap();

export default function ({ data, parentElement }) {
  if (!listeners.has(parentElement)) listeners.set(parentElement, listen());
  hasKeys = data.hasKeys;
  const step = `${data.step} ${data.container}`;
  if (data.container && step !== shown) aim(data.container);
  if (!data.container) stop();
  shown = step;
  return () => {
    stop();
    listeners.get(parentElement)?.abort();
    listeners.delete(parentElement);
    [hasKeys, shown] = [false, ""];
  };
}
