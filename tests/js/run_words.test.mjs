import assert from "node:assert/strict";
import { test } from "node:test";
import { beamLog } from "./synthetic.mjs";
import { EventLog } from "../../assets/js/log/log.js";
import { noticeOf, statusOf, timeLeft } from "../../assets/js/words/run_words.js";

const EVENTS = beamLog({ n: 8, width: 4, rounds: 3 });
const CUT = EVENTS.length - 4;

/** A log that was told so many events of a run, and what the server said beside. */
function told(count, { run = "r", live = false, head = count, ...more } = {}) {
  const log = new EventLog({ pull: () => new Promise(() => {}), onChange: () => {}, now: () => 0, later: () => {} });
  const events = EVENTS.slice(0, count).map(({ seq: _, ...event }) => event);
  log.accept({ run, ev: count ? JSON.stringify({ first: 0, events }) : "", head, live, ...more });
  return log;
}

test("a run that goes on is live, and one that ended says how", () => {
  assert.equal(statusOf(told(CUT, { live: true })).word, "Live");
  assert.equal(statusOf(told(EVENTS.length)).word, "Finished");
  assert.equal(statusOf(told(EVENTS.length, { run: "recorded-x" })).word, "Recorded");
  assert.equal(statusOf(told(EVENTS.length), true).word, "Growing");
});

test("a log that is all there, has no end and is not live was interrupted", () => {
  const log = told(CUT);
  assert.equal(log.interrupted, true);
  assert.equal(statusOf(log).word, "Interrupted");
  assert.match(noticeOf(log), /cut off before its end/);
});

test("a log of which more is to come is being loaded and not interrupted", () => {
  for (const log of [told(0, { head: 9 }), told(CUT, { head: EVENTS.length }), told(0)]) {
    assert.equal(log.interrupted, false);
    assert.equal(statusOf(log).word, "Loading");
    assert.equal(noticeOf(log), "");
  }
});

test("a run that the server has no more was interrupted, and one notice says so", async () => {
  const log = told(CUT, { live: true });
  log.acceptState({ events: [], head: 0, live: false, gone: true });
  assert.equal(statusOf(log).word, "Interrupted");
  assert.equal(noticeOf(log), "The server no longer has this run; what is shown here is all that arrived.");
});

test("a run that is not kept says why, live and at its end, until another run is shown", () => {
  const log = told(CUT, { live: true, not_kept: "the disk is full" });
  assert.match(noticeOf(log), /does not keep this run: the disk is full\. Save/);
  assert.equal(statusOf(log).word, "Live");
  log.accept({ run: "r", ev: "", head: CUT, live: true });
  assert.match(noticeOf(log), /the disk is full/);
  log.accept({ run: "other", ev: "", head: 0, live: true });
  assert.equal(noticeOf(log), "");
});

test("a pull can say that a run is not kept", () => {
  const log = told(CUT, { live: true });
  log.acceptState({ events: [], head: CUT, live: true, not_kept: "the disk is full" });
  assert.match(noticeOf(log), /the disk is full/);
});

test("the time left is said once it can be known, in wide steps", () => {
  assert.equal(timeLeft(null, 100, 60), "");
  assert.equal(timeLeft(1000, 0, 60), "");
  assert.equal(timeLeft(1000, 500, 4), "");
  assert.equal(timeLeft(1000, 500, 12), "about 20 s left");
  assert.equal(timeLeft(1000, 100, 20), "about 3 min left");
  assert.equal(timeLeft(1000, 1000, 20), "longer than expected");
});
