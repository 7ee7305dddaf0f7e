// The inspector: everything that the log says about the selected node. What that is depends on
// what is selected; each kind has a file beside this one.

import { Acts } from "./acts.js";
import { doubtPhrase } from "../../words/doubts.js";
import { heading, quiet } from "../blocks.js";
import { fill, h } from "../../dom/dom.js";
import { foldContents, stepContents, writingContents } from "./step.js";
import { isFold } from "../../log/visible.js";
import { isStream } from "../../words/annotations.js";
import { problemContents } from "./problem.js";
import { ROOT } from "../../log/tree.js";

const SELECT =
  "Select a step to read it and to see why it was kept or pruned: click a mark, or walk the tree with the arrow keys.";

export class Inspector {
  /** @param {{palette: Object, labels: Object, actions: import("../list.js").Actions}} given */
  constructor(given) {
    this.given = given;
    this.acts = new Acts(given);
    this.body = h("div", { class: "esp-inspector-body" });
    this.element = h(
      "section",
      { class: "esp-panel esp-inspector", "aria-label": "Selected step", tabindex: "0" },
      this.body,
    );
    this.drawn = "";
  }

  update(moment) {
    const key = `${signature(moment)}|${this.led}`;
    if (key === this.drawn) return;
    const moved = moment.selected !== this.selected;
    this.drawn = key;
    this.selected = moment.selected;
    const scroll = this.element.scrollTop;
    fill(this.body, this.contents(moment));
    this.element.scrollTop = moved ? 0 : scroll;
  }

  /** Whether a teacher moves this page: whoever wants to act looks away first. */
  get led() {
    return this.given.actions.attending?.led ?? false;
  }

  recount(moment) {
    this.update(moment);
  }

  contents({ log, tree, visible, selected }) {
    const given = { ...this.given, run: log?.run };
    if (isFold(selected) && visible.fold(selected)) return foldContents(tree, visible.fold(selected), given);
    if (visible.writing.has(selected)) return writingContents(tree, visible, selected, given);
    const node = tree.nodes.get(selected);
    if (!node) return [heading("No step is selected"), quiet(SELECT)];
    const contents = node.id === ROOT ? problemContents(tree, given) : stepContents(tree, node, given);
    if (this.led || !this.acts.offers(tree, node)) return contents;
    const acts = this.acts.show(tree, node, log.live);
    return node.id === ROOT ? [...contents, acts] : [contents[0], acts, ...contents.slice(1)];
  }
}

/** Everything that the contents depend on: a live run must not rebuild them at every event. */
export function signature({ tree, visible, selected, log }) {
  const node = tree.nodes.get(selected);
  if (visible.writing.has(selected)) return `${selected}|${visible.writing.get(selected)} tokens`;
  if (isFold(selected)) return `${selected}|${visible.fold(selected)?.members.join()}`;
  if (!node) return `nothing|${tree.started.run}`;
  if (node.id === ROOT) return `root|${tree.started.run}|${tree.finished?.status}|${tree.interrupted}|${node.children.length}`;
  const siblings = tree.nodes.get(node.parent).children.map((id) => {
    const sibling = tree.nodes.get(id);
    return `${sibling.state}${sibling.score}${sibling.right}${doubtPhrase(tree, sibling.group)}`;
  });
  const { aggregate, decision, ahead, visits, value, weight, copies } = node;
  const state = [node.right_undecided, tree.chosen, tree.interrupted, written(tree, node)];
  const own = [aggregate, decision, ahead, visits, value, weight, copies, ...state];
  return `${tree.started.run}|${node.id}|${own.join("|")}|${siblings.join()}|${log?.live}|${node.children.length > 0}`;
}

/** How far the writing has come, where an order of writing or a revision is shown. */
function written(tree, node) {
  return isStream(tree) || node.state === "completed" ? tree.nodes.size : 0;
}
