// Playing a log like a film: a position that moves through the rounds at a chosen pace. A film may
// still be growing: then it goes on with the log, and never keeps a slow model waiting.

import { advance, AS_IT_HAPPENS, roundsIn, USUAL_PACE } from "./pace.js";

/** A tab that slept does not leap. */
const LONGEST_FRAME_MS = 250;

export class Player {
  /**
   * @param {Object} wiring
   * @param {() => import("./rounds.js").Rounds} wiring.rounds
   * @param {() => Object[]} wiring.events
   * @param {() => boolean} wiring.growing - more events may come.
   * @param {() => number} wiring.cursor
   * @param {(cursor: number) => void} wiring.seek
   * @param {() => void} wiring.onChange - playing or the pace changed.
   * @param {() => boolean} wiring.stepwise - true: whole rounds, no motion in between.
   * @param {number|string} [wiring.pace] - one of `PACES`, or `AS_IT_HAPPENS`.
   * @param {(callback: (now: number) => void) => number} [wiring.frame]
   */
  constructor({ frame = (callback) => requestAnimationFrame(callback), pace = USUAL_PACE, ...wiring }) {
    Object.assign(this, wiring, { frame, pace });
    this.playing = false;
    /** What plays is a run that this page saw begin. */
    this.growsRun = false;
    this.until = Infinity;
  }

  /**
   * From where the cursor is; at the end of the log, from its beginning.
   *
   * @param {number} [until] - a cursor to stop at.
   */
  play(until = Infinity) {
    const { segments } = this.rounds();
    if (this.playing || !segments.length) return;
    if (!this.growing() && this.cursor() >= segments.at(-1).cursor) this.seek(segments[0].cursor);
    this.begin(until);
  }

  /** A run has begun: show it as it grows. Nothing to do where it is shown as fast as it happens. */
  grow() {
    if (this.playing || this.pace === AS_IT_HAPPENS) return;
    this.growsRun = true;
    this.begin(Infinity);
  }

  begin(until) {
    this.until = until;
    this.playing = true;
    this.position = this.cursor();
    this.last = null;
    /** Rounds that may be shown at once: time in which there was nothing new to show. */
    this.saved = 0;
    /** Of the log's own time, where that is the pace. */
    this.seconds = null;
    this.onChange();
    this.ask();
  }

  /** One chain of frames at a time, however often it is paused and goes on. */
  ask() {
    const turn = (this.turn = {});
    this.frame((now) => turn === this.turn && this.tick(now));
  }

  pause() {
    if (!this.playing) return;
    this.playing = this.growsRun = false;
    this.onChange();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  setPace(pace) {
    this.pace = pace;
    this.seconds = null;
    this.onChange();
  }

  tick(now) {
    if (!this.playing) return;
    const elapsed = this.last === null ? 0 : Math.min(now - this.last, LONGEST_FRAME_MS);
    this.last = now;
    this.move(Math.min(this.next(elapsed), this.until));
    const ended = this.cursor() >= Math.min(this.until, this.rounds().segments.at(-1)?.cursor ?? 0);
    if (ended && (this.cursor() >= this.until || !this.growing())) this.pause();
    else this.ask();
  }

  move(position) {
    this.position = position;
    if (Math.floor(position) !== this.cursor()) this.seek(Math.floor(position));
  }

  /** Where the position is, so many milliseconds later. */
  next(elapsed) {
    if (this.pace === AS_IT_HAPPENS) return this.growing() ? this.events().length : this.inOwnTime(elapsed);
    const rounds = this.rounds();
    const budget = this.saved + roundsIn(elapsed, this.pace, rounds);
    if (this.stepwise()) return this.leap(rounds, budget);
    const { position, left } = advance(rounds, this.position, budget);
    this.saved = Math.min(1, left);
    return position;
  }

  /** To the end of this round, once its time is over. */
  leap(rounds, budget) {
    this.saved = Math.min(1, budget);
    if (budget < 1 || this.position >= (rounds.segments.at(-1)?.cursor ?? 0)) return this.position;
    this.saved = 0;
    return rounds.neighbour(this.position, 1);
  }

  /** By the times in the log. */
  inOwnTime(elapsed) {
    const events = this.events();
    let position = Math.floor(this.position);
    this.seconds = (this.seconds ?? events[position - 1]?.t ?? 0) + elapsed / 1000;
    while (position < events.length && events[position].t <= this.seconds) position += 1;
    return position;
  }
}
