// Lays out one space's results (see component.py). Streamlit calls the default export on every change of data or theme.
// Lines are filled again in place, so that keyboard focus stays where it is.

const lists = new WeakMap();

const element = (tag, attributes = {}, text = "") => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
};

const ICONS = {
  keep: "M6 3h12v18l-6-5-6 5z",
  skip: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM5.6 5.6l12.8 12.8",
};

const icon = (path) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  made.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  made.firstChild.setAttribute("d", path);
  return made;
};

class Line {
  constructor(place, emit) {
    this.item = element("li", { tabindex: "-1" });
    this.name = element("bdi");
    this.go = element("button", { type: "button", class: "go" }, `${place}. `);
    this.play = element("button", { type: "button", class: "play" });
    this.play.append(element("span", { "aria-hidden": "true" }));
    this.why = element("button", { type: "button", class: "why" }, "Why?");
    this.keep = element("button", { type: "button", class: "keep" });
    this.keep.append(icon(ICONS.keep));
    this.skip = element("button", { type: "button", class: "skip" });
    this.skip.append(icon(ICONS.skip));
    this.now = element("span", { class: "now" }, "♪ in the player");
    this.state = element("span", { class: "state" });
    this.hear = element("details", { class: "hear" });
    this.hearLabel = element("summary", {}, "Hear ▾");
    this.links = element("span", { class: "links" });
    this.hear.append(this.hearLabel, this.links);
    this.hear.addEventListener("toggle", () => this.fillLinks());
    this.score = element("b");
    this.evidence = element("span");
    const facts = element("div", { class: "facts" });
    facts.append(this.score, this.evidence, this.state, this.now, this.hear);
    this.go.append(this.name);
    this.item.append(this.go, this.play, this.keep, this.skip, this.why, facts);
    this.go.addEventListener("click", () => emit("go", this.result.artist_id));
    this.play.addEventListener("click", () => emit("play", this.result.artist_id));
    this.why.addEventListener("click", () => emit("why", this.result.artist_id));
    this.keep.addEventListener("click", () => emit("keep", this.result.artist_id));
    this.skip.addEventListener("click", () => emit("skip", this.result.artist_id));
  }

  fill(result, services) {
    this.services = services;
    if (this.result?.artist_id !== result.artist_id) this.hear.open = false;
    this.result = result;
    this.item.dataset.verdict = result.verdict;
    for (const [kind, button] of [["keep", this.keep], ["skip", this.skip]]) {
      button.setAttribute("aria-label", result[kind]);
      button.title = result[kind];
      button.setAttribute("aria-pressed", result.verdict === kind);
    }
    this.state.textContent = result.state;
    this.state.hidden = !result.state;
    this.hearLabel.setAttribute("aria-label", result.hear);
    this.fillLinks();
    this.name.textContent = result.name;
    this.why.setAttribute("aria-label", result.why);
    this.play.setAttribute("aria-label", result.play);
    this.play.setAttribute("aria-pressed", result.playing);
    this.play.hidden = !result.audible;
    this.now.hidden = !result.playing;
    this.score.textContent = result.score;
    this.evidence.textContent = result.evidence;
  }

  // Few rows are ever opened, and links to each service in each row are many elements.
  fillLinks() {
    const links = Object.entries(this.result.links);
    this.hear.hidden = !links.length;
    const shown = this.hear.open ? links : [];
    this.links.replaceChildren(
      ...shown.map(([service, rest]) =>
        element("a", { href: this.services[service] + rest, target: "_blank", rel: "noopener noreferrer" }, service),
      ),
    );
  }
}

class ResultList {
  constructor(root) {
    this.list = element("ol", { class: "nf-results", role: "list" });
    this.lines = [];
    this.nonce = Date.now();
    root.append(this.list);
  }

  update({ label, services, results }, send) {
    this.send = send;
    const held = this.held();
    this.list.setAttribute("aria-label", label);
    for (const line of this.lines.splice(results.length)) line.item.remove();
    while (this.lines.length < results.length) this.addLine();
    results.forEach((result, index) => this.lines[index].fill(result, services));
    if (held) this.keepFocus(held);
  }

  // Which button of whom has the focus, if any.
  held() {
    const button = this.list.getRootNode().activeElement;
    const line = this.lines.find(({ item }) => item !== button && item.contains(button));
    return line && { button, line, artistId: line.result.artist_id };
  }

  // Lines are filled again with other artists. The focus follows its artist. Where who was rejected is gone it stays at the
  // place, on no button, so that a second Enter does not reject the artist who has moved up.
  keepFocus({ button, line, artistId }) {
    if (line.result.artist_id === artistId && line.item.isConnected) return;
    const moved = this.lines.find(({ result }) => result.artist_id === artistId);
    if (moved) moved[button.className]?.focus();
    else if (button === line.skip) (line.item.isConnected ? line : this.lines.at(-1))?.item.focus();
  }

  addLine() {
    const line = new Line(this.lines.length + 1, (kind, artistId) => this.emit(kind, artistId));
    this.lines.push(line);
    this.list.append(line.item);
  }

  emit(kind, artistId) {
    this.nonce += 1;
    this.send("chosen", { kind, artist_id: artistId, nonce: this.nonce });
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (!lists.has(parentElement)) lists.set(parentElement, new ResultList(parentElement));
  lists.get(parentElement).update(data, setTriggerValue);
  return () => {
    lists.get(parentElement)?.list.remove();
    lists.delete(parentElement);
  };
}
