// The place Compare: lanes side by side on one clock. It holds which race is on show, asks the
// server what is new in it, and has every part draw the same moment.

import { ClockBar } from "./clock_bar.js";
import { copyText } from "../dom/sharing.js";
import { fill, h, reducedMotion, setText } from "../dom/dom.js";
import { Key } from "../lessons/key.js";
import { LaneView } from "./lane.js";
import { laneEvents, raceTable, startRace, stopRace } from "./server.js";
import { raceIn, raceQuery } from "./lane_text.js";
import { Outcome } from "./outcome.js";
import { RaceTable } from "./table.js";
import { rewriteAddress } from "../dom/frame.js";
import { Setup } from "./setup.js";
import { Theme } from "../picture/theme.js";
import { Trials } from "./trials.js";
import { Turns } from "../picture/turns.js";
import { Ways } from "./ways.js";

const ASKING_MS = 250;
const RETRY_MS = 2000;
const MOST_FAILURES = 8;

export class Race {
  /**
   * @param {HTMLElement} root - `.esp`
   * @param {Object} given - what may race, as the page brings it.
   */
  constructor(root, given) {
    Object.assign(this, { root, given });
    this.lanes = [];
    this.theme = new Theme(root, given.palette, () => this.lanes.forEach((lane) => lane.restyle()));
    this.setup = new Setup(given, { race: () => this.begin(this.setup.race(), true) });
    this.bar = new ClockBar(() => this.lanes, { moved: () => this.move() });
    this.table = new RaceTable();
    this.outcome = new Outcome({ many: () => this.trials.come(), moment: (parting) => this.showParting(parting) });
    this.key = new Key(given.palette);
    /** What each strategy of the race does, in a sentence. */
    this.methods = h("dl", { class: "race-methods", "aria-label": "What these strategies do" });
    this.trials = new Trials(
      () => raceQuery(this.shown),
      (error) => this.refuse(error),
    );
    this.build();
    this.open();
  }

  build() {
    this.problem = h("p", { class: "race-problem", dir: "auto" });
    this.notice = h("p", { class: "race-notice", role: "status", hidden: true });
    this.row = h("div", { class: "race-lanes" });
    this.ways = new Ways({ stop: () => this.stop() });
    this.copy = h("button", { type: "button", class: "esp-button", text: "Copy link", on: { click: () => this.copyLink() } });
    const chips = [{ title: "The recorded race", recorded: true, ...this.given.recorded }, ...this.given.examples];
    this.chips = h(
      "ul",
      { class: "race-chips", "aria-label": "Races that are ready" },
      chips.map((race) =>
        h("li", {}, h("button", { type: "button", class: "esp-button", text: race.title, on: { click: () => this.choose(race) } })),
      ),
    );
    fill(
      this.root,
      h(
        "div",
        { class: "race-head" },
        h("h1", { text: "Compare" }),
        h("p", { class: "race-lead", text: "Strategies search for one problem from the same seed and first samples. Where do they part, and what did it take?" }),
        this.chips,
        this.setup.element,
      ),
      h("section", { class: "race-stage", "aria-label": "The race" }, h("div", { class: "race-title" }, this.problem, this.ways.element, this.copy), this.notice, this.outcome.element, this.outcome.partings, this.row, this.bar.element, this.key.element, this.methods),
      this.table.element,
      this.trials.element,
    );
  }

  /** What the address asks for, or the recorded race. */
  open() {
    const asked = raceIn(location.search);
    if (!asked) {
      this.choose({ ...this.given.recorded, recorded: true });
      return;
    }
    if (!asked.lanes.length) {
      this.setup.fill(this.given.recorded);
      this.show(asked, asked.runs, {});
      return;
    }
    this.setup.fill(asked);
    this.setup.fold(true);
    if (asked.runs.length === asked.lanes.length) this.show(asked, asked.runs, { again: true });
    else this.begin(asked, true);
  }

