// The page's message: a word by the way, or a mistake. A mistake is marked at the field that is
// meant, and offers what works on buttons that fill it in.

import { fill, h, setText } from "../dom/dom.js";
import { onSaid } from "../dom/saying.js";
import { tellPage } from "../dom/standing.js";
import { isBeside, markField, putInto, showField, unmarkFields } from "./fields.js";

/** Letters of an offer, of which more give way to the others beside it. */
const LONG = 40;

/**
 * Called once for each mount of the component.
 *
 * @param {HTMLElement} element - `.notice`, with its two regions.
 * @param {{props: Object, watch: Function}} gradio - `props.value` is
 *   `{text, kind, quiet, control, offers: [{label, control, value}]}`.
 */
export function mountNotice(element, { props, watch }) {
  const line = element.querySelector(".notice-line");
  const mistake = element.querySelector(".notice-mistake");
  const show = () => {
    const { text = "", kind = "info", quiet = false, control = "", offers = [] } = props.value ?? {};
    const wrong = kind === "error";
    unmarkFields();
    element.dataset.kind = kind;
    // Set before the text: a reader announces by what it finds when the text changes.
    line.setAttribute("aria-live", quiet ? "off" : "polite");
    element.hidden = !text;
    tellPage(element, { notice: text && kind });
    setText(line, wrong ? "" : text);
    fill(mistake, wrong && text ? contents(text, control, offers, filledIn) : []);
    if (wrong && control) markField(control, text, mistake.querySelector("p"), () => sayInstead(""));
  };
  // What works stands in its field: nothing is wrong any more, and nothing runs by itself.
  const filledIn = () => sayInstead("Filled in. Press Run.");
  // Kept as what stands here: else the same mistake, made again, would be no change, and not be shown.
  const sayInstead = (text) => {
    props.value = { text, kind: "info" };
    show();
  };
  onSaid(sayInstead);
  watch("value", show);
  show();
}

function contents(text, control, offers, filledIn) {
  const put = (offer) => {
    putInto(offer.control, offer.value);
    filledIn();
  };
  const choose = (offer) => h("li", { class: offer.label.length > LONG ? "long" : null }, h("button", { type: "button", text: offer.label, title: offer.label, on: { click: () => put(offer) } }));
  return [
    h("span", { class: "notice-icon", "aria-hidden": "true", text: "!" }),
    h("p", { id: "notice-text", text }),
    offers.length > 0 && h("ul", { "aria-label": "What works" }, offers.map(choose)),
    control && !offers.length && !isBeside(control) && h("button", { type: "button", class: "notice-go", text: "Show the field", on: { click: () => showField(control) } }),
  ].filter(Boolean);
}
