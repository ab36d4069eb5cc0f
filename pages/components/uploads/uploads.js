// Tells the page of each file that was not taken, once (see component.py).

const FAULTY = '[data-testid="stFileChip"][aria-invalid="true"]';

const watching = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  watching.get(parentElement)?.disconnect();
  const told = new WeakSet();
  let count = 0;
  const look = () => {
    const found = document.querySelectorAll(`.st-key-${CSS.escape(data.container)} ${FAULTY}`);
    const fresh = [...found].filter((one) => !told.has(one));
    for (const one of fresh) told.add(one);
    if (fresh.length) setTriggerValue("refused", (count += fresh.length));
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { attributeFilter: ["aria-invalid"], childList: true, subtree: true });
  watching.set(parentElement, observer);
  return () => observer.disconnect();
}
