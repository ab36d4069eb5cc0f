// Keys of a presentation, and scrolling to what a step of the tour speaks of (see component.py).

const BUTTONS = { PageDown: "tour_next", ArrowRight: "tour_next", PageUp: "tour_back", ArrowLeft: "tour_back", Escape: "present_end" };
// What uses arrow keys itself, and what uses every key.
const OWN_ARROWS = 'input, select, audio, canvas, .nf-map-frame, .hop-canvas, [role="slider"], [role="combobox"], [role="radio"], [role="radiogroup"], [role="grid"], [role="tab"]';
const OWN_KEYS = 'textarea, [contenteditable="true"], [role="listbox"]';
const PATIENCE_MS = 8000;
const AGAIN_MS = 250;
const ROOM_PX = 12;
const SIZE_SETTLES_MS = 150;

let hasKeys = false;
let shown = "";
let scrolling = null;
let [known, telling, send] = [0, null, () => {}];

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

// From when one of the containers is there until the page has settled, since a picture above may still grow, or until
// the visitor scrolls. The first that is there counts; a later one stands in for what is still being computed.
const aim = (containers) => {
  stop();
  let [last, end] = ["", Infinity];
  const look = () => {
    const drawn = (key) => document.querySelector(`.st-key-${CSS.escape(key)}`);
    const key = containers.find(drawn);
    if (!key) return;
    if (key !== last) [last, end] = [key, key === containers[0] ? performance.now() + PATIENCE_MS : Infinity];
    if (performance.now() > end) stop();
    const bar = document.querySelector(".st-key-tour")?.getBoundingClientRect();
    const isBelow = !bar || bar.top > innerHeight / 2;
    const [top, bottom] = [isBelow ? ROOM_PX : Math.max(bar.bottom, 0) + ROOM_PX, isBelow && bar ? bar.top : innerHeight];
    const box = drawn(key).getBoundingClientRect();
    if (box.top >= top && box.bottom <= bottom) return;
    const main = document.querySelector('[data-testid="stMain"]');
    main?.scrollBy({ top: box.top - top, behavior: "instant" });
  };
  scrolling = setInterval(look, AGAIN_MS);
  look();
};

// Tables keep the size of type that they are mounted with, so the script is told when the page's has changed: once
// presenting begins, ends, or the window's size changes during it. The probe is as wide as a letter of that size.
const watchSize = () => {
  const probe = document.createElement("div");
  probe.style.cssText = "position: fixed; visibility: hidden; pointer-events: none; width: 1rem; height: 0;";
  probe.setAttribute("aria-hidden", "true");
  const observer = new ResizeObserver(() => {
    clearTimeout(telling);
    telling = setTimeout(tellSize, SIZE_SETTLES_MS);
  });
  document.body.append(probe);
  observer.observe(probe);
  return () => {
    clearTimeout(telling);
    observer.disconnect();
    probe.remove();
  };
};

const tellSize = () => {
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize);
  if ((hasKeys || known) && size !== known) send("size", size);
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

export default function ({ data, parentElement, setStateValue }) {
  if (!listeners.has(parentElement)) listeners.set(parentElement, [listen(), watchSize()]);
  [hasKeys, known, send] = [data.hasKeys, data.typeSize, setStateValue];
  telling = setTimeout(tellSize, SIZE_SETTLES_MS);
  const step = [data.step, ...data.containers].join(" ");
  if (data.containers.length && step !== shown) aim(data.containers);
  if (!data.containers.length) stop();
  shown = step;
  return () => {
    stop();
    const [listening, endWatch] = listeners.get(parentElement) ?? [];
    listening?.abort();
    endWatch?.();
    listeners.delete(parentElement);
    [hasKeys, known, shown] = [false, 0, ""];
  };
}
