// The explorer: takes what Gradio gives a component, and wires log, tree and views together.
//
// One log in, one moment of it on show, one selected node. Everything that happens ends in
// `refresh()`, which folds the log up to the cursor and hands the same view to every part.

import { EventLog } from "./log.js";
import { Explorer } from "./explorer.js";

const MOUNTED = new WeakMap();

/**
 * Build the explorer inside a component's element. Called once for each mount.
 *
 * @param {HTMLElement} element
 * @param {{props: Object, server: Object, watch: Function}} gradio
 *   `props.value` is `{run, ev, head, live, node?}`; `props.palette`, `defaults`, `labels` and
 *   `mathsUrl` are given once; `server.pull_events({run, since})` fills gaps.
 * @returns {Explorer} also at `element.espalier`: the hook for tests and benchmarks.
 */
export function mount(element, { props, server, watch }) {
  MOUNTED.get(element)?.dispose();
  const log = new EventLog({
    pull: (query) => server.pull_events(query),
    onChange: (change) => explorer.onLog(change),
  });
  const explorer = new Explorer(element.querySelector(".esp") ?? element, log, {
    palette: props.palette,
    defaults: props.defaults ?? {},
    labels: props.labels ?? {},
    comparisons: props.comparisons ?? [],
  });
  MOUNTED.set(element, explorer);
  element.espalier = explorer;
  const take = () => {
    const value = props.value;
    if (typeof value?.node === "string" && value.node) explorer.wish(value.run, value.node);
    log.accept(value);
  };
  watch("value", take);
  take(); // a value may be there already
  log.watch(() => element.isConnected);
  return explorer;
}
