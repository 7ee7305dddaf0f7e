// Mounts the explorer in what Gradio gives a component: one log in, one explorer over it.

import { askAudit } from "./panels/audit_asking.js";
import { EventLog } from "./log/log.js";
import { Explorer } from "./explorer.js";
import { nameRadioGroups } from "./form/radios.js";
import { setMarkdownFolder } from "./dom/markdown.js";
import { runIn } from "./log/recipe.js";
import { setMathsFolder } from "./dom/maths.js";
import { setPlottingFolder } from "./dom/plotting.js";

const MOUNTED = new WeakMap();

/**
 * Build the explorer inside a component's element. Called once for each mount.
 *
 * @param {HTMLElement} element
 * @param {{props: Object, given: Object, server: Object, watch: Function, mathsFolder: ?string,
 *   markdownFolder: ?string, plottingFolder: ?string, auditAddress: ?string, classAddress: ?string, template: ?string, recall: ?Function,
 *   alone: ?{source: string}}} gradio
 *   `props.value` is `{run, ev, head, live, node?}`, where `ev` is JSON `{first, events}` or "";
 *   A value may instead be `{next}`, a run that has nothing to show yet, or `{refused}`, one that
 *   will not come. One with `recalled` answers to `recall`, which asks for a run once more.
 *   `given` is what never changes: `palette`, `defaults`, `labels`, `comparisons`, `minute` and
 *   `steering`;
 *   `server.pull_events({run, since})` fills gaps, and
 *   `server.draw_charts({run, theme})`, where there is one, draws charts, and
 *   `server.ask_what_if({run, options, noise, hedge, verifier})` says what would have been, and
 *   `server.ask_stress({run, node})` what edits of a path do to its scores. `auditAddress` is where
 *   the prices of a run's cuts are asked; `classAddress`, where classes answer. `template` is where a
 *   page of its own without a run can be fetched; `alone` says that this is one already, and what
 *   its file says.
 * @returns {Explorer} also at `element.espalier` and `.esp`'s `espalier`: the hook for tests and
 *   benchmarks, with `log`, `tree()`, `cursor()`, `select(id)`, `seek(n)`, `lastUpdateMs`, ….
 */
export function mount(element, gradio) {
  const { props, given, server, watch, alone = null } = gradio;
  MOUNTED.get(element)?.dispose();
  nameRadioGroups();
  setMathsFolder(gradio.mathsFolder ?? "");
  setMarkdownFolder(gradio.markdownFolder ?? "");
  setPlottingFolder(gradio.plottingFolder ?? "");
  const log = new EventLog({
    pull: (query) => server.pull_events(query),
    onChange: (change) => explorer.onLog(change),
  });
  const root = element.querySelector(".esp");
  const explorer = new Explorer(root, log, {
    palette: given.palette,
    defaults: given.defaults ?? {},
    labels: given.labels ?? {},
    minute: given.minute ?? { opening: null, chosen: [], field: "" },
    comparisons: given.comparisons ?? [],
    template: gradio.template ?? "",
    alone,
    recall: gradio.recall,
    steer: given.steering ? gradio.steer : null,
    steering: given.steering ?? null,
    drawCharts: server.draw_charts && ((query) => server.draw_charts(query)),
    askWhatIf: server.ask_what_if && ((query) => server.ask_what_if(query)),
    judges: given.judges ?? [],
    askStress: server.ask_stress && ((query) => server.ask_stress(query)),
    classAddress: gradio.classAddress,
    askAudit: gradio.auditAddress && ((act, name) => askAudit(gradio.auditAddress, act, name)),
  });
  MOUNTED.set(element, explorer);
  element.espalier = root.espalier = explorer;
  const accept = () => {
    let value = props.value;
    if (value && !explorer.visit.accepts(value, log)) return;
    if (typeof value?.node === "string" && value.node) explorer.request(value.run, value.node);
    if (typeof value?.next === "string" && value.next) explorer.expect(value.next, value.tokens);
    if (typeof value?.refused === "string") explorer.refuse(value.refused, value.why);
    // Of two values in a row Gradio gives the last: the run that stands below the refused one is asked for.
    if (typeof value?.refused === "string" && !log.run) value = { run: runIn(location) || given.minute?.opening, ev: "", head: 1, live: false };
    log.accept(value);
  };
  watch("value", accept);
  accept(); // a value may be there already
  log.watch(() => {
    if (!element.isConnected) explorer.dispose(); // Gradio took the component off the page
    return element.isConnected;
  });
  return explorer;
}
