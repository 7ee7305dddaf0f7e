// For a lecture hall: the tree, the timeline and one sentence, large, and nothing else. Tree and
// timeline are the explorer's own, lent while this is open; they go back to where they stood.

import { h, setText } from "../dom/dom.js";
import { CUT_OFF, tell } from "../words/story.js";
import { icon } from "../dom/icons.js";
import { rewriteAddress } from "../dom/frame.js";

const NAME = "present";
/** Type grows with the hall's picture: a screen of this size would show it as it is elsewhere. */
const USUAL = { width: 900, height: 560 };
const SCALE = { least: 1.2, most: 2.2 };

/** Whether the address asks for it. */
export const isAsked = (address) => new URLSearchParams(address.search).has(NAME);

export class Projector {
  /** @param {import("../explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.sentence = h("p", { class: "esp-projector-sentence", "aria-live": "polite", dir: "auto" });
    this.scaled = h("div", { class: "esp-projector-scaled" });
    this.between = h("div", { class: "esp-projector-class" });
    this.foot = h("div", { class: "esp-projector-foot" });
    const leave = h(
      "button",
      {
        ...{ type: "button", class: "esp-button esp-icon-button", "aria-label": "Leave", title: "Leave (Esc)" },
        on: { click: () => this.dialog.close() },
      },
      icon("close"),
    );
    this.dialog = h(
      "dialog",
      {
        ...{ class: "esp-projector", "aria-label": "Projector", tabindex: "-1" },
        on: { keydown: (event) => this.key(event), close: () => this.leave() },
      },
      h("div", { class: "esp-projector-head" }, this.sentence, leave),
      h("div", { class: "esp-projector-stage" }, this.scaled),
      this.foot,
    );
    this.lent = [];
    this.onResize = () => this.scale();
    explorer.root.append(this.dialog);
  }

  open() {
    if (this.dialog.open) return;
    const { explorer } = this;
    this.lend(explorer.canvas.frame, this.scaled);
    this.lend(explorer.panel("timeline").element, this.foot);
    if (!explorer.given.alone && explorer.attending.role) {
      this.scaled.parentElement.before(this.between);
      this.lend(explorer.panel("class").element, this.between);
    } else this.between.remove();
    this.dialog.showModal();
    this.dialog.focus();
    this.scale();
    addEventListener("resize", this.onResize);
    explorer.canvas.whole = true;
    explorer.canvas.setFollow(true);
    explorer.refreshNow();
  }

  dispose() {
    removeEventListener("resize", this.onResize);
    if (this.dialog.open) this.dialog.close();
  }

  /** Say what has happened at the moment on show. */
  update({ log, rounds, cursor, tree }) {
    if (!this.dialog.open) return;
    const segment = rounds.segments[rounds.indexAt(cursor)];
    const said = segment ? tell(log.events, segment, cursor, this.explorer.given.labels) : "";
    // What a person brought about must not pass for the search's doing.
    const steered = tree.notes.length ? "Steered by hand. " : "";
    setText(this.sentence, `${steered}${said}${tree.interrupted ? ` ${CUT_OFF}` : ""}`);
  }

  /** Put an element somewhere else for a while; a comment keeps its place. */
  lend(element, place) {
    const kept = document.createComment(NAME);
    element.replaceWith(kept);
    place.append(element);
    this.lent.push(() => kept.replaceWith(element));
  }

  leave() {
    removeEventListener("resize", this.onResize);
    for (const back of this.lent.splice(0)) back();
    const { explorer } = this;
    explorer.canvas.whole = false;
    if (!explorer.given.alone && isAsked(location)) {
      const query = new URLSearchParams(location.search);
      query.delete(NAME);
      rewriteAddress(`${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
    }
    explorer.refreshNow();
  }

  scale() {
    const room = Math.min(innerWidth / USUAL.width, innerHeight / USUAL.height);
    const scale = Math.max(SCALE.least, Math.min(SCALE.most, room));
    this.dialog.style.setProperty("--esp-scale", String(scale));
  }

  /** What presenters press: arrows, page keys, space. Fields and buttons keep their own keys. */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pages = event.key === "PageDown" || event.key === "PageUp";
    if (!pages && event.target.closest("input, select")) return;
    if (event.key === " " && event.target.closest("button")) return;
    const { explorer } = this;
    const act = {
      ArrowRight: () => explorer.step(1),
      PageDown: () => explorer.step(1),
      ArrowLeft: () => explorer.step(-1),
      PageUp: () => explorer.step(-1),
      Home: () => explorer.scrub(explorer.rounds.segments[0]?.cursor ?? 0),
      End: () => explorer.scrub(explorer.log.length),
      " ": () => explorer.player.toggle(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
