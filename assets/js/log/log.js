// The run's event log in the browser: accepts pushes, notices gaps, pulls what is missing.
//
// Pushes can get lost (a hidden tab loses about a third of them), so every event has a number
// and the log never believes that it heard everything: a gap, a head that is ahead, or silence
// during a live run all lead to a pull. Knows nothing about trees or the page.

import { NOTHING, parseWriting } from "./writing.js";

const WATCHDOG_MS = 500;
const SILENCE_MS = 2500;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15000;
const FAILURES_BEFORE_NOTICE = 2;

export class EventLog {
  /**
   * @param {Object} wiring
   * @param {(query: {run: string, since: number}) => Promise<?{events: Object[], head: number,
   *   live: boolean, gone: boolean, comparison: ?Object, writing: ?string, not_kept: ?string}>} wiring.pull - asks the server for the
   *   events from number `since` on, a page at a time; undefined when that failed.
   * @param {(change: {reset: boolean, counted: boolean}) => void} wiring.onChange - `counted`: there
   *   are more tokens in what is being written, and nothing else is new.
   * @param {() => number} [wiring.now] - milliseconds.
   * @param {(task: () => void, ms: number) => *} [wiring.later]
   */
  constructor({ pull, onChange, now = () => performance.now(), later = (task, ms) => setTimeout(task, ms) }) {
    this.pullPage = pull;
    this.onChange = onChange;
    this.now = now;
    this.later = later;
    this.watchdog = null;
    this.clear("");
  }

  clear(run) {
    this.run = run;
    this.events = [];
    this.head = 0;
    this.live = false;
    this.gone = false;
    this.notice = "";
    /** Why the server does not keep this run on its disk; "" where it does. */
    this.notKept = "";
    this.comparison = null;
    this.writing = NOTHING;
    this.failures = 0;
    this.pulling = false;
    this.retrying = false;
    this.comparisonAsked = false;
    this.heardAt = this.now();
  }

  get length() {
    return this.events.length;
  }

  /** True once every event up to the end of the run is here. */
  get complete() {
    return this.events.at(-1)?.kind === "finished";
  }

  /** True where no event will follow although the run has no end: it was cut off, and all is here. */
  get interrupted() {
    if (this.live || this.complete || !this.run) return false;
    return this.gone || (this.head > 0 && this.length >= this.head);
  }

  /** Accept a pushed value `{run, ev, head, live, writing?, not_kept?}`; a new run starts the log anew. */
  accept(value) {
    if (!value || typeof value.run !== "string" || !value.run) return;
    const reset = value.run !== this.run;
    if (reset) this.clear(value.run);
    this.heardAt = this.now();
    const { length, live } = this;
    const whole = this.append(parseEvents(value.ev));
    this.head = Math.max(this.head, Number(value.head) || 0, this.length);
    this.live = Boolean(value.live) && !this.complete;
    this.acceptLoss(value);
    const counted = this.acceptWriting(value.writing);
    this.onChange({ reset, counted: counted && !reset && length === this.length && live === this.live });
    if (!whole || this.length < this.head || this.wantsComparison()) this.pull();
  }

  /** Accept what is being written; true when it is the same as before but for its counts. */
  acceptWriting(text) {
    const before = this.writing;
    this.writing = this.live ? (parseWriting(text) ?? before) : NOTHING;
    return this.writing !== before && this.writing.alike(before);
  }

  /** Accept that the run is no longer kept; nothing takes that back. */
  acceptLoss({ not_kept: why }) {
    if (typeof why === "string" && why) this.notKept = why;
  }

  /** Once a run is over the server can say what other models would have cost: ask once. */
  wantsComparison() {
    if (!this.complete || this.comparisonAsked) return false;
    this.comparisonAsked = true;
    return true;
  }

  /** Append the events that are next in line; false when some before them are missing. */
  append(events) {
    if (!Array.isArray(events)) return false;
    for (const event of events) {
      if (event.seq < this.events.length) continue;
      if (event.seq !== this.events.length) return false;
      this.events.push(event);
    }
    return true;
  }

  /** Fetch everything that is missing, page after page. One pull runs at a time. */
  async pull() {
    if (this.pulling || this.gone || !this.run) return;
    this.pulling = true;
    const run = this.run;
    let reply;
    try {
      reply = await this.pullPage({ run, since: this.length });
    } catch {
      reply = undefined;
    }
    if (run !== this.run) return; // a new run began meanwhile; its own pull is its own affair
    this.pulling = false;
    this.heardAt = this.now();
    if (!reply || !Array.isArray(reply.events)) {
      this.retry("The connection is interrupted. Trying again…");
      return;
    }
    const before = this.length;
    this.append(reply.events);
    this.acceptState(reply);
    const whole = this.length >= this.head || this.gone;
    if (whole || this.length > before) this.failures = 0;
    this.onChange({ reset: false, counted: false });
    if (whole) return;
    if (this.length > before) this.pull();
    else this.retry("The server has more of this run than it sends. Trying again…");
  }

  /** What a reply says of the run beside its events. */
  acceptState(reply) {
    this.head = Math.max(this.head, Number(reply.head) || 0, this.length);
    this.live = Boolean(reply.live) && !this.complete;
    this.gone = Boolean(reply.gone);
    this.acceptLoss(reply);
    this.acceptWriting(reply.writing);
    this.comparison = reply.comparison ?? this.comparison;
    this.comparisonAsked ||= this.complete;
    this.notice =
      this.gone && !this.complete ? "The server no longer has this run; what is shown here is all that arrived." : "";
  }

  retry(notice) {
    this.failures += 1;
    if (this.failures >= FAILURES_BEFORE_NOTICE) {
      this.notice = notice;
      this.onChange({ reset: false, counted: false });
    }
    const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.failures - 1));
    const run = this.run;
    this.retrying = true;
    this.later(() => {
      if (run !== this.run) return;
      this.retrying = false;
      this.pull();
    }, wait);
  }

  /** Pull when a live run has been silent for too long. `alive` ends the watch by saying no. */
  watch(alive) {
    this.watchdog = this.later(() => {
      if (!alive()) return;
      const silent = this.now() - this.heardAt > SILENCE_MS;
      if (this.live && silent && !this.retrying) this.pull();
      this.watch(alive);
    }, WATCHDOG_MS);
  }
}

/** A batch in columns, as `search_core/serving/batches.py` makes it, or with whole events. */
function parseEvents(text) {
  if (!text) return [];
  try {
    const { first, events, groups } = JSON.parse(text);
    const found = groups ? groups.flatMap(eventsOf) : events;
    return found.map((event, index) => ({ seq: first + index, ...event }));
  } catch {
    return null; // a torn push is a lost push: the gap will be pulled
  }
}

/** The events of a group: what is the same in all of them stands there once, what one lacks is null. */
function eventsOf(group) {
  if (!group.keys) return [group];
  const { keys, count, values } = group;
  const given = (value, index) => {
    if (Array.isArray(value)) return value[index];
    return value !== null && typeof value === "object" ? value.all : value;
  };
  return Array.from({ length: count }, (_, index) => {
    const event = {};
    keys.forEach((key, place) => {
      const value = given(values[place], index);
      if (value !== null) event[key] = value;
    });
    return event;
  });
}

/** The log as a trace file: one event per line. */
export function toNdjson(events) {
  return events.map((event) => `${JSON.stringify(event)}\n`).join("");
}
