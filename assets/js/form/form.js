// Mounts what stands around the form's fields: the chips, and the drawer that they lead to.

import { Chips } from "./chips.js";
import { Drawer } from "./drawer.js";
import { makeToolbar } from "../dom/toolbar.js";
import { SHOW_CONTROL } from "./fields.js";
import { growWhileWritten } from "./growing.js";
import { takeTurns } from "./run_and_stop.js";
import { filledWith, settingsOf } from "./settings.js";

/**
 * Called once for each mount of the chips' component.
 *
 * @param {HTMLElement} element - `.chips`. Whoever changes a field sets `element.values`, a list in
 *   the order of `about.fields`, and says so with the event "values".
 * @param {{props: Object, about: Object, watch: Function, back: () => void}} gradio - `about` is what
 *   the chips call everything, and `props.value` is
 *   `{run, values, filled, others}`: what the run on show was made of, whether the fields are being
 *   set to it, and with which models where the page does not offer them; or null.
 */
export function mountForm(element, { props, about, watch, back }) {
  const drawer = new Drawer(document.getElementById("drawer"));
  const chips = new Chips(element, { open: (control) => drawer.open(control), back });
  document.addEventListener(SHOW_CONTROL, ({ detail }) => drawer.open(detail));
  const problem = document.getElementById("problem");
  if (problem) growWhileWritten(problem);
  const composer = document.getElementById("composer");
  if (composer) takeTurns(composer);
  const line = document.getElementById("chip-line");
  if (line) makeToolbar(line, "Chosen problems and settings");
  drawer.onChange = (open) => chips.setOpen(open);
  const update = () => {
    const shown = props.value?.values ?? null;
    const values = filling ? filledWith(shown, element.values, about) : element.values;
    if (values) chips.update(settingsOf(values, shown, about, props.value?.others));
  };
  let filling = false;
  const tie = () => {
    filling = Boolean(props.value?.filled && props.value.values);
    update();
  };
  element.addEventListener("values", () => {
    filling = false;
    update();
  });
  watch("value", tie);
  tie();
}
