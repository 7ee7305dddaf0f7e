// The place Learn: one page at a time, its words beside its picture.

import { barsOf, reckonedOf } from "./bars.js";
import { CostMeter } from "./cost.js";
import { Exam } from "./exam.js";
import { curveOf } from "./curve.js";
import { Course, HIDEABLE, hiddenBy, queryOf } from "./course.js";
import { fill, h, setAttribute, setText } from "../dom/dom.js";
import { Key } from "./key.js";
import { LessonList } from "./list.js";
import { LessonStage } from "./stage.js";
import { countedFrom, playedFrom } from "./made.js";
import { NoisePanel } from "./noise.js";
import { spokenName } from "./names.js";
import { Outline } from "../panels/outline.js";
import { parentOf } from "../log/tree.js";
import { plain, written } from "./text.js";
import { Progress } from "./progress.js";
import { QuestionPanel } from "./question.js";
import { rewriteAddress } from "../dom/frame.js";
import { RolloutsPanel } from "./rollouts.js";
import { Scrubber } from "./scrubber.js";
import { ShareMeter } from "./share.js";
import { scoreCard } from "./score_card.js";
import { Tally, tallyOf } from "./tally.js";
import { Theme } from "../picture/theme.js";

/** How long the picture takes to what a question reveals. */
const REVEAL_SECONDS = 1.2;

export class Classroom {
  /**
   * @param {HTMLElement} root - `.esp`
   * @param {{lessons: Object[], forms: Object, palette: Object, storage: ?Storage,
   *   fetchTrace: (name: string) => Promise<Object[]>, fetchOutcomes: (name: string) => Promise<Object[]>,
   *   askRollouts: (name: string) => Promise<Object[]>}} given - `fetchTrace`: the events of a run.
   *   `fetchOutcomes`: what draws of noise come to. `askRollouts`: what the solver writes now.
   */
  constructor(root, { lessons, forms, palette, storage, fetchTrace, fetchOutcomes, askRollouts }) {
    Object.assign(this, { root, fetchTrace });
    this.course = new Course(lessons);
    this.progress = new Progress(storage);
    this.exam = new Exam(forms, storage);
    this.theme = new Theme(root, palette, () => this.stage.restyle());
    this.traces = new Map();
    this.question = new QuestionPanel({
      answered: (answer) => this.answered(answer),
      again: () => this.again(),
      pointed: () => this.point(),
    });
    this.stage = new LessonStage(this.theme, { pick: (id) => this.question.pick(id), moved: () => this.moved() });
    this.tally = new Tally();
    this.cost = new CostMeter();
    this.share = new ShareMeter();
    this.key = new Key(palette);
    this.scrubber = new Scrubber(this.stage);
    this.noise = new NoisePanel({
      fetchRun: (level, draw) => fetchTrace(`noise/${this.page.trace}/${level}/${draw}`),
      fetchOutcomes: (level) => fetchOutcomes(`noise/${this.page.trace}/${level}`),
      show: (events) => {
        this.stage.load(events, { same: true });
        this.stage.seek(events.length);
      },
      failed: () => this.tell("The noise did not come. Move the slider to try again."),
    });
    this.rollouts = new RolloutsPanel({
      ask: (step, draw) => askRollouts(`rollouts/${this.page.trace}/${step}/${draw}`),
      chosen: () => this.point(),
    });
    const named = (tree, visible, id) => spokenName(tree, visible, id, this.known);
    this.outline = new Outline({ palette, named, actions: { select: (id) => this.question.pick(id), unfold: () => {} } });
    this.build();
    document.addEventListener("keydown", (event) => this.onKey(event));
    this.begin();
  }

  // What stands on the page ---------------------------------------------------------------------

