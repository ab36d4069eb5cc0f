// Keyboard control of search boxes and popovers, and links to the first page (see component.py).

const BOX = '[class*="st-key-artist_search_"]';
const POPOVER = '[data-testid="stPopoverButton"]';
const POPOVER_BODY = '[data-testid="stPopoverBody"]';
const REACHED = 'a[href], button, input, select, textarea, [tabindex]';
const [CLOSED_MS, DRAWN_MS, PATIENCE_MS] = [100, 150, 5000];
const LINK = 'a[data-testid="stPageLink-NavLink"]';

const hex = (text) => [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const hitsIn = (box) => [...box.querySelectorAll('[class*="_hit_"] button')];

// The best hit for the current text of the field. null if there is none, undefined until the answer has arrived.
const bestHit = (box, field) => {
  const { nfAsked, nfFirst } = box.querySelector("[data-nf-asked]")?.dataset ?? {};
  if (nfAsked !== hex(field.value)) return undefined;
  return nfFirst ? (box.querySelector(`.st-key-${CSS.escape(nfFirst)} button`) ?? undefined) : null;
};

class SearchKeys {
  press(event) {
    this.returning?.disconnect();
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.isComposing) return;
    const box = event.target.closest?.(BOX);
    const field = box?.querySelector("input");
    if (!field) return;
    const isTaken = event.target === field ? this.pressInField(event.key, box, field) : this.pressOnHit(event, box, field);
    if (!isTaken) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  pressInField(key, box, field) {
    this.forget();
    if (!field.value.trim()) return false;
    if (key === "ArrowDown") this.whenAnswered(box, field, (hit) => hit.focus());
    // Streamlit handles Enter too, and searches at once.
    if (key === "Enter") {
      this.whenAnswered(box, field, (hit) => {
        // Nobody is called as typed: a second Enter opens the artist that has the focus then.
        if (box.querySelector("[data-nf-others]")) {
          hit.focus();
          return;
        }
        this.returnAfterwards(box, field);
        hit.click();
      });
    }
    return key === "ArrowDown";
  }

  pressOnHit({ key, target }, box, field) {
    const hits = hitsIn(box);
    const place = hits.indexOf(target);
    if (place < 0) return false;
    if (key === "Enter" || key === " ") this.returnAfterwards(box, field);
    const next = { ArrowDown: hits[place + 1] ?? hits[place], ArrowUp: hits[place - 1] ?? field, Escape: field }[key];
    next?.focus();
    return Boolean(next);
  }

  // After a choice the box is redrawn and focus would be lost, so move it to the new box.
  returnAfterwards(box, field) {
    const name = [...box.classList].find((one) => one.startsWith("st-key-artist_search_"));
    this.returning = new MutationObserver(() => {
      const fresh = document.querySelector(`.${CSS.escape(name)} input`);
      if (!fresh || fresh === field || document.activeElement !== document.body) return;
      this.returning.disconnect();
      fresh.focus({ preventScroll: true });
    });
    this.returning.observe(document.body, { childList: true, subtree: true });
  }

  whenAnswered(box, field, act) {
    const tryNow = () => {
      const hit = bestHit(box, field);
      if (hit !== undefined) this.forget();
      if (hit) act(hit);
      return hit !== undefined;
    };
    if (tryNow()) return;
    this.waiting = new MutationObserver(tryNow);
    this.waiting.observe(box, { attributes: true, childList: true, subtree: true });
  }

  forget() {
    this.waiting?.disconnect();
    this.waiting = null;
  }

  stop() {
    this.forget();
    this.returning?.disconnect();
  }
}

// While the focus is elsewhere, the tab order of what is in a popover is kept in data-tabindex.
const reachedIn = (body) =>
  [...body.querySelectorAll(REACHED)].filter(
    (one) =>
      Number(one.dataset.tabindex ?? one.tabIndex) >= 0 &&
      !one.disabled &&
      one.getClientRects().length &&
      getComputedStyle(one).visibility !== "hidden",
  );

// Streamlit draws an open popover at the end of the page and leaves the focus on its button, so Tab would lead behind it.
class PopoverKeys {
  press({ key, target, shiftKey, ctrlKey, altKey, metaKey }) {
    this.forget();
    if (ctrlKey || altKey || metaKey) return false;
    const button = target.closest?.(POPOVER);
    if (button) return this.pressOnButton(key, shiftKey, button);
    const body = target.closest?.(POPOVER_BODY);
    return body ? this.pressInBody(key, shiftKey, body, target) : false;
  }

  pressOnButton(key, shiftKey, button) {
    const isOpen = button.getAttribute("aria-expanded") === "true";
    if (!isOpen && (key === "Enter" || key === " ")) this.enterWhenDrawn(button);
    return isOpen && key === "Tab" && !shiftKey && Boolean(this.enter());
  }

  pressInBody(key, shiftKey, body, target) {
    const button = document.querySelector(`${POPOVER}[aria-expanded="true"]`);
    if (key === "Escape") {
      // The popover itself closes; what was inside it would leave the focus nowhere.
      setTimeout(() => {
        if (!body.isConnected && document.activeElement === document.body) button?.focus();
      }, CLOSED_MS);
      return false;
    }
    const reached = reachedIn(body);
    if (key !== "Tab" || !button || target !== (shiftKey ? reached[0] : reached.at(-1))) return false;
    button.focus();
    return true;
  }

  enter() {
    const [first] = [...document.querySelectorAll(POPOVER_BODY)].flatMap(reachedIn);
    first?.focus();
    return first;
  }

  // Some popovers are filled by the next run of the page, and some widgets are drawn after those below them. So the focus
  // moves on to what is first, for a while, until any other key or click.
  enterWhenDrawn(button) {
    const end = performance.now() + PATIENCE_MS;
    let held = button;
    this.waiting = new MutationObserver(() => {
      clearTimeout(this.pause);
      this.pause = setTimeout(() => {
        if (document.activeElement !== held || performance.now() > end) this.forget();
        else held = this.enter() ?? held;
      }, DRAWN_MS);
    });
    this.waiting.observe(document.body, { childList: true, subtree: true });
  }

  forget() {
    clearTimeout(this.pause);
    this.waiting?.disconnect();
    this.waiting = null;
  }
}

// Streamlit writes links to the first page as "?…", which a new tab resolves to the current page.
const straighten = ({ target }) => {
  const link = target.closest?.(LINK);
  const address = link?.getAttribute("href");
  if (address === "" || address?.startsWith("?")) link.setAttribute("href", `./${address}`);
};

// Streamlit opens links in the same tab even with Ctrl, Cmd or Shift. Keep it from handling such clicks.
const leaveToBrowser = (event) => {
  const asksForMore = event.ctrlKey || event.metaKey || event.shiftKey;
  if (asksForMore && event.target.closest?.(LINK)) event.stopImmediatePropagation();
};

const listen = () => {
  const keys = new SearchKeys();
  const popovers = new PopoverKeys();
  const listening = new AbortController();
  const { signal } = listening;
  // Runs before Streamlit's own handler: Escape on a hit must not close the popover around the search box.
  window.addEventListener("keydown", (event) => keys.press(event), { capture: true, signal });
  window.addEventListener(
    "keydown",
    (event) => {
      if (!popovers.press(event)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true, signal },
  );
  window.addEventListener("pointerdown", () => popovers.forget(), { capture: true, signal });
  window.addEventListener("click", leaveToBrowser, { capture: true, signal });
  for (const kind of ["input", "focusout"]) document.addEventListener(kind, () => keys.forget(), { signal });
  for (const kind of ["pointerdown", "focusin"]) document.addEventListener(kind, straighten, { capture: true, signal });
  return () => {
    keys.stop();
    popovers.forget();
    listening.abort();
  };
};

const endings = new WeakMap();

export default function ({ parentElement }) {
  if (!endings.has(parentElement)) endings.set(parentElement, listen());
  return () => {
    endings.get(parentElement)?.();
    endings.delete(parentElement);
  };
}
