// The plotting library: a megabyte that only the charts need, so it waits until somebody has time.

let folder = "";
let loading = null;

/** Tell where Plotly lies: the URL of the folder with plotly-basic.min.js. */
export function setPlottingFolder(url) {
  folder = url;
}

const address = () => `${folder}plotly-basic.min.js`;

/**
 * Plotly, loaded once; whoever asks again after a failure tries again.
 * @returns {Promise<Object>}
 */
export function loadPlotting() {
  loading ??= import(address()).then(
    // The build for browsers defines a global; importing it runs it once.
    () => globalThis.Plotly,
    (error) => {
      loading = null;
      throw error;
    },
  );
  return loading;
}

/** Bring it into the browser's store while nothing else happens; it is neither read nor run yet. */
export function fetchPlottingWhenIdle() {
  if (!folder || loading || navigator.connection?.saveData) return;
  const idle = window.requestIdleCallback ?? ((run) => setTimeout(run, 1000));
  idle(() => {
    const hint = document.createElement("link");
    hint.rel = "prefetch"; // "modulepreload" would read the whole megabyte, for every visitor
    hint.as = "script";
    hint.href = address();
    hint.fetchPriority = "low";
    document.head.append(hint);
  });
}
