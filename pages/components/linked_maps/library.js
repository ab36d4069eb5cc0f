// Runs plotly.js once per tab. From its own address, where the browser finds it compiled the next time.

const run = (address) =>
  new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.onload = resolve;
    script.onerror = () => reject(new Error("Plotly could not be loaded."));
    script.src = address;
    document.head.append(script);
  });

export default function ({ data }) {
  if (!data) return;
  globalThis.nearfieldPlotly ??= run(data.address);
  globalThis.nearfieldPlotly
    .then(() => globalThis.dispatchEvent(new Event("nearfield-layer")))
    .catch((error) => {
      globalThis.nearfieldPlotly = undefined;
      console.error("The maps cannot be drawn.", error);
    });
}