  build() {
    const button = (name, text, act) =>
      h("button", { type: "button", class: `esp-button learn-${name}`, text, on: { click: act } });
    this.lessons = new LessonList(this.exam.button, (lesson) => {
      this.go({ lesson, page: 1 });
      this.caption.focus({ preventScroll: true });
    });
    this.where = h("p", { class: "learn-where" });
    this.title = h("h1", { class: "learn-title" });
    this.problem = h("p", { class: "learn-problem", dir: "auto" });
    this.caption = h("p", { class: "learn-caption", tabindex: "-1" });
    this.notice = h("p", { class: "learn-notice", role: "status", hidden: true });
    this.replay = button("replay", "Play again", () => this.play());
    this.text = h(
      "details",
      { class: "learn-text", on: { toggle: () => this.moved() } },
      h("summary", { text: "The tree as text" }),
      this.outline.element,
    );
    this.source = h("p", { class: "learn-source" });
    this.recipe = h("p");
    this.made = h("details", { class: "learn-text learn-made" }, h("summary", { text: "How this was made" }), this.recipe);
    this.picture = h("div", { class: "learn-picture" });
    this.back = button("back", "Back", () => this.turn(-1));
    this.next = button("next", "Next", () => this.turn(1));
    setAttribute(this.back, "aria-keyshortcuts", keysOf(-1));
    setAttribute(this.next, "aria-keyshortcuts", keysOf(1));
    this.dots = h("ol", { class: "learn-dots", "aria-hidden": "true" });
    fill(
      this.root,
      this.lessons.element,
      h(
        "section",
        { class: "learn-page", "aria-label": "Lesson" },
        this.exam.dialog,
        h("div", { class: "learn-head" }, this.where, this.title, this.notice),
        h("div", { class: "learn-words" }, this.caption, this.question.element, this.noise.element, this.rollouts.element, this.tally.element, this.cost.element, this.share.element),
        h("div", { class: "learn-show" }, this.problem, this.picture),
        h("div", { class: "learn-under" }, this.scrubber.element, this.key.element, this.replay, this.text, this.made, this.source),
      ),
      h("nav", { class: "learn-turn", "aria-label": "Pages" }, this.back, this.dots, this.next),
    );
  }

  begin() {
    const { hidden, notice } = hiddenBy(location.search);
    this.hidden = hidden;
    const asked = this.course.asked(location.search);
    const known = this.progress.at && this.course.has(this.progress.at) ? this.progress.at : null;
    const welcome = !asked.place && known && (known.lesson > 1 || known.page > 1) ? "You go on where you were." : "";
    this.tell([notice, asked.notice, welcome].filter(Boolean).join(" "));
    this.go(asked.place ?? known ?? { lesson: 1, page: 1 });
  }

  tell(text) {
    setText(this.notice, text);
    this.notice.hidden = !text;
  }

  shows(name) {
    return !this.hidden.has(name) && (!(name in OF_PAGES) || Boolean(this.page.shows?.includes(name)));
  }

  // Turning pages -------------------------------------------------------------------------------

  turn(by) {
    const place = this.course.beside(this.place, by);
    if (!place) {
      if (by > 0) location.assign("../");
      return;
    }
    this.tell("");
    this.go(place);
    this.caption.focus({ preventScroll: true });
  }

  /** Show a page; the run that it shows may have to come first. */
  go(place) {
    const started = performance.now();
    Object.assign(this, { place, page: this.course.page(place) });
    this.progress.visit(place, this.course.isLast(place));
    rewriteAddress(`${location.pathname}${queryOf(place, location.search)}${location.hash}`);
    this.write();
    this.draw(place).then(() => {
      /** Milliseconds from the wish for this page to its picture; for tests and benchmarks. */
      this.lastTurnMs = performance.now() - started;
      setAttribute(this.root, "data-shown", `${place.lesson}.${place.page}`);
      this.prefetch();
    });
  }

  write() {
    const { course, place, page } = this;
    const lesson = course.lessons[place.lesson - 1];
    this.known = course.known(place);
    setText(this.title, lesson.title);
    setText(this.where, `Lesson ${place.lesson} of ${course.lessons.length}, page ${place.page} of ${lesson.pages.length}`);
    document.title = `${lesson.title} · Espalier`;
    fill(this.caption, written(page.caption, page.introduces));
    this.lessons.show(course.lessons, place, this.progress.done);
    this.lessons.element.hidden = !this.shows("lessons");
    this.exam.button.hidden = !this.shows("test");
    fill(this.dots, lesson.pages.map((_, index) => h("li", { "data-current": index + 1 === place.page })));
    this.back.disabled = !course.beside(place, -1);
    this.offerNext();
  }

