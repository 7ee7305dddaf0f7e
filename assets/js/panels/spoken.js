// The tree in words, for whoever reads the page and does not see the picture: how large it is, the
// way to the answer step by step, and what each step of it was chosen over. All of it is in the
// outline; this stands in the reading order, in place of the picture.

import { fill, h, setText } from "../dom/dom.js";
import { nameOf, nodeName, summaryInParts } from "../words/words.js";
import { plural, shorten } from "../words/format.js";
import { ROOT } from "../log/tree.js";

const MOST_RIVALS = 3;
const MOST_STEPS = 40;
const MOST_TEXT = 300;
/** A run that grows is read anew now and then, not at each event. */
const BETWEEN_MS = 1000;

export class Spoken {
  constructor() {
    this.summary = h("p");
    this.way = h("ol");
    this.rest = h("p", { text: "The view Outline has every step, as a tree that can be walked with arrow keys." });
    this.element = h("section", { class: "esp-sr", "aria-label": "The tree in words" }, this.summary, this.way, this.rest);
    this.reset();
  }

  reset() {
    this.dispose();
    this.timer = null;
    this.drawn = "";
  }

  dispose() {
    clearTimeout(this.timer);
    this.work = null;
  }

  update(moment) {
    this.moment = moment;
    this.timer ??= setTimeout(() => this.draw(), this.drawn ? BETWEEN_MS : 0);
  }

  /** To count a large tree takes several goes, between which the page does what else there is to do. */
  draw() {
    this.work ??= this.inParts();
    const { done, value: wait = 0 } = this.work.next();
    this.timer = done && !wait ? null : setTimeout(() => this.draw(), wait);
    if (done) this.work = null;
  }

  /** @returns {Generator<void, number|undefined>} after how many milliseconds it is to be told anew, if it is. */
  *inParts() {
    const { moment } = this;
    const { tree, visible } = moment;
    const end = tree.chosen ?? moment.frontier ?? ROOT;
    const key = `${tree.started?.run}|${tree.nodes.size}|${end}|${tree.interrupted}`;
    if (key === this.drawn || !tree.nodes.has(end)) return undefined;
    const words = yield* summaryInParts(tree);
    if (this.moment !== moment) return BETWEEN_MS; // the tree has changed while it was counted
    this.drawn = key;
    setText(this.summary, `${words} ${tree.chosen ? "The way to the chosen answer:" : "The newest way:"}`);
    const steps = tree.path(end).slice(0, MOST_STEPS);
    fill(this.way, steps.map((node) => h("li", { text: `${nodeName(tree, node)}: ${shorten(node.text.trim(), MOST_TEXT)}. ${rivals(tree, visible, node)}` })));
    return undefined;
  }
}

/** "Beside it: …", the best-scored ones first. */
function rivals(tree, visible, node) {
  const others = tree.nodes.get(node.parent).children.filter((id) => id !== node.id).map((id) => tree.nodes.get(id));
  if (!others.length) return "";
  others.sort((one, other) => (other.aggregate ?? -1) - (one.aggregate ?? -1));
  const named = others.slice(0, MOST_RIVALS).map(({ id }) => nameOf(tree, visible, id));
  const more = others.length - named.length;
  return `Beside it: ${named.join("; ")}${more ? `; and ${plural(more, "more", "more")}` : ""}.`;
}