  choose(race) {
    this.setup.fill(race);
    this.setup.fold(false);
    if (!race.recorded) {
      this.begin(race);
      return;
    }
    this.show(race, race.runs, { play: !reducedMotion() });
    rewriteAddress(location.pathname);
  }

  /** Start a race; `own`: it was put together in the form, or by whoever sent the link. */
  async begin(race, own = false) {
    this.setup.refuse("");
    this.working(true);
    this.starting = true;
    this.stopping = false;
    try {
      const { runs, lanes } = await startRace(raceQuery(race));
      this.starting = false;
      this.show({ ...race, lanes }, runs, {});
      if (this.stopping) this.stop(); // asked for while the server had not answered yet
      rewriteAddress(`${location.pathname}?${raceQuery(this.shown, runs)}`);
      this.setup.fold(own);
      this.problem.scrollIntoView({ block: "nearest" });
    } catch (error) {
      this.starting = false;
      this.working(false);
      const { recorded } = this.given;
      if (!this.lanes.length) this.show(recorded, recorded.runs, {}); // something to see all the same
      this.refuse(error);
    }
  }

  refuse(error) {
    this.setup.refuse(error.message, error.field ?? "", error.lane ?? null);
    if (!("field" in error)) console.error(error);
  }

  /**
   * Have these runs on show.
   *
   * @param {{again: boolean, play: boolean}} how - `again`: where they are gone, race anew; `play`:
   *   from the beginning, once all of it is there.
   */
  show(race, runs, how) {
    this.shown = race;
    this.runs = runs;
    this.values = null;
    for (const lane of this.lanes) lane.dispose();
    const measured = new Map();
    const turns = new Turns();
    this.lanes = runs.map((run, number) => {
      const lane = new LaneView(number, this.theme, { select: (from, id) => this.select(from, id) });
      lane.canvas.words.sizes.share(measured);
      lane.canvas.turns = turns;
      lane.clear(run);
      setText(lane.name, titleOf(this.given, race.lanes[number] ?? ""));
      return lane;
    });
    this.row.dataset.lanes = String(runs.length);
    fill(this.row, this.lanes.map(({ element }) => element));
    this.tellMethods(race.lanes.map((text) => text.split(" ")[0]));
    setText(this.problem, race.problem);
    this.ways.show(this.lanes);
    this.outcome.clear();
    this.tell("");
    this.table.clear();
    this.trials.clear();
    // Runs that are only held against each other are no race that could be run on other problems.
    this.trials.element.hidden = !race.lanes.length;
    this.bar.pause();
    this.bar.end = !how.play;
    this.bar.value = 0;
    /** Whether the lanes play from their beginning for the first time. */
    this.opening = Boolean(how.play);
    this.root.dataset.shown = "";
    this.watch(how);
  }

  /** Ask what is new until all lanes are over. */
  async watch(how) {
    const turn = (this.turn = {});
    let failures = 0;
    for (;;) {
      let told;
      try {
        told = await laneEvents(this.runs, this.lanes.map(({ events }) => events.length));
        failures = 0;
      } catch (error) {
        failures += 1;
        if (turn !== this.turn) return;
        if (failures > MOST_FAILURES) {
          this.tell(error.message);
          this.working(false);
          return;
        }
        await later(RETRY_MS);
        continue;
      }
      if (turn !== this.turn) return;
      if (how.again && told.lanes.some(({ gone }) => gone)) {
        this.begin(this.shown);
        return;
      }
      const changed = this.lanes.map((lane, index) => lane.take(told.lanes[index]));
      if (changed.some(Boolean)) {
        this.tellHeaders();
        this.move();
      }
      const live = this.lanes.some((lane) => lane.live);
      this.working(live);
      if (!live) break;
      if (this.lanes.every(({ events, head }) => events.length >= head)) await later(ASKING_MS);
      if (turn !== this.turn) return;
    }
    this.finish(turn, how);
  }

