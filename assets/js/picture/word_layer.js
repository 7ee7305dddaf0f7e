// The words over the canvas: HTML, so that they can be selected, set as maths, and read aloud.
// What stands where is decided in `placing.js`; here it becomes elements, kept from one picture
// to the next, that follow their marks.

import { displayState, isFold, ROLLOUT, WRITING } from "../log/visible.js";
import { fill, h } from "../dom/dom.js";
import { keyOf, nameBox, wordBox } from "./word_box.js";
import { lanesOf } from "./lanes.js";
import { nameOf, writingName } from "../words/words.js";
import { placeWords } from "./placing.js";
import { ROOT } from "../log/tree.js";
import { stepWords } from "../words/step_words.js";
import { UNDECIDED_MARK, UNDECIDED_MEANING } from "../words/doubts.js";
import { WordSizes } from "./word_sizes.js";

/** Pixels per sibling below which nothing but marks can be told apart. */
const LEAST_PITCH = 6;
const HEADER = { height: 24, from: 44, width: 46 };
/** A branch is never straight for more of its way than this. */
const MOST_STRAIGHT = 0.9;
const CUT = new Set(["pruned", "merged", ROLLOUT]);

export class WordLayer {
  /**
   * @param {import("./theme.js").Theme} theme
   * @param {{select: (id: string) => void, openDuplicates: (id: string) => void, onChange: () => void}} actions
   *   `onChange`: the words should be placed anew.
   */
  constructor(theme, actions) {
    this.theme = theme;
    this.actions = actions;
    this.sizes = new WordSizes(actions.onChange);
    this.list = h("ul", { class: "esp-words", "aria-label": "Steps that can be read in the picture" });
    this.headers = h("div", { class: "esp-word-headers", "aria-hidden": "true" });
    this.element = h("div", { class: "esp-word-layer" }, this.headers, this.list, this.sizes.element);
    this.boxes = new Map();
    this.said = new Map();
    this.clear();
    this.list.addEventListener("click", (event) => this.click(event));
  }

  clear() {
    /** @type {Map<string, import("./placing.js").Word>} */
    this.words = new Map();
    this.reaches = new Map();
    this.offsets = new Map();
    this.lanes = new Map();
  }

  dispose() {
    this.sizes.dispose();
  }

  /**
   * Place the words of what is in view.
   *
   * @param {{tree, visible, selected: ?string, hovered: ?string}} moment
   * @param {import("./scene.js").Item[]} items - in view.
   * @param {(item: Object) => [number, number]} placeOf - where an item stands once nothing moves.
   * @param {(item: Object) => number} radiusOf - of all that is drawn at a mark.
   * @param {Object} view - see `placing.js`, and `across`: pixels from one sibling to the next.
   */
  arrange(moment, items, placeOf, radiusOf, view) {
    this.moment = moment;
    this.vertical = view.vertical;
    this.said.clear();
    this.sizes.say = (id) => this.saidOf(id);
    const readable = view.across >= LEAST_PITCH;
    const near = this.near();
    const spots = [];
    for (const item of readable ? items : []) {
      if (item.ghost) continue;
      const [x, y] = placeOf(item);
      const said = this.saidOf(item.id, item);
      spots.push({
        ...{ id: item.id, depth: item.toD, x, y, radius: radiusOf(item), inner: item.inner },
        rank: this.rankOf(item, near),
        bare: !said.text && said.answer === null,
        brief: said.ended || said.brief === "",
        scored: said.share !== null,
      });
    }
    const framed = { ...view, top: view.vertical ? 4 : HEADER.height };
    this.lanes = lanesOf(items, spots, framed);
    const { words, reaches } = placeWords(spots, framed, this.sizes, [...this.lanes.values()].filter(Boolean));
    this.words = new Map(words.map((word) => [word.id, word]));
    this.reaches = reaches;
    this.offsets = new Map();
    for (const { id, x, y } of spots) {
      const word = this.words.get(id);
      if (word) this.offsets.set(id, [word.left - x, word.top - y]);
    }
    this.show(words.filter(({ kind }) => kind !== "bar"));
    this.name(view, spots);
  }

  /** Bring every word to its mark, where marks move. @param {(id: string) => ?[number, number]} placeOf */
  follow(placeOf) {
    for (const [id, box] of this.boxes) {
      const place = placeOf(id);
      if (!place) continue;
      const [dx, dy] = this.offsets.get(id);
      const at = `translate(${Math.round(place[0] + dx)}px, ${Math.round(place[1] + dy)}px)`;
      if (box.at !== at) box.element.style.transform = box.at = at;
    }
  }

  /**
   * How branches leave an item: pixels from its mark to where they come out behind its words, and
   * to where they bend. While marks move they may be nearer to each other than that.
   *
   * @param {number} distance - to the next mark along the tree, in pixels.
   */
  wayOut(item, distance) {
    const bend = Math.max(0, Math.min(this.reaches.get(item.toD) ?? 0, distance * MOST_STRAIGHT));
    const out = this.words.get(item.id)?.out ?? 0;
    return { out: Math.min(out, bend), bend };
  }

  /** How far across from its start the lane of the jump to an item lies, in pixels; null: it has none. */
  laneOf(to) {
    const lane = this.lanes.get(to.id);
    if (!lane) return null;
    return lane.across - (this.vertical ? lane.from.x : lane.from.y);
  }

