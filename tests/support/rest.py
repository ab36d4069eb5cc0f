"""When a page of the app is at rest: all that was asked for is answered, no script runs, and nothing changes."""

from playwright.sync_api import BrowserContext, Page

QUIET_MS = 250
"""Longer than a search box waits for the next key before it asks."""

_ASKED_EVERY_MS = 50
"""Playwright would ask 60 times a second and have the browser prepare a frame each time."""

_WATCH = """(() => {
    if (window.nearfieldWatch) return;
    const watch = (window.nearfieldWatch = { asked: 0, answered: 0, changed: 0, received: 0, sent: 0 });
    const size = (data) => data.byteLength ?? data.size ?? data.length;
    let order = 0;
    performance.setResourceTimingBufferSize(100000);
    window.WebSocket = class extends WebSocket {
        constructor(...given) {
            super(...given);
            this.addEventListener("message", (event) => {
                watch.answered = ++order;
                watch.received += size(event.data);
            });
        }
        send(data) {
            watch.asked = ++order;
            watch.sent += size(data);
            super.send(data);
        }
    };
    const noteChange = () => { watch.changed = performance.now(); };
    new MutationObserver(noteChange).observe(document, {
        attributes: true, characterData: true, childList: true, subtree: true,
    });
})()"""
_STILL = """(() => {
    const still = new CSSStyleSheet();
    still.replaceSync("*, ::before, ::after { animation-iteration-count: 1 !important; }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
})()"""
_BEGIN = "() => { window.nearfieldWatch.changed = performance.now(); }"
_AT_REST = """(quiet) => {
    const { asked, answered, changed } = window.nearfieldWatch;
    const state = document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState;
    const hasGaps = document.querySelector("[data-testid=stSkeleton], [data-testid=stAppSkeleton]") !== null;
    const areMapsDrawn = [...document.querySelectorAll(".nf-map-frame")].every((frame) => frame.dataset.ready);
    const isQuiet = performance.now() - changed > quiet;
    return state === "notRunning" && answered > asked && !hasGaps && areMapsDrawn && isQuiet;
}"""


def watch(context: BrowserContext) -> None:
    """Have every page of `context` note what it asks the server, what it receives, and when it changed last."""
    context.add_init_script(_WATCH)


def play_once(context: BrowserContext) -> None:
    """Let an animation without end, such as that of Streamlit's placeholders, end after its first round.

    Without a graphics card a browser would draw 60 frames a second of it with the processor, for as long as a busy
    server takes to answer.
    """
    context.add_init_script(_STILL)


def wait_for_rest(page: Page) -> None:
    """Until the page is at rest, and has been so for a moment.

    That no script runs is not enough: right after a click none runs either, and on a busy machine for long; and what
    a script has ended with may still be drawn, where Streamlit fetches the code of a widget only now.
    """
    page.evaluate(_BEGIN)
    page.wait_for_function(_AT_REST, arg=QUIET_MS, polling=_ASKED_EVERY_MS)
