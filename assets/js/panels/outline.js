// The tree as text: an ARIA tree in depth-first order, with every key of the pattern.
//
// Only the rows in sight exist in the page, so each carries its level, its place among its
// siblings and their number. The focus stays on the tree; aria-activedescendant names the row.

import { displayState, isFold, WRITING } from "../log/visible.js";
import { fill, h, setAttribute, uniqueId } from "../dom/dom.js";
import { nameOf } from "../words/words.js";
import { ROOT } from "../log/tree.js";
import { shorten } from "../words/format.js";
import { symbolPicture } from "../picture/shapes.js";

const ROW = 32;
const SPARE_ROWS = 8;
const MOST_INDENT = 12;
const TYPING_MS = 700;
/** Token counts are told more calmly here than in the picture. */
const RECOUNT_MS = 1000;

export class Outline {
  /**
   * @param {{palette: Object, actions: import("./list.js").Actions, named?: (tree: Object, visible: Object,
   *   id: string) => string}} given - `named`: what a node is called.
   */
  constructor({ palette, actions, named = nameOf }) {
    this.palette = palette;
    this.named = named;
    this.actions = actions;
    this.id = uniqueId("outline");
    this.rows = h("div", { class: "esp-outline-rows", role: "presentation" });
    this.element = h(
      "div",
      {
        class: "esp-outline",
        role: "tree",
        tabindex: "0",
        "aria-label": "Outline of the search tree",
        on: { scroll: () => this.draw(), keydown: (event) => this.key(event), focus: () => this.enter() },
      },
      this.rows,
    );
    this.resizes = new ResizeObserver(() => this.draw());
    this.resizes.observe(this.element);
    this.reset();
  }

  dispose() {
    this.resizes.disconnect();
  }

  reset() {
    this.closed = new Set();
    this.list = [];
    this.active = null;
    this.typed = "";
    this.recounted = 0;
  }

  /** More tokens in the steps that are being written: the same rows, now and then. */
  recount() {
    if (performance.now() - this.recounted < RECOUNT_MS) return;
    this.recounted = performance.now();
    this.draw();
  }

  update({ tree, visible, selected }) {
    Object.assign(this, { tree, visible });
    this.list = [];
    for (const [id, depth] of visible.walk(ROOT, (id) => !this.closed.has(id))) this.list.push({ id, depth });
    this.places = new Map(this.list.map((row, index) => [row.id, index]));
    if (selected && selected !== this.selected) this.open(selected);
    this.selected = selected;
    if (selected) this.active = selected;
    if (!this.places.has(this.active)) this.active = ROOT;
    this.rows.style.height = `${this.list.length * ROW}px`;
    if (selected !== this.revealed) this.reveal();
    this.revealed = selected;
    this.draw();
  }

  /** Open whatever hides a node. */
  open(id) {
    let hidden = false;
    for (let up = this.visible.parent(id); up; up = this.visible.parent(up)) hidden = this.closed.delete(up) || hidden;
    if (hidden) this.update({ tree: this.tree, visible: this.visible, selected: this.selected });
  }

  // Rows ------------------------------------------------------------------------------------

  draw() {
    if (!this.tree || !this.element.clientHeight) return;
    const first = Math.max(0, Math.floor(this.element.scrollTop / ROW) - SPARE_ROWS);
    const last = Math.min(
      this.list.length,
      Math.ceil((this.element.scrollTop + this.element.clientHeight) / ROW) + SPARE_ROWS,
    );
    const shown = [];
    for (let index = first; index < last; index += 1) shown.push(this.row(this.list[index], index));
    // The row that aria-activedescendant names must exist, wherever the view has scrolled to.
    const place = this.places.get(this.active);
    if (place < first || place >= last) shown.push(this.row(this.list[place], place));
    fill(this.rows, shown);
    setAttribute(this.element, "aria-activedescendant", this.rowId(this.active));
  }

  row({ id, depth }, index) {
    const siblings = id === ROOT ? [ROOT] : this.visible.children(this.visible.parent(id));
    const branch = this.hasChildren(id);
    const state = this.state(id);
    const spec = this.palette.states[state];
    const element = h(
      "div",
      {
        class: "esp-row",
        role: "treeitem",
        id: this.rowId(id),
        "aria-level": depth + 1,
        "aria-setsize": siblings.length,
        "aria-posinset": siblings.indexOf(id) + 1,
        "aria-selected": id === this.selected,
        "aria-expanded": branch ? !this.closed.has(id) : null,
        "data-active": id === this.active,
        style: { top: `${index * ROW}px`, "--esp-level": Math.min(depth, MOST_INDENT) },
        on: { click: (event) => this.click(event, id) },
      },
      h("span", { class: "esp-twist", "aria-hidden": "true", text: branch ? (this.closed.has(id) ? "▸" : "▾") : "" }),
      spec ? symbolPicture(spec, state, 18) : null,
      h("span", { class: "esp-row-name", text: this.named(this.tree, this.visible, id) }),
    );
    if (!isFold(id) && id !== ROOT && state !== WRITING) {
      element.append(
        h("span", {
          class: "esp-row-text",
          dir: "auto",
          "aria-hidden": "true",
          text: shorten(this.tree.nodes.get(id).text.replace(/\s+/g, " "), 80),
        }),
      );
    }
    return element;
  }

