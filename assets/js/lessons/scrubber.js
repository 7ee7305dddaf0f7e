// The timeline of a page that shows one: the explorer's own, moved by hand.

import { Player } from "../log/player.js";
import { reducedMotion } from "../dom/dom.js";
import { Rounds } from "../log/rounds.js";
import { Timeline } from "../panels/timeline.js";

export class Scrubber {
  /** @param {import("./stage.js").LessonStage} stage */
  constructor(stage) {
    this.stage = stage;
    this.player = new Player({
      rounds: () => this.rounds,
      events: () => stage.events,
      growing: () => false,
      cursor: () => stage.cursor,
      stepwise: reducedMotion,
      seek: (cursor) => stage.seek(cursor),
      onChange: () => this.update(),
    });
    const scrub = (cursor) => {
      stage.opening.stop();
      this.player.pause();
      stage.seek(cursor);
    };
    this.timeline = new Timeline({
      actions: {
        seek: scrub,
        step: (by) => scrub(this.rounds.neighbour(stage.cursor, by)),
        goLive: () => scrub(stage.events.length),
        setPace: (pace) => this.player.setPace(pace),
        togglePlay: () => {
          stage.opening.stop();
          this.player.toggle();
        },
      },
    });
    this.element = this.timeline.element;
  }

  load(events) {
    this.player.pause();
    this.rounds = new Rounds();
    this.rounds.extend(events);
  }

  update() {
    const { stage, rounds, player } = this;
    if (!stage.events || !rounds) return;
    const log = { events: stage.events, length: stage.events.length, live: false };
    this.timeline.update({
      ...{ log, rounds, cursor: stage.cursor, follow: stage.cursor === log.length },
      ...{ playing: player.playing, pace: player.pace },
    });
  }
}