  /** Runs that are only held against each other say themselves what they are about. */
  tellHeaders() {
    if (this.shown.lanes.length || this.values) return;
    this.tellMethods(this.lanes.map(({ events: [header] }) => header?.strategy));
    for (const lane of this.lanes) {
      const [header] = lane.events;
      if (!header) continue;
      setText(this.problem, header.problem.text);
      setText(lane.name, titleOf(this.given, header.strategy));
    }
  }

  tellMethods(names) {
    const raced = this.given.strategies.filter(({ name }) => names.includes(name));
    fill(this.methods, raced.map(({ title, does }) => h("div", {}, h("dt", { text: title }), h("dd", { text: does }))));
  }

  async finish(turn, how) {
    try {
      const values = await raceTable(this.runs);
      if (turn !== this.turn) return;
      this.values = values;
      this.tellValues(values);
      // Unless someone has taken it elsewhere meanwhile.
      if (how.play && !this.bar.end && !this.bar.value) this.bar.start();
    } catch (error) {
      if (turn === this.turn) this.tell(error.message);
    }
    this.root.dataset.shown = this.runs.join(",");
  }

  tellValues(values) {
    this.table.show(values);
    for (const [index, { name }] of values.lanes.entries()) setText(this.lanes[index].name, name);
    const parted = values.partings.filter(Boolean);
    for (const { lane, cursors, nodes } of parted) this.lanes[lane].point(nodes[1], cursors[1], nodes[0]);
    // The first lane shows where the first of the others leaves it.
    const [first] = [...parted].sort((a, b) => a.cursors[0] - b.cursors[0]);
    if (first) this.lanes[0].point(first.nodes[0], first.cursors[0], first.nodes[1]);
    this.outcome.show(values, this.shown.lanes.length > 0);
    this.ways.update();
    this.bar.update();
  }

  /** To the moment at which a lane and the first have parted. */
  showParting({ lane: place, cursors }) {
    const { clock } = this.bar;
    this.bar.go(Math.max(...[0, place].map((lane, side) => this.lanes[lane].clock.at(clock, cursors[side]))));
    this.lanes[place].element.scrollIntoView({ block: "nearest" });
  }

  /** Every lane to the moment of the clock. */
  move() {
    const started = performance.now();
    const { bar } = this;
    if (bar.end) bar.value = bar.most;
    for (const lane of this.lanes) {
      if (!lane.events.length) lane.draw();
      else lane.seek(bar.end ? lane.events.length : Math.max(1, lane.clock.cursor(bar.clock, bar.value)));
    }
    bar.update();
    this.ways.update();
    if (this.values && !bar.playing) this.opening = false;
    this.outcome.wait(this.opening);
    this.drawKey();
    /** Milliseconds of the main thread for this step but its painting; for tests and benchmarks. */
    this.lastMoveMs = performance.now() - started;
  }

  drawKey() {
    this.key.updateAll(this.lanes.filter(({ visible }) => visible));
  }

  /** A step is selected in one lane, and followed in all of them. */
  select(from, id) {
    for (const lane of this.lanes) {
      if (lane === from || !id) lane.select(id);
      else lane.follow(from, id);
    }
    this.drawKey();
  }

  async stop() {
    this.stopping = true;
    if (this.starting) return;
    try {
      await stopRace(this.runs);
    } catch (error) {
      this.refuse(error);
    }
  }

  /** Whether lanes go on: these can be stopped, and no others begun. */
  working(on) {
    this.setup.working(on);
    this.ways.working(on);
  }

  tell(text) {
    this.notice.hidden = !text;
    setText(this.notice, text);
  }

  async copyLink() {
    const query = raceQuery(this.shown, this.shown.lanes.length ? [] : this.runs);
    const done = await copyText(`${location.origin}${location.pathname}?${query}`);
    setText(this.copy, done ? "Copied" : "Cannot copy here");
    await later(2000);
    setText(this.copy, "Copy link");
  }
}

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function titleOf({ strategies }, text) {
  const [name] = text.split(" ");
  return strategies.find((strategy) => strategy.name === name)?.title ?? name;
}
