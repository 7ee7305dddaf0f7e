// What moves the cursor by itself: playing a log, a run that grows, and the opening.

import { say } from "./dom/saying.js";
import { chosenPace, paceOf, rememberPace } from "./log/pace.js";
import { Minute } from "./minute/minute.js";
import { Player } from "./log/player.js";
import { reducedMotion, setText } from "./dom/dom.js";
import { ROOT } from "./log/tree.js";
import { storage } from "./dom/storage.js";

/** Of a run's own time: whoever hears of it that early has seen nothing of it yet. */
const BEGINNING_SECONDS = 2;

const RESCUE = "Press Keep to rescue this step. Any cross can be kept.";

export class Showing {
  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    const seek = (cursor) => explorer.seek(cursor);
    const onChange = () => explorer.refresh();
    this.player = new Player({
      rounds: () => explorer.rounds,
      events: () => explorer.log.events,
      growing: () => explorer.log.live,
      pace: chosenPace(location.search, storage()),
      cursor: () => explorer.at,
      stepwise: reducedMotion,
      seek,
      onChange,
    });
    this.minute = new Minute({
      given: explorer.given.minute,
      log: () => explorer.log,
      search: location.search,
      storage: storage(),
      seek,
      onChange,
    });
  }

  /** Whether the cursor goes its own way, and not with the log. */
  get moves() {
    return this.player.playing || this.minute.playing;
  }

  /** A run that grows is shown slower than it went, and there is more to show. */
  get behind() {
    return this.player.growsRun && !this.explorer.follow;
  }

  /** The log has changed; where another run has just begun, it is shown from its beginning. */
  onLog(reset) {
    const { log, rounds } = this.explorer;
    if (reset) this.retelling = false;
    if (reset && begins(log)) {
      this.player.grow();
      this.retelling = this.player.growsRun && log.events.some(({ kind }) => kind === "noted");
      if (this.player.growsRun) this.explorer.seek(rounds.segments[0].cursor);
    }
    if (this.retelling) this.retell();
    this.minute.onLog(reset);
    // What is said of it is said of its tree.
    if (reset && this.minute.speaks) this.explorer.page?.showPicture();
  }

  /** What a steered run takes over was seen before: it stands there at once, and grows on from there. */
  retell() {
    const { log } = this.explorer;
    const fresh = firstNew(log.events);
    this.explorer.seek(fresh);
    this.player.position = fresh;
    this.retelling = fresh === log.length && log.live;
  }

  /** Show at once what is still to be shown of a run that grows; false where nothing is. */
  skip() {
    if (!this.behind) return false;
    if (this.explorer.log.live) this.wake();
    else this.explorer.scrub(this.explorer.log.length);
    return true;
  }

  /** Go on from the newest moment: what happened meanwhile is not shown once more. */
  wake() {
    if (!this.player.playing) return;
    this.explorer.scrub(this.explorer.log.length);
    this.player.grow();
  }

  setPace(name) {
    const pace = paceOf(name);
    rememberPace(pace, storage());
    this.player.setPace(pace);
  }

  /** Hand over to the person: the problem's field, ready to be typed into, or the step that was cut, ready to be kept. */
  handOver() {
    this.minute.skip();
    const field = document.querySelector(this.explorer.given.minute.field);
    // Not selected: the first letter would take all of it away.
    field?.setSelectionRange(field.value.length, field.value.length);
    const cut = this.explorer.steering.send ? this.minute.cutStep : null;
    if (cut) this.explorer.select(cut);
    const keep = cut && this.explorer.root.querySelector("[data-act=keep]");
    (keep ?? field)?.focus();
    if (keep) setText(keep.closest(".esp-acts").querySelector("[role=status]"), RESCUE);
    else say("Change its numbers or names, or choose another strategy. Then press Run.");
  }

  dispose() {
    this.player.pause();
    this.minute.stop();
  }
}

/** How many events there are before the first step that no earlier run has written. */
export function firstNew(events) {
  const place = events.findIndex(({ kind, id, again }) => kind === "sampled" && id !== ROOT && !again);
  return place < 0 ? events.length : place;
}

/** Whether this is the beginning of a run: one that a page comes back to is far into it. */
const begins = ({ events }) => events.length > 0 && events.at(-1).t < BEGINNING_SECONDS;
