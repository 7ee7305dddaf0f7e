// The form's fields, which are Gradio's: found, marked as wrong, filled, brought into view.

import { h } from "../dom/dom.js";

const INPUTS = "input, textarea, select";
/** Right below it stands the message: what is in here need not say the same again. */
const COMPOSER = "#composer";
const PATIENCE_MS = 3000;

/** Says that the control of this id is to be shown: whoever hides it listens, and opens it. */
export const SHOW_CONTROL = "espalier:show-control";

let marked = null;

/**
 * Mark a control as the one that is wrong, until it changes or the next message comes.
 *
 * @param {string} control - its id; it may not be on the page yet, and is marked once it is.
 * @param {string} text - what stands at it, unless the message stands beside it already.
 * @param {Element} described - the element that says what is wrong.
 * @param {() => void} [onChanged] - the control has another value now, of which nothing is known.
 */
export function markField(control, text, described, onChanged) {
  const changed = () => {
    unmarkFields();
    onChanged?.();
  };
  const mine = { control, text, described, changed };
  marked = mine;
  whenThere(control, (field) => marked === mine && mark(field, mine), () => marked === mine);
}

function mark(field, { text, described, changed }) {
  let by = described.id;
  if (!isBeside(field.id)) {
    by = `${field.id}-mistake`;
    field.append(h("p", { class: "field-mistake", id: by, text }));
  }
  field.classList.add("field-wrong");
  const inputs = field.matches(INPUTS) ? [field] : [...field.querySelectorAll(INPUTS)];
  for (const input of inputs) {
    if (input.type !== "radio") input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", by);
  }
  field.addEventListener("input", changed, { once: true });
}

/** Whether a control stands where the message does. */
export const isBeside = (control) => Boolean(document.getElementById(control)?.closest(COMPOSER));

/** No field is wrong any more. */
export function unmarkFields() {
  if (!marked) return;
  const field = document.getElementById(marked.control);
  const { changed } = marked;
  marked = null;
  if (!field?.classList.contains("field-wrong")) return;
  field.removeEventListener("input", changed);
  field.classList.remove("field-wrong");
  field.querySelector(".field-mistake")?.remove();
  for (const input of field.querySelectorAll(INPUTS)) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
}

/**
 * Put a value into a control as if it had been typed, and go there.
 *
 * @param {Object<string, unknown>} [beside] - values of other controls, which stand where it does.
 */
export function putInto(control, value, beside = {}) {
  showField(control);
  for (const [other, said] of Object.entries(beside)) whenThere(other, (field) => type(field, said));
  whenThere(control, (field) => type(field, value).focus());
}

function type(field, value) {
  const input = field.matches(INPUTS) ? field : field.querySelector("textarea, input, select");
  const { prototype } = { TEXTAREA: HTMLTextAreaElement, SELECT: HTMLSelectElement }[input.tagName] ?? HTMLInputElement;
  // Past what a framework puts over the property: it listens to the events.
  Object.getOwnPropertyDescriptor(prototype, "value").set.call(input, String(value));
  for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
  return input;
}

/** Bring a control into view, with the focus in it. */
export function showField(control) {
  document.dispatchEvent(new CustomEvent(SHOW_CONTROL, { detail: control }));
  whenThere(control, (field) => {
    field.scrollIntoView({ block: "nearest" });
    field.querySelector("input:checked, input, textarea, select")?.focus();
  });
}

/**
 * Act on a control, once it is there: Gradio puts a closed section's fields on the page only when it
 * is opened.
 *
 * @param {() => boolean} wanted - whether it is still to be waited for.
 */
function whenThere(control, act, wanted = soon()) {
  const look = () => {
    const field = document.getElementById(control);
    if (field) act(field);
    return field || !wanted();
  };
  if (look()) return;
  const observer = new MutationObserver(() => look() && observer.disconnect());
  observer.observe(document.body, { childList: true, subtree: true });
}

function soon() {
  const until = performance.now() + PATIENCE_MS;
  return () => performance.now() < until;
}
