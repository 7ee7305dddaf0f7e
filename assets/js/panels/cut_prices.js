// What did the cuts cost? Asked of a run that is over: its solver goes on from every step that was kept
// or cut, several times, and how often it reaches the answer is the cut's price. The server does the
// work in a process of its own; what it knows so far is shown as it comes.

import { bar } from "./bars.js";
import { fill, h } from "../dom/dom.js";
import { link, quiet, section } from "./blocks.js";
import { plural, shorten } from "../words/format.js";
import { shortName } from "../words/words.js";

const ASKING_MS = 700;
const MOST_LETTERS = 60;
/** More rings than these hide the tree. */
const MOST_RINGED = 8;
const MOST_CALLS = 24;
const STATES = {
  clear: ["●", "cut rightly"],
  noise: ["◆", "within noise"],
  neither: ["–", "neither this nor the kept one ever got there"],
  reversed: ["✕", "cut wrongly"],
  open: ["○", "not known yet"],
};
const OFFER =
  "The solver goes on from every step that was kept or cut, up to 16 times from each. How often it reaches the answer is what a cut cost.";

export class CutPrices {
  /** @param {import("./list.js").Actions} actions */
  constructor(actions) {
    this.actions = actions;
    this.state = h("p", { class: "esp-cuts-state", role: "status" });
    this.begin = h("button", { type: "button", class: "esp-button", text: "What did the cuts cost?", on: { click: () => this.ask() } });
    this.halt = h("button", { type: "button", class: "esp-button", text: "Stop", hidden: true, on: { click: () => this.stop() } });
    this.found = h("div", {});
    this.offer = quiet(OFFER);
    this.element = h(
      "div",
      { class: "esp-section esp-cuts", hidden: true },
      h("h3", { text: "The price of a cut" }),
      this.offer,
      h("div", { class: "esp-cuts-acts" }, this.begin, this.halt),
      this.state,
      this.found,
    );
    this.run = "";
    this.asked = 0;
  }

  /** Another run is on show; "": none that is over. What was asked of the one before goes on, unseen. */
  show(run, tree) {
    this.tree = tree;
    if (run === this.run) return;
    this.run = run;
    this.asked += 1;
    this.job = null;
    this.drawn = "";
    if (this.ringed) this.actions.point([]);
    this.ringed = false;
    this.element.hidden = !run || !tree.hasCuts;
    this.working(false);
    this.offer.hidden = false;
    this.state.textContent = "";
    fill(this.found);
  }

  async ask() {
    this.asked += 1;
    const mine = this.asked;
    this.working(true);
    this.say("Asking…");
    try {
      let told = await this.actions.askAudit("start", this.run);
      for (;;) {
        if (mine !== this.asked) return;
        this.job = told.id;
        this.tell(told);
        if (told.state !== "waiting" && told.state !== "running") break;
        await new Promise((resolve) => setTimeout(resolve, ASKING_MS));
        if (mine !== this.asked) return;
        told = await this.actions.askAudit("state", told.id);
      }
    } catch (error) {
      if (mine === this.asked) this.say(error.message);
    }
    if (mine === this.asked) this.working(false);
  }

  async stop() {
    try {
      if (this.job) this.tell(await this.actions.askAudit("stop", this.job));
    } catch (error) {
      this.say(error.message);
    }
  }

  tell(told) {
    const said = {
      waiting: told.before ? `Waiting: ${told.before} before this one.` : "Beginning…",
      running: told.said || "Reading the run…",
      done: "",
      stopped: "Stopped. Ask again to go on from here.",
      failed: told.said,
    };
    this.say(said[told.state] ?? "");
    if (told.audit) this.showAudit(told.audit, told.state === "done");
  }

  say(what) {
    if (this.state.textContent !== what) this.state.textContent = what;
  }

  /** The focus stays on what can be pressed. */
  working(on) {
    const held = document.activeElement;
    this.halt.hidden = !on;
    this.begin.hidden = on;
    if (on && held === this.begin) this.halt.focus();
    if (!on && held === this.halt) this.begin.focus();
  }

  showAudit(audit, done) {
    const key = JSON.stringify([audit, done]);
    if (key === this.drawn) return;
    this.drawn = key;
    this.offer.hidden = true;
    const open = this.found.querySelector("details")?.open ?? false;
    const { prices } = audit;
    const dear = prices.filter(({ share }) => reached(share));
    const rest = prices.filter(({ share }) => !reached(share));
    fill(
      this.found,
      audit.sentences.map((sentence, at) => h("p", { class: at ? "esp-quiet" : "esp-cuts-answer", text: sentence })),
      done && audit.loss.node && audit.loss.by !== "nothing" && h("p", {}, link("Show it in the tree", () => this.ring([this.lost(audit)], true))),
      this.calls(audit),
      dear.length > 0 && section(plural(dear.length, "cut that could have got there", "cuts that could have got there"), this.rounds(dear)),
      rest.length > 0 &&
        h("details", { open }, h("summary", { text: plural(rest.length, "cut from which nothing got there", "cuts from which nothing got there") }), this.rounds(rest)),
      quiet(legend(audit.level)),
    );
    if (done) this.ring(byPrice(dear).slice(0, MOST_RINGED));
  }

