// Lays out one space's results (see component.py). Streamlit calls the default export on every change of data or theme.
// Lines are filled again in place, so that keyboard focus stays where it is.

const lists = new WeakMap();

const element = (tag, attributes = {}, text = "") => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
};

class Line {
  constructor(place, emit) {
    this.item = element("li");
    this.name = element("bdi");
    this.go = element("button", { type: "button", class: "go" }, `${place}. `);
    this.play = element("button", { type: "button", class: "play" });
    this.play.append(element("span", { "aria-hidden": "true" }));
    this.why = element("button", { type: "button", class: "why" }, "Why?");
    this.now = element("span", { class: "now" }, "♪ in the player");
    this.score = element("b");
    this.evidence = element("span");
    const facts = element("div", { class: "facts" });
    facts.append(this.score, this.evidence, this.now);
    this.go.append(this.name);
    this.item.append(this.go, this.play, this.why, facts);
    this.go.addEventListener("click", () => emit("go", this.result.artist_id));
    this.play.addEventListener("click", () => emit("play", this.result.artist_id));
    this.why.addEventListener("click", () => emit("why", this.result.artist_id));
  }

  fill(result) {
    this.result = result;
    this.name.textContent = result.name;
    this.why.setAttribute("aria-label", result.why);
    this.play.setAttribute("aria-label", result.play);
    this.play.setAttribute("aria-pressed", result.playing);
    this.play.hidden = !result.audible;
    this.now.hidden = !result.playing;
    this.score.textContent = result.score;
    this.evidence.textContent = result.evidence;
  }
}

class ResultList {
  constructor(root) {
    this.list = element("ol", { class: "nf-results", role: "list" });
    this.lines = [];
    this.nonce = Date.now();
    root.append(this.list);
  }

  update({ label, results }, send) {
    this.send = send;
    this.list.setAttribute("aria-label", label);
    for (const line of this.lines.splice(results.length)) line.item.remove();
    while (this.lines.length < results.length) this.addLine();
    results.forEach((result, index) => this.lines[index].fill(result));
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