  /** Whoever has not answered yet may go on, but that is not what the page is for. */
  offerNext() {
    const { course, place } = this;
    const after = course.beside(place, 1);
    const skips = this.question.open;
    const lesson = after && after.lesson !== place.lesson ? `Next: ${course.lessons[after.lesson - 1].title}` : "Next";
    setText(this.next, skips ? "Skip" : after ? lesson : "Now search yourself");
    setAttribute(this.next, "data-skips", skips);
  }

  async draw(place) {
    const { page } = this;
    const events = page.trace ? await this.trace(page.trace) : null;
    if (this.place !== place) return; // another page was asked for meanwhile
    const answer = this.progress.answer(place);
    this.question.show(this.shows("question") ? (page.question ?? null) : null, answer);
    this.offerNext();
    setAttribute(this.root, "data-picture", pictureOf(page));
    for (const part of [this.key.element, this.text, this.replay, this.tally.element, this.scrubber.element, this.problem, this.noise.element, this.rollouts.element, this.cost.element, this.share.element])
      part.hidden = true;
    this.noise.leave();
    this.rollouts.leave();
    this.tellSource(events);
    if (!events) {
      fill(this.picture, this.figure());
      return;
    }
    const [{ problem }] = events;
    this.problem.hidden = false;
    setText(this.problem, problem.text);
    if (this.stage.element.parentNode !== this.picture) fill(this.picture, this.stage.element);
    this.stage.load(events);
    this.scrubber.load(events);
    this.stage.light(page.strong ?? null);
    this.stage.ask(this.question.question?.options.map(({ id }) => id) ?? []);
    if (answer && page.question) this.stage.seek(page.question.reveal);
    else this.play();
    this.point();
    this.noise.element.hidden = !this.shows("noise");
    if (this.shows("noise")) this.noise.begin(page.noise);
    this.rollouts.element.hidden = !page.rollouts || this.hidden.has("rollouts");
    if (page.rollouts) this.rollouts.begin(page.rollouts);
  }

  /** What stands in the place of a tree. */
  figure() {
    const { measured, reckoned } = this.page;
    if (measured?.against) return curveOf(measured);
    if (measured) return barsOf(measured, this.known);
    return reckoned ? reckonedOf(reckoned) : this.score();
  }

  play() {
    const { page } = this;
    const revealed = page.question && !this.question.open;
    this.stage.play(page.from, revealed ? page.question.reveal : page.to, page.seconds);
  }

  /** The picture shows another moment. */
  moved() {
    const { stage, page } = this;
    if (!stage.tree || !page?.trace) return;
    // Once a question is answered, the votes may be seen wherever there are any to compare.
    const ended = stage.tree.votes.size > 0 && tallyOf(stage.tree).length > 1;
    this.tally.element.hidden = !(this.shows("tally") || (ended && page.question && this.question.answer && !this.hidden.has("tally")));
    if (!this.tally.element.hidden) this.tally.update(stage.tree);
    this.cost.element.hidden = !this.shows("cost");
    if (!this.cost.element.hidden) this.cost.update(stage.tree, stage.events);
    this.share.element.hidden = !this.shows("share");
    if (!this.share.element.hidden) this.share.update(stage.tree, stage.events, page.strong);
    this.key.element.hidden = this.hidden.has("legend");
    if (!this.key.element.hidden) this.key.update(stage.tree, stage.visible, this.known);
    this.scrubber.element.hidden = !this.shows("timeline");
    if (!this.scrubber.element.hidden) this.scrubber.update();
    this.replay.hidden = stage.playing || page.from >= page.to;
    this.text.hidden = this.hidden.has("text");
    if (this.text.open) this.outline.update({ tree: stage.tree, visible: stage.visible, selected: null });
    if (this.drawn !== stage.playing) this.point();
    this.drawn = stage.playing;
  }

