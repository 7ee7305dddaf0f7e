// The small card beside a mark under the pointer or the focus. Escape puts it away.

import { h, setText } from "../dom/dom.js";
import { isFold } from "../log/visible.js";
import { nameOf } from "../words/words.js";
import { shorten } from "../words/format.js";

const MOST_TEXT = 420;

function textOf(tree, visible, id) {
  if (visible.writing.has(id)) return "Its text is here once the step is complete.";
  return isFold(id) ? "Press Enter to unfold." : shorten(tree.nodes.get(id).text, MOST_TEXT);
}

export class Tooltip {
  /** @param {(tree: Object, visible: Object, id: string) => string} [named] - what a node is called. */
  constructor(named = nameOf) {
    this.named = named;
    this.title = h("div", { class: "esp-tip-title" });
    this.text = h("div", { class: "esp-tip-text", dir: "auto" });
    // The same words are in the outline and the inspector, so screen readers skip this one.
    this.element = h("div", { class: "esp-tip", "aria-hidden": "true", hidden: true }, this.title, this.text);
    this.dismissed = null;
    this.id = null;
  }

  show(tree, visible, id, x, y, away, { width, height }) {
    if (id === this.dismissed) return;
    this.dismissed = null;
    this.id = id;
    setText(this.title, this.named(tree, visible, id));
    setText(this.text, textOf(tree, visible, id));
    this.element.hidden = false;
    const box = { width: this.element.offsetWidth, height: this.element.offsetHeight };
    const left = Math.max(4, Math.min(width - box.width - 4, x - box.width / 2));
    const above = y - away - box.height;
    const top = above > 4 ? above : Math.min(height - box.height - 4, y + away);
    this.element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  hide() {
    this.element.hidden = true;
    this.id = null;
    this.dismissed = null;
  }

  /** Put it away until another node is pointed at. */
  dismiss() {
    if (this.element.hidden) return false;
    const { id } = this;
    this.element.hidden = true;
    this.dismissed = id;
    return true;
  }
}
