// The timeline under the tree: play, pause, step by round, scrub, speed, and back to live.

import { fill, h, setAttribute, setText } from "../dom/dom.js";
import { AS_IT_HAPPENS, PACES } from "../log/pace.js";
import { icon } from "../dom/icons.js";

const MOST_TICKS = 60;

export class Timeline {
  /** @param {{actions: import("./list.js").Actions}} given */
  constructor({ actions }) {
    const button = (label, picture, handler) =>
      h(
        "button",
        {
          type: "button",
          class: "esp-button esp-icon-button",
          "aria-label": label,
          title: label,
          on: { click: handler },
        },
        icon(picture),
      );
    this.back = button("Back one round", "back", () => actions.step(-1));
    this.play = button("Play", "play", () => actions.togglePlay());
    this.play.classList.add("esp-play");
    this.forward = button("Forward one round", "forward", () => actions.step(1));
    this.live = h(
      "button",
      { type: "button", class: "esp-button esp-live", "aria-pressed": "false", on: { click: actions.goLive } },
      h("span", { class: "esp-live-dot", "aria-hidden": "true" }),
      h("span", { text: "Live" }),
    );
    this.range = h("input", {
      type: "range",
      class: "esp-range",
      min: "0",
      max: "0",
      step: "1",
      value: "0",
      "aria-label": "Moment of the run",
      on: { input: () => actions.seek(Number(this.range.value)), keydown: (event) => this.pageKeys(event, actions) },
    });
    this.ticks = h("div", { class: "esp-ticks", "aria-hidden": "true" });
    this.pace = h(
      "select",
      {
        class: "esp-select",
        "aria-label": "Pace",
        title: "How fast the tree is shown: at 1× a round takes about a second",
        on: { change: () => actions.setPace(this.pace.value) },
      },
      PACES.map((pace) => h("option", { value: pace, text: `${pace}×` })),
      h("option", { value: AS_IT_HAPPENS, text: "As it happens" }),
    );
    this.element = h(
      "div",
      { class: "esp-timeline", role: "group", "aria-label": "Timeline" },
      this.back,
      this.play,
      this.forward,
      h("div", { class: "esp-scrub" }, this.range, this.ticks),
      this.pace,
      this.live,
    );
    this.drawn = "";
  }

  /** Page keys go by rounds; arrows, by single events. */
  pageKeys(event, actions) {
    const by = { PageUp: 1, PageDown: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    actions.step(by);
  }

  update({ log, rounds, cursor, follow, playing: plays, minute, pace }) {
    const { events, length, live } = log;
    const first = rounds.segments[0]?.cursor ?? 0;
    // The opening moves by itself, too: what is pressed holds it.
    const playing = Boolean(plays || minute?.playing);
    setAttribute(this.play, "aria-label", playing ? "Pause" : "Play");
    this.play.title = playing ? "Pause (space)" : "Play (space)";
    if (this.shownPlaying !== playing) fill(this.play, icon(playing ? "pause" : "play"));
    this.shownPlaying = playing;
    this.play.disabled = length === 0;
    this.back.disabled = cursor <= first;
    this.forward.disabled = cursor >= length;
    setAttribute(this.range, "min", first);
    setAttribute(this.range, "max", length);
    this.range.value = String(cursor);
    setAttribute(this.range, "aria-valuetext", spoken(rounds, cursor, events));
    this.range.style.setProperty("--esp-done", `${length > first ? (100 * (cursor - first)) / (length - first) : 0}%`);
    setAttribute(this.live, "aria-pressed", follow);
    setAttribute(this.live, "data-live", live);
    setText(this.live.lastChild, live ? "Live" : "End");
    this.live.title = live ? "Follow the run as it happens" : "Go to the end";
    this.pace.value = String(pace);
    this.drawTicks(rounds, first, events);
  }

  drawTicks(rounds, first, events) {
    const { length } = events;
    const key = `${rounds.segments.length}|${length}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const every = Math.ceil(rounds.segments.length / MOST_TICKS);
    const ticks = rounds.segments.filter((_, index) => index > 0 && index % every === 0);
    const warned = rounds.segments.filter((segment) => warnedIn(events, segment)).slice(0, MOST_TICKS);
    const at = (cursor) => ({ left: `${(100 * (cursor - first)) / Math.max(1, length - first)}%` });
    fill(
      this.ticks,
      ticks.map(({ cursor }) => h("span", { class: "esp-tick", style: at(cursor) })),
      warned.map(({ cursor }) => h("span", { class: "esp-tick-warning", text: "!", style: at(cursor) })),
    );
  }
}

/** Whether something went otherwise than planned in this segment. */
const warnedIn = (events, { from, cursor }) => {
  for (let i = from; i < cursor; i += 1) if (events[i].kind === "warned") return true;
  return false;
};

function spoken(rounds, cursor, events) {
  const segment = rounds.segments[rounds.indexAt(cursor)];
  if (!segment || segment.kind === "start") return "The problem";
  const place = segment.kind === "end" ? "The answer" : `Round ${segment.round} of ${rounds.last}`;
  return `${place}, event ${cursor} of ${events.length}${warnedIn(events, segment) ? ", a warning" : ""}`;
}
