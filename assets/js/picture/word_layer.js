// The words over the canvas: HTML, so that they can be selected, set as maths, and read aloud.
// What stands where is decided in `placing.js`; here it becomes elements, kept from one picture
// to the next, that follow their marks.

import { crossing } from "./crossing.js";
import { displayState, isFold } from "../log/visible.js";
import { fill, h } from "../dom/dom.js";
import { keyOf, nameBox, wordBox } from "./word_box.js";
import { lanesOf } from "./lanes.js";
import { nameOf, writingName } from "../words/words.js";
import { askSizes, placeWords } from "./placing.js";
import { ROOT } from "../log/tree.js";
import { faintOf, Said, spotsOf, viewOf, waysOf, withoutHalf, withoutMistaken } from "./spots.js";
import { NO_WORDS, WordPlan } from "./word_plan.js";
import { WordSizes } from "./word_sizes.js";

const NONE = new Set();
/** So many elements that were not there before are made in a frame that places words, or in one that does not; the others follow. */
const MOST_MADE = { placing: 6, alone: 14 };
/** Pixels by which words may reach below what is written over them, and still be read. */
const GRAZED = 3;
const HEADER = { from: 40, width: 46, height: 16 };

export class WordLayer {
  /**
   * @param {import("./theme.js").Theme} theme
   * @param {{select: (id: string) => void, toggleDuplicates: (id: string) => void,
   *   hover: (id: ?string) => void, wheel: (event: WheelEvent) => void, onChange: () => void}} actions
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
    /** Ids of words that are not shown while something moves. */
    this.away = NONE;
    /** Those that were not there before the last arrangement. */
    this.newcomers = NONE;
    /** There are words that are placed, and shown only in the next picture. */
    this.unmade = false;
    /** Where something else is written over the picture, in pixels; set from outside. */
    this.others = [];
    // A line that may become a card stands meanwhile: it can wait for its card's size.
    this.sizes.stands = (id, kind = "line") => this.boxes.has(id) && (kind !== "card" || this.boxes.get(id).kind === kind);
    this.plan = NO_WORDS;
    this.said = null;
    /** The last frame was one for reading: the next one places what is known by then. */
    this.hasRead = false;
    const idAt = (event) => event.target.closest(".esp-word")?.dataset.id ?? null;
    this.list.addEventListener("click", (event) => this.click(event));
    this.list.addEventListener("pointerover", (event) => actions.hover(idAt(event)));
    this.list.addEventListener("pointerleave", () => actions.hover(null));
    this.list.addEventListener("wheel", (event) => actions.wheel(event), { passive: false });
  }

  dispose() {
    this.sizes.dispose();
  }

  /**
   * Place the words of what will be in view once nothing moves.
   *
   * @param {{tree, visible, selected: ?string, asked?: Set<string>}} moment
   * @param {import("./scene.js").Scene} scene
   * @param {import("./camera.js").Camera} camera
   * @param {{width: number, height: number}} size - of the picture, in pixels.
   * @param {(item: Object) => number} extentOf - how far along the tree a mark reaches, in pixels.
   * @returns {boolean} false: this frame was for reading what is new, and the next one places it.
   */
  arrange(moment, scene, camera, size, extentOf) {
    this.moment = moment;
    // What is said of a step stays while the picture shows the same, such as where words are only late.
    const same = this.said?.holds(moment, scene) ?? false;
    if (!same) this.said = new Said(moment, this.theme.palette.grades, scene);
    this.sizes.say = (id) => this.said.of(id);
    this.sizes.hasRead = (id) => this.said.known.has(id);
    const view = viewOf(scene, camera, size);
    const reads = this.sizes.patient ? undefined : (id) => this.boxes.has(id);
    const spots = spotsOf(moment, scene, camera, this.said, extentOf, view, reads);
    const ranks = new Map(spots.map(({ id, rank }) => [id, rank]));
    this.sizes.rank = (id) => ranks.get(id) ?? Infinity;
    // What comes into sight is read, measured, placed and shown in several frames: none of them is late for it.
    const news = this.sizes.late || (spots.length > 0 && !this.boxes.size);
    this.hasRead = same && !this.sizes.patient && news && !this.hasRead;
    if (this.hasRead) {
      this.sizes.read(() => askSizes(spots, view, this.sizes));
      this.actions.onChange();
      return false;
    }
    const lanes = lanesOf(scene, spots, view);
    const arrows = [...lanes.values()].filter(Boolean);
    const ways = waysOf(scene, camera, size);
    const place = (some) => placeWords(some, view, this.sizes, arrows, ways);
    const most = this.sizes.patient ? Infinity : MOST_MADE.placing;
    const placed = this.sizes.together(() => {
      const all = place(spots);
      const worded = new Set(all.words.filter(({ kind }) => kind !== "bar").map(({ id }) => id));
      const fewer = withoutHalf(spots, moment.asked ?? NONE, worded);
      return fewer ? place(fewer) : all;
    });
    placed.words = withoutMistaken(placed.words, spots);
    this.plan = new WordPlan(placed, lanes, spots, view);
    this.show(this.plan.texts, most);
    this.name(view, view.vertical ? [...spots, ...faintOf(scene, camera, size)] : []);
    // Of what is in the corner the page says when it has been laid out.
    if (this.sizes.late && !this.sizes.awaited) this.actions.onChange();
    return true;
  }

  /**
   * Bring every word to its mark, where marks move. On the way words can come to lie on others, or on
   * marks: those are away until they have passed.
   *
   * @param {?(item: Object) => number} radiusOf - of a mark, in pixels; null where nothing moves.
   */
  follow(scene, camera, size, radiusOf) {
    const placed = [];
    for (const { id, kind, width, height } of this.plan.words.values()) {
      const item = scene.items.get(id)?.place(camera);
      if (!item) {
        this.boxes.get(id)?.element.toggleAttribute("data-away", true); // until words are placed anew
        continue;
      }
      const [dx, dy] = this.plan.offsets.get(id);
      placed.push({ id, kind, left: item.x + dx, top: item.y + dy, width, height });
    }
    this.away = radiusOf ? this.crossingNow(placed, scene, camera, size, radiusOf) : NONE;
    const under = ({ left, top, width, height }) =>
      this.others.some((other) => left < other.right && other.left < left + width && top + GRAZED < other.bottom && other.top + GRAZED < top + height);
    for (const word of placed) {
      const { id, left, top } = word;
      const box = this.boxes.get(id);
      if (!box) continue;
      const at = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
      if (box.at !== at) box.element.style.transform = box.at = at;
      box.element.toggleAttribute("data-away", this.away.has(id) || under(word));
    }
    for (const [place, { left, top }] of (this.names ?? []).entries())
      this.headers.children[place]?.toggleAttribute("data-away", under({ left, top, width: HEADER.width, height: HEADER.height }));
  }

  /** What lies on something at this moment; what stood there before has the right of way. */
  crossingNow(placed, scene, camera, size, radiusOf) {
    const marks = scene.look(camera, size).marks.map((index) => {
      const item = scene.item(index).place(camera);
      return { id: item.id, x: item.x, y: item.y, radius: radiusOf(item) };
    });
    const order = ({ id, kind }) => (kind === "bar" ? 2 : this.newcomers.has(id) ? 1 : 0);
    return crossing(placed.sort((a, b) => order(a) - order(b)), marks);
  }

  // Elements -----------------------------------------------------------------------------------

  /**
   * Words become elements. What stands there already is brought up to date at once; of what is new only so
   * much that the picture is not late, and `unmade` is set where more is to be shown in the next one.
   */
  show(words, most) {
    const order = [];
    this.newcomers = new Set(words.map(({ id }) => id).filter((id) => !this.boxes.has(id)));
    this.unmade = false;
    let room = most;
    for (const word of words) {
      const said = this.said.of(word.id);
      const key = keyOf(word.kind, said, this.sizes.fitFor(word.room));
      let box = this.boxes.get(word.id);
      if (!box) room -= 1;
      if (room < 0) {
        this.unmade = true;
        continue;
      }
      if (box?.key !== key) {
        box?.element.remove();
        box = { key, kind: word.kind, element: wordBox(word.kind, said, this.sizes.fitFor(word.room), () => this.sizes.typeset()) };
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

  /** The words are placed; more of them can be shown. */
  goOn() {
    if (this.unmade) this.show(this.plan.texts, MOST_MADE.alone);
  }

  nameOf(id) {
    const { tree, visible } = this.moment;
    if (visible.writing.has(id)) return writingName(tree, visible, id);
    if (isFold(id)) return nameOf(tree, visible, id);
    const node = tree.nodes.get(id);
    // The timeline was moved since, and the picture of that moment is still to come.
    if (!node) return "";
    if (id === ROOT) return "The problem";
    const state = displayState(tree, node);
    return `Step ${node.depth}, ${this.theme.palette.states[state].label.toLowerCase()}`;
  }

  /** "Step 1", "Step 2", … where each level begins, as far as they have room beside marks and words. */
  name(view, marks) {
    const shown = view.pitch >= HEADER.from ? levelNames(view, marks, this.plan.texts) : [];
    const said = JSON.stringify(shown);
    if (said !== this.named)
      fill(
        this.headers,
        shown.map(({ level, left, top }) =>
          h("span", { class: "esp-word-header", text: `Step ${level}`, style: { left: `${left}px`, top: `${top}px` } }),
        ),
      );
    this.named = said;
    this.names = shown;
    this.headers.hidden = view.vertical && !shown.length;
    this.headers.dataset.across = view.vertical ? "false" : "true";
  }

  /** Whether a card beside the mark would say the same once more: the problem has nothing but its words. */
  tellsAll(id) {
    return id === ROOT && this.boxes.has(id) && this.said.of(id).whole;
  }

  click(event) {
    const id = event.target.closest(".esp-word")?.dataset.id;
    if (!id) return;
    if (event.target.closest("[data-open]")) this.actions.toggleDuplicates(id);
    // Whoever marks a text does not mean the node.
    else if (getSelection()?.isCollapsed !== false) this.actions.select(id);
  }
}

/** Where the levels' names stand: above their marks, or at the side where no mark and no words are near. */
function levelNames({ vertical, width, height, last, start, pitch }, marks, words) {
  const names = [];
  for (let level = 1; level <= last; level += 1) {
    const along = start + level * pitch;
    if (!vertical) names.push({ level, left: along - HEADER.width / 2, top: 4 });
    else {
      const xs = marks.filter(({ depth }) => depth === level).map(({ x }) => x);
      for (const { left, top, width, height } of words)
        if (top < along + 9 && top + height > along - 9) xs.push(left - 12, left + width + 12);
      const room = HEADER.width + 14;
      const left = !xs.some((x) => x < room) ? 6 : !xs.some((x) => x > width - room) ? width - HEADER.width - 4 : null;
      if (left !== null) names.push({ level, left, top: along - 8 });
    }
  }
  return names.filter(({ left, top }) => left >= 0 && left + HEADER.width <= width && top >= 0 && top + HEADER.height <= height);
}