  state(id) {
    if (isFold(id)) return "collapsed";
    if (this.visible.writing.has(id)) return WRITING;
    return id === ROOT ? null : displayState(this.tree, this.tree.nodes.get(id));
  }

  rowId(id) {
    return `${this.id}-${id.replaceAll(".", "_").replace(":", "-")}`;
  }

  hasChildren(id) {
    return !isFold(id) && this.visible.children(id).length > 0;
  }

  // Moving ----------------------------------------------------------------------------------

  click(event, id) {
    this.element.focus();
    if (event.target.classList.contains("esp-twist") && this.hasChildren(id)) this.toggle(id);
    else this.choose(id);
  }

  /** Selection follows the focus; a folded group is only opened on purpose. */
  choose(id) {
    this.active = id;
    this.revealed = id;
    this.actions.select(id);
    this.reveal();
    this.draw();
  }

  enter() {
    if (this.active && this.places?.has(this.active)) this.reveal();
  }

  toggle(id, open = this.closed.has(id)) {
    if (open) this.closed.delete(id);
    else this.closed.add(id);
    this.active = id;
    this.update({
      tree: this.tree,
      visible: this.visible,
      selected: this.selected && this.hides(id, this.selected) ? id : this.selected,
    });
  }

  hides(id, other) {
    if (!this.closed.has(id)) return false;
    for (let up = this.visible.parent(other); up; up = this.visible.parent(up)) if (up === id) return true;
    return false;
  }

  reveal() {
    const place = this.places?.get(this.active);
    if (place === undefined) return;
    const top = place * ROW;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + ROW > scrollTop + clientHeight) this.element.scrollTop = top + ROW - clientHeight;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.tree) return;
    const handler = this.keys()[event.key] ?? (this.isTyping(event.key) ? () => this.type(event.key) : null);
    if (!handler) return;
    event.preventDefault();
    event.stopPropagation();
    handler();
  }

  keys() {
    const place = this.places.get(this.active) ?? 0;
    const { active } = this;
    const go = (index) => this.choose(this.list[Math.max(0, Math.min(this.list.length - 1, index))].id);
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW) - 1);
    return {
      ArrowDown: () => go(place + 1),
      ArrowUp: () => go(place - 1),
      PageDown: () => go(place + page),
      PageUp: () => go(place - page),
      Home: () => go(0),
      End: () => go(this.list.length - 1),
      ArrowRight: () => this.inward(active, place, go),
      ArrowLeft: () => this.outward(active),
      Enter: () => (isFold(active) ? this.actions.unfold(active) : this.choose(active)),
      "*": () => this.openSiblings(active),
    };
  }

  inward(id, place, go) {
    if (isFold(id)) this.actions.unfold(id);
    else if (this.closed.has(id)) this.toggle(id, true);
    else if (this.hasChildren(id)) go(place + 1);
  }

  outward(id) {
    if (this.hasChildren(id) && !this.closed.has(id)) this.toggle(id, false);
    else if (this.visible.parent(id)) this.choose(this.visible.parent(id));
  }

  openSiblings(id) {
    const parent = this.visible.parent(id);
    for (const sibling of parent ? this.visible.children(parent) : [ROOT]) this.closed.delete(sibling);
    this.update({ tree: this.tree, visible: this.visible, selected: this.selected });
  }

  /** Type-ahead is for step texts' first characters, which are digits and capitals; small letters are shortcuts. */
  isTyping(key) {
    return key.length === 1 && /[\p{Lu}\p{N}(\\]/u.test(key);
  }

  type(key) {
    clearTimeout(this.typing);
    this.typed += key;
    this.typing = setTimeout(() => {
      this.typed = "";
    }, TYPING_MS);
    const from = this.places.get(this.active) + (this.typed.length > 1 ? 0 : 1);
    for (let i = 0; i < this.list.length; i += 1) {
      const { id } = this.list[(from + i) % this.list.length];
      if (this.tree.nodes.get(id)?.text.toUpperCase().startsWith(this.typed.toUpperCase())) {
        this.choose(id);
        return;
      }
    }
  }
}