  /** Rings: what is asked about, or what the page points at; nothing is ringed while it plays. */
  point() {
    const { page, stage } = this;
    if (!page.trace) return;
    const rolled = page.rollouts && !this.hidden.has("rollouts") ? this.rollouts.points() : page.points?.map(besideItsMark);
    const own = this.question.question ? this.question.points() : rolled;
    stage.point(stage.playing ? [] : own);
  }

  /** Where it comes from: who said it, and behind a word how to make it anew. */
  tellSource(events) {
    const { measured, trace, cites = [] } = this.page;
    const hidden = this.hidden.has("source");
    const sources = cites.map(({ source, address }) => h("a", { href: address, target: "_blank", rel: "noreferrer", text: source }));
    if (measured) sources.unshift(h("a", { href: `../guide/${measured.guide}`, "data-place": "", text: "How it was measured" }));
    this.source.hidden = hidden || !sources.length;
    fill(this.source, sources.flatMap((link, place) => (place ? [". ", link] : [link])));
    this.made.hidden = hidden || !(measured || trace);
    this.made.open = false;
    fill(this.recipe, measured ? countedFrom(measured) : trace ? playedFrom(trace, events) : null);
  }

  // Predictions ---------------------------------------------------------------------------------

  answered(answer) {
    this.progress.keep(this.place, answer);
    this.offerNext();
    const { to, question } = this.page;
    this.stage.play(to, question.reveal, REVEAL_SECONDS);
    this.point();
  }

  again() {
    this.progress.keep(this.place, null);
    this.question.show(this.page.question, null);
    this.offerNext();
    this.stage.seek(this.page.to);
    this.point();
    this.caption.focus({ preventScroll: true });
  }

  score() {
    if (this.hidden.has("score")) return h("p", { text: "The score is hidden by this link." });
    const questions = this.course.questions();
    const answered = questions.map((one) => ({ ...one, answer: this.progress.first(one) })).filter(({ answer }) => answer);
    // Of those that were passed: nobody is sent ahead to what comes later.
    const open = questions.find((one) => one.lesson <= this.place.lesson && !this.progress.first(one));
    return scoreCard(answered, questions, open, () => this.go(open));
  }

  // Runs ----------------------------------------------------------------------------------------

  /** The events of a run; each is fetched once, and again only where that failed. */
  async trace(name) {
    if (!this.traces.has(name)) this.traces.set(name, this.fetchTrace(`traces/${name}`));
    try {
      return await this.traces.get(name);
    } catch (error) {
      this.traces.delete(name);
      this.tell("The recorded search did not come. Turn the page and back to try again.");
      throw error;
    }
  }

  /** What the next pages show is here before they are. */
  prefetch() {
    let { place } = this;
    for (let ahead = 0; ahead < 3 && place; ahead += 1) {
      const { trace } = this.course.page(place);
      if (trace) this.trace(trace).catch(() => {}); // it is asked for again when its page comes
      place = this.course.beside(place, 1);
    }
  }

  // Keys ----------------------------------------------------------------------------------------

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const busy = event.target.closest?.("input, select, textarea, [role=tree], dialog");
    if (busy) return;
    const on = event.target.closest?.("a, button, summary");
    if (event.key === "Enter" && on) return;
    const by = TURNS[event.key];
    if (!by) return;
    event.preventDefault();
    this.turn(by);
  }
}

/** Before the first event after its header a run has a problem and no more: that is to be read, and no tree. */
const pictureOf = ({ trace, to }) => (trace ? (to > 1 ? "tree" : "problem") : "bars");

/** By how many pages a key turns. */
const TURNS = { ArrowRight: 1, PageDown: 1, Enter: 1, ArrowLeft: -1, PageUp: -1 };
const keysOf = (by) => Object.keys(TURNS).filter((key) => TURNS[key] === by).join(" ");

/** What a page shows only where it says so. */
const OF_PAGES = { tally: HIDEABLE.tally, timeline: HIDEABLE.timeline, noise: HIDEABLE.noise, cost: HIDEABLE.cost, share: HIDEABLE.share };

/** What a page says of a step stands before its mark, where it covers no words of the step's own. */
const besideItsMark = (point) => ({ ...point, beside: true, after: parentOf(point.id) });
