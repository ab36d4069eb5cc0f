// Keyboard control of search boxes, and links to the first page (see component.py).

const BOX = '[class*="st-key-artist_search_"]';
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
  const listening = new AbortController();
  const { signal } = listening;
  // Runs before Streamlit's own handler: Escape on a hit must not close the popover around the search box.
  window.addEventListener("keydown", (event) => keys.press(event), { capture: true, signal });
  window.addEventListener("click", leaveToBrowser, { capture: true, signal });
  for (const kind of ["input", "focusout"]) document.addEventListener(kind, () => keys.forget(), { signal });
  for (const kind of ["pointerdown", "focusin"]) document.addEventListener(kind, straighten, { capture: true, signal });
  return () => {
    keys.stop();
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