  /** The words that are bars alone. */
  get bars() {
    return [...this.words.values()].filter(({ kind }) => kind === "bar");
  }

  /** The node whose words are at this point, or null. */
  at(x, y) {
    for (const { id, left, top, width, height } of this.words.values())
      if (x >= left && x <= left + width && y >= top && y <= top + height) return id;
    return null;
  }

  // What is said -------------------------------------------------------------------------------

  saidOf(id, item = null) {
    if (!this.said.has(id)) this.said.set(id, this.describe(id, item));
    return this.said.get(id);
  }

  describe(id, item) {
    const { tree, visible } = this.moment;
    const said = stepWords(tree, visible, id);
    const node = tree.nodes.get(id);
    const { grades } = this.theme.palette;
    const grade = node?.right === null || !node ? null : grades[node.right ? "right" : "wrong"];
    const undecided = Boolean(node?.right_undecided) && !grade;
    return {
      ...said,
      tone: item?.winning ? "chosen" : CUT.has(item?.state) ? "cut" : item?.state === "kept" ? "kept" : "plain",
      mark: undecided ? UNDECIDED_MARK : (grade?.mark ?? ""),
      verdict: undecided ? UNDECIDED_MEANING : (grade?.label.toLowerCase() ?? ""),
      folded: item?.duplicates ?? 0,
    };
  }

  /** Ids of what was chosen by hand or is pointed at, and of their siblings. */
  near() {
    const { visible, selected, hovered } = this.moment;
    const hand = new Set([selected, hovered].filter((id) => id));
    const siblings = new Set([...hand].flatMap((id) => visible.children(visible.parent(id))));
    return { hand, siblings };
  }

  /** What goes first where there is not room for all. */
  rankOf(item, { hand, siblings }) {
    if (hand.has(item.id)) return 0;
    if (item.winning || item.answer !== null || item.state === "collapsed") return 1;
    if (item.state === "kept" || item.state === WRITING) return 2;
    if (siblings.has(item.id)) return 3;
    return CUT.has(item.state) ? 5 : 4;
  }

  // Elements -----------------------------------------------------------------------------------

  show(words) {
    const order = [];
    for (const word of words) {
      const said = this.saidOf(word.id);
      const key = keyOf(word.kind, said, this.sizes.widthFor(word.room));
      let box = this.boxes.get(word.id);
      if (box?.key !== key) {
        box?.element.remove();
        box = { key, element: wordBox(word.kind, said, this.sizes.widthFor(word.room), () => this.sizes.typeset()) };
        box.element.dataset.id = word.id;
        this.boxes.set(word.id, box);
      }
      nameBox(box.element, this.nameOf(word.id));
      const { style } = box.element;
      style.width = `${word.width}px`;
      style.height = `${word.height}px`;
      order.push(box.element);
    }
    const kept = new Set(words.map(({ id }) => id));
    for (const [id, { element }] of this.boxes) {
      if (kept.has(id)) continue;
      element.remove();
      this.boxes.delete(id);
    }
    // In the order of reading; what stands there already is not touched, and keeps its selection.
    order.forEach((element, index) => {
      if (this.list.children[index] !== element) this.list.insertBefore(element, this.list.children[index] ?? null);
    });
  }

  nameOf(id) {
    const { tree, visible } = this.moment;
    if (visible.writing.has(id)) return writingName(tree, visible, id);
    if (isFold(id)) return nameOf(tree, visible, id);
    const node = tree.nodes.get(id);
    if (id === ROOT) return "The problem";
    const state = displayState(tree, node);
    return `Step ${node.depth}, ${this.theme.palette.states[state].label.toLowerCase()}`;
  }

  /** "Step 1", "Step 2", … where each level begins, as far as they have room. */
  name(view, spots) {
    const shown = view.pitch >= HEADER.from ? levelNames(view, spots) : [];
    fill(
      this.headers,
      shown.map(({ level, left, top }) =>
        h("span", { class: "esp-word-header", text: `Step ${level}`, style: { left: `${left}px`, top: `${top}px` } }),
      ),
    );
    this.headers.hidden = view.vertical && !shown.length;
    this.headers.dataset.across = view.vertical ? "false" : "true";
  }

  click(event) {
    const id = event.target.closest(".esp-word")?.dataset.id;
    if (!id) return;
    if (event.target.closest("[data-open]")) this.actions.openDuplicates(id);
    // Whoever marks a text does not mean the node.
    else if (getSelection()?.isCollapsed !== false) this.actions.select(id);
  }
}

/** Where the levels' names stand: above their marks, or at the side where no mark is near. */
function levelNames({ vertical, width, last, start, pitch }, spots) {
  const names = [];
  for (let level = 1; level <= last; level += 1) {
    const along = start + level * pitch;
    if (!vertical) names.push({ level, left: along - HEADER.width / 2, top: 4 });
    else {
      const xs = spots.filter(({ depth }) => depth === level).map(({ x }) => x);
      const room = HEADER.width + 14;
      const left = !xs.some((x) => x < room) ? 6 : !xs.some((x) => x > width - room) ? width - HEADER.width - 4 : null;
      if (left !== null) names.push({ level, left, top: along - 8 });
    }
  }
  return names.filter(({ left }) => left >= 0 && left + HEADER.width <= width);
}