  /** Each choice by its closest call: the weakest kept against the strongest cut. */
  calls({ decisions, prices }) {
    const told = decisions.map((id) => prices.find((price) => price.id === id)).filter(({ kept_better: better }) => better !== null);
    if (!told.length) return null;
    const line = (price) =>
      h(
        "li",
        {},
        h("span", { class: "esp-cuts-mark", "aria-hidden": "true", text: `${STATES[price.state][0]} ` }),
        `Round ${price.round}: ${this.closest(price)}`,
      );
    return section("Each choice by its closest call", h("ul", { class: "esp-cuts-list" }, told.slice(0, MOST_CALLS).map(line)));
  }

  /** How sure one choice was: its weakest kept step against its strongest cut one. */
  closest(price) {
    const kept = `the weakest kept (${this.name(price.against)})`;
    const cut = `the strongest cut (${this.name(price.id)})`;
    if (price.state === "neither") return `neither ${kept} nor ${cut} ever got there`;
    const counts = beside(price);
    if (price.state === "reversed") return `cut wrongly, ${surely(1 - price.kept_better)} sure that ${cut} is better than ${kept}${counts}`;
    return `${STATES[price.state][1]}, ${surely(price.kept_better)} sure that ${kept} is better than ${cut}${counts}`;
  }

  lost({ loss, prices }) {
    const price = prices.find(({ id }) => id === loss.node);
    return price ?? { id: loss.node, label: "lost after this" };
  }

  rounds(prices) {
    const rounds = [...new Set(prices.map(({ round }) => round))].sort((a, b) => a - b);
    return rounds.flatMap((round) => [
      h("h4", { class: "esp-cuts-round", text: `Round ${round}` }),
      h("ul", { class: "esp-cuts-list" }, byPrice(prices.filter((price) => price.round === round)).map((price) => this.row(price))),
    ]);
  }

  row(price) {
    const [mark, said] = STATES[price.state];
    const chance = {
      clear: () => `, ${surely(price.kept_better)} sure that the kept one is better${ofKept(price)}`,
      noise: () => `, ${surely(price.kept_better)} sure that the kept one is better${ofKept(price)}`,
      reversed: () => `, ${surely(1 - price.kept_better)} sure that this one is better than the kept one${ofKept(price)}`,
    }[price.state];
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "esp-cuts-step", "data-state": price.state, on: { click: () => this.ring([price], true) } },
        h("span", { class: "esp-cuts-mark", "aria-hidden": "true", text: mark }),
        h(
          "span",
          { class: "esp-cuts-words" },
          h("strong", { text: this.title(price.id) }),
          h("span", { dir: "auto", text: this.said(price.id) }),
          range(price.share),
          h("span", { text: `${shareWords(price.share)}; ${said}${chance?.() ?? ""}` }),
        ),
      ),
    );
  }

  /** A step by its words. */
  said(id) {
    return shorten((this.tree?.nodes.get(id)?.text ?? "").replace(/\s+/g, " ").trim(), MOST_LETTERS);
  }

  /** "Step 2, branch 3", as the tree names it. */
  title(id) {
    const node = this.tree?.nodes.get(id);
    return node ? shortName(this.tree, node).replace(/ of \d+$/, "") : `Step ${id}`;
  }

  name(id) {
    return this.title(id).replace(/^Step/, "step");
  }

  ring(prices, reveal = false) {
    this.ringed = prices.length > 0;
    this.actions.point(prices.map(({ id, share, label }) => ({ id, label: label ?? shortShare(share), short: label ? "lost" : leastShare(share) })), reveal);
  }
}

const reached = ({ reached: count, known }) => count > 0 || known === true;
const byPrice = (prices) => [...prices].sort((a, b) => b.share.value - a.share.value);
const points = (share) => `${Math.round(100 * share)} %`;
/** How sure a few rollouts make one: never wholly. */
const surely = (share) => (share > 0.994 ? "more than 99 %" : share < 0.006 ? "less than 1 %" : points(share));
const ofRollouts = ({ reached: count, rollouts, known }) => (known === null ? `${count} of ${rollouts} rollouts` : known ? "right at its end" : "wrong at its end");
/** What that rests on: of the cut step, and of the kept one. */
const beside = ({ share, kept_share: kept }) => (kept ? ` (cut: ${ofRollouts(share)}; kept: ${ofRollouts(kept)})` : "");
const ofKept = ({ kept_share: kept }) => (kept ? ` (${ofRollouts(kept)})` : "");

function shareWords({ reached: count, rollouts, low, high, known }) {
  if (known !== null) return known ? "finished, and right" : "finished, and wrong";
  if (!rollouts) return "no rollout yet";
  return `${count} of ${rollouts} got there (${points(low)} to ${points(high)})`;
}

const shortShare = ({ reached: count, rollouts, known }) => (known === null ? `${count} of ${rollouts} got there` : "was right");

const leastShare = ({ reached: count, rollouts, known }) => (known === null ? `${count}/${rollouts}` : "right");

/** The share as a bar, its interval as a line through it; the words beside it say the same. */
function range({ value, low, high, rollouts, known }) {
  if (known !== null || !rollouts) return null;
  const across = h("span", { class: "esp-cuts-interval", style: { left: `${100 * low}%`, right: `${100 * (1 - high)}%` } });
  return h("span", { class: "esp-cuts-range", "aria-hidden": "true" }, bar(value), across);
}

function legend(level) {
  return `● the kept step is the better one with at least ${points(level)}; ✕ the cut one is; ◆ neither is so surely better; – no rollout from either got there. Bars are shares with their 95 % intervals.`;
}
