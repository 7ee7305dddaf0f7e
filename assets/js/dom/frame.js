// A Space's page shows the app in a frame of another site: the address that a visitor sees, and
// refreshes, is the outer one. Gradio's Spaces do not follow the inner one by themselves.

const SPACES = "https://huggingface.co";

/** Whether that page is what frames us; other sites may frame the app too, and hear nothing. */
function inSpace(view) {
  if (view.parent === view) return false;
  const outer = view.location.ancestorOrigins?.[0] ?? originOf(view.document.referrer);
  return outer === SPACES;
}

function originOf(address) {
  return URL.canParse(address) ? new URL(address).origin : "";
}

/** Have the page's address say this, and a Space's outer address with it. */
export function rewriteAddress(address) {
  history.replaceState(history.state, "", address);
  tellFrame();
}

/** The same as a new entry of the browser's history: its Back leads to the address before. */
export function pushAddress(address) {
  history.pushState(null, "", address);
  tellFrame();
}

/**
 * Have the outer address name what the inner one names, so that a refresh finds it.
 *
 * @param {Window} [view]
 */
export function tellFrame(view = globalThis.window) {
  if (!view || !inSpace(view)) return;
  const query = new URLSearchParams(view.location.search);
  // Signs that a private Space gives its frame, and the theme, are not the address's to tell.
  for (const name of [...query.keys()]) if (name.startsWith("__")) query.delete(name);
  view.parent.postMessage({ queryString: String(query), hash: view.location.hash }, SPACES);
}
